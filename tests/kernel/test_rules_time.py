"""Rules T1-T6: resolution, conversion and printing of times."""

from __future__ import annotations

import warnings

import pytest

from cosim.kernel import units
from cosim.kernel.kernel import Kernel
from cosim.kernel.report import KernelWarning
from cosim.kernel.units import MAX_TIME, TIME_RESOLUTION, TIME_UNITS, sim_time, to_string


def test_T01_the_resolution_is_1_ps_and_the_default_unit_1_ns() -> None:
    assert sim_time(1, "ps") == TIME_RESOLUTION == 1
    assert sim_time(1) == sim_time(1, "ns") == 1000


def test_T02_the_resolution_is_a_power_of_ten_and_cannot_be_set() -> None:
    # Where SystemC has errors for a second, a late or an odd setting, here none can be made.
    assert TIME_UNITS["s"] // TIME_RESOLUTION == 10**12
    setters = [name for name in dir(units) + dir(Kernel) if "set" in name and "resolution" in name]
    assert setters == []


@pytest.mark.parametrize(("value", "time"), [(0.4, 0), (0.5, 1), (1.49, 1), (1.5, 2), (2.5, 3)])
def test_T03_conversion_rounds_half_up(value: float, time: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KernelWarning)
        assert sim_time(value, "ps") == time


def test_T03_what_a_float_cannot_hold_is_not_called_rounding() -> None:
    assert sim_time(1.1) == 1100
    assert sim_time(0.1, "ns") == 100


@pytest.mark.parametrize(
    ("value", "unit", "problem"),
    [
        (0.3, "ps", "0.3 ps is rounded to 0 ps"),
        (1.5, "ps", "1.5 ps is rounded to 2 ps"),
        (1e30, "s", "beyond the greatest time"),
        (float("inf"), "s", "beyond the greatest time"),
    ],
)
def test_T04_what_is_lost_is_told(value: float, unit: str, problem: str) -> None:
    with pytest.warns(KernelWarning, match=problem):
        assert sim_time(value, unit) <= MAX_TIME


@pytest.mark.parametrize(
    ("value", "unit"), [(-1, "ns"), (float("nan"), "ns"), (1, "weeks"), (1, "NS")]
)
def test_what_is_no_time_is_an_error(value: float, unit: str) -> None:
    with pytest.raises(ValueError):
        sim_time(value, unit)


def test_T05_the_resolution_is_the_time_of_value_1() -> None:
    assert sim_time(TIME_RESOLUTION, "ps") == 1


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (0, "0 s"),
        (1, "1 ps"),
        (1500, "1500 ps"),
        (2000, "2 ns"),
        (1_500_000, "1500 ns"),
        (90 * 10**12, "90 s"),
        (MAX_TIME, f"{MAX_TIME} ps"),
    ],
)
def test_T06_printed_in_the_largest_exact_unit(time: int, text: str) -> None:
    assert to_string(time) == text

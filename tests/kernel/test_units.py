"""Units: exact or an error, never rounded."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosim.kernel.cycle_clock import CycleClock
from cosim.kernel.units import (
    format_time,
    parse_address,
    parse_frequency,
    parse_size,
    parse_time,
)


@pytest.mark.parametrize(
    ("text", "picoseconds"),
    [
        ("10us", 10_000_000),
        ("2.5 ns", 2_500),
        ("1s", 10**12),
        ("7ps", 7),
        (0, 0),
        ("0", 0),
    ],
)
def test_time(text: str | int, picoseconds: int) -> None:
    assert parse_time(text) == picoseconds


@pytest.mark.parametrize(
    ("parse", "text", "why"),
    [
        (parse_time, "10", "needs a unit"),
        (parse_time, "0.5ps", "not a whole number of picoseconds"),
        (parse_time, "10 parsecs", "unknown unit 'parsecs'"),
        (parse_time, "10US", "did you mean 'us'"),
        (parse_time, "-1us", "not a time"),
        (parse_frequency, 100, "needs a unit"),
        (parse_frequency, "0Hz", "greater than 0"),
        (parse_frequency, "100mhz", "did you mean 'MHz'"),
        (parse_size, "64 MB", "did you mean 'MiB'"),
        (parse_size, "0.3KiB", "not a whole number of bytes"),
        (parse_address, "ten", "not an address"),
        (parse_address, 2**64, "outside"),
        (parse_address, 2**4000, "outside"),
        (parse_address, "010", "not an address"),
        (parse_address, "0x_", "not an address"),
        (parse_address, "9" * 5000, r"'9{37}\.\.\.' is not an address"),
        (parse_address, -1, "outside"),
    ],
)
def test_what_cannot_be_exact_is_an_error(parse, text, why) -> None:
    with pytest.raises(ValueError, match=why):
        parse(text)


def test_sizes_and_addresses_take_integers() -> None:
    assert parse_size("64KiB") == parse_size(65536) == parse_size("0x1_0000") == 65536
    assert parse_address("0x4060_0000") == 0x4060_0000


@pytest.mark.parametrize(
    ("picoseconds", "text"),
    [(0, "0 s"), (1, "1 ps"), (1_500, "1.5 ns"), (10**9, "1 ms"), (1_234_567, "1.234567 us")],
)
def test_a_printed_time_is_exact(picoseconds: int, text: str) -> None:
    assert format_time(picoseconds) == text


@given(frequency=st.integers(1, 10**10), cycle=st.integers(0, 10**15))
def test_cycle_times_do_not_drift(frequency: int, cycle: int) -> None:
    exact = Fraction(cycle * 10**12, frequency)
    assert exact - 1 < CycleClock(frequency).time_of(cycle) <= exact


@given(frequency=st.integers(1, 10**12), time=st.integers(0, 10**18))
def test_cycle_at_is_the_first_cycle_not_before_a_time(frequency: int, time: int) -> None:
    clock = CycleClock(frequency)
    cycle = clock.cycle_at(time)
    assert clock.time_of(cycle) >= time
    assert cycle == 0 or clock.time_of(cycle - 1) < time

"""Units at the edges: strings such as "10us", "667MHz", "64KiB" to exact integers.

Inside the simulator time is an int of picoseconds (`SimTime`), frequency an int of hertz, size an
int of bytes. A value that cannot be represented exactly is an error, never rounded.
"""

from __future__ import annotations

import re
import warnings
from fractions import Fraction
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema

from cosim.kernel.report import KernelWarning

SimTime: TypeAlias = int
"""Simulated time in picoseconds."""

PS_PER_SECOND = 10**12

TIME_RESOLUTION: SimTime = 1
"""One picosecond, fixed: times are exact ints, which a resolution set at run time would not be."""

MAX_TIME: SimTime = 2**64 - 1
"""The greatest time, some 213 days, as in IEEE 1666-2011, 5.11."""

TIME_UNITS = {"ps": 1, "ns": 10**3, "us": 10**6, "ms": 10**9, "s": 10**12}
FREQUENCY_UNITS = {"Hz": 1, "kHz": 10**3, "MHz": 10**6, "GHz": 10**9}
SIZE_UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}

_QUANTITY = re.compile(r"^\s*([0-9][0-9_]{0,30}(?:\.[0-9]{1,30})?)\s*([A-Za-z]+)\s*$")
# At most 20 digits, which is more than 64 bits have; a leading zero could be meant as octal.
_DIGITS = r"(0[xX]_?[0-9a-fA-F](_?[0-9a-fA-F]){0,19}|0|[1-9](_?[0-9]){0,19})"
_INTEGER = re.compile(rf"^\s*{_DIGITS}\s*$")

# What people write when they mean one of ours.
_SIZE_HINTS = {"KB": "KiB", "MB": "MiB", "GB": "GiB", "K": "KiB", "M": "MiB", "G": "GiB"}


def parse_time(value: str | int) -> SimTime:
    """Picoseconds of "10us" or "2.5 ns"; a bare number is accepted only when it is 0.

    Raises:
        ValueError: no unit, an unknown unit, or a value finer than a picosecond.
    """
    if _is_number(value):
        if int(value) == 0:
            return 0
        raise ValueError(f"time {value} needs a unit: {_known(TIME_UNITS)}")
    return _quantity(str(value), TIME_UNITS, "time", "a picosecond")


def parse_frequency(value: str | int) -> int:
    """Hertz of "667MHz"; must be positive.

    Raises:
        ValueError: no unit, an unknown unit, zero, or a fraction of a hertz.
    """
    if _is_number(value):
        raise ValueError(f"frequency {value} needs a unit: {_known(FREQUENCY_UNITS)}")
    hertz = _quantity(str(value), FREQUENCY_UNITS, "frequency", "a hertz")
    if hertz == 0:
        raise ValueError("a frequency must be greater than 0")
    return hertz


def parse_size(value: str | int) -> int:
    """Bytes of "64KiB" or of a plain integer (0x1000).

    Raises:
        ValueError: an unknown unit or a fraction of a byte.
    """
    if _is_number(value):
        return _integer(value)
    return _quantity(str(value), SIZE_UNITS, "size", "a byte")


def parse_address(value: str | int) -> int:
    """The address 0..2**64-1 written as 0x4060_0000 or in decimal.

    Raises:
        ValueError: not an integer, negative, or beyond 64 bits.
    """
    if not _is_number(value):
        raise ValueError(f"'{_shortened(value)}' is not an address (write 0x4060_0000)")
    return _integer(value)


def sim_time(value: float, unit: str = "ns") -> SimTime:
    """Picoseconds of a number in `unit`, rounded half up as `sc_time` does (T3).

    What is lost is told by a `KernelWarning`: a rounded value, and a time too great for 64 bits,
    which becomes the greatest.

    Raises:
        ValueError: an unknown unit, or a time that is negative or not a number.
    """
    if unit not in TIME_UNITS:
        raise ValueError(f"unknown unit '{unit}' of time (known: {_known(TIME_UNITS)})")
    if not 0 <= value:
        raise ValueError(f"a time cannot be {value} {unit}")
    if value > MAX_TIME // TIME_UNITS[unit] + 1:  # infinity as well
        exact = Fraction(MAX_TIME + 1)
    else:
        exact = Fraction(value) * TIME_UNITS[unit]
    time = min(int(exact + Fraction(1, 2)), MAX_TIME)
    if exact > MAX_TIME:
        warnings.warn(f"{value} {unit} is beyond the greatest time", KernelWarning, stacklevel=2)
    elif time != exact and abs(time - exact) > exact / 2**52:  # more than a float cannot hold
        warnings.warn(f"{value} {unit} is rounded to {time} ps", KernelWarning, stacklevel=2)
    return time


def to_string(time: SimTime) -> str:
    """`time` as a whole number of the largest unit that gives one: "1500 ns"; "0 s" (T6)."""
    for unit, scale in reversed(TIME_UNITS.items()):
        if time and time % scale == 0:
            return f"{time // scale} {unit}"
    return "0 s"


def format_time(time: SimTime) -> str:
    """`time` in the largest unit that gives at least 1, with every decimal there is."""
    for unit, scale in reversed(TIME_UNITS.items()):
        if time >= scale:
            digits = len(str(scale)) - 1
            decimals = f"{time % scale:0{digits}}".rstrip("0") if digits else ""
            return f"{time // scale}" + (f".{decimals}" if decimals else "") + f" {unit}"
    return "0 s"


def _is_number(value: str | int) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or _INTEGER.match(str(value)) is not None


def _integer(value: str | int) -> int:
    number = value if isinstance(value, int) else int(value.strip().replace("_", ""), 0)
    if not 0 <= number < 2**64:
        shown = _shortened(number if abs(number) < 2**128 else hex(number))
        raise ValueError(f"{shown} is outside 0..2**64-1")
    return number


def _shortened(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _known(units: dict[str, int]) -> str:
    return ", ".join(units)


def _quantity(text: str, units: dict[str, int], what: str, grain: str) -> int:
    match = _QUANTITY.match(text)
    if match is None:
        raise ValueError(
            f"'{_shortened(text)}' is not a {what} (a number and a unit: {_known(units)})"
        )
    number, unit = match.groups()
    if unit not in units:
        raise ValueError(f"unknown unit '{unit}' in {what} '{text}'{_hint(unit, units)}")
    exact = Fraction(number.replace("_", "")) * units[unit]
    if exact.denominator != 1:
        raise ValueError(f"{what} '{text}' is not a whole number of {grain.split()[-1]}s")
    return int(exact)


def _hint(unit: str, units: dict[str, int]) -> str:
    by_case = {known.lower(): known for known in units}
    near = by_case.get(unit.lower())
    if near is None and "KiB" in units:
        near = _SIZE_HINTS.get(unit.upper())
    return f", did you mean '{near}'?" if near else f" (known: {_known(units)})"


def _schema(*patterns: str, integers: bool, **limits: int) -> WithJsonSchema:
    text = {"type": "string", "pattern": "|".join(patterns)}
    number = {"type": "integer", "minimum": 0, **limits}
    return WithJsonSchema({"anyOf": [number, text]} if integers else text)


def _pattern(units: dict[str, int]) -> str:
    return r"^\s*[0-9][0-9_]*(\.[0-9]+)?\s*(" + "|".join(units) + r")\s*$"


Time = Annotated[
    int, BeforeValidator(parse_time), _schema(_pattern(TIME_UNITS), "^0$", integers=True, maximum=0)
]
"""Picoseconds, from a string with a unit (or 0)."""

Frequency = Annotated[
    int, BeforeValidator(parse_frequency), _schema(_pattern(FREQUENCY_UNITS), integers=False)
]
"""Hertz, from a string with a unit."""

Size = Annotated[
    int, BeforeValidator(parse_size), _schema(_pattern(SIZE_UNITS), _INTEGER.pattern, integers=True)
]
"""Bytes, from an integer or a string with a unit."""

Address = Annotated[int, BeforeValidator(parse_address), _schema(_INTEGER.pattern, integers=True)]
"""An address, from an integer."""

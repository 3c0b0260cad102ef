"""How a value of Python is shown as a variable of a VCD file."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

INT_BITS = 64
UNKNOWN = "x"

Encoded = int | float | str


@dataclass(frozen=True)
class Kind:
    """A kind of variable: its VCD type, its width in bits, and what it shows for a value."""

    type: str
    bits: int | None
    encode: Callable[[object], Encoded]


def kind_of(value: object) -> Kind:
    """The kind for a signal that begins with `value`."""
    for python_type, kind in KINDS.items():
        if isinstance(value, python_type):
            return kind
    return TEXT


def _bit(value: object) -> Encoded:
    return value if isinstance(value, int) and value in (0, 1) else UNKNOWN


def _number(value: object) -> Encoded:
    fits = isinstance(value, int) and -(1 << INT_BITS - 1) <= value < 1 << INT_BITS
    return value if isinstance(value, int) and fits else UNKNOWN


def _real(value: object) -> Encoded:
    return float(value) if isinstance(value, int | float) else math.nan


def _text(value: object) -> Encoded:
    text = value.name if isinstance(value, Enum) else str(value)
    if text.isascii() and text.isprintable():
        return text
    return text.encode("unicode_escape").decode("ascii")


TEXT = Kind("string", None, _text)

# In this order: members of an IntEnum are ints, and bools are too.
KINDS: dict[type, Kind] = {
    Enum: TEXT,
    bool: Kind("wire", 1, _bit),
    int: Kind("reg", INT_BITS, _number),
    float: Kind("real", None, _real),
}

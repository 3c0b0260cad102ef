"""What surrounds an operation: rounding direction, NaN rule, flushing, and the exception flags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from cosim.cpus.isa.floats.formats import Format

INVALID = 1 << 0
DIVIDE_BY_ZERO = 1 << 1
OVERFLOW = 1 << 2
UNDERFLOW = 1 << 3
INEXACT = 1 << 4
INPUT_DENORMAL = 1 << 7
"""The flags. `INPUT_DENORMAL` is no IEEE flag: a subnormal operand was taken as zero."""


class Rounding(IntEnum):
    """Where a result between two numbers goes (IEEE 754, 4.3)."""

    NEAREST_EVEN = 0
    UP = 1
    DOWN = 2
    TO_ZERO = 3
    NEAREST_AWAY = 4


NanRule = Callable[[Format, Sequence[int]], int]
"""The NaN that an operation returns, from the NaNs among its operands in order (none if it is the
operation that is invalid)."""


def default_nan(form: Format, nans: Sequence[int]) -> int:
    """Always the positive quiet NaN without a payload."""
    return form.default_nan


def first_operand_nan(form: Format, nans: Sequence[int]) -> int:
    """The first signalling NaN made quiet, else the first quiet one, else the default."""
    for nan in nans:
        if not nan & form.quiet:
            return nan | form.quiet
    return nans[0] if nans else form.default_nan


@dataclass(frozen=True)
class Mode:
    """How operations behave.

    Attributes:
        rounding: direction of rounding.
        nan: which NaN comes out.
        flush_inputs: subnormal operands are zeros of their sign, with INPUT_DENORMAL.
        flush_outputs: tiny results are zeros of their sign, with UNDERFLOW and not INEXACT; they
            are tiny before rounding.
        tiny_before_rounding: what UNDERFLOW calls tiny otherwise: the exact result, or the result
            rounded as if exponents had no limit.
    """

    rounding: Rounding = Rounding.NEAREST_EVEN
    nan: NanRule = first_operand_nan
    flush_inputs: bool = False
    flush_outputs: bool = False
    tiny_before_rounding: bool = True

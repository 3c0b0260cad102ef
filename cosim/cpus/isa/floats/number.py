"""Bit patterns taken apart into exact numbers, and exact numbers rounded into bit patterns."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from cosim.cpus.isa.floats.formats import Format
from cosim.cpus.isa.floats.mode import (
    INEXACT,
    INPUT_DENORMAL,
    INVALID,
    OVERFLOW,
    UNDERFLOW,
    Mode,
    Rounding,
)


class Kind(IntEnum):
    """Classes of data; what is larger than `INFINITE` is a NaN."""

    ZERO = 0
    FINITE = 1
    INFINITE = 2
    QUIET = 3
    SIGNALLING = 4


class Number(NamedTuple):
    """A datum: where it is finite, its value is (-1)**sign * significand * 2**exponent."""

    kind: Kind
    sign: int
    significand: int
    exponent: int
    bits: int


def unpack(form: Format, bits: int, mode: Mode) -> tuple[Number, int]:
    """The datum, and INPUT_DENORMAL if it was flushed."""
    sign = bits >> (form.width - 1)
    field = (bits & form.magnitude) >> form.fraction_bits
    fraction = bits & form.fraction
    least = form.least_exponent - form.fraction_bits
    if not field:
        if not fraction:
            return Number(Kind.ZERO, sign, 0, least, bits), 0
        if mode.flush_inputs:
            return Number(Kind.ZERO, sign, 0, least, bits & form.sign), INPUT_DENORMAL
        return Number(Kind.FINITE, sign, fraction, least, bits), 0
    if form.specials and bits & form.infinity == form.infinity:
        if not fraction:
            return Number(Kind.INFINITE, sign, 0, 0, bits), 0
        kind = Kind.QUIET if fraction & form.quiet else Kind.SIGNALLING
        return Number(kind, sign, 0, 0, bits), 0
    return Number(Kind.FINITE, sign, fraction | form.hidden, least + field - 1, bits), 0


def classify(form: Format, bits: int) -> Kind:
    """The class of a datum, subnormals being finite."""
    return unpack(form, bits, Mode())[0].kind


def zero(form: Format, sign: int) -> int:
    return form.sign if sign else 0


def infinity(form: Format, sign: int) -> int:
    return form.infinity | form.sign if sign else form.infinity


def invalid(form: Format, mode: Mode, flags: int = 0) -> tuple[int, int]:
    """The result of an operation that has none."""
    return mode.nan(form, ()), flags | INVALID


def propagate(
    form: Format, mode: Mode, operands: tuple[Number, ...], flags: int
) -> tuple[int, int]:
    """The result where at least one operand is a NaN."""
    if any(operand.kind is Kind.SIGNALLING for operand in operands):
        flags |= INVALID
    nans = [operand.bits for operand in operands if operand.kind > Kind.INFINITE]
    return mode.nan(form, nans), flags


def divided(significand: int, shift: int, sign: int, rounding: Rounding) -> tuple[int, bool]:
    """significand / 2**shift rounded to an integer, and whether that was exact."""
    if shift <= 0:
        return significand << -shift, True
    whole = significand >> shift
    rest = significand & ((1 << shift) - 1)
    if not rest:
        return whole, True
    if rounding is Rounding.NEAREST_EVEN:
        half = 1 << (shift - 1)
        up = rest > half or (rest == half and whole & 1 == 1)
    elif rounding is Rounding.NEAREST_AWAY:
        up = rest >= 1 << (shift - 1)
    else:
        up = (rounding is Rounding.UP and not sign) or (rounding is Rounding.DOWN and sign == 1)
    return (whole + 1 if up else whole), False


def rounded(
    form: Format, sign: int, significand: int, exponent: int, mode: Mode, flags: int = 0
) -> tuple[int, int]:
    """(-1)**sign * significand * 2**exponent, which is not zero, as (bits, flags).

    The significand may be as long as it likes; one that stands for an inexact value is longer than
    the precision by two bits or more, and its last bit is 1.
    """
    top = exponent + significand.bit_length() - 1  # 2**top <= value < 2**(top + 1)
    tiny = top < form.least_exponent
    if tiny and mode.flush_outputs:
        return zero(form, sign), flags | UNDERFLOW
    base = form.least_exponent if tiny else top
    shift = base - form.fraction_bits - exponent
    whole, exact = divided(significand, shift, sign, mode.rounding)
    # The leading one adds 1 to the exponent field, and so does a carry out of rounding.
    bits = ((base - form.least_exponent) << form.fraction_bits) + whole
    if bits >= form.beyond:
        return _overflow(form, sign, mode, flags)
    if not exact:
        flags |= INEXACT
        if tiny and not mode.tiny_before_rounding:
            unlimited = top - form.fraction_bits - exponent
            carried = divided(significand, unlimited, sign, mode.rounding)[0] >> form.precision
            tiny = top + carried < form.least_exponent
        if tiny:
            flags |= UNDERFLOW
    return (bits | form.sign if sign else bits), flags


def _overflow(form: Format, sign: int, mode: Mode, flags: int) -> tuple[int, int]:
    signed = form.sign if sign else 0
    if not form.specials:
        return form.largest | signed, flags | INVALID
    inward = mode.rounding is Rounding.TO_ZERO or mode.rounding is (
        Rounding.UP if sign else Rounding.DOWN
    )
    return (form.largest if inward else form.infinity) | signed, flags | OVERFLOW | INEXACT

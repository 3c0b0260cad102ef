"""Conversions between formats, and to and from integers and fixed point (IEEE 754, 5.4)."""

from __future__ import annotations

from cosim.cpus.isa.floats.formats import Format
from cosim.cpus.isa.floats.mode import INEXACT, INVALID, Mode, Rounding
from cosim.cpus.isa.floats.number import Kind, divided, infinity, rounded, unpack, zero


def convert(source: Format, target: Format, a: int, mode: Mode) -> tuple[int, int]:
    """A number in another format; a NaN keeps the upper bits of its payload.

    Where the target has no infinities and NaNs these are invalid: the largest number, and zero.
    """
    x, flags = unpack(source, a, mode)
    if x.kind is Kind.FINITE:
        return rounded(target, x.sign, x.significand, x.exponent, mode, flags)
    if x.kind is Kind.ZERO:
        return zero(target, x.sign), flags
    if not target.specials:
        sign = target.sign if x.sign else 0
        largest = target.largest if x.kind is Kind.INFINITE else 0
        return sign | largest, flags | INVALID
    if x.kind is Kind.INFINITE:
        return infinity(target, x.sign), flags
    if x.kind is Kind.SIGNALLING:
        flags |= INVALID
    shift = target.fraction_bits - source.fraction_bits
    payload = a & source.fraction
    payload = payload << shift if shift >= 0 else payload >> -shift
    nan = infinity(target, x.sign) | payload | target.quiet
    return mode.nan(target, (nan,)), flags


def to_integer(
    form: Format,
    a: int,
    width: int,
    signed: bool,
    mode: Mode,
    *,
    rounding: Rounding | None = None,
    fraction_bits: int = 0,
) -> tuple[int, int]:
    """a * 2**fraction_bits rounded to an integer of `width` bits in two's complement.

    What does not fit is invalid (and not inexact) and becomes the nearest integer that does; a NaN
    becomes 0. `rounding` replaces the mode's.
    """
    x, flags = unpack(form, a, mode)
    if x.kind is Kind.ZERO:
        return 0, flags
    if x.kind > Kind.INFINITE:
        return 0, flags | INVALID
    least = -(1 << (width - 1)) if signed else 0
    most = (1 << (width - 1 if signed else width)) - 1
    mask = (1 << width) - 1
    shift = -x.exponent - fraction_bits
    # Far too large numbers are not worked out.
    if x.kind is Kind.INFINITE or x.significand.bit_length() - shift > width + 1:
        return (least if x.sign else most) & mask, flags | INVALID
    direction = mode.rounding if rounding is None else rounding
    value, exact = divided(x.significand, shift, x.sign, direction)
    if x.sign:
        value = -value
    if not least <= value <= most:
        return (least if x.sign else most) & mask, flags | INVALID
    return value & mask, flags if exact else flags | INEXACT


def from_integer(
    form: Format, value: int, mode: Mode, *, fraction_bits: int = 0
) -> tuple[int, int]:
    """value / 2**fraction_bits, the value being any Python int; 0 is +0."""
    if not value:
        return 0, 0
    return rounded(form, int(value < 0), abs(value), -fraction_bits, mode)

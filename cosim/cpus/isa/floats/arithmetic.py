"""Addition, multiplication, division, square root and fused multiply-add (IEEE 754, 5.4.1).

Sums and products are formed exactly as integers and rounded once. NaNs are propagated in the order
of the parameters.
"""

from __future__ import annotations

from math import isqrt

from cosim.cpus.isa.floats.formats import Format
from cosim.cpus.isa.floats.mode import DIVIDE_BY_ZERO, INVALID, Mode, Rounding
from cosim.cpus.isa.floats.number import (
    Kind,
    Number,
    infinity,
    invalid,
    propagate,
    rounded,
    unpack,
    zero,
)


def add(form: Format, a: int, b: int, mode: Mode) -> tuple[int, int]:
    """a + b."""
    x, flushed_x = unpack(form, a, mode)
    y, flushed_y = unpack(form, b, mode)
    flags = flushed_x | flushed_y
    if x.kind > Kind.INFINITE or y.kind > Kind.INFINITE:
        return propagate(form, mode, (x, y), flags)
    return _sum(form, x, y, mode, flags)


def sub(form: Format, a: int, b: int, mode: Mode) -> tuple[int, int]:
    """a - b."""
    x, flushed_x = unpack(form, a, mode)
    y, flushed_y = unpack(form, b, mode)
    flags = flushed_x | flushed_y
    if x.kind > Kind.INFINITE or y.kind > Kind.INFINITE:
        return propagate(form, mode, (x, y), flags)  # b as it is, not negated
    return _sum(form, x, y._replace(sign=y.sign ^ 1), mode, flags)


def mul(form: Format, a: int, b: int, mode: Mode) -> tuple[int, int]:
    """a * b."""
    x, flushed_x = unpack(form, a, mode)
    y, flushed_y = unpack(form, b, mode)
    flags = flushed_x | flushed_y
    if x.kind > Kind.INFINITE or y.kind > Kind.INFINITE:
        return propagate(form, mode, (x, y), flags)
    product = _product(x, y)
    if product is None:
        return invalid(form, mode, flags)
    return _packed(form, product, mode, flags)


def div(form: Format, a: int, b: int, mode: Mode) -> tuple[int, int]:
    """a / b."""
    x, flushed_x = unpack(form, a, mode)
    y, flushed_y = unpack(form, b, mode)
    flags = flushed_x | flushed_y
    if x.kind > Kind.INFINITE or y.kind > Kind.INFINITE:
        return propagate(form, mode, (x, y), flags)
    sign = x.sign ^ y.sign
    if x.kind is y.kind and x.kind is not Kind.FINITE:
        return invalid(form, mode, flags)  # 0/0, infinity/infinity
    if x.kind is Kind.INFINITE:
        return infinity(form, sign), flags
    if y.kind is Kind.ZERO:
        return infinity(form, sign), flags | DIVIDE_BY_ZERO
    if x.kind is Kind.ZERO or y.kind is Kind.INFINITE:
        return zero(form, sign), flags
    longer = form.precision + 2 + y.significand.bit_length() - x.significand.bit_length()
    shift = max(longer, 0)
    quotient, rest = divmod(x.significand << shift, y.significand)
    significand = quotient << 1 | (rest != 0)
    return rounded(form, sign, significand, x.exponent - y.exponent - shift - 1, mode, flags)


def sqrt(form: Format, a: int, mode: Mode) -> tuple[int, int]:
    """The square root; that of -0 is -0."""
    x, flags = unpack(form, a, mode)
    if x.kind > Kind.INFINITE:
        return propagate(form, mode, (x,), flags)
    if x.kind is Kind.ZERO:
        return x.bits, flags
    if x.sign:
        return invalid(form, mode, flags)
    if x.kind is Kind.INFINITE:
        return x.bits, flags
    shift = 2 * (form.precision + 2)
    shift += x.exponent - shift & 1  # the exponent becomes even
    radicand = x.significand << shift
    root = isqrt(radicand)
    significand = root << 1 | (root * root != radicand)
    return rounded(form, 0, significand, (x.exponent - shift) // 2 - 1, mode, flags)


def mul_add(form: Format, addend: int, a: int, b: int, mode: Mode) -> tuple[int, int]:
    """addend + a * b, rounded once. An unfused one is `mul`, then `add`.

    Infinity times zero plus a quiet NaN is invalid, with the NaN of an invalid operation.
    """
    z, flushed_z = unpack(form, addend, mode)
    x, flushed_x = unpack(form, a, mode)
    y, flushed_y = unpack(form, b, mode)
    flags = flushed_z | flushed_x | flushed_y
    product = _product(x, y)
    if z.kind is Kind.QUIET and product is None:
        return invalid(form, mode, flags)
    if max(x.kind, y.kind, z.kind) > Kind.INFINITE:
        return propagate(form, mode, (z, x, y), flags)
    if product is None:
        return invalid(form, mode, flags)
    return _sum(form, z, product, mode, flags)


def _product(x: Number, y: Number) -> Number | None:
    """The exact product of two numbers; None for infinity times zero."""
    sign = x.sign ^ y.sign
    low, high = sorted((x.kind, y.kind))
    if high is Kind.INFINITE:
        return None if low is Kind.ZERO else Number(Kind.INFINITE, sign, 0, 0, 0)
    if low is Kind.ZERO:
        return Number(Kind.ZERO, sign, 0, 0, 0)
    significand = x.significand * y.significand
    return Number(Kind.FINITE, sign, significand, x.exponent + y.exponent, 0)


def _sum(form: Format, x: Number, y: Number, mode: Mode, flags: int) -> tuple[int, int]:
    """The sum of two data that are no NaNs."""
    if x.kind is Kind.INFINITE or y.kind is Kind.INFINITE:
        if x.kind is y.kind and x.sign != y.sign:
            return mode.nan(form, ()), flags | INVALID
        return infinity(form, x.sign if x.kind is Kind.INFINITE else y.sign), flags
    if x.kind is Kind.ZERO and y.kind is Kind.ZERO and x.sign == y.sign:
        return zero(form, x.sign), flags
    # A zero takes the other's exponent: its own may be far away.
    left = x.exponent if x.significand else y.exponent
    right = y.exponent if y.significand else left
    exponent = min(left, right)
    total = x.significand << (left - exponent)
    other = y.significand << (right - exponent)
    total = (-total if x.sign else total) + (-other if y.sign else other)
    if not total:
        return zero(form, mode.rounding is Rounding.DOWN), flags
    return rounded(form, int(total < 0), abs(total), exponent, mode, flags)


def _packed(form: Format, x: Number, mode: Mode, flags: int) -> tuple[int, int]:
    if x.kind is Kind.FINITE:
        return rounded(form, x.sign, x.significand, x.exponent, mode, flags)
    return (infinity if x.kind is Kind.INFINITE else zero)(form, x.sign), flags

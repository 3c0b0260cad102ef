"""What recipes for the host's floating-point unit have in common: when its results are ours.

Where a result is an ordinary number the host has rounded it as IEEE 754 says, and so do we. What
remains is special: infinities, NaNs, results that are or may have been tiny.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cosim.cpus.isa.inlining import InlineMachine, Number
from cosim.cpus.isa.machine import Value

Words = Sequence[Value]
"""Of one number, the lower one first."""


def exponent_unit(width: int) -> int:
    """An exponent of 1, in the upper word."""
    return 1 << (23 if width == 32 else 20)


def exponent_mask(width: int) -> int:
    """The exponent's bits in the upper word."""
    return 0x7F80_0000 if width == 32 else 0x7FF0_0000


def is_zero(m: InlineMachine, words: Words) -> Value:
    *lower, top = words
    magnitude = m.and_(top, m.const(0x7FFF_FFFF))
    for word in lower:
        magnitude = m.or_(magnitude, word)
    return m.eq(magnitude, m.const(0))


def is_between(m: InlineMachine, words: Words, least: int, beyond: int) -> Value:
    """Whether the biased exponent is at least `least` and less than `beyond`."""
    width = 32 * len(words)
    unit = exponent_unit(width)
    exponent = m.and_(words[-1], m.const(exponent_mask(width)))
    return m.ult(m.sub(exponent, m.const(least * unit)), m.const((beyond - least) * unit))


def special_exponent(width: int) -> int:
    """That of infinities and NaNs."""
    return 0xFF if width == 32 else 0x7FF


def unless(m: InlineMachine, condition: Value, body: Callable[[], None]) -> None:
    m.when(m.eq(condition, m.const(0)), body)


def need_normal_or_zero(m: InlineMachine, words: Words) -> None:
    """Of an operand."""
    normal = is_between(m, words, 1, special_exponent(32 * len(words)))
    unless(m, normal, lambda: m.need(is_zero(m, words)))


def need_not_subnormal(m: InlineMachine, words: Words) -> None:
    exponent = m.and_(words[-1], m.const(exponent_mask(32 * len(words))))
    unless(m, exponent, lambda: m.need(is_zero(m, words)))


def need_ordinary(m: InlineMachine, words: Words, exact_zero: Callable[[], Value]) -> None:
    """Of a result: finite, and so large that it was not tiny before it was rounded.

    Args:
        exact_zero: whether a result of zero is none that was rounded.
    """
    ordinary = is_between(m, words, 2, special_exponent(32 * len(words)))
    unless(m, ordinary, lambda: m.need(m.and_(is_zero(m, words), exact_zero())))


# Whether a rounded result is the exact one


def exact_sum(m: InlineMachine, a: Number, b: Number, total: Number, width: int) -> Value:
    """By the error of the sum (Knuth, The Art of Computer Programming 2, 4.2.2)."""
    part = m.f_sub(total, a)
    of_a = m.f_sub(a, m.f_sub(total, part))
    of_b = m.f_sub(b, part)
    return m.f_equal(m.f_add(of_a, of_b), zero(m, width))


def exact_product(m: InlineMachine, a: Words, b: Words, product: Words) -> Value:
    """Products of singles are exact in double precision; of doubles the error is one double."""
    if len(a) == 1:
        x, y, z = (m.f_convert(m.f_number(words), 64) for words in (a, b, product))
        return m.f_equal(m.f_mul(x, y), z)
    if not m.fuses:
        return m.const(0)
    error = m.f_fused(m.f_number(a), m.f_number(b), negated(m, product))
    fits = m.or_(is_between(m, product, ERROR_FITS, 0x7FF), is_zero(m, product))
    return m.and_(fits, m.f_equal(error, zero(m, 64)))


ERROR_FITS = 200
"""The biased exponent from which on a double's rounding error is no subnormal number."""


def zero(m: InlineMachine, width: int) -> Number:
    return m.f_number([m.const(0)] * (width // 32))


def negated(m: InlineMachine, words: Words) -> Number:
    *lower, top = words
    return m.f_number([*lower, m.xor(top, m.const(0x8000_0000))])

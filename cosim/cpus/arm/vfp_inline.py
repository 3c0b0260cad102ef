"""VFP arithmetic by the host's floating-point unit: recipes for functions of `vfp_operations`.

They round to nearest and raise no flag: the only one that an ordinary result may raise is IXC,
which mostly is set for long; where it is not, the result has to be exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cosim.cpus.isa.floats import INEXACT
from cosim.cpus.isa.floats.host import (
    Words,
    exact_product,
    exact_sum,
    is_between,
    is_zero,
    need_not_subnormal,
    need_ordinary,
    negated,
    special_exponent,
    unless,
    zero,
)
from cosim.cpus.isa.inlining import InlineMachine, Recipe
from cosim.cpus.isa.machine import Value

FZ, RMODE = 1 << 24, 3 << 22

Results = tuple[Value, ...]


def split(arguments: Sequence[Value], count: int, width: int) -> tuple[list[Words], Value]:
    """The operands' words, and the FPSCR's control bits and cumulative flags."""
    each = width // 32
    return [arguments[at * each : (at + 1) * each] for at in range(count)], arguments[-1]


def begin(m: InlineMachine, status: Value, operands: Sequence[Words], rounds: bool = True) -> None:
    """The mode has to be the host's, as far as it makes a difference."""

    def other_mode() -> None:
        if rounds:
            m.need(m.eq(m.and_(status, m.const(RMODE)), m.const(0)))
        for words in operands:  # else zeros, with FZ
            need_not_subnormal(m, words)

    m.when(m.and_(status, m.const(FZ | RMODE if rounds else FZ)), other_mode)


def need_exact(m: InlineMachine, status: Value, exact: Callable[[], Value]) -> None:
    """Unless IXC is set already."""
    unless(m, m.and_(status, m.const(INEXACT)), lambda: m.need(exact()))


def finished(m: InlineMachine, words: Words) -> Results:
    """A result, and no flags."""
    return *words, m.const(0)


def always(m: InlineMachine) -> Callable[[], Value]:
    return lambda: m.const(1)


# Sums, products, quotients, roots


def checked_sum(m: InlineMachine, a: Words, b: Words, status: Value) -> Words:
    width = 32 * len(a)
    x, y = m.f_number(a), m.f_number(b)
    total = m.f_add(x, y)
    words = m.f_words(total)
    need_ordinary(m, words, always(m))
    need_exact(m, status, lambda: exact_sum(m, x, y, total, width))
    return words


def checked_product(m: InlineMachine, a: Words, b: Words, status: Value) -> Words:
    words = m.f_words(m.f_mul(m.f_number(a), m.f_number(b)))
    need_ordinary(m, words, lambda: m.or_(is_zero(m, a), is_zero(m, b)))
    need_exact(m, status, lambda: exact_product(m, a, b, words))
    return words


def opposite(m: InlineMachine, words: Words) -> Words:
    *lower, top = words
    return [*lower, m.xor(top, m.const(0x8000_0000))]


def add(width: int) -> Recipe:
    def recipe(m: InlineMachine, *arguments: Value) -> Results:
        (a, b), status = split(arguments, 2, width)
        begin(m, status, (a, b))
        return finished(m, checked_sum(m, a, b, status))

    return recipe


def sub(width: int) -> Recipe:
    def recipe(m: InlineMachine, *arguments: Value) -> Results:
        (a, b), status = split(arguments, 2, width)
        begin(m, status, (a, b))
        return finished(m, checked_sum(m, a, opposite(m, b), status))

    return recipe


def mul(width: int, negate: bool = False) -> Recipe:
    def recipe(m: InlineMachine, *arguments: Value) -> Results:
        (a, b), status = split(arguments, 2, width)
        begin(m, status, (a, b))
        product = checked_product(m, a, b, status)
        return finished(m, opposite(m, product) if negate else product)

    return recipe


def multiply_accumulate(width: int, negate_addend: bool, negate_product: bool) -> Recipe:
    def recipe(m: InlineMachine, *arguments: Value) -> Results:
        (d, a, b), status = split(arguments, 3, width)
        begin(m, status, (d, a, b))
        product = checked_product(m, a, b, status)
        if negate_product:
            product = opposite(m, product)
        if negate_addend:
            d = opposite(m, d)
        return finished(m, checked_sum(m, d, product, status))

    return recipe


def fused(width: int, negate_addend: bool, negate_product: bool) -> Recipe:
    def recipe(m: InlineMachine, *arguments: Value) -> Results:
        (d, a, b), status = split(arguments, 3, width)
        m.need(m.const(int(m.fuses)))
        begin(m, status, (d, a, b))
        addend = negated(m, d) if negate_addend else m.f_number(d)
        factor = negated(m, a) if negate_product else m.f_number(a)
        words = m.f_words(m.f_fused(factor, m.f_number(b), addend))
        need_ordinary(m, words, lambda: m.const(0))
        need_exact(m, status, lambda: m.const(0))
        return finished(m, words)

    return recipe


def div(width: int) -> Recipe:
    def recipe(m: InlineMachine, *arguments: Value) -> Results:
        (a, b), status = split(arguments, 2, width)
        begin(m, status, (a, b))
        words = m.f_words(m.f_div(m.f_number(a), m.f_number(b)))
        need_ordinary(m, words, lambda: is_zero(m, a))
        need_exact(m, status, lambda: exact_product(m, words, b, a))
        return finished(m, words)

    return recipe


def sqrt(width: int) -> Recipe:
    def recipe(m: InlineMachine, *arguments: Value) -> Results:
        (a,), status = split(arguments, 1, width)
        begin(m, status, (a,))
        words = m.f_words(m.f_sqrt(m.f_number(a)))
        need_ordinary(m, words, always(m))
        need_exact(m, status, lambda: exact_product(m, words, words, a))
        return finished(m, words)

    return recipe


# Comparisons


def comparison(width: int, with_zero: bool) -> Recipe:
    """Of what is ordered: N, Z, C, V (A2.7.4)."""

    def recipe(m: InlineMachine, *arguments: Value) -> Results:
        operands, status = split(arguments, 1 if with_zero else 2, width)
        begin(m, status, operands, rounds=False)
        numbers = [m.f_number(words) for words in operands]
        x, y = (*numbers, zero(m, width)) if with_zero else numbers
        m.need(m.f_ordered(x, y))
        less = m.f_less(x, y)
        return less, m.f_equal(x, y), m.xor(less, m.const(1)), m.const(0), m.const(0)

    return recipe


# Conversions


def to_integer(width: int, signed: bool) -> Recipe:
    """Towards zero, of what is less than 2**31, or for unsigned numbers 2**32."""
    bias = 127 if width == 32 else 1023

    def recipe(m: InlineMachine, *arguments: Value) -> Results:
        (a,), status = split(arguments, 1, width)
        begin(m, status, (a,), rounds=False)
        m.need(m.or_(is_between(m, a, 1, bias + (31 if signed else 32)), is_zero(m, a)))
        if not signed:
            m.need(m.or_(m.sle(m.const(0), a[-1]), is_zero(m, a)))
        number = m.f_number(a)
        word = m.f_to_integer(number)
        need_exact(m, status, lambda: m.f_equal(m.f_of_integer(word, signed, width), number))
        return word, m.const(0)

    return recipe


def from_integer(width: int, signed: bool) -> Recipe:
    """To nearest; in a double every word is exact."""

    def recipe(m: InlineMachine, word: Value, status: Value) -> Results:
        number = m.f_of_integer(word, signed, width)
        if width == 32:
            m.need(m.eq(m.and_(status, m.const(RMODE)), m.const(0)))
            exact = m.f_of_integer(word, signed, 64)
            need_exact(m, status, lambda: m.f_equal(m.f_convert(number, 64), exact))
        return finished(m, m.f_words(number))

    return recipe


def widen(m: InlineMachine, word: Value, status: Value) -> Results:
    """Of a normal number or zero; the result is exact."""
    m.need(m.or_(is_between(m, [word], 1, special_exponent(32)), is_zero(m, [word])))
    return finished(m, m.f_words(m.f_convert(m.f_number([word]), 64)))


def narrow(m: InlineMachine, low: Value, high: Value, status: Value) -> Results:
    a = [low, high]
    begin(m, status, (a,))
    number = m.f_number(a)
    words = m.f_words(m.f_convert(number, 32))
    need_ordinary(m, words, lambda: is_zero(m, a))
    need_exact(m, status, lambda: m.f_equal(m.f_convert(m.f_number(words), 64), number))
    return finished(m, words)

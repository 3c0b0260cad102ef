"""The FPU by the host's: recipes for functions of `floating_rules`.

There is one mode, and an ordinary result sets no bit of the FSR.
"""

from __future__ import annotations

from collections.abc import Callable

from cosim.cpus.isa.floats.host import (
    is_between,
    is_zero,
    need_normal_or_zero,
    need_ordinary,
)
from cosim.cpus.isa.inlining import InlineMachine, Number, Recipe
from cosim.cpus.isa.machine import Value

Results = tuple[Value, Value]
"""The result, and bits of the FSR."""


def of_two(
    operation: Callable[[InlineMachine, Number, Number], Number],
    exact_zero: Callable[[InlineMachine, Value, Value], Value],
) -> Recipe:
    """Arithmetic of b and a.

    Args:
        exact_zero: whether a result of zero is none that was rounded.
    """

    def recipe(m: InlineMachine, b: Value, a: Value) -> Results:
        need_normal_or_zero(m, [b])
        need_normal_or_zero(m, [a])
        words = m.f_words(operation(m, m.f_number([b]), m.f_number([a])))
        need_ordinary(m, words, lambda: exact_zero(m, b, a))
        return words[0], m.const(0)

    return recipe


def always(m: InlineMachine, b: Value, a: Value) -> Value:
    return m.const(1)


def a_factor_is(m: InlineMachine, b: Value, a: Value) -> Value:
    return m.or_(is_zero(m, [b]), is_zero(m, [a]))


def the_dividend_is(m: InlineMachine, b: Value, a: Value) -> Value:
    return is_zero(m, [b])


add = of_two(lambda m, b, a: m.f_add(b, a), always)
subtract = of_two(lambda m, b, a: m.f_sub(b, a), always)
multiply = of_two(lambda m, b, a: m.f_mul(b, a), a_factor_is)
divide = of_two(lambda m, b, a: m.f_div(b, a), the_dividend_is)


def root(m: InlineMachine, a: Value) -> Results:
    need_normal_or_zero(m, [a])
    words = m.f_words(m.f_sqrt(m.f_number([a])))
    need_ordinary(m, words, lambda: m.const(1))
    return words[0], m.const(0)


def comparison(test: Callable[[InlineMachine, Number, Number], Value]) -> Recipe:
    """`test` of b and a."""

    def recipe(m: InlineMachine, b: Value, a: Value) -> Results:
        need_normal_or_zero(m, [b])
        need_normal_or_zero(m, [a])
        return test(m, m.f_number([b]), m.f_number([a])), m.const(0)

    return recipe


def not_(m: InlineMachine, test: Value) -> Value:
    return m.xor(test, m.const(1))


unordered = comparison(lambda m, b, a: m.const(0))
less = comparison(lambda m, b, a: m.f_less(b, a))
equal = comparison(lambda m, b, a: m.f_equal(b, a))
at_most = comparison(lambda m, b, a: not_(m, m.f_less(a, b)))
greater = comparison(lambda m, b, a: m.f_less(a, b))
not_equal = comparison(lambda m, b, a: not_(m, m.f_equal(b, a)))
at_least = comparison(lambda m, b, a: not_(m, m.f_less(b, a)))


def to_float(m: InlineMachine, a: Value) -> Results:
    return m.f_words(m.f_of_integer(a, True, 32))[0], m.const(0)


def to_integer(m: InlineMachine, a: Value) -> Results:
    """Of what is less than 2**31."""
    m.need(m.or_(is_between(m, [a], 1, 127 + 31), is_zero(m, [a])))
    return m.f_to_integer(m.f_number([a])), m.const(0)

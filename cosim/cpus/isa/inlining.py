"""Pure functions that an engine may compute in line, for operands with which that is the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

from cosim.cpus.isa.machine import Machine, Value

Number: TypeAlias = Any
"""A floating-point number of 32 or 64 bits."""


class InlineMachine(Machine, Protocol):
    """What a recipe may use: the verbs on values, and the host's floating-point unit.

    The unit rounds to nearest, ties to even, and has subnormal numbers.
    """

    @property
    def fuses(self) -> bool:
        """Whether it has `f_fused`; control."""

    def need(self, condition: Value) -> None:
        """Leave it to the function itself where `condition` is 0."""

    def f_number(self, words: Sequence[Value]) -> Number:
        """The number in one word, or in two, the lower one first."""

    def f_words(self, number: Number) -> list[Value]: ...
    def f_add(self, a: Number, b: Number) -> Number: ...
    def f_sub(self, a: Number, b: Number) -> Number: ...
    def f_mul(self, a: Number, b: Number) -> Number: ...
    def f_div(self, a: Number, b: Number) -> Number: ...
    def f_sqrt(self, a: Number) -> Number: ...
    def f_fused(self, a: Number, b: Number, c: Number) -> Number:
        """a * b + c, rounded once."""

    def f_less(self, a: Number, b: Number) -> Value: ...
    def f_equal(self, a: Number, b: Number) -> Value: ...
    def f_ordered(self, a: Number, b: Number) -> Value:
        """Whether neither is a NaN."""

    def f_convert(self, a: Number, width: int) -> Number: ...
    def f_of_integer(self, word: Value, signed: bool, width: int) -> Number: ...
    def f_to_integer(self, a: Number) -> Value:
        """Towards zero, of a number between -2**63 and 2**63; the lower word."""


Recipe = Callable[..., Any]
"""A function's code in the verbs of an `InlineMachine`, by the staging rule: it comes first, the
function's arguments follow. It gives what the function gives."""

_recipes: dict[Callable[..., Any], Recipe] = {}


def inline(function: Callable[..., Any], recipe: Recipe) -> None:
    """Let `recipe` be how `function` can be computed in line."""
    _recipes[function] = recipe


def recipe_of(function: Callable[..., Any]) -> Recipe | None:
    return _recipes.get(function)

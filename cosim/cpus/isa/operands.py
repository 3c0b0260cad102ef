"""What a decoded field is: a register, an immediate, or a control value.

The type of a decoded operand says who may look at it. `Register` and `Immediate` are *holes*: a
semantics function hands them to the machine's verbs and never tests them, so that one translation
of an instruction form serves every register and every constant. Everything else (plain int, bool,
str, tuple) is *control*: known when the instruction is decoded, and free for Python `if` and `for`.

A register that behaves differently (the ARM PC) is decoded to a control value instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Register(int):
    """The index of a register's slot in the state block."""


class Immediate(int):
    """A constant of the instruction, as the unsigned word that the operation sees."""


class Operand(NamedTuple):
    """How one parameter of a semantics function comes out of an instruction word.

    `letters` names the pattern's fields that `decode` gets as ints, in order; `@` stands for the
    decode context (what earlier instructions prepared: an IMM prefix, an IT block).
    `decode` may raise `Unallocated` for values the architecture does not define.
    """

    name: str
    letters: str
    decode: Callable[..., Any]


class Unallocated(Exception):
    """The word matches a pattern, but this combination of fields is not an instruction."""


def lift(operand: Any, leaf: Callable[[Register | Immediate], Any]) -> Any:
    """`operand` with `leaf` applied to each register and immediate in it, tuples included."""
    if isinstance(operand, Register | Immediate):
        return leaf(operand)
    if isinstance(operand, tuple):
        parts = [lift(part, leaf) for part in operand]
        return type(operand)(*parts) if hasattr(operand, "_fields") else tuple(parts)
    return operand

"""What is known when a block is patched: expressions over an instruction's holes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from cosim.cpus.engines.interpreter import Interpreter

Facts = Mapping[int, tuple[int, ...]]
"""What the instruction before is known to have left in some slots, by slot."""

NO_FACTS: Facts = {}


class Static(NamedTuple):
    """A value that every execution of one patched instruction has in common.

    Attributes:
        verb: "leaf" (an immediate of the instruction), "pc", "context", "const", "fact", "near" (so
            far from the pc), or a verb of the machine.
        arguments: of the verb: the leaf's index, the number, slot and index, or more of these.
    """

    verb: str
    arguments: tuple[Any, ...]

    def bound(self, leaves: Sequence[int], context: int) -> Static:
        """The value in an instruction with those leaves: its place and facts are left open."""
        verb, arguments = self
        if verb == "leaf":
            return Static("const", (int(leaves[arguments[0]]),))
        if verb == "context":
            return Static("const", (context,))
        if verb in PLACED:
            return self
        parts = [one.bound(leaves, context) for one in arguments]
        if verb == "add" and parts[1].verb == "const":
            (start, begin), (_, (distance,)) = parts
            if start == "pc":
                return Static("near", (distance,))
            if start == "near":
                return Static("near", (begin[0] + distance,))
        return fold(verb, *parts)

    def at(self, pc: int, facts: Facts) -> int:
        """The number in an instruction at `pc`, of a value that is `bound`."""
        verb, arguments = self
        if verb == "const":
            number: int = arguments[0]
            return number
        if verb == "near":
            return pc + int(arguments[0]) & 0xFFFF_FFFF
        if verb == "pc":
            return pc
        if verb == "fact":
            return int(facts[arguments[0]][arguments[1]])
        return PURE[verb](*[one.at(pc, facts) for one in arguments])

    @property
    def constant(self) -> int | None:
        """The number, if it is the same in every instruction of the form."""
        return self.arguments[0] if self.verb == "const" else None


PLACED = frozenset({"const", "pc", "near", "fact"})
"""Verbs of which nothing is known before the instruction's place is, or all."""

PC = Static("pc", ())
CONTEXT = Static("context", ())


def const(number: int) -> Static:
    return Static("const", (number & 0xFFFF_FFFF,))


def _verb(name: str) -> Callable[..., int]:
    """A verb of the reference interpreter as a function of ints: its values need no core."""
    function = getattr(Interpreter, name)
    if isinstance(Interpreter.__dict__[name], staticmethod):
        return lambda *numbers: int(function(*numbers))
    return lambda *numbers: int(function(None, *numbers))


NAMES = (
    "add sub mul mulhu mulhs mulhsu udiv sdiv and_ or_ xor not_ shl shr sar ror eq ne ult ule slt "
    "sle select sext zext bswap bitrev clz"
).split()
PURE = {name: _verb(name) for name in NAMES}


def fold(verb: str, *arguments: Static | int) -> Static:
    """The verb on static values (and, for `sext` and `zext`, a control width)."""
    parts = tuple(one if isinstance(one, Static) else const(one) for one in arguments)
    numbers = [part.constant for part in parts]
    if all(number is not None for number in numbers):
        return const(PURE[verb](*numbers))
    return Static(verb, parts)

"""What is known when a block is patched: expressions over an instruction's holes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from cosim.cpus.engines.interpreter import Interpreter


class Site(NamedTuple):
    """One instruction in a block: what fills the holes of its form.

    Attributes:
        leaves: its registers and immediates, in the order of its operands.
        size: of the instruction in bytes.
        facts: what the instruction before is known to have left in some slots, by slot.
    """

    pc: int
    context: int
    leaves: Sequence[int] = ()
    facts: Mapping[int, tuple[int, ...]] = {}
    size: int = 4


class Static(NamedTuple):
    """A value that every execution of one patched instruction has in common.

    Attributes:
        verb: "leaf" (an immediate of the instruction), "pc", "context", "const", "fact", or a verb
            of the machine.
        arguments: of the verb: the leaf's index, the number, slot and index, or more of these.
    """

    verb: str
    arguments: tuple[Any, ...]

    def value(self, site: Site) -> int:
        """The number in that instruction."""
        verb, arguments = self
        if verb == "leaf":
            return int(site.leaves[arguments[0]])
        if verb == "pc":
            return site.pc
        if verb == "const":
            number: int = arguments[0]
            return number
        if verb == "context":
            return site.context
        if verb == "fact":
            return int(site.facts[arguments[0]][arguments[1]])
        return PURE[verb](*[one.value(site) for one in arguments])

    @property
    def constant(self) -> int | None:
        """The number, if it is the same in every instruction of the form."""
        return self.arguments[0] if self.verb == "const" else None


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

"""LLVM text as it is written: instructions, labels, holes."""

from __future__ import annotations

from typing import Any, NamedTuple

from cosim.cpus.engines.stencils.static import Static
from cosim.cpus.engines.stencils.values import Concrete, Word
from cosim.cpus.isa.machine import Value


class Hole(NamedTuple):
    """A number that is filled in when a stencil is copied.

    Attributes:
        kind: "static": the value of the `Static` `what`; "count": a number of instructions; "slot":
            the offset of the register that leaf `what` names; "table": that of the table `what`.
    """

    kind: str
    what: Any


class Text:
    """The body of one function, and the holes in it.

    Attributes:
        holes: kind and content of hole 0, 1, ...; the text has `@H0@`, `@H1@`, ... for them.
        escapes: whether some path leads to the label `escape`.
        special: whether there are operations that need certain registers of the host.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.holes: list[Hole] = []
        self.escapes = self.special = False
        self.block = "entry"  # the label of the present basic block
        self._count = 0
        self._names: dict[Hole, str] = {}

    def line(self, text: str) -> None:
        self.lines.append("  " + text)

    def fresh(self, text: str, bit: bool = False) -> Word:
        self._count += 1
        name = f"%v{self._count}"
        self.line(f"{name} = {text}")
        return Word(name, bit)

    def label(self) -> str:
        self._count += 1
        return f"l{self._count}"

    def begin(self, label: str) -> None:
        self.lines.append(f"{label}:")
        self.block = label

    def hole(self, kind: str, what: Any) -> str:
        """The text of a number that is filled in when the form is patched."""
        key = Hole(kind, what)
        if key not in self._names:
            self._names[key] = f"@H{len(self.holes)}@"
            self.holes.append(key)
        return self._names[key]

    def share(self, holes: list[Hole]) -> None:
        """Let this have the same holes as a text that is written already."""
        self.holes = holes
        self._names = {hole: f"@H{number}@" for number, hole in enumerate(holes)}

    def name(self, value: Value) -> str:
        """`value` as an i32 operand."""
        if isinstance(value, Static):
            number = value.constant
            if number is not None:
                return str(number)
            return self.hole("static", value)
        assert isinstance(value, Word), value
        if value.bit:
            return self.fresh(f"zext i1 {value.name} to i32").name
        return value.name

    def bit(self, value: Value) -> str:
        """`value` as an i1 operand: whether it is not 0."""
        if isinstance(value, Word) and value.bit:
            return value.name
        return self.fresh(f"icmp ne i32 {self.name(value)}, 0", True).name

    def escape_unless(self, condition: str, go: str) -> None:
        """Go on at label `go`, or escape."""
        self.escapes = True
        self.line(f"br i1 {condition}, label %{go}, label %escape, !prof !0")

    def concrete(self, value: Static) -> int:
        """The number of a static value that LLVM has to know.

        Raises:
            Concrete: it depends on an immediate, which thereby becomes part of the form.
        """
        number = value.constant
        if number is None:
            raise Concrete(_leaf_of(value))
        return number


def _leaf_of(value: Static) -> int:
    """The first immediate that `value` depends on."""
    if value.verb == "leaf":
        return int(value.arguments[0])
    for argument in value.arguments:
        if isinstance(argument, Static):
            leaf = _leaf_of(argument)
            if leaf >= 0:
                return leaf
    return -1

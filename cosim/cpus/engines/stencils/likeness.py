"""Instructions that differ in the numbers of immediates only: what they have in common as a key.

Signing an instruction takes long. Most are like one that has been signed.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

from cosim.cpus.isa.instruction import Instruction, Row
from cosim.cpus.isa.operands import Immediate, Register


class Sketch(NamedTuple):
    """An operand: a number that those share that differ in immediates only, and its leaves."""

    number: int
    leaves: Sequence[int]


class Likeness:
    """Keys of instructions."""

    def __init__(self) -> None:
        self._sketches: dict[Row, Sequence[dict[int, Sketch]]] = {}
        self._numbers: dict[Hashable, int] = {}

    def of(self, instruction: Instruction) -> tuple[tuple[int, ...], list[int]]:
        """What it shares, for its row, with those that are like it, and its leaves."""
        row, word, context, operands = instruction
        known = self._sketches.get(row)
        if known is None:
            known = self._sketches[row] = [{} for _ in operands]
        numbers = []
        leaves: list[int] = []
        for raw, sketches, operand in zip(row.raw(word, context), known, operands, strict=True):
            sketch = sketches.get(raw)
            if sketch is None:
                sketch = sketches[raw] = self._sketch(operand)
            numbers.append(sketch.number)
            leaves += sketch.leaves
        return tuple(numbers), leaves

    def _sketch(self, operand: Any) -> Sketch:
        leaves: list[int] = []

        def outline(part: Any) -> Hashable:
            if isinstance(part, Register | Immediate):
                leaves.append(part)
                return (Register, int(part)) if isinstance(part, Register) else Immediate
            if isinstance(part, tuple):
                return (type(part), *[outline(one) for one in part])
            control: Hashable = part
            return control, type(part)

        return Sketch(self._numbers.setdefault(outline(operand), len(self._numbers)), leaves)

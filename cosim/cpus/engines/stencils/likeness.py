"""Instructions of one form, but for what the form makes of their numbers: a key that they share.

Signing an instruction takes long. Most are like one that has been signed: they differ in immediates
and in which registers they name, as long as the same ones are the same.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from cosim.cpus.isa.instruction import Instruction, Row
from cosim.cpus.isa.operands import Immediate, Register


class Sketch(NamedTuple):
    """An operand: a number that those share that differ in leaves only, its leaves, the registers
    among them.
    """

    number: int
    leaves: Sequence[int]
    registers: Sequence[int]


class Order(NamedTuple):
    """What the registers of an instruction are, one after the other.

    Attributes:
        roles: of each a number: -1 that of one that is always zero, from 0 on those of pinned ones
            and from -2 on downwards those of others, as they come.
        pins: of the pinned ones.
    """

    roles: tuple[int, ...]
    pins: tuple[int, ...]


class Likeness:
    """Keys of instructions.

    Args:
        pins: by slot.
        zeros: slots that are always zero.
    """

    def __init__(self, pins: Mapping[int, int], zeros: Collection[int]) -> None:
        self._pins = pins
        self._zeros = zeros
        self._sketches: dict[Row, Sequence[dict[int, Sketch]]] = {}
        self._numbers: dict[Hashable, int] = {}
        self._orders: dict[tuple[int, ...], Order] = {}

    def of(self, instruction: Instruction) -> tuple[tuple[int, ...], list[int], Sequence[int]]:
        """What it shares, for its row, with those that are like it, its leaves, its registers."""
        row, word, context, operands = instruction
        known = self._sketches.get(row)
        if known is None:
            known = self._sketches[row] = [{} for _ in operands]
        numbers = []
        leaves: list[int] = []
        registers: list[int] = []
        for raw, sketches, operand in zip(row.raw(word, context), known, operands, strict=True):
            sketch = sketches.get(raw)
            if sketch is None:
                sketch = sketches[raw] = self._sketch(operand)
            numbers.append(sketch.number)
            leaves += sketch.leaves
            registers += sketch.registers
        return tuple(numbers), leaves, registers

    def order(self, registers: Sequence[int]) -> Order:
        """What these are."""
        key = tuple(registers)
        order = self._orders.get(key)
        if order is None:
            order = self._orders[key] = self._order(key)
        return order

    def _order(self, registers: tuple[int, ...]) -> Order:
        pins: list[int] = []
        others: list[int] = []
        roles = []
        for slot in registers:
            pin = self._pins.get(slot)
            if slot in self._zeros:
                roles.append(-1)
            elif pin is None:
                if slot not in others:
                    others.append(slot)
                roles.append(-2 - others.index(slot))
            else:
                if pin not in pins:
                    pins.append(pin)
                roles.append(pins.index(pin))
        return Order(tuple(roles), tuple(pins))

    def _sketch(self, operand: Any) -> Sketch:
        leaves: list[int] = []

        def outline(part: Any) -> Hashable:
            if isinstance(part, Register | Immediate):
                leaves.append(part)
                return (type(part),)
            if isinstance(part, tuple):
                return (type(part), *[outline(one) for one in part])
            control: Hashable = part
            return control, type(part)

        number = self._numbers.setdefault(outline(operand), len(self._numbers))
        registers = [one for one in leaves if isinstance(one, Register)]
        return Sketch(number, tuple(leaves), tuple(registers))

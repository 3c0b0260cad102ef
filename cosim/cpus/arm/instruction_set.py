"""The ARM instruction sets: A32 with the condition around every instruction, and T32."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cosim.cpus.arm import (
    branch,
    data_processing,
    divide,
    load_store,
    load_store_multiple,
    media,
    multiply,
    parallel,
    swap,
    system,
    vfp,
)
from cosim.cpus.arm.big_endian import data_side
from cosim.cpus.arm.flags import ALWAYS, CONDITIONS
from cosim.cpus.arm.registers import BIG_ENDIAN, LAYOUT, THUMB, C, N, Q, V, Z
from cosim.cpus.isa.instruction import Instruction
from cosim.cpus.isa.instruction_set import InstructionSet

if TYPE_CHECKING:
    from cosim.cpus.arm.thumb import ThumbInstructionSet

ROWS = [
    row
    for group in (
        data_processing,
        multiply,
        divide,
        parallel,
        media,
        load_store,
        swap,
        load_store_multiple,
        branch,
        system,
        vfp,
    )
    for row in group.ROWS
]

OPTIONS = frozenset(row.requires for row in ROWS) - {""}
"""Everything that some core of this architecture has."""


BUSIEST = ("r0", "r1", "r2", "r3", "r4", "r14", "r5", "r13", "r12")


class ArmInstructionSet(InstructionSet):
    """A32, and T32 where the decode context says so."""

    HALFWORDS = THUMB
    LASTING = THUMB | BIG_ENDIAN
    BUSY = tuple(LAYOUT[name] for name in BUSIEST)
    BITS = (N, Z, C, V, Q)

    def __init__(self, options: Iterable[str] = ()) -> None:
        super().__init__("arm", ROWS, options)

    @cached_property
    def thumb(self) -> ThumbInstructionSet:
        """T32, which many a program never needs."""
        from cosim.cpus.arm.thumb import ThumbInstructionSet

        return ThumbInstructionSet(self.options)

    def decode(self, word: int, context: int = 0) -> Instruction | None:
        if context & THUMB:
            return self.thumb.decode(word, context)
        return super().decode(word, context)

    def form(self, instruction: Instruction) -> Hashable:
        if instruction.context & THUMB:
            return instruction.context
        return instruction.context, instruction.word >> 28

    def stage(self, machine: Any, instruction: Instruction, leaf: Callable[[int], Any]) -> Any:
        """The semantics under its condition (A8.3)."""
        context = instruction.context
        if context & THUMB:
            return self.thumb.stage(machine, instruction, leaf)
        machine = data_side(machine, context)
        body = super().stage(machine, instruction, leaf)
        return _under_condition(machine, instruction.word, body)

    def stage_undefined(
        self, machine: Any, word: int, context: int, refuse: Callable[[], None]
    ) -> Callable[[], None]:
        """Where its condition fails it is a NOP, as B1.9.5 allows if it is so everywhere."""
        if context & THUMB:
            return self.thumb.stage_undefined(machine, word, context, refuse)
        return _under_condition(machine, word, refuse)


def _under_condition(m: Any, word: int, body: Callable[[], None]) -> Callable[[], None]:
    condition = word >> 28
    if condition >= ALWAYS:
        return body
    holds = CONDITIONS[condition]
    return lambda: m.when(holds(m), body)

"""The A32 instruction set: all rows, and the condition around every instruction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cosim.cpus.arm import (
    branch,
    data_processing,
    load_store,
    load_store_multiple,
    media,
    multiply,
    parallel,
    system,
    vfp,
)
from cosim.cpus.arm.flags import ALWAYS, CONDITIONS
from cosim.cpus.isa.instruction import Instruction
from cosim.cpus.isa.instruction_set import InstructionSet, check_overlaps

ROWS = [
    row
    for group in (
        data_processing,
        multiply,
        parallel,
        media,
        load_store,
        load_store_multiple,
        branch,
        system,
        vfp,
    )
    for row in group.ROWS
]
check_overlaps(ROWS)

OPTIONS = frozenset(row.requires for row in ROWS)
"""Everything that some core of this architecture has."""


class ArmInstructionSet(InstructionSet):
    """A32; any other decode context is Thumb, of which nothing is there: all is undefined."""

    def __init__(self, options: Iterable[str] = OPTIONS) -> None:
        super().__init__("arm", ROWS, options)

    def decode(self, word: int, context: int = 0) -> Instruction | None:
        return None if context else super().decode(word)

    def stage(self, machine: Any, instruction: Instruction, leaf: Callable[[int], Any]) -> Any:
        """The semantics under its condition (A8.3)."""
        body = super().stage(machine, instruction, leaf)
        condition = instruction.word >> 28
        if condition >= ALWAYS:
            return body
        holds = CONDITIONS[condition]
        return lambda: machine.when(holds(machine), body)

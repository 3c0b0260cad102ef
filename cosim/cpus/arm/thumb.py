"""The T32 instruction set: all rows, and the IT block around every instruction (A2.5.2, A6.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cosim.cpus.arm import (
    thumb_branch,
    thumb_data,
    thumb_load_store,
    thumb_media,
    thumb_system,
    vfp,
)
from cosim.cpus.arm.big_endian import data_side
from cosim.cpus.arm.flags import ALWAYS, CONDITIONS
from cosim.cpus.arm.registers import CONTEXT, IT_SHIFT
from cosim.cpus.arm.status import advance_it
from cosim.cpus.arm.thumb_rows import ThumbRow
from cosim.cpus.isa.instruction import Instruction, Row
from cosim.cpus.isa.instruction_set import InstructionSet
from cosim.cpus.isa.machine import Machine

ROWS: list[Row] = [
    row
    for group in (thumb_data, thumb_media, thumb_load_store, thumb_branch, thumb_system)
    for row in group.ROWS
]
ROWS += vfp.table(thumb=True)

STATE = (1 << IT_SHIFT) - 1
"""What `context` has besides ITSTATE."""


class ThumbInstructionSet(InstructionSet):
    """T32. Half of the decode context is ITSTATE, so that conditions are staged."""

    def __init__(self, options: Iterable[str] = ()) -> None:
        super().__init__("thumb", ROWS, options)

    def stage(self, machine: Any, instruction: Instruction, leaf: Callable[[int], Any]) -> Any:
        """The semantics, in an IT block under its condition; ITSTATE advances in any case.

        A fault leaves ITSTATE as it is, so that the instruction can be executed again.
        """
        context = instruction.context
        body = super().stage(data_side(machine, context), instruction, leaf)
        if not context >> IT_SHIFT:
            return body
        return _within_it(machine, instruction, body)

    def stage_undefined(
        self, machine: Any, word: int, context: int, refuse: Callable[[], None]
    ) -> Callable[[], None]:
        """In an IT block it is a NOP where its condition fails."""
        condition = context >> IT_SHIFT + 4
        if not context >> IT_SHIFT or condition >= ALWAYS:
            return refuse
        after = advance_it(context)

        def execute() -> None:
            machine.when(CONDITIONS[condition](machine), refuse)
            machine.set(CONTEXT, machine.const(after))

        return execute


def _within_it(
    m: Machine, instruction: Instruction, body: Callable[[], None]
) -> Callable[[], None]:
    row, context = instruction.row, instruction.context
    assert isinstance(row, ThumbRow)
    after = advance_it(context)
    condition = context >> IT_SHIFT + 4
    always = condition >= ALWAYS or not row.conditional

    def advance() -> None:
        if row.changes_state:
            state = m.and_(m.get(CONTEXT), m.const(STATE))
            m.set(CONTEXT, m.or_(state, m.const(after & ~STATE)))
        else:
            m.set(CONTEXT, m.const(after))

    def execute() -> None:
        if always:
            body()
            if not row.restores_state:
                advance()
            return
        holds = CONDITIONS[condition](m)
        m.when(holds, body)
        if row.restores_state:
            m.when(m.xor(holds, m.const(1)), advance)
        else:
            advance()

    return execute

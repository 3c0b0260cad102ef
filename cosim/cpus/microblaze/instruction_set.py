"""The MicroBlaze instruction set: the rows, and what an imm prefix or a delay slot adds to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from cosim.cpus.isa.instruction import Instruction
from cosim.cpus.isa.instruction_set import InstructionSet, check_overlaps
from cosim.cpus.isa.machine import Machine
from cosim.cpus.microblaze import absent, arithmetic, branch, load_store, logic, system
from cosim.cpus.microblaze.exceptions import after_rtbd, after_rted, after_rtid
from cosim.cpus.microblaze.registers import (
    AFTER_RTBD,
    AFTER_RTED,
    AFTER_RTID,
    BTARGET,
    CONTEXT,
    DELAY_SLOT,
    IMM_PENDING,
)

ROWS = [
    *arithmetic.ROWS,
    *logic.ROWS,
    *branch.ROWS,
    *load_store.ROWS,
    *system.ROWS,
    *absent.ROWS,
]
check_overlaps(ROWS)

RETURNS = {AFTER_RTID: after_rtid, AFTER_RTBD: after_rtbd, AFTER_RTED: after_rted}

# Major opcodes of branches, returns, breaks, mbar and imm: what UG984 bars from delay slots.
_IMM, _RETURN = 0x2C, 0x2D
_BRANCH, _BRANCH_IMM = 0x26, 0x2E
_CONDITIONAL, _CONDITIONAL_IMM = 0x27, 0x2F
_CONTROL = {_IMM, _RETURN, _BRANCH, _BRANCH_IMM, _CONDITIONAL, _CONDITIONAL_IMM}


class MicroBlazeSet(InstructionSet):
    """The instructions of one configuration.

    Args:
        options: see `MicroBlazeConfig.options`.
        opcode_0_illegal: whether the word 0, an addition to r0, is illegal.
    """

    def __init__(self, options: Iterable[str], *, opcode_0_illegal: bool = False) -> None:
        super().__init__("MicroBlaze", ROWS, options)
        self.opcode_0_illegal = opcode_0_illegal

    def decode(self, word: int, context: int = 0) -> Instruction | None:
        if not word and self.opcode_0_illegal:
            return None
        if context and misplaced(word, context):
            return None
        return super().decode(word, context)

    def stage(self, machine: Machine, instruction: Instruction, leaf: Callable[[int], Any]) -> Any:
        """The semantics; under a decode context, with its end after them."""
        body = super().stage(machine, instruction, leaf)
        context = instruction.context
        if not context or prepares_next(instruction.word):
            return body
        if context & DELAY_SLOT:
            return partial(_in_delay_slot, machine, body, RETURNS.get(context))
        return partial(_after_imm, machine, body)


def misplaced(word: int, context: int) -> bool:
    """Whether the instruction must not be in a delay slot, or not after imm (mbar)."""
    opcode = word >> 26
    if context & DELAY_SLOT:
        return opcode in _CONTROL
    return bool(context & IMM_PENDING) and _is_mbar(word)


def prepares_next(word: int) -> bool:
    """Whether the instruction leaves a decode context of its own: imm, and what has a slot."""
    opcode = word >> 26
    if opcode in (_BRANCH, _BRANCH_IMM):
        return bool(word & 1 << 20)
    if opcode in (_CONDITIONAL, _CONDITIONAL_IMM):
        return bool(word & 1 << 25)
    return opcode in (_IMM, _RETURN)


def _is_mbar(word: int) -> bool:
    return word >> 26 == _BRANCH_IMM and word >> 16 & 0x1F == 0b00010


def _after_imm(m: Machine, body: Callable[[], None]) -> None:
    body()
    m.set(CONTEXT, m.const(0))


def _in_delay_slot(
    m: Machine, body: Callable[[], None], complete_return: Callable[..., None] | None
) -> None:
    body()
    m.set(CONTEXT, m.const(0))
    if complete_return is not None:
        m.system(complete_return)
    m.branch(m.get(BTARGET))

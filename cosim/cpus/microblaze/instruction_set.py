"""The MicroBlaze instruction set: the rows, and what an imm prefix or a delay slot adds to them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import partial
from typing import Any

from cosim.cpus.isa.instruction import Instruction
from cosim.cpus.isa.instruction_set import InstructionSet
from cosim.cpus.isa.machine import Machine
from cosim.cpus.microblaze import (
    arithmetic,
    branch,
    extended_addresses,
    floating_point,
    load_store,
    logic,
    streams,
    system,
)
from cosim.cpus.microblaze.exceptions import after_rtbd, after_rted, after_rtid, before_rtid
from cosim.cpus.microblaze.registers import (
    AFTER_RTBD,
    AFTER_RTED,
    AFTER_RTID,
    ATOMIC,
    BRANCH_HAD_IMM,
    BTARGET,
    CONTEXT,
    DELAY_SLOT,
    IMM_PENDING,
    LAYOUT,
    VOID,
)

ROWS = [
    *arithmetic.ROWS,
    *logic.ROWS,
    *branch.ROWS,
    *load_store.ROWS,
    *system.ROWS,
    *floating_point.ROWS,
    *streams.ROWS,
    *extended_addresses.ROWS,
]

RETURNS = {AFTER_RTID: after_rtid, AFTER_RTBD: after_rtbd, AFTER_RTED: after_rted}

# Major opcodes of branches, returns, breaks, mbar and imm: what UG984 bars from delay slots.
_IMM, _RETURN = 0x2C, 0x2D
_STREAM, _STREAM_DYNAMIC = 0x1B, 0x13
_BRANCH, _BRANCH_IMM = 0x26, 0x2E
_CONDITIONAL, _CONDITIONAL_IMM = 0x27, 0x2F
_CONTROL = {_IMM, _RETURN, _BRANCH, _BRANCH_IMM, _CONDITIONAL, _CONDITIONAL_IMM}


class MicroBlazeSet(InstructionSet):
    """The instructions of one configuration.

    Args:
        options: see `MicroBlazeConfig.options`.
        opcode_0_illegal: whether the word 0, an addition to r0, is illegal.
        low_latency: whether an interrupt controller is told of rtid.
    """

    BUSY = tuple(LAYOUT[f"r{number}"] for number in (3, 4, 5, 6, 7, 8, 9, 18, 1))
    ZEROS = (LAYOUT["r0"], VOID)
    TRACKED = (BTARGET,)

    def __init__(
        self,
        options: Iterable[str],
        *,
        opcode_0_illegal: bool = False,
        low_latency: bool = False,
    ) -> None:
        super().__init__("MicroBlaze", ROWS, options)
        self.opcode_0_illegal = opcode_0_illegal
        self.low_latency = low_latency

    def decode(self, word: int, context: int = 0) -> Instruction | None:
        if not word and self.opcode_0_illegal:
            return None
        if context and misplaced(word, context):
            return None
        return super().decode(word, context)

    def form(self, instruction: Instruction) -> Hashable:
        context, word = instruction.context, instruction.word
        if context & IMM_PENDING:
            context &= ~0xFFFF
        return context, prepares_next(word), is_atomic(word), had_imm(word, context)

    def stage(self, machine: Machine, instruction: Instruction, leaf: Callable[[int], Any]) -> Any:
        """The semantics; under a decode context, with its end after them."""
        body = super().stage(machine, instruction, leaf)
        context, word = instruction.context, instruction.word
        if not context:
            return body
        if prepares_next(word):
            return partial(_mark_imm, machine, body) if had_imm(word, context) else body
        after = ATOMIC if is_atomic(word) else 0
        if context & DELAY_SLOT:
            complete = RETURNS.get(context & ~BRANCH_HAD_IMM)
            before = before_rtid if complete is after_rtid and self.low_latency else None
            return partial(_in_delay_slot, machine, body, before, complete, after)
        return partial(_after_prefix, machine, body, after)


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


def had_imm(word: int, context: int) -> bool:
    """Whether the delay slot that `word` opens has an imm before its branch."""
    return bool(context & IMM_PENDING) and word >> 26 != _IMM


def is_atomic(word: int) -> bool:
    """Whether it is a get or put with `a`."""
    opcode = word >> 26
    return (opcode == _STREAM and bool(word & 1 << 11)) or (
        opcode == _STREAM_DYNAMIC and bool(word & 1 << 6)
    )


def _mark_imm(m: Machine, body: Callable[[], None]) -> None:
    body()
    m.set(CONTEXT, m.or_(m.get(CONTEXT), m.const(BRANCH_HAD_IMM)))


def _after_prefix(m: Machine, body: Callable[[], None], after: int) -> None:
    body()
    m.set(CONTEXT, m.const(after))


def _in_delay_slot(
    m: Machine,
    body: Callable[[], None],
    before: Callable[..., None] | None,
    complete_return: Callable[..., None] | None,
    after: int,
) -> None:
    if before is not None:
        m.system(before)
    body()
    target = m.get(BTARGET)
    m.set(CONTEXT, m.const(after))
    if complete_return is not None:
        m.system(complete_return)
    m.branch(target)

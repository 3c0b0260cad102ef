"""Register operands that may be the PC, and branches that may change to Thumb (A2.3)."""

from __future__ import annotations

from typing import Any

from cosim.cpus.arm.registers import CONTEXT
from cosim.cpus.isa.machine import Machine, Value
from cosim.cpus.isa.operands import Register, Unallocated

PC = "pc"
"""What an operand decodes to where it is r15: a control value, so that semantics can choose."""

PC_AHEAD = 8
"""How far an instruction reads its own address ahead, in ARM state."""

THUMB_PC, ALIGNED_PC = "thumb pc", "aligned pc"
"""The same in Thumb state, and rounded down to a word, as literals and ADR see it."""

THUMB_AHEAD = 4

RegisterOrPc = Any
"""A slot, or one of the program counters."""


def general(number: int) -> Register:
    """A register that may not be the PC: an encoding with r15 here is UNPREDICTABLE."""
    if number == 15:
        raise Unallocated
    return Register(number)


def any_register(number: int) -> Register | str:
    """A register, or `PC`."""
    return PC if number == 15 else Register(number)


def read(m: Machine, register: RegisterOrPc) -> Value:
    """The value an instruction sees in a register: the PC is two instructions ahead."""
    if type(register) is not str:
        return m.get(register)
    if register is PC:
        return m.add(m.pc, m.const(PC_AHEAD))
    base = m.pc if register is THUMB_PC else m.and_(m.pc, m.const(0xFFFF_FFFC))
    return m.add(base, m.const(THUMB_AHEAD))


def branch_interworking(m: Machine, target: Value) -> None:
    """BXWritePC: bit 0 of `target` selects Thumb state."""
    m.set(CONTEXT, m.and_(target, m.const(1)))
    m.branch(m.and_(target, m.const(0xFFFF_FFFE)))


def write(m: Machine, register: RegisterOrPc, value: Value) -> None:
    """The result of an instruction; into the PC it is an interworking branch (ARMv7)."""
    if register is PC:
        branch_interworking(m, value)
    else:
        m.set(register, value)

"""Branches, calls and changes of the instruction set state (A5.5, A5.2.12)."""

from __future__ import annotations

from cosim.cpus.arm.access import RegisterOrPc, branch_interworking, read
from cosim.cpus.arm.operands import row, unconditional
from cosim.cpus.arm.registers import CONTEXT, LR, THUMB
from cosim.cpus.isa.machine import Machine, Value


def b(m: Machine, target: Value) -> None:
    m.jump(m.add(m.pc, target))


def bl(m: Machine, target: Value) -> None:
    m.set(LR, m.add(m.pc, m.const(4)))
    m.branch(m.add(m.pc, target))


def blx_imm(m: Machine, target: Value) -> None:
    """Always to Thumb; the target's bit 1 is H."""
    m.set(LR, m.add(m.pc, m.const(4)))
    m.set(CONTEXT, m.const(THUMB))
    m.branch(m.add(m.pc, target))


def bx(m: Machine, rm_any: RegisterOrPc) -> None:
    branch_interworking(m, read(m, rm_any))


def blx(m: Machine, rm: Value) -> None:
    target = m.get(rm)
    m.set(LR, m.add(m.pc, m.const(4)))
    branch_interworking(m, target)


# BXJ is BX on a core with the trivial Jazelle implementation (B1.18).
def bxj(m: Machine, rm: Value) -> None:
    branch_interworking(m, m.get(rm))


# fmt: off
ROWS = [
    row("b target",   "cccc 1010 iiii iiii iiii iiii iiii iiii", b,   "A8.8.18"),
    row("bl target",  "cccc 1011 iiii iiii iiii iiii iiii iiii", bl,  "A8.8.25"),
    row("bx rm",      "cccc 0001 0010 1111 1111 1111 0001 mmmm", bx,  "A8.8.27"),
    row("bxj rm",     "cccc 0001 0010 1111 1111 1111 0010 mmmm", bxj, "A8.8.28"),
    row("blx rm",     "cccc 0001 0010 1111 1111 1111 0011 mmmm", blx, "A8.8.26"),
    unconditional("blx target", "1111 101H iiii iiii iiii iiii iiii iiii", blx_imm, "A8.8.25"),
]
# fmt: on

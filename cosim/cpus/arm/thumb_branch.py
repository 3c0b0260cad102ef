"""T32 branches, calls and IT blocks (A6.2.5, A6.3.4)."""

# ruff: noqa: E501  one instruction per line
from __future__ import annotations

from cosim.cpus.arm.access import RegisterOrPc, branch_interworking, read
from cosim.cpus.arm.branch import b, bx, bxj
from cosim.cpus.arm.flags import CONDITIONS
from cosim.cpus.arm.registers import CONTEXT, IT_SHIFT, LR
from cosim.cpus.arm.thumb_rows import Place, narrow, wide
from cosim.cpus.isa.machine import Machine, Value

LAST, OUTSIDE = Place.LAST, Place.OUTSIDE
AHEAD = 4


def b_if(m: Machine, condition: int, near: Value) -> None:
    m.when(CONDITIONS[condition](m), lambda: m.jump(m.add(m.pc, near)))


def bl(m: Machine, target: Value) -> None:
    """Bit 0 of the return address says Thumb."""
    m.set(LR, m.or_(m.add(m.pc, m.const(4)), m.const(1)))
    m.branch(m.add(m.pc, target))


def blx_imm(m: Machine, target: Value) -> None:
    """Always to ARM state; the target counts from a word."""
    m.set(LR, m.or_(m.add(m.pc, m.const(4)), m.const(1)))
    branch_interworking(m, m.add(m.and_(m.pc, m.const(0xFFFF_FFFC)), target))


def blx(m: Machine, rm: Value) -> None:
    target = m.get(rm)
    m.set(LR, m.or_(m.add(m.pc, m.const(2)), m.const(1)))
    branch_interworking(m, target)


def cbz(m: Machine, rn: Value, target: Value) -> None:
    m.when(m.eq(m.get(rn), m.const(0)), lambda: m.branch(m.add(m.pc, target)))


def cbnz(m: Machine, rn: Value, target: Value) -> None:
    m.when(m.ne(m.get(rn), m.const(0)), lambda: m.branch(m.add(m.pc, target)))


def table_branch(m: Machine, where: Value, size: int) -> None:
    step = m.shl(m.load(where, size), m.const(1))
    m.branch(m.add(m.add(m.pc, m.const(AHEAD)), step))


def tbb(m: Machine, rn_any: RegisterOrPc, rm: Value) -> None:
    table_branch(m, m.add(read(m, rn_any), m.get(rm)), 1)


def tbh(m: Machine, rn_any: RegisterOrPc, rm: Value) -> None:
    table_branch(m, m.add(read(m, rn_any), m.shl(m.get(rm), m.const(1))), 2)


def it_(m: Machine, it: int) -> None:
    """What follows is decoded under ITSTATE."""
    m.set(CONTEXT, m.or_(m.get(CONTEXT), m.const(it << IT_SHIFT)))


# fmt: off
ROWS = [
    narrow("bx rm",         "010001110 MMMM 000",       bx,      "A8.8.27", place=LAST),
    narrow("blx rm",        "010001111 MMMM 000",       blx,     "A8.8.26", place=LAST),
    narrow("cbz rn, target",  "1011 00z1 zzzz znnn",    cbz,     "A8.8.29", place=OUTSIDE),
    narrow("cbnz rn, target", "1011 10z1 zzzz znnn",    cbnz,    "A8.8.29", place=OUTSIDE),
    narrow("it it",         "1011 1111 ffff bbbb",      it_,     "A8.8.54", place=OUTSIDE),
    narrow("b near",        "1101 cccc iiii iiii",      b_if,    "A8.8.18", place=OUTSIDE),
    narrow("b target",      "1110 0iii iiii iiii",      b,       "A8.8.18", place=LAST),
    wide("tbb rn, rm",      "1110 1000 1101 BBBB 1111 0000 0000 mmmm",         tbb,     "A8.8.236", place=LAST),
    wide("tbh rn, rm",      "1110 1000 1101 BBBB 1111 0000 0001 mmmm",         tbh,     "A8.8.236", place=LAST),
    wide("b near",          "1111 0scc ccii iiii 10x0 yiii iiii iiii",         b_if,    "A8.8.18",  place=OUTSIDE),
    wide("b target",        "1111 0sii iiii iiii 10x1 yiii iiii iiii",         b,       "A8.8.18",  place=LAST),
    wide("bl target",       "1111 0sii iiii iiii 11x1 yiii iiii iiii",         bl,      "A8.8.25",  place=LAST),
    wide("blx target",      "1111 0see eeee eeee 11x0 yeee eeee eee0",         blx_imm, "A8.8.25",  place=LAST),
    wide("bxj rm",          "1111 0011 1100 mmmm 1000 1111 0000 0000",         bxj,     "A8.8.28",  place=LAST),
]
# fmt: on

"""Arithmetic: add, subtract, compare, multiply, divide."""

from __future__ import annotations

from functools import partial

from cosim.cpus.isa.machine import Machine, Value
from cosim.cpus.microblaze.exceptions import divide_error
from cosim.cpus.microblaze.operands import row
from cosim.cpus.microblaze.registers import CARRY


def add(m: Machine, rd: int, ra: int, rb: int, K: int, C: int) -> None:
    if K and not C:
        m.set(rd, m.add(m.get(ra), m.get(rb)))
    else:
        _sum(m, rd, m.get(ra), m.get(rb), m.get(CARRY) if C else m.const(0), K)


def addi(m: Machine, rd: int, ra: int, imm: Value, K: int, C: int) -> None:
    if K and not C:
        m.set(rd, m.add(m.get(ra), imm))
    else:
        _sum(m, rd, m.get(ra), imm, m.get(CARRY) if C else m.const(0), K)


def rsub(m: Machine, rd: int, ra: int, rb: int, K: int, C: int) -> None:
    if K and not C:
        m.set(rd, m.sub(m.get(rb), m.get(ra)))
    else:
        _sum(m, rd, m.not_(m.get(ra)), m.get(rb), m.get(CARRY) if C else m.const(1), K)


def rsubi(m: Machine, rd: int, ra: int, imm: Value, K: int, C: int) -> None:
    if K and not C:
        m.set(rd, m.sub(imm, m.get(ra)))
    else:
        _sum(m, rd, m.not_(m.get(ra)), imm, m.get(CARRY) if C else m.const(1), K)


def _sum(m: Machine, rd: int, a: Value, b: Value, carry: Value, keep: int) -> None:
    result, carry_out, _ = m.add_carry(a, b, carry)
    m.set(rd, result)
    if not keep:
        m.set(CARRY, carry_out)


def cmp(m: Machine, rd: int, ra: int, rb: int) -> None:
    a, b = m.get(ra), m.get(rb)
    _difference(m, rd, a, b, m.slt(b, a))


def cmpu(m: Machine, rd: int, ra: int, rb: int) -> None:
    a, b = m.get(ra), m.get(rb)
    _difference(m, rd, a, b, m.ult(b, a))


def _difference(m: Machine, rd: int, a: Value, b: Value, a_greater: Value) -> None:
    """rB - rA with the sign bit telling whether rA is the greater."""
    low = m.zext(m.sub(b, a), 31)
    m.set(rd, m.or_(low, m.shl(a_greater, m.const(31))))


def mul(m: Machine, rd: int, ra: int, rb: int) -> None:
    m.set(rd, m.mul(m.get(ra), m.get(rb)))


def muli(m: Machine, rd: int, ra: int, imm: Value) -> None:
    m.set(rd, m.mul(m.get(ra), imm))


def mulh(m: Machine, rd: int, ra: int, rb: int) -> None:
    m.set(rd, m.mulhs(m.get(ra), m.get(rb)))


def mulhu(m: Machine, rd: int, ra: int, rb: int) -> None:
    m.set(rd, m.mulhu(m.get(ra), m.get(rb)))


def mulhsu(m: Machine, rd: int, ra: int, rb: int) -> None:
    m.set(rd, m.mulhsu(m.get(ra), m.get(rb)))


def idiv(m: Machine, rd: int, ra: int, rb: int) -> None:
    a, b = m.get(ra), m.get(rb)
    overflow = m.and_(m.eq(a, m.const(0xFFFF_FFFF)), m.eq(b, m.const(0x8000_0000)))
    error = m.or_(m.eq(a, m.const(0)), overflow)
    m.when(error, lambda: m.system(divide_error, overflow))
    m.set(rd, m.sdiv(b, a))


def idivu(m: Machine, rd: int, ra: int, rb: int) -> None:
    a, b = m.get(ra), m.get(rb)
    m.when(m.eq(a, m.const(0)), lambda: m.system(divide_error, m.const(0)))
    m.set(rd, m.udiv(b, a))


div = partial(row, requires="div")
mul32 = partial(row, requires="mul32")
mul64 = partial(row, requires="mul64")

# fmt: off
ROWS = [
    row("add{K}{C} rd, ra, rb",    "000KC0 ddddd aaaaa bbbbb 00000000000", add,    "add"),
    row("addi{K}{C} rd, ra, imm",  "001KC0 ddddd aaaaa iiiiiiiiiiiiiiii",  addi,   "addi"),
    row("rsub{K}{C} rd, ra, rb",   "000KC1 ddddd aaaaa bbbbb 00000000000", rsub,   "rsub"),
    row("rsubi{K}{C} rd, ra, imm", "001KC1 ddddd aaaaa iiiiiiiiiiiiiiii",  rsubi,  "rsubi"),
    row("cmp rd, ra, rb",          "000101 ddddd aaaaa bbbbb 00000000001", cmp,    "cmp"),
    row("cmpu rd, ra, rb",         "000101 ddddd aaaaa bbbbb 00000000011", cmpu,   "cmp"),
    mul32("mul rd, ra, rb",        "010000 ddddd aaaaa bbbbb 00000000000", mul,    "mul"),
    mul64("mulh rd, ra, rb",       "010000 ddddd aaaaa bbbbb 00000000001", mulh,   "mulh"),
    mul64("mulhsu rd, ra, rb",     "010000 ddddd aaaaa bbbbb 00000000010", mulhsu, "mulhsu"),
    mul64("mulhu rd, ra, rb",      "010000 ddddd aaaaa bbbbb 00000000011", mulhu,  "mulhu"),
    mul32("muli rd, ra, imm",      "011000 ddddd aaaaa iiiiiiiiiiiiiiii",  muli,   "muli"),
    div("idiv rd, ra, rb",         "010010 ddddd aaaaa bbbbb 00000000000", idiv,   "idiv"),
    div("idivu rd, ra, rb",        "010010 ddddd aaaaa bbbbb 00000000010", idivu,  "idiv"),
]
# fmt: on

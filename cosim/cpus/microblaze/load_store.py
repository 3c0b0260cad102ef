"""Loads and stores, byte-reversed and exclusive ones included."""

from __future__ import annotations

from functools import partial

from cosim.cpus.isa.machine import Machine, Value
from cosim.cpus.microblaze.operands import row
from cosim.cpus.microblaze.registers import CARRY, MSR, MSR_EE, RESERVATION, SHR, SLR

STACK_PROTECTION = "stack protection violation"


def _sum(m: Machine, ra: int, rb: int, stack: bool) -> Value:
    address = m.add(m.get(ra), m.get(rb))
    return _checked(m, address) if stack else address


def _offset(m: Machine, ra: int, imm: Value, stack: bool) -> Value:
    address = m.add(m.get(ra), imm)
    return _checked(m, address) if stack else address


def _checked(m: Machine, address: Value) -> Value:
    """`address`, which r1 gives: within the limits (UG984, Stack Low Register)."""
    if m.config.stack_protection:
        outside = m.or_(m.ult(address, m.get(SLR)), m.ult(m.get(SHR), address))
        enabled = m.ne(m.and_(m.get(MSR), m.const(MSR_EE)), m.const(0))
        m.when(m.and_(outside, enabled), partial(m.trap, STACK_PROTECTION, address))
    return address


def lbu(m: Machine, rd: int, ra: int, rb: int, stack: bool) -> None:
    m.set(rd, m.load(_sum(m, ra, rb, stack), 1))


def lhu(m: Machine, rd: int, ra: int, rb: int, stack: bool) -> None:
    m.set(rd, _load(m, _sum(m, ra, rb, stack), 2))


def lw(m: Machine, rd: int, ra: int, rb: int, stack: bool) -> None:
    m.set(rd, _load(m, _sum(m, ra, rb, stack), 4))


def lbui(m: Machine, rd: int, ra: int, imm: Value, stack: bool) -> None:
    m.set(rd, m.load(_offset(m, ra, imm, stack), 1))


def lhui(m: Machine, rd: int, ra: int, imm: Value, stack: bool) -> None:
    m.set(rd, _load(m, _offset(m, ra, imm, stack), 2))


def lwi(m: Machine, rd: int, ra: int, imm: Value, stack: bool) -> None:
    m.set(rd, _load(m, _offset(m, ra, imm, stack), 4))


def sb(m: Machine, rs: int, ra: int, rb: int, stack: bool) -> None:
    m.store(_sum(m, ra, rb, stack), m.get(rs), 1)


def sh(m: Machine, rs: int, ra: int, rb: int, stack: bool) -> None:
    _store(m, _sum(m, ra, rb, stack), m.get(rs), 2)


def sw(m: Machine, rs: int, ra: int, rb: int, stack: bool) -> None:
    _store(m, _sum(m, ra, rb, stack), m.get(rs), 4)


def sbi(m: Machine, rs: int, ra: int, imm: Value, stack: bool) -> None:
    m.store(_offset(m, ra, imm, stack), m.get(rs), 1)


def shi(m: Machine, rs: int, ra: int, imm: Value, stack: bool) -> None:
    _store(m, _offset(m, ra, imm, stack), m.get(rs), 2)


def swi(m: Machine, rs: int, ra: int, imm: Value, stack: bool) -> None:
    _store(m, _offset(m, ra, imm, stack), m.get(rs), 4)


def _load(m: Machine, address: Value, size: int) -> Value:
    if m.config.unaligned_exceptions:
        return m.load(address, size, size)
    return m.load(m.and_(address, m.const(-size)), size)


def _store(m: Machine, address: Value, value: Value, size: int) -> None:
    if m.config.unaligned_exceptions:
        m.store(address, value, size, size)
    else:
        m.store(m.and_(address, m.const(-size)), value, size)


# Reversed accesses: the bytes of the word around the address as the other byte order has them.


def lbur(m: Machine, rd: int, ra: int, rb: int, stack: bool) -> None:
    m.set(rd, m.load(m.xor(_sum(m, ra, rb, stack), m.const(3)), 1))


def lhur(m: Machine, rd: int, ra: int, rb: int, stack: bool) -> None:
    value = _load(m, m.xor(_sum(m, ra, rb, stack), m.const(2)), 2)
    m.set(rd, _swapped_half(m, value))


def lwr(m: Machine, rd: int, ra: int, rb: int, stack: bool) -> None:
    m.set(rd, m.bswap(_load(m, _sum(m, ra, rb, stack), 4)))


def sbr(m: Machine, rs: int, ra: int, rb: int, stack: bool) -> None:
    m.store(m.xor(_sum(m, ra, rb, stack), m.const(3)), m.get(rs), 1)


def shr(m: Machine, rs: int, ra: int, rb: int, stack: bool) -> None:
    address = m.xor(_sum(m, ra, rb, stack), m.const(2))
    _store(m, address, _swapped_half(m, m.get(rs)), 2)


def swr(m: Machine, rs: int, ra: int, rb: int, stack: bool) -> None:
    _store(m, _sum(m, ra, rb, stack), m.bswap(m.get(rs)), 4)


def _swapped_half(m: Machine, value: Value) -> Value:
    return m.shr(m.bswap(value), m.const(16))


# Exclusive accesses look at the core's own reservation bit: unless they go through the bus's
# monitor too, neither the address nor what others write matters. Unaligned addresses are no
# exception.


def lwx(m: Machine, rd: int, ra: int, rb: int, stack: bool) -> None:
    address = m.and_(_sum(m, ra, rb, stack), m.const(-4))
    if m.config.exclusive == "axi":
        m.set(rd, m.load_exclusive(address, 4))
    else:
        m.set(rd, m.load(address, 4))
    m.set(RESERVATION, m.const(1))
    m.set(CARRY, m.const(0))


def swx(m: Machine, rs: int, ra: int, rb: int, stack: bool) -> None:
    reserved = m.get(RESERVATION)
    address, value = m.and_(_sum(m, ra, rb, stack), m.const(-4)), m.get(rs)
    if m.config.exclusive == "axi":
        m.when(reserved, lambda: m.set(CARRY, m.store_exclusive(address, value, 4)))
        m.set(CARRY, m.select(reserved, m.get(CARRY), m.const(1)))
    else:
        m.when(reserved, lambda: m.store(address, value, 4))
        m.set(CARRY, m.xor(reserved, m.const(1)))
    m.set(RESERVATION, m.const(0))


reorder = partial(row, requires="reorder")

# fmt: off
ROWS = [
    row("lbu rd, ra, rb",      "110000 ddddd aaaaa bbbbb 00000000000", lbu,  "lbu"),
    row("lhu rd, ra, rb",      "110001 ddddd aaaaa bbbbb 00000000000", lhu,  "lhu"),
    row("lw rd, ra, rb",       "110010 ddddd aaaaa bbbbb 00000000000", lw,   "lw"),
    reorder("lbur rd, ra, rb", "110000 ddddd aaaaa bbbbb 01000000000", lbur, "lbu"),
    reorder("lhur rd, ra, rb", "110001 ddddd aaaaa bbbbb 01000000000", lhur, "lhu"),
    reorder("lwr rd, ra, rb",  "110010 ddddd aaaaa bbbbb 01000000000", lwr,  "lw"),
    row("lwx rd, ra, rb",      "110010 ddddd aaaaa bbbbb 10000000000", lwx,  "lwx"),
    row("sb rd, ra, rb",       "110100 ddddd aaaaa bbbbb 00000000000", sb,   "sb"),
    row("sh rd, ra, rb",       "110101 ddddd aaaaa bbbbb 00000000000", sh,   "sh"),
    row("sw rd, ra, rb",       "110110 ddddd aaaaa bbbbb 00000000000", sw,   "sw"),
    reorder("sbr rd, ra, rb",  "110100 ddddd aaaaa bbbbb 01000000000", sbr,  "sb"),
    reorder("shr rd, ra, rb",  "110101 ddddd aaaaa bbbbb 01000000000", shr,  "sh"),
    reorder("swr rd, ra, rb",  "110110 ddddd aaaaa bbbbb 01000000000", swr,  "sw"),
    row("swx rd, ra, rb",      "110110 ddddd aaaaa bbbbb 10000000000", swx,  "swx"),
    row("lbui rd, ra, imm",    "111000 ddddd aaaaa iiiiiiiiiiiiiiii",  lbui, "lbui"),
    row("lhui rd, ra, imm",    "111001 ddddd aaaaa iiiiiiiiiiiiiiii",  lhui, "lhui"),
    row("lwi rd, ra, imm",     "111010 ddddd aaaaa iiiiiiiiiiiiiiii",  lwi,  "lwi"),
    row("sbi rd, ra, imm",     "111100 ddddd aaaaa iiiiiiiiiiiiiiii",  sbi,  "sbi"),
    row("shi rd, ra, imm",     "111101 ddddd aaaaa iiiiiiiiiiiiiiii",  shi,  "shi"),
    row("swi rd, ra, imm",     "111110 ddddd aaaaa iiiiiiiiiiiiiiii",  swi,  "swi"),
]
# fmt: on

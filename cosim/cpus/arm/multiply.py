"""Multiplications: 32 and 64 bits, halfwords, dual, most significant word (A4.4.3)."""

# ruff: noqa: E501  one instruction per line
from __future__ import annotations

from collections.abc import Callable
from itertools import product

from cosim.cpus.arm.flags import set_nz, set_sticky_q
from cosim.cpus.arm.operands import Long, row
from cosim.cpus.arm.registers import N, Z
from cosim.cpus.isa.instruction import Row, Semantics
from cosim.cpus.isa.machine import Machine, Value

Wide = tuple[Value, Value]
"""64 bits: low word, high word."""


# Words


def set_product(m: Machine, S: int, rd: Value, result: Value) -> None:
    if S:
        set_nz(m, result)
    m.set(rd, result)


def mul(m: Machine, S: int, rd: Value, rn: Value, rm: Value) -> None:
    set_product(m, S, rd, m.mul(m.get(rn), m.get(rm)))


def mla(m: Machine, S: int, rd: Value, rn: Value, rm: Value, ra: Value) -> None:
    set_product(m, S, rd, m.add(m.mul(m.get(rn), m.get(rm)), m.get(ra)))


def mls(m: Machine, rd: Value, rn: Value, rm: Value, ra: Value) -> None:
    m.set(rd, m.sub(m.get(ra), m.mul(m.get(rn), m.get(rm))))


# 64-bit results


def unsigned_product(m: Machine, a: Value, b: Value) -> Wide:
    return m.mul(a, b), m.mulhu(a, b)


def signed_product(m: Machine, a: Value, b: Value) -> Wide:
    return m.mul(a, b), m.mulhs(a, b)


def widen(m: Machine, word: Value) -> Wide:
    """A signed word as 64 bits."""
    return word, m.sar(word, m.const(31))


def add_wide(m: Machine, a: Wide, b: Wide) -> Wide:
    low, carry, _ = m.add_carry(a[0], b[0], m.const(0))
    return low, m.add_carry(a[1], b[1], carry)[0]


def get_wide(m: Machine, rd_long: Long) -> Wide:
    return m.get(rd_long.low), m.get(rd_long.high)


def set_wide(m: Machine, S: int, rd_long: Long, result: Wide) -> None:
    low, high = result
    if S:
        m.set(N, m.shr(high, m.const(31)))
        m.set(Z, m.eq(m.or_(low, high), m.const(0)))
    m.set(rd_long.low, low)
    m.set(rd_long.high, high)


def multiply_long(multiply: Callable[[Machine, Value, Value], Wide]) -> Semantics:
    def semantics(m: Machine, S: int, rd_long: Long, rn: Value, rm: Value) -> None:
        set_wide(m, S, rd_long, multiply(m, m.get(rn), m.get(rm)))

    return semantics


def accumulate_long(multiply: Callable[[Machine, Value, Value], Wide]) -> Semantics:
    def semantics(m: Machine, S: int, rd_long: Long, rn: Value, rm: Value) -> None:
        total = add_wide(m, multiply(m, m.get(rn), m.get(rm)), get_wide(m, rd_long))
        set_wide(m, S, rd_long, total)

    return semantics


def umaal(m: Machine, rd_long: Long, rn: Value, rm: Value) -> None:
    product = unsigned_product(m, m.get(rn), m.get(rm))
    total = add_wide(m, product, (m.get(rd_long.low), m.const(0)))
    set_wide(m, 0, rd_long, add_wide(m, total, (m.get(rd_long.high), m.const(0))))


# Halfwords


def half(m: Machine, word: Value, top: int) -> Value:
    """The upper or lower halfword, signed."""
    return m.sar(word, m.const(16)) if top else m.sext(word, 16)


def half_product(m: Machine, rn: Value, rm: Value, x: int, y: int) -> Value:
    return m.mul(half(m, m.get(rn), x), half(m, m.get(rm), y))


def word_by_half(m: Machine, rn: Value, rm: Value, y: int) -> Value:
    """The upper 32 of the 48 bits of a word times a halfword."""
    low, high = signed_product(m, m.get(rn), half(m, m.get(rm), y))
    return m.or_(m.shl(high, m.const(16)), m.shr(low, m.const(16)))


def accumulate_sticky(m: Machine, rd: Value, product: Value, ra: Value) -> None:
    """Accumulate; an overflow wraps and sets Q."""
    result, _, overflow = m.add_carry(product, m.get(ra), m.const(0))
    set_sticky_q(m, overflow)
    m.set(rd, result)


def smul_halves(x: int, y: int) -> Semantics:
    def semantics(m: Machine, rd: Value, rn: Value, rm: Value) -> None:
        m.set(rd, half_product(m, rn, rm, x, y))

    return semantics


def smla_halves(x: int, y: int) -> Semantics:
    def semantics(m: Machine, rd: Value, rn: Value, rm: Value, ra: Value) -> None:
        accumulate_sticky(m, rd, half_product(m, rn, rm, x, y), ra)

    return semantics


def smlal_halves(x: int, y: int) -> Semantics:
    def semantics(m: Machine, rd_long: Long, rn: Value, rm: Value) -> None:
        product = widen(m, half_product(m, rn, rm, x, y))
        set_wide(m, 0, rd_long, add_wide(m, product, get_wide(m, rd_long)))

    return semantics


def smulw(_: int, y: int) -> Semantics:
    def semantics(m: Machine, rd: Value, rn: Value, rm: Value) -> None:
        m.set(rd, word_by_half(m, rn, rm, y))

    return semantics


def smlaw(_: int, y: int) -> Semantics:
    def semantics(m: Machine, rd: Value, rn: Value, rm: Value, ra: Value) -> None:
        accumulate_sticky(m, rd, word_by_half(m, rn, rm, y), ra)

    return semantics


# Dual products


def products(m: Machine, rn: Value, rm: Value, X: int) -> tuple[Value, Value]:
    """Lower by lower and upper by upper halfword; X exchanges those of the second operand."""
    first, second = m.get(rn), m.get(rm)
    if X:
        second = m.ror(second, m.const(16))
    lower = m.mul(half(m, first, 0), half(m, second, 0))
    return lower, m.mul(half(m, first, 1), half(m, second, 1))


def smuad(m: Machine, rd: Value, rn: Value, rm: Value, X: int) -> None:
    lower, upper = products(m, rn, rm, X)
    result, _, overflow = m.add_carry(lower, upper, m.const(0))
    set_sticky_q(m, overflow)
    m.set(rd, result)


def smusd(m: Machine, rd: Value, rn: Value, rm: Value, X: int) -> None:
    lower, upper = products(m, rn, rm, X)
    m.set(rd, m.sub(lower, upper))


def smlad(m: Machine, rd: Value, rn: Value, rm: Value, ra: Value, X: int) -> None:
    lower, upper = products(m, rn, rm, X)
    both, _, first = m.add_carry(lower, upper, m.const(0))
    result, _, second = m.add_carry(both, m.get(ra), m.const(0))
    set_sticky_q(m, m.xor(first, second))  # two overflows in opposite directions are none
    m.set(rd, result)


def smlsd(m: Machine, rd: Value, rn: Value, rm: Value, ra: Value, X: int) -> None:
    lower, upper = products(m, rn, rm, X)
    result, _, overflow = m.add_carry(m.sub(lower, upper), m.get(ra), m.const(0))
    set_sticky_q(m, overflow)
    m.set(rd, result)


def smlald(m: Machine, rd_long: Long, rn: Value, rm: Value, X: int) -> None:
    lower, upper = products(m, rn, rm, X)
    total = add_wide(m, widen(m, lower), widen(m, upper))
    set_wide(m, 0, rd_long, add_wide(m, total, get_wide(m, rd_long)))


def smlsld(m: Machine, rd_long: Long, rn: Value, rm: Value, X: int) -> None:
    lower, upper = products(m, rn, rm, X)
    difference = widen(m, m.sub(lower, upper))  # cannot overflow 32 bits
    set_wide(m, 0, rd_long, add_wide(m, difference, get_wide(m, rd_long)))


# Most significant word


def smmul(m: Machine, R: int, rd: Value, rn: Value, rm: Value) -> None:
    low, high = signed_product(m, m.get(rn), m.get(rm))
    m.set(rd, m.add(high, m.shr(low, m.const(31))) if R else high)


def smmla(m: Machine, R: int, rd: Value, rn: Value, rm: Value, ra: Value) -> None:
    low, high = signed_product(m, m.get(rn), m.get(rm))
    total = m.add(m.get(ra), high)
    m.set(rd, m.add(total, m.shr(low, m.const(31))) if R else total)


def smmls(m: Machine, R: int, rd: Value, rn: Value, rm: Value, ra: Value) -> None:
    low, high = signed_product(m, m.get(rn), m.get(rm))
    total = m.sub(m.sub(m.get(ra), high), m.ne(low, m.const(0)))
    m.set(rd, m.add(total, m.shr(m.sub(m.const(0), low), m.const(31))) if R else total)


def by_halves(
    syntax: str, pattern: str, make: Callable[[int, int], Semantics], section: str
) -> list[Row]:
    """The variants of a mnemonic with <x> and <y>: b or t, the lower or the upper halfword."""
    rows = []
    for x, y in product((0, 1), repeat=2) if "<x>" in syntax else ((0, 0), (0, 1)):
        text = syntax.replace("<x>", "bt"[x]).replace("<y>", "bt"[y])
        bits = pattern.replace("x", str(x)).replace("y", str(y))
        rows.append(row(text, bits, make(x, y), section))
    return rows


umull = multiply_long(unsigned_product)
smull = multiply_long(signed_product)
umlal = accumulate_long(unsigned_product)
smlal = accumulate_long(signed_product)

# fmt: off
ROWS = [
    row("mul{S} rd, rn, rm",            "cccc 0000 000S dddd 0000 mmmm 1001 nnnn", mul,    "A8.8.114"),
    row("mla{S} rd, rn, rm, ra",        "cccc 0000 001S dddd aaaa mmmm 1001 nnnn", mla,    "A8.8.100"),
    row("umaal rd_long, rn, rm",        "cccc 0000 0100 hhhh llll mmmm 1001 nnnn", umaal,  "A8.8.255"),
    row("mls rd, rn, rm, ra",           "cccc 0000 0110 dddd aaaa mmmm 1001 nnnn", mls,    "A8.8.101"),
    row("umull{S} rd_long, rn, rm",     "cccc 0000 100S hhhh llll mmmm 1001 nnnn", umull,  "A8.8.257"),
    row("umlal{S} rd_long, rn, rm",     "cccc 0000 101S hhhh llll mmmm 1001 nnnn", umlal,  "A8.8.256"),
    row("smull{S} rd_long, rn, rm",     "cccc 0000 110S hhhh llll mmmm 1001 nnnn", smull,  "A8.8.189"),
    row("smlal{S} rd_long, rn, rm",     "cccc 0000 111S hhhh llll mmmm 1001 nnnn", smlal,  "A8.8.178"),
    *by_halves("smla<x><y> rd, rn, rm, ra",  "cccc 0001 0000 dddd aaaa mmmm 1yx0 nnnn", smla_halves,  "A8.8.176"),
    *by_halves("smlaw<y> rd, rn, rm, ra",    "cccc 0001 0010 dddd aaaa mmmm 1y00 nnnn", smlaw,        "A8.8.181"),
    *by_halves("smulw<y> rd, rn, rm",        "cccc 0001 0010 dddd 0000 mmmm 1y10 nnnn", smulw,        "A8.8.190"),
    *by_halves("smlal<x><y> rd_long, rn, rm", "cccc 0001 0100 hhhh llll mmmm 1yx0 nnnn", smlal_halves, "A8.8.179"),
    *by_halves("smul<x><y> rd, rn, rm",      "cccc 0001 0110 dddd 0000 mmmm 1yx0 nnnn", smul_halves,  "A8.8.188"),
    row("smlad{X} rd, rn, rm, ra",      "cccc 0111 0000 dddd aaaa mmmm 00X1 nnnn", smlad,  "A8.8.177"),
    row("smuad{X} rd, rn, rm",          "cccc 0111 0000 dddd 1111 mmmm 00X1 nnnn", smuad,  "A8.8.187"),
    row("smlsd{X} rd, rn, rm, ra",      "cccc 0111 0000 dddd aaaa mmmm 01X1 nnnn", smlsd,  "A8.8.182"),
    row("smusd{X} rd, rn, rm",          "cccc 0111 0000 dddd 1111 mmmm 01X1 nnnn", smusd,  "A8.8.191"),
    row("smlald{X} rd_long, rn, rm",    "cccc 0111 0100 hhhh llll mmmm 00X1 nnnn", smlald, "A8.8.180"),
    row("smlsld{X} rd_long, rn, rm",    "cccc 0111 0100 hhhh llll mmmm 01X1 nnnn", smlsld, "A8.8.183"),
    row("smmla{R} rd, rn, rm, ra",      "cccc 0111 0101 dddd aaaa mmmm 00R1 nnnn", smmla,  "A8.8.184"),
    row("smmul{R} rd, rn, rm",          "cccc 0111 0101 dddd 1111 mmmm 00R1 nnnn", smmul,  "A8.8.186"),
    row("smmls{R} rd, rn, rm, ra",      "cccc 0111 0101 dddd aaaa mmmm 11R1 nnnn", smmls,  "A8.8.185"),
]
# fmt: on

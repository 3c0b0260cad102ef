"""Logic, pattern compare, shifts, sign extension and byte order."""

from __future__ import annotations

from functools import partial

from cosim.cpus.isa.machine import Machine, Value
from cosim.cpus.microblaze.operands import row
from cosim.cpus.microblaze.registers import CARRY


def or_(m: Machine, rd: int, ra: int, rb: int) -> None:
    m.set(rd, m.or_(m.get(ra), m.get(rb)))


def and_(m: Machine, rd: int, ra: int, rb: int) -> None:
    m.set(rd, m.and_(m.get(ra), m.get(rb)))


def xor(m: Machine, rd: int, ra: int, rb: int) -> None:
    m.set(rd, m.xor(m.get(ra), m.get(rb)))


def andn(m: Machine, rd: int, ra: int, rb: int) -> None:
    m.set(rd, m.and_(m.get(ra), m.not_(m.get(rb))))


def ori(m: Machine, rd: int, ra: int, imm: Value) -> None:
    m.set(rd, m.or_(m.get(ra), imm))


def andi(m: Machine, rd: int, ra: int, imm: Value) -> None:
    m.set(rd, m.and_(m.get(ra), imm))


def xori(m: Machine, rd: int, ra: int, imm: Value) -> None:
    m.set(rd, m.xor(m.get(ra), imm))


def andni(m: Machine, rd: int, ra: int, imm: Value) -> None:
    m.set(rd, m.and_(m.get(ra), m.not_(imm)))


def pcmpbf(m: Machine, rd: int, ra: int, rb: int) -> None:
    """The place of the first equal byte, 1 (most significant) to 4; 0 if there is none."""
    differences = m.xor(m.get(ra), m.get(rb))
    place = m.const(0)
    for number in (4, 3, 2, 1):
        byte = m.zext(m.shr(differences, m.const(32 - 8 * number)), 8)
        place = m.select(m.eq(byte, m.const(0)), m.const(number), place)
    m.set(rd, place)


def pcmpeq(m: Machine, rd: int, ra: int, rb: int) -> None:
    m.set(rd, m.eq(m.get(ra), m.get(rb)))


def pcmpne(m: Machine, rd: int, ra: int, rb: int) -> None:
    m.set(rd, m.ne(m.get(ra), m.get(rb)))


def clz(m: Machine, rd: int, ra: int) -> None:
    m.set(rd, m.clz(m.get(ra)))


def sra(m: Machine, rd: int, ra: int) -> None:
    value = m.get(ra)
    _shifted_out(m, rd, value, m.sar(value, m.const(1)))


def src(m: Machine, rd: int, ra: int) -> None:
    value = m.get(ra)
    top = m.shl(m.get(CARRY), m.const(31))
    _shifted_out(m, rd, value, m.or_(top, m.shr(value, m.const(1))))


def srl(m: Machine, rd: int, ra: int) -> None:
    value = m.get(ra)
    _shifted_out(m, rd, value, m.shr(value, m.const(1)))


def _shifted_out(m: Machine, rd: int, value: Value, result: Value) -> None:
    m.set(rd, result)
    m.set(CARRY, m.and_(value, m.const(1)))


def sext8(m: Machine, rd: int, ra: int) -> None:
    m.set(rd, m.sext(m.get(ra), 8))


def sext16(m: Machine, rd: int, ra: int) -> None:
    m.set(rd, m.sext(m.get(ra), 16))


def swapb(m: Machine, rd: int, ra: int) -> None:
    m.set(rd, m.bswap(m.get(ra)))


def swaph(m: Machine, rd: int, ra: int) -> None:
    m.set(rd, m.ror(m.get(ra), m.const(16)))


def bsll(m: Machine, rd: int, ra: int, rb: int) -> None:
    m.set(rd, m.shl(m.get(ra), m.zext(m.get(rb), 5)))


def bsrl(m: Machine, rd: int, ra: int, rb: int) -> None:
    m.set(rd, m.shr(m.get(ra), m.zext(m.get(rb), 5)))


def bsra(m: Machine, rd: int, ra: int, rb: int) -> None:
    m.set(rd, m.sar(m.get(ra), m.zext(m.get(rb), 5)))


def bslli(m: Machine, rd: int, ra: int, amount: Value) -> None:
    m.set(rd, m.shl(m.get(ra), amount))


def bsrli(m: Machine, rd: int, ra: int, amount: Value) -> None:
    m.set(rd, m.shr(m.get(ra), amount))


def bsrai(m: Machine, rd: int, ra: int, amount: Value) -> None:
    m.set(rd, m.sar(m.get(ra), amount))


def bsefi(m: Machine, rd: int, ra: int, amount: Value, extract: Value) -> None:
    m.set(rd, m.and_(m.shr(m.get(ra), amount), extract))


def bsifi(m: Machine, rd: int, rs: int, ra: int, amount: Value, insert: Value) -> None:
    kept = m.and_(m.get(rs), m.not_(insert))
    m.set(rd, m.or_(kept, m.and_(m.shl(m.get(ra), amount), insert)))


barrel = partial(row, requires="barrel")
pcmp = partial(row, requires="pcmp")
clz_ = partial(row, requires="clz")
bit_field = partial(row, requires="bit_field")
reorder = partial(row, requires="reorder")

# fmt: off
ROWS = [
    row("or rd, ra, rb",             "100000 ddddd aaaaa bbbbb 00000000000",   or_,    "or"),
    row("and rd, ra, rb",            "100001 ddddd aaaaa bbbbb 00000000000",   and_,   "and"),
    row("xor rd, ra, rb",            "100010 ddddd aaaaa bbbbb 00000000000",   xor,    "xor"),
    row("andn rd, ra, rb",           "100011 ddddd aaaaa bbbbb 00000000000",   andn,   "andn"),
    row("ori rd, ra, imm",           "101000 ddddd aaaaa iiiiiiiiiiiiiiii",    ori,    "ori"),
    row("andi rd, ra, imm",          "101001 ddddd aaaaa iiiiiiiiiiiiiiii",    andi,   "andi"),
    row("xori rd, ra, imm",          "101010 ddddd aaaaa iiiiiiiiiiiiiiii",    xori,   "xori"),
    row("andni rd, ra, imm",         "101011 ddddd aaaaa iiiiiiiiiiiiiiii",    andni,  "andni"),
    pcmp("pcmpbf rd, ra, rb",        "100000 ddddd aaaaa bbbbb 10000000000",   pcmpbf, "pcmpbf"),
    pcmp("pcmpeq rd, ra, rb",        "100010 ddddd aaaaa bbbbb 10000000000",   pcmpeq, "pcmpeq"),
    pcmp("pcmpne rd, ra, rb",        "100011 ddddd aaaaa bbbbb 10000000000",   pcmpne, "pcmpne"),
    clz_("clz rd, ra",               "100100 ddddd aaaaa 0000000011100000",    clz,    "clz"),
    row("sra rd, ra",                "100100 ddddd aaaaa 0000000000000001",    sra,    "sra"),
    row("src rd, ra",                "100100 ddddd aaaaa 0000000000100001",    src,    "src"),
    row("srl rd, ra",                "100100 ddddd aaaaa 0000000001000001",    srl,    "srl"),
    row("sext8 rd, ra",              "100100 ddddd aaaaa 0000000001100000",    sext8,  "sext8"),
    row("sext16 rd, ra",             "100100 ddddd aaaaa 0000000001100001",    sext16, "sext16"),
    reorder("swapb rd, ra",          "100100 ddddd aaaaa 0000000111100000",    swapb,  "swapb"),
    reorder("swaph rd, ra",          "100100 ddddd aaaaa 0000000111100010",    swaph,  "swaph"),
    barrel("bsrl rd, ra, rb",        "010001 ddddd aaaaa bbbbb 00000000000",   bsrl,   "bs"),
    barrel("bsra rd, ra, rb",        "010001 ddddd aaaaa bbbbb 01000000000",   bsra,   "bs"),
    barrel("bsll rd, ra, rb",        "010001 ddddd aaaaa bbbbb 10000000000",   bsll,   "bs"),
    barrel("bsrli rd, ra, amount",   "011001 ddddd aaaaa 00000 000000 sssss",  bsrli,  "bsi"),
    barrel("bsrai rd, ra, amount",   "011001 ddddd aaaaa 00000 010000 sssss",  bsrai,  "bsi"),
    barrel("bslli rd, ra, amount",   "011001 ddddd aaaaa 00000 100000 sssss",  bslli,  "bsi"),
    bit_field("bsefi rd, ra, field", "011001 ddddd aaaaa 01000 wwwww 0 sssss", bsefi,  "bsi"),
    bit_field("bsifi rd, ra, inserted", "011001 ddddd aaaaa 10000 wwwww 0 sssss", bsifi, "bsi"),
]
# fmt: on

"""Bit fields, packing, extension, reversal, saturation, and sums of absolute differences (A5.4)."""

# ruff: noqa: E501  one instruction per line
from __future__ import annotations

from collections.abc import Callable

from cosim.cpus.arm.flags import set_sticky_q
from cosim.cpus.arm.operands import BitRange, Saturation, row
from cosim.cpus.arm.registers import GE
from cosim.cpus.arm.shifts import Operand2
from cosim.cpus.isa.instruction import Semantics
from cosim.cpus.isa.machine import Machine, Value

# Bit fields


def bfi(m: Machine, rd: Value, rn: Value, bits: BitRange) -> None:
    field = m.shl(m.and_(m.get(rn), bits.mask), bits.lsb)
    m.set(rd, m.or_(m.and_(m.get(rd), bits.others), field))


def bfc(m: Machine, rd: Value, bits: BitRange) -> None:
    m.set(rd, m.and_(m.get(rd), bits.others))


def sbfx(m: Machine, rd: Value, rn: Value, bits: BitRange) -> None:
    m.set(rd, m.sar(m.shl(m.get(rn), bits.up), bits.down))


def ubfx(m: Machine, rd: Value, rn: Value, bits: BitRange) -> None:
    m.set(rd, m.and_(m.shr(m.get(rn), bits.lsb), bits.mask))


# Packing and extension


def pkhbt(m: Machine, rd: Value, rn: Value, rm: Value, left: Value) -> None:
    upper = m.and_(m.shl(m.get(rm), left), m.const(0xFFFF_0000))
    m.set(rd, m.or_(m.and_(m.get(rn), m.const(0xFFFF)), upper))


def pkhtb(m: Machine, rd: Value, rn: Value, rm: Value, right: Value) -> None:
    lower = m.and_(m.sar(m.get(rm), right), m.const(0xFFFF))
    m.set(rd, m.or_(m.and_(m.get(rn), m.const(0xFFFF_0000)), lower))


Extend = Callable[[Machine, Value], Value]


def halves(m: Machine, lower: Value, upper: Value) -> Value:
    """Two halfwords as a word."""
    return m.or_(m.and_(lower, m.const(0xFFFF)), m.shl(upper, m.const(16)))


def sxtb16_of(m: Machine, word: Value) -> Value:
    return halves(m, m.sext(word, 8), m.sext(m.shr(word, m.const(16)), 8))


def extend(compute: Extend) -> Semantics:
    def semantics(m: Machine, rd: Value, rm: Value, rotation: Value) -> None:
        m.set(rd, compute(m, m.ror(m.get(rm), rotation)))

    return semantics


def extend_add(compute: Extend) -> Semantics:
    def semantics(m: Machine, rd: Value, rn: Value, rm: Value, rotation: Value) -> None:
        m.set(rd, m.add(m.get(rn), compute(m, m.ror(m.get(rm), rotation))))

    return semantics


def extend_add_halves(compute: Extend) -> Semantics:
    def semantics(m: Machine, rd: Value, rn: Value, rm: Value, rotation: Value) -> None:
        first, second = m.get(rn), compute(m, m.ror(m.get(rm), rotation))
        upper = m.add(m.shr(first, m.const(16)), m.shr(second, m.const(16)))
        m.set(rd, halves(m, m.add(first, second), upper))

    return semantics


# fmt: off
EXTENSIONS: dict[str, Extend] = {
    "sxtb":   lambda m, word: m.sext(word, 8),
    "sxth":   lambda m, word: m.sext(word, 16),
    "sxtb16": sxtb16_of,
    "uxtb":   lambda m, word: m.zext(word, 8),
    "uxth":   lambda m, word: m.zext(word, 16),
    "uxtb16": lambda m, word: m.and_(word, m.const(0x00FF_00FF)),
}
# fmt: on
sxtb, sxth, sxtb16, uxtb, uxth, uxtb16 = map(extend, EXTENSIONS.values())
sxtab, sxtah, uxtab, uxtah = (
    extend_add(EXTENSIONS[name]) for name in ("sxtb", "sxth", "uxtb", "uxth")
)
sxtab16, uxtab16 = (extend_add_halves(EXTENSIONS[name]) for name in ("sxtb16", "uxtb16"))


# Reversal and selection


def rev(m: Machine, rd: Value, rm: Value) -> None:
    m.set(rd, m.bswap(m.get(rm)))


def rev16(m: Machine, rd: Value, rm: Value) -> None:
    m.set(rd, m.ror(m.bswap(m.get(rm)), m.const(16)))


def revsh(m: Machine, rd: Value, rm: Value) -> None:
    m.set(rd, m.sar(m.bswap(m.get(rm)), m.const(16)))


def rbit(m: Machine, rd: Value, rm: Value) -> None:
    m.set(rd, m.bitrev(m.get(rm)))


def clz(m: Machine, rd: Value, rm: Value) -> None:
    m.set(rd, m.clz(m.get(rm)))


def sel(m: Machine, rd: Value, rn: Value, rm: Value) -> None:
    flags = m.get(GE)
    mask = m.and_(flags, m.const(1))
    for lane in range(1, 4):  # flag `lane` to bit 8 * lane
        mask = m.or_(
            mask, m.shl(m.and_(m.shr(flags, m.const(lane)), m.const(1)), m.const(8 * lane))
        )
    mask = m.mul(mask, m.const(0xFF))
    m.set(rd, m.or_(m.and_(m.get(rn), mask), m.and_(m.get(rm), m.not_(mask))))


# Saturation


def saturate(m: Machine, number: Value, limits: Saturation) -> tuple[Value, Value]:
    """The signed `number` within `limits`, and whether that changed it."""
    below, above = m.slt(number, limits.least), m.slt(limits.most, number)
    within = m.select(above, limits.most, number)
    return m.select(below, limits.least, within), m.or_(below, above)


def saturate_word(m: Machine, rd: Value, limits: Saturation, saturated: Operand2) -> None:
    result, changed = saturate(m, saturated.value(m), limits)
    set_sticky_q(m, changed)
    m.set(rd, result)


def saturate_halves(m: Machine, rd: Value, rn: Value, limits: Saturation) -> None:
    word = m.get(rn)
    lower, first = saturate(m, m.sext(word, 16), limits)
    upper, second = saturate(m, m.sar(word, m.const(16)), limits)
    set_sticky_q(m, m.or_(first, second))
    m.set(rd, halves(m, lower, upper))


def ssat(m: Machine, rd: Value, signed_limits: Saturation, saturated: Operand2) -> None:
    saturate_word(m, rd, signed_limits, saturated)


def usat(m: Machine, rd: Value, unsigned_limits: Saturation, saturated: Operand2) -> None:
    saturate_word(m, rd, unsigned_limits, saturated)


def ssat16(m: Machine, rd: Value, rn: Value, signed_limits: Saturation) -> None:
    saturate_halves(m, rd, rn, signed_limits)


def usat16(m: Machine, rd: Value, rn: Value, unsigned_limits: Saturation) -> None:
    saturate_halves(m, rd, rn, unsigned_limits)


def saturating_add(m: Machine, a: Value, b: Value, carry: int = 0) -> tuple[Value, Value]:
    """a + b + carry within a signed word, and whether it saturated."""
    result, _, overflow = m.add_carry(a, b, m.const(carry))
    limit = m.xor(m.sar(result, m.const(31)), m.const(0x8000_0000))
    return m.select(overflow, limit, result), overflow


def qadd(m: Machine, rd: Value, rm: Value, rn: Value) -> None:
    result, changed = saturating_add(m, m.get(rm), m.get(rn))
    set_sticky_q(m, changed)
    m.set(rd, result)


def qsub(m: Machine, rd: Value, rm: Value, rn: Value) -> None:
    result, changed = saturating_add(m, m.get(rm), m.not_(m.get(rn)), 1)
    set_sticky_q(m, changed)
    m.set(rd, result)


def qdadd(m: Machine, rd: Value, rm: Value, rn: Value) -> None:
    double, first = saturating_add(m, m.get(rn), m.get(rn))
    result, second = saturating_add(m, m.get(rm), double)
    set_sticky_q(m, m.or_(first, second))
    m.set(rd, result)


def qdsub(m: Machine, rd: Value, rm: Value, rn: Value) -> None:
    double, first = saturating_add(m, m.get(rn), m.get(rn))
    result, second = saturating_add(m, m.get(rm), m.not_(double), 1)
    set_sticky_q(m, m.or_(first, second))
    m.set(rd, result)


# Sums of absolute differences


def differences(m: Machine, a: Value, b: Value) -> Value:
    """The sum over the bytes of |a - b|."""
    total = m.const(0)
    for lane in range(4):
        first, second = (
            m.zext(m.shr(a, m.const(8 * lane)), 8),
            m.zext(m.shr(b, m.const(8 * lane)), 8),
        )
        more = m.ult(first, second)
        total = m.add(total, m.select(more, m.sub(second, first), m.sub(first, second)))
    return total


def usad8(m: Machine, rd: Value, rn: Value, rm: Value) -> None:
    m.set(rd, differences(m, m.get(rn), m.get(rm)))


def usada8(m: Machine, rd: Value, rn: Value, rm: Value, ra: Value) -> None:
    m.set(rd, m.add(m.get(ra), differences(m, m.get(rn), m.get(rm))))


# fmt: off
ROWS = [
    row("clz rd, rm",                     "cccc 0001 0110 1111 dddd 1111 0001 mmmm", clz,     "A8.8.33"),
    row("qadd rd, rm, rn",                "cccc 0001 0000 nnnn dddd 0000 0101 mmmm", qadd,    "A8.8.134"),
    row("qsub rd, rm, rn",                "cccc 0001 0010 nnnn dddd 0000 0101 mmmm", qsub,    "A8.8.141"),
    row("qdadd rd, rm, rn",               "cccc 0001 0100 nnnn dddd 0000 0101 mmmm", qdadd,   "A8.8.138"),
    row("qdsub rd, rm, rn",               "cccc 0001 0110 nnnn dddd 0000 0101 mmmm", qdsub,   "A8.8.139"),
    row("pkhbt rd, rn, rm, left",         "cccc 0110 1000 nnnn dddd aaaaa 001 mmmm", pkhbt,   "A8.8.125"),
    row("pkhtb rd, rn, rm, right",        "cccc 0110 1000 nnnn dddd aaaaa 101 mmmm", pkhtb,   "A8.8.125"),
    row("sel rd, rn, rm",                 "cccc 0110 1000 nnnn dddd 1111 1011 mmmm", sel,     "A8.8.166"),
    row("sxtab16 rd, rn, rm, rotation",   "cccc 0110 1000 nnnn dddd rr00 0111 mmmm", sxtab16, "A8.8.231"),
    row("sxtb16 rd, rm, rotation",        "cccc 0110 1000 1111 dddd rr00 0111 mmmm", sxtb16,  "A8.8.234"),
    row("sxtab rd, rn, rm, rotation",     "cccc 0110 1010 nnnn dddd rr00 0111 mmmm", sxtab,   "A8.8.230"),
    row("sxtb rd, rm, rotation",          "cccc 0110 1010 1111 dddd rr00 0111 mmmm", sxtb,    "A8.8.233"),
    row("sxtah rd, rn, rm, rotation",     "cccc 0110 1011 nnnn dddd rr00 0111 mmmm", sxtah,   "A8.8.232"),
    row("sxth rd, rm, rotation",          "cccc 0110 1011 1111 dddd rr00 0111 mmmm", sxth,    "A8.8.235"),
    row("uxtab16 rd, rn, rm, rotation",   "cccc 0110 1100 nnnn dddd rr00 0111 mmmm", uxtab16, "A8.8.272"),
    row("uxtb16 rd, rm, rotation",        "cccc 0110 1100 1111 dddd rr00 0111 mmmm", uxtb16,  "A8.8.275"),
    row("uxtab rd, rn, rm, rotation",     "cccc 0110 1110 nnnn dddd rr00 0111 mmmm", uxtab,   "A8.8.271"),
    row("uxtb rd, rm, rotation",          "cccc 0110 1110 1111 dddd rr00 0111 mmmm", uxtb,    "A8.8.274"),
    row("uxtah rd, rn, rm, rotation",     "cccc 0110 1111 nnnn dddd rr00 0111 mmmm", uxtah,   "A8.8.273"),
    row("uxth rd, rm, rotation",          "cccc 0110 1111 1111 dddd rr00 0111 mmmm", uxth,    "A8.8.276"),
    row("ssat rd, signed_limits, saturated",   "cccc 0110 101w wwww dddd aaaaa k01 nnnn", ssat,   "A8.8.193"),
    row("ssat16 rd, signed_limits, rn",        "cccc 0110 1010 wwww dddd 1111 0011 nnnn", ssat16, "A8.8.194"),
    row("usat rd, unsigned_limits, saturated", "cccc 0110 111w wwww dddd aaaaa k01 nnnn", usat,   "A8.8.266"),
    row("usat16 rd, unsigned_limits, rn",      "cccc 0110 1110 wwww dddd 1111 0011 nnnn", usat16, "A8.8.267"),
    row("rev rd, rm",                     "cccc 0110 1011 1111 dddd 1111 0011 mmmm", rev,     "A8.8.145"),
    row("rev16 rd, rm",                   "cccc 0110 1011 1111 dddd 1111 1011 mmmm", rev16,   "A8.8.146"),
    row("rbit rd, rm",                    "cccc 0110 1111 1111 dddd 1111 0011 mmmm", rbit,    "A8.8.144"),
    row("revsh rd, rm",                   "cccc 0110 1111 1111 dddd 1111 1011 mmmm", revsh,   "A8.8.147"),
    row("usad8 rd, rn, rm",               "cccc 0111 1000 dddd 1111 mmmm 0001 nnnn", usad8,   "A8.8.264"),
    row("usada8 rd, rn, rm, ra",          "cccc 0111 1000 dddd aaaa mmmm 0001 nnnn", usada8,  "A8.8.265"),
    row("sbfx rd, rn, bits",              "cccc 0111 101w wwww dddd lllll 101 nnnn", sbfx,    "A8.8.164"),
    row("bfc rd, bits",                   "cccc 0111 110u uuuu dddd lllll 001 1111", bfc,     "A8.8.19"),
    row("bfi rd, rn, bits",               "cccc 0111 110u uuuu dddd lllll 001 nnnn", bfi,     "A8.8.20"),
    row("ubfx rd, rn, bits",              "cccc 0111 111w wwww dddd lllll 101 nnnn", ubfx,    "A8.8.246"),
]
# fmt: on

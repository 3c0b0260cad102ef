"""The operand table of the T32 encodings: which fields make which operand.

Letters keep to one meaning over all patterns, as in `operands`. In capitals (D N M) a register that
may be SP; in small ones it may be neither SP nor PC, as in most 32-bit encodings. Immediates by
what they count: i bytes, h halfwords, w words; j is a plain constant, q words from the PC.
"""

from __future__ import annotations

from typing import Any

from cosim.cpus.arm import operands, shifts
from cosim.cpus.arm.access import ALIGNED_PC, PC, THUMB_AHEAD, THUMB_PC, general
from cosim.cpus.arm.addressing import Address
from cosim.cpus.arm.flags import ALWAYS
from cosim.cpus.arm.operands import Long, Pair, StateChange
from cosim.cpus.arm.registers import IT_SHIFT
from cosim.cpus.arm.shifts import LSL, ByRegister, Constant, Operand2, Plain
from cosim.cpus.isa.operands import Immediate, Operand, Register, Unallocated

WORD = 0xFFFF_FFFF
STACK, LINK, COUNTER = 13, 14, 15


def normal(number: int) -> Register:
    """A register that may be neither SP nor PC (BadReg is UNPREDICTABLE)."""
    if number == STACK:
        raise Unallocated
    return general(number)


def stack(*_: int) -> Register:
    return Register(STACK)


# Second operands


def expand(i: int) -> Constant:
    """ThumbExpandImm_C (A6.3.2)."""
    byte, kind = i & 0xFF, i >> 8
    if kind > 3:
        number, amount = 0x80 | i & 0x7F, i >> 7
        value = (number >> amount | number << (32 - amount)) & WORD
        return Constant(Immediate(value), value >> 31)
    if kind and not byte:
        raise Unallocated
    return Constant(Immediate(byte * (1, 0x0001_0001, 0x0100_0100, 0x0101_0101)[kind]), None)


def plain_constant(number: int) -> Constant:
    return Constant(Immediate(number), None)


def shifted(m: int, k: int, a: int) -> Operand2:
    normal(m)
    return shifts.shifted(m, k, a)


def shifted_for_stack(D: int, m: int, k: int, a: int) -> Operand2:
    """What is added to SP: if SP is the result, at most shifted left by three."""
    if D == STACK and (k != LSL or a > 3):
        raise Unallocated
    return shifted(m, k, a)


def by_register(m: int, k: int, s: int) -> ByRegister:
    return ByRegister(k, normal(m), normal(s))


def saturated(n: int, k: int, a: int) -> Operand2:
    """SSAT and USAT have no ASR #32: there are SSAT16 and USAT16."""
    if k and not a:
        raise Unallocated
    return shifted(n, 2 * k, a)


def moved(D: int, M: int) -> Plain:
    """MOV between registers: one of them may be SP."""
    if D == M == STACK:
        raise Unallocated
    return Plain(general(M))


def high(M: int) -> Plain:
    """Any register, the PC included, of the instructions on high registers."""
    return Plain(THUMB_PC if M == COUNTER else Register(M))


def compared_high(N: int, M: int) -> Plain:
    """CMP of high registers: at least one of them is one."""
    if N < 8 and M < 8:
        raise Unallocated
    return Plain(general(M))


# Addresses


def _address(base: Any, offset: int, indexed: bool = True, writeback: bool = False) -> Address:
    step = Immediate(offset & WORD) if offset else None
    return Address(base, step, False, False, indexed, writeback)


def indexed(p: int, u: int, w: int, n: int, t: int, i: int) -> Address:
    """P, U, W with an immediate; P=1 U=1 W=0 is the unprivileged access."""
    if p and u and not w:
        raise Unallocated
    return _indexed(p, u, w, n, (t,), i)


def indexed_pair(p: int, u: int, w: int, n: int, t: int, s: int, i: int) -> Address:
    return _indexed(p, u, w, n, (t, s), 4 * i)


def _indexed(p: int, u: int, w: int, n: int, data: tuple[int, ...], i: int) -> Address:
    if not (p or w) or n == COUNTER or (w and n in data):
        raise Unallocated
    return _address(Register(n), i if u else -i, bool(p), bool(w))


def offset(n: int, i: int) -> Address:
    return _address(general(n), i)


def literal(u: int, i: int) -> Address:
    return _address(ALIGNED_PC, i if u else -i)


def by_index(n: int, m: int, a: int = 0) -> Address:
    return Address(general(n), shifts.shifted(normal(m), LSL, a), True, False, True, False)


# Several registers


def two(t: int, s: int) -> Pair:
    return Pair(normal(t), normal(s))


def two_loaded(t: int, s: int) -> Pair:
    if t == s:
        raise Unallocated
    return two(t, s)


def long(h: int, l: int) -> Long:  # noqa: E741  the pattern's letter
    if h == l:
        raise Unallocated
    return Long(normal(l), normal(h))


def status(d: int, n: int, t: int) -> Register:
    normal(d)
    return operands.status_register(d, n, t)


def pair_status(d: int, n: int, t: int, s: int) -> Register:
    if d == s:
        raise Unallocated
    return status(d, n, t)


def spread(l: int) -> int:  # noqa: E741
    """The list of a 32-bit encoding, whose field has LR's bit next to r12's."""
    return l & 0x1FFF | l >> 13 << LINK


def many(bits: int) -> int:
    """A 32-bit encoding has at least two registers."""
    if bits.bit_count() < 2:
        raise Unallocated
    return bits


def stored(l: int, n: int, W: int) -> tuple[Any, ...]:  # noqa: E741
    if W and spread(l) >> n & 1:
        raise Unallocated
    return operands.register_list(many(spread(l)), n, W)


def loaded(l: int, n: int, W: int) -> tuple[Any, ...]:  # noqa: E741
    return operands.loaded_list(many(spread(l)), n, W)


def loaded_and_pc(p: int, n: int, W: int) -> tuple[Any, ...]:
    return operands.loaded_list(many(p | 1 << COUNTER), n, W)


def low_list(l: int, x: int = 0, bit: int = 0) -> tuple[Any, ...]:  # noqa: E741
    """r0-r7 and, with `x`, the register `bit`."""
    return operands.register_list(l | x << bit, STACK, 0)


def writes_back(n: int, l: int) -> int:  # noqa: E741
    """The 16-bit LDM writes the base back unless it is loaded."""
    return not l >> n & 1


# Branches


def sign_extend(value: int, bits: int) -> int:
    sign = 1 << bits - 1
    return (value ^ sign) - sign


def _target(value: int, bits: int) -> Immediate:
    return Immediate(2 * sign_extend(value, bits) + THUMB_AHEAD & WORD)


def far_target(s: int, x: int, y: int, i: int) -> Immediate:
    """S, J1, J2 and 21 bits: J1 and J2 are inverted where S is 0."""
    return _target(s << 23 | (x ^ s ^ 1) << 22 | (y ^ s ^ 1) << 21 | i, 24)


def conditional_target(s: int, x: int, y: int, i: int) -> Immediate:
    return _target(s << 19 | y << 18 | x << 17 | i, 20)


def condition(c: int) -> int:
    if c >= ALWAYS:
        raise Unallocated
    return c


# System


def it_state(f: int, b: int) -> int:
    """ITSTATE for IT's condition and mask; AL has no "else", and there is no NV."""
    if f == 15 or (f == ALWAYS and b.bit_count() != 1):
        raise Unallocated
    return f << 4 | b


def narrow_change(i: int, A: int, I: int, F: int) -> StateChange:  # noqa: E741
    return operands.state_change(2 | i, 0, A, I, F, 0)


def same(m: int, n: int) -> Register:
    """Encodings with one register in two fields."""
    if m != n:
        raise Unallocated
    return normal(m)


def flags_outside_it(context: int) -> int:
    """Most 16-bit instructions set flags outside IT blocks only (A4.3.2)."""
    return not context >> IT_SHIFT


# fmt: off
OPERANDS = (
    Operand("S",              "S",        int),
    Operand("S",              "",         lambda: 0),
    Operand("W",              "W",        int),
    Operand("W",              "nl",       writes_back),
    Operand("status",         "dNt",      status),
    Operand("pair_status",    "dNts",     pair_status),
    Operand("rd",             "d",        normal),
    Operand("rd",             "D",        general),
    Operand("rn",             "n",        normal),
    Operand("rn",             "N",        general),
    Operand("rn",             "d",        normal),
    Operand("rm",             "my",       same),
    Operand("rm",             "m",        normal),
    Operand("rm",             "M",        general),
    Operand("ra",             "a",        normal),
    Operand("rt",             "t",        normal),
    Operand("rm_any",         "M",        lambda m: THUMB_PC if m == COUNTER else Register(m)),
    Operand("rd_any",         "d",        normal),
    Operand("rd_any",         "D",        general),
    Operand("rd_any",         "X",        general),
    Operand("rd_any",         "",         stack),
    Operand("rn_any",         "n",        normal),
    Operand("rn_any",         "N",        general),
    Operand("rn_any",         "B",        lambda n: THUMB_PC if n == COUNTER else normal(n)),
    Operand("rn_any",         "d",        normal),
    Operand("rn_any",         "X",        general),
    Operand("rn_any",         "",         stack),
    Operand("rt_any",         "t",        general),
    Operand("rt_any",         "",         lambda: PC),
    Operand("pair",           "te",       two_loaded),
    Operand("pair",           "ts",       two),
    Operand("rd_long",        "hl",       long),
    Operand("op2",            "Dmka",     shifted_for_stack),
    Operand("op2",            "mka",      shifted),
    Operand("op2",            "mks",      by_register),
    Operand("op2",            "NM",       compared_high),
    Operand("op2",            "DM",       moved),
    Operand("op2",            "M",        high),
    Operand("op2",            "E",        lambda m: Plain(general(m))),
    Operand("op2",            "m",        lambda m: Plain(normal(m))),
    Operand("op2",            "j",        plain_constant),
    Operand("op2",            "w",        lambda w: plain_constant(4 * w)),
    Operand("op2",            "i",        expand),
    Operand("op2",            "",         lambda: plain_constant(0)),
    Operand("imm",            "vi",       lambda v, i: Immediate(v << 12 | i)),
    Operand("imm_high",       "vi",       lambda v, i: Immediate(v << 28 | i << 16)),
    Operand("ahead",          "i",        Immediate),
    Operand("ahead",          "b",        lambda b: Immediate(-b & WORD)),
    Operand("ahead",          "w",        lambda w: Immediate(4 * w)),
    Operand("left",           "a",        Immediate),
    Operand("right",          "a",        lambda a: Immediate(a or 32)),
    Operand("rotation",       "r",        lambda r: Immediate(8 * r)),
    Operand("rotation",       "",         lambda: Immediate(0)),
    Operand("bits",           "wl",       lambda w, lsb: operands.bit_range(lsb, w + 1)),
    Operand("bits",           "ul",       lambda u, lsb: operands.bit_range(lsb, u - lsb + 1)),
    Operand("signed_limits",  "w",        operands.signed_limits),
    Operand("unsigned_limits", "w",       operands.unsigned_limits),
    Operand("saturated",      "nka",      saturated),
    Operand("address",        "PUWnti",   indexed),
    Operand("address",        "PUWni",    lambda p, u, w, n, i: indexed(p, u, w, n, COUNTER, i)),
    Operand("address",        "Uni",      lambda u, n, i: offset(n, i if u else -i)),
    Operand("address",        "nma",      by_index),
    Operand("address",        "nm",       by_index),
    Operand("address",        "ni",       offset),
    Operand("address",        "nh",       lambda n, h: offset(n, 2 * h)),
    Operand("address",        "nw",       lambda n, w: offset(n, 4 * w)),
    Operand("address",        "Ui",       literal),
    Operand("address",        "w",        lambda w: offset(STACK, 4 * w)),
    Operand("address",        "q",        lambda q: literal(1, 4 * q)),
    Operand("pair_address",   "PUWntsi",  indexed_pair),
    Operand("loaded_pair_address", "PUWntei", indexed_pair),
    Operand("loaded_pair_address", "Ui", lambda u, i: literal(u, 4 * i)),
    Operand("registers",      "lNW",      stored),
    Operand("registers",      "lx",       lambda low, x: low_list(low, x, LINK)),
    Operand("registers",      "ln",       lambda low, n: low_list(low)),
    Operand("loaded",         "lNW",      loaded),
    Operand("loaded",         "pNW",      loaded_and_pc),
    Operand("loaded",         "ln",       lambda low, n: low_list(low)),
    Operand("loaded",         "p",        lambda low: low_list(low, 1, COUNTER)),
    Operand("loaded",         "l",        low_list),
    Operand("change",         "iMAIFo",   operands.state_change),
    Operand("change",         "iAIF",     narrow_change),
    Operand("byte_mask",      "f",        operands.byte_mask),
    Operand("target",         "sxyi",     far_target),
    Operand("target",         "sxye",     lambda s, x, y, e: far_target(s, x, y, 2 * e)),
    Operand("target",         "z",        lambda z: Immediate(2 * z + THUMB_AHEAD)),
    Operand("target",         "i",        lambda i: _target(i, 11)),
    Operand("condition",      "c",        condition),
    Operand("near",           "sxyi",     conditional_target),
    Operand("near",           "i",        lambda i: _target(i, 8)),
    Operand("it",             "fb",       it_state),
)
# fmt: on

FLAGS_OUTSIDE_IT = (Operand("S", "@", flags_outside_it), *OPERANDS)

"""The operand table of the A32 encodings: which fields make which operand.

Letters keep to one meaning over all patterns: c condition, n d m s t general registers, a shift
amount or accumulator, k shift type, r i immediates, h l high and low half of a long result.
A register combination that the manual calls UNPREDICTABLE raises `Unallocated`: it traps as
undefined here.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from cosim.cpus.arm import addressing, cp15, shifts
from cosim.cpus.arm.access import PC_AHEAD, RegisterOrPc, any_register, general
from cosim.cpus.arm.flags import UNCONDITIONAL
from cosim.cpus.arm.registers import Mode
from cosim.cpus.arm.system_register import SystemRegister
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.operands import Immediate, Operand, Register, Unallocated

WORD = 0xFFFF_FFFF


class Pair(NamedTuple):
    """The two registers of a doubleword access."""

    first: Register
    second: Register


class Long(NamedTuple):
    """The two registers of a 64-bit result."""

    low: Register
    high: Register


class BitRange(NamedTuple):
    """A bit field: its place, its width, and masks at bit 0 and at its place."""

    lsb: Immediate
    up: Immediate  # how far left the field's top is from bit 31
    down: Immediate  # how far right it then goes to bit 0
    mask: Immediate
    others: Immediate


class StateChange(NamedTuple):
    """What CPS does: masks as bits AIF to set or to clear, and a mode or 0."""

    to_set: int
    to_clear: int
    mode: int


class Saturation(NamedTuple):
    """The limits of a saturated number, as words."""

    least: Immediate
    most: Immediate


def pair(t: int) -> Pair:
    if t & 1 or t == 14:
        raise Unallocated
    return Pair(Register(t), Register(t + 1))


def long(h: int, l: int) -> Long:  # noqa: E741  the pattern's letter
    if h == l:
        raise Unallocated
    return Long(general(l), general(h))


def bit_range(lsb: int, width: int) -> BitRange:
    if lsb + width > 32 or width < 1:
        raise Unallocated
    mask = (1 << width) - 1
    return BitRange(
        Immediate(lsb),
        Immediate(32 - lsb - width),
        Immediate(32 - width),
        Immediate(mask),
        Immediate(~(mask << lsb) & WORD),
    )


def signed_limits(w: int) -> Saturation:
    return Saturation(Immediate(-(1 << w) & WORD), Immediate((1 << w) - 1))


def unsigned_limits(w: int) -> Saturation:
    return Saturation(Immediate(0), Immediate((1 << w) - 1))


def register_list(l: int, n: int, W: int) -> tuple[RegisterOrPc, ...]:  # noqa: E741
    """The registers of a store-multiple, lowest first."""
    if not l or n == 15:
        raise Unallocated
    return tuple(any_register(number) for number in range(16) if l >> number & 1)


def loaded_list(l: int, n: int, W: int) -> tuple[RegisterOrPc, ...]:  # noqa: E741
    """The registers of a load-multiple: not the base, if that is written back."""
    if W and l >> n & 1:
        raise Unallocated
    return register_list(l, n, W)


def loaded_and_pc(l: int, n: int, W: int) -> tuple[RegisterOrPc, ...]:  # noqa: E741
    """The same where the pattern has the PC's bit."""
    return loaded_list(l | 0x8000, n, W)


def numbers(l: int) -> tuple[int, ...]:  # noqa: E741
    """User mode's registers, by number."""
    if not l:
        raise Unallocated
    return tuple(number for number in range(16) if l >> number & 1)


def branch_offset(i: int) -> Immediate:
    """From the branch itself to its target."""
    return Immediate((((i ^ 0x80_0000) - 0x80_0000) * 4 + PC_AHEAD) & WORD)


def thumb_branch_offset(H: int, i: int) -> Immediate:
    return Immediate((branch_offset(i) + 2 * H) & WORD)


def state_change(i: int, M: int, A: int, I: int, F: int, o: int) -> StateChange:  # noqa: E741
    """CPS: imod 2 enables, 3 disables; what neither changes must be zero."""
    masks = A << 2 | I << 1 | F
    if i == 1 or bool(i) != bool(masks) or (not M and o) or not (i or M):
        raise Unallocated
    if M and o not in set(Mode):
        raise Unallocated
    return StateChange(masks if i == 3 else 0, masks if i == 2 else 0, o)


def byte_mask(f: int) -> int:
    """The bytes of a status register that MSR writes: one at least."""
    if not f:
        raise Unallocated
    return f


def cp15_register(o: int, n: int, m: int, p: int) -> SystemRegister:
    """The CP15 register by opc1, CRn, CRm, opc2."""
    register = cp15.BY_ENCODING.get((o, n, m, p))
    if register is None:
        raise Unallocated
    return register


def cp14_register(o: int, n: int, m: int, p: int) -> SystemRegister:
    register = cp15.CP14.get((o, n, m, p))
    if register is None:
        raise Unallocated
    return register


def cp15_doubleword(o: int, m: int) -> SystemRegister:
    """The CP15 register of 64 bits by opc1 and CRm."""
    register = cp15.DOUBLEWORDS.get((o, m))
    if register is None:
        raise Unallocated
    return register


def status_register(d: int, n: int, t: int) -> Register:
    """Where a store-exclusive says whether it stored: neither base nor data."""
    if d in (n, t):
        raise Unallocated
    return general(d)


def pair_status_register(d: int, n: int, t: int) -> Register:
    if d == t + 1:
        raise Unallocated
    return status_register(d, n, t)


def swapped(t: int, m: int, n: int) -> Register:
    """Where SWP loads to; its base is neither of the other registers."""
    if n in (t, m):
        raise Unallocated
    return general(t)


# fmt: off
OPERANDS = (
    Operand("swapped",        "tmn",      swapped),
    Operand("status",         "dnt",      status_register),
    Operand("pair_status",    "dnt",      pair_status_register),
    Operand("rd",             "d",        general),
    Operand("rn",             "n",        general),
    Operand("rm",             "m",        general),
    Operand("ra",             "a",        general),
    Operand("rt",             "t",        general),
    Operand("rd_any",         "d",        any_register),
    Operand("rn_any",         "n",        any_register),
    Operand("rt_any",         "t",        any_register),
    Operand("rm_any",         "m",        any_register),
    Operand("pair",           "t",        pair),
    Operand("rd_long",        "hl",       long),
    Operand("op2",            "mksnd",    shifts.by_register),
    Operand("op2",            "mksn",     shifts.by_register),
    Operand("op2",            "mksd",     shifts.by_register),
    Operand("op2",            "mka",      shifts.shifted),
    Operand("op2",            "ri",       shifts.constant),
    Operand("imm",            "i",        Immediate),
    Operand("imm_high",       "i",        lambda i: Immediate(i << 16)),
    Operand("left",           "a",        Immediate),
    Operand("right",          "a",        lambda a: Immediate(a or 32)),
    Operand("rotation",       "r",        lambda r: Immediate(8 * r)),
    Operand("bits",           "wl",       lambda w, lsb: bit_range(lsb, w + 1)),
    Operand("bits",           "ul",       lambda u, lsb: bit_range(lsb, u - lsb + 1)),
    Operand("signed_limits",  "w",        signed_limits),
    Operand("unsigned_limits", "w",       unsigned_limits),
    Operand("saturated",      "nka",      lambda n, k, a: shifts.shifted(n, 2 * k, a)),
    Operand("address",        "PUWntmka", addressing.by_register),
    Operand("address",        "PUWntm",   addressing.by_register),
    Operand("address",        "PUWnti",   addressing.by_immediate),
    Operand("address",        "Untmka",   addressing.post_register),
    Operand("address",        "Untm",     addressing.post_register),
    Operand("address",        "Unti",     addressing.post_immediate),
    Operand("pair_address",   "PUWntm",   addressing.pair_by_register),
    Operand("pair_address",   "PUWnti",   addressing.pair_by_immediate),
    Operand("loaded_pair_address", "PUWntm", addressing.loaded_pair_by_register),
    Operand("loaded_pair_address", "PUWnti", addressing.pair_by_immediate),
    Operand("registers",      "lnW",      register_list),
    Operand("loaded",         "lnW",      loaded_list),
    Operand("loaded_and_pc",  "lnW",      loaded_and_pc),
    Operand("numbers",        "l",        numbers),
    Operand("change",         "iMAIFo",   state_change),
    Operand("byte_mask",      "f",        byte_mask),
    Operand("system_register", "onmp",    cp15_register),
    Operand("debug_register", "onmp",     cp14_register),
    Operand("long_register",  "om",       cp15_doubleword),
    Operand("source_long",    "hl",       lambda h, l: Long(general(l), general(h))),  # noqa: E741
    Operand("target",         "Hi",       thumb_branch_offset),
    Operand("target",         "i",        branch_offset),
)
# fmt: on

row = partial(Row, operands=OPERANDS, guard="c", unless={"c": UNCONDITIONAL})
"""An encoding with a condition field."""

unconditional = partial(Row, operands=OPERANDS)
"""An encoding of the space that the condition 0b1111 opens (A5.7)."""

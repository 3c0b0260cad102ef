"""The operand table of the VFP encodings, and their registers (A7.2, A7.3).

A letter that stands in two places of a pattern is a register number: d is D:Vd, n is Vn:N, m is
M:Vm, in the order in which they stand in the word. t and b are core registers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from cosim.cpus.arm.access import PC, RegisterOrPc, any_register, general
from cosim.cpus.arm.flags import UNCONDITIONAL
from cosim.cpus.arm.thumb_rows import wide
from cosim.cpus.arm.vfp_state import FIRST_WORD
from cosim.cpus.isa.instruction import Row, Semantics
from cosim.cpus.isa.machine import Machine, Value
from cosim.cpus.isa.operands import Immediate, Operand, Register, Unallocated

WORD = 0xFFFF_FFFF


class FloatRegister(NamedTuple):
    """One register of the bank, or several in a row: their words, lowest first."""

    words: tuple[Register, ...]
    upper: bool  # one of D16-D31

    def read(self, m: Machine) -> list[Value]:
        return [m.get(word) for word in self.words]

    def write(self, m: Machine, values: list[Value]) -> None:
        for word, value in zip(self.words, values, strict=True):
            m.set(word, value)


def words(first: int, count: int) -> FloatRegister:
    """`count` words from S`first` on."""
    if not 0 < count <= 64 - first:
        raise Unallocated
    slots = tuple(Register(FIRST_WORD + first + place) for place in range(count))
    return FloatRegister(slots, first + count > 32)


def single_high(v: int) -> FloatRegister:
    """A single whose lowest bit stands first in the word: d, m."""
    return words((v & 15) << 1 | v >> 4, 1)


def single_low(v: int) -> FloatRegister:
    """A single whose lowest bit stands last: n."""
    return words(v, 1)


def double_high(v: int) -> FloatRegister:
    return words(2 * v, 2)


def double_low(v: int) -> FloatRegister:
    return words(2 * (v >> 1 | (v & 1) << 4), 2)


def two_singles(v: int) -> FloatRegister:
    """Sm and the next one, which must be there."""
    number = (v & 15) << 1 | v >> 4
    if number == 31:
        raise Unallocated
    return words(number, 2)


def singles(d: int, i: int) -> FloatRegister:
    """The list of a load or store multiple: `i` words from Sd on, none beyond S31."""
    first = (d & 15) << 1 | d >> 4
    if first + i > 32:
        raise Unallocated
    return words(first, i)


def doubles(d: int, i: int) -> FloatRegister:
    """`i` doubles from Dd on, 16 at most."""
    if i > 16:
        raise Unallocated
    return words(2 * d, 2 * i)


def lower_doubles(d: int, i: int) -> FloatRegister:
    """The same for FLDMX and FSTMX, which are older than D16-D31."""
    if d + i > 16:
        raise Unallocated
    return words(2 * d, 2 * i)


def offset(u: int, i: int) -> Immediate:
    return Immediate((4 * i if u else -4 * i) & WORD)


def expanded_single(i: int) -> tuple[Immediate, ...]:
    """VFPExpandImm (A7.5.1)."""
    exponent = 0x7C if i & 0x40 else 0x80
    return (Immediate(i >> 7 << 31 | exponent << 23 | (i & 0x3F) << 19),)


def expanded_double(i: int) -> tuple[Immediate, ...]:
    exponent = 0x3FC if i & 0x40 else 0x400
    return Immediate(0), Immediate(i >> 7 << 31 | exponent << 20 | (i & 0x3F) << 16)


def places(size: int) -> Callable[[int], Immediate]:
    """Fraction bits of a fixed-point number of `size` bits: size - imm4:i."""

    def decode(i: int) -> Immediate:
        bits = size - ((i & 15) << 1 | i >> 4)
        if bits < 0:
            raise Unallocated
        return Immediate(bits)

    return decode


def arm_base(b: int, W: int) -> RegisterOrPc:
    """The base register of a load or store: the PC if it is not written back."""
    return general(b) if W else any_register(b)


def loads_base(b: int) -> RegisterOrPc:
    return any_register(b)


def thumb_general(t: int) -> Register:
    """In T32 neither the PC nor the SP is a core register to transfer."""
    if t == 13:
        raise Unallocated
    return general(t)


class CorePair(NamedTuple):
    """The two core registers of a 64-bit transfer."""

    low: Register
    high: Register


def pair_from(register: Callable[[int], Register], t: int, b: int) -> CorePair:
    return CorePair(register(t), register(b))


def pair_to(register: Callable[[int], Register], t: int, b: int) -> CorePair:
    """Two destinations, which must differ."""
    if t == b:
        raise Unallocated
    return pair_from(register, t, b)


def flags_or_register(register: Callable[[int], Register], t: int) -> RegisterOrPc:
    """Rt of VMRS from the FPSCR; the PC's number stands for the APSR's flags."""
    return PC if t == 15 else register(t)


def _table(thumb: bool) -> tuple[Operand, ...]:
    core = thumb_general if thumb else general
    # fmt: off
    return (
        Operand("sd",        "d",  single_high),
        Operand("sn",        "n",  single_low),
        Operand("sm",        "m",  single_high),
        Operand("dd",        "d",  double_high),
        Operand("dn",        "n",  double_low),
        Operand("dm",        "m",  double_high),
        Operand("pair_sm",   "m",  two_singles),
        Operand("singles",   "di", singles),
        Operand("doubles",   "di", doubles),
        Operand("word",      "nx", lambda n, x: words(2 * double_number(n) + x, 1)),
        Operand("lower",     "di", lower_doubles),
        Operand("offset",    "Ui", offset),
        Operand("single",    "i",  expanded_single),
        Operand("double",    "i",  expanded_double),
        Operand("places16",  "i",  places(16)),
        Operand("places32",  "i",  places(32)),
        Operand("base",      "bW", (lambda b, W: general(b)) if thumb else arm_base),
        Operand("base",      "b",  general),
        Operand("load_base", "b",  loads_base),
        Operand("store_base", "b", general if thumb else loads_base),
        Operand("rt",        "t",  core),
        Operand("rt_flags",  "t",  partial(flags_or_register, core)),
        Operand("pair_out",  "tb", partial(pair_to, core)),
        Operand("pair_in",   "tb", partial(pair_from, core)),
    )
    # fmt: on


def double_number(n: int) -> int:
    return n >> 1 | (n & 1) << 4


ARM_TABLE, THUMB_TABLE = _table(False), _table(True)

RowMaker = Callable[..., Row]
"""Called as `Row`: syntax, pattern, semantics, section."""


def row_maker(thumb: bool) -> RowMaker:
    """Makes rows from patterns with cccc on top; T32's words have 1110 there (A6.3.18)."""

    def make(
        syntax: str, pattern: str, semantics: Semantics, section: str, *, requires: str = "vfp"
    ) -> Row:
        if thumb:
            fixed = pattern.replace("cccc", "1110", 1)
            return wide(syntax, fixed, semantics, section, operands=THUMB_TABLE, requires=requires)
        return Row(
            syntax,
            pattern,
            semantics,
            section,
            operands=ARM_TABLE,
            requires=requires,
            guard="c",
            unless={"c": UNCONDITIONAL},
        )

    return make

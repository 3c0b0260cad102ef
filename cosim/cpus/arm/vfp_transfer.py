"""VFP loads, stores and moves from and to core registers, in A32 and T32 (A7.6, A7.8, A7.9)."""

# ruff: noqa: E501  one instruction per line
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cosim.cpus.arm import vfp_state as state
from cosim.cpus.arm.access import PC, PC_AHEAD, RegisterOrPc
from cosim.cpus.arm.big_endian import is_big_endian
from cosim.cpus.arm.registers import C, N, V, Z
from cosim.cpus.arm.vfp_operands import CorePair, FloatRegister, RowMaker, row_maker
from cosim.cpus.arm.vfp_state import LOWER_HALF_ONLY, OFF, PRIVILEGED_ONLY
from cosim.cpus.isa.instruction import Row, Semantics
from cosim.cpus.isa.machine import Machine, Value

THUMB_PC_AHEAD = 4


def begin(m: Machine, *registers: FloatRegister) -> None:
    """Undefined where the unit is off or a register is not there."""
    upper = LOWER_HALF_ONLY if any(register.upper for register in registers) else 0
    state.check(m, OFF | PRIVILEGED_ONLY | upper)


# Loads and stores: words, aligned to a word whatever SCTLR.A says (A3.2.1)


def read_base(m: Machine, base: RegisterOrPc, ahead: int) -> Value:
    if base is PC:
        return m.and_(m.add(m.pc, m.const(ahead)), m.const(0xFFFF_FFFC))
    return m.get(base)


def places(m: Machine, registers: FloatRegister, double: int) -> list[int]:
    """Where the words of `registers` are, in words from the first; a double begins with its end."""
    swap = 1 if double and is_big_endian(m) else 0
    return [place ^ swap for place in range(len(registers.words))]


def load(m: Machine, where: Value, registers: FloatRegister, double: int) -> list[Value]:
    found: dict[int, Value] = {}
    for place in range(len(registers.words)):  # in the order of addresses
        found[place] = m.load(m.add(where, m.const(4 * place)) if place else where, 4, 4)
    return [found[place] for place in places(m, registers, double)]


def store(m: Machine, where: Value, registers: FloatRegister, double: int) -> None:
    values = registers.read(m)
    for place, source in enumerate(places(m, registers, double)):
        m.store(m.add(where, m.const(4 * place)) if place else where, values[source], 4, 4)


def vldr(z: int, ahead: int) -> Semantics:
    def work(m: Machine, registers: FloatRegister, base: RegisterOrPc, offset: Value) -> None:
        begin(m, registers)
        registers.write(m, load(m, m.add(read_base(m, base, ahead), offset), registers, z))

    def of_single(m: Machine, sd: FloatRegister, load_base: RegisterOrPc, offset: Value) -> None:
        work(m, sd, load_base, offset)

    def of_double(m: Machine, dd: FloatRegister, load_base: RegisterOrPc, offset: Value) -> None:
        work(m, dd, load_base, offset)

    return of_double if z else of_single


def vstr(z: int, ahead: int) -> Semantics:
    def work(m: Machine, registers: FloatRegister, base: RegisterOrPc, offset: Value) -> None:
        begin(m, registers)
        store(m, m.add(read_base(m, base, ahead), offset), registers, z)

    def of_single(m: Machine, sd: FloatRegister, store_base: RegisterOrPc, offset: Value) -> None:
        work(m, sd, store_base, offset)

    def of_double(m: Machine, dd: FloatRegister, store_base: RegisterOrPc, offset: Value) -> None:
        work(m, dd, store_base, offset)

    return of_double if z else of_single


def multiple(kind: str, loads: bool, increment: bool, ahead: int) -> Semantics:
    """VLDM, VSTM and, of `kind` "x", FLDMX and FSTMX, whose area is one word longer."""

    def work(m: Machine, registers: FloatRegister, base: RegisterOrPc, writeback: int) -> None:
        begin(m, registers)
        size = 4 * len(registers.words) + (4 if kind == "x" else 0)
        start = read_base(m, base, ahead)
        moved = m.add(start, m.const(size)) if increment else m.sub(start, m.const(size))
        where = start if increment else moved
        values = load(m, where, registers, kind != "s") if loads else []
        if not loads:
            store(m, where, registers, kind != "s")
        if writeback:
            m.set(base, moved)
        if loads:
            registers.write(m, values)

    def singles_up(m: Machine, singles: FloatRegister, base: RegisterOrPc, W: int) -> None:
        work(m, singles, base, W)

    def doubles_up(m: Machine, doubles: FloatRegister, base: RegisterOrPc, W: int) -> None:
        work(m, doubles, base, W)

    def lower_up(m: Machine, lower: FloatRegister, base: RegisterOrPc, W: int) -> None:
        work(m, lower, base, W)

    def singles_down(m: Machine, singles: FloatRegister, base: RegisterOrPc) -> None:
        work(m, singles, base, 1)

    def doubles_down(m: Machine, doubles: FloatRegister, base: RegisterOrPc) -> None:
        work(m, doubles, base, 1)

    def lower_down(m: Machine, lower: FloatRegister, base: RegisterOrPc) -> None:
        work(m, lower, base, 1)

    forms: dict[str, tuple[Semantics, Semantics]] = {
        "s": (singles_down, singles_up),
        "d": (doubles_down, doubles_up),
        "x": (lower_down, lower_up),
    }
    return forms[kind][increment]


# Moves


def core_to_single(m: Machine, sn: FloatRegister, rt: Value) -> None:
    begin(m, sn)
    sn.write(m, [m.get(rt)])


def single_to_core(m: Machine, sn: FloatRegister, rt: Value) -> None:
    begin(m, sn)
    m.set(rt, sn.read(m)[0])


def core_to_word(m: Machine, word: FloatRegister, rt: Value) -> None:
    begin(m, word)
    word.write(m, [m.get(rt)])


def word_to_core(m: Machine, word: FloatRegister, rt: Value) -> None:
    begin(m, word)
    m.set(rt, word.read(m)[0])


def singles_to_pair(m: Machine, pair_sm: FloatRegister, pair_out: CorePair) -> None:
    to_pair(m, pair_sm, pair_out)


def double_to_pair(m: Machine, dm: FloatRegister, pair_out: CorePair) -> None:
    to_pair(m, dm, pair_out)


def to_pair(m: Machine, registers: FloatRegister, pair: CorePair) -> None:
    begin(m, registers)
    low, high = registers.read(m)
    m.set(pair.low, low)
    m.set(pair.high, high)


def pair_to_singles(m: Machine, pair_sm: FloatRegister, pair_in: CorePair) -> None:
    from_pair(m, pair_sm, pair_in)


def pair_to_double(m: Machine, dm: FloatRegister, pair_in: CorePair) -> None:
    from_pair(m, dm, pair_in)


def from_pair(m: Machine, registers: FloatRegister, pair: CorePair) -> None:
    begin(m, registers)
    registers.write(m, [m.get(pair.low), m.get(pair.high)])


# System registers


def vmrs_fpscr(m: Machine, rt_flags: RegisterOrPc) -> None:
    """Into a register, or its flags into the APSR."""
    begin(m)
    if rt_flags is PC:
        for ours, theirs in (
            (N, state.FP_N),
            (Z, state.FP_Z),
            (C, state.FP_C),
            (V, state.FP_V),
        ):
            m.set(ours, m.get(theirs))
    else:
        m.set(rt_flags, state.read_fpscr(m))


def vmsr_fpscr(m: Machine, rt: Value) -> None:
    begin(m)
    m.system(state.write_fpscr, m.get(rt))


def vmrs(function: Callable[..., Any]) -> Semantics:
    def semantics(m: Machine, rt: Value) -> None:
        m.set(rt, m.system(function))

    return semantics


def vmsr(function: Callable[..., Any]) -> Semantics:
    def semantics(m: Machine, rt: Value) -> None:
        m.system(function, m.get(rt))

    return semantics


def _rows(row: RowMaker, ahead: int) -> list[Row]:
    # fmt: off
    found = [
        row("vmov sn, rt",            "cccc 1110 0000 nnnn tttt 1010 n001 0000", core_to_single,  "A8.8.343"),
        row("vmov rt, sn",            "cccc 1110 0001 nnnn tttt 1010 n001 0000", single_to_core,  "A8.8.343"),
        row("vmov.32 dn[x], rt",      "cccc 1110 00x0 nnnn tttt 1011 n001 0000", core_to_word,    "A8.8.341"),
        row("vmov.32 rt, dn[x]",      "cccc 1110 00x1 nnnn tttt 1011 n001 0000", word_to_core,    "A8.8.342"),
        row("vmov sm, sm1, rt, rt2",  "cccc 1100 0100 bbbb tttt 1010 00m1 mmmm", pair_to_singles, "A8.8.344"),
        row("vmov rt, rt2, sm, sm1",  "cccc 1100 0101 bbbb tttt 1010 00m1 mmmm", singles_to_pair, "A8.8.344"),
        row("vmov dm, rt, rt2",       "cccc 1100 0100 bbbb tttt 1011 00m1 mmmm", pair_to_double,  "A8.8.345"),
        row("vmov rt, rt2, dm",       "cccc 1100 0101 bbbb tttt 1011 00m1 mmmm", double_to_pair,  "A8.8.345"),
        row("vmrs rt, fpscr",         "cccc 1110 1111 0001 tttt 1010 0001 0000", vmrs_fpscr,      "A8.8.349"),
        row("vmsr fpscr, rt",         "cccc 1110 1110 0001 tttt 1010 0001 0000", vmsr_fpscr,      "A8.8.350"),
        row("vmrs rt, fpsid",         "cccc 1110 1111 0000 tttt 1010 0001 0000", vmrs(state.read_fpsid),    "B9.3.21"),
        row("vmsr fpsid, rt",         "cccc 1110 1110 0000 tttt 1010 0001 0000", vmsr(state.write_nothing), "B9.3.22"),
        row("vmrs rt, mvfr1",         "cccc 1110 1111 0110 tttt 1010 0001 0000", vmrs(state.read_mvfr1),    "B9.3.21"),
        row("vmrs rt, mvfr0",         "cccc 1110 1111 0111 tttt 1010 0001 0000", vmrs(state.read_mvfr0),    "B9.3.21"),
        row("vmrs rt, fpexc",         "cccc 1110 1111 1000 tttt 1010 0001 0000", vmrs(state.read_fpexc),    "B9.3.21"),
        row("vmsr fpexc, rt",         "cccc 1110 1110 1000 tttt 1010 0001 0000", vmsr(state.write_fpexc),   "B9.3.22"),
    ]
    for wide, one in ((0, "sd"), (1, "dd")):
        found += [
            row(f"vstr {one}, [rn]",  f"cccc 1101 Ud00 bbbb dddd 101{wide} iiii iiii", vstr(wide, ahead), "A8.8.413"),
            row(f"vldr {one}, [rn]",  f"cccc 1101 Ud01 bbbb dddd 101{wide} iiii iiii", vldr(wide, ahead), "A8.8.333"),
        ]
    for kind, z, fixed, name, section in (
        ("s", "0", "iiii iiii", "v{}m{}", ("A8.8.412", "A8.8.332")),
        ("d", "1", "iiii iii0", "v{}m{}", ("A8.8.412", "A8.8.332")),
        ("x", "1", "iiii iii1", "f{}m{}x", ("A8.8.50", "A8.8.50")),
    ):
        for bit, letters in ((0, "st"), (1, "ld")):
            up, down = name.format(letters, "ia"), name.format(letters, "db")
            found += [
                row(f"{up} rn, list",   f"cccc 1100 1dW{bit} bbbb dddd 101{z} {fixed}", multiple(kind, bool(bit), True, ahead),  section[bit]),
                row(f"{down} rn, list", f"cccc 1101 0d1{bit} bbbb dddd 101{z} {fixed}", multiple(kind, bool(bit), False, ahead), section[bit]),
            ]
    # fmt: on
    return found


def rows(thumb: bool) -> list[Row]:
    """Loads, stores and moves for one of the instruction sets."""
    return _rows(row_maker(thumb), THUMB_PC_AHEAD if thumb else PC_AHEAD)

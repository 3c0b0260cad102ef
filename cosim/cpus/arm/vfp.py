"""VFP data processing, in A32 and T32 (A7.5)."""

# ruff: noqa: E501  one instruction per line
from __future__ import annotations

from collections.abc import Callable

from cosim.cpus.arm import vfp_operations as operations
from cosim.cpus.arm import vfp_transfer
from cosim.cpus.arm.vfp_operands import FloatRegister, RowMaker, row_maker
from cosim.cpus.arm.vfp_state import (
    FP_C,
    FP_FLAGS,
    FP_N,
    FP_V,
    FP_Z,
    FPSCR,
    LOWER_HALF_ONLY,
    OFF,
    PRIVILEGED_ONLY,
    VECTORS,
    check,
)
from cosim.cpus.isa import floats
from cosim.cpus.isa.instruction import Row, Semantics
from cosim.cpus.isa.machine import Machine, Value

Function = Callable[..., tuple[int, ...]]


def begin(m: Machine, *registers: FloatRegister) -> None:
    """Undefined where the unit is off, a register is not there, or vectors are asked for."""
    upper = LOWER_HALF_ONLY if any(register.upper for register in registers) else 0
    check(m, OFF | PRIVILEGED_ONLY | VECTORS | upper)


def compute(
    m: Machine, function: Function, target: FloatRegister, sources: list[Value], *more: Value
) -> None:
    """target = function(sources), and the cumulative flags."""
    *result, flags = m.call(function, *sources, *more, status(m), results=len(target.words) + 1)
    target.write(m, result)
    add_flags(m, flags)


def status(m: Machine) -> Value:
    """The control bits and the cumulative flags."""
    return m.or_(m.get(FPSCR), m.get(FP_FLAGS))


def add_flags(m: Machine, flags: Value) -> None:
    m.when(flags, lambda: m.set(FP_FLAGS, m.or_(m.get(FP_FLAGS), flags)))


# Three registers. The parameters' names choose singles or doubles.


def three(width: int, operation: operations.Plain, accumulate: bool = False) -> Semantics:
    function = operations.of_width(width, operation)

    def work(m: Machine, d: FloatRegister, n: FloatRegister, o: FloatRegister) -> None:
        begin(m, d, n, o)
        sources = [*n.read(m), *o.read(m)]
        compute(m, function, d, [*d.read(m), *sources] if accumulate else sources)

    def of_singles(m: Machine, sd: FloatRegister, sn: FloatRegister, sm: FloatRegister) -> None:
        work(m, sd, sn, sm)

    def of_doubles(m: Machine, dd: FloatRegister, dn: FloatRegister, dm: FloatRegister) -> None:
        work(m, dd, dn, dm)

    return of_singles if width == 32 else of_doubles


# Two registers


def of_width(
    width: int, work: Callable[[Machine, FloatRegister, FloatRegister], None]
) -> Semantics:
    """`work` on two singles or two doubles."""

    def of_singles(m: Machine, sd: FloatRegister, sm: FloatRegister) -> None:
        work(m, sd, sm)

    def of_doubles(m: Machine, dd: FloatRegister, dm: FloatRegister) -> None:
        work(m, dd, dm)

    return of_singles if width == 32 else of_doubles


def two(width: int, operation: operations.Plain) -> Semantics:
    function = operations.of_width(width, operation)

    def work(m: Machine, d: FloatRegister, source: FloatRegister) -> None:
        begin(m, d, source)
        compute(m, function, d, source.read(m))

    return of_width(width, work)


def moved(width: int, change: Callable[[Machine, Value], Value]) -> Semantics:
    """A copy whose uppermost word is changed: no arithmetic, so no flags."""

    def work(m: Machine, d: FloatRegister, source: FloatRegister) -> None:
        begin(m, d, source)
        *lower, top = source.read(m)
        d.write(m, [*lower, change(m, top)])

    return of_width(width, work)


def copy(m: Machine, top: Value) -> Value:
    return top


def absolute(m: Machine, top: Value) -> Value:
    return m.and_(top, m.const(0x7FFF_FFFF))


def negate(m: Machine, top: Value) -> Value:
    return m.xor(top, m.const(0x8000_0000))


def vmov_single(m: Machine, sd: FloatRegister, single: tuple[Value, ...]) -> None:
    begin(m, sd)
    sd.write(m, list(single))


def vmov_double(m: Machine, dd: FloatRegister, double: tuple[Value, ...]) -> None:
    begin(m, dd)
    dd.write(m, list(double))


# Comparisons


def set_relation(m: Machine, function: Function, sources: list[Value]) -> None:
    n, z, c, v, flags = m.call(function, *sources, status(m), results=5)
    for slot, value in ((FP_N, n), (FP_Z, z), (FP_C, c), (FP_V, v)):
        m.set(slot, value)
    add_flags(m, flags)


def vcmp(width: int, signalling: bool) -> Semantics:
    function = operations.comparison(width, signalling, with_zero=False)

    def work(m: Machine, d: FloatRegister, source: FloatRegister) -> None:
        begin(m, d, source)
        set_relation(m, function, [*d.read(m), *source.read(m)])

    return of_width(width, work)


def vcmp_zero(width: int, signalling: bool) -> Semantics:
    function = operations.comparison(width, signalling, with_zero=True)

    def of_singles(m: Machine, sd: FloatRegister) -> None:
        begin(m, sd)
        set_relation(m, function, sd.read(m))

    def of_doubles(m: Machine, dd: FloatRegister) -> None:
        begin(m, dd)
        set_relation(m, function, dd.read(m))

    return of_singles if width == 32 else of_doubles


# Conversions


def mixed(function: Function, target: int, source: int) -> Semantics:
    """Between registers of the widths `target` and `source`."""

    def work(m: Machine, d: FloatRegister, s: FloatRegister) -> None:
        begin(m, d, s)
        compute(m, function, d, s.read(m))

    def single_single(m: Machine, sd: FloatRegister, sm: FloatRegister) -> None:
        work(m, sd, sm)

    def single_double(m: Machine, sd: FloatRegister, dm: FloatRegister) -> None:
        work(m, sd, dm)

    def double_single(m: Machine, dd: FloatRegister, sm: FloatRegister) -> None:
        work(m, dd, sm)

    return {(32, 32): single_single, (32, 64): single_double, (64, 32): double_single}[
        target, source
    ]


def fixed(width: int, size: int, function: Function) -> Semantics:
    """A register converted in place, with as many fraction bits as the instruction says."""

    def work(m: Machine, d: FloatRegister, places: Value) -> None:
        begin(m, d)
        compute(m, function, d, d.read(m), places)

    def single16(m: Machine, sd: FloatRegister, places16: Value) -> None:
        work(m, sd, places16)

    def single32(m: Machine, sd: FloatRegister, places32: Value) -> None:
        work(m, sd, places32)

    def double16(m: Machine, dd: FloatRegister, places16: Value) -> None:
        work(m, dd, places16)

    def double32(m: Machine, dd: FloatRegister, places32: Value) -> None:
        work(m, dd, places32)

    if width == 32:
        return single16 if size == 16 else single32
    return double16 if size == 16 else double32


def vcvt_from_half(top: bool) -> Semantics:
    def semantics(m: Machine, sd: FloatRegister, sm: FloatRegister) -> None:
        begin(m, sd, sm)
        (word,) = sm.read(m)
        half = m.shr(word, m.const(16)) if top else m.zext(word, 16)
        compute(m, operations.half_to_single, sd, [half])

    return semantics


def vcvt_to_half(top: bool) -> Semantics:
    """The other half of the register stays."""

    def semantics(m: Machine, sd: FloatRegister, sm: FloatRegister) -> None:
        begin(m, sd, sm)
        half, flags = m.call(operations.single_to_half, *sm.read(m), status(m), results=2)
        (word,) = sd.read(m)
        if top:
            word = m.or_(m.zext(word, 16), m.shl(half, m.const(16)))
        else:
            word = m.or_(m.and_(word, m.const(0xFFFF_0000)), half)
        sd.write(m, [word])
        add_flags(m, flags)

    return semantics


def of_size(row: RowMaker, z: int) -> list[Row]:
    """The instructions that singles (z = 0) and doubles (z = 1) have."""
    width, f = (64, "f64") if z else (32, "f32")
    mla, fma = operations.multiply_accumulate, operations.fused
    d, n, m = ("dd", "dn", "dm") if z else ("sd", "sn", "sm")
    imm = vmov_double if z else vmov_single
    # fmt: off
    rows = [
        row(f"vmla.{f} {d}, {n}, {m}",   f"cccc 1110 0d00 nnnn dddd 101{z} n0m0 mmmm", three(width, mla(False, False), True), "A8.8.337"),
        row(f"vmls.{f} {d}, {n}, {m}",   f"cccc 1110 0d00 nnnn dddd 101{z} n1m0 mmmm", three(width, mla(False, True), True),  "A8.8.337"),
        row(f"vnmls.{f} {d}, {n}, {m}",  f"cccc 1110 0d01 nnnn dddd 101{z} n0m0 mmmm", three(width, mla(True, False), True),  "A8.8.355"),
        row(f"vnmla.{f} {d}, {n}, {m}",  f"cccc 1110 0d01 nnnn dddd 101{z} n1m0 mmmm", three(width, mla(True, True), True),   "A8.8.355"),
        row(f"vmul.{f} {d}, {n}, {m}",   f"cccc 1110 0d10 nnnn dddd 101{z} n0m0 mmmm", three(width, floats.mul),              "A8.8.351"),
        row(f"vnmul.{f} {d}, {n}, {m}",  f"cccc 1110 0d10 nnnn dddd 101{z} n1m0 mmmm", three(width, operations.negated_product), "A8.8.355"),
        row(f"vadd.{f} {d}, {n}, {m}",   f"cccc 1110 0d11 nnnn dddd 101{z} n0m0 mmmm", three(width, floats.add),              "A8.8.283"),
        row(f"vsub.{f} {d}, {n}, {m}",   f"cccc 1110 0d11 nnnn dddd 101{z} n1m0 mmmm", three(width, floats.sub),              "A8.8.415"),
        row(f"vdiv.{f} {d}, {n}, {m}",   f"cccc 1110 1d00 nnnn dddd 101{z} n0m0 mmmm", three(width, floats.div),              "A8.8.312"),
        row(f"vfnms.{f} {d}, {n}, {m}",  f"cccc 1110 1d01 nnnn dddd 101{z} n0m0 mmmm", three(width, fma(True, False), True),  "A8.8.318", requires="vfpv4"),
        row(f"vfnma.{f} {d}, {n}, {m}",  f"cccc 1110 1d01 nnnn dddd 101{z} n1m0 mmmm", three(width, fma(True, True), True),   "A8.8.318", requires="vfpv4"),
        row(f"vfma.{f} {d}, {n}, {m}",   f"cccc 1110 1d10 nnnn dddd 101{z} n0m0 mmmm", three(width, fma(False, False), True), "A8.8.317", requires="vfpv4"),
        row(f"vfms.{f} {d}, {n}, {m}",   f"cccc 1110 1d10 nnnn dddd 101{z} n1m0 mmmm", three(width, fma(False, True), True),  "A8.8.317", requires="vfpv4"),
        row(f"vmov.{f} {d}, imm",        f"cccc 1110 1d11 iiii dddd 101{z} 0000 iiii", imm,                                   "A8.8.339"),
        row(f"vmov.{f} {d}, {m}",        f"cccc 1110 1d11 0000 dddd 101{z} 01m0 mmmm", moved(width, copy),                    "A8.8.340"),
        row(f"vabs.{f} {d}, {m}",        f"cccc 1110 1d11 0000 dddd 101{z} 11m0 mmmm", moved(width, absolute),                "A8.8.280"),
        row(f"vneg.{f} {d}, {m}",        f"cccc 1110 1d11 0001 dddd 101{z} 01m0 mmmm", moved(width, negate),                  "A8.8.354"),
        row(f"vsqrt.{f} {d}, {m}",       f"cccc 1110 1d11 0001 dddd 101{z} 11m0 mmmm", two(width, floats.sqrt),               "A8.8.401"),
        row(f"vcmp.{f} {d}, {m}",        f"cccc 1110 1d11 0100 dddd 101{z} 01m0 mmmm", vcmp(width, False),                    "A8.8.303"),
        row(f"vcmpe.{f} {d}, {m}",       f"cccc 1110 1d11 0100 dddd 101{z} 11m0 mmmm", vcmp(width, True),                     "A8.8.303"),
        row(f"vcmp.{f} {d}, 0",          f"cccc 1110 1d11 0101 dddd 101{z} 0100 0000", vcmp_zero(width, False),               "A8.8.303"),
        row(f"vcmpe.{f} {d}, 0",         f"cccc 1110 1d11 0101 dddd 101{z} 1100 0000", vcmp_zero(width, True),                "A8.8.303"),
    ]
    for s, signed in ((0, "u"), (1, "s")):
        rows += [
            row(f"vcvt.{f}.{signed}32 {d}, sm",  f"cccc 1110 1d11 1000 dddd 101{z} {s}1m0 mmmm",     mixed(operations.from_integer(width, bool(s)), width, 32),       "A8.8.306"),
            row(f"vcvtr.{signed}32.{f} sd, {m}", f"cccc 1110 1d11 110{s} dddd 101{z} 01m0 mmmm",     mixed(operations.to_integer(width, bool(s), False), 32, width),  "A8.8.306"),
            row(f"vcvt.{signed}32.{f} sd, {m}",  f"cccc 1110 1d11 110{s} dddd 101{z} 11m0 mmmm",     mixed(operations.to_integer(width, bool(s), True), 32, width),   "A8.8.306"),
        ]
        for x, size in ((0, 16), (1, 32)):
            rows += [
                row(f"vcvt.{f}.{signed}{size} {d}, places", f"cccc 1110 1d11 101{1 - s} dddd 101{z} {x}1i0 iiii", fixed(width, size, operations.from_fixed(width, size, bool(s))), "A8.8.308"),
                row(f"vcvt.{signed}{size}.{f} {d}, places", f"cccc 1110 1d11 111{1 - s} dddd 101{z} {x}1i0 iiii", fixed(width, size, operations.to_fixed(width, size, bool(s))),   "A8.8.308"),
            ]
    # fmt: on
    return rows


def rows(thumb: bool) -> list[Row]:
    """The data-processing encodings of one of the instruction sets."""
    row = row_maker(thumb)
    # fmt: off
    return [
        *of_size(row, 0),
        *of_size(row, 1),
        row("vcvt.f64.f32 dd, sm",  "cccc 1110 1d11 0111 dddd 1010 11m0 mmmm", mixed(operations.widen, 64, 32),  "A8.8.309"),
        row("vcvt.f32.f64 sd, dm",  "cccc 1110 1d11 0111 dddd 1011 11m0 mmmm", mixed(operations.narrow, 32, 64), "A8.8.309"),
        row("vcvtb.f32.f16 sd, sm", "cccc 1110 1d11 0010 dddd 1010 01m0 mmmm", vcvt_from_half(False),            "A8.8.311"),
        row("vcvtt.f32.f16 sd, sm", "cccc 1110 1d11 0010 dddd 1010 11m0 mmmm", vcvt_from_half(True),             "A8.8.311"),
        row("vcvtb.f16.f32 sd, sm", "cccc 1110 1d11 0011 dddd 1010 01m0 mmmm", vcvt_to_half(False),              "A8.8.311"),
        row("vcvtt.f16.f32 sd, sm", "cccc 1110 1d11 0011 dddd 1010 11m0 mmmm", vcvt_to_half(True),               "A8.8.311"),
    ]
    # fmt: on


def table(thumb: bool) -> list[Row]:
    """All of VFP in one of the instruction sets: data processing, loads, stores and moves."""
    return [*rows(thumb), *vfp_transfer.rows(thumb)]


ROWS = table(thumb=False)

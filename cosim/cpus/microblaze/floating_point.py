"""The floating-point unit: single precision, by the bits of general purpose registers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from cosim.cpus.isa.instruction import Semantics
from cosim.cpus.isa.machine import Machine, Value
from cosim.cpus.microblaze import floating_rules as fp
from cosim.cpus.microblaze.exceptions import raise_flags
from cosim.cpus.microblaze.operands import row


def two(operation: Callable[[int, int], tuple[int, int]]) -> Semantics:
    """rD = operation(rB, rA), as frsub, fdiv and fcmp have it."""

    def semantics(m: Machine, rd: int, ra: int, rb: int) -> None:
        _finish(m, rd, m.call(operation, m.get(rb), m.get(ra), results=2))

    return semantics


def one(operation: Callable[[int], tuple[int, int]]) -> Semantics:
    """rD = operation(rA)."""

    def semantics(m: Machine, rd: int, ra: int) -> None:
        _finish(m, rd, m.call(operation, m.get(ra), results=2))

    return semantics


def _finish(m: Machine, rd: int, outcome: tuple[Value, Value]) -> None:
    """An exception keeps the register as it was (UG984, Floating-Point Exceptions)."""
    result, flags = outcome
    m.when(flags, lambda: m.system(raise_flags, flags))
    m.set(rd, result)


fpu = partial(row, requires="fpu")
fpu2 = partial(row, requires="fpu2")

# fmt: off
ROWS = [
    fpu("fadd rd, ra, rb",     "010110 ddddd aaaaa bbbbb 00000000000", two(fp.add),        "fadd"),
    fpu("frsub rd, ra, rb",    "010110 ddddd aaaaa bbbbb 00010000000", two(fp.subtract),   "frsub"),
    fpu("fmul rd, ra, rb",     "010110 ddddd aaaaa bbbbb 00100000000", two(fp.multiply),   "fmul"),
    fpu("fdiv rd, ra, rb",     "010110 ddddd aaaaa bbbbb 00110000000", two(fp.divide),     "fdiv"),
    fpu("fcmp.un rd, ra, rb",  "010110 ddddd aaaaa bbbbb 01000000000", two(fp.unordered),  "fcmp"),
    fpu("fcmp.lt rd, ra, rb",  "010110 ddddd aaaaa bbbbb 01000010000", two(fp.less),       "fcmp"),
    fpu("fcmp.eq rd, ra, rb",  "010110 ddddd aaaaa bbbbb 01000100000", two(fp.equal),      "fcmp"),
    fpu("fcmp.le rd, ra, rb",  "010110 ddddd aaaaa bbbbb 01000110000", two(fp.at_most),    "fcmp"),
    fpu("fcmp.gt rd, ra, rb",  "010110 ddddd aaaaa bbbbb 01001000000", two(fp.greater),    "fcmp"),
    fpu("fcmp.ne rd, ra, rb",  "010110 ddddd aaaaa bbbbb 01001010000", two(fp.not_equal),  "fcmp"),
    fpu("fcmp.ge rd, ra, rb",  "010110 ddddd aaaaa bbbbb 01001100000", two(fp.at_least),   "fcmp"),
    fpu2("flt rd, ra",         "010110 ddddd aaaaa 00000 01010000000", one(fp.to_float),   "flt"),
    fpu2("fint rd, ra",        "010110 ddddd aaaaa 00000 01100000000", one(fp.to_integer), "fint"),
    fpu2("fsqrt rd, ra",       "010110 ddddd aaaaa 00000 01110000000", one(fp.root),       "fsqrt"),
]
# fmt: on

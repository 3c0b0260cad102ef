"""Parallel addition and subtraction: two halfwords or four bytes at once (A5.4.1, A5.4.2)."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from cosim.cpus.arm.operands import row
from cosim.cpus.arm.registers import GE
from cosim.cpus.isa.instruction import Row, Semantics
from cosim.cpus.isa.machine import Machine, Value


class Operation(NamedTuple):
    """One line of the manual's table, lanes from the least significant.

    `subtract` says for each lane whether it subtracts; `exchange` swaps the second operand's
    halfwords first.
    """

    name: str
    code: str
    bits: int
    subtract: tuple[int, ...]
    exchange: bool


class Flavour(NamedTuple):
    """What becomes of a lane's result: the flags GE, saturation, or half of it."""

    prefix: str
    code: str
    signed: bool
    effect: str


# fmt: off
OPERATIONS = (
    Operation("add16", "000", 16, (0, 0),       False),
    Operation("asx",   "001", 16, (1, 0),       True),
    Operation("sax",   "010", 16, (0, 1),       True),
    Operation("sub16", "011", 16, (1, 1),       False),
    Operation("add8",  "100", 8,  (0, 0, 0, 0), False),
    Operation("sub8",  "111", 8,  (1, 1, 1, 1), False),
)
FLAVOURS = (
    Flavour("s",  "001", True,  "flags"),
    Flavour("q",  "010", True,  "saturate"),
    Flavour("sh", "011", True,  "halve"),
    Flavour("u",  "101", False, "flags"),
    Flavour("uq", "110", False, "saturate"),
    Flavour("uh", "111", False, "halve"),
)
# fmt: on


def parallel(operation: Operation, flavour: Flavour) -> Semantics:
    bits = operation.bits

    def semantics(m: Machine, rd: Value, rn: Value, rm: Value) -> None:
        first, second = m.get(rn), m.get(rm)
        if operation.exchange:
            second = m.ror(second, m.const(16))
        take = m.sext if flavour.signed else m.zext
        word = flags = m.const(0)
        for lane, subtract in enumerate(operation.subtract):
            a, b = (
                take(m.shr(first, m.const(bits * lane)), bits),
                take(m.shr(second, m.const(bits * lane)), bits),
            )
            result = m.sub(a, b) if subtract else m.add(a, b)
            if flavour.effect == "saturate":
                result = clamp(m, result, flavour.signed, bits)
            elif flavour.effect == "halve":
                result = m.sar(result, m.const(1))
            else:
                mask = (1 << bits // 8) - 1 << lane * bits // 8  # a flag for each byte
                flags = m.or_(
                    flags,
                    m.select(
                        reached(m, result, flavour, subtract, bits), m.const(mask), m.const(0)
                    ),
                )
            word = m.or_(word, m.shl(m.zext(result, bits), m.const(bits * lane)))
        if flavour.effect == "flags":
            m.set(GE, flags)
        m.set(rd, word)

    return semantics


def clamp(m: Machine, result: Value, signed: bool, bits: int) -> Value:
    least = -(1 << bits - 1) & 0xFFFF_FFFF if signed else 0
    most = (1 << bits - 1) - 1 if signed else (1 << bits) - 1
    low, high = m.const(least), m.const(most)
    within = m.select(m.slt(high, result), high, result)
    return m.select(m.slt(result, low), low, within)


def reached(m: Machine, result: Value, flavour: Flavour, subtract: int, bits: int) -> Value:
    """The lane's GE flag: not negative, or for an unsigned sum, a carry out."""
    if flavour.signed or subtract:
        return m.xor(m.shr(result, m.const(31)), m.const(1))
    return m.shr(result, m.const(bits))


def _row(flavour: Flavour, operation: Operation) -> Row:
    return row(
        f"{flavour.prefix}{operation.name} rd, rn, rm",
        f"cccc 0110 0{flavour.code} nnnn dddd 1111 {operation.code}1 mmmm",
        parallel(operation, flavour),
        "A5.4.1" if flavour.signed else "A5.4.2",
    )


ROWS = [_row(flavour, operation) for flavour, operation in product(FLAVOURS, OPERATIONS)]

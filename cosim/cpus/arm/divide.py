"""Division, which some cores have (A4.4.8)."""

# ruff: noqa: E501  one instruction per line
from __future__ import annotations

from cosim.cpus.arm.operands import row
from cosim.cpus.isa.machine import Machine, Value


def sdiv(m: Machine, rd: Value, rn: Value, rm: Value) -> None:
    """Division by zero gives 0 on the A profile."""
    m.set(rd, m.sdiv(m.get(rn), m.get(rm)))


def udiv(m: Machine, rd: Value, rn: Value, rm: Value) -> None:
    m.set(rd, m.udiv(m.get(rn), m.get(rm)))


# fmt: off
ROWS = [
    row("sdiv rd, rn, rm", "cccc 0111 0001 dddd 1111 mmmm 0001 nnnn", sdiv, "A8.8.165", requires="divide"),
    row("udiv rd, rn, rm", "cccc 0111 0011 dddd 1111 mmmm 0001 nnnn", udiv, "A8.8.248", requires="divide"),
]
# fmt: on

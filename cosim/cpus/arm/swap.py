"""SWP and SWPB, which ARMv7 deprecates: undefined unless SCTLR.SW is set (A8.8.229, B4.1.130)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosim.cpus.arm.operands import row
from cosim.cpus.faults import Trap
from cosim.cpus.isa.instruction import Semantics
from cosim.cpus.isa.machine import Machine, Value

if TYPE_CHECKING:
    from cosim.cpus.core import Core

SCTLR_SW = 1 << 10


def require_swap(core: Core) -> None:
    if not core.state["sctlr"] & SCTLR_SW:
        raise Trap("undefined")


def swap(size: int) -> Semantics:
    """No other core runs in between: a core's turn does not end within an instruction."""

    def semantics(m: Machine, swapped: Value, rm: Value, rn: Value) -> None:
        m.system(require_swap)
        where, value = m.get(rn), m.get(rm)
        old = m.load(where, size, size)
        m.store(where, value, size, size)
        m.set(swapped, old)

    return semantics


# fmt: off
ROWS = [
    row("swp rt, rm, rn",  "cccc 0001 0000 nnnn tttt 0000 1001 mmmm", swap(4), "A8.8.229"),
    row("swpb rt, rm, rn", "cccc 0001 0100 nnnn tttt 0000 1001 mmmm", swap(1), "A8.8.229"),
]
# fmt: on

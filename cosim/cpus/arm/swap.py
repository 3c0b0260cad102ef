"""SWP and SWPB: undefined unless SCTLR.SW is set, which it is not at reset (A8.8.229)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosim.cpus.arm.operands import row
from cosim.cpus.faults import Trap
from cosim.cpus.isa.instruction import Semantics
from cosim.cpus.isa.machine import Machine, Value

if TYPE_CHECKING:
    from cosim.cpus.arm.core import ArmCore

SCTLR_SW = 1 << 10


def require_enabled(core: ArmCore) -> None:
    if not core.state["sctlr"] & SCTLR_SW:
        raise Trap("undefined")


def swap(size: int) -> Semantics:
    """No other core runs within an instruction, so the two accesses are one."""

    def semantics(m: Machine, rt: Value, rm: Value, swap_base: Value) -> None:
        m.system(require_enabled)
        where = m.get(swap_base)
        value = m.load(where, size, size)
        m.store(where, m.get(rm), size, size)
        m.set(rt, value)

    return semantics


# fmt: off
ROWS = [
    row("swp rt, rm, swap_base",  "cccc 0001 0000 nnnn tttt 0000 1001 mmmm", swap(4), "A8.8.229"),
    row("swpb rt, rm, swap_base", "cccc 0001 0100 nnnn tttt 0000 1001 mmmm", swap(1), "A8.8.229"),
]
# fmt: on

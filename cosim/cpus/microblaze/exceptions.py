"""What instructions ask of the core itself: MSR writes, returns, exceptions by operands.

These run through the verb `system`, as `function(core, *values)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosim.cpus.faults import Trap
from cosim.cpus.microblaze.registers import (
    MSR_BIP,
    MSR_DZO,
    MSR_EE,
    MSR_EIP,
    MSR_IE,
    MSR_UM,
    MSR_UMS,
)

if TYPE_CHECKING:
    from cosim.cpus.microblaze.core import MicroBlaze

DIVIDE_BY_ZERO = "division by zero"
DIVIDE_OVERFLOW = "division overflow"
SOFTWARE_BREAK = "software break"


def write_msr(core: MicroBlaze, value: int) -> None:
    """Write the bits of the MSR that this core has."""
    core.msr = value


def write_absent(core: MicroBlaze, value: int, special: str) -> None:
    """A special register of a unit that this core does not have: FPU, stack protection, MMU."""
    core.kernel.reports.emit(
        "unimp",
        core.name,
        f"mts {special} of 0x{value:08x} at {core.where(core.engine.pc)} ignored",
    )


def divide_error(core: MicroBlaze, overflow: int) -> None:
    """idiv by zero or of the most negative by -1 (UG984 idiv)."""
    state = core.state
    state["msr"] |= MSR_DZO
    if core.settings.div_zero_exception and state["msr"] & MSR_EE:
        raise Trap(DIVIDE_OVERFLOW if overflow else DIVIDE_BY_ZERO)


def require_handler(core: MicroBlaze, vector: int) -> None:
    """A software break must find something at its vector."""
    if core.no_handler(vector):
        raise Trap(SOFTWARE_BREAK, vector)


def after_rtid(core: MicroBlaze) -> None:
    _restore(core, core.state["msr"] | MSR_IE)


def after_rtbd(core: MicroBlaze) -> None:
    _restore(core, core.state["msr"] & ~MSR_BIP)


def after_rted(core: MicroBlaze) -> None:
    _restore(core, core.state["msr"] & ~MSR_EIP | MSR_EE)


def _restore(core: MicroBlaze, msr: int) -> None:
    """The mode before the interrupt, break or exception."""
    if core.settings.mmu:
        msr = msr & ~MSR_UM | (msr & MSR_UMS) >> 1
    core.state["msr"] = msr

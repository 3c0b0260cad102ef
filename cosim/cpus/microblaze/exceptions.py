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
    MSR_VM,
    MSR_VMS,
)

if TYPE_CHECKING:
    from cosim.cpus.microblaze.core import MicroBlaze

DIVIDE_BY_ZERO = "division by zero"
DIVIDE_OVERFLOW = "division overflow"
SOFTWARE_BREAK = "software break"
FLOATING_POINT = "floating-point exception"
STREAM = "stream control bit mismatch"

# Interrupt_Ack: what a low-latency interrupt controller is told
ACK_ENTRY = 0b01
ACK_RETURN = 0b10
ACK_ENABLE = 0b11


def write_msr(core: MicroBlaze, value: int) -> None:
    """Write the bits of the MSR that this core has."""
    enables = value & MSR_IE and not core.state["msr"] & MSR_IE
    if core.low_latency and enables:
        core.synchronize()
        core.interrupt_ack.write(ACK_ENABLE)
    core.msr = value


def write_fsr(core: MicroBlaze, value: int) -> None:
    """Write the floating-point status register."""
    core.state["fsr"] = value & 0x1F


def write_limit(core: MicroBlaze, value: int, name: str) -> None:
    """Write SLR or SHR."""
    core.state[name] = value


def raise_flags(core: MicroBlaze, flags: int) -> None:
    """A floating-point operation sets bits of the FSR (UG984, Floating-Point Unit)."""
    core.state["fsr"] |= flags
    if core.settings.fpu_exception and core.state["msr"] & MSR_EE:
        raise Trap(FLOATING_POINT)


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


def reselect(core: MicroBlaze) -> None:
    """The mode has changed: other translations hold."""
    core.select_regime()


def before_rtid(core: MicroBlaze) -> None:
    """Before the slot of rtid: the controller is told at the time of the return."""
    core.synchronize()


def after_rtid(core: MicroBlaze) -> None:
    """rtid is complete."""
    if core.low_latency:
        core.interrupt_ack.write(ACK_RETURN)
    _restore(core, core.state["msr"] | MSR_IE)


def after_rtbd(core: MicroBlaze) -> None:
    """rtbd is complete."""
    _restore(core, core.state["msr"] & ~MSR_BIP)


def after_rted(core: MicroBlaze) -> None:
    """rted is complete; BTR shows its own target no more than those of the handler's branches."""
    if core.state["msr"] & MSR_EIP:
        core.state["btarget"] = core.state["btr"]
    _restore(core, core.state["msr"] & ~MSR_EIP | MSR_EE)


def _restore(core: MicroBlaze, msr: int) -> None:
    """The mode before the interrupt, break or exception."""
    saved = (msr & (MSR_UMS | MSR_VMS)) >> 1
    core.state["msr"] = msr & ~(MSR_UM | MSR_VM) | saved
    core.select_regime()

"""Exception entry: vectors, return addresses, masks (B1.8, B1.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cosim.cpus.arm.cp15 import SCTLR_EE, SCTLR_TE, SCTLR_V
from cosim.cpus.arm.registers import BIG_ENDIAN, THUMB, Mode, bank, switch_mode
from cosim.cpus.arm.status import read_cpsr
from cosim.cpus.faults import MemoryFault

if TYPE_CHECKING:
    from cosim.cpus.arm.core import ArmCore as Core

HIGH_VECTORS = 0xFFFF_0000


class Vector(NamedTuple):
    """How one exception is entered.

    `arm` and `thumb` are what LR has beyond the preferred return address's instruction: the
    faulting or calling one, for interrupts the next to execute. I is always masked.
    """

    offset: int
    mode: Mode
    arm: int
    thumb: int
    masks_a: bool
    masks_f: bool
    name: str


# fmt: off
VECTORS = {
    "undefined":      Vector(0x04, Mode.UND, 4, 2, False, False, "undefined instruction"),
    "svc":            Vector(0x08, Mode.SVC, 4, 2, False, False, "supervisor call"),
    "prefetch abort": Vector(0x0C, Mode.ABT, 4, 4, True,  False, "prefetch abort"),
    "data abort":     Vector(0x10, Mode.ABT, 8, 8, True,  False, "data abort"),
    "irq":            Vector(0x18, Mode.IRQ, 4, 4, True,  False, "IRQ"),
    "fiq":            Vector(0x1C, Mode.FIQ, 4, 4, True,  True,  "FIQ"),
}
# fmt: on

EXTERNAL_ABORT = 0b01000
FAULT_STATUS = {"alignment": 0b00001, "unmapped": EXTERNAL_ABORT, "refused": EXTERNAL_ABORT}
"""FS[4:0]: alignment, or a synchronous external abort (B3.13.3)."""

DEBUG_EVENT = 0b00010
WRITE = 1 << 11
IFSR_BITS = 0x40F  # a domain is for DFSR only


def handler(core: Core, vector: Vector) -> int | None:
    """Where the guest handles it; None if its vector is no memory or holds 0."""
    base = HIGH_VECTORS if core.state["sctlr"] & SCTLR_V else core.state["vbar"]
    address = base + vector.offset & 0xFFFF_FFFF
    word = core.port.read_debug(address, 4)
    return address if len(word) == 4 and any(word) else None


def enter(core: Core, vector: Vector, address: int) -> None:
    """Bank PC and CPSR, change the mode and go on at `address`."""
    state = core.state
    cpsr, pc = read_cpsr(core), state["pc"]
    switch_mode(state, vector.mode)
    state["r14"] = pc + (vector.thumb if state["context"] & THUMB else vector.arm)
    state[f"spsr_{bank(vector.mode)}"] = cpsr
    state["i_mask"] = 1
    if vector.masks_a:
        state["a_mask"] = 1
    if vector.masks_f:
        state["f_mask"] = 1
    sctlr = state["sctlr"]
    state["context"] = (THUMB if sctlr & SCTLR_TE else 0) | (BIG_ENDIAN if sctlr & SCTLR_EE else 0)
    state["pc"] = address
    core.mode_changed()
    if core.kernel.reports.wanted("int"):
        core.kernel.reports.emit(
            "int", core.name, f"{vector.name} at {core.where(pc)}, handler {core.where(address)}"
        )


def record_fault(core: Core, fault: MemoryFault) -> str:
    """Set the fault registers; returns the exception's name in `VECTORS`."""
    status = fault.status if fault.cause == "translation" else FAULT_STATUS[fault.cause]
    if fault.access == "fetch":
        core.state["ifsr"], core.state["ifar"] = status & IFSR_BITS, fault.address
        return "prefetch abort"
    core.state["dfsr"] = status | (WRITE if fault.access == "store" else 0)
    core.state["dfar"] = fault.address
    return "data abort"

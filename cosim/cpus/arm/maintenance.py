"""CP15 operations on TLBs, on cache lines by address, and from virtual to physical addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cosim.cpus.arm import walk
from cosim.cpus.arm.mmu import SCTLR_M, Mmu, explain
from cosim.cpus.arm.system_register import SystemRegister
from cosim.cpus.arm.walk import WalkFault
from cosim.cpus.faults import MemoryFault

if TYPE_CHECKING:
    from cosim.cpus.arm.core import ArmCore

PAGE = 0xFFFF_F000
SUPERSECTION = 1 << 1
FAULTED = 1 << 0


def invalidate_all(mmu: Mmu, value: int) -> None:
    mmu.invalidate_all()


def invalidate_address(mmu: Mmu, value: int) -> None:
    mmu.invalidate_address(value & PAGE, value & 0xFF)


def invalidate_asid(mmu: Mmu, value: int) -> None:
    mmu.invalidate_asid(value & 0xFF)


def invalidate_address_everywhere(mmu: Mmu, value: int) -> None:
    mmu.invalidate_address(value & PAGE, None)


def here(name: str, invalidate: Callable[[Mmu, int], None]) -> SystemRegister:
    """On this core. Instruction, data and unified TLB are one, as the manual allows (B3.18.7)."""
    return SystemRegister(name, None, lambda core, value: invalidate(core.mmu, value))


def shared(name: str, invalidate: Callable[[Mmu, int], None]) -> SystemRegister:
    """On all cores of the inner shareable domain, at this core's time."""

    def write(core: ArmCore, value: int) -> None:
        if len(core.cluster) > 1:
            core.synchronize()
        for one in core.cluster:
            invalidate(one.mmu, value)

    return SystemRegister(name, None, write)


def by_address(name: str) -> SystemRegister:
    """A cache operation by virtual address: the address must have a translation (B2.2.6).

    Rights are not asked for; a fault is a data abort with WnR set (B4.1.52).
    """

    def write(core: ArmCore, value: int) -> None:
        if core.state["sctlr"] & SCTLR_M:
            try:
                core.mmu.look_up(value)
            except WalkFault as fault:
                raise MemoryFault("store", value, 1, "translation", fault.status) from None

    return SystemRegister(name, None, write, doc="only faults, where there is no translation")


def translation(name: str, access: str, user: bool) -> SystemRegister:
    """ATS1C*: what an access would find goes to the PAR (B3.12.2, B4.2.4)."""

    def write(core: ArmCore, value: int) -> None:
        core.state["par"] = par = _par(core, value, access, user)
        core.mmu.trace(f"{name} 0x{value:08x}: PAR 0x{par:08x}")

    return SystemRegister(name, None, write)


def _par(core: ArmCore, address: int, access: str, user: bool) -> int:
    """With the MMU off: the address itself, strongly-ordered."""
    if not core.state["sctlr"] & SCTLR_M:
        return address & PAGE | 1 << 7 | 0b001 << 4
    try:
        entry, memory = core.mmu.physical_address(address, access, user)
    except WalkFault as fault:
        status = fault.status & ~walk.ALL_DOMAINS
        if status in walk.EXTERNAL_ABORT.values():  # taken at once, not reported in the PAR
            raise MemoryFault("store", address, 1, "translation", fault.status) from None
        core.mmu.trace(f"0x{address:08x}: {explain(fault.status)}")
        return (status & 0xF | status >> 6 & 0x10) << 1 | FAULTED
    physical = entry.physical(address)
    if entry.shift == 24:
        return physical & 0xFF00_0000 | physical >> 32 << 16 | memory.par | SUPERSECTION
    return physical & PAGE | memory.par

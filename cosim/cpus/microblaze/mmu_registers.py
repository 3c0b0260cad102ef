"""The registers of the MMU, as mfs and mts reach them (UG984, Memory Management Registers).

These run through the verb `system`, as `function(core, *values)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosim.cpus.microblaze.mmu import EX, INDEX, MISS, RPN, SIZE, TAG, VALID, WR, ZSEL
from cosim.cpus.microblaze.registers import MSR_UM

if TYPE_CHECKING:
    from cosim.cpus.microblaze.core import MicroBlaze

_TLBHI = TAG | SIZE | VALID | 0x30  # E and U0 are kept, without effect
_TLBLO = RPN | EX | WR | ZSEL | 0xF  # W, I, M and G too


def read(core: MicroBlaze, name: str, high: bool = False) -> int:
    """The register `name`, or its upper half; 0 if this core lets nobody read it.

    Reading TLBHI in privileged mode makes the entry's TID the PID.
    """
    settings, state, mmu = core.settings, core.state, core.mmu
    if name == "rtlbx":
        return state["tlbx"] if settings.mmu_tlb_access else 0
    if not settings.mmu_tlb_access & 1:
        return 0
    if name in ("rpid", "rzpr"):
        return state[name[1:]]
    entry = mmu.entries[state["tlbx"] & INDEX]
    if name == "rtlblo":
        return entry.low >> 32 if high else entry.low & 0xFFFF_FFFF
    if not state["msr"] & MSR_UM:
        state["pid"] = entry.tid
        core.select_regime()
    return entry.high


def write(core: MicroBlaze, value: int, name: str, high: bool = False) -> None:
    """Write the register `name`, or its upper half."""
    settings, state, mmu = core.settings, core.state, core.mmu
    if name == "rtlbsx":
        found = mmu.search(value, state["pid"])
        if found is None:
            state["tlbx"] |= MISS
        else:
            state["tlbx"] = found
        return
    if name == "rtlbx":
        if settings.mmu_tlb_access:
            state["tlbx"] = value & INDEX
        return
    if name in ("rpid", "rzpr") and not settings.mmu_tlb_access & 2:
        return
    index = state["tlbx"] & INDEX
    entry = mmu.entries[index]
    if name == "rpid":
        state["pid"] = value & 0xFF
    elif name == "rzpr":
        state["zpr"] = value & zone_bits(settings.mmu_zones)
        core.port.flush()
    else:
        if name == "rtlbhi":
            entry = entry._replace(high=value & _TLBHI, tid=state["pid"])
        elif high:
            kept = (1 << settings.addr_size - 32) - 1
            entry = entry._replace(low=entry.low & 0xFFFF_FFFF | (value & kept) << 32)
        else:
            entry = entry._replace(low=entry.low & ~0xFFFF_FFFF | value & _TLBLO)
        mmu.entries[index] = entry
        core.port.flush()
    core.select_regime()


def zone_bits(zones: int) -> int:
    """The bits of the ZPR that a core with so many zones has."""
    return 0xFFFF_FFFF ^ (1 << 32 - 2 * zones) - 1

"""Hardware exceptions: the cause an exception has in the ESR, and whether the core can take it."""

from __future__ import annotations

from typing import NamedTuple

from cosim.cpus.faults import GuestException, MemoryFault, Trap
from cosim.cpus.microblaze.config import MicroBlazeConfig
from cosim.cpus.microblaze.exceptions import (
    DIVIDE_BY_ZERO,
    DIVIDE_OVERFLOW,
    FLOATING_POINT,
    STREAM,
)
from cosim.cpus.microblaze.load_store import STACK_PROTECTION
from cosim.cpus.microblaze.mmu import NO_ACCESS_ZONE, TLB_MISS
from cosim.cpus.microblaze.privilege import PRIVILEGED
from cosim.cpus.microblaze.registers import (
    EC_DATA_BUS,
    EC_DATA_STORAGE,
    EC_DATA_TLB_MISS,
    EC_DIVIDE,
    EC_FPU,
    EC_ILLEGAL_OPCODE,
    EC_INSTRUCTION_BUS,
    EC_INSTRUCTION_STORAGE,
    EC_INSTRUCTION_TLB_MISS,
    EC_PRIVILEGED,
    EC_STREAM,
    EC_UNALIGNED,
    ESR_DIVIDE_OVERFLOW,
    ESR_RX_SHIFT,
    ESR_STORE,
    ESR_WORD,
    ESR_ZONE,
)


class Cause(NamedTuple):
    """A hardware exception (UG984, Hardware Exceptions).

    Attributes:
        name: for reports.
        esr: cause and specific status, without the delay slot bit.
        option: the configuration key without which the core ignores it; "" for none.
        ear: what the exception address register gets; None leaves it.
        needs_ee: whether MSR[EE] masks it.
        again: whether the handler returns to the instruction itself, its prefix and branch.
    """

    name: str
    esr: int
    option: str
    ear: int | None = None
    needs_ee: bool = True
    again: bool = False


def cause_of(exception: GuestException, word: int) -> Cause | None:
    """What `exception` of instruction `word` is to the hardware; None if it is nothing to it."""
    if isinstance(exception, MemoryFault):
        return (
            _translation(exception) if exception.cause == "translation" else _bus(exception, word)
        )
    if not isinstance(exception, Trap):
        return Cause("illegal opcode", EC_ILLEGAL_OPCODE, "ill_opcode_exception")
    name, value = exception.kind, exception.value
    # fmt: off
    known = {
        DIVIDE_BY_ZERO:   Cause(name, EC_DIVIDE, "div_zero_exception"),
        DIVIDE_OVERFLOW:  Cause(name, EC_DIVIDE | ESR_DIVIDE_OVERFLOW, "div_zero_exception"),
        FLOATING_POINT:   Cause(name, EC_FPU, "fpu_exception"),
        STREAM:           Cause(name, EC_STREAM | value << ESR_RX_SHIFT, "stream_exception"),
        STACK_PROTECTION: Cause(name, EC_PRIVILEGED, "stack_protection", value),
        PRIVILEGED:       Cause(name, EC_PRIVILEGED, "", needs_ee=False),
    }
    # fmt: on
    return known.get(name)


def why_masked(cause: Cause, config: MicroBlazeConfig, enabled: bool) -> str:
    """Why the hardware would not raise it, or "". `enabled` is MSR[EE]."""
    if cause.option and not getattr(config, cause.option):
        return f"{cause.option} is off"
    if cause.needs_ee and not enabled:
        return "MSR[EE] is 0"
    return ""


def _translation(fault: MemoryFault) -> Cause:
    """What the MMU refuses; these exceptions are never masked."""
    fetch, miss = fault.access == "fetch", fault.status == TLB_MISS
    side = "instruction" if fetch else "data"
    if miss:
        esr = EC_INSTRUCTION_TLB_MISS if fetch else EC_DATA_TLB_MISS
    else:
        esr = EC_INSTRUCTION_STORAGE if fetch else EC_DATA_STORAGE
    if fault.access == "store":
        esr |= ESR_STORE
    if fault.status == NO_ACCESS_ZONE:
        esr |= ESR_ZONE
    name = f"{side} {'TLB miss' if miss else 'storage'}"
    return Cause(name, esr, "", fault.address, needs_ee=False, again=True)


def _bus(fault: MemoryFault, word: int) -> Cause | None:
    if fault.access == "fetch":
        if fault.cause == "alignment":
            return None
        return Cause("instruction bus error", EC_INSTRUCTION_BUS, "ibus_exception")
    if fault.cause != "alignment":
        return Cause("data bus error", EC_DATA_BUS, "dbus_exception", fault.address)
    specific = (word >> 21 & 0x1F) << ESR_RX_SHIFT
    if fault.size == 4:
        specific |= ESR_WORD
    if fault.access == "store":
        specific |= ESR_STORE
    return Cause("unaligned access", EC_UNALIGNED | specific, "unaligned_exceptions", fault.address)

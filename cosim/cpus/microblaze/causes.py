"""Hardware exceptions: the cause an exception has in the ESR, and whether the core can take it."""

from __future__ import annotations

from typing import NamedTuple

from cosim.cpus.faults import GuestException, MemoryFault, Trap
from cosim.cpus.microblaze.config import MicroBlazeConfig
from cosim.cpus.microblaze.exceptions import DIVIDE_BY_ZERO, DIVIDE_OVERFLOW
from cosim.cpus.microblaze.privilege import PRIVILEGED
from cosim.cpus.microblaze.registers import (
    EC_DATA_BUS,
    EC_DIVIDE,
    EC_ILLEGAL_OPCODE,
    EC_INSTRUCTION_BUS,
    EC_PRIVILEGED,
    EC_UNALIGNED,
    ESR_DIVIDE_OVERFLOW,
    ESR_RX_SHIFT,
    ESR_STORE,
    ESR_WORD,
)


class Cause(NamedTuple):
    """A hardware exception (UG984, Hardware Exceptions).

    Attributes:
        name: for reports.
        esr: cause and specific status, without the delay slot bit.
        option: the configuration key without which the core ignores it; "" for none.
        ear: what the exception address register gets; None leaves it.
        needs_ee: whether MSR[EE] masks it.
    """

    name: str
    esr: int
    option: str
    ear: int | None = None
    needs_ee: bool = True


def cause_of(exception: GuestException, word: int) -> Cause | None:
    """What `exception` of instruction `word` is to the hardware; None if it is nothing to it."""
    if isinstance(exception, MemoryFault):
        return _memory(exception, word)
    if not isinstance(exception, Trap):
        return Cause("illegal opcode", EC_ILLEGAL_OPCODE, "ill_opcode_exception")
    if exception.kind == DIVIDE_BY_ZERO:
        return Cause(exception.kind, EC_DIVIDE, "div_zero_exception")
    if exception.kind == DIVIDE_OVERFLOW:
        return Cause(exception.kind, EC_DIVIDE | ESR_DIVIDE_OVERFLOW, "div_zero_exception")
    if exception.kind == PRIVILEGED:
        return Cause(exception.kind, EC_PRIVILEGED, "", needs_ee=False)
    return None


def why_masked(cause: Cause, config: MicroBlazeConfig, enabled: bool) -> str:
    """Why the hardware would not raise it, or "". `enabled` is MSR[EE]."""
    if cause.option and not getattr(config, cause.option):
        return f"{cause.option} is off"
    if cause.needs_ee and not enabled:
        return "MSR[EE] is 0"
    return ""


def _memory(fault: MemoryFault, word: int) -> Cause | None:
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

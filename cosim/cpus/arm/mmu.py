"""The MMU: translation with rights, the regimes of the memory port, maintenance (B3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosim.cpus.arm import memory_type, walk
from cosim.cpus.arm.memory_type import NORMAL, MemoryType
from cosim.cpus.arm.registers import Mode
from cosim.cpus.arm.tlb import Tlb
from cosim.cpus.arm.walk import Entry, Unreadable, WalkFault
from cosim.cpus.faults import MemoryFault
from cosim.cpus.translation import Translation

if TYPE_CHECKING:
    from cosim.cpus.arm.core import ArmCore

SCTLR_M, SCTLR_EE = 1 << 0, 1 << 25
SCTLR_TRE, SCTLR_AFE = 1 << 28, 1 << 29
NO_ACCESS, CLIENT, RESERVED, MANAGER = range(4)

# fmt: off
RIGHTS = (  # by AP[2:0]: privileged read and write, User mode's read and write (B3.7.1)
    (False, False, False, False),
    (True,  True,  False, False),
    (True,  True,  True,  False),
    (True,  True,  True,  True),
    (False, False, False, False),  # reserved
    (True,  False, False, False),
    (True,  False, True,  False),
    (True,  False, True,  False),
)
SIMPLE_RIGHTS = (  # by AP[2:1], where AP[0] is the access flag
    (True,  True,  False, False),
    (True,  True,  True,  True),
    (True,  False, False, False),
    (True,  False, True,  False),
)
# fmt: on


class Mmu:
    """Translates for one core. Its registers are slots of the core's state.

    The memory port keeps the pages of each regime: privileged or not, by ASID and DACR. They are
    copies of what the TLB has, so whatever changes an entry or what it means flushes them.
    """

    def __init__(self, core: ArmCore) -> None:
        self.core = core
        self.tlb = Tlb()
        self._regime: tuple[bool, int, int] | None = None

    def reset(self) -> None:
        """Off, with an empty TLB, which software could not rely on."""
        self.tlb.invalidate_all()
        self._regime = None
        self.core.port.select(None)
        self.core.port.flush()

    def update(self) -> None:
        """The mode, the ASID, DACR or SCTLR.M may have changed: let the port use its pages."""
        state = self.core.state
        regime = None
        if state["sctlr"] & SCTLR_M:
            regime = (state["mode"] == Mode.USR, state["contextidr"] & 0xFF, state["dacr"])
        if regime != self._regime:
            self._regime = regime
            self.core.port.select(regime, None if regime is None else self)

    # What the port asks

    def translate(self, address: int, access: str, user: bool) -> Translation:
        core = self.core
        unprivileged = user or core.state["mode"] == Mode.USR
        try:
            entry = self.look_up(address)
            readable, writable, executable = self._rights(entry, unprivileged)
            allowed = writable if access == "store" else executable
            if not (readable if access == "load" else allowed):
                raise WalkFault(entry.status(walk.PERMISSION))
        except WalkFault as fault:
            self.trace(f"{access} at 0x{address:08x}: {explain(fault.status)}")
            raise MemoryFault(access, address, 1, "translation", fault.status) from None
        return Translation(
            entry.physical(address),
            1 << entry.shift,
            readable,
            writable,
            executable,
            self.memory_type(entry).kind != NORMAL,
        )

    def probe(self, address: int) -> int | None:
        state = self.core.state
        entry = self.tlb.find(address, state["contextidr"] & 0xFF)
        if entry is None:
            try:
                entry = self._walk(address, debug=True)
            except WalkFault:
                return None
        return entry.physical(address)

    # For maintenance and VA to PA operations

    def look_up(self, address: int) -> Entry:
        """The entry of `address`, without its domain and rights.

        Raises:
            WalkFault: there is none, or its access flag is clear.
        """
        state = self.core.state
        asid = state["contextidr"] & 0xFF
        entry = self.tlb.find(address, asid)
        known = entry is not None
        if entry is None:
            entry = self._walk(address, debug=False)
        if state["sctlr"] & SCTLR_AFE and not entry.ap & 1:
            raise WalkFault(entry.status(walk.ACCESS_FLAG))
        if not known:
            self.tlb.add(address, asid, entry)
            self._trace_entry(address, asid, entry)
        return entry

    def physical_address(self, address: int, access: str, user: bool) -> tuple[Entry, MemoryType]:
        """What an access would get, for the PAR.

        Raises:
            WalkFault: it would fault.
        """
        entry = self.look_up(address)
        readable, writable, _ = self._rights(entry, user)
        if not (writable if access == "store" else readable):
            raise WalkFault(entry.status(walk.PERMISSION))
        return entry, self.memory_type(entry)

    def memory_type(self, entry: Entry) -> MemoryType:
        state = self.core.state
        if state["sctlr"] & SCTLR_TRE:
            return memory_type.remapped(entry.kind, entry.shareable, state["prrr"], state["nmrr"])
        return memory_type.without_remap(entry.kind, entry.shareable)

    def invalidate_all(self) -> None:
        self.trace("TLB invalidate all")
        self.tlb.invalidate_all()
        self.core.port.flush()

    def invalidate_asid(self, asid: int) -> None:
        self.trace(f"TLB invalidate ASID {asid}")
        self.tlb.invalidate_asid(asid)
        self.core.port.flush()

    def invalidate_address(self, address: int, asid: int | None) -> None:
        """By address and ASID, or with None whatever the ASID."""
        if asid is None:
            self.trace(f"TLB invalidate 0x{address:08x}, all ASIDs")
            self.tlb.invalidate_address_everywhere(address)
        else:
            self.trace(f"TLB invalidate 0x{address:08x}, ASID {asid}")
            self.tlb.invalidate_address(address, asid)
        self.core.port.flush()

    # Inside

    def _walk(self, address: int, debug: bool) -> Entry:
        state = self.core.state
        read = self._descriptor_debug if debug else self._descriptor
        return walk.walk(
            address, state["ttbr0"], state["ttbr1"], state["ttbcr"], self.core.model.pxn, read
        )

    def _descriptor(self, address: int) -> int:
        try:
            word = self.core.port.read_physical(address, 4)
        except MemoryFault:
            raise Unreadable from None
        return swap(word) if self.core.state["sctlr"] & SCTLR_EE else word

    def _descriptor_debug(self, address: int) -> int:
        data = self.core.port.read_debug(address, 4, physical=True)
        if len(data) < 4:
            raise Unreadable
        return int.from_bytes(data, "big" if self.core.state["sctlr"] & SCTLR_EE else "little")

    def _rights(self, entry: Entry, user: bool) -> tuple[bool, bool, bool]:
        """Read, write, execute.

        Raises:
            WalkFault: the domain has no access; its reserved value has none either.
        """
        state = self.core.state
        domain = state["dacr"] >> 2 * entry.domain & 3
        if domain == MANAGER:
            return True, True, True
        if domain != CLIENT:
            raise WalkFault(entry.status(walk.DOMAIN))
        if state["sctlr"] & SCTLR_AFE:
            rights = SIMPLE_RIGHTS[entry.ap >> 1]
        else:
            rights = RIGHTS[entry.ap]
        readable, writable = rights[2:] if user else rights[:2]
        return readable, writable, readable and not (entry.xn or (entry.pxn and not user))

    def trace(self, text: str) -> None:
        reports = self.core.kernel.reports
        if reports.wanted("mmu"):
            reports.emit("mmu", self.core.name, text)

    def _trace_entry(self, address: int, asid: int, entry: Entry) -> None:
        if self.core.kernel.reports.wanted("mmu"):
            block = (1 << entry.shift) - 1
            space = f"ASID {asid}" if entry.not_global else "global"
            self.trace(
                f"0x{address & ~block:08x}..0x{address | block:08x} is 0x{entry.base:08x}, "
                f"{space}, domain {entry.domain}, AP {entry.ap:03b}"
                f"{' XN' if entry.xn else ''}{' PXN' if entry.pxn else ''}"
            )


def swap(word: int) -> int:
    """The bytes of a word reversed."""
    return int.from_bytes(word.to_bytes(4, "little"), "big")


def explain(status: int) -> str:
    """A fault status in words."""
    domain = status >> walk.DOMAIN_SHIFT & 15
    return walk.FAULTS[status & 0x40F] + (f", domain {domain}" if domain else "")

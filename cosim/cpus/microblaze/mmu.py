"""The memory management unit: a unified TLB of 64 entries (UG984, Memory Management)."""

from __future__ import annotations

from typing import NamedTuple

from cosim.cpus.faults import MemoryFault
from cosim.cpus.microblaze.config import MicroBlazeConfig
from cosim.cpus.translation import Translation

ENTRIES = 64

# fmt: off
# TLBHI
TAG   = 0xFFFF_FC00
SIZE  = 0x380
VALID = 0x40
# TLBLO
RPN   = 0xFFFF_FC00
EX    = 0x200
WR    = 0x100
ZSEL  = 0xF0
# TLBX
MISS  = 1 << 31
INDEX = ENTRIES - 1
# fmt: on

# What `status` of a translation fault says.
TLB_MISS = 0
PROTECTED = 1
NO_ACCESS_ZONE = 2

NO_OVERRIDE = 1
"""The zone protection that leaves all to the entry; also that of a zone that is not there."""


class Entry(NamedTuple):
    """One entry of the TLB, as its registers hold it: TLBHI, TLBLO (64 bits), TID."""

    high: int = 0
    low: int = 0
    tid: int = 0

    @property
    def size(self) -> int:
        """Bytes of the page: 1 KiB to 16 MiB by powers of 4."""
        return 1024 << 2 * ((self.high & SIZE) >> 7)


class Rights(NamedTuple):
    """What an entry allows; `zone` that user mode is kept out by the zone."""

    readable: bool
    writable: bool
    executable: bool
    zone: bool = False


class Mmu:
    """Translates the addresses of one regime of PID, mode and zones; the core sets these.

    Attributes:
        entries: the TLB. A reset of the core leaves it.
        pid: process identifier.
        zones: the zone protection register.
        user: whether MSR[UM] is set.
    """

    def __init__(self, config: MicroBlazeConfig) -> None:
        self.entries = [Entry()] * ENTRIES
        self.pid = self.zones = 0
        self.user = False
        self._zone_count = config.mmu_zones
        self._moves = "translation" in config.options
        self._limit = (1 << config.addr_size) - 1

    def search(self, address: int, pid: int) -> int | None:
        """The index of the first entry for `address`; two are a program's mistake."""
        for index, (high, _, tid) in enumerate(self.entries):
            if high & VALID and tid in (0, pid):
                mask = ~((1024 << 2 * ((high & SIZE) >> 7)) - 1)
                if (address ^ high) & mask & TAG == 0:
                    return index
        return None

    def translate(self, address: int, access: str, user: bool) -> Translation:
        """See `Translator`; a fault's status says why."""
        index = self.search(address, self.pid)
        if index is None:
            raise MemoryFault(access, address, 1, "translation", TLB_MISS)
        entry = self.entries[index]
        rights = self._rights(entry, self.user or user)
        if rights.zone:
            raise MemoryFault(access, address, 1, "translation", NO_ACCESS_ZONE)
        allowed = {"load": rights.readable, "store": rights.writable, "fetch": rights.executable}
        if not allowed[access]:
            raise MemoryFault(access, address, 1, "translation", PROTECTED)
        physical = self._place(entry, address)
        return Translation(physical, entry.size, *rights[:3])

    def probe(self, address: int) -> int | None:
        """See `Translator`."""
        index = self.search(address, self.pid)
        return None if index is None else self._place(self.entries[index], address)

    def _place(self, entry: Entry, address: int) -> int:
        if not self._moves:
            return address
        offset = entry.size - 1
        return (entry.low & ~0x3FF & ~offset | address & offset) & self._limit

    def _rights(self, entry: Entry, user: bool) -> Rights:
        zone = (entry.low & ZSEL) >> 4
        protection = self.zones >> 30 - 2 * zone & 3 if zone < self._zone_count else NO_OVERRIDE
        if user and protection == 0:
            return Rights(False, False, False, zone=True)
        if protection == 3 or (protection == 2 and not user):
            return Rights(True, True, True)
        return Rights(True, bool(entry.low & WR), bool(entry.low & EX))

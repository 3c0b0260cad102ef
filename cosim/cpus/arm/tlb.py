"""The translation lookaside buffer: what walks found, until the guest says it is no longer so.

It keeps everything it was given. The manual allows an entry to be lost at any time and to be kept
until maintenance (B3.9); keeping all is the choice that runs alike whatever engine executes, and
that shows a guest's missing maintenance. Walks that fault are not kept (B3.9.1).
"""

from __future__ import annotations

from cosim.cpus.arm.walk import Entry

SHIFTS = (12, 20, 16, 24)  # pages and sections first: they are the most frequent
GLOBAL = -1


class Tlb:
    """Entries by address space (an ASID, or `GLOBAL`), size and number of their block."""

    def __init__(self) -> None:
        self._entries: dict[tuple[int, int, int], Entry] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, address: int, asid: int) -> Entry | None:
        entries = self._entries
        for shift in SHIFTS:
            number = address >> shift
            found = entries.get((GLOBAL, shift, number)) or entries.get((asid, shift, number))
            if found is not None:
                return found
        return None

    def add(self, address: int, asid: int, entry: Entry) -> None:
        space = asid if entry.not_global else GLOBAL
        self._entries[space, entry.shift, address >> entry.shift] = entry

    def invalidate_all(self) -> None:
        self._entries.clear()

    def invalidate_asid(self, asid: int) -> None:
        """Drop what is not global of one address space."""
        for key in [key for key in self._entries if key[0] == asid]:
            del self._entries[key]

    def invalidate_address(self, address: int, asid: int) -> None:
        """Drop what translates `address`, global or of one address space."""
        for shift in SHIFTS:
            for space in (GLOBAL, asid):
                self._entries.pop((space, shift, address >> shift), None)

    def invalidate_address_everywhere(self, address: int) -> None:
        """Drop what translates `address` in any address space."""
        blocks = {(shift, address >> shift) for shift in SHIFTS}
        for key in [key for key in self._entries if key[1:] in blocks]:
            del self._entries[key]

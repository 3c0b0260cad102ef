"""The tables by which translated code finds the guest's memory: one entry for each virtual page."""

from __future__ import annotations

from cosim.bus.write_watch import GRANULE_BITS, PAGE_BITS, PER_PAGE, WriteWatch
from cosim.cpus.engines.code_memory import address_of
from cosim.cpus.engines.runtime_block import PAGES, RuntimeBlock, place
from cosim.cpus.translation import Page

WATCHED = 1 << 63
"""In an entry for writes: some words of the page are code that has been translated."""

MASK64 = (1 << 64) - 1


class AccessTables:
    """The tables of one set of pages.

    An entry is what has to be added to a virtual address to get the host's; 0: not in direct reach.

    Args:
        runtime: where they are.
        number: which of the sets that it has room for.
    """

    def __init__(self, runtime: RuntimeBlock, number: int) -> None:
        self._longs = runtime.longs
        self._read = place("read", number) // 8
        self._write = place("write", number) // 8
        self._words = place("watched", number) // 8
        self._filled: set[int] = set()
        self._numbers: dict[tuple[int, int], list[int]] = {}  # of a watched memory's page

    def admit(self, number: int, page: Page, readable: bool, writable: bool) -> None:
        """Virtual page `number` can be read or written directly."""
        if number >= PAGES:
            return
        try:
            addend = address_of(page[0]) + page[1] & MASK64
        except TypeError:  # a read-only buffer has no address: the interpreter reads it
            return
        self._filled.add(number)
        if readable:
            self._longs[self._read + number] = addend
        offset, watch = (number << PAGE_BITS) + page[1], page[3]
        if writable and not offset & (1 << PAGE_BITS) - 1:
            self._longs[self._write + number] = addend
            if watch is not None:
                self._numbers.setdefault((id(watch), offset >> PAGE_BITS), []).append(number)
                self.page_watched(watch, offset >> PAGE_BITS)

    def page_watched(self, watch: WriteWatch, page: int) -> None:
        """Which words of a memory's page are watched has changed."""
        mask = watch.pages.get(page, 0)
        for number in self._numbers.get((id(watch), page), ()):
            entry = self._longs[self._write + number]
            if not entry:
                continue
            self._longs[self._write + number] = entry | WATCHED if mask else entry & ~WATCHED
            base = self._words + (number << PAGE_BITS - GRANULE_BITS - 6)
            for part in range(PER_PAGE // 64):
                self._longs[base + part] = mask >> 64 * part & MASK64

    def forget(self, number: int) -> None:
        """The page is not in direct reach any more."""
        if number < PAGES:
            self._longs[self._read + number] = 0
            self._longs[self._write + number] = 0

    def clear(self) -> None:
        """No page is."""
        for number in self._filled:
            self.forget(number)
        self._filled.clear()
        self._numbers.clear()

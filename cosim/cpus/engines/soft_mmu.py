"""How translated code finds the guest's memory: a window, and a table of virtual pages."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import NamedTuple

from cosim.bus.write_watch import GRANULE_BITS, PAGE_BITS, PER_PAGE, WriteWatch
from cosim.cpus.engines.code_memory import address_of
from cosim.cpus.engines.runtime_block import (
    FREE_PART,
    MASKED,
    NO_PART,
    PAGES,
    WINDOW_ADDEND,
    WINDOW_LIMITS,
    WINDOW_MASKS,
    WINDOW_SIZES,
    WINDOW_START,
    RuntimeBlock,
    place,
)
from cosim.cpus.translation import Page, Run

AGAIN = 64
"""Times that the same pages may be let in at least before the window for writes is looked for."""

WATCHED = 1 << 63
"""In an entry for writes: some words of the page are code that has been translated."""

MASK64 = (1 << 64) - 1


class Admitted(NamedTuple):
    """Pages that were let in together.

    Attributes:
        physical: the number of the first one's physical page.
        host: the number of the first one's page in the memory's buffer, if that is watched.
        addend: what leads from their virtual addresses to the host's.
        readable, writable: whether translated code may load from them, or store to them.
    """

    run: Run
    physical: int
    watch: WriteWatch | None
    host: int
    addend: int
    readable: bool
    writable: bool


class Window:
    """The largest range of addresses that the host has in one piece: one comparison finds it.

    Args:
        at: where it is in the runtime block.

    Attributes:
        run: the words that it has, by their addresses / 4.
    """

    def __init__(self, runtime: RuntimeBlock, at: int) -> None:
        self._runtime = runtime
        self._at = at
        self.run = Run(0, -1)
        self._addend = 0

    def offer(self, run: Run, addend: int) -> None:
        """The words `run` are in the host's memory at their address plus `addend`."""
        if (
            _length(run) > 0
            and addend == self._addend
            and run.first <= self.run.last + 1
            and self.run.first <= run.last + 1
        ):
            run = Run(min(run.first, self.run.first), max(run.last, self.run.last))
        if _length(run) > _length(self.run):
            self.run, self._addend = run, addend

    def cut(self, run: Run) -> None:
        """The words `run` are not in reach: keep what is before or behind them."""
        if run.last < self.run.first or self.run.last < run.first:
            return
        before = Run(self.run.first, run.first - 1)
        behind = Run(run.last + 1, self.run.last)
        self.run = max(before, behind, key=_length)

    def open(self, strict: bool) -> None:
        """Write it where translated code finds it.

        Args:
            strict: unaligned accesses fault: then all of them take the way that looks closer.
        """
        size = max(_length(self.run), 0) << GRANULE_BITS
        start = self.run.first << GRANULE_BITS if size else 0
        words, longs = self._runtime.words, self._runtime.longs
        longs[self._at + WINDOW_ADDEND >> 3] = self._addend
        words[self._at + WINDOW_START >> 2] = start
        for number, (width, alignment) in enumerate(WINDOW_LIMITS):
            limit = 0
            if size and (width == 1 or alignment > 1 or not strict):
                limit = max((size - width) // alignment + 1, 0)
            words[(self._at + WINDOW_SIZES >> 2) + number] = min(limit, 0xFFFF_FFFF)
        part = _largest_part(self.run)
        for number, width in enumerate(MASKED):
            mask, wanted = 0, 1
            if part is not None:
                mask = -_length(part) << GRANULE_BITS & 0xFFFF_FFFF | width - 1
                wanted = ~(part.first << GRANULE_BITS) & mask
            at = (self._at + WINDOW_MASKS >> 2) + 2 * number
            words[at], words[at + 1] = mask, wanted


class AccessTables:
    """The windows and tables of one set of pages.

    An entry is what has to be added to a virtual address to get the host's; 0: not in direct reach.

    Args:
        runtime: where they are.
        number: which of the sets that it has room for.
    """

    def __init__(self, runtime: RuntimeBlock, number: int, windows: tuple[int, int]) -> None:
        self._longs = runtime.longs
        self._read = place("read", number) // 8
        self._write = place("write", number) // 8
        self._words = place("watched", number) // 8
        self._admitted: list[Admitted] = []
        self.windows = tuple(Window(runtime, at) for at in windows)
        self.changed = True
        self.given: dict[int, int] | None = None  # see `restrict`
        self._patience = 0  # how often the window for writes may be left as it is

    def open(self, strict: bool) -> None:
        """Let translated code find these windows."""
        for window in self.windows:
            window.open(strict)
        self._longs[FREE_PART // 8] = NO_PART
        self.changed = False

    def admit(self, run: Run, page: Page, readable: bool, writable: bool) -> None:
        """The virtual pages `run` can be read or written; `page` is the first of them."""
        run = Run(run.first, min(run.last, PAGES - 1))
        try:
            addend = address_of(page[0]) + page[1] & MASK64
        except TypeError:  # a read-only buffer has no address: the interpreter reads it
            return
        offset = (run.first << PAGE_BITS) + page[1]
        writable = writable and not offset & (1 << PAGE_BITS) - 1
        host = offset >> PAGE_BITS
        admitted = Admitted(run, page[2], page[3], host, addend, readable, writable)
        if self._patience and self._admitted and self._admitted[-1] == admitted:
            self._patience -= 1
            return
        self.changed = True
        entries = array("Q", [addend]) * _length(run)
        if readable:
            self._longs[self._read + run.first : self._read + run.last + 1] = entries
            self.windows[0].offer(words_of(run), addend)
        self._admitted = [one for one in self._admitted if one != admitted]
        self._admitted.append(admitted)
        if writable and self.given is None:
            self._let(admitted, run)

    def _let(self, admitted: Admitted, run: Run) -> None:
        """Let translated code store to `run`, which is all or part of the pages admitted.

        A store to a word of code lets its pages in again, so this waits for as many of them as it
        takes steps.
        """
        addend, write = admitted.addend, self.windows[1]
        self._patience = AGAIN
        entries = array("Q", [addend]) * _length(run)
        self._longs[self._write + run.first : self._write + run.last + 1] = entries
        start, last = words_of(run)
        for number in sorted(self._watched_pages(admitted)):
            if run.first <= number <= run.last:
                page = number - admitted.run.first + admitted.host
                self._mark(number, admitted.watch, page)
                assert admitted.watch is not None
                for watched in _runs(admitted.watch.pages[page], number):
                    write.offer(Run(start, watched.first - 1), addend)
                    start = watched.last + 1
                    self._patience += 1
        write.offer(Run(start, last), addend)
        self.changed = True

    # For whoever has to know what translated code may change

    def restrict(self) -> None:
        """From now on translated code can store only to pages given to it, of which none is yet.

        `given` has them: the host's address by the number of the virtual page.
        """
        runs = [one.run for one in self._admitted]
        if self.given is not None:
            runs = [Run(number, number) for number in self.given]
        for first, last in runs:
            entries = array("Q", [0]) * (last - first + 1)
            self._longs[self._write + first : self._write + last + 1] = entries
        self.given = {}
        self.windows[1].cut(words_of(Run(0, PAGES - 1)))
        self.changed = True

    def give(self, number: int) -> WriteWatch | None:
        """Give it the virtual page `number`, if that can be written; returns who watches it."""
        assert self.given is not None
        for admitted in reversed(self._admitted):
            if admitted.run.first <= number <= admitted.run.last:
                if admitted.writable and number not in self.given:
                    self.given[number] = (number << PAGE_BITS) + admitted.addend & MASK64
                    self._let(admitted, Run(number, number))
                return admitted.watch
        return None

    def release(self) -> None:
        """End the restriction."""
        if self.given is not None:
            self.given = None
            for admitted in self._admitted:
                if admitted.writable:
                    self._let(admitted, admitted.run)

    def page_watched(self, watch: WriteWatch, page: int) -> None:
        """Which words of a memory's page are watched has changed."""
        for admitted in self._admitted:
            number = page - admitted.host + admitted.run.first
            if admitted.watch is watch and admitted.run.first <= number <= admitted.run.last:
                self._mark(number, watch, page)

    def _watched_pages(self, admitted: Admitted) -> list[int]:
        """The virtual pages among these in which somebody has to be told of writes."""
        run, watch, host = admitted.run, admitted.watch, admitted.host
        if watch is None:
            return []
        numbers = (page - host + run.first for page in watch.pages)
        return [number for number in numbers if run.first <= number <= run.last]

    def _mark(self, number: int, watch: WriteWatch | None, page: int) -> None:
        """Write down which words of the virtual page `number` are watched."""
        entry = self._longs[self._write + number]
        if not entry or watch is None:
            return
        mask = watch.pages.get(page, 0)
        self._longs[self._write + number] = entry | WATCHED if mask else entry & ~WATCHED
        base = self._words + (number << PAGE_BITS - GRANULE_BITS - 6)
        for part in range(PER_PAGE // 64):
            self._longs[base + part] = mask >> 64 * part & MASK64
        if mask:
            self._cut(number, mask)
            self.changed = True

    def _cut(self, number: int, mask: int) -> None:
        """Keep the window off the watched words of the virtual page `number`."""
        window = self.windows[1]
        first, last = words_of(Run(number, number))
        run = Run(max(window.run.first, first), min(window.run.last, last))
        if _length(run) > 0:
            within = (1 << _length(run)) - 1 << run.first - first
            for watched in _runs(mask & within, number):
                window.cut(watched)

    def forget(self, first: int, last: int) -> list[Run]:
        """The physical pages `first`..`last` are not in direct reach any more; returns where."""
        gone = []
        kept = []
        for admitted in self._admitted:
            shift = admitted.run.first - admitted.physical
            run = Run(max(first + shift, admitted.run.first), min(last + shift, admitted.run.last))
            if _length(run) <= 0:
                kept.append(admitted)
                continue
            gone.append(run)
            for part in (
                Run(admitted.run.first, run.first - 1),
                Run(run.last + 1, admitted.run.last),
            ):
                if _length(part) > 0:
                    moved = part.first - admitted.run.first
                    physical, host = admitted.physical + moved, admitted.host + moved
                    kept.append(admitted._replace(run=part, physical=physical, host=host))
        self._admitted = kept
        for run in gone:
            self._zero(run)
        return gone

    def clear(self) -> None:
        """No page is."""
        for admitted in self._admitted:
            self._zero(admitted.run)
        self._admitted.clear()

    def _zero(self, run: Run) -> None:
        entries = array("Q", [0]) * _length(run)
        if self.given:
            for number in [one for one in self.given if run.first <= one <= run.last]:
                del self.given[number]
        for table in (self._read, self._write):
            self._longs[table + run.first : table + run.last + 1] = entries
        for window in self.windows:
            window.cut(words_of(run))
        self.changed = True


def words_of(pages: Run) -> Run:
    """The numbers of the first and the last word of pages."""
    return Run(pages.first * PER_PAGE, (pages.last + 1) * PER_PAGE - 1)


def _runs(mask: int, page: int) -> Iterator[Run]:
    """The words of a page whose bits in `mask` are set, those that follow each other together."""
    at = page * PER_PAGE
    while mask:
        skipped = (mask & -mask).bit_length() - 1
        mask >>= skipped
        length = (~mask & mask + 1).bit_length() - 1
        mask >>= length
        at += skipped
        yield Run(at, at + length - 1)
        at += length


def _largest_part(run: Run) -> Run | None:
    """The largest part of `run` whose length is a power of two that its begin is a multiple of."""
    size = 1 << max(_length(run), 0).bit_length()
    while size := size >> 1:
        first = -(-run.first // size) * size
        if first + size - 1 <= run.last:
            return Run(first, first + size - 1)
    return None


def _length(run: Run) -> int:
    return run.last - run.first + 1

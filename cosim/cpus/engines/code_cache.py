"""The translated blocks of a core: by set of pages, by guest address, by what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cosim.bus.write_watch import GRANULE_BITS, PAGE_BITS, WriteWatch
from cosim.cpus.engines.block import Block, Leave
from cosim.cpus.engines.chain import JumpCache, link, unlink
from cosim.cpus.engines.code_memory import CodeMemory
from cosim.cpus.engines.runtime_block import READ_WINDOW, REGIMES, WRITE_WINDOW, RuntimeBlock
from cosim.cpus.engines.soft_mmu import AccessTables
from cosim.cpus.translation import Page, PageSet, Run

NOT_YET = False
"""In place of a block: nobody has tried to translate it."""


class Regime:
    """The blocks and tables of one set of pages.

    Attributes:
        blocks: by key (pc | decode context << 32); None where the interpreter has to begin.
        paged: whether an MMU may let the same addresses come to mean other memory.
    """

    def __init__(
        self, runtime: RuntimeBlock, number: int, arena: CodeMemory, paged: bool, pages: PageSet
    ) -> None:
        self.number = number
        self.paged = paged
        self.pages = pages
        self.blocks: dict[int, Block | None] = {}
        self.tables = AccessTables(runtime, number, (READ_WINDOW, WRITE_WINDOW))
        self.jumps = JumpCache(runtime, number)
        self._arena = arena
        self._parked: dict[tuple[int, int], Block] = {}  # by key and physical page

    def find(self, key: int) -> Block | bool | None:
        """The block at `key`, None where there can be none, `NOT_YET`."""
        found = self.blocks.get(key, NOT_YET)
        if found is NOT_YET and self._parked:
            page = self.pages.fetch.get((key & 0xFFFF_FFFF) >> PAGE_BITS)
            parked = None if page is None else self._parked.get((key, page[2]))
            if page is not None and parked is not None and _same(page, parked.page):
                found = self.blocks[key] = self._parked.pop((key, page[2]))
        return found

    def add(self, key: int, page: Page, block: Block | None) -> None:
        self.blocks[key] = block
        self._parked.pop((key, page[2]), None)

    def remember(self, key: int, block: Block) -> None:
        """Let computed jumps find `block`."""
        self.jumps.remember(key, self._arena.address + block.code)

    # What follows the set of pages

    def admit(self, run: Run, page: Page, readable: bool, writable: bool) -> None:
        """The virtual pages `run` can be read or written; `page` is the first of them."""
        self.tables.admit(run, page, readable, writable)

    def forget(self, first: int, last: int) -> None:
        """The physical pages `first`..`last` cannot any more."""
        for run in self.tables.forget(first, last):
            for key in list(self.blocks):
                if run.first <= (key & 0xFFFF_FFFF) >> PAGE_BITS <= run.last:
                    self._park(key)

    def clear(self) -> None:
        """No page can."""
        self.tables.clear()
        for key in list(self.blocks):
            self._park(key)

    def _park(self, key: int) -> None:
        """Keep the block for when its page turns up again."""
        self.jumps.forget(key)
        block = self.blocks.pop(key)
        if block is not None:
            self._parked[key, block.page[2]] = block
            if not self.paged:  # else other pages have no links to it
                unlink(self._arena, block)

    # Changes

    def drop(self, key: int, block: Block | None) -> None:
        """Forget `block`, whose guest code has been written over."""
        self.jumps.forget(key)
        if self.blocks.get(key, NOT_YET) is block:
            del self.blocks[key]
        if block is not None:
            parked = key, block.page[2]
            if self._parked.get(parked) is block:
                del self._parked[parked]
            block.valid = False
            unlink(self._arena, block)

    def drop_all(self) -> None:
        """Forget all blocks: their code is about to be written over."""
        self.jumps.clear()
        for block in (*self.blocks.values(), *self._parked.values()):
            if block is not None:
                block.valid = False
        self.blocks.clear()
        self._parked.clear()


class Made(NamedTuple):
    """A block, or None, and the words of a watched memory that it was made of."""

    regime: Regime
    key: int
    block: Block | None
    words: range


class CodeCache:
    """The translated blocks of one core."""

    def __init__(self, runtime: RuntimeBlock, arena: CodeMemory) -> None:
        self.runtime = runtime
        self.arena = arena
        self.regimes: list[Regime] = []
        self._watches: dict[int, WriteWatch] = {}
        self._made_of: dict[tuple[int, int], Sequence[Made]] = {}  # by watch and word

    def regime(self, pages: PageSet, paged: bool) -> Regime:
        """What belongs to that set of pages."""
        mirror = pages.mirror
        if isinstance(mirror, Regime):
            return mirror
        number = len(self.regimes)
        if number == REGIMES:  # the one that came first makes room
            given_up = self.regimes.pop(0)
            number = given_up.number
            given_up.clear()
            given_up.drop_all()
            given_up.pages.mirror = None
        regime = Regime(self.runtime, number, self.arena, paged, pages)
        pages.mirror = regime
        self.regimes.append(regime)
        for one, page in pages.read.items():
            regime.admit(Run(one, one), page, True, one in pages.write)
        return regime

    def add(self, regime: Regime, key: int, page: Page, length: int, block: Block | None) -> None:
        """Keep `block` until one of the `length` bytes it was made of is written."""
        regime.add(key, page, block)
        watch = page[3]
        if watch is None:
            return
        if id(watch) not in self._watches:
            self._watches[id(watch)] = watch
            watch.join(self)
        start = (key & 0xFFFF_FFFF) + page[1]
        end = start + length - 1
        watch.watch(start, end)
        made = Made(regime, key, block, range(start >> GRANULE_BITS, (end >> GRANULE_BITS) + 1))
        alone = (made,)
        for word in made.words:
            known = self._made_of.get((id(watch), word))
            if known is None:
                self._made_of[id(watch), word] = alone
            elif made not in known:  # as a None is, whenever a set of pages comes anew
                self._made_of[id(watch), word] = (*known, made)

    def link(self, leave: Leave, block: Block) -> None:
        """Let that way out lead to `block` from now on."""
        if leave.block.valid:
            link(self.arena, leave, block)

    def clear(self) -> None:
        """Forget all blocks."""
        for regime in self.regimes:
            regime.drop_all()
        self._made_of.clear()

    # As a watcher of memories

    def page_watched(self, watch: WriteWatch, page: int) -> None:
        for regime in self.regimes:
            regime.tables.page_watched(watch, page)

    def written(self, watch: WriteWatch, start: int, end: int) -> None:
        key = id(watch)
        for word in range(start >> GRANULE_BITS, (end >> GRANULE_BITS) + 1):
            for made in self._made_of.pop((key, word), ()):
                made.regime.drop(made.key, made.block)
                for other in made.words:
                    known = self._made_of.pop((key, other), ())
                    if len(known) > 1:
                        self._made_of[key, other] = [one for one in known if one != made]


def _same(a: Page, b: Page) -> bool:
    """Whether both are the same page of the same memory, at the same virtual address."""
    return a[0] is b[0] and a[1:3] == b[1:3]

"""The lock-step engine: native code, and at once the reference interpreter to judge it."""

from __future__ import annotations

import ctypes
from typing import NamedTuple

from cosim.bus.write_watch import WriteWatch
from cosim.cpus.engines.block import CUT, LINK, MISS, STOP, Block, Leave
from cosim.cpus.engines.code_cache import Regime
from cosim.cpus.engines.difference import Difference, EnginesDiffer, Outcome
from cosim.cpus.engines.judge import Judge
from cosim.cpus.engines.translator import PAGE_SIZE, Translator
from cosim.cpus.translation import Page

MANY = 64
"""Pages that are kept and compared at most."""


class Photo(NamedTuple):
    """The state, and the pages that native code can store to, by their virtual numbers."""

    words: bytes
    pages: dict[int, bytes]


class Noted(dict[int, Page]):
    """The pages that can be written, and which of them somebody asked for."""

    def __init__(self, pages: dict[int, Page]) -> None:
        super().__init__()
        self.pages = pages
        self.numbers: set[int] = set()

    def get(self, number: int, default: object = None) -> Page | None:  # type: ignore[override]  # fewer forms
        self.numbers.add(number)
        return self.pages.get(number)


class LockStep(Translator):
    """A translator whose native code is executed once more, by the reference interpreter.

    Each stretch of native code starts from a known state and ends after a known number of
    instructions, without any effect but on the state and on pages of memory. So both are put back,
    the interpreter executes as many instructions, and the results have to be the same. To know the
    pages, native code is given them one by one: the first store to a page is the interpreter's.

    What native code leaves to the interpreter is executed once, as in any run.

    Args:
        translator: whose code is judged; both have it and all memory in common.
    """

    def __init__(self, translator: Translator) -> None:
        vars(self).update(vars(translator))
        self._judge = Judge(self.core)
        self._wrote = ""
        self._judging = False
        self._watched: list[WriteWatch] = []

    def close(self) -> None:
        """Give native code all pages again: another engine goes on."""
        for regime in self.cache.regimes:
            regime.tables.release()
            regime.tables.changed = True  # the translator does not know whose windows are open

    # Executing

    def _interpret(self, count: int) -> int:
        port = self.core.port
        mirror = port.pages.mirror
        port.write_pages = noted = Noted(port.write_pages)
        try:
            return super()._interpret(count)
        finally:
            if port.write_pages is noted:
                port.write_pages = noted.pages
            if isinstance(mirror, Regime) and mirror.tables.given is not None:
                for number in noted.numbers:
                    self._look_at(mirror.tables.give(number))

    def _look_at(self, watch: WriteWatch | None) -> None:
        if watch is not None and watch not in self._watched:
            self._watched.append(watch)
            watch.join(self)

    def _run_native(self, block: Block, left: int) -> tuple[Leave, int]:
        regime = self._regime
        given = regime.tables.given
        if given is None or len(given) > MANY:
            regime.tables.restrict()
            regime.tables.open(self.core.strict_alignment)
        before = self._photograph(regime)
        leave, after = super()._run_native(block, left)
        used = left - after
        difference = self._judged(before, used, leave)
        if difference is not None:
            self._report(before, block, used, difference)
        return leave, after

    def _judged(self, before: Photo, used: int, leave: Leave) -> Difference | None:
        """Execute the same again; returns what was different, after `used` instructions."""
        regime, judge = self._regime, self._judge
        native = self._photograph(regime)
        self._restore(regime, before)
        self._wrote, self._judging = "", True
        done = judge.repeat(used, before.pages)
        self._judging = False
        reference = self._photograph(regime)
        why = judge.why or self._wrote
        came_from = leave.kind in (LINK, MISS) and self.interpreter.pc != judge.pc
        if done == used and native == reference and not why and not came_from:
            return None
        if came_from and not why:
            why = f"the last instruction at {self.core.where(judge.pc)}"
        return Difference(
            Outcome(native.words, native.pages), Outcome(reference.words, reference.pages), why
        )

    # As a watcher of memories

    def page_watched(self, watch: WriteWatch, page: int) -> None:
        """That is for those who keep something of the page."""

    def written(self, watch: WriteWatch, start: int, end: int) -> None:
        """Bytes of translated code: native code must not store there."""
        if self._judging and not self._wrote:
            self._wrote = f"a store to translated code, at offset 0x{start:x} of its memory"

    # Reporting

    def _report(self, before: Photo, block: Block, used: int, whole: Difference) -> None:
        """Find the first instruction after which there is a difference, and say so.

        Raises:
            EnginesDiffer: always.
        """
        difference, same, different = whole, 0, max(used, 1)
        while different - same > 1:
            middle = (same + different) // 2
            found = self._tried(before, block, middle)
            if found is None:
                same = middle
            else:
                different, difference = middle, found
        self._restore(self._regime, before)
        self._judge.repeat(same, before.pages)
        core, state = self.core, self.core.state
        key = state["pc"] | state["context"] << 32
        around = self._around(key, block)
        text = difference.report(core, same + 1, used, around)
        self._restore(self._regime, Photo(*difference.reference))
        raise EnginesDiffer(text)

    def _tried(self, before: Photo, block: Block, count: int) -> Difference | None:
        """The difference after `count` instructions, if there is one."""
        regime = self._regime
        self._restore(regime, before)
        left = count
        while True:
            leave, left = super()._run_native(block, left)
            if leave.kind != CUT or left <= 0:
                break
            self._cut(regime, leave)
            block = leave.block
            if not block.valid:
                break
        if left > 0 and leave.kind != STOP:
            return Difference(
                Outcome(*self._photograph(regime)), Outcome(*before), "native code ended before"
            )
        return self._judged(before, count, leave)

    def _around(self, key: int, first: Block) -> Block | None:
        """The block that has the instruction."""
        blocks = [block for block in self._regime.blocks.values() if block is not None]
        for block in [first, *blocks]:
            places = map(block.where, range(block.count))
            if any(pc | context << 32 == key for pc, context in places):
                return block
        return None

    @property
    def _regime(self) -> Regime:
        mirror = self.core.port.pages.mirror
        assert isinstance(mirror, Regime)
        return mirror

    def _photograph(self, regime: Regime) -> Photo:
        given = regime.tables.given or {}
        words = self.core.state.words
        for slot in self.core.isa.ZEROS:  # what is written there nobody can read
            words[slot] = 0
        pages = {number: ctypes.string_at(at, PAGE_SIZE) for number, at in given.items()}
        return Photo(bytes(words), pages)

    def _restore(self, regime: Regime, photo: Photo) -> None:
        given = regime.tables.given or {}
        self.core.state.words[:] = memoryview(photo.words).cast("I")
        for number, data in photo.pages.items():
            ctypes.memmove(given[number], data, PAGE_SIZE)

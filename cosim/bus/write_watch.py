"""Who has to know when certain bytes of a memory are written: translated code, above all."""

from __future__ import annotations

from typing import Protocol

PAGE_BITS = 12
GRANULE_BITS = 2
PER_PAGE = 1 << PAGE_BITS - GRANULE_BITS


class Watcher(Protocol):
    """Whoever keeps something that was made of a memory's bytes."""

    def page_watched(self, watch: WriteWatch, page: int) -> None:
        """Which words of page number `page` are watched has changed."""

    def written(self, watch: WriteWatch, start: int, end: int) -> None:
        """Watched bytes of `start`..`end` (inclusive offsets, whole words) have been written."""


class WriteWatch:
    """The watched words of one memory, by offset in its buffer.

    Whoever writes the memory calls `wrote`. Who has direct memory may leave that out for pages in
    which nothing is watched, as long as `page_watched` tells it when that changes.

    Attributes:
        pages: page number -> a bit for each word of the page, for pages with a watched word.
    """

    def __init__(self) -> None:
        self.pages: dict[int, int] = {}
        self._watchers: list[Watcher] = []

    def join(self, watcher: Watcher) -> None:
        """From now on tell `watcher`."""
        if watcher not in self._watchers:
            self._watchers.append(watcher)

    def watch(self, start: int, end: int) -> None:
        """Watch the words of `start`..`end` (inclusive)."""
        for page, mask in _masks(start, end):
            before = self.pages.get(page, 0)
            if before | mask != before:
                self.pages[page] = before | mask
                self._tell(page)

    def wrote(self, start: int, length: int) -> None:
        """`length` bytes at `start` have been written."""
        if not self.pages:
            return
        for page, mask in _masks(start, start + length - 1):
            hit = self.pages.get(page, 0) & mask
            if not hit:
                continue
            left = self.pages[page] & ~mask
            if left:
                self.pages[page] = left
            else:
                del self.pages[page]
            first, last = (hit & -hit).bit_length() - 1, hit.bit_length() - 1
            base = page << PAGE_BITS
            for watcher in tuple(self._watchers):
                watcher.written(
                    self,
                    base + (first << GRANULE_BITS),
                    base + (last + 1 << GRANULE_BITS) - 1,
                )
            self._tell(page)

    def _tell(self, page: int) -> None:
        for watcher in tuple(self._watchers):
            watcher.page_watched(self, page)


def _masks(start: int, end: int) -> list[tuple[int, int]]:
    """Page numbers, and the bits of the words of `start`..`end` in them."""
    masks = []
    first, last = start >> GRANULE_BITS, end >> GRANULE_BITS
    for page in range(start >> PAGE_BITS, (end >> PAGE_BITS) + 1):
        low = max(first - page * PER_PAGE, 0)
        high = min(last - page * PER_PAGE, PER_PAGE - 1)
        masks.append((page, (2 << high) - (1 << low)))
    return masks

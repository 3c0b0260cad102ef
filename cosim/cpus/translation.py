"""Address translation as an engine sees it: what a core's MMU answers, and the pages kept of it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from cosim.bus.dmi import LAST_ADDRESS
from cosim.bus.write_watch import PAGE_BITS, WriteWatch

Page = tuple[memoryview, int, int, WriteWatch | None]
"""A buffer, what to add to a virtual address to get its index there, the physical page number, and
who has to be told of writes."""


class Translation(NamedTuple):
    """Where an address is: of the page around it, what is the same for all of it.

    Attributes:
        physical: of the address itself.
        size: of the naturally aligned block in which virtual and physical addresses run in step
            and all of this holds, a power of 2.
        readable, writable, executable: for the present regime.
        device: unaligned accesses fault, and nothing of it is kept as direct memory.
    """

    physical: int
    size: int
    readable: bool = True
    writable: bool = True
    executable: bool = True
    device: bool = False


class Translator(Protocol):
    """A core's MMU."""

    def translate(self, address: int, access: str, user: bool) -> Translation:
        """Where `address` is for `access` ("fetch", "load", "store"), which is allowed there.

        Args:
            user: an access with user rights, whatever the mode (LDRT).

        Raises:
            MemoryFault: it is not mapped, or not for this; fault registers are the core's `take`.
        """

    def probe(self, address: int) -> int | None:
        """The physical address, without side effects and rights; None if there is none."""


class Run(NamedTuple):
    """Pages that follow each other, by number: `last` is the last one of them."""

    first: int
    last: int


class Mirror(Protocol):
    """What follows a set of pages: the tables of translated code."""

    def admit(self, run: Run, page: Page, readable: bool, writable: bool) -> None:
        """The virtual pages `run` can be read or written directly; `page` is the first of them."""

    def forget(self, first: int, last: int) -> None:
        """The physical pages `first`..`last` cannot any more."""

    def clear(self) -> None:
        """No page can."""


class PageSet:
    """The pages that one regime (user or privileged, an address space) has in direct reach.

    Attributes:
        write: only pages in which no write is watched.
    """

    def __init__(self, split: bool) -> None:
        self.read: dict[int, Page] = {}
        self.write: dict[int, Page] = {}
        self.fetch: dict[int, Page] = {} if split else self.read
        self.mirror: Mirror | None = None

    def admit(
        self, number: int, page: Page, readable: bool, writable: bool, executable: bool, run: Run
    ) -> None:
        """Virtual page `number` is `page`, for these accesses.

        Args:
            run: the pages around it for which all of this holds too.
        """
        if readable:
            self.read[number] = page
        if executable:
            self.fetch[number] = page
        if writable and not is_watched(page, number):
            self.write[number] = page
        if self.mirror is not None:
            first = (*page[:2], page[2] + run.first - number, page[3])
            self.mirror.admit(run, first, readable, writable)

    def clear(self) -> None:
        for pages in (self.read, self.write, self.fetch):
            pages.clear()
        if self.mirror is not None:
            self.mirror.clear()

    def guard(self, watch: WriteWatch, host_page: int) -> None:
        """Writes to this page are watched now."""
        for number, page in list(self.write.items()):
            if page[3] is watch and (number << PAGE_BITS) + page[1] >> PAGE_BITS == host_page:
                del self.write[number]

    def forget(self, first: int, last: int) -> None:
        """Drop what is within the physical pages `first`..`last`."""
        if last - first >= LAST_ADDRESS >> 12:
            self.clear()
            return
        for pages in (self.read, self.write, self.fetch):
            for number in [n for n, page in pages.items() if first <= page[2] <= last]:
                pages.pop(number, None)
        if self.mirror is not None:
            self.mirror.forget(first, last)


def is_watched(page: Page, number: int) -> bool:
    """Whether writes to virtual page `number`, which is `page`, are watched."""
    watch, offset = page[3], (number << PAGE_BITS) + page[1]
    if watch is None:
        return False
    return bool(offset & (1 << PAGE_BITS) - 1) or offset >> PAGE_BITS in watch.pages

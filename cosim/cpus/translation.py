"""Address translation as an engine sees it: what a core's MMU answers, and the pages kept of it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from cosim.bus.dmi import LAST_ADDRESS

Page = tuple[memoryview, int, int]
"""A buffer, what to add to a virtual address to get its index there, the physical page number."""


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


class PageSet:
    """The pages that one regime (user or privileged, an address space) has in direct reach."""

    def __init__(self, split: bool) -> None:
        self.read: dict[int, Page] = {}
        self.write: dict[int, Page] = {}
        self.fetch: dict[int, Page] = {} if split else self.read

    def clear(self) -> None:
        for pages in (self.read, self.write, self.fetch):
            pages.clear()

    def forget(self, first: int, last: int) -> None:
        """Drop what is within the physical pages `first`..`last`."""
        if last - first >= LAST_ADDRESS >> 12:
            self.clear()
            return
        for pages in (self.read, self.write, self.fetch):
            for number in [n for n, page in pages.items() if first <= page[2] <= last]:
                pages.pop(number, None)

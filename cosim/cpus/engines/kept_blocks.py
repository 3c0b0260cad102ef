"""Translated blocks of earlier runs: code that needs nothing but a place.

They are kept page by page of guest code, by what the page holds when the first of them is wanted.
Each has the guest code that it was made of, which has to be there still when it is used.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from typing import Any, NamedTuple

from cosim.bus.write_watch import PAGE_BITS
from cosim.cpus.engines.block import Block
from cosim.cpus.engines.stencils.identity import Unstable, text
from cosim.cpus.engines.stencils.store import Store
from cosim.cpus.engines.written import Written
from cosim.cpus.translation import Page

PAGE_SIZE = 1 << PAGE_BITS
MOST = 4096
"""Blocks that one run keeps."""

PLACES = 1 << 14
"""Pages of guest code that are remembered by what they held when they were first looked at."""


class KeptBlock(NamedTuple):
    """A block as it was written; without code, the interpreter has to begin there.

    Attributes:
        guest: the guest code.
        places: pc and decode context of each instruction.
        steps: the copy that counts each instruction, if it has been needed.
        seldom: it was executed too seldom to be written, and there is nothing else of it.
    """

    guest: bytes
    places: Sequence[Sequence[int]]
    written: Written | None
    steps: Written | None
    seldom: bool


class Shelf:
    """What this process knows of such blocks, of all cores of one description.

    Attributes:
        pages: blocks by key, by what identifies the page; in a form that JSON can hold.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.pages: dict[str, dict[str, Any]] = {}
        self._new: set[str] = set()
        self._left = MOST
        store.at_the_end.append(self._put)

    @property
    def full(self) -> bool:
        """Whether this run keeps no more."""
        return not self._left

    def page(self, place: str) -> dict[str, Any]:
        found = self.pages.get(place)
        if found is None:
            found = self.store.get(place) or {}
            if found or not self.full:  # else nothing will come of it
                self.pages[place] = found
        return found

    def keep(self, place: str, key: int, record: list[Any]) -> None:
        if not self.full:
            self._left -= 1
            self._new.add(place)
            self.page(place)[str(key)] = record

    def forget(self, place: str, key: int) -> None:
        if self.page(place).pop(str(key), None) is not None:
            self._new.add(place)

    def _put(self) -> None:
        for place in self._new:
            self.store.put(place, self.pages[place])


_shelves: dict[Store, Shelf] = {}


class KeptBlocks:
    """The blocks of one core.

    Args:
        config: the core's configuration, which all code may depend on.
    """

    def __init__(self, store: Store, config: Any) -> None:
        self._places: dict[tuple[int, int, int, bool], str] = {}
        self._shelf: Shelf | None = None
        self._config = ""
        if store.place is not None:
            with suppress(Unstable):  # else nothing can be kept
                self._config = blake2b(text(config).encode(), digest_size=16).hexdigest()
                self._shelf = _shelves.get(store) or _shelves.setdefault(store, Shelf(store))

    def find(self, key: int, page: Page, regime: int, paged: bool) -> KeptBlock | None:
        """The block at `key` for such a set of pages."""
        if self._shelf is None:
            return None
        record = self._shelf.page(self._place(key, page, regime, paged)).get(str(key))
        if record is None:
            return None
        guest = b64decode(record[0])
        if _code(key, page, len(guest)) != guest:
            return None
        places, written, steps, seldom = record[1:]
        return KeptBlock(guest, places, _from_plain(written), _from_plain(steps), seldom)

    def keep(
        self,
        key: int,
        page: Page,
        regime: int,
        paged: bool,
        length: int,
        block: Block | None,
        written: Written | None,
    ) -> None:
        """Keep what has been made of the `length` bytes there."""
        if self._shelf is not None and not self._shelf.full:
            places = [] if block is None else _places(block)
            record = [_guest(key, page, length), places, _plain(written), None, False]
            self._shelf.keep(self._place(key, page, regime, paged), key, record)

    def keep_seldom(self, key: int, page: Page, regime: int, paged: bool, length: int) -> None:
        """Keep that the `length` bytes there are executed too seldom to be written."""
        if self._shelf is not None and not self._shelf.full:
            record: list[Any] = [_guest(key, page, length), [], None, None, True]
            self._shelf.keep(self._place(key, page, regime, paged), key, record)

    def keep_steps(self, block: Block, regime: int, paged: bool, written: Written) -> None:
        """Keep the copy that counts each instruction, if it is `block` that is kept there.

        It may be one of other guest code, of another core or from before that was written over.
        """
        if self._shelf is not None and not self._shelf.full:
            key, page = block.key, block.page
            place = self._place(key, page, regime, paged)
            record = self._shelf.page(place).get(str(key))
            if record is None or record[1] != _places(block):
                return
            guest = b64decode(record[0])
            if _code(key, page, len(guest)) == guest:
                self._shelf.keep(place, key, [*record[:3], _plain(written), False])

    def forget(self, block: Block, regime: int, paged: bool) -> None:
        """Find that block no more."""
        if self._shelf is not None:
            self._shelf.forget(self._place(block.key, block.page, regime, paged), block.key)

    def _place(self, key: int, page: Page, regime: int, paged: bool) -> str:
        number = (key & 0xFFFF_FFFF) >> PAGE_BITS
        start = (number << PAGE_BITS) + page[1]
        place = self._places.get((number, start, regime, paged))
        if place is None:
            content = blake2b(page[0][start : start + PAGE_SIZE], digest_size=16).hexdigest()
            place = f"blocks {self._config} {number} {regime} {paged} {content}"
            if len(self._places) == PLACES:
                self._places.clear()
            self._places[number, start, regime, paged] = place
        return place


def _code(key: int, page: Page, length: int) -> memoryview:
    """The guest code at `key`."""
    start = (key & 0xFFFF_FFFF) + page[1]
    return page[0][start : start + length]


def _guest(key: int, page: Page, length: int) -> str:
    """The same as JSON can hold it."""
    return b64encode(_code(key, page, length)).decode()


def _places(block: Block) -> list[list[int]]:
    return [list(block.where(at)) for at in range(block.count)]


def _plain(written: Written | None) -> list[Any] | None:
    if written is None:
        return None
    return [b64encode(written.code).decode(), written.outs, written.parts]


def _from_plain(record: Sequence[Any] | None) -> Written | None:
    return None if record is None else Written(b64decode(record[0]), *record[1:])

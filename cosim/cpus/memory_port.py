"""A core's way to memory: translation, pages of direct memory, the bus behind them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from typing import Literal

from cosim.bus import transaction
from cosim.bus.dmi import DirectMemory
from cosim.bus.exclusive import Exclusive
from cosim.bus.extension import Extension
from cosim.bus.sockets import InitiatorSocket
from cosim.bus.transaction import Command, Response, Transaction
from cosim.bus.write_watch import WriteWatch
from cosim.cpus.faults import MemoryFault
from cosim.cpus.translation import Page, PageSet, Run, Translation, Translator
from cosim.kernel.units import SimTime

PAGE_BITS = 12
PAGE_SIZE = 1 << PAGE_BITS
OFFSET = PAGE_SIZE - 1
MASK = 0xFFFF_FFFF

PATIENCE = 256
"""Transactions until a target that has refused direct access is asked again."""


class InstructionFetch(Extension):
    """Marks a read as that of an instruction (AxPROT[2])."""


class MemoryPort:
    """Fetches, loads and stores of one core.

    Memory that grants direct access without latency is reached page by page through `read_pages`,
    `write_pages` and `fetch_pages` (virtual page number -> `Page`), which an engine may use in
    line. Everything else is a transaction, made when simulated time has reached the core's own.

    With a `translator` addresses are virtual. There is a set of pages for each regime in which it
    answers differently (`select`); `flush` forgets them all.

    Args:
        before_transaction: called before each one; raises `SyncNeeded` if the core is ahead.
        after_transaction: called with the delay in ps that the target asked for.

    Attributes:
        on_select: called when the sets of pages are exchanged.
        effects: grows with what a program does that is not in the core's registers: stores that
            change direct memory (all of them only while `watch` is on), transactions that reach
            something, but for fetches, changed translations, and what the core itself adds.
    """

    def __init__(
        self,
        name: str,
        endian: Literal["little", "big"],
        before_transaction: Callable[[], None],
        after_transaction: Callable[[SimTime], None],
    ) -> None:
        self.socket = InitiatorSocket(name, self._invalidate)
        self.endian = endian
        self.translator: Translator | None = None
        self.on_select: Callable[[], None] = lambda: None
        self.shown: Collection[str] = ()  # see `show`
        self.effects = 0
        self._watched = False
        self._offset: Callable[[], SimTime] = lambda: 0
        self._sets: dict[Hashable, PageSet] = {}
        self._refused: dict[tuple[int, Command], int] = {}  # physical pages: see `PATIENCE`
        self._before = before_transaction
        self._after = after_transaction
        self.select(None)
        self._untranslated = self._pages

    def select(self, regime: Hashable, translator: Translator | None = None) -> None:
        """From now on addresses are translated by `translator`, which answers as in `regime`."""
        pages = self._sets.get((translator, regime))
        if pages is None:
            pages = self._sets[translator, regime] = PageSet(split=translator is not None)
        self.translator = translator
        self._pages = pages
        self._expose()

    @property
    def pages(self) -> PageSet:
        """The present set of pages."""
        return self._pages

    def show(self, accesses: Collection[str], offset: Callable[[], SimTime]) -> None:
        """Let whoever watches the socket see `accesses` to direct memory too.

        Each of them becomes a transaction. It is made when the access would have been, so that
        nothing else changes: with the core's time ahead of simulated time as its delay.

        Args:
            accesses: some of "load", "store", "fetch"; none makes everything as it was.
            offset: how far the core is ahead of simulated time, in ps.
        """
        self.shown, self._offset = accesses, offset
        self._expose()

    @property
    def hidden(self) -> bool:
        """Whether some accesses to direct memory have to come here."""
        return bool(self.shown) or self._watched

    def watch(self, on: bool) -> None:
        """Let all stores come here, to count those that change memory."""
        if on is not self._watched:
            self._watched = on
            self._expose()

    def _expose(self) -> None:
        """Offer the engine the present pages, but for accesses that shall be seen or counted."""
        pages, shown = self._pages, self.shown
        self.read_pages: dict[int, Page] = {} if "load" in shown else pages.read
        hidden = "store" in shown or self._watched
        self.write_pages: dict[int, Page] = {} if hidden else pages.write
        self.fetch_pages: dict[int, Page] = {} if "fetch" in shown else pages.fetch
        self.on_select()

    def flush(self) -> None:
        """Forget every translation: the tables or the TLB have changed."""
        self.effects += 1
        kept = (self._pages, self._untranslated)
        for pages in self._sets.values():
            if pages is not self._untranslated:
                pages.clear()
        self._sets = {key: pages for key, pages in self._sets.items() if pages in kept}

    def load(self, address: int, size: int, access: str = "load", user: bool = False) -> int:
        """`size` bytes as an unsigned number in the core's endianness.

        Args:
            access: "load" or "fetch".
            user: with user rights, whatever the mode.

        Raises:
            MemoryFault: nothing there, or the MMU or the target refuses.
            SyncNeeded: see the class.
        """
        pages = self._pages.fetch if access == "fetch" else self._pages.read
        page = None if user else pages.get(address >> PAGE_BITS)
        physical = address
        if page is None:
            page, physical = self._find(address, size, access, user)
        if (address & OFFSET) + size > PAGE_SIZE and (page is not None or self.translator):
            return int.from_bytes(
                (self.load((address + i) & MASK, 1, access, user) for i in range(size)),
                self.endian,
            )
        if page is None or access in self.shown:
            txn = transaction.read(physical if page is None else _behind(page, address), size)
            if access == "fetch":
                txn.set_extension(InstructionFetch())
            if page is None:
                self._transact(txn, access, address)
            else:
                self.socket.b_transport(txn, self._offset())
            return int.from_bytes(txn.data, self.endian)
        at = address + page[1]
        return int.from_bytes(page[0][at : at + size], self.endian)

    def store(self, address: int, value: int, size: int, user: bool = False) -> None:
        """Store the low `size` bytes of `value`; raises as `load` does."""
        page = None if user else self._pages.write.get(address >> PAGE_BITS)
        physical = address
        if page is None:
            page, physical = self._find(address, size, "store", user)
        data = (value & ((1 << 8 * size) - 1)).to_bytes(size, self.endian)
        crosses = (address & OFFSET) + size > PAGE_SIZE
        if crosses and (self.translator or page is not None) and self._reach(address, size, user):
            for index, byte in enumerate(data):
                self.store((address + index) & MASK, byte, 1, user)
        elif page is None or crosses:
            self._transact(transaction.write(physical, data), "store", address)
        else:
            at = address + page[1]
            if page[0][at : at + size] != data:
                self.effects += 1
            if "store" in self.shown:
                txn = transaction.write(_behind(page, address), data)
                self.socket.b_transport(txn, self._offset())
            else:
                page[0][at : at + size] = data
                if page[3] is not None:
                    page[3].wrote(at, size)

    def load_exclusive(self, address: int, size: int) -> int:
        """Load and open a reservation at the exclusive monitor; raises as `load` does."""
        txn = transaction.read(self.physical(address, "load"), size)
        txn.set_extension(Exclusive())
        self._transact(txn, "load", address)
        return int.from_bytes(txn.data, self.endian)

    def store_exclusive(self, address: int, value: int, size: int) -> bool:
        """Store if the reservation still holds; returns whether it did; raises as `load` does."""
        exclusive = Exclusive()
        data = (value & ((1 << 8 * size) - 1)).to_bytes(size, self.endian)
        txn = transaction.write(self.physical(address, "store"), data)
        txn.set_extension(exclusive)
        self._transact(txn, "store", address)
        return exclusive.succeeded

    def drop_exclusive(self, address: int, size: int) -> None:
        """Give up the reservation for the physical `address`, so that it is not waited for."""
        txn = transaction.read(address, size)
        txn.command = Command.IGNORE
        txn.set_extension(Exclusive())
        self.socket.b_transport(txn, 0)

    def physical(self, address: int, access: str, user: bool = False) -> int:
        """Where `address` is; raises as `load` does."""
        if self.translator is None:
            return address
        return self.translator.translate(address, access, user).physical

    def read_physical(self, address: int, size: int) -> int:
        """A word of a translation table, past the MMU, in the core's endianness; as `load`."""
        page = self._untranslated.read.get(address >> PAGE_BITS)
        if page is None:
            found = Translation(address, PAGE_SIZE)
            page = self._grant(address, found, "load", self._untranslated)
        if page is not None and (address & OFFSET) + size <= PAGE_SIZE:
            at = address + page[1]
            return int.from_bytes(page[0][at : at + size], self.endian)
        txn = transaction.read(address, size)
        self._transact(txn, "load", address)
        return int.from_bytes(txn.data, self.endian)

    def write_physical(self, address: int, value: int, size: int) -> None:
        """Store past the MMU; as `store`."""
        data = (value & ((1 << 8 * size) - 1)).to_bytes(size, self.endian)
        self._transact(transaction.write(address, data), "store", address)

    def read_debug(self, address: int, length: int, physical: bool = False) -> bytes:
        """Up to `length` bytes without side effects; fewer where the map ends.

        Args:
            physical: whether `address` is, past the MMU.
        """
        data = bytearray()
        while len(data) < length:
            at, left = address + len(data), length - len(data)
            found = (at, left) if physical else self._probe(at, left)
            if found is None:
                break
            txn = transaction.read(*found)
            moved = self.socket.transport_dbg(txn)
            if moved <= 0:
                break
            data += txn.data[:moved]
        return bytes(data)

    def write_debug(self, address: int, data: bytes) -> int:
        """Write without side effects, ROM included; returns the bytes written."""
        done = 0
        while done < len(data):
            found = self._probe(address + done, len(data) - done)
            if found is None:
                break
            physical, length = found
            txn = transaction.write(physical, data[done : done + length])
            moved = self.socket.transport_dbg(txn)
            if moved <= 0:
                break
            done += moved
        return done

    def _probe(self, address: int, length: int) -> tuple[int, int] | None:
        """The physical address, and how many of `length` bytes are there in one piece."""
        if self.translator is None:
            return address, length
        physical = self.translator.probe(address)
        # The smallest page of any MMU here is 1 KiB.
        return None if physical is None else (physical, min(length, 1024 - address % 1024))

    def _reach(self, address: int, size: int, user: bool) -> bool:
        """Whether a store across a page end cannot end half done; raises if it would."""
        second = (address | OFFSET) + 1 & MASK
        page, _ = self._find(second, 1, "store", user)
        return page is not None or self.translator is not None

    def _transact(self, txn: Transaction, access: str, address: int) -> None:
        self._before()
        delay = self.socket.b_transport(txn, 0)
        self._after(delay)
        if access != "fetch" and txn.response is not Response.ADDRESS_ERROR:
            self.effects += 1
        if not txn.ok:
            cause = "unmapped" if txn.response is Response.ADDRESS_ERROR else "refused"
            raise MemoryFault(access, address, len(txn.data), cause)

    def _find(self, address: int, size: int, access: str, user: bool) -> tuple[Page | None, int]:
        """The page of `address` if it is in direct reach, and the physical address."""
        if self.translator is None:
            page = self._grant(address, Translation(address, PAGE_SIZE), access, self._pages)
            return page, address
        try:
            found = self.translator.translate(address, access, user)
        except MemoryFault as fault:
            fault.size = size
            raise
        if found.device and address & (size - 1):
            raise MemoryFault(access, address, size, "alignment")
        if user or found.device or found.size < PAGE_SIZE:
            return None, found.physical
        return self._grant(address, found, access, self._pages), found.physical

    def _grant(self, address: int, found: Translation, access: str, pages: PageSet) -> Page | None:
        """The page of `address`, if it is all direct memory that costs no time."""
        command = Command.WRITE if access == "store" else Command.READ
        start = found.physical & ~OFFSET
        patience = self._refused.get((start, command), 0)
        if patience:
            self._refused[start, command] = patience - 1
            return None
        grant = self.socket.get_direct_mem_ptr(Transaction(command, start))
        if grant is None:
            self._refused[start, command] = PATIENCE
            return None
        if grant.start > start or grant.end < start + OFFSET:
            return None
        if not (grant.writable if command is Command.WRITE else grant.readable):
            return None
        if grant.read_latency or grant.write_latency:
            return None
        number, shift = address >> PAGE_BITS, start - (address & ~OFFSET)
        page = (grant.buffer, grant.offset - grant.start + shift, start >> PAGE_BITS, grant.watch)
        if grant.watch is not None:
            grant.watch.join(self)
        pages.admit(
            number,
            page,
            grant.readable and found.readable,
            grant.writable and found.writable,
            grant.readable and found.executable,
            self._run(grant, number, shift, None if pages is self._untranslated else found),
        )
        return page

    def _run(self, grant: DirectMemory, number: int, shift: int, found: Translation | None) -> Run:
        """The virtual pages around `number` that are the same grant and translation."""
        start, end = grant.start, grant.end
        if found is not None:
            block = found.physical & -found.size
            start, end = max(start, block), min(end, block + found.size - 1)
        first, last = start - shift + OFFSET >> PAGE_BITS, (end - shift + 1 >> PAGE_BITS) - 1
        return Run(max(first, 0), min(last, MASK >> PAGE_BITS))

    def page_watched(self, watch: WriteWatch, page: int) -> None:
        """Stores to this page have to tell `watch` now."""
        if page in watch.pages:
            for pages in self._sets.values():
                pages.guard(watch, page)

    def written(self, watch: WriteWatch, start: int, end: int) -> None:
        """Pages are not made of the bytes in them."""

    def _invalidate(self, start: int, end: int) -> None:
        self._refused.clear()
        for pages in self._sets.values():
            pages.forget(start >> PAGE_BITS, end >> PAGE_BITS)


def _behind(page: Page, address: int) -> int:
    """The physical address of `address`, which is in `page`."""
    return page[2] << PAGE_BITS | address & OFFSET

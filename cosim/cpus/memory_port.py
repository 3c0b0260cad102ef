"""A core's way to memory: translation, pages of direct memory, the bus behind them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Literal

from cosim.bus import transaction
from cosim.bus.exclusive import Exclusive
from cosim.bus.sockets import InitiatorSocket
from cosim.bus.transaction import Command, Response, Transaction
from cosim.cpus.faults import MemoryFault
from cosim.cpus.translation import Page, PageSet, Translation, Translator
from cosim.kernel.units import SimTime

PAGE_BITS = 12
PAGE_SIZE = 1 << PAGE_BITS
OFFSET = PAGE_SIZE - 1
MASK = 0xFFFF_FFFF


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
        self._sets: dict[Hashable, PageSet] = {}
        self._before = before_transaction
        self._after = after_transaction
        self.select(None)

    def select(self, regime: Hashable, translator: Translator | None = None) -> None:
        """From now on addresses are translated by `translator`, which answers as in `regime`."""
        pages = self._sets.get((translator, regime))
        if pages is None:
            pages = self._sets[translator, regime] = PageSet(split=translator is not None)
        self.translator = translator
        self.read_pages, self.write_pages = pages.read, pages.write
        self.fetch_pages = pages.fetch
        self.on_select()

    def flush(self) -> None:
        """Forget every translation: the tables or the TLB have changed."""
        for pages in self._sets.values():
            pages.clear()

    def load(self, address: int, size: int, access: str = "load", user: bool = False) -> int:
        """`size` bytes as an unsigned number in the core's endianness.

        Args:
            access: "load" or "fetch".
            user: with user rights, whatever the mode.

        Raises:
            MemoryFault: nothing there, or the MMU or the target refuses.
            SyncNeeded: see the class.
        """
        pages = self.fetch_pages if access == "fetch" else self.read_pages
        page = None if user else pages.get(address >> PAGE_BITS)
        physical = address
        if page is None:
            page, physical = self._find(address, size, access, user)
        if (address & OFFSET) + size > PAGE_SIZE and (page is not None or self.translator):
            return int.from_bytes(
                (self.load((address + i) & MASK, 1, access, user) for i in range(size)),
                self.endian,
            )
        if page is None:
            txn = transaction.read(physical, size)
            self._transact(txn, access, address)
            return int.from_bytes(txn.data, self.endian)
        at = address + page[1]
        return int.from_bytes(page[0][at : at + size], self.endian)

    def store(self, address: int, value: int, size: int, user: bool = False) -> None:
        """Store the low `size` bytes of `value`; raises as `load` does."""
        page = None if user else self.write_pages.get(address >> PAGE_BITS)
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
            page[0][at : at + size] = data

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
        """Load past the MMU, as translation tables are read; as `load`."""
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
        last = (address + size - 1) & MASK
        page, _ = self._find(last, 1, "store", user)
        return page is not None or self.translator is not None

    def _transact(self, txn: Transaction, access: str, address: int) -> None:
        self._before()
        delay = self.socket.b_transport(txn, 0)
        self._after(delay)
        if not txn.ok:
            cause = "unmapped" if txn.response is Response.ADDRESS_ERROR else "refused"
            raise MemoryFault(access, address, len(txn.data), cause)

    def _find(self, address: int, size: int, access: str, user: bool) -> tuple[Page | None, int]:
        """The page of `address` if it is in direct reach, and the physical address."""
        if self.translator is None:
            page = self._grant(address, Translation(address, PAGE_SIZE), access)
            return page, address
        found = self.translator.translate(address, access, user)
        if found.device and address & (size - 1):
            raise MemoryFault(access, address, size, "alignment")
        if user or found.device or found.size < PAGE_SIZE:
            return None, found.physical
        return self._grant(address, found, access), found.physical

    def _grant(self, address: int, found: Translation, access: str) -> Page | None:
        """The page of `address`, if it is all direct memory that costs no time."""
        command = Command.WRITE if access == "store" else Command.READ
        start = found.physical & ~OFFSET
        grant = self.socket.get_direct_mem_ptr(Transaction(command, start))
        if grant is None or grant.start > start or grant.end < start + OFFSET:
            return None
        if not (grant.writable if command is Command.WRITE else grant.readable):
            return None
        if grant.read_latency or grant.write_latency:
            return None
        number, shift = address >> PAGE_BITS, start - (address & ~OFFSET)
        page = (grant.buffer, grant.offset - grant.start + shift, start >> PAGE_BITS)
        if grant.readable and found.readable:
            self.read_pages[number] = page
        if grant.readable and found.executable:
            self.fetch_pages[number] = page
        if grant.writable and found.writable:
            self.write_pages[number] = page
        return page

    def _invalidate(self, start: int, end: int) -> None:
        for pages in self._sets.values():
            pages.forget(start >> PAGE_BITS, end >> PAGE_BITS)

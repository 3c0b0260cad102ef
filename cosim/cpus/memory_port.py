"""A core's way to memory: pages of direct memory first, the bus behind them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal

from cosim.bus import transaction
from cosim.bus.dmi import DirectMemory
from cosim.bus.exclusive import Exclusive
from cosim.bus.extension import Extension
from cosim.bus.sockets import ALL_ADDRESSES, InitiatorSocket
from cosim.bus.transaction import Command, Response, Transaction
from cosim.cpus.faults import MemoryFault
from cosim.kernel.units import SimTime

PAGE_BITS = 12
PAGE_SIZE = 1 << PAGE_BITS
OFFSET = PAGE_SIZE - 1

Page = tuple[memoryview, int]
"""A buffer, and what to add to an address to get its index there."""


class InstructionFetch(Extension):
    """Marks a read as that of an instruction (AxPROT[2])."""


class MemoryPort:
    """Loads and stores of one core.

    Memory that grants direct access without latency is reached page by page through `read_pages`,
    `write_pages` and `fetch_pages` (page number -> `Page`), which an engine may use in line.
    Everything else is a transaction, made when simulated time has reached the core's own.

    Args:
        before_transaction: called before each one; raises `SyncNeeded` if the core is ahead.
        after_transaction: called with the delay in ps that the target asked for.
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
        self._readable: dict[int, Page] = {}
        self._writable: dict[int, Page] = {}
        self.read_pages = self.fetch_pages = self._readable
        self.write_pages = self._writable
        self.shown: Collection[str] = ()  # see `show`
        self._offset: Callable[[], SimTime] = lambda: 0
        self._before = before_transaction
        self._after = after_transaction

    def show(self, accesses: Collection[str], offset: Callable[[], SimTime]) -> None:
        """Let whoever watches the socket see `accesses` to direct memory too.

        Each of them becomes a transaction. It is made when the access would have been, so that
        nothing else changes: with the core's time ahead of simulated time as its delay.

        Args:
            accesses: some of "load", "store", "fetch"; none makes everything as it was.
            offset: how far the core is ahead of simulated time, in ps.
        """
        self.shown, self._offset = accesses, offset
        self.read_pages = {} if "load" in accesses else self._readable
        self.write_pages = {} if "store" in accesses else self._writable
        self.fetch_pages = {} if "fetch" in accesses else self._readable

    def load(self, address: int, size: int, access: str = "load") -> int:
        """`size` bytes as an unsigned number in the core's endianness.

        Raises:
            MemoryFault: nothing there, or the target refuses.
            SyncNeeded: see the class.
        """
        page = self._readable.get(address >> PAGE_BITS)
        if page is None:
            page = self._grant(address, Command.READ)
        if page is None or (address & OFFSET) + size > PAGE_SIZE:
            return int.from_bytes(self._read(address, size, page is not None, access), self.endian)
        if access in self.shown:
            txn = _reading(address, size, access)
            self.socket.b_transport(txn, self._offset())
            return int.from_bytes(txn.data, self.endian)
        buffer, bias = page
        at = address + bias
        return int.from_bytes(buffer[at : at + size], self.endian)

    def store(self, address: int, value: int, size: int) -> None:
        """Store the low `size` bytes of `value`; raises as `load` does."""
        data = (value & ((1 << 8 * size) - 1)).to_bytes(size, self.endian)
        page = self._writable.get(address >> PAGE_BITS)
        if page is None:
            page = self._grant(address, Command.WRITE)
        if page is not None and (address & OFFSET) + size <= PAGE_SIZE:
            if "store" in self.shown:
                self.socket.b_transport(transaction.write(address, data), self._offset())
                return
            buffer, bias = page
            at = address + bias
            buffer[at : at + size] = data
        elif page is not None and self._can_store(address + size - 1):
            for index, byte in enumerate(data):
                self.store((address + index) & 0xFFFF_FFFF, byte, 1)
        else:
            self._transact(transaction.write(address, data), "store")

    def load_exclusive(self, address: int, size: int) -> int:
        """Load and open a reservation at the exclusive monitor; raises as `load` does."""
        txn = transaction.read(address, size)
        txn.set_extension(Exclusive())
        self._transact(txn, "load")
        return int.from_bytes(txn.data, self.endian)

    def store_exclusive(self, address: int, value: int, size: int) -> bool:
        """Store if the reservation still holds; returns whether it did; raises as `load` does."""
        exclusive = Exclusive()
        data = (value & ((1 << 8 * size) - 1)).to_bytes(size, self.endian)
        txn = transaction.write(address, data)
        txn.set_extension(exclusive)
        self._transact(txn, "store")
        return exclusive.succeeded

    def drop_exclusive(self, address: int, size: int) -> None:
        """Give up the reservation for `address`, so that it is not waited for any more."""
        txn = transaction.read(address, size)
        txn.command = Command.IGNORE
        txn.set_extension(Exclusive())
        self.socket.b_transport(txn, 0)

    def read_debug(self, address: int, length: int) -> bytes:
        """Up to `length` bytes without side effects; fewer where the map ends."""
        data = bytearray()
        while len(data) < length:
            txn = transaction.read(address + len(data), length - len(data))
            moved = self.socket.transport_dbg(txn)
            if moved <= 0:
                break
            data += txn.data[:moved]
        return bytes(data)

    def write_debug(self, address: int, data: bytes) -> int:
        """Write without side effects, ROM included; returns the bytes written."""
        done = 0
        while done < len(data):
            moved = self.socket.transport_dbg(transaction.write(address + done, data[done:]))
            if moved <= 0:
                break
            done += moved
        return done

    def _read(self, address: int, size: int, split: bool, access: str) -> bytes:
        if split:  # across a page end: byte by byte, each where it belongs
            return bytes(
                self.load((address + index) & 0xFFFF_FFFF, 1, access) for index in range(size)
            )
        txn = _reading(address, size, access)
        self._transact(txn, access)
        return bytes(txn.data)

    def _can_store(self, last: int) -> bool:
        """Whether a store across a page end, to `last`, cannot end half done."""
        number = (last & 0xFFFF_FFFF) >> PAGE_BITS
        return number in self._writable or self._grant(last, Command.WRITE) is not None

    def _transact(self, txn: Transaction, access: str) -> None:
        address = txn.address
        self._before()
        delay = self.socket.b_transport(txn, 0)
        self._after(delay)
        if not txn.ok:
            cause = "unmapped" if txn.response is Response.ADDRESS_ERROR else "refused"
            raise MemoryFault(access, address, len(txn.data), cause)

    def _grant(self, address: int, command: Command) -> Page | None:
        """The page of `address`, if it is all direct memory that costs no time."""
        start = address & ~OFFSET
        grant = self.socket.get_direct_mem_ptr(Transaction(command, start))
        if grant is None or grant.start > start or grant.end < start + OFFSET:
            return None
        if not (grant.writable if command is Command.WRITE else grant.readable):
            return None
        if grant.read_latency or grant.write_latency:
            return None
        page = _page(grant)
        if grant.readable:
            self._readable[address >> PAGE_BITS] = page
        if grant.writable:
            self._writable[address >> PAGE_BITS] = page
        return page

    def _invalidate(self, start: int, end: int) -> None:
        for pages in (self._readable, self._writable):
            if (start, end) == ALL_ADDRESSES:
                pages.clear()
                continue
            for number in [n for n in pages if start >> PAGE_BITS <= n <= end >> PAGE_BITS]:
                del pages[number]


def _page(grant: DirectMemory) -> Page:
    return grant.buffer, grant.offset - grant.start


def _reading(address: int, size: int, access: str) -> Transaction:
    txn = transaction.read(address, size)
    if access == "fetch":
        txn.set_extension(InstructionFetch())
    return txn

"""RAM and ROM: a target with byte enables, streaming, direct memory and honest error codes."""

from __future__ import annotations

import mmap

from cosim.bus.dmi import DirectMemory, denied
from cosim.bus.sockets import TargetSocket, refuse
from cosim.bus.transaction import Command, Response, Transaction
from cosim.bus.write_watch import WriteWatch
from cosim.kernel.units import SimTime


class Memory:
    """`size` bytes, zero at first, addressed from 0.

    Args:
        readonly: writes answer COMMAND_ERROR; debug writes (a loader, a debugger) still work.
        latency: time of one access, in ps.
    """

    def __init__(
        self, name: str, size: int, *, readonly: bool = False, latency: SimTime = 0
    ) -> None:
        self.name = name
        self.size = size
        self.readonly = readonly
        self.latency = latency
        self.socket = TargetSocket(name, self)
        # Pages of an anonymous mapping cost nothing until they are touched.
        self.buffer = memoryview(mmap.mmap(-1, size))
        self.watch = WriteWatch()

    def b_transport(self, txn: Transaction, delay: SimTime) -> SimTime:
        if not txn.data:
            return refuse(txn, Response.GENERIC_ERROR, delay)
        if txn.byte_enable == b"":
            return refuse(txn, Response.BYTE_ENABLE_ERROR, delay)
        if txn.streaming_width < 0:
            return refuse(txn, Response.BURST_ERROR, delay)
        if txn.address < 0 or txn.address + txn.span > self.size:
            return refuse(txn, Response.ADDRESS_ERROR, delay)
        if txn.command is Command.WRITE and self.readonly:
            return refuse(txn, Response.COMMAND_ERROR, delay)
        self._move(txn)
        txn.response = Response.OK
        txn.dmi_allowed = True
        return delay + self.latency

    def transport_dbg(self, txn: Transaction) -> int:
        at = txn.address
        room = max(0, min(len(txn.data), self.size - at)) if at >= 0 else 0
        if txn.command is Command.READ:
            txn.data[:room] = self.buffer[at : at + room]
        elif txn.command is Command.WRITE:
            self.buffer[at : at + room] = bytes(txn.data[:room])
            self.watch.wrote(at, room)
        else:
            return 0
        return room

    def get_direct_mem_ptr(self, txn: Transaction) -> DirectMemory | None:
        if txn.command is Command.WRITE and self.readonly:
            return denied(0, self.size - 1)
        return DirectMemory(
            start=0,
            end=self.size - 1,
            buffer=self.buffer,
            offset=0,
            readable=True,
            writable=not self.readonly,
            read_latency=self.latency,
            write_latency=self.latency,
            watch=self.watch,
        )

    def _move(self, txn: Transaction) -> None:
        at = txn.address
        if txn.plain:
            if txn.command is Command.READ:
                txn.data[:] = self.buffer[at : at + len(txn.data)]
            elif txn.command is Command.WRITE:
                self.buffer[at : at + len(txn.data)] = bytes(txn.data)
                self.watch.wrote(at, len(txn.data))
            return
        for index, offset in txn.lanes():
            if txn.command is Command.READ:
                txn.data[index] = self.buffer[at + offset]
            elif txn.command is Command.WRITE:
                self.buffer[at + offset] = txn.data[index]
                self.watch.wrote(at + offset, 1)

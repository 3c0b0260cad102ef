"""An initiator's use of direct memory: grants kept, latencies charged, transport behind them."""

from __future__ import annotations

from cosim.bus.dmi import DirectMemory
from cosim.bus.sockets import InitiatorSocket
from cosim.bus.transaction import Command, Response, Transaction
from cosim.kernel.units import SimTime


class DirectAccess:
    """Serves transactions from direct memory where it is granted, as `b_transport` would.

    Each access costs the latency of its grant, so that time is the same either way.

    Attributes:
        grants: those that are valid now.
    """

    def __init__(self, name: str) -> None:
        self.socket = InitiatorSocket(name, self._invalidate)
        self.grants: list[DirectMemory] = []

    def transport(self, txn: Transaction, delay: SimTime = 0) -> SimTime:
        """Serve `txn`; returns the delay after it, in ps."""
        address, end = txn.address, txn.address + len(txn.data) - 1
        for grant in self.grants:
            if grant.start <= address and end <= grant.end and txn.plain and txn.data:
                at = grant.offset + address - grant.start
                if txn.command is Command.READ and grant.readable:
                    txn.data[:] = grant.buffer[at : at + len(txn.data)]
                    txn.response = Response.OK
                    return delay + grant.read_latency
                if txn.command is Command.WRITE and grant.writable:
                    grant.buffer[at : at + len(txn.data)] = bytes(txn.data)
                    if grant.watch is not None:
                        grant.watch.wrote(at, len(txn.data))
                    txn.response = Response.OK
                    return delay + grant.write_latency
        delay = self.socket.b_transport(txn, delay)
        if txn.ok and txn.dmi_allowed:
            asked = self.socket.get_direct_mem_ptr(Transaction(txn.command, address))
            if asked is not None and asked.granted:
                self.grants.append(asked)
        return delay

    def _invalidate(self, start: int, end: int) -> None:
        self.grants = [one for one in self.grants if one.end < start or end < one.start]

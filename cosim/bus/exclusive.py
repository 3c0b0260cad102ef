"""The exclusive monitor: LDREX/STREX and lwx/swx through the bus, as AXI exclusive accesses."""

from __future__ import annotations

from dataclasses import dataclass

from cosim.bus.dmi import DirectMemory, denied
from cosim.bus.extension import Extension
from cosim.bus.sockets import InitiatorSocket, TargetSocket
from cosim.bus.transaction import Command, Response, Transaction
from cosim.kernel.units import SimTime

GRANULE = 32
"""Bytes whose writing clears a reservation in them (Cortex-A9: CTR.ERG, 8 words)."""

PAGE = 4096
"""Bytes whose direct-memory writing is withdrawn while a reservation is open in them."""


@dataclass
class Exclusive(Extension):
    """Marks an access as exclusive (AxLOCK).

    A read opens a reservation, a write stores only if the initiator still has the one for the same
    address and size, IGNORE gives it up.

    Attributes:
        succeeded: the answer (EXOKAY). A write that lost its reservation is answered OK without it
            and changes nothing.
    """

    succeeded: bool = False


@dataclass(frozen=True)
class Reservation:
    """What an initiator has read exclusively, in the target's addresses."""

    target: TargetSocket
    address: int
    size: int

    def touches(self, target: TargetSocket, address: int, size: int) -> bool:
        """Whether a write there clears it: it is in one of the same granules."""
        first = self.address // GRANULE * GRANULE
        end = -(-(self.address + self.size) // GRANULE) * GRANULE
        return self.target is target and address < end and first < address + size

    def pages(self) -> tuple[int, int]:
        """The first and the last address of its pages."""
        last = (self.address + self.size - 1) // PAGE
        return self.address // PAGE * PAGE, last * PAGE + PAGE - 1


class ExclusiveMonitor:
    """One reservation for each initiator, at the last interconnect before the targets.

    Every write that comes by clears the reservations it touches, whoever makes it: their own
    initiator, another core, a device, a debugger. Writes through direct memory do not come by; so
    the right to write a page directly is withdrawn when a reservation is opened in it, and is not
    granted again before that is closed. While none is open a write costs one test.

    Attributes:
        reservations: the open ones by initiator name.
    """

    def __init__(self) -> None:
        self.reservations: dict[str, Reservation] = {}
        # Non-blocking accesses between BEGIN_REQ and the response: what they touch, by transaction.
        self._under_way: dict[int, tuple[Reservation, bool]] = {}  # with: is it a write
        # Pages that nobody may hold a grant to write: there is no need to withdraw it again.
        self._withdrawn: set[tuple[TargetSocket, int]] = set()

    def b_transport(self, socket: InitiatorSocket, txn: Transaction, delay: SimTime) -> SimTime:
        """Send `txn`, whose address is the target's by now, to the target behind `socket`."""
        target, address, size = socket.peer, txn.address, txn.span
        exclusive = txn.get_extension(Exclusive)
        if exclusive is not None:
            exclusive.succeeded = False
            wanted = Reservation(target, address, size)
            if txn.command is not Command.READ:
                held = self.reservations.pop(txn.initiator, None)
                if txn.command is Command.IGNORE or held != wanted:
                    txn.response = Response.OK
                    return delay
        delay = socket.b_transport(txn, delay)
        if not txn.ok:
            return delay
        if txn.command is Command.WRITE:
            self.written(target, address, size)
            if self._reserved(target, address):
                txn.dmi_allowed = False
        if exclusive is not None:
            exclusive.succeeded = txn.command is not Command.READ or self._open(
                txn.initiator, wanted
            )
        return delay

    def begin(self, target: TargetSocket, txn: Transaction) -> bool:
        """At BEGIN_REQ of a non-blocking access to `target`: whether to send it on.

        The target acts some time between this and the response. So a write clears reservations
        here and opens none until it is over, and a reservation is valid from here on. An exclusive
        write that has lost its own is answered OK at once, and changes nothing.
        """
        size = txn.span
        exclusive, wanted = txn.get_extension(Exclusive), Reservation(target, txn.address, size)
        if exclusive is not None:
            exclusive.succeeded = False
            if txn.command is not Command.READ:
                held = self.reservations.pop(txn.initiator, None)
                if txn.command is Command.IGNORE or held != wanted:
                    txn.response = Response.OK
                    return False
            elif self._open(txn.initiator, wanted):
                self._under_way[id(txn)] = wanted, False
        if txn.command is Command.WRITE:
            self.written(target, txn.address, size)
            self._under_way[id(txn)] = wanted, True
        return True

    def end(self, txn: Transaction) -> None:
        """At the response of an access that `begin` sent on."""
        if id(txn) not in self._under_way:
            return
        wanted, writes = self._under_way.pop(id(txn))
        if writes:
            if self._reserved(wanted.target, wanted.address):
                txn.dmi_allowed = False
        elif not txn.ok and self.reservations.get(txn.initiator) == wanted:
            del self.reservations[txn.initiator]
        exclusive = txn.get_extension(Exclusive)
        if exclusive is not None and txn.ok:
            exclusive.succeeded = True

    def written(self, target: TargetSocket, address: int, size: int) -> None:
        """Clear the reservations that a write touches."""
        for name, held in list(self.reservations.items()):
            if held.touches(target, address, size):
                del self.reservations[name]

    def limit(self, target: TargetSocket, txn: Transaction, grant: DirectMemory) -> DirectMemory:
        """What of `grant`, in the target's addresses, may be given away for `txn`."""
        for held in self.reservations.values():
            first, last = held.pages()
            if held.target is not target or last < grant.start or grant.end < first:
                continue
            if first <= txn.address <= last:
                if txn.command is Command.WRITE:
                    return denied(first, last)
                grant = (grant.clipped(first, last) or grant).read_only()
            elif txn.address < first:
                grant = grant.clipped(grant.start, first - 1) or grant
            else:
                grant = grant.clipped(last + 1, grant.end) or grant
        if grant.writable and self._withdrawn:
            self._withdrawn = {
                (one, page)
                for one, page in self._withdrawn
                if one is not target
                or not grant.start <= page * PAGE + PAGE - 1
                or page * PAGE > grant.end
            }
        return grant

    def _open(self, initiator: str, reservation: Reservation) -> bool:
        """Open `reservation`, unless a non-blocking write to it is on its way."""
        self.reservations.pop(initiator, None)
        for other, writes in self._under_way.values():
            if writes and reservation.touches(other.target, other.address, other.size):
                return False
        self.reservations[initiator] = reservation
        first, last = reservation.pages()
        pages = {(reservation.target, page) for page in range(first // PAGE, last // PAGE + 1)}
        if not pages <= self._withdrawn:
            self._withdrawn |= pages
            reservation.target.invalidate_direct_mem_ptr(first, last)
        return True

    def _reserved(self, target: TargetSocket, address: int) -> bool:
        """Whether a reservation is open in the page of `address`."""
        for held in self.reservations.values():
            first, last = held.pages()
            if held.target is target and first <= address <= last:
                return True
        return False

"""Adapters between blocking and non-blocking transport, both ways (IEEE 1666-2011, 16.1.2)."""

from __future__ import annotations

from collections.abc import Callable, Generator

from cosim.bus.dmi import DirectMemory
from cosim.bus.phases import Answer, AnyPhase, Phase, Sync
from cosim.bus.sockets import InitiatorSocket, ProtocolError, TargetSocket
from cosim.bus.transaction import Transaction
from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.units import SimTime
from cosim.kernel.waits import ThreadBody


class AtToLt:
    """Lets a non-blocking initiator reach a blocking target: bind it to `socket`.

    The request is accepted at once; after the delays of the initiator and the target the response
    begins, and the initiator ends it. One response at a time is under way (15.2.6): others wait.
    """

    def __init__(self, kernel: Kernel, name: str, target: TargetSocket) -> None:
        self.kernel = kernel
        self.name = name
        self.socket = TargetSocket(name, self)
        self._below = InitiatorSocket(name, self.socket.invalidate_direct_mem_ptr)
        self._below.bind(target)
        self._responses: list[Transaction] = []
        self._busy = False

    def b_transport(self, txn: Transaction, delay: SimTime) -> SimTime:
        return self._below.b_transport(txn, delay)

    def transport_dbg(self, txn: Transaction) -> int:
        return self._below.transport_dbg(txn)

    def get_direct_mem_ptr(self, txn: Transaction) -> DirectMemory | None:
        return self._below.get_direct_mem_ptr(txn)

    def nb_transport_fw(self, txn: Transaction, phase: AnyPhase, delay: SimTime) -> Answer:
        if phase is Phase.BEGIN_REQ:
            _later(self.kernel, self.name, delay, lambda: self._serve(txn))
            return Sync.UPDATED, Phase.END_REQ, delay
        if phase is Phase.END_RESP:
            _later(self.kernel, self.name, delay, self._ended)
            return Sync.COMPLETED, phase, delay
        if isinstance(phase, Phase):
            raise ProtocolError(f"{self.name}: {phase.name} does not go forward (N1)")
        return Sync.ACCEPTED, phase, delay

    def _serve(self, txn: Transaction) -> None:
        after = self._below.b_transport(txn, 0)
        _later(self.kernel, self.name, after, lambda: self._respond(txn))

    def _respond(self, txn: Transaction) -> None:
        if self._busy:
            self._responses.append(txn)
            return
        self._busy = True
        sync, phase, delay = self.socket.nb_transport_bw(txn, Phase.BEGIN_RESP, 0)
        if sync is Sync.COMPLETED or (sync is Sync.UPDATED and phase is Phase.END_RESP):
            _later(self.kernel, self.name, delay, self._ended)

    def _ended(self) -> None:
        self._busy = False
        if self._responses:
            self._respond(self._responses.pop(0))


class LtToAt:
    """Lets a blocking initiator reach a non-blocking target.

    A thread process calls `delay = yield from adapter.transport(txn, delay)`. A plain function
    cannot wait, so `b_transport` serves only what the target completes within the call.
    """

    def __init__(self, kernel: Kernel, name: str, target: TargetSocket) -> None:
        self.kernel = kernel
        self.name = name
        self.socket = TargetSocket(name, self)
        self._below = InitiatorSocket(
            name, self.socket.invalidate_direct_mem_ptr, self.nb_transport_bw
        )
        self._below.bind(target)
        self._waiting: dict[int, Event] = {}
        self._ready: dict[int, SimTime] = {}
        self._request_free = Event(kernel, f"{name}.request_free")
        self._requesting: int | None = None

    def transport(
        self, txn: Transaction, delay: SimTime = 0
    ) -> Generator[SimTime | Event, Event | None, SimTime]:
        """Serve `txn` through all its phases; returns the delay that is left, in ps."""
        while self._requesting is not None:  # one request at a time on a hop (15.2.6)
            yield self._request_free
        key = id(txn)
        self._requesting = key
        done = self._waiting[key] = Event(self.kernel, f"{self.name}.done")
        sync, phase, delay_back = self._below.nb_transport_fw(txn, Phase.BEGIN_REQ, delay)
        if sync is Sync.COMPLETED:
            self._request_over(key)
            del self._waiting[key]
            return delay_back
        if sync is Sync.UPDATED:
            self.nb_transport_bw(txn, phase, delay_back)
        if key not in self._ready:
            yield done
        wait = self._ready.pop(key)
        del self._waiting[key]
        if wait:
            yield wait
        self._below.nb_transport_fw(txn, Phase.END_RESP, 0)
        return 0

    def b_transport(self, txn: Transaction, delay: SimTime) -> SimTime:
        """Serve `txn` if the target does so at once.

        Raises:
            ProtocolError: the target needs simulated time.
        """
        sync, phase, after = self._below.nb_transport_fw(txn, Phase.BEGIN_REQ, delay)
        if sync is Sync.COMPLETED:
            return after
        if sync is Sync.UPDATED and phase is Phase.BEGIN_RESP:
            self._below.nb_transport_fw(txn, Phase.END_RESP, after)
            return after
        raise ProtocolError(f"{self.name}: the target needs time: `yield from transport(...)`")

    def transport_dbg(self, txn: Transaction) -> int:
        return self._below.transport_dbg(txn)

    def get_direct_mem_ptr(self, txn: Transaction) -> DirectMemory | None:
        return self._below.get_direct_mem_ptr(txn)

    def nb_transport_bw(self, txn: Transaction, phase: AnyPhase, delay: SimTime) -> Answer:
        """END_REQ frees the hop for the next request; BEGIN_RESP does too, and ends the wait."""
        if phase in (Phase.END_REQ, Phase.BEGIN_RESP):
            self._request_over(id(txn))
        if phase is Phase.BEGIN_RESP:
            if id(txn) not in self._waiting:
                raise ProtocolError(f"{self.name}: BEGIN_RESP of a transaction not sent (N4)")
            self._ready[id(txn)] = delay
            self._waiting[id(txn)].notify(0)
        return Sync.ACCEPTED, phase, delay

    def _request_over(self, key: int) -> None:
        if self._requesting == key:
            self._requesting = None
            self._request_free.notify(0)


def _later(kernel: Kernel, name: str, delay: SimTime, action: Callable[[], None]) -> None:
    """Do `action` `delay` ps from now, in a process of its own."""

    def body() -> ThreadBody:
        yield delay
        action()

    kernel.thread(body(), kernel.unique(f"{name}.phase"))

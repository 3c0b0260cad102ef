"""Initiator and target sockets: transport, debug and DMI forward, phases and invalidation back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from cosim.bus.dmi import LAST_ADDRESS, DirectMemory
from cosim.bus.phases import Answer, AnyPhase
from cosim.bus.transaction import Response, Transaction
from cosim.kernel.units import SimTime

ALL_ADDRESSES = (0, LAST_ADDRESS)


class ProtocolError(RuntimeError):
    """A model broke a rule of the interface that cannot be let pass."""


class Target(Protocol):
    """What a module behind a `TargetSocket` implements (IEEE 1666-2011, 11.1, 11.2, 11.3).

    `b_transport` never waits: it is a function that returns a delay, and so it may be called from
    any process. A target that needs simulated time to pass is a `NonBlockingTarget`.
    """

    def b_transport(self, txn: Transaction, delay: SimTime) -> SimTime:
        """Serve `txn`; returns the time, in ps from now, at which it is complete."""

    def transport_dbg(self, txn: Transaction) -> int:
        """Serve `txn` without side effects or time; returns the number of bytes moved."""

    def get_direct_mem_ptr(self, txn: Transaction) -> DirectMemory | None:
        """Direct access to the memory around `txn.address`, a denied range, or None."""


@runtime_checkable
class NonBlockingTarget(Protocol):
    """A target that takes part in the phases of a transaction (15.2)."""

    def nb_transport_fw(self, txn: Transaction, phase: AnyPhase, delay: SimTime) -> Answer:
        """BEGIN_REQ or END_RESP, to be seen `delay` ps from now."""


class Backward(Protocol):
    """What an initiator implements to receive phases."""

    def __call__(self, txn: Transaction, phase: AnyPhase, delay: SimTime) -> Answer:
        """END_REQ or BEGIN_RESP, to be seen `delay` ps from now."""


class TargetSocket:
    """Where a target is reached; many initiators may be bound to it."""

    def __init__(self, name: str, target: Target) -> None:
        self.name = name
        self.target = target
        self._initiators: list[InitiatorSocket] = []

    def bound_by(self, initiator: InitiatorSocket) -> None:
        self._initiators.append(initiator)

    def invalidate_direct_mem_ptr(self, start: int, end: int) -> None:
        """Tell every initiator that grants overlapping `start`..`end` are void (11.2.5)."""
        _invalidation.depth += 1
        try:
            for initiator in self._initiators:
                initiator.invalidate(start, end)
        finally:
            _invalidation.depth -= 1

    def nb_transport_bw(self, txn: Transaction, phase: AnyPhase, delay: SimTime) -> Answer:
        """Send a phase back; for a target with one initiator (interconnect has one per hop).

        Raises:
            ProtocolError: more than one initiator, so the way back is not known here.
        """
        if len(self._initiators) != 1:
            raise ProtocolError(f"{self.name}: {len(self._initiators)} ways back, not one (N4)")
        return self._initiators[0].nb_transport_bw(txn, phase, delay)


class InitiatorSocket:
    """Where an initiator puts its transactions; bound to exactly one target socket.

    Args:
        name: the initiator's name; transactions without one get it.
        on_invalidate: called with (start, end), in this initiator's addresses, when direct memory
            there is no longer valid.
        on_phase: receives the phases of non-blocking transactions.
    """

    def __init__(
        self,
        name: str,
        on_invalidate: Callable[[int, int], None] | None = None,
        on_phase: Backward | None = None,
    ) -> None:
        self.name = name
        self._on_invalidate = on_invalidate
        self._on_phase = on_phase
        self._peer: TargetSocket | None = None
        self._target: Target | None = None  # the peer's, or the first tap on the way to it
        self._on_misuse: Callable[[str, Transaction, str], None] | None = None

    def bind(self, target: TargetSocket) -> None:
        """Connect to `target`.

        Raises:
            ValueError: already bound.
        """
        if self._peer is not None:
            raise ValueError(f"socket {self.name} is already bound to {self._peer.name}")
        self._peer = target
        self._target = target.target
        target.bound_by(self)

    @property
    def peer(self) -> TargetSocket:
        if self._peer is None:
            raise ValueError(f"socket {self.name} is not bound")
        return self._peer

    @property
    def target(self) -> Target:
        """What the calls go to."""
        if self._target is None:
            raise ValueError(f"socket {self.name} is not bound")
        return self._target

    def tap(
        self,
        forward: Target,
        on_invalidate: Callable[[int, int], None],
        on_phase: Callable[[Backward, Transaction, AnyPhase, SimTime], Answer],
        on_misuse: Callable[[str, Transaction, str], None] | None = None,
    ) -> None:
        """Let `forward` receive every call, and pass it on to what `target` was until now.

        What comes back goes through `on_invalidate`, before the initiator hears of it, and through
        `on_phase`, which gets the initiator's own function to call. `on_misuse` hears of the rule,
        the transaction and the problem of a call that is refused before it leaves this socket.
        """
        self._on_misuse = on_misuse
        self._target = forward
        invalidate, phase_back = self._on_invalidate, self._on_phase

        def both(start: int, end: int) -> None:
            on_invalidate(start, end)
            if invalidate is not None:
                invalidate(start, end)

        def seen(txn: Transaction, phase: AnyPhase, delay: SimTime) -> Answer:
            return on_phase(phase_back or self._no_phases, txn, phase, delay)

        self._on_invalidate, self._on_phase = both, seen

    def b_transport(self, txn: Transaction, delay: SimTime = 0) -> SimTime:
        txn.initiator = txn.initiator or self.name
        return (self._target or self.target).b_transport(txn, delay)

    def nb_transport_fw(self, txn: Transaction, phase: AnyPhase, delay: SimTime = 0) -> Answer:
        """Send a phase forward.

        Raises:
            ProtocolError: the target has `b_transport` only; see `AtToLt` in `bus/adapters.py`.
        """
        txn.initiator = txn.initiator or self.name
        target = self.target
        if not isinstance(target, NonBlockingTarget):
            raise ProtocolError(f"{self.peer.name} has no nb_transport_fw: put AtToLt before it")
        return target.nb_transport_fw(txn, phase, delay)

    def nb_transport_bw(self, txn: Transaction, phase: AnyPhase, delay: SimTime) -> Answer:
        """A phase on its way back to this initiator."""
        return (self._on_phase or self._no_phases)(txn, phase, delay)

    def _no_phases(self, txn: Transaction, phase: AnyPhase, delay: SimTime) -> Answer:
        raise ProtocolError(f"{self.name} does not take phases (nb_transport_bw)")

    def transport_dbg(self, txn: Transaction) -> int:
        txn.initiator = txn.initiator or self.name
        return self.target.transport_dbg(txn)

    def get_direct_mem_ptr(self, txn: Transaction) -> DirectMemory | None:
        """Ask for direct access.

        Raises:
            ProtocolError: called while grants are being invalidated (11.2.5).
        """
        if _invalidation.depth:
            if self._on_misuse is not None:
                self._on_misuse("D7", txn, "get_direct_mem_ptr from an invalidation")
            raise ProtocolError(f"{self.name}: get_direct_mem_ptr from an invalidation (D7)")
        txn.initiator = txn.initiator or self.name
        return self.target.get_direct_mem_ptr(txn)

    def invalidate(self, start: int, end: int) -> None:
        if self._on_invalidate is not None:
            self._on_invalidate(start, end)


class _Invalidation(threading.local):
    """How many invalidations are under way in this OS thread."""

    depth = 0


_invalidation = _Invalidation()


def refuse(txn: Transaction, response: Response, delay: SimTime) -> SimTime:
    """End `txn` with an error response; returns `delay` unchanged."""
    txn.response = response
    return delay

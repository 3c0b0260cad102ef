"""Initiator and target sockets: the forward path (transport, debug, DMI) and DMI invalidation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from cosim.bus.dmi import DirectMemory
from cosim.bus.transaction import Response, Transaction
from cosim.kernel.units import SimTime

ALL_ADDRESSES = (0, 2**64 - 1)


class Target(Protocol):
    """What a module behind a `TargetSocket` implements (IEEE 1666-2011, 11.1, 11.2, 11.3)."""

    def b_transport(self, txn: Transaction, delay: SimTime) -> SimTime:
        """Serve `txn`; returns the time, in ps from now, at which it is complete."""

    def transport_dbg(self, txn: Transaction) -> int:
        """Serve `txn` without side effects or time; returns the number of bytes moved."""

    def get_direct_mem_ptr(self, txn: Transaction) -> DirectMemory | None:
        """Direct access to the memory around `txn.address`, or None."""


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
        for initiator in self._initiators:
            initiator.invalidate(start, end)


class InitiatorSocket:
    """Where an initiator puts its transactions; bound to exactly one target socket.

    Args:
        name: the initiator's name; transactions without one get it.
        on_invalidate: called with (start, end), in this initiator's addresses, when direct memory
            there is no longer valid.
    """

    def __init__(self, name: str, on_invalidate: Callable[[int, int], None] | None = None) -> None:
        self.name = name
        self._on_invalidate = on_invalidate
        self._peer: TargetSocket | None = None

    def bind(self, target: TargetSocket) -> None:
        """Connect to `target`.

        Raises:
            ValueError: already bound.
        """
        if self._peer is not None:
            raise ValueError(f"socket {self.name} is already bound to {self._peer.name}")
        self._peer = target
        target.bound_by(self)

    @property
    def peer(self) -> TargetSocket:
        if self._peer is None:
            raise ValueError(f"socket {self.name} is not bound")
        return self._peer

    def b_transport(self, txn: Transaction, delay: SimTime = 0) -> SimTime:
        txn.initiator = txn.initiator or self.name
        return self.peer.target.b_transport(txn, delay)

    def transport_dbg(self, txn: Transaction) -> int:
        txn.initiator = txn.initiator or self.name
        return self.peer.target.transport_dbg(txn)

    def get_direct_mem_ptr(self, txn: Transaction) -> DirectMemory | None:
        txn.initiator = txn.initiator or self.name
        return self.peer.target.get_direct_mem_ptr(txn)

    def invalidate(self, start: int, end: int) -> None:
        if self._on_invalidate is not None:
            self._on_invalidate(start, end)


def refuse(txn: Transaction, response: Response, delay: SimTime) -> SimTime:
    """End `txn` with an error response; returns `delay` unchanged."""
    txn.response = response
    return delay

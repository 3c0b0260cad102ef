"""The quantum keeper: local time of an initiator that runs ahead (IEEE 1666, 16.2)."""

from __future__ import annotations

from collections.abc import Generator

from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from cosim.kernel.units import SimTime

Waiting = Generator[SimTime, Event | None, None]
"""To be run with `yield from` in a thread process."""


class QuantumKeeper:
    """Local time of one initiator, and when it must let the others run.

    Synchronization points are the multiples of the global quantum, the same for all initiators. A
    new value of the quantum holds from the next `reset` or `sync` on. With the quantum 0 every
    access needs a synchronization.

    Attributes:
        local_time: how far the initiator is ahead, in ps.
    """

    def __init__(self, kernel: Kernel, quantum: GlobalQuantum) -> None:
        self.kernel = kernel
        self.quantum = quantum
        self.local_time: SimTime = 0
        self._next_sync_point: SimTime = 0

    @property
    def current_time(self) -> SimTime:
        """Simulated time as this initiator has it."""
        return self.kernel.now + self.local_time

    @property
    def local_quantum(self) -> SimTime:
        """From now to the next synchronization point; 0 with the quantum 0."""
        return self.quantum.next_sync_point(self.kernel.now) - self.kernel.now

    @property
    def need_sync(self) -> bool:
        """Whether local time has come to the synchronization point; before any reset, True."""
        return self.current_time >= self._next_sync_point

    def increase(self, duration: SimTime) -> None:
        """Go ahead by `duration` ps.

        Raises:
            ValueError: it is negative.
        """
        if duration < 0:
            raise ValueError("local time does not go back")
        self.local_time += duration

    def set(self, local_time: SimTime) -> None:
        """Take over the delay that a transport call returned.

        Raises:
            ValueError: it is negative.
        """
        if local_time < 0:
            raise ValueError("local time is not before simulated time")
        self.local_time = local_time

    def reset(self) -> None:
        """Local time is simulated time; find the next synchronization point."""
        self.local_time = 0
        self._next_sync_point = self.kernel.now + self.local_quantum

    def sync(self) -> Waiting:
        """Wait until simulated time has caught up."""
        yield self.local_time
        self.reset()

    def set_and_sync(self, local_time: SimTime) -> Waiting:
        """`set`, and `sync` if needed."""
        self.set(local_time)
        if self.need_sync:
            yield from self.sync()

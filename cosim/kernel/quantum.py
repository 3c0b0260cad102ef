"""The quantum: how far an initiator may run ahead of simulated time (IEEE 1666-2011, 12.2)."""

from __future__ import annotations

from cosim.kernel.units import SimTime


class GlobalQuantum:
    """Synchronization points are the multiples of `value` ps; 0 means lock-step."""

    def __init__(self, value: SimTime) -> None:
        if value < 0:
            raise ValueError("a quantum cannot be negative")
        self.value = value

    def next_sync_point(self, now: SimTime) -> SimTime:
        """The first synchronization point after `now`; `now` itself in lock-step."""
        return now + self.value - now % self.value if self.value else now

"""The quantum: how far an initiator may run ahead of simulated time (IEEE 1666-2011, 12.2)."""

from __future__ import annotations

from collections.abc import Callable

from cosim.kernel.units import SimTime


class GlobalQuantum:
    """Synchronization points are the multiples of `value` ps; 0 means lock-step.

    `value` may be set at any time, during a run too: each initiator follows at its next grant, that
    is, when it has used up what it was granted with the old value.

    Attributes:
        watchers: called after each change.

    Raises:
        ValueError: a value that is negative or not a whole number of ps.
    """

    def __init__(self, value: SimTime) -> None:
        self.watchers: list[Callable[[], None]] = []
        self._value: SimTime = 0
        self.value = value

    @property
    def value(self) -> SimTime:
        """In ps."""
        return self._value

    @value.setter
    def value(self, value: SimTime) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"a quantum is a whole number of ps, not {value!r}")
        if value < 0:
            raise ValueError("a quantum cannot be negative")
        changed, self._value = value != self._value, value
        if changed:
            for watcher in self.watchers:
                watcher()

    def next_sync_point(self, now: SimTime) -> SimTime:
        """The first synchronization point after `now`; `now` itself in lock-step."""
        value = self._value
        return now + value - now % value if value else now

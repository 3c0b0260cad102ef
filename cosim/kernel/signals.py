"""A signal: a value that changes one delta cycle after it is written (IEEE 1666-2011, 6.4)."""

from __future__ import annotations

from typing import Generic, TypeVar

from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel

T = TypeVar("T")


class Signal(Generic[T]):
    """`read` gives the current value; `write` sets it for the next delta cycle, the last one wins.

    Attributes:
        value_changed: happens in the delta cycle in which a different value becomes current.
    """

    def __init__(self, kernel: Kernel, initial: T, name: str = "signal") -> None:
        self.kernel = kernel
        self.name = name
        self.value_changed = Event(kernel, f"{name}.value_changed")
        self._current = self._next = initial

    def read(self) -> T:
        return self._current

    def write(self, value: T) -> None:
        self._next = value
        if value != self._current:
            self.kernel.request_update(self)

    def update(self) -> None:
        """Make the written value current. For the kernel."""
        if self._next != self._current:
            self._current = self._next
            self.value_changed.notify(0)

"""A signal: a value that changes one delta cycle after it is written (IEEE 1666-2011, 6.4)."""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import Generic, TypeVar

from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.processes import Process

T = TypeVar("T")


class Writers(Enum):
    """Which processes may write a signal (IEEE 1666-2011, 6.4.4)."""

    ONE = "one process only"
    MANY = "several, one in a delta cycle"
    UNCHECKED = "any"


class Signal(Generic[T]):
    """`read` gives the current value; `write` sets it for the next delta cycle, the last one wins.

    Attributes:
        value_changed: happens in the delta cycle in which a different value becomes current.
    """

    def __init__(
        self,
        kernel: Kernel,
        initial: T,
        name: str = "signal",
        writers: Writers = Writers.ONE,
    ) -> None:
        self.writers = writers
        self._writer: Process | None = None
        self._writer_delta = -1
        self.kernel = kernel
        self.name = name
        self.value_changed = Event(kernel, f"{name}.value_changed")
        self._current = self._next = initial

    def read(self) -> T:
        return self._current

    def write(self, value: T) -> None:
        if self.writers is not Writers.UNCHECKED:
            self._check_writer()
        self._next = value
        if value != self._current:
            self.kernel.request_update(self)

    def update(self) -> None:
        """Make the written value current. For the kernel."""
        if self._next != self._current:
            self._current = self._next
            self._announce()

    @property
    def event(self) -> bool:
        """Whether the value changed in the delta cycle before this one."""
        return self.value_changed.triggered

    @cached_property
    def posedge(self) -> Event:
        """Happens when a boolean signal becomes true."""
        return Event(self.kernel, f"{self.name}.posedge")

    @cached_property
    def negedge(self) -> Event:
        """Happens when a boolean signal becomes false."""
        return Event(self.kernel, f"{self.name}.negedge")

    def _announce(self) -> None:
        self.value_changed.notify(0)
        edge = self.__dict__.get("posedge" if self._current else "negedge")
        if edge is not None:  # nobody waits for an edge nobody has asked for
            edge.notify(0)

    def _check_writer(self) -> None:
        process = self.kernel.running
        if process is None:
            return
        other, delta = self._writer, self._writer_delta
        self._writer, self._writer_delta = process, self.kernel.delta_count
        if other is None or other is process:
            return
        if self.writers is Writers.ONE or delta == self.kernel.delta_count:
            self._writer = other
            raise RuntimeError(
                f"signal {self.name} is written by {other.name} and by {process.name}"
            )


class Buffer(Signal[T]):
    """A signal whose every write is an event, also of an equal value (IEEE 1666-2011, 6.6)."""

    def write(self, value: T) -> None:
        if self.writers is not Writers.UNCHECKED:
            self._check_writer()
        self._next = value
        self.kernel.request_update(self)

    def update(self) -> None:
        self._current = self._next
        self._announce()

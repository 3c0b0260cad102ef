"""A signal: a value that changes one delta cycle after it is written (IEEE 1666-2011, 6.4)."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import cached_property
from typing import Generic, TypeVar

from cosim.kernel.events import Event
from cosim.kernel.hierarchy import Scope
from cosim.kernel.processes import Process
from cosim.kernel.report import KernelError

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
        owner: Scope,
        initial: T,
        name: str | None = None,
        writers: Writers = Writers.ONE,
    ) -> None:
        self.writers = writers
        self._writer: Process | None = None
        self._writer_delta = -1
        self._driver: str | None = None  # the output port that is bound to it
        self._observers: list[Callable[[T], None]] = []
        self.kernel = owner.kernel
        self.name = self.kernel.name_channel(owner, name, type(self).__name__.lower(), self)
        self.value_changed = Event(self.kernel, f"{self.name}.value_changed")
        self._current = self._next = initial

    def read(self) -> T:
        return self._current

    def write(self, value: T) -> None:
        if self.writers is not Writers.UNCHECKED:
            self._check_writer()
        self._next = value
        if value != self._current:
            self.kernel.request_update(self)

    def observe(self, observer: Callable[[T], None]) -> None:
        """Call `observer` with each new value, in the update phase: for traces, not for models."""
        self._observers.append(observer)

    def find_event(self) -> Event:
        """What a process waits for that is sensitive to the signal."""
        return self.value_changed

    def register_port(self, port: str, writes: bool) -> None:
        """A port is bound to the signal. For ports.

        Raises:
            KernelError: the second output port of a signal with one writer.
        """
        if not writes or self.writers is not Writers.ONE:
            return
        if self._driver is not None:
            raise KernelError(f"signal {self.name} is driven by {self._driver} and by {port}")
        self._driver = port

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
        for observer in self._observers:
            observer(self._current)
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
        if other is process or other is None:
            return
        if self.writers is Writers.ONE or delta == self.kernel.delta_count:
            self._writer = other
            raise KernelError(
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

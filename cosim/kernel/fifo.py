"""A bounded queue between processes, updated once a delta cycle (IEEE 1666-2011, 6.23)."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import Generic, TypeVar

from cosim.kernel.events import Event
from cosim.kernel.hierarchy import Scope
from cosim.kernel.report import KernelError
from cosim.kernel.waits import Wait

T = TypeVar("T")


class Fifo(Generic[T]):
    """What is written can be read, and what is read frees its place, one delta cycle later."""

    def __init__(self, owner: Scope, size: int = 16, name: str | None = None) -> None:
        self.kernel, self.size = owner.kernel, size
        self.name = self.kernel.name_channel(owner, name, "fifo", self)
        if size <= 0:
            raise ValueError(f"fifo {self.name}: the size must be greater than 0, not {size}")
        self.data_written = Event(self.kernel, f"{self.name}.data_written")
        self.data_read = Event(self.kernel, f"{self.name}.data_read")
        self._ports: dict[bool, str] = {}
        self._items: deque[T] = deque()
        self._readable = self._read = self._written = 0

    @property
    def num_available(self) -> int:
        return self._readable - self._read

    @property
    def num_free(self) -> int:
        return self.size - self._readable - self._written

    def nb_write(self, value: T) -> bool:
        """Write if there is room; False and no effect if not."""
        if not self.num_free:
            return False
        self._items.append(value)
        self._written += 1
        self.kernel.request_update(self)
        return True

    def nb_read(self) -> tuple[bool, T | None]:
        """(True, value) if there is one to read, else (False, None)."""
        if not self.num_available:
            return False, None
        self._read += 1
        self.kernel.request_update(self)
        return True, self._items.popleft()

    def peek(self) -> T:
        """The value that would be read next, which stays.

        Raises:
            IndexError: there is none.
        """
        if not self.num_available:
            raise IndexError(f"fifo {self.name} has nothing to read")
        return self._items[0]

    def write(self, value: T) -> Generator[Wait, Event | None, None]:
        """`yield from` it in a thread: waits for room."""
        while not self.nb_write(value):
            yield self.data_read

    def read(self) -> Generator[Wait, Event | None, T]:
        """`yield from` it in a thread: waits for a value."""
        while not self.num_available:
            yield self.data_written
        self._read += 1
        self.kernel.request_update(self)
        return self._items.popleft()

    def find_event(self) -> Event:
        """What a process waits for that is sensitive to the fifo: data to read."""
        return self.data_written

    def register_port(self, port: str, writes: bool) -> None:
        """A port is bound to the fifo. For ports.

        Raises:
            KernelError: a second reader or a second writer.
        """
        if writes in self._ports:
            does = "written" if writes else "read"
            raise KernelError(f"fifo {self.name} is {does} by {self._ports[writes]} and by {port}")
        self._ports[writes] = port

    def update(self) -> None:
        """Make the cycle's reads and writes visible. For the kernel."""
        if self._read:
            self.data_read.notify(0)
        if self._written:
            self.data_written.notify(0)
        self._readable += self._written - self._read
        self._read = self._written = 0

"""A bounded queue between processes, updated once a delta cycle (IEEE 1666-2011, 6.23)."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import Generic, TypeVar

from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.processes import Wait

T = TypeVar("T")


class Fifo(Generic[T]):
    """What is written can be read, and what is read frees its place, one delta cycle later."""

    def __init__(self, kernel: Kernel, size: int = 16, name: str = "fifo") -> None:
        if size <= 0:
            raise ValueError(f"fifo {name}: the size must be greater than 0, not {size}")
        self.kernel, self.size, self.name = kernel, size, name
        self.data_written = Event(kernel, f"{name}.data_written")
        self.data_read = Event(kernel, f"{name}.data_read")
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

    def update(self) -> None:
        """Make the cycle's reads and writes visible. For the kernel."""
        if self._read:
            self.data_read.notify(0)
        if self._written:
            self.data_written.notify(0)
        self._readable += self._written - self._read
        self._read = self._written = 0

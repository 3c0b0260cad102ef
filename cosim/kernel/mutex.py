"""Mutual exclusion between processes: Mutex and Semaphore (IEEE 1666-2011, 6.27 and 6.29)."""

from __future__ import annotations

from collections.abc import Generator

from cosim.kernel.events import Event
from cosim.kernel.hierarchy import Scope
from cosim.kernel.processes import Process
from cosim.kernel.waits import Wait


class Mutex:
    """Held by one process at a time; its owner may lock it again at no effect."""

    def __init__(self, owner: Scope, name: str | None = None) -> None:
        self.kernel = owner.kernel
        self.name = self.kernel.name_channel(owner, name, "mutex", self)
        self.owner: Process | None = None
        self._free = Event(self.kernel, f"{self.name}.free")

    def trylock(self) -> bool:
        if self.owner is None:
            self.owner = self.kernel.running
        return self.owner is self.kernel.running

    def lock(self) -> Generator[Wait, Event | None, None]:
        """`yield from` it in a thread: waits until the mutex is free."""
        while not self.trylock():
            yield self._free

    def unlock(self) -> int:
        """0, or -1 from a process that does not hold it."""
        if self.owner is None or self.owner is not self.kernel.running:
            return -1
        self.owner = None
        self._free.notify()
        return 0


class Semaphore:
    """`value` processes may hold it at a time."""

    def __init__(self, owner: Scope, value: int, name: str | None = None) -> None:
        self.kernel, self.value = owner.kernel, value
        self.name = self.kernel.name_channel(owner, name, "semaphore", self)
        if value < 0:
            raise ValueError(f"semaphore {self.name}: the value cannot be negative")
        self._free = Event(self.kernel, f"{self.name}.free")

    def trywait(self) -> bool:
        if self.value <= 0:
            return False
        self.value -= 1
        return True

    def wait(self) -> Generator[Wait, Event | None, None]:
        """`yield from` it in a thread: waits until the value is greater than 0."""
        while not self.trywait():
            yield self._free

    def post(self) -> None:
        self.value += 1
        self._free.notify()

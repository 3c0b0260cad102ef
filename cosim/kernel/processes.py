"""Processes: threads (generators that yield what they wait for) and methods (callables)."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from simpy.events import Event as QueueEntry

from cosim.kernel.events import Event
from cosim.kernel.units import SimTime

if TYPE_CHECKING:
    from cosim.kernel.kernel import Kernel


@dataclass(frozen=True)
class AnyOf:
    """Wait until one of `events` happens, or `timeout` ps have passed."""

    events: tuple[Event, ...]
    timeout: SimTime | None = None


Wait: TypeAlias = SimTime | Event | AnyOf
"""What a thread yields: a time in ps (0: the next delta cycle), an event, or `AnyOf`."""

ThreadBody: TypeAlias = Generator[Wait, Event | None, None]
"""A thread's generator; `yield` returns the event that ended the wait, None for a timeout."""


class Thread:
    """A thread process: runs from one `yield` to the next each time its wait ends."""

    def __init__(self, kernel: Kernel, body: ThreadBody, name: str) -> None:
        self.kernel = kernel
        self.name = name
        self.terminated = Event(kernel, f"{name}.terminated")
        self.alive = True
        self._body = body
        self._cause: Event | None = None
        self._waiting_for: tuple[Event, ...] = ()
        self._timer: QueueEntry | None = None
        kernel.make_runnable(self)

    def run(self) -> None:
        """Run up to the next wait. For the kernel."""
        cause, self._cause = self._cause, None
        try:
            wait = self._body.send(cause)
        except StopIteration:
            self.alive = False
            self.terminated.notify(0)
            return
        if isinstance(wait, int):
            self._start_timer(wait)
        elif isinstance(wait, Event):
            self._await((wait,))
        elif isinstance(wait, AnyOf):
            self._await(wait.events)
            if wait.timeout is not None:
                self._start_timer(wait.timeout)
        else:
            raise TypeError(f"process {self.name} yielded {wait!r}: not a time, Event or AnyOf")

    def triggered(self, event: Event) -> None:
        self._cause = event
        self._wake()

    def elapsed(self) -> None:
        """A wait of zero time is over. For the kernel."""
        self._wake()

    def _await(self, events: tuple[Event, ...]) -> None:
        self._waiting_for = events
        for event in events:
            event.add_dynamic(self)

    def _start_timer(self, delay: SimTime) -> None:
        if delay == 0:
            self.kernel.delta_threads.append(self)
        else:
            self._timer = timer = self.kernel.after(delay)
            timer.callbacks.append(self._timeout)

    def _timeout(self, _: QueueEntry) -> None:
        self._timer = None
        self._wake()

    def _wake(self) -> None:
        if self._timer is not None:
            self._timer.callbacks = []
            self._timer = None
        if self in self.kernel.delta_threads:
            self.kernel.delta_threads.remove(self)
        for event in self._waiting_for:
            event.remove_dynamic(self)
        self._waiting_for = ()
        self.kernel.make_runnable(self)


class Method:
    """A method process: called from start to end each time an event it is sensitive to happens."""

    def __init__(
        self, kernel: Kernel, function: Callable[[], None], sensitive: tuple[Event, ...], name: str
    ) -> None:
        self.kernel = kernel
        self.name = name
        self._function = function
        self._queued = False
        for event in sensitive:
            event.add_static(self)

    def triggered(self, event: Event) -> None:
        if not self._queued:
            self._queued = True
            self.kernel.make_runnable(self)

    def run(self) -> None:
        self._queued = False
        self._function()

"""Processes: threads (generators that yield what they wait for) and methods (callables)."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from dataclasses import dataclass
from inspect import isgenerator
from typing import TYPE_CHECKING, TypeAlias

from simpy.events import Event as QueueEntry

from cosim.kernel.events import Event
from cosim.kernel.report import KernelWarning
from cosim.kernel.units import SimTime

if TYPE_CHECKING:
    from cosim.kernel.kernel import Kernel


@dataclass(frozen=True)
class AnyOf:
    """Wait until one of `events` happens, or `timeout` ps have passed."""

    events: tuple[Event, ...]
    timeout: SimTime | None = None


@dataclass(frozen=True)
class AllOf:
    """Wait until each of `events` has happened, in any order, or `timeout` ps have passed."""

    events: tuple[Event, ...]
    timeout: SimTime | None = None


@dataclass(frozen=True)
class Triggers:
    """Wait for `count` happenings of the static sensitivity (`wait(n)`)."""

    count: int = 1


class Suspended:
    """What `suspend` returns: a thread that suspends itself yields it."""


Wait: TypeAlias = SimTime | Event | AnyOf | AllOf | Triggers | Suspended | None
"""What a thread yields: a time in ps (0: the next delta cycle), an event, a list of events, or
None for its static sensitivity."""

ThreadBody: TypeAlias = Generator[Wait, Event | None, None]
"""A thread's generator; `yield` returns the event that ended the wait, None for a timeout."""


class Process(ABC):
    """What threads and methods share: sensitivity and control (IEEE 1666-2011, 5.2 and 5.6)."""

    def __init__(self, kernel: Kernel, name: str, sensitive: tuple[Event, ...]) -> None:
        self.kernel = kernel
        self.name = name
        self.terminated = Event(kernel, f"{name}.terminated")
        self.alive = True
        self.suspended = False
        self.disabled = False
        self._sensitive = sensitive
        self._queued = False
        self._ready = False
        self._dynamic = False
        self._triggers = 1
        self._missing: set[Event] | None = None
        self._cause: Event | None = None
        self._waiting_for: tuple[Event, ...] = ()
        self._timer: QueueEntry | None = None
        self._delta = False
        for event in sensitive:
            event.add_static(self)

    @abstractmethod
    def run(self) -> None:
        """Run once. For the kernel."""

    def triggered(self, event: Event) -> None:
        """An event of the dynamic sensitivity has happened. For the kernel."""
        if self.disabled:
            event.add_dynamic(self)  # this happening is lost, the wait goes on
            return
        if self._missing is not None:
            self._missing.discard(event)
            if self._missing:
                return
        self._wake(event)

    def triggered_statically(self, event: Event) -> None:
        """An event of the static sensitivity has happened. For the kernel."""
        if self._dynamic or self._queued or self.disabled or not self.alive:
            return
        if self.kernel.running is self:
            warnings.warn(
                f"process {self.name} notifies {event.name} immediately, to which it is itself "
                "sensitive: it is not run again",
                KernelWarning,
                stacklevel=4,
            )
            return
        if self._triggers > 1:
            self._triggers -= 1
            return
        self._wake(event)

    def elapsed(self) -> None:
        """A wait of zero time is over. For the kernel."""
        self._delta = False
        self._timed_out()

    def suspend(self) -> Suspended:
        """Do not run until `resume`; a trigger meanwhile is remembered, once."""
        self.suspended = True
        if self.kernel.running is self:
            self._ready = True
        return Suspended()

    def resume(self) -> None:
        """Undo `suspend`; what was triggered meanwhile runs in this evaluate phase."""
        self.suspended = False
        if self._ready and self.alive:
            self._ready = False
            self._queue()

    def disable(self) -> None:
        """Lose every trigger until `enable`."""
        self.disabled = True

    def enable(self) -> None:
        self.disabled = False

    def kill(self) -> None:
        """End the process: unwind it, forget what it waits for, notify `terminated`."""
        if not self.kernel.started:
            raise RuntimeError(f"process {self.name} is killed before the simulation has started")
        if not self.alive:
            warnings.warn(f"process {self.name} is already dead", KernelWarning, stacklevel=2)
            return
        self._end()
        self._unwind()

    def _unwind(self) -> None:  # noqa: B027 - a method has nothing to unwind
        """Give the process's own code the chance to clean up."""

    def _end(self) -> None:
        self.alive = False
        self._forget()
        self.terminated.notify(0)

    def _start_wait(self, wait: Wait) -> None:
        if isinstance(wait, int):
            self._start_timer(wait)
        elif isinstance(wait, Event):
            self._await((wait,))
        elif isinstance(wait, (AnyOf, AllOf)):
            self._await(wait.events)
            if isinstance(wait, AllOf):
                self._missing = set(wait.events)
            if wait.timeout is not None:
                self._start_timer(wait.timeout)
        elif isinstance(wait, Triggers):
            if wait.count < 1:
                raise ValueError(f"process {self.name} waits for {wait.count} triggers")
            self._triggers = wait.count
        elif wait is not None and not isinstance(wait, Suspended):
            raise TypeError(f"process {self.name} yielded {wait!r}: not a time, Event or AnyOf")

    def _await(self, events: tuple[Event, ...]) -> None:
        self._dynamic = True
        self._waiting_for = events
        for event in events:
            event.add_dynamic(self)

    def _start_timer(self, delay: SimTime) -> None:
        self._dynamic = True
        if delay == 0:
            self._delta = True
            self.kernel.delta_threads.append(self)
        else:
            self._timer = timer = self.kernel.after(delay)
            timer.callbacks.append(self._timeout)

    def _timeout(self, _: QueueEntry) -> None:
        self._timer = None
        self._timed_out()

    def _timed_out(self) -> None:
        if self.disabled:
            self._forget()
        else:
            self._wake(None)

    def _forget(self) -> None:
        """Drop the dynamic sensitivity; the static one holds again."""
        if self._timer is not None:
            self._timer.callbacks = []
            self._timer = None
        if self._delta:
            self._delta = False
            self.kernel.delta_threads.remove(self)
        for event in self._waiting_for:
            event.remove_dynamic(self)
        self._waiting_for = ()
        self._missing = None
        self._dynamic = False
        self._triggers = 1

    def _wake(self, event: Event | None) -> None:
        self._forget()
        self._cause = event
        if self.suspended:
            self._ready = True
        else:
            self._queue()

    def _queue(self) -> None:
        if not self._queued:
            self._queued = True
            self.kernel.make_runnable(self)


class Thread(Process):
    """A thread process: runs from one `yield` to the next each time its wait ends."""

    def __init__(
        self,
        kernel: Kernel,
        body: ThreadBody | Callable[[], ThreadBody],
        name: str,
        sensitive: tuple[Event, ...] = (),
        initialize: bool = True,
    ) -> None:
        super().__init__(kernel, name, sensitive)
        self._factory = None if isgenerator(body) else body
        self._body: ThreadBody = body() if callable(body) else body
        if initialize:
            self._queue()

    def run(self) -> None:
        """Run up to the next wait. For the kernel."""
        self._queued = False
        if not self.alive:
            return
        if self.suspended:
            self._ready = True
            return
        cause, self._cause = self._cause, None
        try:
            wait = self._body.send(cause)
        except (StopIteration, GeneratorExit):
            if self.alive:
                self._end()
            return
        self._start_wait(wait)

    def reset(self) -> None:
        """Start again from the beginning, in this evaluate phase."""
        if not callable(self._factory):
            raise RuntimeError(f"process {self.name} cannot be reset: made from a generator")
        if self.kernel.running is self:
            raise RuntimeError(f"process {self.name} cannot reset itself")
        self._forget()
        self._body.close()
        self._body = self._factory()
        self._cause = None
        self.alive = True
        self._queue()

    def _unwind(self) -> None:
        if self.kernel.running is self:
            raise GeneratorExit  # through the body's own frames, up to `run`
        self._body.close()


class Method(Process):
    """A method process: called from start to end each time an event it is sensitive to happens."""

    def __init__(
        self,
        kernel: Kernel,
        function: Callable[[], object],
        sensitive: tuple[Event, ...],
        name: str,
        initialize: bool = False,
    ) -> None:
        super().__init__(kernel, name, sensitive)
        self._function = function
        if initialize:
            self._queue()
        elif not sensitive:
            warnings.warn(
                f"process {name} is neither initialized nor sensitive to anything",
                KernelWarning,
                stacklevel=3,
            )

    def next_trigger(self, wait: Wait = None) -> None:
        """What to run for next, once; the last call counts, None is the static sensitivity."""
        self._forget()
        self._start_wait(wait)

    def run(self) -> None:
        self._queued = False
        if not self.alive:
            return
        if self.suspended:
            self._ready = True
            return
        if isgenerator(self._function()):
            raise TypeError(f"process {self.name} is a method and cannot wait (it has a yield)")

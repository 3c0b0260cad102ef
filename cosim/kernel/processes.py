"""What thread and method processes share: sensitivity, waiting and control (5.2 and 5.6)."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeAlias

from cosim.kernel.alarm import Alarmed
from cosim.kernel.events import Event
from cosim.kernel.report import KernelError, KernelWarning
from cosim.kernel.units import SimTime
from cosim.kernel.waits import AllOf, AnyOf, Suspended, Triggers, Wait

if TYPE_CHECKING:
    from cosim.kernel.kernel import Kernel


class Sensible(Protocol):
    """What a process can be sensitive to: an event, a signal, a port, an event finder."""

    def find_event(self) -> Event: ...


Sensitive: TypeAlias = Event | Sensible
"""Ports are bound later than processes are made; their events are found when they are."""


class Process(Alarmed, ABC):
    """What threads and methods share: sensitivity and control (IEEE 1666-2011, 5.2 and 5.6).

    Attributes:
        runs_ahead: of simulated time (temporal decoupling), so everything else due goes first.
    """

    runs_ahead = False

    def __init__(
        self, kernel: Kernel, name: str, sensitive: tuple[Sensitive, ...], initialize: bool
    ) -> None:
        self.kernel = kernel
        self.name = kernel.register(name, self)
        self.alive = True
        self.suspended = False
        self.disabled = False
        self._queued = False
        self._ready = False
        self._dynamic = False
        self._triggers = 1
        self._missing: set[Event] | None = None
        self._cause: Event | None = None
        self._waiting_for: tuple[Event, ...] = ()
        self.alarm = None
        self._delta = False
        self._dynamic_name = kernel.elaborated  # made while the simulation runs
        if not initialize and not sensitive:
            warnings.warn(
                f"process {self.name} is neither initialized nor sensitive to anything",
                KernelWarning,
                stacklevel=4,
            )
        if kernel.elaborated or all(isinstance(one, Event) for one in sensitive):
            self._add_sensitivity(sensitive)
        else:
            kernel.sensitivities.append(lambda: self._add_sensitivity(sensitive))
        if initialize and kernel.elaborated:
            self.begin()
        elif initialize:
            kernel.initial.append(self)

    def _add_sensitivity(self, sensitive: tuple[Sensitive, ...]) -> None:
        for one in sensitive:
            one.find_event().add_static(self)

    @cached_property
    def terminated(self) -> Event:
        """Happens when the process has ended."""
        return Event(self.kernel, f"{self.name}.terminated")

    def begin(self) -> None:
        """Become runnable for the first time. For the kernel."""
        if self.alive and not self.disabled:
            self._wake(None)

    @abstractmethod
    def run(self) -> None:
        """Run once. For the kernel."""

    def triggered(self, event: Event) -> None:
        """An event of the dynamic sensitivity has happened. For the kernel."""
        if self.disabled or self.kernel.running is self:
            event.add_dynamic(self)  # this happening is lost, the wait goes on
            if not self.disabled:
                self._warn_of_itself(event)
            return
        if self._missing is not None:
            self._missing.discard(event)
            if self._missing:
                return
        if self.alarm is not None or self._delta or len(self._waiting_for) > 1:
            self._forget()
        else:  # the common case, short
            self._waiting_for = ()
            self._missing = None
            self._dynamic = False
        self._cause = event
        if self.suspended:
            self._ready = True
        elif not self._queued:
            self._queued = True
            self.kernel.runnable.append(self)

    def triggered_statically(self, event: Event) -> None:
        """An event of the static sensitivity has happened. For the kernel."""
        if self._dynamic or self._queued or self.disabled or not self.alive:
            return
        if self.kernel.running is self:
            self._warn_of_itself(event)
            return
        if self._triggers > 1:
            self._triggers -= 1
            return
        self._cause = event  # there is no dynamic sensitivity to forget
        if self.suspended:
            self._ready = True
        else:
            self._queued = True
            self.kernel.runnable.append(self)

    def _warn_of_itself(self, event: Event) -> None:
        warnings.warn(
            f"process {self.name} notifies {event.name} immediately, to which it is itself "
            "sensitive: it is not run again",
            KernelWarning,
            stacklevel=5,
        )

    def elapsed(self) -> None:
        """A wait of zero time is over. For the kernel."""
        self._delta = False
        self.ring()

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
        if not self.kernel.elaborated:
            raise KernelError(f"process {self.name} is killed before the simulation has started")
        if not self.alive:
            warnings.warn(f"process {self.name} is already dead", KernelWarning, stacklevel=2)
            return
        self._end()
        self._unwind()

    def reset(self) -> None:
        """Start again from the beginning, in this evaluate phase, with the static sensitivity.

        Raises:
            KernelError: before the simulation has started, or by itself.
        """
        if not self.kernel.elaborated:
            raise KernelError(f"process {self.name} is reset before the simulation has started")
        if self.kernel.running is self:
            raise KernelError(f"process {self.name} cannot reset itself")
        if not self.alive:
            warnings.warn(
                f"process {self.name} has ended: reset does nothing", KernelWarning, stacklevel=2
            )
            return
        self._forget()
        self._cause = None
        self._rewind()
        self._queue()

    def _rewind(self) -> None:
        """Make the process's own code begin at its beginning."""

    def _unwind(self) -> None:
        """Give the process's own code the chance to clean up."""

    def _end(self) -> None:
        self.alive = False
        self._forget()
        if "terminated" in self.__dict__:  # somebody has asked for it
            self.terminated.notify()
        if self._dynamic_name:
            self.kernel.objects.pop(self.name, None)

    def _start_wait(self, wait: Wait) -> None:
        if isinstance(wait, Event):
            self._dynamic = True
            self._waiting_for = (wait,)
            wait.add_dynamic(self)
        elif isinstance(wait, int):
            self._start_timer(wait)
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
            raise KernelError(f"process {self.name} yielded {wait!r}: not a time, Event or AnyOf")

    def _await(self, events: tuple[Event, ...]) -> None:
        self._dynamic = True
        self._waiting_for = events
        for event in events:
            event.add_dynamic(self)

    def _start_timer(self, delay: SimTime) -> None:
        if delay < 0:
            raise ValueError(f"process {self.name} waits for {delay} ps")
        self._dynamic = True
        if delay == 0:
            self._delta = True
            self.kernel.delta_threads[self] = None
        else:
            self.set_alarm(delay)

    def ring(self) -> None:
        """The time that it waits for has come. For the kernel."""
        self.alarm = None
        if self._waiting_for or self.suspended or self.disabled:
            self._timed_out()
        else:  # the common case, short
            self._dynamic = False
            self._cause = None
            self._queued = True
            self.kernel.runnable.append(self)

    def _timed_out(self) -> None:
        if self.disabled:
            self._forget()
        else:
            self._wake(None)

    def _forget(self) -> None:
        """Drop the dynamic sensitivity; the static one holds again."""
        self.alarm = None
        if self._delta:
            self._delta = False
            self.kernel.delta_threads.pop(self, None)
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
            self.kernel.runnable.append(self)

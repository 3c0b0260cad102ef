"""Events: notified now, in the next delta cycle or at a time (IEEE 1666-2011, 5.10)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Protocol

from cosim.kernel.alarm import Alarmed
from cosim.kernel.report import KernelError, KernelWarning
from cosim.kernel.stages import Phase
from cosim.kernel.units import MAX_TIME, SimTime, format_time

if TYPE_CHECKING:
    from cosim.kernel.hierarchy import Scope
    from cosim.kernel.waits import AllOf, AnyOf


_CALLBACK = Phase.CALLBACK  # looking a member up in its class is slow
_NEVER_NOW = (Phase.ELABORATION, Phase.UPDATE, Phase.CALLBACK)


class Waiter(Protocol):
    """What can wait for an event: a process."""

    def triggered(self, event: Event) -> None:
        """`event`, for which it waits, has happened."""

    def triggered_statically(self, event: Event) -> None:
        """`event`, of its static sensitivity, has happened."""


class Event(Alarmed):
    """Something that happens; whoever waits for it becomes runnable.

    At most one notification is pending: none, `delta` or timed at `due`. An earlier notification
    overrides a later one.

    Args:
        owner: the kernel or the module it belongs to.
        name: in the owner, for messages.
    """

    def __init__(self, owner: Scope, name: str = "event") -> None:
        self.kernel = owner.kernel
        self.name = owner.path(name)
        self._static: list[Waiter] = []
        self._dynamic: list[Waiter] = []
        self._delta = False
        self.alarm = None
        self.due: SimTime | None = None
        self._stamp = -1

    def notify(self, delay: SimTime | None = None) -> None:
        """Notify now (no argument), in the next delta cycle (0), or `delay` ps from now.

        Raises:
            KernelError: now, outside the evaluate phase; or beyond the greatest time.
            ValueError: the delay is negative.
        """
        kernel = self.kernel
        if delay is None:
            if kernel.phase in _NEVER_NOW:
                raise KernelError(
                    f"event {self.name}: immediate notification in {kernel.phase.name.lower()}"
                )
            if self._delta or self.alarm is not None:
                self.cancel()
            self.happen()
        elif kernel.phase is _CALLBACK:
            warnings.warn(
                f"event {self.name}: a notification in a stage callback is ignored",
                KernelWarning,
                stacklevel=2,
            )
        elif delay == 0:
            if not self._delta:
                self.alarm = self.due = None
                self._delta = True
                kernel.delta_events[self] = None
        elif delay < 0:
            raise ValueError(f"event {self.name}: delay {delay} ps is in the past")
        else:
            due: SimTime = kernel.env._now + delay  # type: ignore[assignment]  # is whole
            if self._delta or (self.due is not None and self.due <= due):
                return
            if due > MAX_TIME:
                raise KernelError(
                    f"event {self.name}: a delay beyond the greatest time, {format_time(MAX_TIME)}"
                )
            self.due = due
            self.set_alarm(delay)  # a later one that was pending is not valid any more

    def cancel(self) -> None:
        """Withdraw a pending notification, if there is one."""
        if self._delta:
            self._delta = False
            del self.kernel.delta_events[self]
        self.alarm = self.due = None

    @property
    def pending(self) -> bool:
        return self._delta or self.alarm is not None

    @property
    def triggered(self) -> bool:
        """Whether it has happened for the present evaluate phase (IEEE 1666-2023)."""
        return self._stamp == self.kernel.stamp

    def __or__(self, other: Event | AnyOf) -> AnyOf:
        """Wait for either: `yield a | b`."""
        from cosim.kernel.waits import AnyOf

        return AnyOf((self,)) | other

    def __and__(self, other: Event | AllOf) -> AllOf:
        """Wait for both: `yield a & b`."""
        from cosim.kernel.waits import AllOf

        return AllOf((self,)) & other

    def find_event(self) -> Event:
        """Itself; what a process can be sensitive to has an event."""
        return self

    def happen(self) -> None:
        """Trigger everybody who waits. For the kernel; models call `notify`."""
        self._delta = False
        self._stamp = self.kernel.stamp
        for waiter in self._static:
            waiter.triggered_statically(self)
        if self._dynamic:
            waiting, self._dynamic = self._dynamic, []
            for waiter in waiting:
                waiter.triggered(self)

    def add_static(self, waiter: Waiter) -> None:
        self._static.append(waiter)

    def add_dynamic(self, waiter: Waiter) -> None:
        self._dynamic.append(waiter)

    def remove_dynamic(self, waiter: Waiter) -> None:
        if waiter in self._dynamic:
            self._dynamic.remove(waiter)

    def ring(self) -> None:
        """The time it is notified for has come. For the kernel."""
        self.alarm = self.due = None
        self.happen()

"""What a process can wait for: times, events and lists of events (IEEE 1666-2011, 5.2.17, 5.8)."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias

from cosim.kernel.events import Event
from cosim.kernel.units import SimTime


@dataclass(frozen=True)
class EventList:
    """At least one event, and a timeout in ps or none.

    Raises:
        ValueError: there is no event: the wait would never end.
    """

    events: tuple[Event, ...]
    timeout: SimTime | None = None

    def __post_init__(self) -> None:
        if not self.events:
            raise ValueError(f"{type(self).__name__} needs an event to wait for")


class AnyOf(EventList):
    """Wait until one of `events` happens, or `timeout` ps have passed; also `a | b`."""

    def __or__(self, other: Event | AnyOf) -> AnyOf:
        return AnyOf(self.events + _events(other), self.timeout)


class AllOf(EventList):
    """Wait until each of `events` has happened, in any order, or `timeout` ps have passed; `a & b`.

    They may happen in different delta cycles.
    """

    def __and__(self, other: Event | AllOf) -> AllOf:
        return AllOf(self.events + _events(other), self.timeout)


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


def _events(one: Event | EventList) -> tuple[Event, ...]:
    return one.events if isinstance(one, EventList) else (one,)

"""Alarms: entries of simpy's queue that call a function when their time has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from simpy import Environment
from simpy.events import NORMAL
from simpy.events import Event as QueueEntry

from cosim.kernel.units import SimTime

Callback: TypeAlias = Callable[[Any], None]
"""Called with the alarm."""


class Alarm(QueueEntry):
    """Calls `callback` `delay` ps from now. It is triggered from the start, as simpy's Timeout."""

    _ok = True
    _value = None

    def __init__(self, env: Environment, delay: SimTime, callback: Callback) -> None:
        # QueueEntry's own __init__ would only make it an event that is not triggered yet.
        self.callbacks = [callback]
        env.schedule(self, NORMAL, delay)

    def cancel(self) -> None:
        """Let nothing happen: the queue cannot forget an entry, but it has no effect now."""
        self.callbacks = []

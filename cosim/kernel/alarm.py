"""Alarms: what events and processes have in simpy's queue."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from simpy.events import NORMAL

from cosim.kernel.units import SimTime

if TYPE_CHECKING:
    from simpy import Environment

    from cosim.kernel.kernel import Kernel


class Alarmed:
    """Stands in simpy's queue itself, with nothing made for it; at most one entry is valid.

    The queue cannot forget an entry. One that is no more valid has another number than `alarm`.

    Attributes:
        alarm: the number of its entry; None: it has none.
    """

    kernel: Kernel
    alarm: int | None

    def set_alarm(self, delay: SimTime) -> None:
        """Let `ring` be called `delay` ps from now."""
        env = self.kernel.env
        self.alarm = number = next(env._eid)
        entry = (env._now + delay, NORMAL, number, self)
        heappush(env._queue, entry)  # type: ignore[misc]  # no Event of simpy's: see the class

    def ring(self) -> None:
        """The time has come. For the kernel."""
        raise NotImplementedError  # no abstract class: `isinstance` with those is slow


def forget_cancelled(env: Environment) -> None:
    """Drop entries that are not valid from the head of the queue: time does not move for them."""
    queue = env._queue
    while queue:
        _, _, number, item = queue[0]
        if not isinstance(item, Alarmed) or item.alarm == number:
            return
        heappop(queue)

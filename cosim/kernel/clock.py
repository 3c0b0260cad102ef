"""The clock channel: a boolean signal that changes by itself (IEEE 1666-2011, 6.7)."""

from __future__ import annotations

from cosim.kernel.cycle_clock import CycleClock
from cosim.kernel.events import Event
from cosim.kernel.hierarchy import Scope
from cosim.kernel.report import KernelError
from cosim.kernel.signals import Signal, Writers
from cosim.kernel.units import SimTime


class Clock(Signal[bool]):
    """Edges at exact times, for ever; `posedge` and `negedge` are what processes wait for.

    Args:
        owner: the kernel or the module it belongs to.
        period: in ps, or a `CycleClock` for a frequency whose period is not whole: edge n is where
            cycle n begins, so that no error accumulates.
        duty: the part of a period during which it is true, greater than 0 and less than 1.
        start: the time of the first edge, in ps.
        posedge_first: whether that is a rising edge.

    Raises:
        KernelError: one of the two parts of a period would be shorter than a picosecond.
    """

    def __init__(
        self,
        owner: Scope,
        period: SimTime | CycleClock,
        name: str | None = None,
        duty: float = 0.5,
        start: SimTime = 0,
        posedge_first: bool = True,
    ) -> None:
        super().__init__(owner, not posedge_first, name, Writers.UNCHECKED)
        self.period = period
        self.duty = duty
        self._start = start
        self._first = posedge_first
        self._edges = 0  # that have been
        if start < 0:
            raise KernelError(f"clock {self.name}: it cannot start in the past")
        first, second = self._edge_time(1), self._edge_time(2)
        if not 0 < duty < 1 or not start < first < second:
            raise KernelError(f"clock {self.name}: no time to be both true and false in a period")
        self._due = Event(self.kernel, f"{self.name}.edge")
        self._due.notify(max(start - self.kernel.now, 0))
        self.kernel.method(self._edge, self._due, name=f"{self.name}.drive", initialize=False)

    def write(self, value: bool) -> None:
        """Always an error: a clock has one driver, itself.

        Raises:
            KernelError: always.
        """
        raise KernelError(f"clock {self.name} cannot be written")

    def _edge_time(self, number: int) -> SimTime:
        """When edge `number` is; the even ones begin a period."""
        cycle, half = divmod(number, 2)
        begins = self._cycle_time(cycle)
        if not half:
            return begins
        share = self.duty if self._first else 1 - self.duty
        return begins + round((self._cycle_time(cycle + 1) - begins) * share)

    def _cycle_time(self, cycle: int) -> SimTime:
        if isinstance(self.period, CycleClock):
            return self._start + self.period.time_of(cycle)
        return self._start + cycle * self.period

    def _edge(self) -> None:
        self._next = not self._current
        self.kernel.request_update(self)
        self._edges += 1
        self._due.notify(self._edge_time(self._edges) - self.kernel.now)

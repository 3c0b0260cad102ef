"""A clock by its frequency: cycles to simulated time and back, without accumulating error."""

from __future__ import annotations

from cosim.kernel.units import PS_PER_SECOND, SimTime


class CycleClock:
    """The time of cycle n is floor(n * 10**12 / f) ps: exact from the count, for any f in Hz."""

    __slots__ = ("frequency",)

    def __init__(self, frequency: int) -> None:
        if frequency <= 0:
            raise ValueError("a clock's frequency must be greater than 0")
        self.frequency = frequency

    def time_of(self, cycle: int) -> SimTime:
        """When cycle `cycle` begins, in ps."""
        return cycle * PS_PER_SECOND // self.frequency

    def cycle_at(self, time: SimTime) -> int:
        """The first cycle that begins at `time` or later."""
        # time_of(n) >= time  <=>  n * 10**12 >= time * f, because `time` is whole.
        return -(-time * self.frequency // PS_PER_SECOND)

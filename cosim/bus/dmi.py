"""Direct memory: the descriptor a target hands out so that accesses can bypass the bus."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cosim.kernel.units import SimTime


@dataclass(frozen=True, slots=True)
class DirectMemory:
    """Bytes `start`..`end` (inclusive) of the initiator's map, found at `offset` in `buffer`.

    Attributes:
        readable, writable: the granted access (IEEE 1666-2011, 11.2.5).
        read_latency, write_latency: simulated time to charge for each access, in ps.
    """

    start: int
    end: int
    buffer: memoryview
    offset: int
    readable: bool
    writable: bool
    read_latency: SimTime = 0
    write_latency: SimTime = 0

    def moved(self, displacement: int) -> DirectMemory:
        """The same memory as an initiator sees it that adds `displacement` to addresses."""
        return replace(self, start=self.start + displacement, end=self.end + displacement)

    def clipped(self, first: int, last: int) -> DirectMemory | None:
        """The part within `first`..`last`, or None."""
        start, end = max(self.start, first), min(self.end, last)
        if start > end:
            return None
        return replace(self, start=start, end=end, offset=self.offset + start - self.start)

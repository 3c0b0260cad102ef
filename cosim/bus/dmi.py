"""Direct memory: the descriptor a target hands out so that accesses can bypass the bus."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cosim.bus.write_watch import WriteWatch
from cosim.kernel.units import SimTime

LAST_ADDRESS = 2**64 - 1
_NOTHING = memoryview(b"")


@dataclass(frozen=True, slots=True)
class DirectMemory:
    """Bytes `start`..`end` (inclusive) of the initiator's map, found at `offset` in `buffer`.

    Without arguments it is the clean descriptor of IEEE 1666-2011, 11.2.5: no access anywhere. One
    that grants no access is a *denied* range: asking again within it is of no use until it is
    invalidated.

    Attributes:
        readable, writable: the granted access.
        read_latency, write_latency: simulated time to charge for each access, in ps.
        watch: who has to be told of writes, by offset in `buffer`.
    """

    start: int = 0
    end: int = LAST_ADDRESS
    buffer: memoryview = _NOTHING
    offset: int = 0
    readable: bool = False
    writable: bool = False
    read_latency: SimTime = 0
    write_latency: SimTime = 0
    watch: WriteWatch | None = None

    @property
    def granted(self) -> bool:
        """Whether any access is allowed."""
        return self.readable or self.writable

    def moved(self, displacement: int) -> DirectMemory:
        """The same memory as an initiator sees it that adds `displacement` to addresses."""
        return replace(self, start=self.start + displacement, end=self.end + displacement)

    def clipped(self, first: int, last: int) -> DirectMemory | None:
        """The part within `first`..`last`, or None."""
        start, end = max(self.start, first), min(self.end, last)
        if start > end:
            return None
        return replace(self, start=start, end=end, offset=self.offset + start - self.start)

    def slower(self, latency: SimTime) -> DirectMemory:
        """The same memory behind interconnect that takes `latency` ps for each access."""
        if not latency:
            return self
        return replace(
            self,
            read_latency=self.read_latency + latency,
            write_latency=self.write_latency + latency,
        )

    def read_only(self) -> DirectMemory:
        """The same memory without the right to write."""
        return replace(self, writable=False)


def denied(start: int, end: int) -> DirectMemory:
    """No direct access at `start`..`end`."""
    return DirectMemory(start, end)

"""The interconnect: address decoding with a view of the map for each initiator."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cosim.bus.dmi import DirectMemory
from cosim.bus.sockets import InitiatorSocket, TargetSocket, refuse
from cosim.bus.transaction import Response, Transaction
from cosim.kernel.units import SimTime


class OverlapError(ValueError):
    """Two regions that one initiator sees share an address."""


@dataclass(frozen=True)
class Region:
    """A window of the map: `name` answers at `start`..`start + size - 1`."""

    name: str
    start: int
    size: int
    socket: InitiatorSocket = field(repr=False)

    @property
    def end(self) -> int:
        """The last address."""
        return self.start + self.size - 1

    def __str__(self) -> str:
        return f"{self.name} 0x{self.start:08x}..0x{self.end:08x}"


class View:
    """What one initiator sees: regions in address order; itself a target to bind to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.socket = TargetSocket(name, self)
        self.regions: list[Region] = []
        self._starts: list[int] = []

    def add(self, region: Region) -> None:
        """Add a region.

        Raises:
            OverlapError: some address of it is taken.
        """
        for other in self.regions:
            if region.start <= other.end and other.start <= region.end:
                raise OverlapError(f"{region} overlaps {other} as seen by {self.name}")
        self.regions.append(region)
        self.regions.sort(key=lambda one: one.start)
        self._starts = [one.start for one in self.regions]

    def find(self, address: int) -> Region | None:
        """The region that holds `address`."""
        index = bisect_right(self._starts, address) - 1
        if index >= 0 and address <= self.regions[index].end:
            return self.regions[index]
        return None

    def nearest(self, address: int) -> Region | None:
        """The region with the least distance to `address`, for messages."""
        return min(
            self.regions,
            key=lambda one: max(one.start - address, address - one.end, 0),
            default=None,
        )

    def b_transport(self, txn: Transaction, delay: SimTime) -> SimTime:
        region = self._whole(txn)
        if region is None:
            return refuse(txn, Response.ADDRESS_ERROR, delay)
        txn.address -= region.start
        return region.socket.b_transport(txn, delay)

    def transport_dbg(self, txn: Transaction) -> int:
        region = self.find(txn.address)
        if region is None:
            return 0
        txn.address -= region.start
        return region.socket.transport_dbg(txn)

    def get_direct_mem_ptr(self, txn: Transaction) -> DirectMemory | None:
        region = self.find(txn.address)
        if region is None:
            return None
        txn.address -= region.start
        grant = region.socket.get_direct_mem_ptr(txn)
        return grant.moved(region.start).clipped(region.start, region.end) if grant else None

    def _whole(self, txn: Transaction) -> Region | None:
        """The region that holds every byte of `txn`."""
        region = self.find(txn.address)
        width = txn.streaming_width or len(txn.data)
        span = min(width, len(txn.data))
        return region if region and txn.address + span - 1 <= region.end else None


class Router:
    """Connects initiators to targets, each initiator through its own `View`.

    A target added for everybody is in the view of each initiator, present and future; one added
    for some is in theirs only, so that two cores can have different memories at one address.
    """

    def __init__(self, name: str = "bus") -> None:
        self.name = name
        self.views: dict[str, View] = {}
        self._shared: list[Region] = []

    def attach(self, initiator: InitiatorSocket) -> View:
        """Give `initiator` a view of the map and bind it there."""
        view = View(initiator.name)
        self.views[initiator.name] = view
        for region in self._shared:
            view.add(region)
        initiator.bind(view.socket)
        return view

    def map(
        self,
        name: str,
        target: TargetSocket,
        start: int,
        size: int,
        seen_by: Iterable[str] | None = None,
    ) -> Region:
        """Put `target` at `start` for the initiators named (all: None).

        Raises:
            OverlapError: the addresses are taken in one of the views.
            KeyError: an initiator that is not attached.
        """
        socket = InitiatorSocket(f"{self.name}.{name}", self._forward_invalidation(name))
        socket.bind(target)
        region = Region(name, start, size, socket)
        views = self.views.values() if seen_by is None else [self.views[one] for one in seen_by]
        for view in views:
            view.add(region)
        if seen_by is None:
            self._shared.append(region)
        return region

    def _forward_invalidation(self, name: str) -> Callable[[int, int], None]:
        """What tells every initiator that direct memory of target `name` is void."""

        def forward(start: int, end: int) -> None:
            for view in self.views.values():
                for region in view.regions:
                    if region.name == name:
                        first = max(start, 0) + region.start
                        last = min(end + region.start, region.end)
                        if first <= last:
                            view.socket.invalidate_direct_mem_ptr(first, last)

        return forward

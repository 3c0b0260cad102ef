"""The interconnect: address decoding with a view of the map for each initiator."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from cosim.bus.dmi import LAST_ADDRESS, DirectMemory, denied
from cosim.bus.exclusive import ExclusiveMonitor
from cosim.bus.phases import Answer, AnyPhase, Phase, Sync
from cosim.bus.sockets import InitiatorSocket, ProtocolError, TargetSocket, refuse
from cosim.bus.transaction import Command, Response, Transaction
from cosim.kernel.units import SimTime


class OverlapError(ValueError):
    """Two regions that one initiator sees share an address."""


@dataclass(frozen=True)
class Region:
    """A window of the map: `name` answers at `start`..`start + size - 1`.

    Attributes:
        offset: the target's address of the window's first byte.
        priority: where regions overlap, the one with the higher number answers.
        latency: time of one access to get through, in ps.
    """

    name: str
    start: int
    size: int
    socket: InitiatorSocket = field(repr=False)
    offset: int = 0
    priority: int = 0
    latency: SimTime = 0

    @property
    def end(self) -> int:
        """The last address."""
        return self.start + self.size - 1

    @property
    def last_level(self) -> bool:
        """Whether the target itself is behind it, and not another router."""
        return not isinstance(self.socket.peer.target, View)

    def __str__(self) -> str:
        return f"{self.name} 0x{self.start:08x}..0x{self.end:08x}"


class View:
    """What one initiator sees: regions in address order; itself a target to bind to."""

    def __init__(self, name: str, monitor: ExclusiveMonitor | None = None) -> None:
        self.name = name
        self.socket = TargetSocket(name, self)
        self.regions: list[Region] = []
        self.monitor = monitor or ExclusiveMonitor()
        # What answers where: (first, last, region), in order, without overlap.
        self._segments: list[tuple[int, int, Region]] = []
        self._starts: list[int] = []
        self._open: dict[int, InitiatorSocket] = {}  # non-blocking transactions on their way

    def add(self, region: Region) -> None:
        """Add a region.

        Raises:
            OverlapError: some address of it is taken by a region of the same priority.
            ValueError: it does not fit in 64-bit addresses.
        """
        if region.start < 0 or region.size <= 0 or region.end > LAST_ADDRESS:
            raise ValueError(f"{region} is not within 64-bit addresses")
        for other in self.regions:
            shared = region.start <= other.end and other.start <= region.end
            if shared and region.priority == other.priority:
                raise OverlapError(f"{region} overlaps {other} as seen by {self.name}")
        self.regions.append(region)
        self._map_changed(region)

    def remove(self, region: Region) -> None:
        """Take a region out of the map."""
        self.regions.remove(region)
        self._map_changed(region)

    def _map_changed(self, region: Region) -> None:
        self.regions.sort(key=lambda one: one.start)
        self._segments = _flatten(self.regions)
        self._starts = [first for first, _, _ in self._segments]
        self.socket.invalidate_direct_mem_ptr(region.start, region.end)

    def find(self, address: int) -> Region | None:
        """The region that answers at `address`."""
        segment = self._segment(address)
        return segment[2] if segment else None

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
        txn.address += region.offset - region.start
        delay += region.latency
        monitor = self.monitor
        if (monitor.reservations or txn.extensions) and region.last_level:
            return monitor.b_transport(region.socket, txn, delay)
        return region.socket.b_transport(txn, delay)

    def transport_dbg(self, txn: Transaction) -> int:
        segment = self._segment(txn.address)
        if segment is None:
            return 0
        region = segment[2]
        if txn.address + len(txn.data) - 1 > segment[1]:
            return self._part_dbg(txn, segment[1] - txn.address + 1)
        txn.address += region.offset - region.start
        address = txn.address
        moved = region.socket.transport_dbg(txn)
        if self.monitor.reservations and txn.command is Command.WRITE and region.last_level:
            self.monitor.written(region.socket.peer, address, moved)
        return moved

    def get_direct_mem_ptr(self, txn: Transaction) -> DirectMemory | None:
        segment = self._segment(txn.address)
        if segment is None:
            return self._gap(txn.address)
        first, last, region = segment
        displacement = region.start - region.offset
        txn.address -= displacement
        grant = region.socket.get_direct_mem_ptr(txn)
        if grant is None:
            return None
        if grant.granted and region.last_level:
            grant = self.monitor.limit(region.socket.peer, txn, grant)
        return grant.slower(region.latency).moved(displacement).clipped(first, last)

    def nb_transport_fw(self, txn: Transaction, phase: AnyPhase, delay: SimTime) -> Answer:
        """Forward a phase on the way that the transaction's BEGIN_REQ took.

        The exclusive monitor of the last level takes part, as in `b_transport`.
        """
        if phase is Phase.BEGIN_REQ:
            region = self._whole(txn)
            if region is None:
                refuse(txn, Response.ADDRESS_ERROR, delay)
                return Sync.COMPLETED, phase, delay
            txn.address += region.offset - region.start
            delay += region.latency
            if region.last_level and not self.monitor.begin(region.socket.peer, txn):
                return Sync.COMPLETED, phase, delay
            self._open[id(txn)] = region.socket
        way = self._open.get(id(txn))
        if way is None:
            raise ProtocolError(f"{self.name}: {phase} of a transaction that is not open (N1)")
        answer = way.nb_transport_fw(txn, phase, delay)
        if answer[0] is Sync.COMPLETED or answer[1] is Phase.BEGIN_RESP:
            self.monitor.end(txn)
        if answer[0] is Sync.COMPLETED or phase is Phase.END_RESP:
            self._open.pop(id(txn), None)
        return answer

    def takes(self, txn: Transaction) -> bool:
        """Whether `txn`, a non-blocking one, came through this view."""
        return id(txn) in self._open

    def phase_back(self, txn: Transaction, phase: AnyPhase, delay: SimTime) -> Answer:
        """A phase on its way back to the initiator of this view."""
        if phase is Phase.BEGIN_RESP:
            self.monitor.end(txn)
        answer = self.socket.nb_transport_bw(txn, phase, delay)
        if answer[0] is Sync.COMPLETED or answer[1] is Phase.END_RESP:
            self._open.pop(id(txn), None)
        return answer

    def _segment(self, address: int) -> tuple[int, int, Region] | None:
        index = bisect_right(self._starts, address) - 1
        if index >= 0 and address <= self._segments[index][1]:
            return self._segments[index]
        return None

    def _whole(self, txn: Transaction) -> Region | None:
        """The region that answers for every byte of `txn`."""
        segment = self._segment(txn.address)
        if segment is None or txn.address + txn.span - 1 > segment[1]:
            return None
        return segment[2]

    def _gap(self, address: int) -> DirectMemory:
        """The denied range around an address where nothing is mapped."""
        index = bisect_right(self._starts, address)
        first = self._segments[index - 1][1] + 1 if index else 0
        last = self._starts[index] - 1 if index < len(self._starts) else LAST_ADDRESS
        return denied(first, last)

    def _part_dbg(self, txn: Transaction, length: int) -> int:
        """A debug access that goes beyond the segment: the part within it."""
        part = Transaction(
            txn.command, txn.address, txn.data[:length], None, length, initiator=txn.initiator
        )
        moved = self.transport_dbg(part)
        if txn.command is Command.READ:
            txn.data[:moved] = part.data[:moved]
        return moved


class Router:
    """Connects initiators to targets, each initiator through its own `View`.

    A target added for everybody is in the view of each initiator, present and future; one added
    for some is in theirs only, so that two cores can have different memories at one address. A view
    is a target itself: mapped in another router it makes several levels.
    """

    def __init__(self, name: str = "bus") -> None:
        self.name = name
        self.views: dict[str, View] = {}
        self.monitor = ExclusiveMonitor()
        self._shared: list[Region] = []

    def view(self, name: str) -> View:
        """A new view, for an initiator or for another router's `map`."""
        view = View(name, self.monitor)
        self.views[name] = view
        for region in self._shared:
            view.add(region)
        return view

    def attach(self, initiator: InitiatorSocket) -> View:
        """Give `initiator` a view of the map and bind it there."""
        view = self.view(initiator.name)
        initiator.bind(view.socket)
        return view

    def map(
        self,
        name: str,
        target: TargetSocket,
        start: int,
        size: int,
        seen_by: Iterable[str] | None = None,
        *,
        offset: int = 0,
        priority: int = 0,
        latency: SimTime = 0,
    ) -> Region:
        """Put `target` at `start` for the initiators named (all: None); see `Region`.

        Raises:
            OverlapError: the addresses are taken in one of the views.
            KeyError: an initiator that is not attached.
        """
        full_name = f"{self.name}.{name}"
        views = list(
            self.views.values() if seen_by is None else map(self.views.__getitem__, seen_by)
        )
        region = Region(
            name,
            start,
            size,
            InitiatorSocket(full_name, self._forward_invalidation(name), self._phase_back),
            offset,
            priority,
            latency,
        )
        region.socket.bind(target)
        for view in views:
            view.add(region)
        if seen_by is None:
            self._shared.append(region)
        return region

    def unmap(self, region: Region) -> None:
        """Take a region out of every view."""
        for view in self.views.values():
            if region in view.regions:
                view.remove(region)
        if region in self._shared:
            self._shared.remove(region)

    def _phase_back(self, txn: Transaction, phase: AnyPhase, delay: SimTime) -> Answer:
        for view in self.views.values():
            if view.takes(txn):
                return view.phase_back(txn, phase, delay)
        raise ProtocolError(f"{self.name}: {phase} of a transaction that never came by (N4)")

    def _forward_invalidation(self, name: str) -> Callable[[int, int], None]:
        """What tells every initiator that direct memory of target `name` is void."""

        def forward(start: int, end: int) -> None:
            for view in self.views.values():
                for region in view.regions:
                    if region.name == name:
                        displacement = region.start - region.offset
                        first = max(start + displacement, region.start)
                        last = min(end + displacement, region.end)
                        if first <= last:
                            view.socket.invalidate_direct_mem_ptr(first, last)

        return forward


def _flatten(regions: list[Region]) -> list[tuple[int, int, Region]]:
    """Which region answers where: (first, last, region) in address order."""
    cuts = sorted({edge for one in regions for edge in (one.start, one.end + 1)})
    segments: list[tuple[int, int, Region]] = []
    for first, end in pairwise(cuts):
        there = [one for one in regions if one.start <= first <= one.end]
        if not there:
            continue
        winner = max(there, key=lambda one: one.priority)
        if segments and segments[-1][2] is winner and segments[-1][1] == first - 1:
            segments[-1] = (segments[-1][0], end - 1, winner)
        else:
            segments.append((first, end - 1, winner))
    return segments

"""The recorder: collects what happens in the order of execution, gives it away in that of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from enum import Enum
from functools import partial
from heapq import heappop, heappush
from typing import Literal

from cosim.bus.router import View
from cosim.bus.sockets import InitiatorSocket
from cosim.cpus.core import Core
from cosim.kernel.kernel import Kernel
from cosim.kernel.signals import Signal
from cosim.kernel.stages import Stage
from cosim.kernel.units import SimTime
from cosim.trace.records import Access, Change, Initiator, Scene, Sink
from cosim.trace.tap import Tap

PLAIN = (bool, int, float, str, Enum)
"""Values that nobody changes in place; of all others their text is recorded."""


class Recorder:
    """Everything that happens on the watched sockets and on all signals, for `sinks`.

    A core runs ahead of simulated time, so its accesses are made before those of another core at
    earlier times. No access can come any more for a time that simulated time has passed: a record
    is held until then. Records of one time stay in the order in which they were made.

    Args:
        name: of what is recorded.
    """

    def __init__(self, kernel: Kernel, name: str, sinks: Iterable[Sink]) -> None:
        self.kernel = kernel
        self.name = name
        self.sinks: Sequence[Sink] = tuple(sinks)
        self.interrupts: set[str] = set()
        self._initiators: list[Initiator] = []
        self._cores: list[tuple[Core, list[Access]]] = []
        self._held: list[tuple[SimTime, int, Access | Change]] = []
        self._made = 0
        self._begun = self._closed = False
        self._fetches = any(sink.wants_fetches for sink in self.sinks)

    def watch(self, socket: InitiatorSocket, endian: Literal["little", "big"] = "little") -> None:
        """Record the transactions of `socket`, which is bound."""
        Tap(socket, self.kernel, self._take)
        self._initiators.append(Initiator(socket.name, _address_bits(socket), endian))

    def watch_core(self, core: Core) -> None:
        """Record every load and store of `core`, and its fetches if a sink wants them."""
        latest: list[Access] = []  # of its present instruction

        def take(access: Access) -> None:
            if latest and latest[0].time != access.time:
                latest.clear()
            latest.append(access)
            self._take(access)

        Tap(core.port.socket, self.kernel, take)
        self._initiators.append(
            Initiator(core.name, _address_bits(core.port.socket), core.port.endian)
        )
        self._cores.append((core, latest))
        self.interrupts |= {line.name for line in core.lines.values()}
        shown = ("load", "store", "fetch") if self._fetches else ("load", "store")
        core.port.show(shown, lambda: core.local_time - self.kernel.now)

    def start(self) -> None:
        """Begin with the records, as soon as all signals are there."""
        self.kernel.on_stage(Stage.PRE_TIMESTEP, self._time_passes)
        if self.kernel.elaborated:
            self._begin()
        else:
            self.kernel.on_stage(Stage.POST_BEFORE_END_OF_ELABORATION, self._begin)

    def close(self) -> None:
        """Give away what is held, and complete the sinks. Taps stay where they are, and silent."""
        if self._closed:
            return
        self._begin()
        self._drop_abandoned()
        self._closed = True
        for core, _ in self._cores:
            core.port.show((), lambda: 0)
        end = max([self.kernel.now, *(time for time, _, _ in self._held)])
        with ExitStack() as stack:  # each is closed, even if another cannot be written
            for sink in self.sinks:
                stack.callback(sink.close, end)
            self._release(end)

    def _begin(self) -> None:
        if self._begun or self._closed:
            return
        self._begun = True
        signals: dict[str, Signal[object]] = {}
        if any(sink.wants_signals for sink in self.sinks):
            objects = self.kernel.objects
            signals = {name: one for name, one in objects.items() if isinstance(one, Signal)}
        values = {name: _plain(one.read()) for name, one in signals.items()}
        interrupts = frozenset(self.interrupts & values.keys())
        scene = Scene(self.name, self.kernel.now, values, interrupts, tuple(self._initiators))
        for sink in self.sinks:
            sink.begin(scene)
        for name, signal in signals.items():
            signal.observe(partial(self._changed, name))

    def _changed(self, name: str, value: object) -> None:
        if not self._closed:
            self._hold(Change(self.kernel.now, name, _plain(value)))

    def _take(self, access: Access) -> None:
        if not self._closed and (self._fetches or access.command != "FETCH"):
            self._hold(access)

    def _hold(self, record: Access | Change) -> None:
        self._made += 1
        heappush(self._held, (record.time, self._made, record))

    def _time_passes(self) -> None:
        if not self._closed:
            self._drop_abandoned()
            self._release(self.kernel.now)

    def _drop_abandoned(self) -> None:
        """Of an instruction that waits for simulated time: it will be executed from its start."""
        for core, latest in self._cores:
            if latest and core.engine.out_of_time and latest[0].time == core.local_time:
                for access in latest:
                    access.abandoned = True

    def _release(self, until: SimTime) -> None:
        held = self._held
        while held and held[0][0] <= until:
            record = heappop(held)[2]
            if isinstance(record, Change):
                for sink in self.sinks:
                    if sink.wants_signals:
                        sink.change(record)
            elif not record.abandoned:
                for sink in self.sinks:
                    if sink.wants_fetches or record.command != "FETCH":
                        sink.access(record)


def _plain(value: object) -> object:
    return value if isinstance(value, PLAIN) else str(value)


def _address_bits(socket: InitiatorSocket) -> int:
    """32 if all that is mapped there has such addresses, else 64."""
    view = socket.peer.target
    small = isinstance(view, View) and all(one.end < 1 << 32 for one in view.regions)
    return 32 if small else 64

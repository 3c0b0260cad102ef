"""Ports and exports: how a module reaches a channel outside it (IEEE 1666-2011, 5.12 and 5.14)."""

from __future__ import annotations

from collections.abc import Callable, Generator
from enum import Enum
from typing import Generic, TypeVar

from cosim.kernel.events import Event
from cosim.kernel.fifo import Fifo
from cosim.kernel.hierarchy import Scope
from cosim.kernel.report import KernelError
from cosim.kernel.signals import Signal
from cosim.kernel.stages import Phase
from cosim.kernel.waits import Wait

C = TypeVar("C")
T = TypeVar("T")


class PortPolicy(Enum):
    """How many channels a port needs."""

    ONE_OR_MORE = "at least one"
    ZERO_OR_MORE = "any number"
    ALL = "as many as its size"


class Export(Generic[C]):
    """Offers a channel inside a module to the ports outside it."""

    def __init__(self, owner: Scope, interface: type[C], name: str = "export") -> None:
        self.interface = interface
        self.kernel = owner.kernel
        self.name = self.kernel.register(owner.path(name), self)
        self._channel: C | Export[C] | None = None
        self.kernel.exports.append(self)

    def bind(self, channel: C | Export[C]) -> None:
        """Offer `channel`, which may be the export of an inner module.

        Raises:
            KernelError: bound already, or `channel` does not have the interface.
        """
        if self._channel is not None:
            raise KernelError(f"export {self.name} is bound twice")
        _check_interface("export", self.name, self.interface, channel)
        self._channel = channel

    @property
    def channel(self) -> C:
        """What is offered.

        Raises:
            KernelError: nothing is bound.
        """
        if self._channel is None:
            raise KernelError(f"export {self.name} is not bound")
        return self._channel.channel if isinstance(self._channel, Export) else self._channel

    def complete(self) -> None:
        """Check that it is bound. For the kernel, at the end of elaboration."""
        _ = self.channel


class Port(Generic[C]):
    """Needs a channel with an interface; binding is complete when the simulation starts.

    Args:
        owner: the module it belongs to.
        interface: the class that a bound channel must have (any class, also a runtime protocol).
        size: how many channels it takes at most; 0 for any number.
        policy: how many it needs.
    """

    WRITES = False  # whether it drives the channel

    def __init__(
        self,
        owner: Scope,
        interface: type[C],
        name: str = "port",
        size: int = 1,
        policy: PortPolicy = PortPolicy.ONE_OR_MORE,
    ) -> None:
        self.interface = interface
        self.size = size
        self.policy = policy
        self.kernel = owner.kernel
        self.name = self.kernel.register(owner.path(name), self)
        self._bound: list[C | Port[C] | Export[C]] = []
        self._channels: list[C] | None = None
        self.kernel.ports.append(self)

    def bind(self, channel: C | Port[C] | Export[C]) -> None:
        """Connect to a channel, to the port of an enclosing module, or to an export.

        Raises:
            KernelError: after elaboration, or `channel` does not have the interface.
        """
        if self._channels is not None or self.kernel.phase is not Phase.ELABORATION:
            raise KernelError(f"port {self.name} is bound after elaboration")
        _check_interface("port", self.name, self.interface, channel)
        self._bound.append(channel)

    def complete(self) -> None:
        """Find and check the channels. For the kernel, at the end of elaboration."""
        channels = self._find(())
        self._channels = channels
        if len(channels) != len({id(one) for one in channels}):
            raise KernelError(f"port {self.name} is bound to one channel twice")
        if self.size and len(channels) > self.size:
            raise KernelError(f"port {self.name} takes {self.size}, not {len(channels)} channels")
        needed = {PortPolicy.ZERO_OR_MORE: 0, PortPolicy.ONE_OR_MORE: 1}.get(self.policy, self.size)
        if len(channels) < needed:
            bound = f"bound to {len(channels)}, of {needed} channels" if channels else "not bound"
            raise KernelError(f"port {self.name} is {bound} ({self.policy.value} needed)")
        for one in self._bound:  # what comes through another port, that port has registered
            channel = one.channel if isinstance(one, Export) else one
            if isinstance(channel, (Signal, Fifo)):
                channel.register_port(self.name, self.WRITES)

    def _find(self, way: tuple[object, ...]) -> list[C]:
        if self in way:
            raise KernelError(f"port {self.name} is bound to itself")
        found: list[C] = []
        for one in self._bound:
            if isinstance(one, Port):
                found += one._find((*way, self))
            else:
                found.append(one.channel if isinstance(one, Export) else one)
        return found

    @property
    def channels(self) -> list[C]:
        """All that it is bound to, in the order of binding.

        Raises:
            KernelError: elaboration is not complete.
        """
        if self._channels is None:
            raise KernelError(f"port {self.name} is used before elaboration is complete")
        return self._channels

    @property
    def channel(self) -> C:
        """The first channel.

        Raises:
            KernelError: elaboration is not complete, or nothing is bound.
        """
        if not self.channels:
            raise KernelError(f"port {self.name} is not bound")
        return self.channels[0]

    def find_event(self) -> Event:
        """What a process that is sensitive to this port waits for."""
        event: Event = self.channel.find_event()  # type: ignore[attr-defined]  # any channel
        return event

    def finder(self, event: str) -> EventFinder:
        """For static sensitivity: the channel's event of that name, when it is bound."""
        return EventFinder(lambda: getattr(self.channel, event))


class EventFinder:
    """An event that is known only when ports are bound (IEEE 1666-2011, 5.7)."""

    def __init__(self, find: Callable[[], Event]) -> None:
        self.find_event = find


class InPort(Port[Signal[T]]):
    """Reads a signal."""

    def __init__(
        self,
        owner: Scope,
        name: str = "in",
        size: int = 1,
        policy: PortPolicy = PortPolicy.ONE_OR_MORE,
    ) -> None:
        super().__init__(owner, Signal, name, size, policy)

    def read(self) -> T:
        return self.channel.read()

    @property
    def event(self) -> bool:
        return self.channel.event

    @property
    def posedge(self) -> EventFinder:
        """For static sensitivity."""
        return self.finder("posedge")

    @property
    def negedge(self) -> EventFinder:
        """For static sensitivity."""
        return self.finder("negedge")


class OutPort(InPort[T]):
    """Writes a signal, and may read it back; the only such port, unless the signal allows more."""

    WRITES = True

    def write(self, value: T) -> None:
        self.channel.write(value)


class FifoIn(Port[Fifo[T]]):
    """Reads a fifo; the only reader."""

    def __init__(self, owner: Scope, name: str = "in") -> None:
        super().__init__(owner, Fifo, name)

    def read(self) -> Generator[Wait, Event | None, T]:
        """`yield from` it in a thread: waits for a value."""
        return self.channel.read()

    def nb_read(self) -> tuple[bool, T | None]:
        return self.channel.nb_read()

    @property
    def num_available(self) -> int:
        return self.channel.num_available


class FifoOut(Port[Fifo[T]]):
    """Writes a fifo; the only writer."""

    WRITES = True

    def __init__(self, owner: Scope, name: str = "out") -> None:
        super().__init__(owner, Fifo, name)

    def write(self, value: T) -> Generator[Wait, Event | None, None]:
        """`yield from` it in a thread: waits for room."""
        return self.channel.write(value)

    def nb_write(self, value: T) -> bool:
        return self.channel.nb_write(value)

    @property
    def num_free(self) -> int:
        return self.channel.num_free


def _check_interface(kind: str, name: str, interface: type[object], channel: object) -> None:
    offered = channel.interface if isinstance(channel, (Port, Export)) else type(channel)
    fits = issubclass(offered, interface) or isinstance(channel, interface)
    if not fits:
        what = getattr(channel, "name", repr(channel))
        raise KernelError(
            f"{kind} {name} needs a {interface.__name__}, and {what} is a {offered.__name__}"
        )

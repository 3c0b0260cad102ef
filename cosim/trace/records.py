"""What a trace consists of, and what takes it: records in the order of simulated time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from cosim.bus.transaction import Response
from cosim.kernel.units import SimTime

AccessKind: TypeAlias = Literal["READ", "WRITE", "IGNORE", "FETCH"]
"""The commands of the generic payload; FETCH is the read of an instruction."""


@dataclass(slots=True)
class Access:
    """One blocking transaction, complete.

    Attributes:
        time: when the access happens, in ps: simulated time and how far its initiator is ahead.
        address: as its initiator sees it.
        data: what was written or read, in the order of addresses.
        delay: what the target and the interconnect asked for, in ps.
        exclusive: None for a plain access, else whether the exclusive monitor let it succeed.
        byte_enable: None if all bytes take part.
        streaming_width: 0 if the bytes go to one address after the other.
    """

    time: SimTime
    initiator: str
    command: AccessKind
    address: int
    data: bytes
    response: Response
    delay: SimTime
    exclusive: bool | None = None
    byte_enable: bytes | None = None
    streaming_width: int = 0
    abandoned: bool = False  # the instruction it belongs to will be executed again


@dataclass(slots=True)
class Change:
    """The signal `name` has `value` from `time` (ps) on."""

    time: SimTime
    name: str
    value: object


@dataclass(frozen=True)
class Initiator:
    """A socket that is watched.

    Attributes:
        address_bits: how wide the addresses of what is mapped behind it are.
        endian: the byte order of its data.
    """

    name: str
    address_bits: int
    endian: Literal["little", "big"]


@dataclass(frozen=True)
class Scene:
    """What there is to be recorded when a trace begins.

    Attributes:
        name: of the platform.
        time: of the beginning, in ps.
        signals: the values of all of them, by their full names.
        interrupts: the full names of those that are interrupt lines.
    """

    name: str
    time: SimTime
    signals: Mapping[str, object]
    interrupts: frozenset[str]
    initiators: tuple[Initiator, ...]


class Sink(Protocol):
    """A file that records are written to, in the order of their times.

    Attributes:
        wants_signals: whether it takes changes at all.
        wants_fetches: whether it takes accesses that are FETCH.
    """

    wants_signals: bool
    wants_fetches: bool

    def begin(self, scene: Scene) -> None:
        """The first records come next."""

    def access(self, access: Access) -> None: ...

    def change(self, change: Change) -> None: ...

    def close(self, time: SimTime) -> None:
        """Complete the file; the trace ends at `time`. Called once, perhaps without `begin`."""

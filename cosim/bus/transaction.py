"""The generic payload: one access on the bus (IEEE 1666-2011, 14)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum


class Command(IntEnum):
    """What the initiator asks for (14.10)."""

    READ = 0
    WRITE = 1
    IGNORE = 2


class Response(IntEnum):
    """What became of it (14.17): positive is success."""

    OK = 1
    INCOMPLETE = 0
    GENERIC_ERROR = -1
    ADDRESS_ERROR = -2
    COMMAND_ERROR = -3
    BURST_ERROR = -4
    BYTE_ENABLE_ERROR = -5


ENABLED = 0xFF
"""The byte-enable value of a byte that takes part (14.14); 0x00 leaves it out."""


@dataclass(slots=True)
class Transaction:
    """One read or write of `len(data)` bytes at `address`.

    Attributes:
        command: read, write, or ignore.
        address: changed by interconnect on the way, so meaningless to the initiator afterwards.
        data: the bytes to write, or room for the bytes read; replaced by nobody on the way.
        byte_enable: ENABLED/0 per byte, repeated when shorter than the data; None enables all.
        streaming_width: byte i goes to address + i % width; 0 means the whole length.
        response: INCOMPLETE until a target or interconnect sets it.
        dmi_allowed: set by a target that would grant direct access to this address.
        initiator: the name of the initiator, for views, monitors and logs.
    """

    command: Command = Command.IGNORE
    address: int = 0
    data: bytearray = field(default_factory=bytearray)
    byte_enable: bytes | None = None
    streaming_width: int = 0
    response: Response = Response.INCOMPLETE
    dmi_allowed: bool = False
    initiator: str = ""

    @property
    def ok(self) -> bool:
        return self.response > 0

    @property
    def plain(self) -> bool:
        """Whether the bytes are one contiguous run, all of them enabled."""
        return self.byte_enable is None and not 0 < self.streaming_width < len(self.data)

    def lanes(self) -> list[tuple[int, int]]:
        """(index into data, offset from the address) of each enabled byte (14.14, 14.15)."""
        length = len(self.data)
        width = self.streaming_width or length
        enable = self.byte_enable
        return [
            (index, index % width)
            for index in range(length)
            if enable is None or enable[index % len(enable)] == ENABLED
        ]


def read(address: int, length: int, initiator: str = "") -> Transaction:
    """A read of `length` bytes."""
    return Transaction(Command.READ, address, bytearray(length), initiator=initiator)


def write(address: int, data: bytes | bytearray | memoryview, initiator: str = "") -> Transaction:
    """A write of `data`."""
    return Transaction(Command.WRITE, address, bytearray(data), initiator=initiator)

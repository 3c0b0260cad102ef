"""What a payload does to a memory, byte by byte (IEEE 1666-2011, 14.10 to 14.17), as a model.

Nothing is taken from `cosim.bus`: a memory is a dict from address to byte, a payload is what it
says about itself, and every byte is looked at alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Payload:
    """An access as the initiator sends it.

    Attributes:
        enable: 0xff or 0 for each byte, repeated when it is shorter than the data.
        width: byte i goes to address + i % width; 0 stands for the length.
    """

    command: Literal["READ", "WRITE", "IGNORE"]
    address: int
    data: bytes
    enable: bytes | None
    width: int

    def place(self, index: int) -> int:
        """The address of byte `index`."""
        return self.address + index % (self.width or len(self.data))

    def enabled(self, index: int) -> bool:
        return self.enable is None or self.enable[index % len(self.enable)] == 0xFF


class Cells:
    """A memory as the initiator sees it."""

    def __init__(self, first: int, content: bytes, readonly: bool) -> None:
        self.cells = {first + offset: byte for offset, byte in enumerate(content)}
        self.readonly = readonly

    def errors(self, payload: Payload) -> set[str]:
        """The errors it may be answered with; success if there is none."""
        found = set()
        if any(payload.place(index) not in self.cells for index in range(len(payload.data))):
            found.add("ADDRESS_ERROR")
        if self.readonly and payload.command == "WRITE":
            found.add("COMMAND_ERROR")
        return found

    def serve(self, payload: Payload) -> bytes:
        """Do what a payload without errors asks for; returns its data afterwards."""
        data = list(payload.data)
        for index in range(len(data)):
            if not payload.enabled(index):
                continue
            if payload.command == "READ":
                data[index] = self.cells[payload.place(index)]
            if payload.command == "WRITE":
                self.cells[payload.place(index)] = data[index]
        return bytes(data)

    def content(self) -> bytes:
        return bytes(self.cells[place] for place in sorted(self.cells))

"""The generic payload: one access on the bus (IEEE 1666-2011, 14).

Of the rules for memory managers (14.5) some have no meaning in Python. An object lives as long as
somebody refers to it, so none is deleted under a component that still needs it: a non-blocking call
needs no manager (14.5 i), nobody has to release what he acquired, `free` is no destructor, and the
data and byte-enable arrays need no owner (14.11, 14.14). Copies are made by name, never by value.
What is left is for initiators that keep payloads in a pool: the rules on `acquire`, `release`,
`on_free`, automatic extensions and early reuse (14.5 t, x, aa); see `bus/checker.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeVar

from cosim.bus.extension import Extension


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


class GpOption(IntEnum):
    """How much of the payload takes part (14.8): always MIN_PAYLOAD on the transport calls."""

    MIN_PAYLOAD = 0
    FULL_PAYLOAD = 1
    FULL_PAYLOAD_ACCEPTED = 2


ENABLED = 0xFF
"""The byte-enable value of a byte that takes part (14.14); 0x00 leaves it out."""

Ext = TypeVar("Ext", bound=Extension)


@dataclass(slots=True)
class Transaction:
    """One read or write of `len(data)` bytes at `address`.

    The data length and the byte-enable length are those of the Python objects, so they cannot
    disagree with them; an empty `data` stands for the null pointer.

    Attributes:
        command: read, write, or ignore.
        address: changed by interconnect on the way, so meaningless to the initiator afterwards.
        data: the bytes to write, or room for the bytes read; replaced by nobody on the way.
        byte_enable: ENABLED/0 per byte, repeated when shorter than the data; None enables all.
        streaming_width: byte i goes to address + i % width. `read` and `write` set it to the whole
            length; targets take 0, the state of a fresh payload, as that too.
        response: INCOMPLETE until a target or interconnect sets it.
        dmi_allowed: set by a target that would grant direct access to this address.
        initiator: the name of the initiator, for views, monitors and logs.
        option: see `GpOption`.
        extensions: by class; None until the first is set.
        on_free: the memory manager, called when the last reference is released (14.5). Python
            frees the object itself; a manager is for initiators that reuse payloads in a pool.
        references: how many holders a managed payload has.
    """

    command: Command = Command.IGNORE
    address: int = 0
    data: bytearray = field(default_factory=bytearray)
    byte_enable: bytes | None = None
    streaming_width: int = 0
    response: Response = Response.INCOMPLETE
    dmi_allowed: bool = False
    initiator: str = ""
    option: GpOption = GpOption.MIN_PAYLOAD
    extensions: dict[type[Extension], Extension] | None = None
    on_free: Callable[[Transaction], None] | None = None
    references: int = 0
    _automatic: set[type[Extension]] | None = None

    @property
    def ok(self) -> bool:
        return self.response > 0

    @property
    def span(self) -> int:
        """How many addresses the access covers, from `address` on."""
        length = len(self.data)
        return min(self.streaming_width, length) if self.streaming_width else length

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

    # Extensions (14.21)

    def get_extension(self, kind: type[Ext]) -> Ext | None:
        """The extension of class `kind`, or None."""
        if self.extensions is None:
            return None
        found = self.extensions.get(kind)
        return found if isinstance(found, kind) else None

    def set_extension(self, extension: Ext) -> Ext | None:
        """Add `extension` and return the one of its class that it replaces."""
        previous = self.get_extension(type(extension))
        if self.extensions is None:
            self.extensions = {}
        self.extensions[type(extension)] = extension
        return previous

    def set_auto_extension(self, extension: Ext) -> Ext | None:
        """As `set_extension`, and freed when the last reference of a managed payload goes.

        Raises:
            ValueError: the payload has no memory manager.
        """
        if self.on_free is None:
            raise ValueError("an automatic extension needs a memory manager (IEEE 1666, 14.21)")
        if self._automatic is None:
            self._automatic = set()
        self._automatic.add(type(extension))
        return self.set_extension(extension)

    def clear_extension(self, kind: type[Extension]) -> None:
        """Forget the extension of class `kind`; its object lives on, and is not freed."""
        if self.extensions is not None:
            self.extensions.pop(kind, None)
        if self._automatic is not None:
            self._automatic.discard(kind)

    def release_extension(self, kind: type[Extension]) -> None:
        """Free the extension of class `kind`: with a manager at the last release, else now."""
        if self.extensions is None or kind not in self.extensions:
            return
        if self.on_free is None:
            self.extensions.pop(kind).free()
        else:
            self._automatic = (self._automatic or set()) | {kind}

    # The memory manager (14.5)

    def acquire(self) -> None:
        """Add a reference.

        Raises:
            ValueError: the payload has no memory manager.
        """
        if self.on_free is None:
            raise ValueError("acquire without a memory manager (IEEE 1666, 14.5)")
        self.references += 1

    def release(self) -> None:
        """Drop a reference; at the last one automatic extensions and the payload are freed.

        Raises:
            ValueError: there is no memory manager, or nobody holds the payload.
        """
        if self.on_free is None:
            raise ValueError("release without a memory manager (IEEE 1666, 14.5)")
        if self.references <= 0:
            raise ValueError("release of a payload that nobody holds (IEEE 1666, 14.5)")
        self.references -= 1
        if not self.references:
            for kind in self._automatic or ():
                if self.extensions is not None and kind in self.extensions:
                    self.extensions.pop(kind).free()
            self._automatic = None
            self.on_free(self)

    # Copies, for bridges that send on another payload (14.7)

    def deep_copy_from(self, other: Transaction) -> None:
        """Become a copy of `other`: its attributes, data, and extensions; the manager stays.

        Extensions that both have are copied into ours; missing ones are cloned.
        """
        self.command, self.address = other.command, other.address
        self.data = bytearray(other.data)
        self.byte_enable = other.byte_enable
        self.streaming_width = other.streaming_width
        self.response, self.dmi_allowed = other.response, other.dmi_allowed
        self.initiator, self.option = other.initiator, other.option
        for kind, theirs in (other.extensions or {}).items():
            mine = self.get_extension(kind)
            if mine is not None:
                mine.copy_from(theirs)
            elif self.on_free is not None:
                self.set_auto_extension(theirs.clone())
            else:
                self.set_extension(theirs.clone())

    def update_original_from(self, copy: Transaction) -> None:
        """Take over from a deep copy what a target answered.

        That is the response, the DMI hint, extensions that we have, and for a read the enabled
        bytes of the data.
        """
        self.response, self.dmi_allowed = copy.response, copy.dmi_allowed
        for kind, theirs in (copy.extensions or {}).items():
            mine = self.get_extension(kind)
            if mine is not None:
                mine.copy_from(theirs)
        if self.command is Command.READ:
            enable = self.byte_enable
            for index in range(min(len(self.data), len(copy.data))):
                if not enable or enable[index % len(enable)] == ENABLED:
                    self.data[index] = copy.data[index]


def read(address: int, length: int, initiator: str = "") -> Transaction:
    """A read of `length` bytes."""
    return Transaction(Command.READ, address, bytearray(length), None, length, initiator=initiator)


def write(address: int, data: bytes | bytearray | memoryview, initiator: str = "") -> Transaction:
    """A write of `data`."""
    return Transaction(
        Command.WRITE, address, bytearray(data), None, len(data), initiator=initiator
    )

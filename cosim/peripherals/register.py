"""A register of a device: its offset, access and reset value, declared where the device is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar, overload

Access = Literal["rw", "ro", "wo"]
Reader = TypeVar("Reader", bound=Callable[..., int])
Writer = TypeVar("Writer", bound=Callable[..., None])


class Register:
    """A 32-bit register, declared as a class attribute of a `Peripheral`.

    Reading the attribute of a device gives the stored value, assigning stores one; both without
    the effects of a bus access. Effects are methods marked `@name.on_read` and `@name.on_write`.

    Args:
        offset: from the device's base, a multiple of 4.
        access: what the bus may do.
        reset: the value after reset.
        doc: for the reference pages.
    """

    def __init__(
        self, offset: int, *, access: Access = "rw", reset: int = 0, doc: str = ""
    ) -> None:
        if offset % 4:
            raise ValueError(f"register offset 0x{offset:x} is not a multiple of 4")
        self.offset = offset
        self.access = access
        self.reset = reset
        self.doc = doc
        self.name = ""
        self.read_effect: Callable[..., int] | None = None
        self.peek_effect: Callable[..., int] | None = None
        self.write_effect: Callable[..., None] | None = None

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, device: None, owner: type) -> Register: ...
    @overload
    def __get__(self, device: Any, owner: type) -> int: ...
    def __get__(self, device: Any, owner: type) -> Register | int:
        if device is None:
            return self
        value: int = device.values[self.offset]
        return value

    def __set__(self, device: Any, value: int) -> None:
        device.values[self.offset] = value & 0xFFFF_FFFF

    def on_read(self, method: Reader) -> Reader:
        """The method gives the value of a bus read, and may have side effects."""
        self.read_effect = method
        return method

    def on_peek(self, method: Reader) -> Reader:
        """The method gives the value of any read, a debugger's too: no side effects."""
        self.peek_effect = method
        return method

    def on_write(self, method: Writer) -> Writer:
        """The method is called with the written value instead of storing it."""
        self.write_effect = method
        return method

    def bus_read(self, device: Any) -> int:
        """What the bus gets."""
        effect = self.read_effect or self.peek_effect
        value: int = effect(device) if effect else device.values[self.offset]
        return value

    def peek(self, device: Any) -> int:
        """What a debugger gets."""
        value: int = self.peek_effect(device) if self.peek_effect else device.values[self.offset]
        return value

    def bus_write(self, device: Any, value: int) -> None:
        """What a bus write does."""
        if self.write_effect:
            self.write_effect(device, value)
        else:
            device.values[self.offset] = value

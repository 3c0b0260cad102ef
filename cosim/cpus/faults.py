"""What interrupts an instruction: the guest's exceptions, and a device access out of time."""

from __future__ import annotations


class GuestException(Exception):
    """An instruction could not complete; the core's `take` enters the architecture's handler."""

    def __str__(self) -> str:
        return self.describe()

    def describe(self) -> str:
        """What happened, for reports."""
        return type(self).__name__


class Trap(GuestException):
    """An exception that an instruction raises on purpose (SVC, BRK) or by its operands (divide).

    Args:
        kind: the instruction set's own name for it.
        value: what the handler's registers need.
    """

    def __init__(self, kind: str, value: int = 0) -> None:
        super().__init__(kind, value)
        self.kind = kind
        self.value = value

    def describe(self) -> str:
        return self.kind


class UndefinedInstruction(GuestException):
    """The core has no instruction of this encoding, which has so many hexadecimal digits."""

    def __init__(self, word: int, digits: int = 8) -> None:
        super().__init__(word, digits)
        self.word = word
        self.digits = digits

    def describe(self) -> str:
        return f"undefined instruction 0x{self.word:0{self.digits}x}"


class MemoryFault(GuestException):
    """A fetch, load or store that memory refused.

    Args:
        access: "fetch", "load" or "store".
        address: the first byte, as the core sees it.
        size: bytes.
        cause: "alignment", "unmapped" (nothing answers there), "refused" (what answers says no), or
            "translation" (the MMU says no).
        status: what the architecture's fault registers say about a translation that failed.
    """

    def __init__(self, access: str, address: int, size: int, cause: str, status: int = 0) -> None:
        super().__init__(access, address, size, cause, status)
        self.access = access
        self.address = address
        self.size = size
        self.cause = cause
        self.status = status

    def describe(self) -> str:
        size = f"{self.size} byte" + ("s" if self.size > 1 else "")
        return f"{self.access} of {size} at 0x{self.address:08x}"


class SyncNeeded(Exception):
    """An access to a device while the core is ahead of simulated time.

    The instruction has had no effect; it is executed again when simulated time has caught up.
    """

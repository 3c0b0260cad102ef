"""Memory for machine code, and where Python's buffers are in the host's memory."""

from __future__ import annotations

import ctypes
import mmap
import os


class OutOfCodeMemory(Exception):
    """All of it is used."""


class CodeMemory:
    """Memory for machine code: written through one mapping, executed through another.

    Args:
        size: in bytes.

    Attributes:
        bytes: the writable side.
        address: where the executable side begins.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.mmap.restype = ctypes.c_void_p
        descriptor = os.memfd_create("code")
        try:
            os.ftruncate(descriptor, size)
            self.bytes = memoryview(mmap.mmap(descriptor, size))
            self.address = self._executable(descriptor)
        finally:
            os.close(descriptor)

    def write(self, at: int, code: bytes | bytearray) -> None:
        """Put `code` at offset `at`.

        Raises:
            OutOfCodeMemory
        """
        if at + len(code) > self.size:
            raise OutOfCodeMemory
        self.bytes[at : at + len(code)] = code

    def _executable(self, descriptor: int) -> int:
        size = ctypes.c_size_t(self.size)
        protection = mmap.PROT_READ | mmap.PROT_EXEC
        address = self._libc.mmap(
            None, size, protection, mmap.MAP_SHARED, descriptor, ctypes.c_long(0)
        )
        if address is None or address == 2**64 - 1:
            raise OSError(ctypes.get_errno(), "the system gives no executable memory")
        return int(address)

    def __del__(self) -> None:
        if hasattr(self, "address"):
            self._libc.munmap(ctypes.c_void_p(self.address), ctypes.c_size_t(self.size))


def address_of(buffer: memoryview) -> int:
    """The host's address of the first byte of a writable buffer.

    Raises:
        TypeError: it is read-only.
    """
    return ctypes.addressof(ctypes.c_char.from_buffer(buffer))

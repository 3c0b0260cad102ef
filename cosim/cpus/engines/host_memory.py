"""Where Python's buffers are in the host's memory, and memory for machine code."""

from __future__ import annotations

import ctypes
import mmap
import os


def address_of(buffer: memoryview) -> int:
    """The host's address of the first byte of a writable buffer.

    Raises:
        TypeError: it is read-only.
    """
    return ctypes.addressof(ctypes.c_char.from_buffer(buffer))


class CodeMemory:
    """Memory for machine code: written through one mapping, executed through another.

    Attributes:
        bytes: the writable side.
        address: where the executable side begins.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        descriptor = os.memfd_create("code")
        try:
            os.ftruncate(descriptor, size)
            self.bytes = memoryview(mmap.mmap(descriptor, size))
            self._address = _map_executable(descriptor, size)
        finally:
            os.close(descriptor)

    @property
    def address(self) -> int:
        return self._address

    def __del__(self) -> None:
        _libc().munmap(self._address, self.size)


def _map_executable(descriptor: int, size: int) -> int:
    libc = _libc()
    address = libc.mmap(None, size, mmap.PROT_READ | mmap.PROT_EXEC, mmap.MAP_SHARED, descriptor, 0)
    if address is None or address == 2**64 - 1:
        raise OSError(ctypes.get_errno(), "the system gives no executable memory")
    return int(address)


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [
        ctypes.c_void_p,
        ctypes.c_size_t,
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_long,
    ]
    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    return libc

"""Semihosting: SVC 0x123456 asks the simulator for a service (Arm semihosting specification).

There are two files: the console `:tt`, and `:semihosting-features`, by which a library finds out
that SYS_EXIT_EXTENDED exists and that standard error is a handle of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cosim.cpus.arm.mmu import swap
from cosim.cpus.arm.registers import BIG_ENDIAN

if TYPE_CHECKING:
    from cosim.cpus.arm.core import CortexA9

CALL = 0x12_3456
FAILED = 0xFFFF_FFFF
APPLICATION_EXIT = 0x2_0026
PS_PER_CENTISECOND = 10**10
TICKS_PER_SECOND = 10**9
PS_PER_TICK = 1000
ENOENT, EBADF, EINVAL = 2, 9, 22
HANDLES = {0: 1, 4: 2, 8: 3}
"""Handles of `:tt` by the group of modes: read is stdin, write stdout, append stderr."""
FEATURES_NAME = b":semihosting-features"
FEATURES_HANDLE = 4
FEATURES = b"SHFB\x03"
"""The magic number, then bit 0: SYS_EXIT_EXTENDED, bit 1: stdout and stderr (section 4)."""


def call(core: CortexA9) -> None:
    """The service in r0 with its parameter in r1; the result goes to r0."""
    core.synchronize()
    number, parameter = core.state["r0"], core.state["r1"]
    service = SERVICES.get(number)
    if service is None:
        core.kernel.reports.emit("unimp", core.name, f"semihosting call 0x{number:x}")
        core.state["r0"] = FAILED
        return
    result = service(core, parameter)
    if result is not None:
        core.state["r0"] = result


def _words(core: CortexA9, block: int, count: int) -> list[int]:
    """The parameter block."""
    return [
        _ordered(core, core.port.load(block + 4 * index & 0xFFFF_FFFF, 4)) for index in range(count)
    ]


def _store_words(core: CortexA9, address: int, *words: int) -> None:
    for index, word in enumerate(words):
        core.port.store(address + 4 * index & 0xFFFF_FFFF, _ordered(core, word), 4)


def _ordered(core: CortexA9, word: int) -> int:
    """A word as the caller's data accesses have it: CPSR.E decides."""
    return swap(word) if core.state["context"] & BIG_ENDIAN else word


def _store(core: CortexA9, address: int, data: bytes) -> None:
    for index, byte in enumerate(data):
        core.port.store(address + index & 0xFFFF_FFFF, byte, 1)


def _bytes(core: CortexA9, address: int, count: int) -> bytes:
    return bytes(core.port.load(address + index & 0xFFFF_FFFF, 1) for index in range(count))


def _fail(core: CortexA9, errno: int) -> int:
    core.semihosting_errno = errno
    return FAILED


def _write(core: CortexA9, data: bytes) -> None:
    if core.console is not None:
        core.console.write(data)


def _read(core: CortexA9, limit: int) -> bytes:
    return core.console.read(limit) if core.console is not None else b""


def _is_open(handle: int) -> bool:
    return handle == FEATURES_HANDLE or handle in HANDLES.values()


def sys_open(core: CortexA9, block: int) -> int:
    address, mode, length = _words(core, block, 3)
    name = _bytes(core, address, min(length, len(FEATURES_NAME) + 1))
    if mode > 11:
        return _fail(core, EINVAL)
    if name == FEATURES_NAME and mode < 4:
        core.semihosting_position = 0
        return FEATURES_HANDLE
    return HANDLES[mode & ~3] if name == b":tt" else _fail(core, ENOENT)


def sys_close(core: CortexA9, block: int) -> int:
    (handle,) = _words(core, block, 1)
    return 0 if _is_open(handle) else _fail(core, EBADF)


def sys_writec(core: CortexA9, address: int) -> None:
    _write(core, _bytes(core, address, 1))


def sys_write0(core: CortexA9, address: int) -> None:
    text = bytearray()
    while byte := core.port.load(address + len(text) & 0xFFFF_FFFF, 1):
        text.append(byte)
    _write(core, bytes(text))


def sys_write(core: CortexA9, block: int) -> int:
    """Returns the number of bytes not written."""
    handle, address, length = _words(core, block, 3)
    if handle not in HANDLES.values():
        core.semihosting_errno = EBADF
        return length
    _write(core, _bytes(core, address, length))
    return 0


def sys_read(core: CortexA9, block: int) -> int:
    """Returns the number of bytes not read."""
    handle, address, length = _words(core, block, 3)
    if not _is_open(handle):
        core.semihosting_errno = EBADF
        return length
    if handle == FEATURES_HANDLE:
        data = FEATURES[core.semihosting_position :][:length]
        core.semihosting_position += len(data)
    else:
        data = _read(core, length)
    _store(core, address, data)
    return length - len(data)


def sys_readc(core: CortexA9, block: int) -> int:
    data = _read(core, 1)
    return data[0] if data else FAILED


def sys_iserror(core: CortexA9, block: int) -> int:
    (status,) = _words(core, block, 1)
    return status >> 31


def sys_istty(core: CortexA9, block: int) -> int:
    (handle,) = _words(core, block, 1)
    if handle == FEATURES_HANDLE:
        return 0
    return 1 if handle in HANDLES.values() else _fail(core, EBADF)


def sys_seek(core: CortexA9, block: int) -> int:
    handle, position = _words(core, block, 2)
    if handle != FEATURES_HANDLE or position > len(FEATURES):
        return _fail(core, EINVAL)
    core.semihosting_position = position
    return 0


def sys_flen(core: CortexA9, block: int) -> int:
    (handle,) = _words(core, block, 1)
    return len(FEATURES) if handle == FEATURES_HANDLE else _fail(core, EINVAL)


def sys_clock(core: CortexA9, block: int) -> int:
    return core.local_time // PS_PER_CENTISECOND & 0xFFFF_FFFF


def sys_time(core: CortexA9, block: int) -> int:
    """Seconds since the epoch: simulated time starts there, so that runs repeat."""
    return core.local_time // 10**12 & 0xFFFF_FFFF


def sys_errno(core: CortexA9, block: int) -> int:
    return core.semihosting_errno


def sys_get_cmdline(core: CortexA9, block: int) -> int:
    address, room = _words(core, block, 2)
    text = core.config.command_line.encode()
    if len(text) + 1 > room:
        return _fail(core, EINVAL)
    _store(core, address, text + b"\0")
    _store_words(core, block + 4, len(text))
    return 0


def sys_heapinfo(core: CortexA9, block: int) -> int:
    """Heap from the program's end to the top of its memory, the stack down from there.

    A field of 0 lets the library choose.
    """
    (answer,) = _words(core, block, 1)
    base = 0
    for name in ("end", "_end"):
        try:
            base = base or core.symbols[name]
        except KeyError:
            continue
    region = core.view.find(base) if base else None
    top = region.end + 1 & 0xFFFF_FFFF if region is not None else 0
    _store_words(core, answer, base if top else 0, top, top, 0)
    return 0


def sys_exit(core: CortexA9, reason: int) -> None:
    core.exit(0 if reason == APPLICATION_EXIT else 1)


def sys_exit_extended(core: CortexA9, block: int) -> None:
    reason, code = _words(core, block, 2)
    core.exit(code if reason == APPLICATION_EXIT else 1)


def sys_elapsed(core: CortexA9, block: int) -> int:
    ticks = core.local_time // PS_PER_TICK
    _store_words(core, block, ticks & 0xFFFF_FFFF, ticks >> 32)  # the low word first, always
    return 0


def sys_tickfreq(core: CortexA9, block: int) -> int:
    return TICKS_PER_SECOND


# fmt: off
SERVICES: dict[int, Callable[[CortexA9, int], int | None]] = {
    0x01: sys_open,
    0x02: sys_close,
    0x03: sys_writec,
    0x04: sys_write0,
    0x05: sys_write,
    0x06: sys_read,
    0x07: sys_readc,
    0x08: sys_iserror,
    0x09: sys_istty,
    0x0A: sys_seek,
    0x0C: sys_flen,
    0x10: sys_clock,
    0x11: sys_time,
    0x13: sys_errno,
    0x15: sys_get_cmdline,
    0x16: sys_heapinfo,
    0x18: sys_exit,
    0x20: sys_exit_extended,
    0x30: sys_elapsed,
    0x31: sys_tickfreq,
}
# fmt: on

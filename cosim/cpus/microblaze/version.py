"""The processor version registers: what a program can find out about its core (UG984, PVR)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cosim.cpus.microblaze.config import MicroBlazeConfig

# fmt: off
VERSIONS = {
    "5.00.a": 0x01, "5.00.b": 0x02, "5.00.c": 0x03, "6.00.a": 0x04, "6.00.b": 0x06, "7.00.a": 0x05,
    "7.00.b": 0x07, "7.10.a": 0x08, "7.10.b": 0x09, "7.10.c": 0x0A, "7.10.d": 0x0B, "7.20.a": 0x0C,
    "7.20.b": 0x0D, "7.20.c": 0x0E, "7.20.d": 0x0F, "7.30.a": 0x10, "7.30.b": 0x11, "8.00.a": 0x12,
    "8.00.b": 0x13, "8.10.a": 0x14, "8.20.a": 0x15, "8.20.b": 0x16, "8.30.a": 0x17, "8.40.a": 0x18,
    "8.40.b": 0x19, "8.50.a": 0x1A, "9.0":    0x1B, "9.1":    0x1D, "9.2":    0x1F, "9.3":    0x20,
    "9.4":    0x21, "9.5":    0x22, "9.6":    0x23, "10.0":   0x24, "11.0":   0x25,
}
# fmt: on


def version_register(config: MicroBlazeConfig, number: int) -> int:
    """PVR `number` (0..12); 0 where the core has none."""
    if number >= {0: 0, 1: 1, 2: 13}[config.pvr]:
        return 0
    return _PVR[number](config) if number in _PVR else 0


def _pvr0(config: MicroBlazeConfig) -> int:
    return (
        (config.pvr == 2) << 31
        | config.barrel << 30
        | config.div << 29
        | (config.hw_mul > 0) << 28
        | _has_exceptions(config) << 26
        | (config.mmu > 0) << 23
        | (config.endian == "little") << 21
        | config.reorder << 18
        | VERSIONS[config.version] << 8
        | config.pvr_user1
    )


def _pvr2(config: MicroBlazeConfig) -> int:
    return (
        config.msr_instr << 17
        | config.pcmp << 16
        | config.barrel << 14
        | config.div << 13
        | (config.hw_mul > 0) << 12
        | (config.hw_mul == 2) << 10
        | config.opcode_0_illegal << 6
        | config.unaligned_exceptions << 5
        | config.ill_opcode_exception << 4
        | config.ibus_exception << 3
        | config.dbus_exception << 2
        | config.div_zero_exception << 1
    )


def _has_exceptions(config: MicroBlazeConfig) -> bool:
    return (
        config.unaligned_exceptions
        or config.ill_opcode_exception
        or config.ibus_exception
        or config.dbus_exception
        or config.div_zero_exception
    )


_PVR: dict[int, Callable[[MicroBlazeConfig], int]] = {
    0: _pvr0,
    1: lambda config: config.pvr_user2,
    2: _pvr2,
    11: lambda config: config.mmu << 30,
    12: lambda config: config.base_vectors,
}

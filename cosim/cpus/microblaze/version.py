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

# The version with which an option came; the others are as old as the table above.
FIRST = {
    "user_mode":          "7.00.a",
    "protection":         "7.00.a",
    "translation":        "7.00.a",
    "extended_streams":   "7.10.a",
    "clz":                "8.10.a",
    "reorder":            "8.30.a",
    "extended_addresses": "9.6",
    "bit_field":          "10.0",
}
# fmt: on

_ORDER = list(VERSIONS)


def since(option: str, version: str) -> bool:
    """Whether a core of `version` can have `option`."""
    return option not in FIRST or _ORDER.index(version) >= _ORDER.index(FIRST[option])


def version_register(config: MicroBlazeConfig, number: int) -> int:
    """PVR `number` (0..12), of 6 to 9 both halves; 0 where the core has none."""
    if number >= {0: 0, 1: 1, 2: 13}[config.pvr]:
        return 0
    return _PVR[number](config)


def _pvr0(config: MicroBlazeConfig) -> int:
    there = config.options
    # fmt: off
    return (
        (config.pvr == 2) << 31
        | config.barrel << 30
        | config.div << 29
        | (config.hw_mul > 0) << 28
        | (config.fpu > 0) << 27
        | _has_exceptions(config) << 26
        | config.icache << 25
        | config.dcache << 24
        | ("user_mode" in there) << 23
        | config.branch_target_cache << 22
        | (config.endian == "little") << 21
        | config.fault_tolerant << 20
        | config.stack_protection << 19
        | ("reorder" in there) << 18
        | VERSIONS[config.version] << 8
        | config.pvr_user1
    )
    # fmt: on


def _pvr2(config: MicroBlazeConfig) -> int:
    # fmt: off
    return (
        config.d_axi << 31
        | config.d_lmb << 30
        | config.i_axi << 29
        | config.i_lmb << 28
        | config.interrupt_is_edge << 27
        | config.edge_is_positive << 26
        | config.ecc_use_ce_exception << 25
        | (config.area_optimized == 2) << 24
        | ("extended_streams" in config.options) << 19
        | config.stream_exception << 18
        | config.msr_instr << 17
        | config.pcmp << 16
        | (config.area_optimized == 1) << 15
        | config.barrel << 14
        | config.div << 13
        | (config.hw_mul > 0) << 12
        | (config.fpu > 0) << 11
        | (config.hw_mul == 2) << 10
        | (config.fpu == 2) << 9
        | config.imprecise_exceptions << 8
        | config.opcode_0_illegal << 6
        | config.unaligned_exceptions << 5
        | config.ill_opcode_exception << 4
        | config.ibus_exception << 3
        | config.dbus_exception << 2
        | config.div_zero_exception << 1
        | config.fpu_exception
    )
    # fmt: on


def _has_exceptions(config: MicroBlazeConfig) -> bool:
    return (
        config.unaligned_exceptions
        or config.ill_opcode_exception
        or config.ibus_exception
        or config.dbus_exception
        or config.div_zero_exception
        or config.fpu_exception
        or config.stream_exception
    )


def _pvr3(config: MicroBlazeConfig) -> int:
    return (
        config.debug_enabled << 31
        | config.pc_breakpoints << 25
        | config.read_watchpoints << 19
        | config.write_watchpoints << 13
        | config.stream_links << 7
        | config.branch_target_cache_size
    )


def _pvr4(config: MicroBlazeConfig) -> int:
    if not config.icache:
        return 0
    tag = _tag_bits(config.icache_base, config.icache_high, config.icache_size)
    return (
        1 << 31
        | tag << 26
        | config.icache_writable << 24
        | _log2(config.icache_line_len) << 21
        | _log2(config.icache_size) << 16
        | config.icache_always_used << 15
    )


def _pvr5(config: MicroBlazeConfig) -> int:
    if not config.dcache:
        return 0
    tag = _tag_bits(config.dcache_base, config.dcache_high, config.dcache_size)
    return (
        1 << 31
        | tag << 26
        | config.dcache_writable << 24
        | _log2(config.dcache_line_len) << 21
        | _log2(config.dcache_size) << 16
        | config.dcache_always_used << 15
        | config.dcache_writeback << 14
    )


def _pvr11(config: MicroBlazeConfig) -> int:
    there = config.options
    mmu = config.mmu if "user_mode" in there else 0
    return (
        mmu << 30
        | _log2(config.mmu_itlb_size) << 27
        | _log2(config.mmu_dtlb_size) << 24
        | config.mmu_tlb_access << 22
        | config.mmu_zones << 17
        | config.mmu_privileged_instr << 15
        | config.reset_msr
        if mmu
        else config.reset_msr
    )


def _tag_bits(base: int, high: int, size: int) -> int:
    """Address bits that a cache has to compare: those that differ within its range."""
    return max(0, (base ^ high).bit_length() - _log2(size))


def _log2(number: int) -> int:
    return number.bit_length() - 1


_PVR: dict[int, Callable[[MicroBlazeConfig], int]] = {
    0: _pvr0,
    1: lambda config: config.pvr_user2,
    2: _pvr2,
    3: _pvr3,
    4: _pvr4,
    5: _pvr5,
    6: lambda config: config.icache_base if config.icache else 0,
    7: lambda config: config.icache_high if config.icache else 0,
    8: lambda config: config.dcache_base if config.dcache else 0,
    9: lambda config: config.dcache_high if config.dcache else 0,
    10: lambda config: config.family << 24 | (config.addr_size - 32) << 18,
    11: _pvr11,
    12: lambda config: config.base_vectors,
}

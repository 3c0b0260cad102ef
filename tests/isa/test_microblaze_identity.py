"""The bits of the version registers are where QEMU's options have them, but for what is explained.

Against Xilinx's own header (embeddedsw, pvr.h) the masks of fields are below, too.
"""

# ruff: noqa: E501  tables
from __future__ import annotations

import pytest

from cosim.cpus.microblaze.config import MicroBlazeConfig
from cosim.cpus.microblaze.version import version_register
from tests.isa.microblaze_identity import BASE, COUNT, TURNED, recorded

EXCEPTIONS = ("dbus_exception", "ibus_exception", "ill_opcode", "div_zero", "unaligned")

# fmt: off
CONSTANT = [  # PVR, bits, why: where no option of ours is turned
    (0,  0x0320_0000, "caches, of which we have none unless told; the byte order, which QEMU tells by a property only"),
    (0,  0x0400_0000, "EXC: any exception enabled; QEMU's is always one"),
    (2,  0x5000_0000, "DLMB and ILMB, off unless told"),
    (2,  0x0400_0000, "IRQPOS, on unless told; QEMU has no edges"),
    (2,  0x0000_0001, "FPUEXC, off unless told; QEMU's is always one"),
    (3,  0x0200_0000, "PCBRK: the default of C_NUMBER_OF_PC_BRK is 1"),
    (10, 0x0C00_0000, "the family: Spartan-3A DSP on QEMU"),
    (11, 0x0AC0_0000, "sizes of the shadow TLBs and access to TLB registers; QEMU has none"),
]
TURNING = [  # what is turned, PVR, bits in which the change differs, why
    *((name, 0, 0x0400_0000, "EXC, as above") for name in EXCEPTIONS),
    ("mmu",              11, 0x0AE0_0000, "without an MMU there are no zones, and the above"),
    ("stack_protection", 11, 0x0AE0_0000, "the same"),
    ("stack_protection", 0,  0x0008_0001, "SPROT is bit 12 from the top (pvr.h: 0x00080000); QEMU has it in USR1"),
    ("dcache_writeback", 0,  0x0100_0000, "DCU: QEMU's is always one"),
    ("dcache_writeback", 5,  0xC54D_0000, "the geometry, which is zero on QEMU"),
    ("dcache_writeback", 9,  0x3FFF_FFFF, "C_DCACHE_HIGHADDR, which is zero on QEMU"),
]
FIELDS = [  # PVR, the mask of pvr.h, key and value that fill it
    (0,  0x8000_0000, {"pvr": 2}),                 (0,  0x4000_0000, {"barrel": True}),
    (0,  0x2000_0000, {"div": True}),              (0,  0x1000_0000, {"hw_mul": 1}),
    (0,  0x0800_0000, {"fpu": 1}),                 (0,  0x0400_0000, {"ill_opcode_exception": True}),
    (0,  0x0200_0000, {"icache": True}),           (0,  0x0100_0000, {"dcache": True}),
    (0,  0x0080_0000, {"mmu": 1}),                 (0,  0x0040_0000, {"branch_target_cache": True}),
    (0,  0x0020_0000, {"endian": "little"}),       (0,  0x0010_0000, {"fault_tolerant": True}),
    (0,  0x0008_0000, {"stack_protection": True, "mmu": 0}),
    (0,  0x0000_00FF, {"pvr_user1": 0xFF}),        (1,  0xFFFF_FFFF, {"pvr_user2": 0xFFFF_FFFF}),
    (2,  0x8000_0000, {"d_axi": True}),            (2,  0x4000_0000, {"d_lmb": True}),
    (2,  0x2000_0000, {"i_axi": True}),            (2,  0x1000_0000, {"i_lmb": True}),
    (2,  0x0800_0000, {"interrupt_is_edge": True}), (2, 0x0400_0000, {"edge_is_positive": True}),
    (2,  0x0008_0000, {"extended_stream_instr": True, "stream_links": 1}),
    (2,  0x0004_0000, {"stream_exception": True}), (2,  0x0002_0000, {"msr_instr": True}),
    (2,  0x0001_0000, {"pcmp": True}),             (2,  0x0000_8000, {"area_optimized": 1}),
    (2,  0x0000_4000, {"barrel": True}),           (2,  0x0000_2000, {"div": True}),
    (2,  0x0000_1000, {"hw_mul": 1}),              (2,  0x0000_0800, {"fpu": 1}),
    (2,  0x0000_0400, {"hw_mul": 2}),              (2,  0x0000_0200, {"fpu": 2}),
    (2,  0x0000_0040, {"opcode_0_illegal": True}), (2,  0x0000_0020, {"unaligned_exceptions": True}),
    (2,  0x0000_0010, {"ill_opcode_exception": True}), (2, 0x0000_0008, {"ibus_exception": True}),
    (2,  0x0000_0004, {"dbus_exception": True}),   (2,  0x0000_0002, {"div_zero_exception": True}),
    (2,  0x0000_0001, {"fpu_exception": True}),    (3,  0x8000_0000, {"debug_enabled": True}),
    (3,  0x0000_0380, {"stream_links": 7}),        (3,  0x0000_0007, {"branch_target_cache_size": 7}),
    (4,  0x8000_0000, {"icache": True}),           (4,  0x0100_0000, {"icache": True, "icache_writable": True}),
    (4,  0x0000_8000, {"icache": True, "icache_always_used": True}),
    (5,  0x8000_0000, {"dcache": True}),           (5,  0x0100_0000, {"dcache": True, "dcache_writable": True}),
    (5,  0x0000_8000, {"dcache": True, "dcache_always_used": True}),
    (5,  0x0000_4000, {"dcache": True, "dcache_writeback": True}),
    (10, 0xFF00_0000, {"family": 0xFF}),           (11, 0xC000_0000, {"mmu": 3}),
    (11, 0x0000_07FF, {"reset_msr": 0x7FF}),
]
NUMBERS = [  # PVR, the mask of pvr.h, keys, the field's value
    (3,  0x1E00_0000, {"pc_breakpoints": 8}, 8),
    (3,  0x0038_0000, {"read_watchpoints": 4}, 4),
    (3,  0x0000_E000, {"write_watchpoints": 4}, 4),
    (4,  0x00E0_0000, {"icache": True, "icache_line_len": 8}, 3),
    (4,  0x001F_0000, {"icache": True, "icache_size": "32KiB"}, 15),
    (4,  0x7C00_0000, {"icache": True, "icache_size": "8KiB", "icache_high": 0x3FFF_FFFF}, 17),
    (5,  0x00E0_0000, {"dcache": True, "dcache_line_len": 16}, 4),
    (5,  0x001F_0000, {"dcache": True, "dcache_size": "64KiB"}, 16),
    (11, 0x3800_0000, {"mmu": 3, "mmu_itlb_size": 8}, 3),
    (11, 0x0700_0000, {"mmu": 3, "mmu_dtlb_size": 4}, 2),
    (11, 0x00C0_0000, {"mmu": 3, "mmu_tlb_access": 2}, 2),
    (11, 0x003E_0000, {"mmu": 3, "mmu_zones": 16}, 16),
]
# fmt: on


def ours(options: dict[str, object], endian: str = "little") -> list[int]:
    settings = {"type": "xilinx.microblaze", "clock": "100MHz", "endian": endian}
    config = MicroBlazeConfig.model_validate(settings | BASE[1] | options)
    return [version_register(config, number) for number in range(COUNT)]


def test_the_registers_of_the_board_are_those_of_qemu_but_for_what_is_explained() -> None:
    different = [0] * COUNT
    for number, bits, _ in CONSTANT:
        different[number] |= bits
    theirs = recorded()["nothing"]
    assert [a ^ b for a, b in zip(ours({}), theirs, strict=True)] == different


@pytest.mark.parametrize("turned", TURNED)
def test_an_option_changes_the_bits_that_it_changes_on_qemu(turned: str) -> None:
    explained = {number: bits for name, number, bits, _ in TURNING if name == turned}
    theirs = recorded()
    changes = zip(ours({}), ours(TURNED[turned][1]), theirs["nothing"], theirs[turned], strict=True)
    for number, (before, after, their_before, their_after) in enumerate(changes):
        different = before ^ after ^ their_before ^ their_after
        assert different == explained.get(number, 0), f"PVR{number}: {different:#x}"


@pytest.mark.parametrize(("number", "mask", "options"), FIELDS)
def test_a_field_is_where_the_header_of_xilinx_has_it(number, mask, options) -> None:
    assert ours(options)[number] & mask == mask
    if "pvr" not in options:
        off = {key: 0 if isinstance(value, int) else "big" for key, value in options.items()}
        without = {key: value for key, value in off.items() if key != "endian"}
        assert ours(without, off.get("endian", "little"))[number] & mask != mask


@pytest.mark.parametrize(("number", "mask", "options", "value"), NUMBERS)
def test_a_number_is_where_the_header_of_xilinx_has_it(number, mask, options, value) -> None:
    assert (ours(options)[number] & mask) // (mask & -mask) == value

"""Physical addresses of more than 32 bits: lbuea and its like, mfse (UG984, lbu; C_ADDR_SIZE)."""

from __future__ import annotations

import pytest

from cosim.bus.memory import Memory
from cosim.cpus.microblaze.registers import MSR_UM
from tests.cpus.microblaze.board import Board

FAR = 0x12_0000_0000
SETUP = "addik r4, r0, 0x12\naddik r5, r0, 0x10\n"


def board(endian: str = "little", **options: object) -> Board:
    return Board(endian, addr_size=40, **options)


def far(made: Board) -> Memory:
    """64 KiB beyond the 32-bit addresses."""
    memory = Memory("far", 0x10000)
    made.router.map("far", memory.socket, FAR, memory.size)
    return memory


@pytest.mark.parametrize(
    ("endian", "name", "value"),
    [
        ("little", "lwea", 0x4433_2211),
        ("little", "lhuea", 0x2211),
        ("little", "lbuea", 0x11),
        ("big", "lwea", 0x1122_3344),
        ("big", "lhuea", 0x1122),
    ],
)
def test_loads_concatenate_the_registers(endian: str, name: str, value: int) -> None:
    made = board(endian)
    far(made)
    made.core.port.write_debug(FAR + 0x10, bytes([0x11, 0x22, 0x33, 0x44]))
    assert made.run(f"{SETUP}{name} r3, r4, r5").r[3] == value


def test_stores() -> None:
    made = board()
    far(made)
    made.run(f"{SETUP}li r3, 0xA1B2C3D4\nswea r3, r4, r5\naddik r5, r5, 4\nshea r3, r4, r5\n"
             "addik r5, r5, 2\nsbea r3, r4, r5")  # fmt: skip
    assert made.core.port.read_debug(FAR + 0x10, 8).hex() == "d4c3b2a1d4c3d400"


def test_bits_beyond_the_address_size_are_not_there() -> None:
    made = board()
    far(made)
    made.core.port.write_debug(FAR + 0x10, b"\x07")
    assert made.run(f"{SETUP}addik r4, r4, 0x1200\nlbuea r3, r4, r5").r[3] == 7


def test_a_bus_error_leaves_the_whole_address() -> None:
    made = board()
    made.handler(0x20, "mfs r20, resr\nmfs r21, rear\nmfse r22, rear\nbri 0")
    core = made.run(f"{SETUP}msrset r0, 0x100\nlwea r3, r4, r5")
    assert (core.r[20], core.r[21], core.r[22]) == (4, 0x10, 0x12)


@pytest.mark.parametrize(("allowed", "cause"), [(0, 7), (1, 7), (2, 0), (3, 0)])
def test_privileged_unless_allowed(allowed: int, cause: int) -> None:
    made = board(mmu_privileged_instr=allowed)
    far(made)
    made.handler(0x20, "mfs r20, resr\nbri 0")
    core = made.run(f"{SETUP}addik r6, r0, {MSR_UM}\nmts rmsr, r6\nlbuea r3, r4, r5")
    assert core.r[20] == cause


def test_a_page_may_be_beyond_32_bits() -> None:
    """UG984, TLBLO: the upper half is written first, by mtse."""
    made = board()
    far(made)
    made.core.port.write_debug(FAR + 0x10, b"\x2a\0\0\0")
    core = made.run("""
        mts rtlbx, r0
        addik r3, r0, 0x12
        mtse rtlblo, r3
        addik r3, r0, 0x300
        mts rtlblo, r3
        li r3, 0x400000C0
        mts rtlbhi, r3
        addik r3, r0, 1
        mts rtlbx, r3
        li r3, 0x90000300
        mts rtlblo, r3
        li r3, 0x900003C0
        mts rtlbhi, r3
        addik r3, r0, 0x2000
        mts rmsr, r3
        li r4, 0x40000010
        lwi r5, r4, 0
        mts rmsr, r0
        mts rtlbx, r0
        mfse r6, rtlblo
    """)
    assert (core.r[5], core.r[6]) == (0x2A, 0x12)

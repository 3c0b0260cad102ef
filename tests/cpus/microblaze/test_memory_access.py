"""Loads and stores: byte order, reversed forms, exclusive accesses, alignment."""

from __future__ import annotations

import pytest

from tests.cpus.microblaze.board import DATA, Board

LOAD = f"li r29, {DATA}\n"


def board_with_bytes(endian: str, **options: object) -> Board:
    """A board with the bytes 11 22 33 44 at DATA."""
    board = Board(endian, **options)
    board.core.port.write_debug(DATA, bytes([0x11, 0x22, 0x33, 0x44]))
    return board


@pytest.mark.parametrize(
    ("endian", "text", "value"),
    [
        ("little", "lw r3, r29, r0", 0x44332211),
        ("little", "lwr r3, r29, r0", 0x11223344),
        ("little", "lhu r3, r29, r0", 0x2211),
        ("little", "lhur r3, r29, r0", 0x3344),
        ("little", "lbu r3, r29, r0", 0x11),
        ("little", "lbur r3, r29, r0", 0x44),
        ("big", "lw r3, r29, r0", 0x11223344),
        ("big", "lwr r3, r29, r0", 0x44332211),
        ("big", "lhu r3, r29, r0", 0x1122),
        ("big", "lhur r3, r29, r0", 0x4433),
        ("big", "lbur r3, r29, r0", 0x44),
    ],
)
def test_reversed_loads_see_the_word_in_the_other_byte_order(endian, text, value):
    assert board_with_bytes(endian).run(LOAD + text).r[3] == value


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [
        ("sw r4, r29, r0", "d4c3b2a1"),
        ("swr r4, r29, r0", "a1b2c3d4"),
        ("sh r4, r29, r0", "d4c33344"),
        ("shr r4, r29, r0", "1122c3d4"),
        ("sb r4, r29, r0", "d4223344"),
        ("sbr r4, r29, r0", "112233d4"),
    ],
)
def test_reversed_stores(text, bytes_):
    board = board_with_bytes("little")
    board.run(f"{LOAD}li r4, 0xA1B2C3D4\n{text}")
    assert board.core.port.read_debug(DATA, 4).hex() == bytes_


def test_without_the_unaligned_exception_low_address_bits_are_ignored():
    core = board_with_bytes("little", unaligned_exceptions=False).run(
        f"{LOAD}lwi r3, r29, 3\nlhui r4, r29, 3"
    )
    assert (core.r[3], core.r[4]) == (0x44332211, 0x4433)


def test_an_exclusive_store_needs_an_exclusive_load():
    board = Board()
    core = board.run(f"{LOAD}addik r4, r0, 7\nswx r4, r29, r0\naddc r5, r0, r0")
    assert core.r[5] == 1  # the carry says: not stored
    assert board.peek(DATA) == 0


def test_an_exclusive_pair_stores_once():
    board = Board()
    core = board.run(f"""{LOAD}
        addik r4, r0, 7
        lwx r3, r29, r0
        swx r4, r29, r0
        addc r5, r0, r0
        addik r4, r0, 8
        swx r4, r29, r0
        addc r6, r0, r0
    """)
    assert (core.r[5], core.r[6]) == (0, 1)
    assert board.peek(DATA) == 7


def test_the_reservation_is_a_bit_whatever_the_address_and_whoever_wrote():
    """QEMU compares the address and the value."""
    board = Board()
    core = board.run(f"""{LOAD}
        addik r4, r0, 7
        addik r6, r0, 4
        lwx r3, r29, r0
        swi r4, r29, 4
        swx r4, r29, r6
        addc r5, r0, r0
    """)
    assert core.r[5] == 0
    assert board.peek(DATA + 4) == 7


def test_exclusive_accesses_are_aligned_without_exception():
    board = board_with_bytes("little")
    core = board.run(f"{LOAD}addik r6, r0, 2\nlwx r3, r29, r6\nswx r0, r29, r6")
    assert core.r[3] == 0x44332211
    assert board.peek(DATA) == 0


def test_a_store_that_faults_changes_nothing():
    board = Board()
    board.run("li r3, 0x80000000\naddik r4, r0, 1\nlwx r5, r0, r0\nswx r4, r3, r0")
    assert "store of 4 bytes at 0x80000000" in board.fault
    assert board.core.state["reservation"] == 1

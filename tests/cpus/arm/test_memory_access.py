"""Loads and stores: alignment, multiple registers, exclusive accesses."""

from __future__ import annotations

import pytest

from cosim.cpus.arm.registers import Mode
from tests.cpus.arm.board import DATA, SIZE, START, Board

SCTLR_A = 2


def at(address: int, **options: object) -> Board:
    board = Board(**options)
    board.poke(DATA, 0x0302_0100, 0x0706_0504, 0x0B0A_0908, 0x0F0E_0D0C)
    board.core.r[0] = address
    return board


# Alignment


def test_single_accesses_may_be_unaligned() -> None:
    board = at(DATA + 1)
    board.run("ldr r1, [r0]")
    assert board.core.r[1] == 0x0403_0201
    board.run("ldrh r1, [r0]")
    board = at(DATA + 3)
    board.core.r[1] = 0xAABB
    board.run("strh r1, [r0]")
    assert (board.peek(DATA), board.peek(DATA + 4)) == (0xBB02_0100, 0x0706_05AA)


@pytest.mark.parametrize("text", ["ldr r1, [r0]", "ldrh r1, [r0]", "strh r1, [r0]"])
def test_not_while_sctlr_a_is_set(text: str) -> None:
    board = at(SCTLR_A)
    board.run("mcr p15, #0, r0, c1, c0, #0")
    board.core.r[0] = DATA + 1
    board.place(START + 4, text)
    board.go(1)
    assert "is not a multiple" in board.report
    assert board.core.state["dfsr"] & 0x1F == 1


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("ldm r0, {r1, r2}", 2),
        ("stm r0, {r1, r2}", 1),
        ("ldrd r2, r3, [r0]", 2),
        ("strd r2, r3, [r0]", 2),
        ("ldrex r1, [r0]", 2),
        ("strex r2, r1, [r0]", 1),
        ("ldrexd r2, r3, [r0]", 4),
        ("strexd r1, r4, r5, [r0]", 4),
        ("ldr pc, [r0]", 2),
    ],
)
def test_others_must_be_aligned_always(text: str, offset: int) -> None:
    board = at(DATA + offset)
    start = list(board.core.r)
    board.run(text)
    assert "is not a multiple" in board.report
    assert list(board.core.r) == start


def test_a_doubleword_needs_word_alignment_only() -> None:
    board = at(DATA + 4)
    board.run("ldrd r2, r3, [r0]")
    assert (board.core.r[2], board.core.r[3]) == (0x0706_0504, 0x0B0A_0908)


# Load and store multiple: the lowest register is at the lowest address


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("ldm r0, {r1, r2}", 0),
        ("ldmib r0, {r1, r2}", 4),
        ("ldmda r0, {r1, r2}", -4),
        ("ldmdb r0, {r1, r2}", -8),
    ],
)
def test_where_load_multiple_begins(text: str, first: int) -> None:
    board = at(DATA + 0x80)
    board.poke(DATA + 0x80 + first, 0x1111, 0x2222)
    board.run(text)
    assert (board.core.r[1], board.core.r[2]) == (0x1111, 0x2222)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("stm r0, {r1, r2}", 0),
        ("stmib r0, {r1, r2}", 4),
        ("stmda r0, {r1, r2}", -4),
        ("stmdb r0, {r1, r2}", -8),
    ],
)
def test_where_store_multiple_begins(text: str, first: int) -> None:
    board = at(DATA + 0x80)
    board.core.r[1], board.core.r[2] = 0x1111, 0x2222
    board.run(text)
    assert [board.peek(DATA + 0x80 + first + offset) for offset in (0, 4)] == [0x1111, 0x2222]


@pytest.mark.parametrize(
    ("text", "moved"),
    [("ldm r0!, {r1, r2}", 8), ("ldmdb r0!, {r1, r2}", -8), ("stm r0!, {r1, r2}", 8)],
)
def test_writeback(text: str, moved: int) -> None:
    board = at(DATA + 0x80)
    board.run(text)
    assert board.core.r[0] == DATA + 0x80 + moved


def test_a_lowest_base_is_stored_as_it_was() -> None:
    board = at(DATA)
    board.run("stm r0!, {r0, r1}")
    assert board.peek(DATA) == DATA
    assert board.core.r[0] == DATA + 8


def test_the_stored_pc_is_two_instructions_ahead() -> None:
    board = at(DATA)
    board.run("stm r0, {r1, pc}")
    assert board.peek(DATA + 4) == START + 8


def test_a_store_multiple_that_faults_in_the_middle_has_not_moved_its_base() -> None:
    board = at(START + SIZE - 4)
    board.core.r[1] = 0x1111
    board.run("stm r0!, {r1, r2}")
    assert board.core.r[0] == START + SIZE - 4
    assert board.peek(START + SIZE - 4) == 0x1111
    assert "store of 4 bytes at 0x60010000" in board.report


def test_a_load_multiple_that_faults_in_the_middle_has_loaded_nothing() -> None:
    board = at(START + SIZE - 4)
    board.core.r[1] = 0x1111
    board.run("ldm r0!, {r1, r2}")
    assert (board.core.r[0], board.core.r[1]) == (START + SIZE - 4, 0x1111)


def test_user_registers_from_another_mode() -> None:
    board = at(DATA)
    board.mode(Mode.FIQ)
    board.core.r[0] = DATA
    board.run("ldm r0, {r8, sp, lr} ^")
    state = board.core.state
    assert [state[slot] for slot in ("r8_usr", "r13_usr", "r14_usr")] == [
        0x0302_0100,
        0x0706_0504,
        0x0B0A_0908,
    ]
    assert (board.core.r[8], board.core.r[13]) == (0, 0)
    board.core.r[0] = DATA + 0x20
    board.place(START + 4, "stm r0, {r8, sp, lr} ^")
    board.go(1)
    assert board.peek(DATA + 0x28) == 0x0B0A_0908


def test_pop_into_the_pc_may_return_to_itself() -> None:
    """Not a branch to itself that nothing changes: the stack moves, the core goes on."""
    board = Board()
    board.core.r[13] = DATA
    board.poke(DATA, 1, START, 2, START, 3, START + 0x40)
    board.run("pop {r4, pc}", steps=3)
    assert board.core.r[4] == 3
    assert board.core.pc == START + 0x40


def test_a_branch_to_itself_sleeps() -> None:
    board = Board()
    board.run("b #0", steps=1000)
    assert board.core.spinning
    assert board.core.instructions == 1


# Swap


def test_swap_is_there_once_it_is_enabled() -> None:
    board = at(DATA)
    board.core.r[2] = 0xAABB_CCDD
    board.run("swp r1, r2, [r0]")
    assert "undefined" in board.report
    board = at(DATA)
    board.core.r[2] = 0xAABB_CCDD
    board.core.state["sctlr"] |= 1 << 10
    board.run("swp r1, r2, [r0]", "swpb r1, r2, [r0]", steps=1)
    assert (board.core.r[1], board.peek(DATA)) == (0x0302_0100, 0xAABB_CCDD)
    board.core.r[2] = 0x11
    board.go(1)
    assert (board.core.r[1], board.peek(DATA)) == (0xDD, 0xAABB_CC11)


def test_swap_must_be_aligned() -> None:
    board = at(DATA + 1)
    board.core.state["sctlr"] |= 1 << 10
    board.run("swp r1, r2, [r0]")
    assert "is not a multiple" in board.report


# Exclusive accesses


def test_a_store_exclusive_needs_the_reservation() -> None:
    board = at(DATA)
    board.run("strex r2, r1, [r0]")
    assert board.core.r[2] == 1
    assert board.peek(DATA) == 0x0302_0100


def test_load_and_store_exclusive() -> None:
    board = at(DATA)
    board.run(
        "ldrex r1, [r0]", "adds r1, r0, r0", "strex r2, r1, [r0]", "strex r2, r1, [r0]", steps=3
    )
    assert board.core.r[2] == 0
    assert board.peek(DATA) == 2 * DATA & 0xFFFF_FFFF
    board.go(1)
    assert board.core.r[2] == 1  # the reservation is used up


def test_clrex_drops_the_reservation() -> None:
    board = at(DATA)
    board.run("ldrex r1, [r0]", "clrex", "strex r2, r1, [r0]")
    assert board.core.r[2] == 1


def test_exclusive_doublewords() -> None:
    board = at(DATA)
    board.core.r[4], board.core.r[5] = 0x4444, 0x5555
    board.run("ldrexd r2, r3, [r0]", "strexd r1, r4, r5, [r0]")
    assert (board.core.r[2], board.core.r[3]) == (0x0302_0100, 0x0706_0504)
    assert board.core.r[1] == 0
    assert (board.peek(DATA), board.peek(DATA + 4)) == (0x4444, 0x5555)

"""lwx and swx with `exclusive: axi`: through the bus's exclusive monitor (UG984, LWX, SWX)."""

from __future__ import annotations

from tests.cpus.microblaze.board import DATA, Board

LOAD = f"imm {DATA >> 16}\naddik r29, r0, {DATA & 0xFFFF}\naddik r4, r0, 7\nlwx r3, r29, r0\n"


def test_a_store_whose_reservation_holds_is_done() -> None:
    board = Board(exclusive="axi")
    core = board.run(LOAD + "swx r4, r29, r0\naddc r5, r0, r0")
    assert (board.core.port.load(DATA, 4), core.r[5]) == (7, 0)


def test_a_plain_store_between_breaks_it() -> None:
    text = LOAD + "swi r0, r29, 4\nswx r4, r29, r0\naddc r5, r0, r0"
    for exclusive, carry, stored in (("axi", 1, 0), ("internal", 0, 7)):
        board = Board(exclusive=exclusive)
        core = board.run(text)
        assert (core.r[5], board.core.port.load(DATA, 4)) == (carry, stored)


def test_without_a_reservation_nothing_is_stored() -> None:
    board = Board(exclusive="axi")
    core = board.run(LOAD + "swx r4, r29, r0\nswx r29, r29, r0\naddc r5, r0, r0")
    assert (board.core.port.load(DATA, 4), core.r[5]) == (7, 1)

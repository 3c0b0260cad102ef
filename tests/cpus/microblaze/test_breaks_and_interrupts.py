"""Breaks, interrupts, and the returns from them."""

from __future__ import annotations

import pytest

from cosim.cpus.microblaze.registers import MSR_BIP, MSR_EIP, MSR_IE, MSR_UM, MSR_UMS
from tests.cpus.microblaze.board import HANDLERS, START, Board

BREAK = HANDLERS + 0x20 * 0x18
SYSTEM_CALL = HANDLERS + 0x20 * 0x08


def test_brk_saves_its_own_address_and_sets_bip():
    core = Board().run(f"li r3, {START + 20}\nbrk r16, r3\nor r0, r0, r0\nor r0, r0, r0")
    assert core.r[16] == START + 8
    assert core.msr & MSR_BIP


def test_software_break_does_not_set_bip():
    board = Board()
    board.handler(0x18, "bri 0")
    core = board.run("brki r16, 0x18")
    assert (core.pc, core.r[16]) == (BREAK, START)
    assert not core.msr & MSR_BIP


def test_a_system_call_leaves_user_mode_and_comes_back_to_it():
    board = Board()
    board.handler(0x08, "mfs r20, rmsr\nrtbd r14, 4\naddik r21, r0, 1")
    core = board.run("addik r3, r0, 0x800\nmts rmsr, r3\nbrki r14, 0x8\naddik r4, r0, 5")
    assert core.r[20] & (MSR_UM | MSR_UMS | MSR_BIP) == MSR_UMS | MSR_BIP
    assert (core.r[21], core.r[4]) == (1, 5)
    assert core.msr & (MSR_UM | MSR_BIP) == MSR_UM


def test_vectors_of_software_breaks_follow_base_vectors():
    """QEMU compares with 0x8 and 0x18 whatever the base."""
    board = Board(base_vectors=0x80)
    board.handler(0x88, "bri 0")
    core = board.run("addik r3, r0, 0x800\nmts rmsr, r3\nbrki r14, 0x88")
    assert not board.fault
    assert core.msr & (MSR_UM | MSR_UMS) == MSR_UMS


def test_a_software_break_without_handler_ends_the_run():
    board = Board()
    board.run("brki r16, 0x18")
    assert "unhandled software break (its vector 0x00000018 holds no instruction)" in board.fault
    assert board.core.pc == START


def interrupted(source: str, handler: str = "addik r20, r20, 1\nbri 0") -> Board:
    """A board that runs `source` with the interrupt line up from the start."""
    board = Board()
    board.handler(0x10, handler)
    board.core.lines["interrupt"].write(True)
    board.run(source)
    return board


def test_an_interrupt_is_taken_when_it_is_enabled():
    core = interrupted("addik r3, r0, 1\nmsrset r0, 2\naddik r4, r0, 1").core
    assert core.r[14] == START + 8
    assert (core.r[3], core.r[4], core.r[20]) == (1, 0, 1)
    assert not core.msr & MSR_IE


@pytest.mark.parametrize("mask", [MSR_BIP, MSR_EIP])
def test_bip_and_eip_hold_it_back(mask):
    assert interrupted(f"msrset r0, {MSR_IE | mask}\naddik r4, r0, 1").core.r[20] == 0


def test_it_is_not_taken_between_imm_and_its_instruction():
    board = interrupted("msrset r0, 2\nimm 0x1234\naddik r3, r0, 1")
    assert board.core.r[14] == START + 4
    board = late_interrupt("imm 0x1234\naddik r3, r0, 1\naddik r4, r0, 1", steps=1)
    assert board.core.r[3] == 0x1234_0001
    assert board.core.r[14] == START + 8


def test_it_is_not_taken_between_a_branch_and_its_slot():
    board = late_interrupt("brid 12\naddik r3, r0, 1\naddik r4, r0, 1\naddik r5, r0, 1", steps=1)
    assert board.core.r[3] == 1
    assert board.core.r[14] == START + 12


def late_interrupt(source: str, steps: int) -> Board:
    """A board whose interrupt line rises after `steps` instructions of `source`."""
    board = Board()
    board.handler(0x10, "bri 0")
    board.core.msr = MSR_IE
    board.run(source, steps=steps)
    board.core.lines["interrupt"].write(True)
    board.go()
    return board


def test_rtid_returns_and_enables_after_its_slot():
    board = Board()
    board.handler(0x10, "addik r20, r20, 1\nrtid r14, 0\nmfs r21, rmsr")
    board.core.msr = MSR_IE
    line = board.core.lines["interrupt"]
    line.write(True)
    board.run("addik r3, r0, 1", steps=4)  # the two of the vector, and up to rtid
    assert not board.core.msr & MSR_IE
    line.write(False)
    board.go()
    assert not board.core.r[21] & MSR_IE
    assert board.core.msr & MSR_IE
    assert (board.core.r[20], board.core.r[3]) == (1, 1)


def test_an_interrupt_clears_the_reservation():
    board = late_interrupt("lwx r3, r0, r0\naddik r3, r0, 1", steps=1)
    assert board.core.state["reservation"] == 0


def test_an_interrupt_without_handler_ends_the_run():
    board = Board()
    board.core.lines["interrupt"].write(True)
    board.run("msrset r0, 2\naddik r3, r0, 1")
    assert "unhandled interrupt (its vector 0x00000010 holds no instruction)" in board.fault


@pytest.mark.parametrize("text", ["sleep", "mbar 16", "mbar 8", "mbar 24"])
def test_sleep_hibernate_and_suspend_wait_for_the_line_whether_or_not_enabled(text):
    """QEMU goes on after a hibernate."""
    board = Board()
    board.run(f"{text}\naddik r3, r0, 1")
    assert board.core.asleep
    assert board.core.r[3] == 0
    board.core.lines["interrupt"].write(True)
    board.go()
    assert board.core.r[3] == 1


@pytest.mark.parametrize("text", ["mbar 0", "mbar 1", "mbar 2"])
def test_a_barrier_goes_on(text):
    assert Board().run(f"{text}\naddik r3, r0, 1").r[3] == 1

"""The imm prefix: the upper half of the immediate of the next instruction, of that one only."""

from __future__ import annotations

import pytest

from tests.cpus.microblaze.board import DATA, START, Board


def test_without_prefix_an_immediate_is_sign_extended():
    assert Board().run("addik r3, r0, -2").r[3] == 0xFFFF_FFFE


def test_with_prefix_it_is_the_lower_half():
    assert Board().run("imm 0x1234\naddik r3, r0, -2").r[3] == 0x1234_FFFE


def test_the_prefix_lasts_one_instruction():
    core = Board().run("imm 0x1234\naddik r3, r0, 1\naddik r4, r0, 1")
    assert core.r[4] == 1


def test_a_second_prefix_replaces_the_first():
    assert Board().run("imm 0x1234\nimm 0x5678\naddik r3, r0, 1").r[3] == 0x5678_0001


@pytest.mark.parametrize("text", ["addk r3, r4, r5", "bsrli r3, r4, 1", "msrset r3, 4"])
def test_an_instruction_without_immediate_uses_it_up(text):
    assert Board().run(f"imm 0x1234\n{text}\naddik r6, r0, 1").r[6] == 1


def test_a_load_takes_it():
    board = Board()
    board.poke(DATA, 0xCAFE_F00D)
    assert board.run(f"imm {DATA >> 16}\nlwi r3, r0, {DATA & 0xFFFF}").r[3] == 0xCAFE_F00D


def test_a_branch_with_a_delay_slot_takes_it():
    target = START + 0x8000
    board = Board()
    board.place("bri 0", target)
    core = board.run("imm 0\nbrid 0x7FFC\naddik r3, r0, 1")  # relative to the branch
    assert core.pc == target
    assert core.r[3] == 1


def test_mbar_must_not_follow_imm():
    board = Board()
    board.run("imm 0\nmbar 2")
    assert "undefined instruction" in board.fault
    assert "the shadow of imm" in board.reports["guest_errors"][0]

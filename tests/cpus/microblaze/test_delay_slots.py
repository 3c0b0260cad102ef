"""Delay slots: the instruction after a branch with D executes before the branch happens."""

from __future__ import annotations

import pytest

from tests.cpus.microblaze.board import START, Board


def test_the_slot_executes_before_the_target():
    core = Board().run("""
        brid 12
        addik r3, r0, 1
        addik r4, r0, 1     # jumped over
        addk r5, r3, r3
    """)
    assert (core.r[3], core.r[4], core.r[5]) == (1, 0, 2)
    assert core.instructions == 4  # and the branch to itself at the end


def test_the_slot_of_a_branch_not_taken_executes_too():
    core = Board().run("""
        addik r3, r0, 1
        beqid r3, 12
        addik r4, r0, 2
        addik r5, r0, 3
    """)
    assert (core.r[4], core.r[5]) == (2, 3)


def test_the_condition_is_that_of_the_branch_not_of_the_slot():
    core = Board().run("""
        beqid r3, 12
        addik r3, r0, 1
        addik r4, r0, 1
        addik r5, r0, 1
    """)
    assert (core.r[3], core.r[4], core.r[5]) == (1, 0, 1)


def test_a_call_leaves_its_own_address_before_the_slot_executes():
    core = Board().run("""
        brlid r15, 8
        addk r3, r15, r0
    """)
    assert core.r[15] == core.r[3] == START


def test_return_comes_back_behind_the_slot_of_the_call():
    core = Board().run("""
        brlid r15, 20
        addik r3, r3, 1
        addik r3, r3, 2
        brid 20
        or r0, r0, r0
        rtsd r15, 8         # called
        addik r3, r3, 4
        addik r3, r3, 64    # never
    """)
    assert core.r[3] == 1 + 2 + 4


@pytest.mark.parametrize(
    "text",
    ["bri 8", "brid 8", "beqi r0, 8", "br r0", "rtsd r15, 8", "imm 1", "brki r14, 8", "mbar 2"],
)
def test_what_must_not_be_in_a_slot_is_illegal_there(text):
    board = Board()
    board.run(f"brid 8\n{text}")
    assert "undefined instruction" in board.fault
    assert board.core.pc == START + 4
    [report] = board.reports["guest_errors"]
    assert "must not be in a delay slot" in report


def test_a_load_in_the_slot_that_faults_leaves_the_branch_pending():
    board = Board()
    board.run("li r3, 0x80000000\nbrid 12\nlwi r4, r3, 0")
    assert "load of 4 bytes at 0x80000000" in board.fault
    assert board.core.pc == START + 12

"""Modes, banked registers and the status registers."""

from __future__ import annotations

import pytest

from cosim.cpus.arm.registers import Mode
from tests.cpus.arm.board import START, Board

SVC_MASKED = 0x1D3


def test_reset_is_supervisor_mode_with_everything_masked() -> None:
    board = Board()
    assert board.cpsr == SVC_MASKED
    assert board.core.pc == START


def test_stack_pointer_and_link_register_are_banked() -> None:
    board = Board()
    board.core.r[13], board.core.r[14] = 0x1111, 0x2222
    board.run("cpsid if, #0x12")
    assert (board.core.r[13], board.core.r[14]) == (0, 0)
    board.mode(Mode.SVC)
    assert (board.core.r[13], board.core.r[14]) == (0x1111, 0x2222)


def test_fiq_mode_has_its_own_r8_to_r12() -> None:
    board = Board()
    for number in range(15):
        board.core.r[number] = number
    board.run("cpsid if, #0x11")
    assert list(board.core.r)[:8] == list(range(8))
    assert list(board.core.r)[8:15] == [0] * 7
    board.mode(Mode.IRQ)
    assert list(board.core.r)[8:13] == list(range(8, 13))


def test_system_mode_shares_the_user_registers() -> None:
    board = Board()
    board.mode(Mode.USR)
    board.core.r[13] = 0x1234
    board.mode(Mode.SYS)
    assert board.core.r[13] == 0x1234


@pytest.mark.parametrize("first", Mode)
@pytest.mark.parametrize("second", Mode)
def test_a_round_trip_through_another_mode_changes_nothing(first: Mode, second: Mode) -> None:
    board = Board()
    board.mode(first)
    for number in range(15):
        board.core.r[number] = 0x100 + number
    board.mode(second)
    board.mode(first)
    assert list(board.core.r)[:15] == [0x100 + number for number in range(15)]


def test_msr_changes_flags_mode_and_masks() -> None:
    board = Board()
    board.core.r[0] = 0xF000_0012
    board.run("msr cpsr_fc, r0")
    assert board.cpsr == 0xF000_0112  # A was in none of the bytes


def test_msr_in_user_mode_reaches_the_flags_only() -> None:
    board = Board()
    board.mode(Mode.USR)
    board.core.r[0] = 0xF800_0013
    board.run("msr cpsr_fc, r0")
    assert board.cpsr == 0xF800_01D0


def test_cps_does_nothing_in_user_mode() -> None:
    board = Board()
    board.mode(Mode.USR)
    board.run("cpsie if", "cps #0x1f")
    assert board.cpsr & 0xFF == 0xD0


def test_the_spsr_of_each_mode_is_its_own() -> None:
    board = Board()
    board.core.r[0] = 0x6000_0010
    board.run("msr spsr_fsxc, r0", "cps #0x12", "mrs r1, spsr")
    assert board.core.r[1] == 0
    assert board.core.state["spsr_svc"] == 0x6000_0010


def test_system_mode_has_no_spsr() -> None:
    board = Board()
    board.mode(Mode.SYS)
    board.run("mrs r1, spsr")
    assert "undefined" in board.report
    assert board.reports["guest_errors"] == ["there is no SPSR in this mode"]


def test_a_mode_that_does_not_exist_is_reported_and_undefined() -> None:
    board = Board()
    board.core.r[0] = 0x15
    board.run("msr cpsr_c, r0")
    assert board.cpsr == SVC_MASKED
    assert board.reports["guest_errors"] == ["there is no mode 0x15"]


def test_the_registers_are_described_in_rows_of_four() -> None:
    board = Board()
    board.run("mov r0, #1")
    lines = board.core.describe_state()
    assert lines[0].split() == [
        "r0",
        "00000001",
        "r1",
        "00000000",
        "r2",
        "00000000",
        "r3",
        "00000000",
    ]
    assert lines[-1].split() == ["cpsr", "000001d3", "-----", "AIF-", "svc"]

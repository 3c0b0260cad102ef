"""Stack protection: loads and stores by r1 stay within SLR..SHR (UG984, Stack Low Register)."""

from __future__ import annotations

import pytest

from cosim.cpus.microblaze.registers import EC_PRIVILEGED
from tests.cpus.microblaze.board import DATA, START, Board

LIMITS = f"""
    li r4, {DATA}
    mts rslr, r4
    addik r4, r4, 0xFF
    mts rshr, r4
"""


def after(text: str, enable: int = 0x100) -> Board:
    board = Board(mmu=0, stack_protection=True)
    board.handler(0x20, "mfs r20, resr\nmfs r21, rear\nbri 0")
    board.run(f"{LIMITS}li r1, {DATA}\nmsrset r0, {enable}\n{text}")
    return board


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("lwi r3, r1, -4", DATA - 4),
        ("swi r3, r1, 0x100", DATA + 0x100),
        ("addik r5, r0, -1\nsb r3, r1, r5", DATA - 1),
        ("addik r5, r0, 0x100\nlhur r3, r1, r5", DATA + 0x100),
    ],
)
def test_outside_the_limits_is_an_exception(text: str, address: int) -> None:
    core = after(f"addik r3, r0, 7\n{text}").core
    assert (core.r[20], core.r[21], core.r[3]) == (EC_PRIVILEGED, address, 7)


@pytest.mark.parametrize("text", ["lwi r3, r1, 0", "sbi r3, r1, 0xFF", "lw r3, r0, r1"])
def test_inside_and_by_other_registers_is_not(text: str) -> None:
    assert after(text).core.r[20] == 0


def test_exceptions_have_to_be_enabled() -> None:
    board = after("swi r4, r1, -4", enable=0)
    assert not board.fault
    assert board.peek(DATA - 4) == DATA + 0xFF


def test_after_reset_everything_is_inside() -> None:
    core = Board(mmu=0, stack_protection=True).run("mfs r3, rslr\nmfs r4, rshr")
    assert (core.r[3], core.r[4]) == (0, 0xFFFF_FFFF)


def test_the_return_address_is_behind_the_access() -> None:
    assert after("lwi r3, r1, -4").core.r[17] == START + 4 * 9

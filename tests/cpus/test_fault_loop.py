"""A handler that raises exceptions for ever ends the run; one that gets on does not."""

from __future__ import annotations

import pytest

from cosim.cpus.arm.core import CortexA7, CortexA9
from cosim.cpus.arm.registers import Mode
from tests.cpus.arm.board import DATA, START, VECTORS, Board
from tests.cpus.microblaze.board import Board as MicroBlazeBoard

UNMAPPED = 0x2000_0000
FOR_EVER = "the data abort handler raises it for ever"


def aborting(*handler: str, core: type[CortexA9] = CortexA9) -> Board:
    """A board whose program aborts, with r0 at no memory and r3 at some."""
    board = Board(core)
    board.place(VECTORS["data"], *handler)
    board.place(START + 0x100, "ldr r1, [r0]")
    board.core.state["pc"] = START + 0x100
    board.core.r[0], board.core.r[3] = UNMAPPED, DATA
    return board


@pytest.mark.parametrize(
    ("handler", "retired"),
    [
        (["ldr r1, [r0]"], 0),
        (["nop", "ldr r1, [r0]"], None),
        (["eor r4, r4, #1", "ldr r1, [r0]"], None),  # every second time it is as before
        (["str r2, [r3]", "ldr r1, [r0]"], None),  # the same word again and again
        (["mrc p15, #0, r1, c6, c0, #0", "ldr r1, [r0]"], None),
    ],
)
def test_a_loop_of_faults_ends_the_run(handler: list[str], retired: int | None) -> None:
    board = aborting(*handler)
    board.go(100)
    assert FOR_EVER in board.report
    assert retired in (None, board.core.instructions)


def test_a_handler_without_stack_ends_the_run_when_memory_ends() -> None:
    board = aborting("push {r4, r5, r6, lr}", "ldr r1, [r0]")
    board.core.state["r13_abt"] = START + 0x40
    board.go(100)
    assert FOR_EVER in board.report
    assert board.core.instructions == 4  # pushes


def test_two_handlers_that_call_for_each_other() -> None:
    board = aborting("udf #0")
    board.place(VECTORS["undefined"], "ldr r1, [r0]")
    board.go(100)
    assert "for ever" in board.report
    assert board.core.instructions == 0


def test_a_handler_whose_first_instruction_faults_once_gets_on() -> None:
    """What it reads by LR is another address when it raised the exception itself."""
    board = Board()
    board.place(VECTORS["data"], "ldr r1, [lr]", "nop", "b #0")
    board.mode(Mode.ABT)
    board.core.state["pc"], board.core.r[14] = VECTORS["data"], UNMAPPED
    board.go(20)
    assert board.kernel.ending is None
    assert board.core.pc == VECTORS["data"] + 8


def test_a_handler_that_counts_in_memory_gets_on() -> None:
    """All registers are the same each time: only memory has 1, 2, 3, ... 50."""
    count = ["ldr r2, [r3]", "add r2, r2, #1", "str r2, [r3]", "cmp r2, #0x32", "mov r2, #0"]
    board = aborting(*count, "ldrlt r1, [r0]", "b #0")
    board.go(1000)
    assert board.kernel.ending is None
    assert board.core.spinning
    assert board.peek(DATA) == 50


def test_a_handler_that_looks_at_the_time_may_go_on() -> None:
    clock = ["mrrc p15, #0, r2, r3, c14", "mov r2, #0", "ldr r1, [r0]"]
    board = aborting(*clock, core=CortexA7)
    board.go(500)
    assert board.kernel.ending is None


@pytest.mark.parametrize("step", [1, 2, 3, 7])
def test_where_a_run_is_cut_does_not_matter(step: int) -> None:
    whole, cut = (aborting("nop", "eor r4, r4, #1", "ldr r1, [r0]") for _ in range(2))
    whole.go(105)
    while cut.kernel.ending is None:
        cut.go(step)
    assert cut.report == whole.report
    assert cut.core.instructions == whole.core.instructions


RAISE = "msrset r0, 0x100\n.word 0xFC000000\nbri 0"


@pytest.mark.parametrize("before", ["", "xori r4, r4, 1\n", "swi r4, r0, 0x80\n"])
def test_a_microblaze_handler_that_raises_its_own_exception_ends_the_run(before: str) -> None:
    board = MicroBlazeBoard()
    board.handler(0x20, before + RAISE)
    board.run("msrset r0, 0x100\n.word 0xFC000000", steps=200)
    assert "the exception handler raises it for ever" in board.fault


def test_a_microblaze_handler_that_counts_in_memory_gets_on() -> None:
    board = MicroBlazeBoard()
    count = "lwi r3, r0, 0x80\naddik r3, r3, 1\nswi r3, r0, 0x80\nrsubik r3, r3, 50\nbeqi r3, 16"
    board.handler(0x20, f"{count}\naddik r3, r0, 0\n{RAISE}")
    board.run("msrset r0, 0x100\n.word 0xFC000000", steps=1000)
    assert not board.fault
    assert board.peek(0x80) == 50

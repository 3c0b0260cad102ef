"""The three configurations: what they say they are, and what only some have."""

from __future__ import annotations

import pytest

from cosim.cpus.arm import cp15
from cosim.cpus.arm.core import CortexA7, CortexA9, CortexA15
from cosim.cpus.arm.registers import Mode
from cosim.cpus.faults import Trap
from cosim.kernel.stages import Starvation
from tests.cpus.arm.board import CYCLE, START, VECTORS, Board

ALL = (CortexA9, CortexA7, CortexA15)
REGISTERS = {one.name: one for one in cp15.BY_ENCODING.values()}
REGISTERS |= {one.name: one for one in cp15.DOUBLEWORDS.values()}


def read(board: Board, name: str) -> int:
    return REGISTERS[name].read(board.core)


def write(board: Board, name: str, value: int) -> None:
    REGISTERS[name].write(board.core, value)


@pytest.mark.parametrize(
    ("cls", "part", "divide", "pxn"),
    [(CortexA9, 0xC09, 0, 3), (CortexA7, 0xC07, 2, 4), (CortexA15, 0xC0F, 2, 4)],
)
def test_identification(cls, part, divide, pxn) -> None:
    board = Board(cls, cpu_index=2, cluster=1)
    assert read(board, "MIDR") >> 4 & 0xFFF == part
    assert read(board, "MPIDR") == 0x8000_0102
    assert read(board, "ID_ISAR0") >> 24 & 15 == divide
    assert read(board, "ID_MMFR0") & 15 == pxn
    assert read(board, "ID_PFR1") >> 4 & 15 == 0  # no Security Extensions
    assert read(board, "SCTLR") == 0x00C5_0078


def test_cache_sizes_by_selection() -> None:
    board = Board(CortexA7)
    sizes = []
    for selected in (0, 1, 2, 3):
        write(board, "CSSELR", selected)
        word = read(board, "CCSIDR")
        sizes.append(((word >> 13 & 0x7FFF) + 1) * ((word >> 3 & 0x3FF) + 1) << (word & 7) + 4)
    assert sizes[:2] == [32 * 1024, 32 * 1024]
    assert sizes[2] >= 256 * 1024


def test_division_is_for_those_that_have_it() -> None:
    for cls in ALL:
        board = Board(cls)
        board.handlers()
        board.core.r[1], board.core.r[2] = -100 & 0xFFFF_FFFF, 7
        board.run("sdiv r0, r1, r2", "udiv r3, r1, r2")
        if cls is CortexA9:
            assert board.core.pc == VECTORS["undefined"]
        else:
            assert board.core.r[0] == -14 & 0xFFFF_FFFF
            assert board.core.r[3] == (2**32 - 100) // 7


def test_division_by_zero_gives_zero() -> None:
    board = Board(CortexA15)
    board.core.r[0], board.core.r[1] = 5, 9
    board.run("sdiv r0, r1, r2")
    assert board.core.r[0] == 0


def test_high_vectors_from_reset() -> None:
    board = Board(high_vectors=True)
    assert read(board, "SCTLR") & 1 << 13


def test_exceptions_may_be_taken_in_thumb_state() -> None:
    board = Board()
    board.handlers()
    write(board, "SCTLR", 1 << 30)
    board.run("svc #7")
    assert board.cpsr & 1 << 5


# The Generic Timer


def test_only_some_have_the_timer() -> None:
    for name in ("CNTFRQ", "CNTPCT", "CNTV_CTL"):
        with pytest.raises(Trap):
            read(Board(CortexA9), name)
        read(Board(CortexA7), name)


def test_the_counter_counts_simulated_time() -> None:
    board = Board(CortexA7, counter="24MHz")
    board.place(START, "b #0")
    board.kernel.run(1000 * CYCLE)  # 10 us
    assert board.core.timer.count(board.kernel.now) == 240
    assert read(board, "CNTFRQ") == 24_000_000
    board.place(START, "mrrc p15, #0, r2, r3, c14")
    board.raise_line("irq")  # wakes it, masked
    board.core.state["pc"] = START
    board.go(2)
    assert (board.core.r[2], board.core.r[3]) == (240, 0)


def test_the_line_rises_when_the_counter_gets_there() -> None:
    board = Board(CortexA7)
    line = board.core.outputs["cntv"]
    rises: list[int] = []
    line.observe(lambda level: rises.append(board.kernel.now) if level else None)
    write(board, "CNTV_CVAL", 24)  # 1 us
    write(board, "CNTV_CTL", 1)
    board.kernel.run(2_000_000, Starvation.EXIT)
    assert rises == [1_000_000]
    assert read(board, "CNTV_CTL") == 0b101
    write(board, "CNTV_CTL", 0b11)  # masked
    board.settle()
    assert not line.read()
    assert read(board, "CNTV_CTL") == 0b111


def test_a_timer_value_counts_down_from_now() -> None:
    board = Board(CortexA15)
    write(board, "CNTP_TVAL", 48)
    assert read(board, "CNTP_CVAL") == 48
    assert read(board, "CNTP_TVAL") == 48
    write(board, "CNTP_TVAL", 0xFFFF_FFFF)
    assert read(board, "CNTP_CVAL") == 2**64 - 1
    write(board, "CNTP_CTL", 1)
    board.kernel.run(10**6, Starvation.EXIT)
    assert not board.core.outputs["cntp"].read()


def test_user_mode_reaches_what_cntkctl_lets_it() -> None:
    board = Board(CortexA7)
    board.mode(Mode.USR)
    with pytest.raises(Trap):
        read(board, "CNTVCT")
    board.core.timer.user = 0b10
    read(board, "CNTVCT")
    read(board, "CNTFRQ")
    with pytest.raises(Trap):
        read(board, "CNTPCT")
    with pytest.raises(Trap):
        write(board, "CNTFRQ", 1)


# The performance monitor


def test_cycles_and_instructions() -> None:
    board = Board()
    write(board, "PMXEVTYPER", 0x08)
    write(board, "PMCNTENSET", 1 << 31 | 1)
    write(board, "PMCR", 1)
    board.run("nop", "udf #0", "nop", "nop", steps=1)
    assert (read(board, "PMCCNTR"), read(board, "PMXEVCNTR")) == (1, 1)
    board.place(0, *["nop"] * 8)
    board.go(2)
    assert (read(board, "PMCCNTR"), read(board, "PMXEVCNTR")) == (3, 2)  # udf does not retire
    write(board, "PMCNTENCLR", 1 << 31)
    board.go(3)
    assert read(board, "PMCCNTR") == 3


def test_the_cycle_counter_is_exact_within_a_turn() -> None:
    board = Board()
    write(board, "PMCNTENSET", 1 << 31)
    write(board, "PMCR", 1)
    board.run("nop", "mrc p15, #0, r1, c9, c13, #0", "nop", "mrc p15, #0, r2, c9, c13, #0")
    assert (board.core.r[1], board.core.r[2]) == (1, 3)


def test_overflow_and_software_increments() -> None:
    board = Board()
    write(board, "PMCNTENSET", 1 << 31 | 1)
    write(board, "PMCR", 1)
    write(board, "PMCCNTR", 0xFFFF_FFFF)
    board.run("nop", "nop")
    assert read(board, "PMCCNTR") == 1
    assert read(board, "PMOVSR") == 1 << 31
    write(board, "PMOVSR", 1 << 31)
    assert read(board, "PMOVSR") == 0
    write(board, "PMSWINC", 1)
    assert read(board, "PMXEVCNTR") == 1
    write(board, "PMCR", 0b111)
    assert (read(board, "PMXEVCNTR"), read(board, "PMCCNTR")) == (0, 0)


def test_user_mode_reaches_the_monitor_if_it_may() -> None:
    board = Board()
    board.mode(Mode.USR)
    with pytest.raises(Trap):
        read(board, "PMCCNTR")
    board.core.pmu.user = 1
    read(board, "PMCCNTR")
    with pytest.raises(Trap):
        write(board, "PMUSERENR", 1)


@pytest.mark.parametrize(
    ("word", "privileged", "user"), [(0, 1, 1), (1 << 31, 0, 1), (1 << 30, 1, 0), (3 << 30, 0, 0)]
)
def test_counters_leave_out_modes(word: int, privileged: int, user: int) -> None:
    """PMUv2 (B4.1.126): P and U; PMCCNTR's are reached with PMSELR = 31."""
    board = Board(CortexA15)
    for selected, event in ((0, 0x08), (31, 0)):
        write(board, "PMSELR", selected)
        write(board, "PMXEVTYPER", word | event)
        assert read(board, "PMXEVTYPER") == word | event
    write(board, "PMSELR", 0)
    write(board, "PMCNTENSET", 1 << 31 | 1)
    write(board, "PMCR", 1)
    board.run("nop", "nop", "nop", "cps #0x10", "nop", "nop", steps=3)
    assert read(board, "PMCCNTR") == read(board, "PMXEVCNTR") == 3 * privileged
    board.go(3)
    counted = 3 * privileged + 3 * user  # cps counts for the mode that it leads to
    assert board.core.state["mode"] == Mode.USR
    board.core.pmu.user = 1
    assert read(board, "PMCCNTR") == read(board, "PMXEVCNTR") == counted


def test_a_software_increment_is_left_out_too() -> None:
    board = Board(CortexA7)
    write(board, "PMCNTENSET", 1)
    write(board, "PMCR", 1)
    write(board, "PMXEVTYPER", 1 << 31)
    write(board, "PMSWINC", 1)
    assert read(board, "PMXEVCNTR") == 0


def test_cortex_a9_has_no_filters() -> None:
    """ID_DFR0 tells of no PMUv2."""
    board = Board()
    write(board, "PMXEVTYPER", 0xFFFF_FFFF)
    assert read(board, "PMXEVTYPER") == 0xFF


# Events between cores


def test_sev_wakes_the_other_core() -> None:
    board = Board()
    beside = Board(beside=board)
    board.place(START, "wfe", "wfe", "mov r0, #1")
    beside.place(START, *["nop"] * 30, "sev", "b #0")
    board.core.state["event"] = 1  # the first one only takes that back
    board.go(20)
    assert board.core.asleep
    assert board.core.instructions == 2
    board.go(40)
    assert board.core.r[0] == 1
    assert not board.core.state["event"] or board.core.pc > START


def test_the_event_register_keeps_an_event() -> None:
    board = Board()
    board.run("sev", "wfe", "mov r0, #1")
    assert board.core.r[0] == 1


def test_an_interrupt_ends_wfe_only_if_it_is_not_masked() -> None:
    board = Board()
    board.place(START, "nop", "nop", "wfe", "mov r0, #1")
    board.raise_line("irq")
    board.go(10)
    assert board.core.asleep

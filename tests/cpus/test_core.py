"""The quantum loop of a core: exact times for any quantum, cheap sleep, precise faults."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cosim.kernel.ending import GuestFault
from cosim.kernel.signals import Signal, Writers
from tests.cpus.toy import Board, assemble

QUANTA = [0, "1ns", "7ns", "1us", "1ms"]

COUNT_FOR_EVER = """
    addi r1, r1, 1
    b -4
"""


@pytest.mark.parametrize("quantum", QUANTA)
def test_instruction_n_takes_cycle_n(quantum) -> None:
    board = Board(quantum, a=("667MHz", COUNT_FOR_EVER), b=("100MHz", COUNT_FOR_EVER))
    board.kernel.run(10_000_000)
    assert [core.instructions for core in board.cores.values()] == [6670, 1000]
    assert board.cores["a"].r[1] == 3335


@pytest.mark.parametrize("quantum", QUANTA)
def test_a_device_is_accessed_at_the_instructions_own_time(quantum) -> None:
    program = """
        addi r1, r0, 0x7ff0
        addi r2, r2, 1
        st r0, r1, 0x10
        addi r2, r2, 1
        st r0, r1, 0x10
        b 0
    """
    board = Board(quantum, a=("100MHz", program), b=("30MHz", program))
    board.kernel.run(10**9)
    # Cycle n of 30 MHz begins at floor(n * 10**12 / 30e6) ps.
    assert board.probe.log == [("a", 20_000), ("a", 40_000), ("b", 66_666), ("b", 133_333)]


@pytest.mark.parametrize("quantum", QUANTA)
def test_an_observer_sees_each_instruction_once_at_its_time(quantum) -> None:
    program = """
        addi r1, r0, 0x7ff0
        st r0, r1, 0x10
        st r0, r1, 0x10
        ld r2, r1, 0x10
        b 0
    """
    board = Board(quantum, a=("100MHz", program))
    seen = []
    board.cores["a"].observers.append(lambda core, pc, word, _: seen.append((core.local_time, pc)))
    board.kernel.run(10**6)
    assert seen == [(10_000 * number, 4 * number) for number in range(5)]


@pytest.mark.parametrize("quantum", QUANTA)
def test_a_store_that_creates_an_event_shortens_the_turn(quantum) -> None:
    program = """
        addi r1, r0, 0x7ff0
        addi r2, r0, 100
        st r2, r1, 0x10
        addi r3, r3, 1
        b -4
    """
    board = Board(quantum, a=("1GHz", program))
    core = board.cores["a"]
    board.probe.line = core.lines["irq"]
    core.port.write_debug(0x200, assemble("b 0"))
    board.kernel.run(10**6)
    # The store is at 2 ns; its event is at 102 ns, before the instruction of that time.
    assert core.r[3] == (102 - 3) / 2 + 0.5
    assert core.instructions == 103  # the handler's branch to itself once
    assert core.spinning


@pytest.mark.parametrize("hops", [1, 2, 3])
@pytest.mark.parametrize("quantum", QUANTA)
def test_an_interrupt_by_way_of_other_processes_is_taken_at_its_time(quantum, hops: int) -> None:
    program = "addi r1, r0, 0x7ff0 \n st r1, r1, 0x10 \n addi r3, r3, 1 \n b -4"
    board = Board(quantum, a=("1GHz", program))
    core, kernel = board.cores["a"], board.kernel
    wires = [Signal(kernel, False, f"wire{n}", Writers.UNCHECKED) for n in range(hops)]

    def connect(wire: Signal[bool], to: Signal[bool]) -> None:
        kernel.method(lambda: to.write(wire.read()), wire, name=f"{to.name}.drive")

    for wire, to in pairwise([*wires, core.lines["irq"]]):
        connect(wire, to)
    board.probe.on_store = lambda: wires[0].write(True)
    core.port.write_debug(0x200, assemble("b 0"))
    kernel.run(10**6)
    assert core.instructions == 3
    assert core.r[3] == 0


def test_a_delay_of_the_target_takes_the_cores_time() -> None:
    program = """
        addi r1, r0, 0x7ff0
        ld r2, r1, 0x10
        ld r2, r1, 0x10
        b 0
    """
    board = Board(a=("1GHz", program))
    board.probe.wait = 5_500  # five and a half cycles
    board.kernel.run(10**6)
    assert board.probe.log == [("a", 1_000), ("a", 8_000)]


def test_only_shared_memory_sees_the_quantum() -> None:
    write = "addi r1, r0, 0x1000 \n addi r2, r0, 1 \n st r2, r1, 0 \n b 0"
    wait = "addi r1, r0, 0x1000 \n ld r2, r1, 0 \n addi r3, r3, 1 \n bnz r2, 8 \n b -12 \n b 0"
    seen_at = {}
    for quantum in QUANTA:
        board = Board(quantum, reader=("1GHz", wait), writer=("1GHz", write))
        board.kernel.run(10**10)
        assert board.cores["reader"].r[2] == 1
        seen_at[quantum] = board.cores["reader"].cycle
    assert seen_at[0] <= 12
    assert seen_at["1us"] <= 1000 + 12
    assert seen_at["1ms"] <= 1_000_000 + 12


def test_a_sleeping_core_takes_no_part_until_a_line_wakes_it() -> None:
    board = Board(a=("1GHz", "sleep \n addi r1, r1, 1 \n sleep"))
    core = board.cores["a"]
    core.port.write_debug(0x200, assemble("addi r2, r2, 1 \n b 0"))
    board.kernel.run(10**9)
    assert (core.instructions, core.asleep, board.kernel.idle) == (1, True, True)
    core.lines["irq"].write(True)
    board.kernel.run(10**9)
    assert core.r[2] == 1
    assert core.r[15] == 4


def test_a_branch_to_itself_is_slept_through() -> None:
    board = Board(a=("1GHz", "b 0"))
    board.kernel.run(10**12)
    core = board.cores["a"]
    assert core.spinning and core.instructions == 1 and board.kernel.idle


FAULTS = [
    ("ld r2, r1, 0x4000", "unhandled load of 4 bytes at 0x00004000", "nothing is mapped there"),
    ("st r2, r1, 0x1002", "unhandled store of 4 bytes at 0x00001002", "not a multiple of 4"),
    ("b 0x3000", "unhandled fetch of 4 bytes at 0x00003008", "nearest region: ram"),
    ("trap", "unhandled asked for", "trap"),
]


@pytest.mark.parametrize(("instruction", "what", "why"), FAULTS)
def test_a_fault_is_precise_and_reported(instruction: str, what: str, why: str) -> None:
    board = Board(
        a=("1GHz", f"addi r3, r0, 1 \n addi r3, r3, 1 \n {instruction} \n addi r3, r3, 1")
    )
    core = board.cores["a"]
    core.symbols.add(0, 0x100, "main")
    board.kernel.run(10**9)
    ending = board.kernel.ending
    assert isinstance(ending, GuestFault)
    assert what in ending.report and why in ending.report
    fetch = "fetch" in what
    assert core.instructions == (3 if fetch else 2)
    assert core.r[3] == 2
    assert ending.time == (3_000 if fetch else 2_000)
    if fetch:
        assert "came from 0x00000008 main+0x8" in ending.report
    else:
        assert core.pc == 8
        assert "pc 0x00000008 main+0x8" in ending.report


def test_an_undefined_instruction_is_reported_with_its_word() -> None:
    board = Board(a=("1GHz", "addi r3, r0, 1"))
    board.cores["a"].port.write_debug(4, b"\xef\xbe\xad\xde")
    board.kernel.run(10**9)
    assert "undefined instruction 0xdeadbeef" in board.kernel.ending.report


def test_code_may_change_under_the_core() -> None:
    """The program adds 1 to its own next instruction's immediate, three times over."""
    program = """
        addi r1, r0, 16
        addi r4, r0, 3
        ld r2, r1, 0
        b 4
        addi r3, r3, 0
        ld r2, r1, 0
        addi r2, r2, 1
        st r2, r1, 0
        addi r4, r4, 0xffff
        bnz r4, 8
        sleep
        b -28
    """
    board = Board(a=("1GHz", program))
    core = board.cores["a"]
    core.port.write_debug(32, assemble("addi r4, r4, 0"))
    board.kernel.run(100_000)
    # The immediate has been 0, 1, 2, ... in turn.
    rounds = core.r[2] & 0xFFFF
    assert rounds > 3
    assert core.r[3] in (rounds * (rounds - 1) // 2, rounds * (rounds + 1) // 2)


def test_the_same_run_twice_is_the_same() -> None:
    def run() -> list:
        board = Board("1us", a=("667MHz", COUNT_FOR_EVER), b=("33MHz", COUNT_FOR_EVER))
        board.kernel.run(123_456_789)
        return [core.state.snapshot() | {"n": core.instructions} for core in board.cores.values()]

    assert run() == run()


def test_a_run_of_no_time_does_nothing() -> None:
    board = Board("1us", a=("667MHz", COUNT_FOR_EVER))
    for _ in range(3):
        board.kernel.run(0)
    assert board.cores["a"].instructions == 0
    board.kernel.run(1_000_000)
    board.kernel.run(0)
    assert board.cores["a"].instructions == 667


def test_where_a_run_is_cut_does_not_matter() -> None:
    def run(*ends: int) -> list:
        board = Board("1us", a=("667MHz", COUNT_FOR_EVER), b=("33MHz", COUNT_FOR_EVER))
        for end in ends:
            board.kernel.run(end - board.kernel.now)
        return [core.state.snapshot() | {"n": core.instructions} for core in board.cores.values()]

    assert run(50_000_000) == run(1_000_000, 7_000_000, 50_000_000)

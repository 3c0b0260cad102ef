"""Turns that are taken in native code, one after the other, change nothing that anybody can see."""

from __future__ import annotations

import gc
from pathlib import Path
from weakref import ref

import pytest

import cosim
from cosim.cpus.engines import choice
from cosim.kernel.signals import Signal
from cosim.kernel.units import parse_time
from cosim.platform.board import Platform

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "firmware" / "images"
MS = parse_time("1ms")

BUSY = f"""
name: busy
quantum: 10us
cores:
  arm0: {{type: arm.cortex-a9, clock: 667MHz, image: {IMAGES}/cpu_sha256_a32.elf}}
  mb0: {{type: xilinx.microblaze, clock: 62MHz, image: {IMAGES}/cpu_sha256_mb.elf}}
memories:
  aram: {{at: 0x6000_0000, size: 128MiB, seen_by: [arm0]}}
  mram: {{at: 0x9000_0000, size: 128MiB, seen_by: [mb0]}}
  lmb: {{at: 0x0000_0000, size: 128KiB, seen_by: [mb0]}}
peripherals:
  uart0: {{type: arm.pl011, at: 0x1000_9000, console: capture, seen_by: [arm0]}}
  uart1: {{type: xilinx.uartlite, at: 0x8400_0000, console: capture, seen_by: [mb0]}}
"""

REFERENCE = {"cores__arm0__engine": "reference", "cores__mb0__engine": "reference"}

pytestmark = pytest.mark.skipif(
    bool(choice.why_no_translator()), reason="there is no native code here"
)


def load(tmp_path: Path, rounds: bool, **settings: object) -> Platform:
    """A board whose cores never wait for each other."""
    path = tmp_path / "busy.yaml"
    path.write_text(BUSY)
    overrides = {key.replace("__", "."): value for key, value in settings.items()}
    board = cosim.load(path, overrides, engine=None if "cores" in str(overrides) else "translator")
    for core in board.cores.values():
        core.rounds.on = rounds
    return board


def turns(board: Platform) -> int:
    return next(iter(board.cores.values())).rounds.turns


def state(board: Platform) -> list[object]:
    """All that there is to see of a board that stands still."""
    cores = [
        (core.cycle, core.instructions, core.local_time, core.state.snapshot())
        for core in board.cores.values()
    ]
    return [board.kernel.now, board.kernel.delta_count, cores]


@pytest.mark.parametrize("quantum", ["700ns", "3us", "10us", "33333ns", "100us"])
def test_the_state_is_the_same_at_every_stop(tmp_path: Path, quantum: str) -> None:
    boards = [load(tmp_path, rounds, quantum=quantum) for rounds in (True, False)]
    for _ in range(4):
        for board in boards:
            board.run(timeout="1300us")
        assert state(boards[0]) == state(boards[1])
    assert turns(boards[0]) > 0
    assert turns(boards[1]) == 0


def test_an_event_in_between_finds_what_it_would_have_found(tmp_path: Path) -> None:
    seen = []
    for rounds in (True, False):
        board = load(tmp_path, rounds)
        found: list[object] = []

        def look(board: Platform = board, found: list[object] = found):  # a thread's body
            while True:
                yield 37_123_457
                found.append(state(board))

        board.kernel.thread(look, "look")
        board.run(timeout="3ms")
        seen.append(found)
        assert bool(turns(board)) == rounds
    assert seen[0] == seen[1]
    assert len(seen[0]) == 3 * MS // 37_123_457


def test_cores_that_talk_to_each_other_and_to_devices_do_the_same() -> None:
    seen = []
    for rounds in (True, False):
        board = cosim.load(ROOT / "platforms" / "arm_mb.yaml", engine="translator")
        for core in board.cores.values():
            core.rounds.on = rounds
        board.kernel.run(2 * MS)  # in one piece: a core alone passes points where a piece ends
        seen.append((board.kernel.ending, state(board), board.console("uart0").text))
        assert bool(turns(board)) == rounds
    assert seen[0] == seen[1]


def test_no_round_has_a_core_that_is_interpreted(tmp_path: Path) -> None:
    board = load(tmp_path, True, cores__mb0__engine="reference", cores__arm0__engine="translator")
    board.run(timeout="200us")
    assert turns(board) == 0


def test_no_round_has_a_core_whose_instructions_somebody_watches(tmp_path: Path) -> None:
    board = load(tmp_path, True)
    board.core("mb0").observers.append(lambda *_: None)
    board.run(timeout="200us")
    assert turns(board) == 0


def test_a_change_of_engine_comes_at_its_time(tmp_path: Path) -> None:
    boards = [load(tmp_path, rounds) for rounds in (True, False)]
    for board in boards:
        board.run(timeout="1ms")
        board.core("arm0").use_engine("reference", at="1500us")
        board.core("arm0").use_engine("translator", at="1510us")
        board.run(timeout="1ms")
    assert state(boards[0]) == state(boards[1])


@pytest.mark.parametrize("name", ["arm0", "mb0"])
@pytest.mark.parametrize("rounds", [True, False])
def test_a_core_goes_on_where_somebody_has_set_its_pc_in_between(
    tmp_path: Path, rounds: bool, name: str
) -> None:
    boards = [load(tmp_path, rounds), load(tmp_path, False, **REFERENCE)]
    for board in boards:
        board.run(timeout="300us")
        core = board.core(name)
        core.state["pc"] = core.start_pc
        board.run(timeout="200us")
    assert state(boards[0])[2] == state(boards[1])[2]


def test_a_reset_in_between_is_seen(tmp_path: Path) -> None:
    seen = []
    for rounds in (True, False):
        board = load(tmp_path, rounds)
        line = board.core("mb0").lines["reset"]

        def pulse(line: Signal[bool] = line):  # a thread's body
            yield 400_000_000
            line.write(True)
            yield 3_000_000
            line.write(False)

        board.kernel.thread(pulse, "pulse")
        board.run(timeout="500us")
        seen.append(state(board))
        assert bool(turns(board)) == rounds
    assert seen[0] == seen[1]


def test_cores_that_nobody_has_any_more_are_gone(tmp_path: Path) -> None:
    def cores() -> list[ref[object]]:
        board = load(tmp_path, True)
        board.run(timeout="50us")
        assert turns(board)
        return [ref(core) for core in board.cores.values()]

    gone = cores()
    gc.collect()
    assert [one() for one in gone] == [None, None]

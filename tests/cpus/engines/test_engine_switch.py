"""A core changes its engine at any time; what a run leaves is the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import cosim
from cosim.cpus.engines.choice import EngineName
from tests.cpus.engines import arm_programs, microblaze_programs
from tests.cpus.engines.board import CYCLE, Board
from tests.cpus.engines.duel import outcomes
from tests.system.command import platform

QUANTUM, TIMES = 1000, 4000
ROUND: tuple[EngineName, ...] = ("reference", "translator", "lockstep")
MAKERS = {
    "arm": arm_programs,
    "thumb": arm_programs,
    "little": microblaze_programs,
    "big": microblaze_programs,
}


def prepared(variant: str, engine: str, kind: str = "devices", seed: int = 2) -> Board:
    return MAKERS[variant].prepare(seed, kind, engine, QUANTUM, variant)


def at_times(board: Board) -> None:
    """Whenever an odd number of instructions is done, and within turns."""
    for number in range(1, TIMES // 137):
        board.core.use_engine(ROUND[number % 3], at=137 * number * CYCLE)


def from_a_process(board: Board) -> None:
    def change():
        number = 0
        while True:
            number += 1
            yield QUANTUM * CYCLE // 2
            board.core.use_engine(ROUND[number % 3])

    board.core.thread(change, "changer")


def from_a_device(board: Board) -> None:
    def change() -> None:
        board.core.use_engine(ROUND[len(board.device.log) % 3])

    board.device.on_access = change


@pytest.mark.parametrize("changes", [at_times, from_a_process, from_a_device])
@pytest.mark.parametrize("variant", MAKERS)
@pytest.mark.parametrize("first", ["reference", "translator"])
def test_the_same_whatever_the_switches(
    variant: str, first: str, changes: Callable[[Board], None]
) -> None:
    """Every register, memory, device access and count, at every end of a quantum."""
    constant, changing = prepared(variant, "reference"), prepared(variant, first)
    if changes is from_a_process:  # which is an event that cuts turns; so it is there in both
        constant.core.use_engine = lambda name: None  # type: ignore[method-assign]
        changes(constant)
    changes(changing)
    seen: set[str] = set()
    for _ in range(TIMES // QUANTUM):
        constant.go(QUANTUM)
        changing.go(QUANTUM)
        seen.add(changing.core.engine_name)
        assert changing.outcome() == constant.outcome()
    assert len(seen) > 1


@pytest.mark.parametrize("seed", [2, 5])
@pytest.mark.parametrize("variant", MAKERS)
def test_the_same_where_addresses_are_translated(variant: str, seed: int) -> None:
    """Several sets of pages, whose windows each engine opens for itself."""
    constant, changing = (prepared(variant, "reference", "paged", seed) for _ in range(2))
    at_times(changing)
    assert outcomes(changing, QUANTUM, TIMES) == outcomes(constant, QUANTUM, TIMES)


def test_between_runs() -> None:
    constant, changing = prepared("arm", "reference"), prepared("arm", "reference")
    wanted = outcomes(constant, 100, TIMES)
    found = []
    for number in range(TIMES // 100):
        changing.core.use_engine(ROUND[number % 3])
        assert changing.core.engine_name == ROUND[number % 3]
        changing.go(100)
        found.append(changing.outcome())
    assert found == wanted


def test_it_takes_effect_at_the_next_instruction() -> None:
    """A change from a device is for the instruction behind the access, not for the next turn."""
    board = prepared("little", "translator")
    seen: list[tuple[int, str]] = []
    core = board.core
    board.device.on_access = lambda: core.use_engine("reference")
    run = core.interpreter.run

    def noting(budget: int) -> None:
        seen.append((core.instructions, core.engine_name))
        run(budget)

    core.interpreter.run = noting  # type: ignore[method-assign]
    board.go(1000)
    first = next(at for at, engine in seen if engine == "reference")
    assert core.engine is core.interpreter
    assert 0 < first < 1000


@pytest.mark.parametrize("variant", MAKERS)
def test_an_instruction_that_had_begun_goes_on_under_the_other_engine(variant: str) -> None:
    """One that waits for simulated time: its access happens once, at its own time."""
    constant, changing = prepared(variant, "reference"), prepared(variant, "reference")
    core = changing.core
    changing.kernel.advance = lambda time: False  # type: ignore[method-assign]  # so it does wait
    run, begun = core.interpreter.run, []

    def changes(budget: int) -> None:
        run(budget)
        if core.interpreter.out_of_time:
            begun.append(core.cycle)
            core.use_engine(ROUND[len(begun) % 3])

    core.interpreter.run = changes  # type: ignore[method-assign]
    assert outcomes(changing, QUANTUM, TIMES) == outcomes(constant, QUANTUM, TIMES)
    assert len(begun) > 3


def test_an_engine_that_is_none() -> None:
    core = prepared("little", "reference").core
    with pytest.raises(ValueError, match=r"no engine 'fast' \(there are: auto, reference, "):
        core.use_engine("fast")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="time 5 needs a unit"):
        core.use_engine("reference", at="5")


def test_two_cores_with_different_engines() -> None:
    """Two cores that work together: the same as with one engine for both."""
    ends = []
    for engines in ({}, {"cores.arm0.engine": "translator"}, {"cores.mb0.engine": "translator"}):
        setting = {"cores.arm0.engine": "reference", "cores.mb0.engine": "reference", **engines}
        board = cosim.load(platform("shared_counter"), set=setting)
        if not engines:
            names = [core.engine_name for core in board.cores.values()]
            assert set(names) == {"reference"}
        board.run(timeout="300us")
        cores = board.cores.values()
        ends.append(
            (
                [(core.state.snapshot() | {"void": 0}, core.instructions) for core in cores],
                {name: console.text for name, console in board.consoles.items()},
                board.time,
            )
        )
    assert ends[0] == ends[1] == ends[2]

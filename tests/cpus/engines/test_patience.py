"""Code that is seldom executed is interpreted as long as there are no stencils for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cosim.cpus.engines import choice, kept_blocks, patience
from cosim.cpus.engines.decode import GuestCode
from cosim.cpus.engines.patience import LOADING
from cosim.cpus.engines.stencils import store, workshop
from cosim.cpus.engines.stencils.library import Library
from cosim.cpus.engines.translator import Translator
from tests.cpus.engines.bench import Bench
from tests.cpus.engines.test_kept_blocks import RUNS, NewProcess, handshake
from tests.cpus.toy import Board

LOOP = """
    addi r1, r1, 1
    bnz r1, 8
    sleep
    addi r2, r2, 1
    b -16
"""
"""A block with a branch forward that is taken, and one that is seldom reached."""

pytestmark = pytest.mark.skipif(
    bool(choice.why_no_translator()), reason="there is no native code here"
)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for compiled code, and patience."""
    monkeypatch.setattr(choice, "preferred", "translator")
    monkeypatch.setattr(patience, "FIRST", 3)
    monkeypatch.setattr(patience, "EXECUTIONS", 6)
    monkeypatch.setattr(workshop, "loaded", lambda: True)
    monkeypatch.setenv("COSIM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The forms that are compiled."""
    keys: list[object] = []
    original = Library.make

    def noted(self, wanted):
        keys.extend(wanted)
        return original(self, wanted)

    monkeypatch.setattr(Library, "make", noted)
    return keys


def after(rounds: int, program: str = LOOP) -> tuple[Translator, tuple[int, ...]]:
    """A toy that has gone round so often: its translator, its state."""
    board = Board(a=("100MHz", program))
    core = board.cores["a"]
    assert isinstance(core.engine, Translator)
    for _ in range(rounds):
        board.kernel.run(40_000)  # four instructions
    return core.engine, (core.cycle, core.pc, *core.r)


def blocks(translator: Translator) -> list[int]:
    (regime,) = translator.cache.regimes
    return sorted(key for key, block in regime.blocks.items() if block is not None)


def test_a_block_is_translated_when_it_was_executed_so_often(
    monkeypatch: pytest.MonkeyPatch, compiled: list[object]
) -> None:
    with NewProcess(monkeypatch):
        translator, _ = after(8)
        assert (blocks(translator), compiled) == ([], [])
        translator, _ = after(12)
    assert 0 in blocks(translator)
    assert compiled


def test_blocks_begin_where_branches_lead_and_not_within_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with NewProcess(monkeypatch):
        translator, _ = after(30)
    assert blocks(translator) in ([0, 12], [0, 4, 12])  # the first instruction is fetched before


def test_what_is_executed_a_few_times_is_not_even_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[int] = []
    original = GuestCode.read
    monkeypatch.setattr(
        GuestCode, "read", lambda self, *args: read.append(args[0]) or original(self, *args)
    )
    with NewProcess(monkeypatch):
        after(3)
        assert read == []
        after(6)
    assert read


def test_with_stencils_it_waits_no_longer_than_that(
    monkeypatch: pytest.MonkeyPatch, compiled: list[object]
) -> None:
    with NewProcess(monkeypatch):
        after(30)
    monkeypatch.setattr(kept_blocks, "MOST", 0)
    for file in Path(str(store.directory())).iterdir():
        if b'"blocks"' in file.read_bytes():
            file.unlink()
    compiled.clear()
    with NewProcess(monkeypatch):
        translator, _ = after(2)
        assert blocks(translator) == []
        translator, _ = after(5)
        assert 0 in blocks(translator)
    assert compiled == []


def test_a_process_that_would_have_to_load_llvm_waits_longer(
    monkeypatch: pytest.MonkeyPatch, compiled: list[object]
) -> None:
    monkeypatch.setattr(workshop, "loaded", lambda: False)
    with NewProcess(monkeypatch):
        after(6 * LOADING)
        assert compiled == []
        after(6 * LOADING + 10)
    assert compiled


def test_what_was_too_seldom_is_not_looked_at_by_the_next_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with NewProcess(monkeypatch):
        _, first = after(5)
    read: list[int] = []
    with NewProcess(monkeypatch):
        monkeypatch.setattr(GuestCode, "read", lambda *args: read.append(args[1]) or [])
        assert after(5)[1] == first
    assert read == []


def test_nothing_waits_where_somebody_looks_at_native_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[int] = []
    with NewProcess(monkeypatch):
        board = Board(a=("100MHz", LOOP))
        board.cores["a"].code_watchers.append(lambda block, *_: seen.append(block.key))
        board.kernel.run(100_000)
    assert seen


@pytest.mark.parametrize("executions", [0, 1, 3, 1000])
def test_a_program_does_the_same_however_long_it_waits(
    monkeypatch: pytest.MonkeyPatch, executions: int
) -> None:
    monkeypatch.setattr(patience, "EXECUTIONS", executions)
    with NewProcess(monkeypatch):
        found = handshake("50us")
    with NewProcess(monkeypatch):
        assert handshake("50us") == found
    monkeypatch.setattr(choice, "preferred", "reference")
    assert handshake("50us") == found


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_so_do_programs_that_change_code_and_address_spaces(
    monkeypatch: pytest.MonkeyPatch, run
) -> None:
    with NewProcess(monkeypatch):
        found = run()
    with NewProcess(monkeypatch):
        assert run() == found
    monkeypatch.setattr(choice, "preferred", "reference")
    assert run() == found


WORD = "addi r3, r3, 1\naddi r2, r2, 1\nb -8"


def patched(engine: str, times: int, rounds: int) -> tuple[Bench, list[int]]:
    """A loop whose first instruction is written over so often, and executed so often each time.

    Returns:
        The bench, and how often its place has been translated each time.
    """
    bench = Bench(WORD, engine)
    if engine == "translator":
        bench.translator.patience.executions = 0
    made: list[int] = []
    for number in range(times):
        bench.write(0, f"addi r3, r3, {number + 1}")
        before = made_at_zero(bench) if engine == "translator" else 0
        bench.run(3 * rounds)
        made.append((made_at_zero(bench) - before) if engine == "translator" else 0)
    return bench, made


def made_at_zero(bench: Bench) -> int:
    return bench.translator.patience._made[0]


def test_a_place_that_is_written_over_again_and_again_is_interpreted() -> None:
    bench, made = patched("translator", 20, rounds=5)
    assert made[: patience.OFTEN] == [1] * patience.OFTEN
    assert set(made[patience.OFTEN :]) == {0, 1}  # each time it is asked for a little more
    assert sum(made[patience.OFTEN :]) < 6
    assert bench.outcome() == patched("reference", 20, rounds=5)[0].outcome()


def test_until_what_is_there_stays() -> None:
    bench, made = patched("translator", 20, rounds=patience.AGAIN + 2)
    assert made == [1] * 20
    assert bench.outcome() == patched("reference", 20, rounds=patience.AGAIN + 2)[0].outcome()

"""Blocks of an earlier run: the next one needs not translate them, and does the same."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import cosim
from cosim.cpus.engines import choice, kept_blocks
from cosim.cpus.engines.patch import Patcher
from cosim.cpus.engines.stencils import store
from cosim.cpus.engines.stencils.store import CacheWarning
from tests.cpus.engines.alone import alone
from tests.cpus.toy import Board, assemble

ROOT = Path(__file__).parents[3]
IMAGES = ROOT / "firmware" / "images"
BLOCKS = b'"holds": "blocks"'
PROGRAM = """
    addi r1, r1, 1
    st r1, r2, 0x1000
    ld r3, r2, 0x1000
    bnz r3, -12
"""

pytestmark = pytest.mark.skipif(
    bool(choice.why_no_translator()), reason="there is no native code here"
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for compiled code that has stencils at most, to save the time for them."""
    monkeypatch.setattr(choice, "preferred", "translator")
    made, empty = Path(os.environ["COSIM_CACHE"]), tmp_path / "cache"
    empty.mkdir(mode=0o700)
    store.save_all()
    for file in made.glob(f"*{store.SUFFIX}"):
        if BLOCKS not in (content := file.read_bytes()):
            (empty / file.name).write_bytes(content)
    monkeypatch.setenv("COSIM_CACHE", str(empty))
    return empty


@pytest.fixture
def translated(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The keys of the blocks that are translated, and not taken from an earlier run."""
    keys: list[int] = []
    write = Patcher.write

    def noted(self, block, regime, paged):
        keys.append(block.key)
        return write(self, block, regime, paged)

    monkeypatch.setattr(Patcher, "write", noted)
    yield keys


class NewProcess:
    """Lets this process know no more of what is kept than a new one; writes it at the end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def __enter__(self) -> None:
        self.monkeypatch.setattr(store, "_stores", {})
        self.monkeypatch.setattr(store, "_warned", set())
        self.monkeypatch.setattr(kept_blocks, "_shelves", {})
        alone(self.monkeypatch)

    def __exit__(self, *_: object) -> None:
        store.finish()


def outcome(board: cosim.Platform) -> list[object]:
    """What the cores have come to, and their memory around the program."""
    cores = [
        (core.cycle, core.instructions, core.local_time, core.state.snapshot())
        for core in board.cores.values()
    ]
    memory = [
        core.port.read_debug(core.start_pc & ~0xFFFF, 0x1_8000) for core in board.cores.values()
    ]
    return [board.kernel.now, cores, memory]  # not deltas: runs are pieced by the host's clock


def handshake(timeout: str = "200us") -> list[object]:
    board = cosim.load(ROOT / "platforms" / "arm_mb.yaml")
    board.run(timeout=timeout)
    return outcome(board)


def system(image: str, platform: str, **settings: object) -> list[object]:
    overrides = {f"cores.cpu0.{key}": value for key, value in settings.items()}
    board = cosim.load(
        ROOT / "platforms" / f"{platform}.yaml",
        {"cores.cpu0.image": IMAGES / f"{image}.elf", **overrides},
    )
    board.run(expect="== end ==\n", timeout="3s")
    return outcome(board)


RUNS: dict[str, Callable[[], list[object]]] = {
    "two instruction sets": handshake,
    "T32": lambda: system("thumb_hello", "vexpress_a9"),
    "two address spaces": lambda: system("arm_spaces", "vexpress_a9"),
    "big-endian, with an MMU": lambda: system(
        "mb_system_be", "petalogix_s3adsp1800", endian="big", div_zero_exception=True
    ),
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_the_next_run_translates_next_to_nothing_and_does_the_same(
    place: Path, monkeypatch: pytest.MonkeyPatch, translated: list[int], run: Callable[[], object]
) -> None:
    with NewProcess(monkeypatch):
        first = run()
    before = len(translated)
    translated.clear()
    with NewProcess(monkeypatch):
        assert run() == first
    # Where a quantum ends within a block, the next one may go on in it or begin a block there.
    assert len(translated) <= before // 20


def test_code_that_changes_does_the_same(
    place: Path, monkeypatch: pytest.MonkeyPatch, translated: list[int]
) -> None:
    with NewProcess(monkeypatch):
        first = system("arm_selfmod", "vexpress_a9")
    before = len(translated)
    translated.clear()
    with NewProcess(monkeypatch):
        assert system("arm_selfmod", "vexpress_a9") == first
    assert len(translated) < before


def toy(program: str = PROGRAM) -> tuple[int, ...]:
    board = Board(a=("100MHz", program))
    board.kernel.run(100_000_000)
    core = board.cores["a"]
    return core.cycle, *core.r


def test_other_code_in_the_same_place_is_translated(
    place: Path, monkeypatch: pytest.MonkeyPatch, translated: list[int]
) -> None:
    with NewProcess(monkeypatch):
        toy()
    other = PROGRAM.replace("r1, 1", "r1, 2")
    monkeypatch.setenv("COSIM_CACHE", "off")
    with NewProcess(monkeypatch):
        expected = toy(other)
    monkeypatch.setenv("COSIM_CACHE", str(place))
    translated.clear()
    with NewProcess(monkeypatch):
        assert toy(other) == expected
    assert translated


def test_code_that_was_written_over_meanwhile_is_translated(
    place: Path, monkeypatch: pytest.MonkeyPatch, translated: list[int]
) -> None:
    """The page is looked up by what it holds first, the block by its own guest code."""

    def patched() -> tuple[int, ...]:
        board = Board(a=("100MHz", PROGRAM))
        core = board.cores["a"]
        board.kernel.run(10_000_000)
        core.port.write_debug(0, assemble("addi r1, r1, 5"))
        board.kernel.run(10_000_000)
        return core.cycle, *core.r

    with NewProcess(monkeypatch):
        first = patched()
    with NewProcess(monkeypatch):
        assert patched() == first


def blocks_file(place: Path) -> Path:
    toys = [path for path in place.iterdir() if b'"core": ""' in path.read_bytes()]
    (found,) = [path for path in toys if BLOCKS in path.read_bytes()]
    return found


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_costs_one_line_and_nothing_else(
    place: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    with NewProcess(monkeypatch):
        expected = toy()
    file = blocks_file(place)
    content = bytearray(file.read_bytes())
    rng = random.Random(seed)
    if seed % 3 == 0:
        del content[rng.randrange(len(content)) :]
    elif seed % 3 == 1:
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    else:
        start = rng.randrange(len(content))
        content[start : start + 64] = rng.randbytes(64)
    file.write_bytes(content)
    with NewProcess(monkeypatch), pytest.warns(CacheWarning) as noted:
        assert toy() == expected
    assert [str(one.message) for one in noted if "ignored" in str(one.message)]
    assert len(noted) == 1
    with NewProcess(monkeypatch), warnings.catch_warnings():
        warnings.simplefilter("error")  # it has been replaced
        assert toy() == expected


def test_processes_at_once_keep_what_all_have_made(place: Path) -> None:
    code = (
        "import sys, cosim\n"
        f"board = cosim.load({str(ROOT / 'platforms' / 'arm_mb.yaml')!r}, engine='translator')\n"
        "board.run(timeout='3us'); print([core.state.snapshot() for core in board.cores.values()])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        for _ in range(3)
    ]
    printed = [one.communicate() for one in started]
    assert len({out for out, _ in printed}) == 1 and printed[0][0]
    assert all(b"Warning" not in error for _, error in printed)
    assert not [path for path in place.iterdir() if path.suffix == store.TEMPORARY]


def test_what_is_kept_of_many_programs_is_bounded(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cosim.cpus.engines.stencils.kept.GREATEST", 6000)
    sizes = []
    for number in range(30):
        with NewProcess(monkeypatch):
            toy(PROGRAM.replace("r1, 1", f"r1, {number + 1}"))
        sizes.append(blocks_file(place).stat().st_size)
    assert max(sizes) < 3 * 6000
    assert sizes[0] < sizes[-1]


def test_one_run_keeps_so_many_blocks_and_no_more(
    place: Path, monkeypatch: pytest.MonkeyPatch, translated: list[int]
) -> None:
    monkeypatch.setattr(kept_blocks, "MOST", 3)
    with NewProcess(monkeypatch):
        first = handshake("3us")
    translated.clear()
    with NewProcess(monkeypatch):
        assert handshake("3us") == first
    assert translated


def test_a_copy_that_counts_is_kept_with_the_code_that_it_is_of(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two cores had the same page, until one was changed; a block of each ends within itself."""

    def changed(after: int, *names: str) -> list[tuple[int, ...]]:
        board = Board(**dict.fromkeys(names, ("100MHz", PROGRAM)))
        board.kernel.run(after)
        board.cores["one"].port.write_debug(0, assemble("addi r1, r1, 5"))
        board.kernel.run(400_000)
        board.kernel.run(430_000)  # and three of its four instructions
        return [(core.cycle, *core.r) for core in board.cores.values()]

    with NewProcess(monkeypatch):
        changed(400_000, "one", "other")
    with NewProcess(monkeypatch):
        found = changed(20_000, "one")
    monkeypatch.setenv("COSIM_CACHE", "off")
    with NewProcess(monkeypatch):
        assert changed(20_000, "one") == found


def test_blocks_of_another_configuration_are_not_used(
    place: Path, monkeypatch: pytest.MonkeyPatch, translated: list[int]
) -> None:
    with NewProcess(monkeypatch):
        system("mb_system", "petalogix_s3adsp1800", div_zero_exception=True)
    translated.clear()
    with NewProcess(monkeypatch):
        found = system("mb_system", "petalogix_s3adsp1800", div_zero_exception=False)
    assert translated
    monkeypatch.setenv("COSIM_CACHE", "off")
    with NewProcess(monkeypatch):
        assert system("mb_system", "petalogix_s3adsp1800", div_zero_exception=False) == found


@pytest.mark.parametrize(
    "fault", [OSError(28, "No space left on device"), OSError(30, "Read-only")]
)
def test_what_cannot_be_written_costs_one_line(
    place: Path, monkeypatch: pytest.MonkeyPatch, fault: OSError
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise fault

    before = sorted(place.iterdir())
    with monkeypatch.context() as patched, pytest.warns(CacheWarning) as noted:
        patched.setattr(os, "replace", refuse)
        with NewProcess(patched):
            first = toy()
    assert [str(one.message) for one in noted] == [
        f"{place}: compiled code is not kept: {fault.strerror}"
    ]
    assert sorted(place.iterdir()) == before
    with NewProcess(monkeypatch):
        assert toy() == first


def test_code_that_changes_all_the_time_leaves_no_more_than_one_run_keeps(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_blocks, "MOST", 5)
    with NewProcess(monkeypatch):
        board = Board(a=("100MHz", PROGRAM))
        core = board.cores["a"]
        for number in range(1, 200):
            core.port.write_debug(0, assemble(f"addi r1, r1, {number}"))
            board.kernel.run(100_000)
        (shelf,) = kept_blocks._shelves.values()
        assert sum(map(len, shelf.pages.values())) <= 5

"""The programs in firmware/costs: code that changes is right, and what is kept of it has bounds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import cosim
from benchmarks.cpu_programs import IMAGES, ISAS, SENTINEL, with_values
from cosim.cpus.engines import patience
from cosim.cpus.engines.choice import why_no_translator
from cosim.cpus.engines.patch import Patcher
from cosim.cpus.engines.translator import Translator
from tests.system.command import platform
from tests.system.record_costs import PROGRAMS, line_of_qemu, one_round, recorded

EACH_ISA = pytest.mark.parametrize("isa", ISAS)
EACH_PROGRAM = pytest.mark.parametrize(("program", "mode"), PROGRAMS)
EACH_OF_FEW = pytest.mark.parametrize(("program", "mode"), PROGRAMS[:-1])  # cold takes seconds
NEEDS_TRANSLATOR = pytest.mark.skipif(bool(why_no_translator()), reason="no translator here")

SMALL = "256KiB"


@pytest.fixture
def emptied(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much was in the code memory, each time that it was emptied."""
    times: list[int] = []
    clear = Patcher.clear

    def counted(patcher: Patcher) -> None:
        times.append(patcher.used)
        clear(patcher)

    monkeypatch.setattr(Patcher, "clear", counted)
    return times


def board_of(elf: Path, isa: str, **settings: object) -> cosim.Platform:
    cpu0 = {f"cores.cpu0.{key}": value for key, value in settings.items()}
    return cosim.load(platform(ISAS[isa].platform), set={"cores.cpu0.image": elf} | cpu0)


@EACH_ISA
@EACH_OF_FEW
def test_one_round_prints_what_qemu_recorded(
    program: str, mode: int | None, isa: str, tmp_path: Path
) -> None:
    board = board_of(one_round(program, mode, isa, tmp_path), isa)
    board.run(expect=SENTINEL, wall_timeout=300)
    assert board.console("uart0").text == f"{recorded()[program, mode]}\n{SENTINEL}"


@EACH_ISA
@EACH_PROGRAM
def test_the_recording_is_what_qemu_prints(program: str, mode: int | None, isa: str) -> None:
    if shutil.which(ISAS[isa].qemu) is None:
        pytest.skip(f"{ISAS[isa].qemu} is not installed; its recorded answer is used")
    assert line_of_qemu(program, mode, isa) == recorded()[program, mode]


class Kept:
    """What a translator keeps: it may not grow with what it has done."""

    def __init__(self, engine: Translator) -> None:
        regimes = engine.cache.regimes
        self.blocks = sum(len(regime.blocks) for regime in regimes)
        self.made = sum(map(len, engine.cache._made_of.values()))
        self.leaves = len(engine.patcher.leaves)
        self.code = engine.patcher.used


@NEEDS_TRANSLATOR
@EACH_ISA
def test_functions_that_are_written_again_and_again_do_not_fill_a_small_code_cache(
    isa: str, tmp_path: Path, emptied: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "OFTEN", 1 << 30)  # all of them become native code
    elf = tmp_path / "patch.elf"
    image = IMAGES / f"cost_patch_{isa}.elf"
    elf.write_bytes(with_values(image.read_bytes(), rounds=4, mode=64))
    board = board_of(elf, isa, engine="translator", code_cache=SMALL)
    board.run(expect=SENTINEL, wall_timeout=300)
    engine = board.core("cpu0").engine
    assert isinstance(engine, Translator)
    kept = Kept(engine)
    assert emptied
    assert kept.code <= 256 << 10
    assert kept.blocks < 200 and kept.made < 1000
    assert kept.leaves < 5000


EACH_ISA_OR_ONE = pytest.mark.parametrize(
    "isa", ["mb", *(pytest.param(isa, marks=pytest.mark.campaign) for isa in ("a32", "t32"))]
)


@NEEDS_TRANSLATOR
@EACH_ISA_OR_ONE
def test_code_that_does_not_fit_is_translated_again(
    isa: str, tmp_path: Path, emptied: list[int]
) -> None:
    elf = one_round("cold", None, isa, tmp_path)
    board = board_of(elf, isa, engine="translator", code_cache=SMALL)
    board.run(expect=SENTINEL, wall_timeout=300)
    assert board.console("uart0").text == f"{recorded()['cold', None]}\n{SENTINEL}"
    engine = board.core("cpu0").engine
    assert isinstance(engine, Translator)
    assert len(emptied) > 2
    assert engine.patcher.used <= 256 << 10

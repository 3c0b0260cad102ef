"""One round of the benchmark programs prints here what it prints on QEMU, on each processor."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import cosim
from benchmarks.cpu_programs import ISAS, PROGRAMS, SENTINEL, image, with_values
from tests.system.command import platform
from tests.system.record_cpu import line_of_qemu, one_round, recorded

FEW = ("crc32", "integer", "recursion")  # the shortest; benchmarks/cpu.py compares all of them

EACH_ISA = pytest.mark.parametrize("isa", ISAS)
EACH_OF_FEW = pytest.mark.parametrize("program", FEW)


def console(program: str) -> str:
    return f"{recorded()[program]}\n{SENTINEL}"


def printed_here(elf: Path, isa: str) -> str:
    board = cosim.load(platform(ISAS[isa].platform), set={"cores.cpu0.image": elf})
    board.run(expect=SENTINEL, wall_timeout=300)
    return board.console("uart0").text


@EACH_ISA
@EACH_OF_FEW
def test_one_round_prints_what_qemu_recorded(program: str, isa: str, tmp_path: Path) -> None:
    assert printed_here(one_round(program, isa, tmp_path), isa) == console(program)


@EACH_ISA
def test_translated_addresses_change_nothing(isa: str, tmp_path: Path) -> None:
    elf = one_round("recursion", isa, tmp_path, paged=1)
    assert printed_here(elf, isa) == console("recursion")


@EACH_ISA
@EACH_OF_FEW
def test_the_recording_is_what_qemu_prints(program: str, isa: str) -> None:
    if shutil.which(ISAS[isa].qemu) is None:
        pytest.skip(f"{ISAS[isa].qemu} is not installed; its recorded answer is used")
    for paged in (0, 1):
        assert line_of_qemu(program, isa, paged) == recorded()[program]


def test_every_program_is_built_for_every_instruction_set_and_recorded() -> None:
    assert list(recorded()) == PROGRAMS
    assert len(PROGRAMS) >= 13
    for program in PROGRAMS:
        for isa in ISAS:
            assert image(program, isa).exists()


def test_another_number_of_rounds_changes_one_word_and_nothing_else() -> None:
    elf = image("crc32", "mb").read_bytes()
    changed = with_values(elf, rounds=0x01020304)
    at = changed.index(b"\x04\x03\x02\x01")
    assert changed[:at] + elf[at : at + 4] + changed[at + 4 :] == elf
    assert with_values(changed, rounds=int.from_bytes(elf[at : at + 4], "little")) == elf

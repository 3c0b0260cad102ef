"""The A32 decoder: words of every row come back to it, and the words of no row to nothing."""

from __future__ import annotations

import random

import pytest

from cosim.cpus.arm.instruction_set import ROWS, ArmInstructionSet
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import random_word
from cosim.cpus.isa.operands import Unallocated

WORDS_PER_ROW = 100_000 // len(ROWS) + 1
ISA = ArmInstructionSet()


def decodes(row: Row, word: int) -> bool:
    try:
        row.decode(word, 0)
    except Unallocated:
        return False
    return True


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.template}-{row.pattern.text}")
def test_a_word_decodes_to_its_row_or_to_a_special_case_of_it(row: Row) -> None:
    rng = random.Random(row.pattern.text)
    for _ in range(WORDS_PER_ROW):
        word = random_word(row, rng)
        found = ISA.decode(word)
        if found is None:
            special = [one for one in ROWS if one.matches(word) and one is not row]
            assert not decodes(row, word) or special, f"{word:08x} decodes to nothing"
        else:
            assert found.row is row or found.row.pattern.refines(row.pattern), f"{word:08x}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.template}-{row.pattern.text}")
def test_every_row_names_its_section(row: Row) -> None:
    assert row.section[0] in "AB" and row.section[1].isdigit()


@pytest.mark.parametrize(
    ("word", "why"),
    [
        (0xE7F0_00F0, "udf"),
        (0xE710_F110, "sdiv: this core has no divider"),
        (0xE730_F110, "udiv"),
        (0xEE00_0B30, "vmov.16 d0[0], r0: no NEON"),
        (0xF210_0D40, "vadd: no NEON"),
        (0xEE11_0F70, "a CP15 register that is not there"),
        (0xE160_0070, "smc: no Security Extensions"),
        (0xF101_0200, "setend be"),
        (0xE100_1092, "swp: disabled at reset on this core"),
        (0xE1A0_0F1F, "a register-shifted register with the PC"),
        (0xE000_0F91, "mul with the PC"),
        (0xE1A1_0000, "mov with a should-be-zero field of 1"),
        (0xE8B1_0002, "ldm with writeback into a loaded base"),
        (0xE8B1_0000, "ldm of nothing"),
        (0xE4B0_0004, "ldrt with base and target the same"),
        (0xE1C0_10D0, "ldrd of an odd register"),
    ],
)
def test_undefined_and_unpredictable_words_decode_to_nothing(word: int, why: str) -> None:
    assert ISA.decode(word) is None


def test_in_thumb_state_nothing_decodes() -> None:
    assert ISA.decode(0xE1A0_0000, 1) is None


def test_without_a_floating_point_unit_its_instructions_are_not_there() -> None:
    vadd, vfma = 0xEE30_0A81, 0xEEA0_0A81
    assert ArmInstructionSet([]).decode(vadd) is None
    assert ArmInstructionSet(["vfp"]).decode(vadd) is not None
    assert ArmInstructionSet(["vfp"]).decode(vfma) is None
    assert ArmInstructionSet(["vfp", "vfpv4"]).decode(vfma) is not None

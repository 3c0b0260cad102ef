"""The ARM decoders: words of every row come back to it, and the words of no row to nothing."""

from __future__ import annotations

import random

import pytest

from cosim.cpus.arm import thumb as t32
from cosim.cpus.arm.instruction_set import OPTIONS, ROWS, ArmInstructionSet
from cosim.cpus.arm.registers import IT_SHIFT, THUMB
from cosim.cpus.arm.thumb_rows import Place
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import random_word
from cosim.cpus.isa.operands import Unallocated

WORDS_PER_SET = 100_000
ISA = ArmInstructionSet(OPTIONS)
SETS = {0: ROWS, THUMB: t32.ROWS}
EACH_ROW = pytest.mark.parametrize(
    ("row", "context"),
    [
        pytest.param(row, context, id=f"{row.template}-{row.pattern.text}")
        for context, rows in SETS.items()
        for row in rows
    ],
)


def decodes(row: Row, word: int, context: int) -> bool:
    try:
        row.decode(word, context)
    except Unallocated:
        return False
    return True


@EACH_ROW
def test_a_word_decodes_to_its_row_or_to_a_special_case_of_it(row: Row, context: int) -> None:
    rng = random.Random(row.pattern.text)
    for _ in range(WORDS_PER_SET // len(SETS[context]) + 1):
        word = random_word(row, rng)
        found = ISA.decode(word, context)
        if found is None:
            special = [one for one in SETS[context] if one.matches(word) and one is not row]
            assert not decodes(row, word, context) or special, f"{word:08x} decodes to nothing"
        else:
            assert found.row is row or found.row.pattern.refines(row.pattern), f"{word:08x}"


@EACH_ROW
def test_every_row_names_its_section(row: Row, context: int) -> None:
    assert row.section[0] in "AB" and row.section[1].isdigit()


@pytest.mark.parametrize(
    ("word", "why"),
    [
        (0xE7F0_00F0, "udf"),
        (0xEE00_0B30, "vmov.16 d0[0], r0: no NEON"),
        (0xF210_0D40, "vadd: no NEON"),
        (0xEE11_0F70, "a CP15 register that is not there"),
        (0xE160_0070, "smc: no Security Extensions"),
        (0xE100_0091, "swp with base and target the same"),
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


@pytest.mark.parametrize(
    ("word", "why"),
    [
        (0xDE00, "udf"),
        (0xB660, "cpsie none"),
        (0x4500, "cmp of two low registers is another encoding"),
        (0xBFF8, "it nv"),
        (0xBFEC, "ite al"),
        (0xE8B1_0002, "ldm of one register"),
        (0xE8B1_C001, "ldm of both pc and lr"),
        (0xE8B1_0006, "ldm with writeback into a loaded base"),
        (0xE951_2200, "ldrd of one register twice"),
        (0xF100_0D01, "add of another register into sp"),
        (0xF64F_7DFF, "movw sp"),
        (0xFAB1_F082, "clz with two sources"),
        (0xEF06_0B0B, "Advanced SIMD"),
        (0xF7F0_8000, "smc: no Security Extensions"),
    ],
)
def test_undefined_and_unpredictable_thumb_words_decode_to_nothing(word: int, why: str) -> None:
    assert ISA.decode(word, THUMB) is None


def test_division_is_an_option() -> None:
    plain = ArmInstructionSet()
    for word, context in ((0xE710_F110, 0), (0xE730_F110, 0), (0xFB90_F0F1, 1), (0xFBB0_F0F1, 1)):
        assert ISA.decode(word, context) is not None
        assert plain.decode(word, context) is None


@pytest.mark.parametrize("row", t32.ROWS, ids=lambda row: f"{row.template}-{row.pattern.text}")
def test_what_may_not_be_in_an_it_block_is_undefined_there(row: t32.ThumbRow) -> None:
    """B, BL, loads of the PC and the like end a block; IT, CBZ and CPS are in none (A8.8)."""
    rng = random.Random(row.pattern.text)
    words = [word for word in (random_word(row, rng) for _ in range(200)) if decodes(row, word, 1)]
    for word in words[:20]:
        found = ISA.decode(word, THUMB)
        if found is None or found.row is not row:
            continue
        within, last = (ISA.decode(word, THUMB | it << IT_SHIFT) for it in (0x04, 0x08))
        assert (within is not None) is (row.place is Place.ANYWHERE), f"{word:08x}"
        assert (last is not None) is (row.place is not Place.OUTSIDE), f"{word:08x}"

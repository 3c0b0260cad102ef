"""Random words of every row decode to it; text and names agree with GNU objdump."""

from __future__ import annotations

import random
import shutil

import pytest

from cosim.cpus.isa.disassembler import Disassembler
from cosim.cpus.isa.instruction_set import random_word
from cosim.cpus.microblaze.instruction_set import ROWS, MicroBlazeSet
from cosim.cpus.microblaze.operands import TEXTS
from tests.isa.microblaze_assembler import encode
from tests.isa.microblaze_objdump import (
    EVERYTHING,
    OBJDUMP,
    UNKNOWN,
    objdump,
    recorded,
    words_of_images,
    words_of_rows,
)

DISASSEMBLER = Disassembler(EVERYTHING, TEXTS)

# Rows with field values that are no instruction: special registers, bit fields beyond the word.
EXTENDED = {"lbuea", "lhuea", "lwea", "sbea", "shea", "swea", "wdc.clear.ea", "mfse", "mtse"}
PARTIAL = {"mfs", "mts", "mfse", "mtse", "bsefi", "bsifi"}


def test_a_hundred_thousand_random_words_decode_to_the_row_they_came_from():
    rng = random.Random(1)
    for row in ROWS:
        decoded = 0
        for _ in range(100_000 // len(ROWS) + 1):
            word = random_word(row, rng)
            instruction = EVERYTHING.decode(word)
            if instruction is None:
                assert row.template in PARTIAL, f"{word:08x} of {row} is undefined"
                continue
            decoded += 1
            assert instruction.row is row or instruction.row.pattern.refines(row.pattern), (
                f"{word:08x} of {row} decodes to {instruction.row}"
            )
        assert decoded or row.template in PARTIAL


def test_text_is_that_of_objdump_for_every_row_and_every_image():
    texts = recorded()
    wrong = {
        f"{word:08x}": (text, DISASSEMBLER.text(word))
        for word, text in texts.items()
        if text and DISASSEMBLER.text(word) != text
    }
    assert not wrong
    named = {EVERYTHING.decode(word).row.template for word, text in texts.items() if text}
    assert named | set(UNKNOWN) == {row.template for row in ROWS}


def test_the_record_covers_the_committed_images():
    missing = set(words_of_images()) - set(recorded())
    assert not missing, "record again: python tests/isa/record_microblaze.py objdump"


def test_what_objdump_does_not_know_is_undefined_here():
    for word, text in recorded().items():
        if not text:
            assert DISASSEMBLER.text(word).startswith(".word")


@pytest.mark.skipif(not shutil.which(OBJDUMP), reason=f"{OBJDUMP} is not on PATH")
def test_text_is_that_of_objdump_here_and_now():
    for word, text in objdump(words_of_rows(100)).items():
        assert DISASSEMBLER.text(word) == text


@pytest.mark.parametrize(
    ("word", "text"),
    [
        (0x646341C4, "bsefi r3, r3, 7, 4"),
        (0x64638184, "bsifi r3, r3, 3, 4"),
        (0xB9020004, "mbar 8"),
        (0xBB020004, "mbar 24"),
        (0x90031C76, "wdc.ext.flush r3, r3"),
        (0x90031C66, "wdc.ext.clear r3, r3"),
        (0xC0632080, "lbuea r3, r3, r4"),
        (0xFC000000, ".word 0xfc000000"),
    ],
)
def test_what_objdump_cannot_name_is_spelt_as_in_the_manual(word, text):
    assert DISASSEMBLER.text(word) == text


def test_assembling_the_text_gives_the_word_again():
    for word in words_of_rows(20):
        text = DISASSEMBLER.text(word)
        if text.startswith(("mts", "mfs")):  # the same register can be written by number
            assert DISASSEMBLER.text(encode(text)) == text
        else:
            assert encode(text) == word


@pytest.mark.parametrize(
    ("option", "templates"),
    [
        ("barrel", {"bsrl", "bsra", "bsll", "bsrli", "bsrai", "bslli"}),
        ("bit_field", {"bsefi", "bsifi"}),
        ("mul32", {"mul", "muli"}),
        ("mul64", {"mulh", "mulhu", "mulhsu"}),
        ("div", {"idiv", "idivu"}),
        ("pcmp", {"pcmpbf", "pcmpeq", "pcmpne"}),
        ("clz", {"clz"}),
        ("fpu2", {"flt", "fint", "fsqrt"}),
        ("streams", {"{N}{C}get", "{N}{C}put"}),
        ("extended_addresses", EXTENDED),
        ("reorder", {"swapb", "swaph", "lbur", "lhur", "lwr", "sbr", "shr", "swr"}),
        ("msr_instr", {"msrset", "msrclr"}),
    ],
)
def test_an_option_has_its_instructions(option, templates):
    without = {row.template for row in MicroBlazeSet(()).rows}
    with_option = {row.template for row in MicroBlazeSet({option}).rows}
    assert with_option - without == templates

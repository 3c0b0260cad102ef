"""Mnemonics against Capstone: random words of every row, and the code of the committed images."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import capstone
import pytest
from elftools.elf.elffile import ELFFile

from cosim.cpus.arm.instruction_set import ROWS, ArmInstructionSet
from cosim.cpus.isa.instruction import Instruction, Row
from cosim.cpus.isa.instruction_set import random_word

IMAGES = Path(__file__).parents[2] / "firmware" / "images"
CONDITIONS = "eq ne hs lo mi pl vs vc hi ls ge lt gt le".split()
WORDS_PER_ROW = 200
ISA = ArmInstructionSet()
CAPSTONE = capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_ARM)

# fmt: off
ALIASES = {  # what Capstone calls some words of a row: preferred UAL names, and later additions
    "mov":   {"lsl", "lsr", "asr", "ror", "rrx"},
    "movs":  {"lsls", "lsrs", "asrs", "rors", "rrxs"},
    "ldm":   {"pop"},
    "stmdb": {"push"},
    "ldr":   {"pop"},
    "str":   {"push"},
    "rfe":   {"rfeia"},
    "srs":   {"srsia"},
    "vldmia": {"vpop"},
    "vstmdb": {"vpush"},
    "cps":   {"cpsie", "cpsid"},
    "hint":  {"csdb", "esb"},  # ARMv8 hints, which are NOPs before
    "dsb":   {"dfb"},          # ARMv8's name of one option
}
# fmt: on

NOT_THERE = {"udf"}
"""What the images that try out faults have in them, and this core does not."""


def text(word: int) -> str | None:
    """Capstone's mnemonic without the condition; None if it knows no such instruction."""
    for _, _, mnemonic, _ in CAPSTONE.disasm_lite(word.to_bytes(4, "little"), 0, 1):
        condition = word >> 28
        if condition < len(CONDITIONS):
            suffix = CONDITIONS[condition]
            name, dot, kinds = mnemonic.partition(".")  # vaddne.f32
            assert name.endswith(suffix), f"{word:08x} {mnemonic}"
            return str(name[: -len(suffix)] + dot + kinds)
        return str(mnemonic)
    return None


def check(instruction: Instruction) -> None:
    ours, theirs = instruction.mnemonic, text(instruction.word)
    assert theirs is not None, f"{instruction.word:08x} {ours}: Capstone knows no such word"
    assert theirs == ours or theirs in ALIASES.get(ours, ()), f"{instruction.word:08x}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.template}-{row.pattern.text}")
def test_random_words_are_called_the_same(row: Row) -> None:
    rng = random.Random(row.pattern.text)
    for _ in range(WORDS_PER_ROW):
        instruction = ISA.decode(random_word(row, rng))
        if instruction is not None:
            check(instruction)


@cache
def code(path: Path) -> frozenset[int]:
    """The ARM instruction words of an image, by its mapping symbols ($a, $t, $d)."""
    with path.open("rb") as stream:
        return frozenset(_words(ELFFile(stream)))


def _words(elf: ELFFile) -> Iterator[int]:
    marks: dict[int, list[tuple[int, str]]] = {}
    for symbol in elf.get_section_by_name(".symtab").iter_symbols():
        if symbol.name[:2] in ("$a", "$t", "$d") and isinstance(symbol["st_shndx"], int):
            marks.setdefault(symbol["st_shndx"], []).append((symbol["st_value"], symbol.name[:2]))
    for number, places in marks.items():
        section = elf.get_section(number)
        data, base = section.data(), section["sh_addr"]
        places.sort()
        ends = [start for start, _ in places[1:]] + [base + len(data)]
        for (start, kind), end in zip(places, ends, strict=True):
            if kind == "$a":
                for at in range(start - base, end - base - 3, 4):
                    yield int.from_bytes(data[at : at + 4], "little")


@pytest.mark.parametrize(
    "image",
    sorted([*IMAGES.glob("arm_*.elf"), *IMAGES.glob("vexpress_*.elf")]),
    ids=lambda path: path.stem,
)
def test_every_instruction_of_an_image_is_known_and_called_the_same(image: Path) -> None:
    words = code(image)
    assert words
    for word in words:
        instruction = ISA.decode(word)
        if instruction is None:
            assert text(word) in NOT_THERE, f"{word:08x} {text(word)}"
        else:
            check(instruction)

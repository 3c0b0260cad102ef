"""Mnemonics against Capstone: random words of every row, and the code of the committed images."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import capstone
import pytest
from elftools.elf.elffile import ELFFile

from cosim.cpus.arm import thumb as t32
from cosim.cpus.arm.disassembly import encode
from cosim.cpus.arm.instruction_set import OPTIONS, ROWS, ArmInstructionSet
from cosim.cpus.arm.registers import THUMB
from cosim.cpus.isa.instruction import Instruction, Row
from cosim.cpus.isa.instruction_set import random_word

IMAGES = Path(__file__).parents[2] / "firmware" / "images"
CONDITIONS = "eq ne hs lo mi pl vs vc hi ls ge lt gt le".split()
WORDS_PER_ROW = 200
ISA = ArmInstructionSet(OPTIONS)
CAPSTONE = {
    0: capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_ARM),
    THUMB: capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB),
}

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
THUMB_ALIASES = {  # the same in T32
    "mov":   {"lsl", "lsr", "asr", "ror", "rrx", "movs"},
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
    "hint":  {"csdb", "esb", "sevl"},
    "dsb":   {"dfb"},
    "adr":   {"add", "addw", "sub", "subw"},
    "addw":  {"add"},
    "subw":  {"sub"},
    "subs":  {"eret"},
    "it":    {"it" + "".join(more) for count in range(4) for more in product("te", repeat=count)},
    "setend": set(),
}
# fmt: on

NOT_THERE = {"udf"}
"""What the images that try out faults have in them, and this core does not."""


def text(word: int, context: int) -> str | None:
    """Capstone's mnemonic without the condition; None if it knows no such instruction."""
    for _, _, mnemonic, _ in CAPSTONE[context].disasm_lite(encode(word, context), 0, 1):
        if context:
            return str(mnemonic).removesuffix(".w")
        condition = word >> 28
        if condition < len(CONDITIONS):
            suffix = CONDITIONS[condition]
            name, dot, kinds = mnemonic.partition(".")  # vaddne.f32
            assert name.endswith(suffix), f"{word:08x} {mnemonic}"
            return str(name[: -len(suffix)] + dot + kinds)
        return str(mnemonic)
    return None


def check(instruction: Instruction) -> None:
    word, context = instruction.word, instruction.context
    ours, theirs = instruction.mnemonic, text(word, context)
    assert theirs is not None, f"{word:08x} {ours}: Capstone knows no such word"
    aliases = THUMB_ALIASES if context else ALIASES
    if context and instruction.row.section == "A8.8.18" and theirs != ours:
        ours += CONDITIONS[instruction.operand("condition")]
    assert theirs == ours or theirs in aliases.get(ours, ()), f"{word:08x} {ours} {theirs}"


@pytest.mark.parametrize(
    ("row", "context"),
    [
        pytest.param(row, context, id=f"{row.template}-{row.pattern.text}")
        for context, rows in ((0, ROWS), (THUMB, t32.ROWS))
        for row in rows
    ],
)
def test_random_words_are_called_the_same(row: Row, context: int) -> None:
    rng = random.Random(row.pattern.text)
    for _ in range(WORDS_PER_ROW):
        instruction = ISA.decode(random_word(row, rng), context)
        if instruction is not None:
            check(instruction)


@cache
def code(path: Path) -> frozenset[tuple[int, int]]:
    """The words of an image with their decode context, by its mapping symbols ($a, $t, $d)."""
    with path.open("rb") as stream:
        return frozenset(_words(ELFFile(stream)))


def _words(elf: ELFFile) -> Iterator[tuple[int, int]]:
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
                    yield int.from_bytes(data[at : at + 4], "little"), 0
            elif kind == "$t":
                at = start - base
                while at < end - base:
                    word = ISA.read_word(data[at : at + 4], "little", THUMB)
                    assert word is not None
                    yield word, THUMB
                    at += 2 if word < 0x1_0000 else 4


@pytest.mark.parametrize(
    "image",
    sorted(
        path
        for kind in ("arm", "vexpress", "thumb", "mixed")
        for path in IMAGES.glob(f"{kind}_*.elf")
    ),
    ids=lambda path: path.stem,
)
def test_every_instruction_of_an_image_is_known_and_called_the_same(image: Path) -> None:
    words = code(image)
    assert words
    for word, context in words:
        instruction = ISA.decode(word, context)
        if instruction is None:
            assert text(word, context) in NOT_THERE, f"{word:08x} {text(word, context)}"
        else:
            check(instruction)

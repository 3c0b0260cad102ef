"""An assembler derived from the instruction rows: text to words, for tests that read like code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from cosim.cpus.isa.instruction import Row
from cosim.cpus.microblaze.instruction_set import ROWS
from cosim.cpus.microblaze.registers import SPECIAL

NUMBERS = {name: number for number, name in SPECIAL.items()}
MSR = {"C": 0x4, "IE": 0x2, "BIP": 0x8, "DZO": 0x40, "EE": 0x100, "EIP": 0x200, "UM": 0x800}

PARSERS = {
    "rd": lambda text: {"d": int(text[1:])},
    "ra": lambda text: {"a": int(text[1:])},
    "rb": lambda text: {"b": int(text[1:])},
    "imm": lambda text: {"i": int(text, 0) & 0xFFFF},
    "mask": lambda text: {"i": int(text, 0)},
    "barrier": lambda text: {"p": int(text)},
    "amount": lambda text: {"s": int(text)},
    "special": lambda text: {"r": NUMBERS[text]},
    "special_high": lambda text: {"r": NUMBERS[text]},
    "link": lambda text: {"f": int(text.removeprefix("rfsl"))},
}


def assemble(source: str) -> list[int]:
    """The words of `source`, one instruction a line; `.word N` for raw words.

    `li rd, N` is the pair imm and addik for any 32-bit constant.
    """
    words: list[int] = []
    for line in source.splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("li "):
            register, _, number = text[3:].partition(",")
            value = int(number, 0) & 0xFFFF_FFFF
            words += [
                encode(f"imm {value >> 16}"),
                encode(f"addik {register}, r0, {value & 0xFFFF}"),
            ]
        elif text.startswith(".word"):
            words.append(int(text.split()[1], 0))
        elif text:
            words.append(encode(text))
    return words


def encode(text: str) -> int:
    """The word of one instruction.

    Raises:
        ValueError: no row has this mnemonic with these operands.
    """
    mnemonic, _, rest = text.partition(" ")
    operands = [operand.strip() for operand in rest.split(",") if operand.strip()]
    for row, flags in _candidates(mnemonic):
        names = [name.strip() for name in row.operand_text.split(",") if name.strip()]
        if len(names) == len(operands) and set(names) <= set(PARSERS):
            return _word(row, flags, zip(names, operands, strict=True))
    raise ValueError(f"no instruction {text!r}")


@cache
def _candidates(mnemonic: str) -> list[tuple[Row, dict[str, int]]]:
    """The rows that have the mnemonic, with the fields it sets."""
    found = []
    for row in ROWS:
        pattern = re.sub(
            r"\\\{(\w)\\\}", lambda m: f"(?P<{m[1]}>{m[1].lower()}?)", re.escape(row.template)
        )
        if match := re.fullmatch(pattern, mnemonic):
            flags = {letter: 1 if text else 0 for letter, text in match.groupdict().items()}
            found.append((row, flags))
    return found


def _word(row: Row, flags: dict[str, int], operands: Iterable[tuple[str, str]]) -> int:
    values = dict(flags)
    for name, text in operands:
        values.update(PARSERS[name](text))
    fields = row.pattern.fields
    word = row.pattern.value
    for letter, value in values.items():
        word |= fields[letter].insert(value)
    return word

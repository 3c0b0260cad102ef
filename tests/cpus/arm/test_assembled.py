"""The words that the specifications use are the instructions they say."""

from __future__ import annotations

import capstone
import pytest

from cosim.cpus.arm.disassembly import encode
from cosim.cpus.arm.registers import THUMB
from tests.cpus.arm.assembled import THUMB_WORDS, WORDS


@pytest.mark.parametrize(("text", "word"), WORDS.items())
def test_word_is_what_its_text_says(text: str, word: int) -> None:
    reader = capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_ARM)
    ((_, _, mnemonic, operands),) = reader.disasm_lite(word.to_bytes(4, "little"), 0, 1)
    assert f"{mnemonic} {operands}".strip() == text


@pytest.mark.parametrize(("text", "word"), THUMB_WORDS.items())
def test_thumb_word_is_what_its_text_says(text: str, word: int) -> None:
    reader = capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB)
    ((_, _, mnemonic, operands),) = reader.disasm_lite(encode(word, THUMB), 0, 1)
    assert f"{mnemonic} {operands}".strip() == text

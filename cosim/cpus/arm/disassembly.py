"""The text of ARM instructions, by Capstone."""

from __future__ import annotations

from functools import cache
from typing import Any

from cosim.cpus.arm.registers import IT_SHIFT, THUMB

ONE_INSTRUCTION = 8
"""The mask of an IT block of one."""


def text(address: int, word: int, context: int) -> str:
    """`word` in the assembler's words; in an IT block with its condition."""
    code = encode(word, context)
    if not context & THUMB:
        return _read(code, address, False, 0) or f".word 0x{word:08x}"
    unknown = f".short 0x{word:04x}" if len(code) == 2 else f".inst.w 0x{word:08x}"
    it = context >> IT_SHIFT
    if not it:
        return _read(code, address, True, 0) or unknown
    prefix = 0xBF00 | it & 0xF0 | ONE_INSTRUCTION
    return _read(prefix.to_bytes(2, "little") + code, address - 2, True, 1) or unknown


def encode(word: int, context: int) -> bytes:
    """The instruction as it is in memory."""
    if not context & THUMB:
        return word.to_bytes(4, "little")
    if word < 0x1_0000:
        return word.to_bytes(2, "little")
    return (word >> 16).to_bytes(2, "little") + (word & 0xFFFF).to_bytes(2, "little")


def _read(code: bytes, address: int, thumb: bool, number: int) -> str:
    """Instruction `number` of `code`; "" if there is none."""
    for place, (_, _, mnemonic, operands) in enumerate(
        _disassembler(thumb).disasm_lite(code, address & 0xFFFF_FFFF, number + 1)
    ):
        if place == number:
            return f"{mnemonic} {operands}".rstrip()
    return ""


@cache
def _disassembler(thumb: bool) -> Any:
    """Capstone, loaded when the first text is asked for."""
    import capstone

    return capstone.Cs(
        capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB if thumb else capstone.CS_MODE_ARM
    )

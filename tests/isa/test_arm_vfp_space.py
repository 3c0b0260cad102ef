"""The whole space of coprocessors 10 and 11: what Capstone decodes is decoded here, or is out."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import capstone
import pytest

from cosim.cpus.arm.instruction_set import OPTIONS, ArmInstructionSet

ISA = ArmInstructionSet(OPTIONS)
CAPSTONE = capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_ARM)

ADVANCED_SIMD = re.compile(r"vdup\.|vmov\.[su]?(8|16)$")
LATER = re.compile(r"vrint|vcvt[bt]\.(f64\.f16|f16\.f64)|vlstm|vlldm")
"""ARMv8's roundings and half-precision conversions of doubles."""


def words(opcode: int) -> Iterator[int]:
    """Every value of bits 27:16 and 8:4 with that opcode in 27:20, the other bits random."""
    rng = random.Random(opcode)
    for second in range(16):
        for size in (0xA00, 0xB00):
            for third in range(16):
                for _ in range(3):
                    registers = rng.getrandbits(4) << 12 | rng.getrandbits(4)
                    yield 0xE000_0000 | opcode << 20 | second << 16 | size | third << 4 | registers


def unpredictable(word: int, mnemonic: str, operands: str) -> bool:
    """Whether the manual leaves the word open: a list or register that can not be, bits set that
    should be zero."""
    if mnemonic in ("vmov", "vmov.32", "vmsr", "vmrs"):
        same = word >> 20 & 0xFF == 0xC5 and word >> 12 & 15 == word >> 16 & 15
        beyond = word >> 25 == 0x76 and word & 0x12F == 0x02F  # S31 and the next one
        return "pc" in operands or same or beyond or word & 0x6F != 0
    if "#0xffff" in operands:
        return True  # fixed point with less than no fraction bits
    if re.match("v(ldm|stm|push|pop)|f(ldm|stm)", mnemonic):
        first, count = word >> 12 & 15, word & 0xFF
        if word & 0x100:
            first, count = first | (word >> 22 & 1) << 4, count // 2
            limit = 16 if word & 1 else 32
            bad = count > 16 or first + count > limit
        else:
            bad = (first << 1 | (word >> 22 & 1)) + count > 32
        return bad or not count or (word >> 16 & 15 == 15 and word >> 21 & 1 == 1)
    return False


@pytest.mark.parametrize("opcode", range(0xC0, 0xF0), ids="{:02x}".format)
def test_every_encoding_is_decoded_or_listed_as_out(opcode: int) -> None:
    for word in words(opcode):
        theirs = [
            (mnemonic, operands)
            for _, _, mnemonic, operands in CAPSTONE.disasm_lite(word.to_bytes(4, "little"), 0, 1)
        ]
        ours = ISA.decode(word)
        if ours is not None:
            assert theirs, f"{word:08x} {ours.mnemonic}: Capstone knows no such word"
        elif theirs:
            mnemonic, operands = theirs[0]
            out = ADVANCED_SIMD.match(mnemonic) or LATER.match(mnemonic)
            out = out or "fpinst" in operands  # of subarchitectures with trapped exceptions
            assert out or unpredictable(word, mnemonic, operands), f"{word:08x} {theirs[0]}"

"""The whole opcode space against Capstone, both ways: what it decodes, we decode or list as out.

Every value of the bits that tell instructions apart is tried (all 16-bit encodings; bits 31-20,
15-12 and 7-4 of the 32-bit ones), with several draws of the others. The spaces of VFP and Advanced
SIMD are judged elsewhere.
"""

# ruff: noqa: E501  tables
from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import capstone
import pytest

from cosim.cpus.arm import cp15
from cosim.cpus.arm import thumb as t32
from cosim.cpus.arm.disassembly import encode
from cosim.cpus.arm.instruction_set import ROWS, ArmInstructionSet
from cosim.cpus.arm.registers import THUMB
from cosim.cpus.isa.instruction import Row
from tests.isa import test_arm_capstone as arm_names

ISA = ArmInstructionSet()
DRAWS = 2
HALF_PRECISION = re.compile(r"v\w+\.(f16|16)$|vcvt\w*\.(f16\.\w+|\w+\.f16)$|v[su]dot\.[su]8$")


@dataclass(frozen=True, eq=False)
class Space:
    """A set of encodings and who reads them."""

    context: int
    rows: list[Row]
    judge: capstone.Cs


ARM = Space(0, list(ROWS), capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_ARM))
T32 = Space(THUMB, list(t32.ROWS), capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB))

# What Capstone decodes and this core has not, by mnemonic (without a condition): why.
# fmt: off
OUT = {
    "permanently undefined (A8.8.247)":         "udf udf.w trap",
    "no Security or Virtualization Extensions": "smc hvc hvc.w eret",
    "no divider (option `divide`)":             "sdiv udiv",
    "no such coprocessor: undefined (A2.9)":    "cdp cdp2 ldc ldc2 ldcl ldc2l stc stc2 stcl stc2l mcr2 mrc2 mcrr2 mrrc2",
    "ARMv8":                                    "lda ldab ldah ldaex ldaexb ldaexh ldaexd stl stlb stlh stlex stlexb "
                                                "stlexh stlexd hlt sevl crc32b crc32h crc32w crc32cb crc32ch crc32cw setpan",
    "ARMv8-M":                                  "blxns bxns tt ttt tta ttat sg dcps1 dcps2 dcps3",
    "ThumbEE, which the issue leaves out":      "enterx leavex chka hb hbl hblp hbp",
}

# Bits that the manual shows as (0) or (1) in the section of the row: with others the instruction is
# UNPREDICTABLE and undefined here, while Capstone does not look. By what our rows call the
# instruction; the test sees that each of the bits occurs with each of the names.
SHOULD_BE = {
    ARM: {
        0x0000_F000: "cmp cmn tst teq mul muls smulbb smulbt smultb smultt smulwb smulwt",
        0x000F_0000: "movs mvn mvns",
        0x0000_0F00: "ldrh strh ldrsb ldrsh ldrd strd swp swpb sel qadd qsub qdadd qdsub "
                     + " ".join(f"{p}{o}" for p in ("s", "q", "sh", "u", "uq", "uh")
                                for o in ("add16", "asx", "sax", "sub16", "add8", "sub8")),
        0x0000_0300: "sxtab16 sxtab sxtah uxtab16 uxtab uxtah",
        0x000F_0D0F: "mrs",  # bit 9 is that of the banked registers, Virtualization Extensions (B9.3.8)
        0x0000_FFFF: "rfe rfeda rfedb rfeib",
        0x0000_FE00: "cps",
        0x0020_0000: "ldm ldmda ldmdb ldmib stm stmda stmdb stmib",  # W of the forms with ^
    },
    T32: {
        0x0000_8000: "and ands bic bics orr orrs orn orns eor eors add adds adc adcs sbc sbcs sub subs rsb rsbs "
                     "pkhbt pkhtb",
        0x0000_0040: "sxtab16 sxtab sxtah uxtab16 uxtab uxtah",
        0x0000_2000: "ldm ldmdb",
        0x0000_6000: "ldm ldmdb",  # both PC and LR
        0x0020_0000: "pld",
        0x0400_0020: "sbfx ubfx",
        0x0000_0003: "bx",
        0x0000_0030: "msr",  # of the banked registers, Virtualization Extensions (B9.3.10)
    },
}
# fmt: on
ALIASES = {ARM: arm_names.ALIASES, T32: arm_names.THUMB_ALIASES}
REGISTERS = {14: cp15.CP14, 15: cp15.BY_ENCODING}
OUT_BY_NAME = {name: why for why, names in OUT.items() for name in names.split()}


def arm_words() -> Iterator[int]:
    rng = random.Random("A32")
    for condition in (14, 15):
        for top in range(0x100):
            yield from _draws(rng, condition << 28 | top << 20)


def thumb_words() -> Iterator[int]:
    yield from range(0xE800)
    rng = random.Random("T32")
    for top in range(0xE80, 0x1000):
        yield from _draws(rng, top << 20)


def _draws(rng: random.Random, word: int) -> Iterator[int]:
    for middle in range(16):
        for low in range(16):
            for _ in range(DRAWS):
                others = rng.getrandbits(32)
                for field in (0x000F_0000, 0x0000_0F00, 0x0000_000F):
                    others |= field if rng.random() < 0.2 else 0
                    others &= ~field if rng.random() < 0.2 else 0xFFFF_FFFF
                yield word | middle << 12 | low << 4 | (others & 0x000F_0F0F)


def of_vfp_or_simd(word: int, context: int) -> bool:
    """Coprocessors 10 and 11, and Advanced SIMD (A7.4-A7.9)."""
    coprocessor = word >> 25 & 7 == 0b110 or word >> 24 & 0xF == 0b1110
    if context:
        if word < 0x1_0000:
            return False
        if word >> 28 & 0xE == 0xE and coprocessor and word >> 9 & 7 == 0b101:
            return True
        return word >> 24 in (0xEF, 0xFF) or word >> 20 & 0xFF1 == 0xF90
    if coprocessor and word >> 9 & 7 == 0b101:
        return True
    return word >> 25 == 0b1111001 or word >> 20 & 0xFF1 == 0xF40


def no_such_register(word: int, mnemonic: str) -> bool:
    """Whether the tables of CP14 and CP15 have no place for this MCR, MRC, MCRR or MRRC (A8.8.98)."""
    coprocessor = word >> 8 & 15
    if mnemonic in ("mcrr", "mrrc"):
        return coprocessor != 15 or (word >> 4 & 15, word & 15) not in cp15.DOUBLEWORDS
    place = word >> 21 & 7, word >> 16 & 15, word & 15, word >> 5 & 7
    return place not in REGISTERS.get(coprocessor, {})


def why_not(space: Space, word: int, mnemonic: str, used: Counter[tuple[int, str]]) -> str:
    """Why `word` is no instruction here; "" if nothing explains it.

    Args:
        used: collects the bits that are not as they should be, by entry of SHOULD_BE and name.
    """
    if mnemonic in OUT_BY_NAME:
        return OUT_BY_NAME[mnemonic]
    if HALF_PRECISION.match(mnemonic):
        return "ARMv8.2 half-precision and dot product, outside the coprocessors 10 and 11"
    mnemonic = mnemonic.removesuffix(".w")
    if mnemonic in ("mcr", "mrc", "mcrr", "mrrc") and no_such_register(word, mnemonic):
        return "no such coprocessor register: undefined"
    for row in space.rows:
        if not row.pattern.matches(word):
            continue
        ours = row.mnemonic(word)
        if mnemonic == ours or mnemonic in ALIASES[space].get(ours, ()):
            return "UNPREDICTABLE registers or field values of an instruction that is there"
    for bits, names in SHOULD_BE[space].items():
        for row in space.rows:
            different = (word ^ row.pattern.value) & row.pattern.mask
            if different & ~bits:
                continue
            ours = row.mnemonic(word)
            if ours in names.split():
                used[bits, ours] |= different
                return "UNPREDICTABLE: should-be bits"
    return ""


@pytest.mark.parametrize(
    ("space", "words"), [(ARM, arm_words), (T32, thumb_words)], ids=["A32", "T32"]
)
def test_the_opcode_space_is_ours_or_listed_as_out(space, words) -> None:
    decoded = unexplained = 0
    used: Counter[tuple[int, str]] = Counter()
    for word in words():
        if of_vfp_or_simd(word, space.context):
            continue
        theirs = next(space.judge.disasm_lite(encode(word, space.context), 0x1000, 1), None)
        ours = ISA.decode(word, space.context)
        assert theirs or not ours, f"{word:08x} {ours}: Capstone knows no such instruction"
        decoded += ours is not None
        if theirs and not ours and not why_not(space, word, theirs[2], used):
            unexplained += 1
            print(f"{word:08x} {theirs[2]} {theirs[3]}")
    assert not unexplained
    assert decoded > 20_000
    listed = {
        (bits, name): bits for bits in SHOULD_BE[space] for name in SHOULD_BE[space][bits].split()
    }
    assert dict(used) == listed

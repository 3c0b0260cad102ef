"""The whole opcode space against Capstone, both ways: what it decodes, we decode or list as out.

Every value of the bits that tell instructions apart is tried (all 16-bit encodings; bits 31-20,
15-12 and 7-4 of the 32-bit ones), with several draws of the others. The spaces of VFP and Advanced
SIMD are judged elsewhere.
"""

# ruff: noqa: E501  tables
from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import capstone
import pytest

from cosim.cpus.arm import thumb as t32
from cosim.cpus.arm.disassembly import encode
from cosim.cpus.arm.instruction_set import ROWS, ArmInstructionSet
from cosim.cpus.arm.registers import THUMB
from cosim.cpus.isa.instruction import Row

ISA = ArmInstructionSet()
DRAWS = 2


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
    "no such coprocessor register: undefined":  "mcr mrc mcrr mrrc",
    "no such coprocessor: undefined":           "cdp cdp2 ldc ldc2 ldcl ldc2l stc stc2 stcl stc2l mcr2 mrc2 mcrr2 mrrc2",
    "ARMv8":                                    "lda ldab ldah ldaex ldaexb ldaexh ldaexd stl stlb stlh stlex stlexb "
                                                "stlexh stlexd hlt sevl crc32b crc32h crc32w crc32cb crc32ch crc32cw setpan",
    "ARMv8-M":                                  "blxns bxns tt ttt tta ttat sg dcps1 dcps2 dcps3",
    "ThumbEE, which the issue leaves out":      "enterx leavex chka hb hbl hblp hbp",
}

# Bits that the manual shows as (0) or (1): with others the instruction is UNPREDICTABLE and undefined
# here, while Capstone does not look. By what our rows call the instruction.
SHOULD_BE = {
    ARM: {
        0x0000_F000: "cmp cmn tst teq mul muls smulbb smulbt smultb smultt smulwb smulwt pld pldw pli",
        0x000F_0000: "mov movs mvn mvns clz rev rev16 revsh rbit msr nop",
        0x0000_0F00: "ldrh strh ldrsb ldrsh ldrd strd ldrht strht ldrsbt ldrsht swp swpb sel qadd qsub qdadd qdsub clz "
                     "strex strexb strexh strexd rev rev16 revsh rbit ssat16 usat16 "
                     + " ".join(f"{p}{o}" for p in ("s", "q", "sh", "u", "uq", "uh")
                                for o in ("add16", "asx", "sax", "sub16", "add8", "sub8")),
        0x0000_0300: "sxtab16 sxtb16 sxtab sxtb sxtah sxth uxtab16 uxtb16 uxtab uxtb uxtah uxth",
        0x0000_0F0F: "ldrex ldrexb ldrexh ldrexd",
        0x000F_0F0F: "mrs",
        0x0000_FFFF: "rfe rfeda rfedb rfeib bx bxj blx hint nop yield wfe wfi sev dbg dsb dmb isb clrex",
        0x000F_FFE0: "srs srsda srsdb srsib",
        0x000F_FE20: "cps",
        0x000F_FDFF: "setend",
        0x000F_FF00: "msr bx bxj blx",
        0x0020_0000: "ldm ldmda ldmdb ldmib stm stmda stmdb stmib",  # W of the forms with ^
    },
    T32: {
        0x0000_8000: "and ands tst bic bics orr orrs mov movs orn orns mvn mvns eor eors teq add adds cmn adc adcs sbc "
                     "sbcs sub subs cmp rsb rsbs pkhbt pkhtb",
        0x0000_0040: "sxtab16 sxtb16 sxtab sxtb sxtah sxth uxtab16 uxtb16 uxtab uxtb uxtah uxth",
        0x0000_2000: "ldm stm ldmdb stmdb",
        0x0000_6000: "ldm ldmdb",  # both PC and LR
        0x0020_0000: "pld",
        0x0400_0020: "bfi bfc sbfx ubfx ssat usat ssat16 usat16",
        0x0000_0F00: "strexb strexh ldrexb ldrexh tbb tbh sdiv udiv",
        0x0000_0F0F: "ldrex ldrexb ldrexh ldrexd",
        0x0000_0007: "bx blx",
        0x0000_2FFF: "msr mrs bxj nop hint yield wfe wfi sev dbg cps clrex dsb dmb isb subs",
        0x000F_2F00: "mrs msr bxj nop hint yield wfe wfi sev dbg cps clrex dsb dmb isb",
        0x000F_FFE0: "srs srsdb",
        0x0000_FFFF: "rfe rfedb",
    },
}
# fmt: on
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


def why_not(space: Space, word: int, mnemonic: str) -> str:
    """Why `word` is no instruction here; "" if nothing explains it."""
    if mnemonic in OUT_BY_NAME:
        return OUT_BY_NAME[mnemonic]
    if mnemonic.startswith("v"):
        return "ARMv8.2 half-precision and dot product, outside the coprocessors 10 and 11"
    if any(row.pattern.matches(word) for row in space.rows):
        return "UNPREDICTABLE registers or field values of an instruction that is there"
    for bits, names in SHOULD_BE[space].items():
        for row in space.rows:
            different = (word ^ row.pattern.value) & row.pattern.mask
            if not different & ~bits and row.mnemonic(word) in names.split():
                return "UNPREDICTABLE: should-be bits"
    return ""


@pytest.mark.parametrize(
    ("space", "words"), [(ARM, arm_words), (T32, thumb_words)], ids=["A32", "T32"]
)
def test_the_opcode_space_is_ours_or_listed_as_out(space, words) -> None:
    decoded = unexplained = 0
    for word in words():
        if of_vfp_or_simd(word, space.context):
            continue
        theirs = next(space.judge.disasm_lite(encode(word, space.context), 0x1000, 1), None)
        ours = ISA.decode(word, space.context)
        assert theirs or not ours, f"{word:08x} {ours}: Capstone knows no such instruction"
        decoded += ours is not None
        if theirs and not ours and not why_not(space, word, theirs[2]):
            unexplained += 1
            print(f"{word:08x} {theirs[2]} {theirs[3]}")
    assert not unexplained
    assert decoded > 20_000

"""T32 extension, packing, saturation, bit fields, parallel sums, multiplication and division."""

# ruff: noqa: E501  one instruction per line
from __future__ import annotations

from itertools import product

from cosim.cpus.arm.divide import sdiv, udiv
from cosim.cpus.arm.media import (
    bfc,
    bfi,
    clz,
    pkhbt,
    pkhtb,
    qadd,
    qdadd,
    qdsub,
    qsub,
    rbit,
    rev,
    rev16,
    revsh,
    sbfx,
    sel,
    ssat,
    ssat16,
    sxtab,
    sxtab16,
    sxtah,
    sxtb,
    sxtb16,
    sxth,
    ubfx,
    usad8,
    usada8,
    usat,
    usat16,
    uxtab,
    uxtab16,
    uxtah,
    uxtb,
    uxtb16,
    uxth,
)
from cosim.cpus.arm.multiply import (
    mla,
    mls,
    mul,
    smla_halves,
    smlad,
    smlal,
    smlal_halves,
    smlald,
    smlaw,
    smlsd,
    smlsld,
    smmla,
    smmls,
    smmul,
    smuad,
    smul_halves,
    smull,
    smulw,
    smusd,
    umaal,
    umlal,
    umull,
)
from cosim.cpus.arm.parallel import FLAVOURS, OPERATIONS, Flavour, Operation, parallel
from cosim.cpus.arm.thumb_rows import ThumbRow, narrow, wide

# fmt: off
PARALLEL_CODES = {"add8": "000", "add16": "001", "asx": "010", "sub8": "100", "sub16": "101", "sax": "110"}
FLAVOUR_CODES = {"s": "000", "q": "001", "sh": "010", "u": "100", "uq": "101", "uh": "110"}
# fmt: on


def in_parallel(flavour: Flavour, operation: Operation) -> ThumbRow:
    return wide(
        f"{flavour.prefix}{operation.name} rd, rn, rm",
        f"1111 1010 1{PARALLEL_CODES[operation.name]} nnnn 1111 dddd 0"
        f"{FLAVOUR_CODES[flavour.prefix]} mmmm",
        parallel(operation, flavour),
        "A6.3.13" if flavour.signed else "A6.3.14",
    )


def of_halves(x: int, y: int) -> list[ThumbRow]:
    """Products of halfwords: `x` and `y` choose the upper ones."""
    a, b = "bt"[x], "bt"[y]
    # fmt: off
    rows = [
        wide(f"smla{a}{b} rd, rn, rm, ra",   f"1111 1011 0001 nnnn aaaa dddd 00{x}{y} mmmm", smla_halves(x, y),  "A8.8.176"),
        wide(f"smul{a}{b} rd, rn, rm",       f"1111 1011 0001 nnnn 1111 dddd 00{x}{y} mmmm", smul_halves(x, y),  "A8.8.188"),
        wide(f"smlal{a}{b} rd_long, rn, rm", f"1111 1011 1100 nnnn llll hhhh 10{x}{y} mmmm", smlal_halves(x, y), "A8.8.179"),
    ]
    if not x:
        rows += [
            wide(f"smlaw{b} rd, rn, rm, ra", f"1111 1011 0011 nnnn aaaa dddd 000{y} mmmm", smlaw(0, y), "A8.8.181"),
            wide(f"smulw{b} rd, rn, rm",     f"1111 1011 0011 nnnn 1111 dddd 000{y} mmmm", smulw(0, y), "A8.8.190"),
        ]
    # fmt: on
    return rows


# fmt: off
NARROW = [
    narrow("sxth rd, rm",  "10110010 00 mmm ddd",  sxth,  "A8.8.235"),
    narrow("sxtb rd, rm",  "10110010 01 mmm ddd",  sxtb,  "A8.8.233"),
    narrow("uxth rd, rm",  "10110010 10 mmm ddd",  uxth,  "A8.8.276"),
    narrow("uxtb rd, rm",  "10110010 11 mmm ddd",  uxtb,  "A8.8.274"),
    narrow("rev rd, rm",   "10111010 00 mmm ddd",  rev,   "A8.8.145"),
    narrow("rev16 rd, rm", "10111010 01 mmm ddd",  rev16, "A8.8.146"),
    narrow("revsh rd, rm", "10111010 11 mmm ddd",  revsh, "A8.8.147"),
]
FIELDS = [
    wide("pkhbt rd, rn, rm, left",         "1110 1010 1100 nnnn 0aaa dddd aa00 mmmm", pkhbt,   "A8.8.125"),
    wide("pkhtb rd, rn, rm, right",        "1110 1010 1100 nnnn 0aaa dddd aa10 mmmm", pkhtb,   "A8.8.125"),
    wide("ssat rd, signed_limits, rn",     "1111 0011 00k0 nnnn 0aaa dddd aa0w wwww", ssat,    "A8.8.193"),
    wide("ssat16 rd, signed_limits, rn",   "1111 0011 0010 nnnn 0000 dddd 0000 wwww", ssat16,  "A8.8.194"),
    wide("sbfx rd, rn, bits",              "1111 0011 0100 nnnn 0lll dddd ll0w wwww", sbfx,    "A8.8.164"),
    wide("bfi rd, rn, bits",               "1111 0011 0110 nnnn 0lll dddd ll0u uuuu", bfi,     "A8.8.20"),
    wide("bfc rd, bits",                   "1111 0011 0110 1111 0lll dddd ll0u uuuu", bfc,     "A8.8.19"),
    wide("usat rd, unsigned_limits, rn",   "1111 0011 10k0 nnnn 0aaa dddd aa0w wwww", usat,    "A8.8.266"),
    wide("usat16 rd, unsigned_limits, rn", "1111 0011 1010 nnnn 0000 dddd 0000 wwww", usat16,  "A8.8.267"),
    wide("ubfx rd, rn, bits",              "1111 0011 1100 nnnn 0lll dddd ll0w wwww", ubfx,    "A8.8.246"),
]
REGISTERS = [
    wide("sxtah rd, rn, rm, rotation",     "1111 1010 0000 nnnn 1111 dddd 10rr mmmm", sxtah,   "A8.8.232"),
    wide("sxth rd, rm, rotation",          "1111 1010 0000 1111 1111 dddd 10rr mmmm", sxth,    "A8.8.235"),
    wide("uxtah rd, rn, rm, rotation",     "1111 1010 0001 nnnn 1111 dddd 10rr mmmm", uxtah,   "A8.8.273"),
    wide("uxth rd, rm, rotation",          "1111 1010 0001 1111 1111 dddd 10rr mmmm", uxth,    "A8.8.276"),
    wide("sxtab16 rd, rn, rm, rotation",   "1111 1010 0010 nnnn 1111 dddd 10rr mmmm", sxtab16, "A8.8.231"),
    wide("sxtb16 rd, rm, rotation",        "1111 1010 0010 1111 1111 dddd 10rr mmmm", sxtb16,  "A8.8.234"),
    wide("uxtab16 rd, rn, rm, rotation",   "1111 1010 0011 nnnn 1111 dddd 10rr mmmm", uxtab16, "A8.8.272"),
    wide("uxtb16 rd, rm, rotation",        "1111 1010 0011 1111 1111 dddd 10rr mmmm", uxtb16,  "A8.8.275"),
    wide("sxtab rd, rn, rm, rotation",     "1111 1010 0100 nnnn 1111 dddd 10rr mmmm", sxtab,   "A8.8.230"),
    wide("sxtb rd, rm, rotation",          "1111 1010 0100 1111 1111 dddd 10rr mmmm", sxtb,    "A8.8.233"),
    wide("uxtab rd, rn, rm, rotation",     "1111 1010 0101 nnnn 1111 dddd 10rr mmmm", uxtab,   "A8.8.271"),
    wide("uxtb rd, rm, rotation",          "1111 1010 0101 1111 1111 dddd 10rr mmmm", uxtb,    "A8.8.274"),
    wide("qadd rd, rm, rn",                "1111 1010 1000 nnnn 1111 dddd 1000 mmmm", qadd,    "A8.8.134"),
    wide("qdadd rd, rm, rn",               "1111 1010 1000 nnnn 1111 dddd 1001 mmmm", qdadd,   "A8.8.138"),
    wide("qsub rd, rm, rn",                "1111 1010 1000 nnnn 1111 dddd 1010 mmmm", qsub,    "A8.8.141"),
    wide("qdsub rd, rm, rn",               "1111 1010 1000 nnnn 1111 dddd 1011 mmmm", qdsub,   "A8.8.139"),
    wide("rev rd, rm",                     "1111 1010 1001 yyyy 1111 dddd 1000 mmmm", rev,     "A8.8.145"),
    wide("rev16 rd, rm",                   "1111 1010 1001 yyyy 1111 dddd 1001 mmmm", rev16,   "A8.8.146"),
    wide("rbit rd, rm",                    "1111 1010 1001 yyyy 1111 dddd 1010 mmmm", rbit,    "A8.8.144"),
    wide("revsh rd, rm",                   "1111 1010 1001 yyyy 1111 dddd 1011 mmmm", revsh,   "A8.8.147"),
    wide("sel rd, rn, rm",                 "1111 1010 1010 nnnn 1111 dddd 1000 mmmm", sel,     "A8.8.166"),
    wide("clz rd, rm",                     "1111 1010 1011 yyyy 1111 dddd 1000 mmmm", clz,     "A8.8.33"),
]
MULTIPLY = [
    wide("mla rd, rn, rm, ra",       "1111 1011 0000 nnnn aaaa dddd 0000 mmmm", mla,    "A8.8.100"),
    wide("mul rd, rn, rm",           "1111 1011 0000 nnnn 1111 dddd 0000 mmmm", mul,    "A8.8.114"),
    wide("mls rd, rn, rm, ra",       "1111 1011 0000 nnnn aaaa dddd 0001 mmmm", mls,    "A8.8.101"),
    wide("smlad{X} rd, rn, rm, ra",  "1111 1011 0010 nnnn aaaa dddd 000X mmmm", smlad,  "A8.8.177"),
    wide("smuad{X} rd, rn, rm",      "1111 1011 0010 nnnn 1111 dddd 000X mmmm", smuad,  "A8.8.187"),
    wide("smlsd{X} rd, rn, rm, ra",  "1111 1011 0100 nnnn aaaa dddd 000X mmmm", smlsd,  "A8.8.182"),
    wide("smusd{X} rd, rn, rm",      "1111 1011 0100 nnnn 1111 dddd 000X mmmm", smusd,  "A8.8.191"),
    wide("smmla{R} rd, rn, rm, ra",  "1111 1011 0101 nnnn aaaa dddd 000R mmmm", smmla,  "A8.8.184"),
    wide("smmul{R} rd, rn, rm",      "1111 1011 0101 nnnn 1111 dddd 000R mmmm", smmul,  "A8.8.186"),
    wide("smmls{R} rd, rn, rm, ra",  "1111 1011 0110 nnnn aaaa dddd 000R mmmm", smmls,  "A8.8.185"),
    wide("usada8 rd, rn, rm, ra",    "1111 1011 0111 nnnn aaaa dddd 0000 mmmm", usada8, "A8.8.265"),
    wide("usad8 rd, rn, rm",         "1111 1011 0111 nnnn 1111 dddd 0000 mmmm", usad8,  "A8.8.264"),
    wide("smull rd_long, rn, rm",    "1111 1011 1000 nnnn llll hhhh 0000 mmmm", smull,  "A8.8.189"),
    wide("sdiv rd, rn, rm",          "1111 1011 1001 nnnn 1111 dddd 1111 mmmm", sdiv,   "A8.8.165", requires="divide"),
    wide("umull rd_long, rn, rm",    "1111 1011 1010 nnnn llll hhhh 0000 mmmm", umull,  "A8.8.257"),
    wide("udiv rd, rn, rm",          "1111 1011 1011 nnnn 1111 dddd 1111 mmmm", udiv,   "A8.8.248", requires="divide"),
    wide("smlal rd_long, rn, rm",    "1111 1011 1100 nnnn llll hhhh 0000 mmmm", smlal,  "A8.8.178"),
    wide("smlald{X} rd_long, rn, rm", "1111 1011 1100 nnnn llll hhhh 110X mmmm", smlald, "A8.8.180"),
    wide("smlsld{X} rd_long, rn, rm", "1111 1011 1101 nnnn llll hhhh 110X mmmm", smlsld, "A8.8.183"),
    wide("umlal rd_long, rn, rm",    "1111 1011 1110 nnnn llll hhhh 0000 mmmm", umlal,  "A8.8.256"),
    wide("umaal rd_long, rn, rm",    "1111 1011 1110 nnnn llll hhhh 0110 mmmm", umaal,  "A8.8.255"),
]
# fmt: on
ROWS = [
    *NARROW,
    *FIELDS,
    *REGISTERS,
    *MULTIPLY,
    *(in_parallel(flavour, operation) for flavour, operation in product(FLAVOURS, OPERATIONS)),
    *(one for x, y in product((0, 1), repeat=2) for one in of_halves(x, y)),
]

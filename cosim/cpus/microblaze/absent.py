"""Encodings that are known by name only: units that this core does not have.

They require options that nothing turns on, so executing one is an illegal opcode, which the report
calls by its name.
"""

from __future__ import annotations

from functools import partial

from cosim.cpus.isa.machine import Machine
from cosim.cpus.microblaze.operands import row

FPU = "fpu"
STREAMS = "streams"
EXTENDED_ADDRESSES = "extended_addresses"
ABSENT = {
    FPU: "the floating-point unit",
    STREAMS: "the stream links",
    EXTENDED_ADDRESSES: "extended addressing",
}


def absent(m: Machine) -> None:
    m.trap("absent unit")


fpu = partial(row, semantics=absent, guard="dabf", requires=FPU)
stream = partial(row, semantics=absent, guard="dabf", requires=STREAMS)
extended = partial(row, semantics=absent, guard="dabf", requires=EXTENDED_ADDRESSES)

# fmt: off
ROWS = [
    fpu("fadd rd, ra, rb",                "010110 ddddd aaaaa bbbbb 00000000000",  section="fadd"),
    fpu("frsub rd, ra, rb",               "010110 ddddd aaaaa bbbbb 00010000000",  section="frsub"),
    fpu("fmul rd, ra, rb",                "010110 ddddd aaaaa bbbbb 00100000000",  section="fmul"),
    fpu("fdiv rd, ra, rb",                "010110 ddddd aaaaa bbbbb 00110000000",  section="fdiv"),
    fpu("fcmp.un rd, ra, rb",             "010110 ddddd aaaaa bbbbb 01000000000",  section="fcmp"),
    fpu("fcmp.lt rd, ra, rb",             "010110 ddddd aaaaa bbbbb 01000010000",  section="fcmp"),
    fpu("fcmp.eq rd, ra, rb",             "010110 ddddd aaaaa bbbbb 01000100000",  section="fcmp"),
    fpu("fcmp.le rd, ra, rb",             "010110 ddddd aaaaa bbbbb 01000110000",  section="fcmp"),
    fpu("fcmp.gt rd, ra, rb",             "010110 ddddd aaaaa bbbbb 01001000000",  section="fcmp"),
    fpu("fcmp.ne rd, ra, rb",             "010110 ddddd aaaaa bbbbb 01001010000",  section="fcmp"),
    fpu("fcmp.ge rd, ra, rb",             "010110 ddddd aaaaa bbbbb 01001100000",  section="fcmp"),
    fpu("flt rd, ra",                     "010110 ddddd aaaaa 00000 01010000000",  section="flt"),
    fpu("fint rd, ra",                    "010110 ddddd aaaaa 00000 01100000000",  section="fint"),
    fpu("fsqrt rd, ra",                   "010110 ddddd aaaaa 00000 01110000000",  section="fsqrt"),

    stream("{T}{N}{E}{C}{A}get rd, link", "011011 ddddd 00000 0NCTAE 000000 ffff", section="get"),
    stream("{N}{C}{A}put ra, link",       "011011 00000 aaaaa 1NC0A0 000000 ffff", section="put"),
    stream("t{N}{C}{A}put link",          "011011 00000 00000 1NC1A0 000000 ffff", section="put"),
    stream("{T}{N}{E}{C}{A}getd rd, rb",  "010011 ddddd 00000 bbbbb 0NCTAE 00000", section="getd"),
    stream("{N}{C}{A}putd ra, rb",        "010011 00000 aaaaa bbbbb 1NC0A0 00000", section="putd"),
    stream("t{N}{C}{A}putd rb",           "010011 00000 00000 bbbbb 1NC1A0 00000", section="putd"),

    extended("lbuea rd, ra, rb",          "110000 ddddd aaaaa bbbbb 00010000000",  section="lbu"),
    extended("lhuea rd, ra, rb",          "110001 ddddd aaaaa bbbbb 00010000000",  section="lhu"),
    extended("lwea rd, ra, rb",           "110010 ddddd aaaaa bbbbb 00010000000",  section="lw"),
    extended("sbea rd, ra, rb",           "110100 ddddd aaaaa bbbbb 00010000000",  section="sb"),
    extended("shea rd, ra, rb",           "110101 ddddd aaaaa bbbbb 00010000000",  section="sh"),
    extended("swea rd, ra, rb",           "110110 ddddd aaaaa bbbbb 00010000000",  section="sw"),
    extended("wdc.clear.ea ra, rb",       "100100 00000 aaaaa bbbbb 00011100110",  section="wdc"),
]
# fmt: on

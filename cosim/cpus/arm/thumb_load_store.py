"""T32 loads and stores: single, pairs, exclusive, multiple; preload hints (A6.2.4, A6.3.5-A6.3.10)."""

# ruff: noqa: E501  one instruction per line
from __future__ import annotations

from cosim.cpus.arm.load_store import (
    ldr,
    ldrb,
    ldrbt,
    ldrd,
    ldrexb,
    ldrexd,
    ldrexh,
    ldrh,
    ldrht,
    ldrsb,
    ldrsbt,
    ldrsh,
    ldrsht,
    ldrt,
    preload,
    preload_register,
    str_,
    strb,
    strbt,
    strd,
    strexb,
    strexd,
    strexh,
    strh,
    strht,
    strt,
)
from cosim.cpus.arm.load_store_multiple import ORDERS, Registers, ldm, rfe, srs, stm
from cosim.cpus.arm.registers import SP
from cosim.cpus.arm.thumb_rows import Place, narrow, wide
from cosim.cpus.isa.machine import Machine, Value

BY_SUFFIX = {order.suffix: order for order in ORDERS}
UP, DOWN = BY_SUFFIX[""], BY_SUFFIX["db"]
load_up, load_down, store_up, store_down = ldm(UP), ldm(DOWN), stm(UP), stm(DOWN)


def ldrex(m: Machine, rt: Value, rn: Value, ahead: Value) -> None:
    m.set(rt, m.load_exclusive(m.add(m.get(rn), ahead), 4))


def strex(m: Machine, status: Value, rt: Value, rn: Value, ahead: Value) -> None:
    m.set(status, m.store_exclusive(m.add(m.get(rn), ahead), m.get(rt), 4))


def push(m: Machine, registers: Registers) -> None:
    store_down(m, 1, SP, registers)


def pop(m: Machine, loaded: Registers) -> None:
    load_up(m, 1, SP, loaded)


def store_low(m: Machine, rn: Value, registers: Registers) -> None:
    store_up(m, 1, rn, registers)


LAST = Place.LAST
NOT_PC = {"n": 15}
NEITHER_PC = {"n": 15, "t": 15}

# fmt: off
NARROW = [
    narrow("ldr rt, literal",      "01001 ttt qqqqqqqq",    ldr,   "A8.8.64"),
    narrow("str rt, address",      "0101000 mmm nnn ttt",   str_,  "A8.8.205"),
    narrow("strh rt, address",     "0101001 mmm nnn ttt",   strh,  "A8.8.218"),
    narrow("strb rt, address",     "0101010 mmm nnn ttt",   strb,  "A8.8.208"),
    narrow("ldrsb rt, address",    "0101011 mmm nnn ttt",   ldrsb, "A8.8.86"),
    narrow("ldr rt, address",      "0101100 mmm nnn ttt",   ldr,   "A8.8.65"),
    narrow("ldrh rt, address",     "0101101 mmm nnn ttt",   ldrh,  "A8.8.82"),
    narrow("ldrb rt, address",     "0101110 mmm nnn ttt",   ldrb,  "A8.8.70"),
    narrow("ldrsh rt, address",    "0101111 mmm nnn ttt",   ldrsh, "A8.8.90"),
    narrow("str rt, address",      "01100 wwwww nnn ttt",   str_,  "A8.8.203"),
    narrow("ldr rt, address",      "01101 wwwww nnn ttt",   ldr,   "A8.8.62"),
    narrow("strb rt, address",     "01110 iiiii nnn ttt",   strb,  "A8.8.206"),
    narrow("ldrb rt, address",     "01111 iiiii nnn ttt",   ldrb,  "A8.8.67"),
    narrow("strh rt, address",     "10000 hhhhh nnn ttt",   strh,  "A8.8.216"),
    narrow("ldrh rt, address",     "10001 hhhhh nnn ttt",   ldrh,  "A8.8.79"),
    narrow("str rt, address",      "10010 ttt wwwwwwww",    str_,  "A8.8.203"),
    narrow("ldr rt, address",      "10011 ttt wwwwwwww",    ldr,   "A8.8.62"),
    narrow("push registers",       "1011010 x llllllll",    push,  "A8.8.133"),
    narrow("pop loaded",           "1011110 0 llllllll",    pop,   "A8.8.131"),
    narrow("pop loaded",           "1011110 1 pppppppp",    pop,   "A8.8.131", place=LAST),
    narrow("stm rn, registers",    "11000 nnn llllllll",    store_low, "A8.8.199"),
    narrow("ldm rn, loaded",       "11001 nnn llllllll",    load_up,   "A8.8.57"),
]
MULTIPLE = [
    wide("srsdb mode",             "1110 1000 00W0 1101 1100 0000 000M MMMM", srs(DOWN),  "B9.3.15"),
    wide("rfedb rn",               "1110 1000 00W1 NNNN 1100 0000 0000 0000", rfe(DOWN),  "B9.3.13", place=LAST, restores_state=True),
    wide("stm rn, registers",      "1110 1000 10W0 NNNN 0l0l llll llll llll", store_up,   "A8.8.199"),
    wide("ldm rn, loaded",         "1110 1000 10W1 NNNN 0l0l llll llll llll", load_up,    "A8.8.57"),
    wide("ldm rn, loaded",         "1110 1000 10W1 NNNN 100p pppp pppp pppp", load_up,    "A8.8.57", place=LAST),
    wide("stmdb rn, registers",    "1110 1001 00W0 NNNN 0l0l llll llll llll", store_down, "A8.8.201"),
    wide("ldmdb rn, loaded",       "1110 1001 00W1 NNNN 0l0l llll llll llll", load_down,  "A8.8.60"),
    wide("ldmdb rn, loaded",       "1110 1001 00W1 NNNN 100p pppp pppp pppp", load_down,  "A8.8.60", place=LAST),
    wide("srs mode",               "1110 1001 10W0 1101 1100 0000 000M MMMM", srs(UP),    "B9.3.15"),
    wide("rfe rn",                 "1110 1001 10W1 NNNN 1100 0000 0000 0000", rfe(UP),    "B9.3.13", place=LAST, restores_state=True),
]
PAIRS = [
    wide("strd pair, address",     "1110 100P U1W0 nnnn tttt ssss iiii iiii", strd,   "A8.8.210"),
    wide("ldrd pair, address",     "1110 100P U1W1 nnnn tttt eeee iiii iiii", ldrd,   "A8.8.72", unless=NOT_PC),
    wide("ldrd pair, literal",     "1110 1001 U101 1111 tttt eeee iiii iiii", ldrd,   "A8.8.73"),
    wide("strex rd, rt, address",  "1110 1000 0100 NNNN tttt dddd wwww wwww", strex,  "A8.8.212"),
    wide("ldrex rt, address",      "1110 1000 0101 NNNN tttt 1111 wwww wwww", ldrex,  "A8.8.75"),
    wide("strexb rd, rt, rn",      "1110 1000 1100 NNNN tttt 1111 0100 dddd", strexb, "A8.8.213"),
    wide("strexh rd, rt, rn",      "1110 1000 1100 NNNN tttt 1111 0101 dddd", strexh, "A8.8.215"),
    wide("strexd rd, pair, rn",    "1110 1000 1100 NNNN tttt ssss 0111 dddd", strexd, "A8.8.214"),
    wide("ldrexb rt, rn",          "1110 1000 1101 NNNN tttt 1111 0100 1111", ldrexb, "A8.8.76"),
    wide("ldrexh rt, rn",          "1110 1000 1101 NNNN tttt 1111 0101 1111", ldrexh, "A8.8.78"),
    wide("ldrexd pair, rn",        "1110 1000 1101 NNNN tttt eeee 0111 1111", ldrexd, "A8.8.77"),
]
STORES = [
    wide("strb rt, address",       "1111 1000 0000 nnnn tttt 1PUW iiii iiii", strb,   "A8.8.206", unless=NOT_PC),
    wide("strbt rt, address",      "1111 1000 0000 nnnn tttt 1110 iiii iiii", strbt,  "A8.8.209", unless=NOT_PC),
    wide("strb rt, address",       "1111 1000 0000 nnnn tttt 0000 00aa mmmm", strb,   "A8.8.208", unless=NOT_PC),
    wide("strh rt, address",       "1111 1000 0010 nnnn tttt 1PUW iiii iiii", strh,   "A8.8.216", unless=NOT_PC),
    wide("strht rt, address",      "1111 1000 0010 nnnn tttt 1110 iiii iiii", strht,  "A8.8.219", unless=NOT_PC),
    wide("strh rt, address",       "1111 1000 0010 nnnn tttt 0000 00aa mmmm", strh,   "A8.8.218", unless=NOT_PC),
    wide("str rt, address",        "1111 1000 0100 nnnn tttt 1PUW iiii iiii", str_,   "A8.8.203", unless=NOT_PC),
    wide("strt rt, address",       "1111 1000 0100 nnnn tttt 1110 iiii iiii", strt,   "A8.8.220", unless=NOT_PC),
    wide("str rt, address",        "1111 1000 0100 nnnn tttt 0000 00aa mmmm", str_,   "A8.8.205", unless=NOT_PC),
    wide("strb rt, address",       "1111 1000 1000 nnnn tttt iiii iiii iiii", strb,   "A8.8.206", unless=NOT_PC),
    wide("strh rt, address",       "1111 1000 1010 nnnn tttt iiii iiii iiii", strh,   "A8.8.216", unless=NOT_PC),
    wide("str rt, address",        "1111 1000 1100 nnnn tttt iiii iiii iiii", str_,   "A8.8.203", unless=NOT_PC),
]
LOADS = [
    wide("ldrb rt, address",       "1111 1000 0001 nnnn tttt 1PUW iiii iiii", ldrb,   "A8.8.67",  unless=NOT_PC),
    wide("ldrbt rt, address",      "1111 1000 0001 nnnn tttt 1110 iiii iiii", ldrbt,  "A8.8.71",  unless=NOT_PC),
    wide("ldrb rt, address",       "1111 1000 0001 nnnn tttt 0000 00aa mmmm", ldrb,   "A8.8.70",  unless=NOT_PC),
    wide("ldrb rt, address",       "1111 1000 1001 nnnn tttt iiii iiii iiii", ldrb,   "A8.8.67",  unless=NOT_PC),
    wide("ldrb rt, literal",       "1111 1000 U001 1111 tttt iiii iiii iiii", ldrb,   "A8.8.69"),
    wide("ldrh rt, address",       "1111 1000 0011 nnnn tttt 1PUW iiii iiii", ldrh,   "A8.8.79",  unless=NOT_PC),
    wide("ldrht rt, address",      "1111 1000 0011 nnnn tttt 1110 iiii iiii", ldrht,  "A8.8.83",  unless=NOT_PC),
    wide("ldrh rt, address",       "1111 1000 0011 nnnn tttt 0000 00aa mmmm", ldrh,   "A8.8.82",  unless=NOT_PC),
    wide("ldrh rt, address",       "1111 1000 1011 nnnn tttt iiii iiii iiii", ldrh,   "A8.8.79",  unless=NOT_PC),
    wide("ldrh rt, literal",       "1111 1000 U011 1111 tttt iiii iiii iiii", ldrh,   "A8.8.81"),
    wide("ldr rt, address",        "1111 1000 0101 nnnn tttt 1PUW iiii iiii", ldr,    "A8.8.62",  unless=NOT_PC),
    wide("ldr pc, address",        "1111 1000 0101 nnnn 1111 1PUW iiii iiii", ldr,    "A8.8.62",  unless=NOT_PC, place=LAST),
    wide("ldrt rt, address",       "1111 1000 0101 nnnn tttt 1110 iiii iiii", ldrt,   "A8.8.92",  unless=NEITHER_PC),
    wide("ldr rt, address",        "1111 1000 0101 nnnn tttt 0000 00aa mmmm", ldr,    "A8.8.65",  unless=NOT_PC),
    wide("ldr pc, address",        "1111 1000 0101 nnnn 1111 0000 00aa mmmm", ldr,    "A8.8.65",  unless=NOT_PC, place=LAST),
    wide("ldr rt, address",        "1111 1000 1101 nnnn tttt iiii iiii iiii", ldr,    "A8.8.62",  unless=NOT_PC),
    wide("ldr pc, address",        "1111 1000 1101 nnnn 1111 iiii iiii iiii", ldr,    "A8.8.62",  unless=NOT_PC, place=LAST),
    wide("ldr rt, literal",        "1111 1000 U101 1111 tttt iiii iiii iiii", ldr,    "A8.8.64"),
    wide("ldr pc, literal",        "1111 1000 U101 1111 1111 iiii iiii iiii", ldr,    "A8.8.64",  place=LAST),
    wide("ldrsb rt, address",      "1111 1001 0001 nnnn tttt 1PUW iiii iiii", ldrsb,  "A8.8.84",  unless=NOT_PC),
    wide("ldrsbt rt, address",     "1111 1001 0001 nnnn tttt 1110 iiii iiii", ldrsbt, "A8.8.87",  unless=NOT_PC),
    wide("ldrsb rt, address",      "1111 1001 0001 nnnn tttt 0000 00aa mmmm", ldrsb,  "A8.8.86",  unless=NOT_PC),
    wide("ldrsb rt, address",      "1111 1001 1001 nnnn tttt iiii iiii iiii", ldrsb,  "A8.8.84",  unless=NOT_PC),
    wide("ldrsb rt, literal",      "1111 1001 U001 1111 tttt iiii iiii iiii", ldrsb,  "A8.8.85"),
    wide("ldrsh rt, address",      "1111 1001 0011 nnnn tttt 1PUW iiii iiii", ldrsh,  "A8.8.88",  unless=NOT_PC),
    wide("ldrsht rt, address",     "1111 1001 0011 nnnn tttt 1110 iiii iiii", ldrsht, "A8.8.91",  unless=NOT_PC),
    wide("ldrsh rt, address",      "1111 1001 0011 nnnn tttt 0000 00aa mmmm", ldrsh,  "A8.8.90",  unless=NOT_PC),
    wide("ldrsh rt, address",      "1111 1001 1011 nnnn tttt iiii iiii iiii", ldrsh,  "A8.8.88",  unless=NOT_PC),
    wide("ldrsh rt, literal",      "1111 1001 U011 1111 tttt iiii iiii iiii", ldrsh,  "A8.8.89"),
]
HINTS = [
    wide("pld address",            "1111 1000 1001 nnnn 1111 iiii iiii iiii", preload,      "A8.8.126", unless=NOT_PC, guard="ni"),
    wide("pldw address",           "1111 1000 1011 nnnn 1111 iiii iiii iiii", preload,      "A8.8.126", unless=NOT_PC, guard="ni"),
    wide("pld address",            "1111 1000 0001 nnnn 1111 1100 iiii iiii", preload,      "A8.8.126", unless=NOT_PC, guard="ni"),
    wide("pldw address",           "1111 1000 0011 nnnn 1111 1100 iiii iiii", preload,      "A8.8.126", unless=NOT_PC, guard="ni"),
    wide("pld literal",            "1111 1000 U001 1111 1111 iiii iiii iiii", preload,      "A8.8.127", guard="Ui"),
    wide("pld address",            "1111 1000 0001 nnnn 1111 0000 00aa mmmm", preload_register, "A8.8.128", unless=NOT_PC, guard="na"),
    wide("pldw address",           "1111 1000 0011 nnnn 1111 0000 00aa mmmm", preload_register, "A8.8.128", unless=NOT_PC, guard="na"),
    wide("pli address",            "1111 1001 1001 nnnn 1111 iiii iiii iiii", preload,      "A8.8.129", unless=NOT_PC, guard="ni"),
    wide("pli address",            "1111 1001 0001 nnnn 1111 1100 iiii iiii", preload,      "A8.8.129", unless=NOT_PC, guard="ni"),
    wide("pli literal",            "1111 1001 U001 1111 1111 iiii iiii iiii", preload,      "A8.8.129", guard="Ui"),
    wide("pli address",            "1111 1001 0001 nnnn 1111 0000 00aa mmmm", preload_register, "A8.8.130", unless=NOT_PC, guard="na"),
]
# fmt: on
ROWS = NARROW + MULTIPLE + PAIRS + STORES + LOADS + HINTS

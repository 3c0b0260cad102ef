"""T32 data processing: 16-bit and 32-bit encodings (A6.2.1-A6.2.3, A6.3.1-A6.3.3, A6.3.11)."""

# ruff: noqa: E501  one instruction per line
from __future__ import annotations

from cosim.cpus.arm.access import ALIGNED_PC, THUMB_PC, read
from cosim.cpus.arm.data_processing import (
    adc,
    add,
    and_,
    bic,
    cmn,
    cmp,
    eor,
    logical,
    mov,
    movt,
    movw,
    mvn,
    orr,
    rsb,
    sbc,
    sub,
    teq,
    tst,
)
from cosim.cpus.arm.multiply import mul
from cosim.cpus.arm.shifts import ASR, LSL, LSR, ROR, ByRegister, Operand2
from cosim.cpus.arm.thumb_rows import Place, flagging, narrow, wide
from cosim.cpus.isa.instruction import Semantics
from cosim.cpus.isa.machine import Machine, Value

orn = logical(lambda m, a, b: m.or_(a, m.not_(b)))


def shift(kind: int) -> Semantics:
    """By the low byte of a register, in place."""

    def semantics(m: Machine, S: int, rn: Value, rm: Value) -> None:
        mov(m, S, rn, ByRegister(kind, rn, rm))

    return semantics


def adr(m: Machine, rd: Value, ahead: Value) -> None:
    m.set(rd, m.add(read(m, ALIGNED_PC), ahead))


# Into the PC a result is a branch that stays in Thumb state (A2.3.2: ALUWritePC).


def branch_to(m: Machine, target: Value) -> None:
    m.branch(m.and_(target, m.const(0xFFFF_FFFE)))


def mov_pc(m: Machine, op2: Operand2) -> None:
    branch_to(m, op2.value(m))


def add_pc(m: Machine, op2: Operand2) -> None:
    branch_to(m, m.add(read(m, THUMB_PC), op2.value(m)))


LAST, OUTSIDE = Place.LAST, Place.OUTSIDE
NOT_PC = {"d": 15, "D": 15}

# fmt: off
NARROW = [
    flagging("movs rd, rm",           "00000 00000 mmm ddd",     mov,        "A8.8.103", place=OUTSIDE),
    flagging("movs rd, op2",          "000 kk aaaaa mmm ddd",    mov,        "A8.8.94"),
    flagging("adds rd, rn, rm",       "0001100 mmm nnn ddd",     add,        "A8.8.6"),
    flagging("subs rd, rn, rm",       "0001101 mmm nnn ddd",     sub,        "A8.8.223"),
    flagging("adds rd, rn, imm",      "0001110 jjj nnn ddd",     add,        "A8.8.4"),
    flagging("subs rd, rn, imm",      "0001111 jjj nnn ddd",     sub,        "A8.8.221"),
    flagging("movs rd, imm",          "00100 ddd jjjjjjjj",      mov,        "A8.8.102"),
    narrow("cmp rn, imm",             "00101 nnn jjjjjjjj",      cmp,        "A8.8.37"),
    flagging("adds rd, imm",          "00110 ddd jjjjjjjj",      add,        "A8.8.4"),
    flagging("subs rd, imm",          "00111 ddd jjjjjjjj",      sub,        "A8.8.221"),
    flagging("ands rd, rm",           "010000 0000 mmm ddd",     and_,       "A8.8.14"),
    flagging("eors rd, rm",           "010000 0001 mmm ddd",     eor,        "A8.8.47"),
    flagging("lsls rd, rm",           "010000 0010 mmm ddd",     shift(LSL), "A8.8.95"),
    flagging("lsrs rd, rm",           "010000 0011 mmm ddd",     shift(LSR), "A8.8.97"),
    flagging("asrs rd, rm",           "010000 0100 mmm ddd",     shift(ASR), "A8.8.17"),
    flagging("adcs rd, rm",           "010000 0101 mmm ddd",     adc,        "A8.8.2"),
    flagging("sbcs rd, rm",           "010000 0110 mmm ddd",     sbc,        "A8.8.162"),
    flagging("rors rd, rm",           "010000 0111 mmm ddd",     shift(ROR), "A8.8.150"),
    narrow("tst rn, rm",              "010000 1000 mmm nnn",     tst,        "A8.8.241"),
    flagging("rsbs rd, rn",           "010000 1001 nnn ddd",     rsb,        "A8.8.152"),
    narrow("cmp rn, rm",              "010000 1010 mmm nnn",     cmp,        "A8.8.38"),
    narrow("cmn rn, rm",              "010000 1011 mmm nnn",     cmn,        "A8.8.35"),
    flagging("orrs rd, rm",           "010000 1100 mmm ddd",     orr,        "A8.8.123"),
    flagging("muls rd, rm",           "010000 1101 mmm ddd",     mul,        "A8.8.114"),
    flagging("bics rd, rm",           "010000 1110 mmm ddd",     bic,        "A8.8.22"),
    flagging("mvns rd, rm",           "010000 1111 mmm ddd",     mvn,        "A8.8.116"),
    narrow("add rd, rm",              "01000100 X MMMM XXX",     add,        "A8.8.6"),
    narrow("add pc, rm",              "01000100 1 EEEE 111",     add_pc,     "A8.8.6",   place=LAST),
    narrow("cmp rn, rm",              "01000101 N MMMM NNN",     cmp,        "A8.8.38"),
    narrow("mov rd, rm",              "01000110 X MMMM XXX",     mov,        "A8.8.103"),
    narrow("mov pc, rm",              "01000110 1 MMMM 111",     mov_pc,     "A8.8.103", place=LAST),
    narrow("adr rd, label",           "10100 ddd wwwwwwww",      adr,        "A8.8.12"),
    narrow("add rd, sp, imm",         "10101 DDD wwwwwwww",      add,        "A8.8.9"),
    narrow("add sp, imm",             "10110000 0 wwwwwww",      add,        "A8.8.9"),
    narrow("sub sp, imm",             "10110000 1 wwwwwww",      sub,        "A8.8.225"),
]
SHIFTED_REGISTER = [
    wide("and{S} rd, rn, op2",        "1110 1010 000S nnnn 0aaa dddd aakk mmmm", and_, "A8.8.14"),
    wide("tst rn, op2",               "1110 1010 0001 nnnn 0aaa 1111 aakk mmmm", tst,  "A8.8.241"),
    wide("bic{S} rd, rn, op2",        "1110 1010 001S nnnn 0aaa dddd aakk mmmm", bic,  "A8.8.22"),
    wide("orr{S} rd, rn, op2",        "1110 1010 010S nnnn 0aaa dddd aakk mmmm", orr,  "A8.8.123"),
    wide("mov{S} rd, op2",            "1110 1010 010S 1111 0aaa dddd aakk mmmm", mov,  "A8.8.94"),
    wide("mov rd, rm",                "1110 1010 0100 1111 0000 DDDD 0000 MMMM", mov,  "A8.8.103"),
    wide("orn{S} rd, rn, op2",        "1110 1010 011S nnnn 0aaa dddd aakk mmmm", orn,  "A8.8.121"),
    wide("mvn{S} rd, op2",            "1110 1010 011S 1111 0aaa dddd aakk mmmm", mvn,  "A8.8.116"),
    wide("eor{S} rd, rn, op2",        "1110 1010 100S nnnn 0aaa dddd aakk mmmm", eor,  "A8.8.47"),
    wide("teq rn, op2",               "1110 1010 1001 nnnn 0aaa 1111 aakk mmmm", teq,  "A8.8.238"),
    wide("add{S} rd, rn, op2",        "1110 1011 000S nnnn 0aaa dddd aakk mmmm", add,  "A8.8.6",   unless=NOT_PC),
    wide("add{S} rd, sp, op2",        "1110 1011 000S 1101 0aaa DDDD aakk mmmm", add,  "A8.8.10",  unless=NOT_PC),
    wide("cmn rn, op2",               "1110 1011 0001 NNNN 0aaa 1111 aakk mmmm", cmn,  "A8.8.35"),
    wide("adc{S} rd, rn, op2",        "1110 1011 010S nnnn 0aaa dddd aakk mmmm", adc,  "A8.8.2"),
    wide("sbc{S} rd, rn, op2",        "1110 1011 011S nnnn 0aaa dddd aakk mmmm", sbc,  "A8.8.162"),
    wide("sub{S} rd, rn, op2",        "1110 1011 101S nnnn 0aaa dddd aakk mmmm", sub,  "A8.8.223", unless=NOT_PC),
    wide("sub{S} rd, sp, op2",        "1110 1011 101S 1101 0aaa DDDD aakk mmmm", sub,  "A8.8.226", unless=NOT_PC),
    wide("cmp rn, op2",               "1110 1011 1011 NNNN 0aaa 1111 aakk mmmm", cmp,  "A8.8.38"),
    wide("rsb{S} rd, rn, op2",        "1110 1011 110S nnnn 0aaa dddd aakk mmmm", rsb,  "A8.8.153"),
]
MODIFIED_IMMEDIATE = [
    wide("and{S} rd, rn, imm",        "1111 0i00 000S nnnn 0iii dddd iiii iiii", and_, "A8.8.13"),
    wide("tst rn, imm",               "1111 0i00 0001 nnnn 0iii 1111 iiii iiii", tst,  "A8.8.240"),
    wide("bic{S} rd, rn, imm",        "1111 0i00 001S nnnn 0iii dddd iiii iiii", bic,  "A8.8.21"),
    wide("orr{S} rd, rn, imm",        "1111 0i00 010S nnnn 0iii dddd iiii iiii", orr,  "A8.8.122"),
    wide("mov{S} rd, imm",            "1111 0i00 010S 1111 0iii dddd iiii iiii", mov,  "A8.8.102"),
    wide("orn{S} rd, rn, imm",        "1111 0i00 011S nnnn 0iii dddd iiii iiii", orn,  "A8.8.120"),
    wide("mvn{S} rd, imm",            "1111 0i00 011S 1111 0iii dddd iiii iiii", mvn,  "A8.8.115"),
    wide("eor{S} rd, rn, imm",        "1111 0i00 100S nnnn 0iii dddd iiii iiii", eor,  "A8.8.46"),
    wide("teq rn, imm",               "1111 0i00 1001 nnnn 0iii 1111 iiii iiii", teq,  "A8.8.237"),
    wide("add{S} rd, rn, imm",        "1111 0i01 000S nnnn 0iii dddd iiii iiii", add,  "A8.8.4",   unless=NOT_PC),
    wide("add{S} rd, sp, imm",        "1111 0i01 000S 1101 0iii DDDD iiii iiii", add,  "A8.8.9",   unless=NOT_PC),
    wide("cmn rn, imm",               "1111 0i01 0001 NNNN 0iii 1111 iiii iiii", cmn,  "A8.8.34"),
    wide("adc{S} rd, rn, imm",        "1111 0i01 010S nnnn 0iii dddd iiii iiii", adc,  "A8.8.1"),
    wide("sbc{S} rd, rn, imm",        "1111 0i01 011S nnnn 0iii dddd iiii iiii", sbc,  "A8.8.161"),
    wide("sub{S} rd, rn, imm",        "1111 0i01 101S nnnn 0iii dddd iiii iiii", sub,  "A8.8.221", unless=NOT_PC),
    wide("sub{S} rd, sp, imm",        "1111 0i01 101S 1101 0iii DDDD iiii iiii", sub,  "A8.8.225", unless=NOT_PC),
    wide("cmp rn, imm",               "1111 0i01 1011 NNNN 0iii 1111 iiii iiii", cmp,  "A8.8.37"),
    wide("rsb{S} rd, rn, imm",        "1111 0i01 110S nnnn 0iii dddd iiii iiii", rsb,  "A8.8.152"),
]
PLAIN_IMMEDIATE = [
    wide("addw rd, rn, imm",          "1111 0j10 0000 nnnn 0jjj dddd jjjj jjjj", add,  "A8.8.4"),
    wide("addw rd, sp, imm",          "1111 0j10 0000 1101 0jjj DDDD jjjj jjjj", add,  "A8.8.9"),
    wide("adr rd, label",             "1111 0i10 0000 1111 0iii dddd iiii iiii", adr,  "A8.8.12"),
    wide("movw rd, imm",              "1111 0i10 0100 vvvv 0iii dddd iiii iiii", movw, "A8.8.102"),
    wide("subw rd, rn, imm",          "1111 0j10 1010 nnnn 0jjj dddd jjjj jjjj", sub,  "A8.8.221"),
    wide("subw rd, sp, imm",          "1111 0j10 1010 1101 0jjj DDDD jjjj jjjj", sub,  "A8.8.225"),
    wide("adr rd, label",             "1111 0b10 1010 1111 0bbb dddd bbbb bbbb", adr,  "A8.8.12"),
    wide("movt rd, imm",              "1111 0i10 1100 vvvv 0iii dddd iiii iiii", movt, "A8.8.106"),
]
SHIFTED_BY_REGISTER = [
    wide("mov{S} rd, rm, rs",         "1111 1010 0kkS mmmm 1111 dddd 0000 ssss", mov,  "A8.8.95"),
]
# fmt: on
ROWS = NARROW + SHIFTED_REGISTER + MODIFIED_IMMEDIATE + PLAIN_IMMEDIATE + SHIFTED_BY_REGISTER

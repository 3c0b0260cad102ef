"""Branches, returns and breaks.

A branch with a delay slot leaves its target in the slot `btarget` and the decode context
`DELAY_SLOT`; the instruction set does the branch when the slot is complete (see `instruction_set`).
"""

from __future__ import annotations

from collections.abc import Callable

from cosim.cpus.isa.instruction import Semantics
from cosim.cpus.isa.machine import Machine, Value
from cosim.cpus.microblaze.exceptions import require_handler, reselect
from cosim.cpus.microblaze.operands import row
from cosim.cpus.microblaze.privilege import privileged
from cosim.cpus.microblaze.registers import (
    AFTER_RTBD,
    AFTER_RTED,
    AFTER_RTID,
    BTARGET,
    CONTEXT,
    DELAY_SLOT,
    MSR,
    MSR_BIP,
    MSR_UM,
    MSR_UMS,
    MSR_VM,
    MSR_VMS,
    RESERVATION,
)


def br(m: Machine, rb: int, A: int, D: int) -> None:
    target = m.get(rb)
    _jump(m, target if A else m.add(m.pc, target), D)


def bri(m: Machine, imm: Value, A: int, D: int) -> None:
    _jump(m, imm if A else m.add(m.pc, imm), D)


def _jump(m: Machine, target: Value, delayed: int) -> None:
    if delayed:
        delay(m, target)
    else:
        m.jump(target)


def delay(m: Machine, target: Value, context: int = DELAY_SLOT) -> None:
    """Branch to `target` after the next instruction."""
    m.set(BTARGET, target)
    m.set(CONTEXT, m.const(context))


def brld(m: Machine, rd: int, rb: int, A: int) -> None:
    target = m.get(rb)
    delay(m, target if A else m.add(m.pc, target))
    m.set(rd, m.pc)


def brlid(m: Machine, rd: int, imm: Value, A: int) -> None:
    delay(m, imm if A else m.add(m.pc, imm))
    m.set(rd, m.pc)


def conditional(test: Callable[[Machine, Value], Value]) -> tuple[Semantics, Semantics]:
    """The register and the immediate form of a branch taken if `test` of rA holds."""

    def register(m: Machine, ra: int, rb: int, D: int) -> None:
        _branch_if(m, test(m, m.get(ra)), m.add(m.pc, m.get(rb)), D)

    def immediate(m: Machine, ra: int, imm: Value, D: int) -> None:
        _branch_if(m, test(m, m.get(ra)), m.add(m.pc, imm), D)

    return register, immediate


def _branch_if(m: Machine, taken: Value, target: Value, delayed: int) -> None:
    if delayed:  # a slot is a slot whether or not the branch is taken
        delay(m, m.select(taken, target, m.add(m.pc, m.const(8))))
    else:
        m.when(taken, lambda: m.jump(target))


beq, beqi = conditional(lambda m, a: m.eq(a, m.const(0)))
bne, bnei = conditional(lambda m, a: m.ne(a, m.const(0)))
blt, blti = conditional(lambda m, a: m.slt(a, m.const(0)))
ble, blei = conditional(lambda m, a: m.sle(a, m.const(0)))
bgt, bgti = conditional(lambda m, a: m.slt(m.const(0), a))
bge, bgei = conditional(lambda m, a: m.sle(m.const(0), a))


def rtsd(m: Machine, ra: int, imm: Value) -> None:
    delay(m, m.add(m.get(ra), imm))


def rtid(m: Machine, ra: int, imm: Value) -> None:
    privileged(m)
    delay(m, m.add(m.get(ra), imm), AFTER_RTID)


def rtbd(m: Machine, ra: int, imm: Value) -> None:
    privileged(m)
    delay(m, m.add(m.get(ra), imm), AFTER_RTBD)


def rted(m: Machine, ra: int, imm: Value) -> None:
    privileged(m)
    delay(m, m.add(m.get(ra), imm), AFTER_RTED)


def brk(m: Machine, rd: int, rb: int) -> None:
    privileged(m)
    target = m.get(rb)
    m.set(rd, m.pc)
    m.set(MSR, m.or_(m.get(MSR), m.const(MSR_BIP)))
    m.set(RESERVATION, m.const(0))
    m.branch(target)


def brki(m: Machine, rd: int, vector: int) -> None:
    base = m.config.base_vectors
    if m.config.debug_enabled and vector & 0xFFFF == 0x18:
        vector = 0x18  # whatever imm says
    software_break = vector in (base + 0x08, base + 0x18)
    if software_break:  # allowed in user mode, and leaves it
        m.system(require_handler, m.const(vector))
    else:
        privileged(m)
    msr = m.get(MSR)
    if software_break and m.config.mmu:
        saved = m.and_(msr, m.const(MSR_UM | MSR_VM))
        msr = m.and_(msr, m.const(~(MSR_UM | MSR_UMS | MSR_VM | MSR_VMS)))
        msr = m.or_(msr, m.shl(saved, m.const(1)))
    if vector != 0x18:
        msr = m.or_(msr, m.const(MSR_BIP))
    m.set(rd, m.pc)
    m.set(MSR, msr)
    m.set(RESERVATION, m.const(0))
    if software_break and m.config.mmu:
        m.system(reselect)
    m.branch(m.const(vector))


# fmt: off
ROWS = [
    row("br{A}{D} rb",      "100110 00000 DA000 bbbbb 00000000000", br,    "br"),
    row("br{A}ld rd, rb",   "100110 ddddd 1A100 bbbbb 00000000000", brld,  "br"),
    row("br{A}i{D} imm",    "101110 00000 DA000 iiiiiiiiiiiiiiii",  bri,   "bri"),
    row("br{A}lid rd, imm", "101110 ddddd 1A100 iiiiiiiiiiiiiiii",  brlid, "bri"),
    row("brk rd, rb",       "100110 ddddd 01100 bbbbb 00000000000", brk,   "brk"),
    row("brki rd, imm",     "101110 ddddd 01100 iiiiiiiiiiiiiiii",  brki,  "brki"),
    row("beq{D} ra, rb",    "100111 D0000 aaaaa bbbbb 00000000000", beq,   "beq"),
    row("bne{D} ra, rb",    "100111 D0001 aaaaa bbbbb 00000000000", bne,   "bne"),
    row("blt{D} ra, rb",    "100111 D0010 aaaaa bbbbb 00000000000", blt,   "blt"),
    row("ble{D} ra, rb",    "100111 D0011 aaaaa bbbbb 00000000000", ble,   "ble"),
    row("bgt{D} ra, rb",    "100111 D0100 aaaaa bbbbb 00000000000", bgt,   "bgt"),
    row("bge{D} ra, rb",    "100111 D0101 aaaaa bbbbb 00000000000", bge,   "bge"),
    row("beqi{D} ra, imm",  "101111 D0000 aaaaa iiiiiiiiiiiiiiii",  beqi,  "beqi"),
    row("bnei{D} ra, imm",  "101111 D0001 aaaaa iiiiiiiiiiiiiiii",  bnei,  "bnei"),
    row("blti{D} ra, imm",  "101111 D0010 aaaaa iiiiiiiiiiiiiiii",  blti,  "blti"),
    row("blei{D} ra, imm",  "101111 D0011 aaaaa iiiiiiiiiiiiiiii",  blei,  "blei"),
    row("bgti{D} ra, imm",  "101111 D0100 aaaaa iiiiiiiiiiiiiiii",  bgti,  "bgti"),
    row("bgei{D} ra, imm",  "101111 D0101 aaaaa iiiiiiiiiiiiiiii",  bgei,  "bgei"),
    row("rtsd ra, imm",     "101101 10000 aaaaa iiiiiiiiiiiiiiii",  rtsd,  "rtsd"),
    row("rtid ra, imm",     "101101 10001 aaaaa iiiiiiiiiiiiiiii",  rtid,  "rtid"),
    row("rtbd ra, imm",     "101101 10010 aaaaa iiiiiiiiiiiiiiii",  rtbd,  "rtbd"),
    row("rted ra, imm",     "101101 10100 aaaaa iiiiiiiiiiiiiiii",  rted,  "rted"),
]
# fmt: on

"""T32 system instructions: status registers, calls, hints, barriers, coprocessors (A6.3.4, B9.3)."""

# ruff: noqa: E501  one instruction per line
from __future__ import annotations

from cosim.cpus.arm import system
from cosim.cpus.arm.load_store import clrex
from cosim.cpus.arm.registers import LR
from cosim.cpus.arm.status import return_from_exception
from cosim.cpus.arm.system import (
    bkpt,
    cps,
    mrs,
    msr_register,
    nop,
    setend,
    sev,
    supervisor_call,
    wfe,
    wfi,
)
from cosim.cpus.arm.thumb_rows import Place, ThumbRow, narrow, wide
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.machine import Machine, Value

SEMIHOSTING_CALL = 0xAB
LAST, OUTSIDE = Place.LAST, Place.OUTSIDE

svc = supervisor_call(SEMIHOSTING_CALL)


def subs_pc_lr(m: Machine, ahead: Value) -> None:
    """SUBS PC, LR, #imm: an exception return."""
    return_from_exception(m, m.sub(m.get(LR), ahead))


def coprocessor(row: Row) -> ThumbRow:
    """The T32 form of an A32 coprocessor instruction: the same under the condition AL.

    For SP as the transfer register, which is UNPREDICTABLE in T32 only, it does the same, too.
    """
    return wide(
        f"{row.template} {row.operand_text}",
        "1110" + row.pattern.text.replace(" ", "")[4:],
        row.semantics,
        row.section,
        operands=row.table,
        requires=row.requires,
        guard="".join(set(row.guard) - {"c"}),
    )


TRANSFERS = ("cccc 1110", "cccc 1100", "cccc 1101")  # MCR, MRC and CDP; MCRR and MRRC; LDC and STC

COPROCESSOR = [coprocessor(row) for row in system.ROWS if row.pattern.text.startswith(TRANSFERS)]

# fmt: off
ROWS = [
    narrow("setend",        "1011 0110 0101 E000",      setend, "A8.8.167", place=OUTSIDE),
    narrow("cps",           "1011 0110 011i 0AIF",      cps,    "B9.3.1",   place=OUTSIDE),
    narrow("bkpt i",        "1011 1110 iiii iiii",      bkpt,   "A8.8.24",  guard="i", conditional=False),
    narrow("hint i",        "1011 1111 iiii 0000",      nop,    "A6.2.5",   guard="i"),
    narrow("nop",           "1011 1111 0000 0000",      nop,    "A8.8.119"),
    narrow("yield",         "1011 1111 0001 0000",      nop,    "A8.8.426"),
    narrow("wfe",           "1011 1111 0010 0000",      wfe,    "A8.8.424"),
    narrow("wfi",           "1011 1111 0011 0000",      wfi,    "A8.8.425"),
    narrow("sev",           "1011 1111 0100 0000",      sev,    "A8.8.168"),
    narrow("svc i",         "1101 1111 iiii iiii",      svc,    "A8.8.228"),
    wide("msr sr, rn",      "1111 0011 100R nnnn 1000 ffff 0000 0000", msr_register, "A8.8.112", changes_state=True),
    wide("mrs rd, sr",      "1111 0011 111R 1111 1000 dddd 0000 0000", mrs,    "A8.8.109"),
    wide("cps",             "1111 0011 1010 1111 1000 0iiM AIFo oooo", cps,    "B9.3.1",   place=OUTSIDE),
    wide("hint i",          "1111 0011 1010 1111 1000 0000 iiii iiii", nop,    "A6.3.4",   guard="i"),
    wide("nop",             "1111 0011 1010 1111 1000 0000 0000 0000", nop,    "A8.8.119"),
    wide("yield",           "1111 0011 1010 1111 1000 0000 0000 0001", nop,    "A8.8.426"),
    wide("wfe",             "1111 0011 1010 1111 1000 0000 0000 0010", wfe,    "A8.8.424"),
    wide("wfi",             "1111 0011 1010 1111 1000 0000 0000 0011", wfi,    "A8.8.425"),
    wide("sev",             "1111 0011 1010 1111 1000 0000 0000 0100", sev,    "A8.8.168"),
    wide("dbg i",           "1111 0011 1010 1111 1000 0000 1111 iiii", nop,    "A8.8.42",  guard="i"),
    wide("clrex",           "1111 0011 1011 1111 1000 1111 0010 1111", clrex,  "A8.8.32"),
    wide("dsb o",           "1111 0011 1011 1111 1000 1111 0100 oooo", nop,    "A8.8.44",  guard="o"),
    wide("dmb o",           "1111 0011 1011 1111 1000 1111 0101 oooo", nop,    "A8.8.43",  guard="o"),
    wide("isb o",           "1111 0011 1011 1111 1000 1111 0110 oooo", nop,    "A8.8.53",  guard="o"),
    wide("subs pc, lr, imm", "1111 0011 1101 1110 1000 1111 iiii iiii", subs_pc_lr, "B9.3.19", place=LAST, restores_state=True),
    *COPROCESSOR,
]
# fmt: on

"""The operands of MicroBlaze instructions: what they are to semantics, and how they are written."""

from __future__ import annotations

from functools import partial

from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.operands import Immediate, Operand, Register, Unallocated
from cosim.cpus.microblaze.registers import (
    IMM_PENDING,
    READABLE,
    READABLE_HIGH,
    VOID,
    WRITABLE,
    WRITABLE_HIGH,
)

STACK_POINTER = 1


def extended(imm: int, context: int) -> int:
    """A Type B immediate: sign-extended, or below the half that an imm instruction left."""
    if context & IMM_PENDING:
        return (context & 0xFFFF) << 16 | imm
    return signed16(imm) & 0xFFFF_FFFF


def signed16(imm: int) -> int:
    return (imm ^ 0x8000) - 0x8000


def _named(table: dict[int, str], number: int) -> str:
    """The special register of that number."""
    if number not in table:
        raise Unallocated
    return table[number]


def _extract_mask(width: int, shift: int) -> Immediate:
    """bsefi: the bits of the field, at the right."""
    if not width or width + shift > 32:
        raise Unallocated
    return Immediate((1 << width) - 1)


def _insert_mask(last: int, shift: int) -> Immediate:
    """bsifi: the bits of the field, in place; `last` is its most significant bit."""
    if last < shift:
        raise Unallocated
    return Immediate((2 << last) - (1 << shift))


# fmt: off
OPERANDS = [
    Operand("rd",      "d",  lambda d: Register(d or VOID)),  # r0 as a destination takes nothing
    Operand("rs",      "d",  Register),                       # rD as a source
    Operand("ra",      "a",  Register),
    Operand("rb",      "b",  Register),
    Operand("imm",     "i@", lambda i, context: Immediate(extended(i, context))),
    Operand("vector",  "i@", extended),                       # as control
    Operand("amount",  "s",  Immediate),
    Operand("extract", "ws", _extract_mask),
    Operand("insert",  "ws", _insert_mask),
    Operand("stack",   "a",  lambda a: a == STACK_POINTER),
    Operand("special", "rd", lambda r, d: _named(READABLE, r)),
    Operand("special", "ra", lambda r, a: _named(WRITABLE, r)),
    Operand("special_high", "rd", lambda r, d: _named(READABLE_HIGH, r)),
    Operand("special_high", "ra", lambda r, a: _named(WRITABLE_HIGH, r)),
]

TEXTS = [
    Operand("rd",      "d",  "r{}".format),
    Operand("ra",      "a",  "r{}".format),
    Operand("rb",      "b",  "r{}".format),
    Operand("imm",     "i",  lambda i: str(signed16(i))),
    Operand("mask",    "i",  str),
    Operand("barrier", "p",  str),
    Operand("amount",  "s",  str),
    Operand("field",   "ws", "{}, {}".format),
    Operand("inserted", "ws", lambda last, shift: f"{last - shift + 1}, {shift}"),
    Operand("special", "r",  lambda r: READABLE.get(r) or WRITABLE[r]),
    Operand("special_high", "r", lambda r: READABLE[r]),
    Operand("link",    "f",  "rfsl{}".format),
]
# fmt: on

row = partial(Row, operands=OPERANDS)
"""A row of the instruction table; its section is the page of UG984, "Instructions"."""

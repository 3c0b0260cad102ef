"""The flexible second operand: constants and shifted registers with their carry (A5.2, A8.4).

Each form is a tuple with two methods: `value` for instructions that leave the flags alone, and
`value_and_carry`, whose carry is None where the shifter leaves the carry flag as it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from cosim.cpus.arm.access import RegisterOrPc, any_register, general, read
from cosim.cpus.arm.registers import C
from cosim.cpus.isa.machine import Machine, Value
from cosim.cpus.isa.operands import Immediate

WORD = 0xFFFF_FFFF


class Operand2(Protocol):
    """What data-processing instructions need of their last operand."""

    def value(self, m: Machine) -> Value: ...
    def value_and_carry(self, m: Machine) -> tuple[Value, Value | None]: ...


class Constant(NamedTuple):
    """A modified immediate (A5.2.4); unrotated it leaves the carry alone."""

    number: Any
    carry: int | None

    def value(self, m: Machine) -> Value:
        return self.number

    def value_and_carry(self, m: Machine) -> tuple[Value, Value | None]:
        return self.number, None if self.carry is None else m.const(self.carry)


class Plain(NamedTuple):
    """A register as it is: LSL #0."""

    rm: RegisterOrPc

    def value(self, m: Machine) -> Value:
        return read(m, self.rm)

    def value_and_carry(self, m: Machine) -> tuple[Value, Value | None]:
        return read(m, self.rm), None


class ShiftLeft(NamedTuple):
    """LSL #1..31; `last` is the number of the last bit shifted out."""

    rm: RegisterOrPc
    amount: Any
    last: Any

    def value(self, m: Machine) -> Value:
        return m.shl(read(m, self.rm), self.amount)

    def value_and_carry(self, m: Machine) -> tuple[Value, Value | None]:
        number = read(m, self.rm)
        return m.shl(number, self.amount), m.and_(m.shr(number, self.last), m.const(1))


class ShiftRight(NamedTuple):
    """LSR #1..32."""

    rm: RegisterOrPc
    amount: Any
    last: Any

    def value(self, m: Machine) -> Value:
        return m.shr(read(m, self.rm), self.amount)

    def value_and_carry(self, m: Machine) -> tuple[Value, Value | None]:
        number = read(m, self.rm)
        return m.shr(number, self.amount), m.and_(m.shr(number, self.last), m.const(1))


class ArithmeticRight(NamedTuple):
    """ASR #1..32."""

    rm: RegisterOrPc
    amount: Any
    last: Any

    def value(self, m: Machine) -> Value:
        return m.sar(read(m, self.rm), self.amount)

    def value_and_carry(self, m: Machine) -> tuple[Value, Value | None]:
        number = read(m, self.rm)
        return m.sar(number, self.amount), m.and_(m.shr(number, self.last), m.const(1))


class Rotate(NamedTuple):
    """ROR #1..31."""

    rm: RegisterOrPc
    amount: Any

    def value(self, m: Machine) -> Value:
        return m.ror(read(m, self.rm), self.amount)

    def value_and_carry(self, m: Machine) -> tuple[Value, Value | None]:
        number = m.ror(read(m, self.rm), self.amount)
        return number, m.shr(number, m.const(31))


class RotateExtended(NamedTuple):
    """RRX: one place right through the carry flag."""

    rm: RegisterOrPc

    def value(self, m: Machine) -> Value:
        return m.or_(m.shl(m.get(C), m.const(31)), m.shr(read(m, self.rm), m.const(1)))

    def value_and_carry(self, m: Machine) -> tuple[Value, Value | None]:
        return self.value(m), m.and_(read(m, self.rm), m.const(1))


class ByRegister(NamedTuple):
    """A shift by the low byte of a register; by 0 it leaves value and carry alone."""

    kind: int
    rm: Any
    rs: Any

    def value(self, m: Machine) -> Value:
        return self._shift(m, m.get(self.rm), self._amount(m))

    def value_and_carry(self, m: Machine) -> tuple[Value, Value | None]:
        number, amount = m.get(self.rm), self._amount(m)
        result = self._shift(m, number, amount)
        if self.kind == ROR:
            carry = m.shr(result, m.const(31))
        else:  # the last bit out is at the edge after all places but one
            almost = self._shift(m, number, m.sub(amount, m.const(1)))
            carry = m.shr(almost, m.const(31)) if self.kind == LSL else m.and_(almost, m.const(1))
        return result, m.select(amount, carry, m.get(C))

    def _amount(self, m: Machine) -> Value:
        return m.and_(m.get(self.rs), m.const(0xFF))

    def _shift(self, m: Machine, number: Value, amount: Value) -> Value:
        return (m.shl, m.shr, m.sar, m.ror)[self.kind](number, amount)


LSL, LSR, ASR, ROR = range(4)


def constant(rotation: int, number: int) -> Constant:
    """ARMExpandImm_C."""
    if not rotation:
        return Constant(Immediate(number), None)
    amount = 2 * rotation
    value = (number >> amount | number << (32 - amount)) & WORD
    return Constant(Immediate(value), value >> 31)


def shifted(m: int, kind: int, amount: int) -> Operand2:
    """DecodeImmShift: amount 0 is LSL #0, LSR #32, ASR #32 or RRX."""
    rm = any_register(m)
    if kind == LSL:
        return ShiftLeft(rm, Immediate(amount), Immediate(32 - amount)) if amount else Plain(rm)
    if kind == ROR:
        return Rotate(rm, Immediate(amount)) if amount else RotateExtended(rm)
    places = amount or 32
    form = ShiftRight if kind == LSR else ArithmeticRight
    return form(rm, Immediate(places), Immediate(places - 1))


def by_register(m: int, kind: int, s: int, *others: int) -> Operand2:
    """Register-shifted register; none of the instruction's registers may be the PC (A8.8)."""
    for other in others:
        general(other)
    return ByRegister(kind, general(m), general(s))

"""Data-processing instructions: arithmetic, logic, moves and comparisons (A5.2)."""

from __future__ import annotations

from collections.abc import Callable

from cosim.cpus.arm.access import PC, RegisterOrPc, branch_interworking, read
from cosim.cpus.arm.flags import set_nz, set_nzcv
from cosim.cpus.arm.operands import row
from cosim.cpus.arm.registers import C
from cosim.cpus.arm.shifts import Operand2
from cosim.cpus.arm.status import return_from_exception
from cosim.cpus.isa.instruction import Row, Semantics
from cosim.cpus.isa.machine import Machine, Value

Compute = Callable[[Machine, Value, Value], Value]
Sum = Callable[[Machine, Value, Value], tuple[Value, Value, Value]]


def write_pc(m: Machine, S: int, result: Value) -> None:
    """A result in the PC is an interworking branch, with S an exception return (B9.3.20)."""
    if S:
        return_from_exception(m, result)
    else:
        branch_interworking(m, result)


def move(m: Machine, S: int, rd: RegisterOrPc, result: Value, carry: Value | None) -> None:
    """The result of a logical operation, with the shifter's carry."""
    if rd is PC:
        write_pc(m, S, result)
        return
    if S:
        set_nz(m, result)
        if carry is not None:
            m.set(C, carry)
    m.set(rd, result)


def logical(compute: Compute) -> Semantics:
    def semantics(
        m: Machine, S: int, rd_any: RegisterOrPc, rn_any: RegisterOrPc, op2: Operand2
    ) -> None:
        if S:
            second, carry = op2.value_and_carry(m)
        else:
            second, carry = op2.value(m), None
        move(m, S, rd_any, compute(m, read(m, rn_any), second), carry)

    return semantics


def arithmetic(compute: Compute, summed: Sum) -> Semantics:
    """`compute` gives the result alone, `summed` with carry and overflow."""

    def semantics(
        m: Machine, S: int, rd_any: RegisterOrPc, rn_any: RegisterOrPc, op2: Operand2
    ) -> None:
        first, second = read(m, rn_any), op2.value(m)
        if rd_any is PC:
            write_pc(m, S, compute(m, first, second))
        elif S:
            result, carry, overflow = summed(m, first, second)
            set_nzcv(m, result, carry, overflow)
            m.set(rd_any, result)
        else:
            m.set(rd_any, compute(m, first, second))

    return semantics


def test(compute: Compute) -> Semantics:
    def semantics(m: Machine, rn_any: RegisterOrPc, op2: Operand2) -> None:
        second, carry = op2.value_and_carry(m)
        set_nz(m, compute(m, read(m, rn_any), second))
        if carry is not None:
            m.set(C, carry)

    return semantics


def compare(summed: Sum) -> Semantics:
    def semantics(m: Machine, rn_any: RegisterOrPc, op2: Operand2) -> None:
        result, carry, overflow = summed(m, read(m, rn_any), op2.value(m))
        set_nzcv(m, result, carry, overflow)

    return semantics


def mov(m: Machine, S: int, rd_any: RegisterOrPc, op2: Operand2) -> None:
    result, carry = op2.value_and_carry(m) if S else (op2.value(m), None)
    move(m, S, rd_any, result, carry)


def mvn(m: Machine, S: int, rd_any: RegisterOrPc, op2: Operand2) -> None:
    result, carry = op2.value_and_carry(m) if S else (op2.value(m), None)
    move(m, S, rd_any, m.not_(result), carry)


def movw(m: Machine, rd: Value, imm: Value) -> None:
    m.set(rd, imm)


def movt(m: Machine, rd: Value, imm_high: Value) -> None:
    m.set(rd, m.or_(m.and_(m.get(rd), m.const(0xFFFF)), imm_high))


def sum_add(m: Machine, a: Value, b: Value) -> tuple[Value, Value, Value]:
    return m.add_carry(a, b, m.const(0))


def sum_sub(m: Machine, a: Value, b: Value) -> tuple[Value, Value, Value]:
    return m.add_carry(a, m.not_(b), m.const(1))


def sum_rsb(m: Machine, a: Value, b: Value) -> tuple[Value, Value, Value]:
    return m.add_carry(b, m.not_(a), m.const(1))


def sum_adc(m: Machine, a: Value, b: Value) -> tuple[Value, Value, Value]:
    return m.add_carry(a, b, m.get(C))


def sum_sbc(m: Machine, a: Value, b: Value) -> tuple[Value, Value, Value]:
    return m.add_carry(a, m.not_(b), m.get(C))


def sum_rsc(m: Machine, a: Value, b: Value) -> tuple[Value, Value, Value]:
    return m.add_carry(b, m.not_(a), m.get(C))


and_ = logical(lambda m, a, b: m.and_(a, b))
eor = logical(lambda m, a, b: m.xor(a, b))
orr = logical(lambda m, a, b: m.or_(a, b))
bic = logical(lambda m, a, b: m.and_(a, m.not_(b)))
add = arithmetic(lambda m, a, b: m.add(a, b), sum_add)
sub = arithmetic(lambda m, a, b: m.sub(a, b), sum_sub)
rsb = arithmetic(lambda m, a, b: m.sub(b, a), sum_rsb)
adc = arithmetic(lambda m, a, b: sum_adc(m, a, b)[0], sum_adc)
sbc = arithmetic(lambda m, a, b: sum_sbc(m, a, b)[0], sum_sbc)
rsc = arithmetic(lambda m, a, b: sum_rsc(m, a, b)[0], sum_rsc)
tst = test(lambda m, a, b: m.and_(a, b))
teq = test(lambda m, a, b: m.xor(a, b))
cmp = compare(sum_sub)
cmn = compare(sum_add)


def three_forms(syntax: str, bits: str, semantics: Semantics, section: str) -> list[Row]:
    """Immediate, register shifted by a constant, register shifted by a register."""
    return [
        row(syntax, f"cccc 001 {bits} rrrr iiiiiiii", semantics, section),
        row(syntax, f"cccc 000 {bits} aaaaa kk0 mmmm", semantics, section),
        row(syntax, f"cccc 000 {bits} ssss 0kk1 mmmm", semantics, section),
    ]


# fmt: off
ROWS = [
    *three_forms("and{S} rd, rn, op2", "0000 S nnnn dddd", and_, "A8.8.13"),
    *three_forms("eor{S} rd, rn, op2", "0001 S nnnn dddd", eor,  "A8.8.46"),
    *three_forms("sub{S} rd, rn, op2", "0010 S nnnn dddd", sub,  "A8.8.222"),
    *three_forms("rsb{S} rd, rn, op2", "0011 S nnnn dddd", rsb,  "A8.8.152"),
    *three_forms("add{S} rd, rn, op2", "0100 S nnnn dddd", add,  "A8.8.5"),
    *three_forms("adc{S} rd, rn, op2", "0101 S nnnn dddd", adc,  "A8.8.1"),
    *three_forms("sbc{S} rd, rn, op2", "0110 S nnnn dddd", sbc,  "A8.8.161"),
    *three_forms("rsc{S} rd, rn, op2", "0111 S nnnn dddd", rsc,  "A8.8.155"),
    *three_forms("tst rn, op2",        "1000 1 nnnn 0000", tst,  "A8.8.240"),
    *three_forms("teq rn, op2",        "1001 1 nnnn 0000", teq,  "A8.8.237"),
    *three_forms("cmp rn, op2",        "1010 1 nnnn 0000", cmp,  "A8.8.37"),
    *three_forms("cmn rn, op2",        "1011 1 nnnn 0000", cmn,  "A8.8.34"),
    *three_forms("orr{S} rd, rn, op2", "1100 S nnnn dddd", orr,  "A8.8.122"),
    *three_forms("mov{S} rd, op2",     "1101 S 0000 dddd", mov,  "A8.8.102"),
    *three_forms("bic{S} rd, rn, op2", "1110 S nnnn dddd", bic,  "A8.8.21"),
    *three_forms("mvn{S} rd, op2",     "1111 S 0000 dddd", mvn,  "A8.8.115"),
    row("movw rd, imm", "cccc 001 1000 0 iiii dddd iiiiiiiiiiii", movw, "A8.8.102"),
    row("movt rd, imm", "cccc 001 1010 0 iiii dddd iiiiiiiiiiii", movt, "A8.8.106"),
]
# fmt: on

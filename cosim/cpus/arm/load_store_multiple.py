"""Load and store multiple, with the forms that touch other modes' registers (A5.5, B9.3)."""

# ruff: noqa: E501  one instruction per line
from __future__ import annotations

from itertools import product

from cosim.cpus.arm import status
from cosim.cpus.arm.access import PC, RegisterOrPc, branch_interworking, read
from cosim.cpus.arm.operands import row, unconditional
from cosim.cpus.arm.registers import LR
from cosim.cpus.isa.instruction import Row, Semantics
from cosim.cpus.isa.machine import Machine, Value

Registers = tuple[RegisterOrPc, ...]
WORD = 0xFFFF_FFFF


class Order:
    """One of the four addressing modes: increment or decrement, before or after.

    The lowest register is always at the lowest address.
    """

    def __init__(self, before: int, increment: int) -> None:
        self.before = before
        self.increment = increment
        self.suffix = {(0, 0): "da", (0, 1): "", (1, 0): "db", (1, 1): "ib"}[before, increment]
        self.bits = f"{before}{increment}"

    def addresses(self, m: Machine, base: Value, count: int) -> list[Value]:
        first = 4 if self.before == self.increment else 0
        if not self.increment:
            first -= 4 * count
        return [m.add(base, m.const((first + 4 * place) & WORD)) for place in range(count)]

    def moved(self, m: Machine, base: Value, count: int) -> Value:
        """The base register after writeback."""
        return (
            m.add(base, m.const(4 * count)) if self.increment else m.sub(base, m.const(4 * count))
        )


ORDERS = [Order(before, increment) for before, increment in product((0, 1), repeat=2)]


def ldm(order: Order) -> Semantics:
    def semantics(m: Machine, W: int, rn: Value, loaded: Registers) -> None:
        base = m.get(rn)
        values = [m.load(where, 4, 4) for where in order.addresses(m, base, len(loaded))]
        if W:
            m.set(rn, order.moved(m, base, len(loaded)))
        for register, value in zip(loaded, values, strict=True):
            if register is PC:
                branch_interworking(m, value)
            else:
                m.set(register, value)

    return semantics


def stm(order: Order) -> Semantics:
    """A base in the list that is written back stores its old value, which the manual leaves open."""

    def semantics(m: Machine, W: int, rn: Value, registers: Registers) -> None:
        base = m.get(rn)
        addresses = order.addresses(m, base, len(registers))
        for where, register in zip(addresses, registers, strict=True):
            m.store(where, read(m, register), 4, 4)
        if W:
            m.set(rn, order.moved(m, base, len(registers)))

    return semantics


def ldm_return(order: Order) -> Semantics:
    """With the PC and ^: the CPSR comes from the SPSR."""

    def semantics(m: Machine, W: int, rn: Value, loaded_and_pc: Registers) -> None:
        word = m.system(status.return_word)
        base, count = m.get(rn), len(loaded_and_pc)
        values = [m.load(where, 4, 4) for where in order.addresses(m, base, count)]
        if W:
            m.set(rn, order.moved(m, base, count))
        for register, value in zip(loaded_and_pc[:-1], values, strict=False):
            m.set(register, value)
        status.return_with(m, values[-1], word)

    return semantics


def ldm_user(order: Order) -> Semantics:
    """Without the PC and with ^: User mode's registers."""

    def semantics(m: Machine, rn: Value, numbers: tuple[int, ...]) -> None:
        m.system(status.require_spsr)
        addresses = order.addresses(m, m.get(rn), len(numbers))
        values = [m.load(where, 4, 4) for where in addresses]
        for number, value in zip(numbers, values, strict=True):
            m.system(status.write_user_register, m.const(number), value)

    return semantics


def stm_user(order: Order) -> Semantics:
    def semantics(m: Machine, rn: Value, numbers: tuple[int, ...]) -> None:
        m.system(status.require_spsr)
        addresses = order.addresses(m, m.get(rn), len(numbers))
        for number, where in zip(numbers, addresses, strict=True):
            if number == 15:
                value = read(m, PC)
            else:
                value = m.system(status.read_user_register, m.const(number))
            m.store(where, value, 4, 4)

    return semantics


def rfe(order: Order) -> Semantics:
    """PC and CPSR from memory."""

    def semantics(m: Machine, W: int, rn: Value) -> None:
        m.system(status.require_privilege)
        base = m.get(rn)
        target, word = (m.load(where, 4, 4) for where in order.addresses(m, base, 2))
        m.system(status.check_return, word)
        if W:
            m.set(rn, order.moved(m, base, 2))
        status.return_with(m, target, word)

    return semantics


def srs(order: Order) -> Semantics:
    """LR and SPSR to the stack of another mode."""

    def semantics(m: Machine, W: int, M: int) -> None:
        m.system(status.require_spsr)
        base = m.system(status.read_stack_pointer, m.const(M))
        lr, spsr = m.get(LR), m.system(status.read_spsr)
        for where, value in zip(order.addresses(m, base, 2), (lr, spsr), strict=True):
            m.store(where, value, 4, 4)
        if W:
            m.system(status.write_stack_pointer, m.const(M), order.moved(m, base, 2))

    return semantics


def of_order(order: Order) -> list[Row]:
    suffix, bits = order.suffix, order.bits
    loaded = {"da": "A8.8.59", "": "A8.8.58", "db": "A8.8.60", "ib": "A8.8.61"}[suffix]
    stored = {"da": "A8.8.200", "": "A8.8.199", "db": "A8.8.201", "ib": "A8.8.202"}[suffix]
    # fmt: off
    return [
        row(f"stm{suffix} rn, registers",  f"cccc 100 {bits} 0W0 nnnn llllllllllllllll",  stm(order),        stored),
        row(f"ldm{suffix} rn, loaded",     f"cccc 100 {bits} 0W1 nnnn llllllllllllllll",  ldm(order),        loaded),
        row(f"stm{suffix} rn, numbers",    f"cccc 100 {bits} 100 nnnn llllllllllllllll",  stm_user(order),   "B9.3.17"),
        row(f"ldm{suffix} rn, numbers",    f"cccc 100 {bits} 101 nnnn 0lllllllllllllll",  ldm_user(order),   "B9.3.6"),
        row(f"ldm{suffix} rn, loaded_and_pc",    f"cccc 100 {bits} 1W1 nnnn 1lllllllllllllll",  ldm_return(order), "B9.3.5"),
        unconditional(f"rfe{suffix} rn",   f"1111 100 {bits} 0W1 nnnn 0000101000000000",  rfe(order),        "B9.3.13"),
        unconditional(f"srs{suffix} mode", f"1111 100 {bits} 1W0 1101 00000101000 MMMMM", srs(order),        "B9.3.16"),
    ]
    # fmt: on


ROWS = [one for order in ORDERS for one in of_order(order)]

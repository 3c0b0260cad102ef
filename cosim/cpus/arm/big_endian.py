"""Data accesses while CPSR.E is set: a machine whose memory is the other way round (A3.3.1)."""

from __future__ import annotations

from typing import Any

from cosim.cpus.arm.registers import BIG_ENDIAN, CONTEXT
from cosim.cpus.isa.machine import Machine, Value


class BigEndian:
    """The verbs of `machine`, with the bytes of every access reversed.

    Instructions are little-endian always. A branch that selects the instruction set leaves E alone.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def __getattr__(self, verb: str) -> Any:
        return getattr(self._machine, verb)

    def _reverse(self, value: Value, size: int) -> Value:
        m = self._machine
        return m.shr(m.bswap(value), m.const(32 - 8 * size)) if size > 1 else value

    def load(self, address: Value, size: int, align: int = 1, user: bool = False) -> Value:
        return self._reverse(self._machine.load(address, size, align, user), size)

    def store(
        self, address: Value, value: Value, size: int, align: int = 1, user: bool = False
    ) -> None:
        self._machine.store(address, self._reverse(value, size), size, align, user)

    def load_exclusive(self, address: Value, size: int) -> Value:
        return self._reverse(self._machine.load_exclusive(address, size), size)

    def store_exclusive(self, address: Value, value: Value, size: int) -> Value:
        return self._machine.store_exclusive(address, self._reverse(value, size), size)

    def set(self, slot: Any, value: Value) -> None:
        m = self._machine
        if type(slot) is int and slot == CONTEXT:
            value = m.or_(value, m.const(BIG_ENDIAN))
        m.set(slot, value)


def is_big_endian(machine: Machine) -> bool:
    """Whether data are big-endian here: control, as the decode context is."""
    return isinstance(machine, BigEndian)


def data_side(machine: Machine, context: int) -> Machine:
    """What the semantics of an instruction use under `context`."""
    return BigEndian(machine) if context & BIG_ENDIAN else machine

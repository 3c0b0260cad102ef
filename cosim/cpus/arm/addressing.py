"""Addresses of single loads and stores: base, offset, index and writeback (A4.6, A8.5)."""

from __future__ import annotations

from typing import Any, NamedTuple

from cosim.cpus.arm.access import PC, PC_AHEAD, RegisterOrPc, any_register, general, read
from cosim.cpus.arm.shifts import LSL, shifted
from cosim.cpus.isa.machine import Machine, Value
from cosim.cpus.isa.operands import Immediate, Unallocated

WORD = 0xFFFF_FFFF


class Address(NamedTuple):
    """`offset` is an immediate with its sign, an `Operand2`, or None for [rn]."""

    base: RegisterOrPc
    offset: Any
    scaled: bool
    subtract: bool
    indexed: bool
    writeback: bool

    def resolve(self, m: Machine) -> tuple[Value, Value]:
        """The address to access, and the base register's next value."""
        if self.base is PC and not self.scaled:
            moved = m.add(m.pc, self.offset)  # the immediate counts from the instruction itself
            return moved, moved
        base = read(m, self.base)
        if self.offset is None:
            moved = base
        elif self.scaled:
            step = self.offset.value(m)
            moved = m.sub(base, step) if self.subtract else m.add(base, step)
        else:
            moved = m.add(base, self.offset)
        return (moved if self.indexed else base), moved

    def update(self, m: Machine, moved: Value) -> None:
        if self.writeback:
            m.set(self.base, moved)


def _address(p: int, u: int, w: int, n: int, offset: Any, forbidden: tuple[int, ...]) -> Address:
    writeback = not p or bool(w)
    if writeback and (n == 15 or n in forbidden):
        raise Unallocated
    base = any_register(n)
    if isinstance(offset, int):
        signed = offset if u else -offset
        if base is PC:
            step: Immediate | None = Immediate(signed + PC_AHEAD & WORD)
        else:
            step = Immediate(signed & WORD) if signed else None
        return Address(base, step, False, False, bool(p), writeback)
    return Address(base, offset, True, not u, bool(p), writeback)


def by_immediate(p: int, u: int, w: int, n: int, t: int, i: int) -> Address:
    return _address(p, u, w, n, i, (t,))


def by_register(
    p: int, u: int, w: int, n: int, t: int, m: int, k: int = LSL, a: int = 0
) -> Address:
    general(m)
    return _address(p, u, w, n, shifted(m, k, a), (t,))


def post_immediate(u: int, n: int, t: int, i: int) -> Address:
    return by_immediate(0, u, 1, n, t, i)


def post_register(u: int, n: int, t: int, m: int, k: int = LSL, a: int = 0) -> Address:
    return by_register(0, u, 1, n, t, m, k, a)


def pair_by_immediate(p: int, u: int, w: int, n: int, t: int, i: int) -> Address:
    """For LDRD and STRD, which have no unprivileged form (P=0, W=1)."""
    if w and not p:
        raise Unallocated
    return _address(p, u, w, n, i, (t, t + 1))


def pair_by_register(p: int, u: int, w: int, n: int, t: int, m: int) -> Address:
    if w and not p:
        raise Unallocated
    general(m)
    return _address(p, u, w, n, shifted(m, LSL, 0), (t, t + 1))


def loaded_pair_by_register(p: int, u: int, w: int, n: int, t: int, m: int) -> Address:
    """LDRD may not load its own index register."""
    if m in (t, t + 1):
        raise Unallocated
    return pair_by_register(p, u, w, n, t, m)

"""Setting the condition flags, and testing them (A2.4, A8.3)."""

from __future__ import annotations

from collections.abc import Callable

from cosim.cpus.arm.registers import C, N, Q, V, Z
from cosim.cpus.isa.machine import Machine, Value

ALWAYS, UNCONDITIONAL = 14, 15


def set_nz(m: Machine, result: Value) -> None:
    m.set(N, m.shr(result, m.const(31)))
    m.set(Z, m.eq(result, m.const(0)))


def set_nzcv(m: Machine, result: Value, carry: Value, overflow: Value) -> None:
    set_nz(m, result)
    m.set(C, carry)
    m.set(V, overflow)


def set_sticky_q(m: Machine, saturated: Value) -> None:
    m.set(Q, m.or_(m.get(Q), saturated))


def _not(m: Machine, flag: Value) -> Value:
    return m.xor(flag, m.const(1))


def _higher(m: Machine) -> Value:
    return m.ult(m.get(Z), m.get(C))


def _less(m: Machine) -> Value:
    return m.xor(m.get(N), m.get(V))


def _less_or_equal(m: Machine) -> Value:
    return m.or_(m.get(Z), _less(m))


# fmt: off
CONDITIONS: tuple[Callable[[Machine], Value], ...] = (
    lambda m: m.get(Z),                # EQ
    lambda m: _not(m, m.get(Z)),       # NE
    lambda m: m.get(C),                # CS
    lambda m: _not(m, m.get(C)),       # CC
    lambda m: m.get(N),                # MI
    lambda m: _not(m, m.get(N)),       # PL
    lambda m: m.get(V),                # VS
    lambda m: _not(m, m.get(V)),       # VC
    _higher,                           # HI
    lambda m: _not(m, _higher(m)),     # LS
    lambda m: _not(m, _less(m)),       # GE
    _less,                             # LT
    lambda m: _not(m, _less_or_equal(m)),  # GT
    _less_or_equal,                    # LE
)
# fmt: on
"""Whether a condition holds, by its encoding; 14 is always, 15 is another space of encodings."""

"""Twins: clocks."""

from __future__ import annotations

from cosim.kernel.clock import Clock
from cosim.kernel.signals import Signal
from cosim.kernel.waits import ThreadBody, Triggers
from tests.systemc.model import NS, Model, twin


def _show(m: Model, clock: Clock) -> None:
    m.method(lambda: m.note(int(clock.read())), clock)


@twin
def clock_default(m: Model) -> None:
    clock = Clock(m.kernel, 10 * NS)
    m.method(lambda: m.note("posedge"), clock.posedge, initialize=False)
    m.method(lambda: m.note("negedge"), clock.negedge, initialize=False)
    m.thread(lambda: m.note(f"start {int(clock.read())}"))
    m.run(35 * NS)


@twin
def clock_duty(m: Model) -> None:
    _show(m, Clock(m.kernel, 10 * NS, duty=0.3, start=7 * NS))
    m.run(40 * NS)


@twin
def clock_negedge_first(m: Model) -> None:
    _show(m, Clock(m.kernel, 8 * NS, duty=0.25, start=3 * NS, posedge_first=False))
    m.run(30 * NS)


@twin
def clock_odd(m: Model) -> None:
    _show(m, Clock(m.kernel, 7))
    m.run(30)


@twin
def clock_register(m: Model) -> None:
    clock = Clock(m.kernel, 10 * NS)
    d, q1, q2 = (Signal(m.kernel, 0) for _ in range(3))
    m.method(lambda: q1.write(d.read()), clock.posedge, initialize=False)
    m.method(lambda: q2.write(q1.read()), clock.posedge, initialize=False)
    m.method(lambda: m.note(f"{q1.read()} {q2.read()}"), q1, q2)

    def driver() -> ThreadBody:
        yield 15 * NS
        d.write(5)
        yield 10 * NS
        d.write(6)

    m.thread(driver)
    m.run(60 * NS)


@twin
def clock_wait_n(m: Model) -> None:
    clock = Clock(m.kernel, 4 * NS, start=1 * NS)

    def t() -> ThreadBody:
        yield Triggers(3)
        m.note("three")
        yield None
        m.note("four")
        yield 1 * NS
        yield Triggers(2)
        m.note("six")

    m.thread(t, clock.posedge)
    m.run(50 * NS)

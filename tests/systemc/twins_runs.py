"""Twins: runs and their ends, starvation, pause and stop."""

from __future__ import annotations

from cosim.kernel.clock import Clock
from cosim.kernel.signals import Signal
from cosim.kernel.stages import Starvation, StopMode
from cosim.kernel.waits import ThreadBody
from tests.systemc.model import NS, Model, ordered, twin


def _noting(m: Model, wait: int, what: str) -> None:
    def driver() -> ThreadBody:
        yield wait
        m.note(what)

    m.thread(driver)


@twin
def run_end(m: Model) -> None:
    e = m.event()
    m.watch(e, "e")

    def driver() -> ThreadBody:
        e.notify(10 * NS)
        yield 10 * NS
        m.note("driver")
        yield 1 * NS
        m.note("later")

    m.thread(driver)
    m.run(10 * NS)
    m.note("first end")
    m.run(5 * NS)
    m.note("second end")


@ordered
def run_end_zero(m: Model) -> None:
    e = m.event()
    m.watch(e, "e")

    def driver() -> ThreadBody:
        e.notify(10 * NS)
        yield 20 * NS
        m.note("driver")

    m.thread(driver)
    m.run(10 * NS)
    m.note("first end")
    m.run(0)
    m.note("zero end")
    m.run(10 * NS)
    m.note("last end")
    m.run(0)


@ordered
def run_zero(m: Model) -> None:
    def driver() -> ThreadBody:
        for _ in range(4):
            m.note("delta")
            yield 0
        m.note("done")

    m.thread(driver)
    m.run(0)
    m.note("one")
    m.run(0)
    m.note("two")
    m.run(1 * NS)
    m.note("end")


@ordered
def run_notify_between(m: Model) -> None:
    d, t = m.event(), m.event()
    m.watch(d, "delta")
    m.watch(t, "timed")
    m.run(10 * NS)
    d.notify(0)
    t.notify(5 * NS)
    m.note("between")
    m.run(10 * NS)
    m.note("end")


@ordered
def run_immediate_between(m: Model) -> None:
    e = m.event()
    m.watch(e, "e")
    m.run(10 * NS)
    m.expect_error(e.notify)
    m.note("between")
    m.run(10 * NS)
    m.note("end")


@twin
def run_write_between(m: Model) -> None:
    s = Signal(m.kernel, 0)
    m.method(lambda: m.note(f"value {s.read()}"), s)
    m.run(10 * NS)
    s.write(3)
    m.note(f"between {s.read()}")
    m.run(0)
    m.note(f"zero {s.read()}")
    m.run(5 * NS)
    m.note(f"end {s.read()}")


@ordered
def run_to_time(m: Model) -> None:
    _noting(m, 3 * NS, "last")
    m.run(10 * NS)
    m.note("end")
    m.run(10 * NS)
    m.note("second end")


@ordered
def run_exit_on_starvation(m: Model) -> None:
    _noting(m, 3 * NS, "last")
    m.run(10 * NS, Starvation.EXIT)
    m.note("end")
    m.run(10 * NS, Starvation.EXIT)
    m.note("second end")


@ordered
def run_starved(m: Model) -> None:
    unheard = m.event()

    def driver() -> ThreadBody:
        yield 3 * NS
        m.note("last")
        unheard.notify(4 * NS)

    m.thread(driver)
    m.run()
    m.note("end")


@ordered
def run_exit_beyond(m: Model) -> None:
    _noting(m, 30 * NS, "late")
    m.run(10 * NS, Starvation.EXIT)
    m.note("first end")
    m.run(20 * NS, Starvation.EXIT)
    m.note("second end")
    m.run(10 * NS, Starvation.EXIT)
    m.note("third end")


@twin
def stop_finish_delta(m: Model) -> None:
    s = Signal(m.kernel, 0)
    e, d = m.event(), m.event()
    m.watch(e, "immediate")
    m.watch(d, "delta")

    def driver() -> ThreadBody:
        yield 5 * NS
        s.write(1)
        d.notify(0)
        m.kernel.stop()
        e.notify()
        m.note("stopped")
        yield 0
        m.note("never")

    m.thread(driver)
    m.run()
    m.note(f"end {s.read()}")


@twin
def stop_immediate(m: Model) -> None:
    m.kernel.stop_mode = StopMode.IMMEDIATE
    s = Signal(m.kernel, 0)
    e = m.event()
    m.watch(e, "immediate")

    def driver() -> ThreadBody:
        yield 5 * NS
        s.write(1)
        e.notify()
        m.kernel.stop()
        m.note("stopped")
        yield 0
        m.note("never")

    m.thread(driver)
    m.run()
    m.note(f"end {s.read()}")


@ordered
def stop_restart(m: Model) -> None:
    def driver() -> ThreadBody:
        yield 5 * NS
        m.kernel.stop()

    m.thread(driver)
    m.run(20 * NS)
    m.note("end")
    m.expect_error(lambda: m.run(5 * NS))


@twin
def pause(m: Model) -> None:
    s = Signal(m.kernel, 0)
    m.method(lambda: m.note(f"value {s.read()}"), s)

    def driver() -> ThreadBody:
        yield 5 * NS
        s.write(1)
        m.kernel.pause()
        m.note("paused")
        yield 0
        m.note("on")
        yield 5 * NS
        m.note("last")

    m.thread(driver)
    m.run(20 * NS)
    m.note(f"first end {s.read()}")
    m.run(20 * NS)
    m.note("second end")


@ordered
def pause_method(m: Model) -> None:
    clock = Clock(m.kernel, 10 * NS)

    def method() -> None:
        m.note("edge")
        if m.kernel.now == 20 * NS:
            m.kernel.pause()

    m.method(method, clock.posedge, initialize=False)
    m.run()
    m.note("paused")
    m.run(20 * NS)
    m.note("end")

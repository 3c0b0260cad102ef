"""Twins: control of processes in combination, before the simulation starts and between runs."""

from __future__ import annotations

from cosim.kernel.waits import AllOf, AnyOf, ThreadBody, Triggers
from tests.systemc.model import NS, Model, ordered, twin


@twin
def suspend_lists(m: Model) -> None:
    a, b = m.event(), m.event()

    def any_of() -> ThreadBody:
        yield a | b
        m.note("or")
        yield a
        m.note("or again")

    def all_of() -> ThreadBody:
        yield AllOf((a, b))
        m.note("and")

    def timed() -> ThreadBody:
        cause = yield AnyOf((b,), 12 * NS)
        m.note("event" if cause else "timeout")

    def driver() -> ThreadBody:
        yield 5 * NS
        for p in processes:
            p.suspend()
        a.notify()
        yield 5 * NS
        a.notify(0)
        yield 5 * NS
        for p in processes:
            p.resume()
        m.note("resumed")
        yield 5 * NS
        b.notify()
        yield 5 * NS
        a.notify()

    processes = [m.thread(body) for body in (any_of, all_of, timed)]
    m.thread(driver)
    m.run()


@twin
def suspend_disable(m: Model) -> None:
    e = m.event()

    def body() -> ThreadBody:
        while True:
            yield None
            m.note("p")

    def driver() -> ThreadBody:
        yield 5 * NS
        p.suspend()
        p.disable()
        e.notify()
        yield 5 * NS
        p.enable()
        p.resume()
        m.note("quiet")
        yield 5 * NS
        p.suspend()
        e.notify()
        yield 5 * NS
        p.resume()
        m.note("resumed")

    p = m.thread(body, e)
    m.thread(driver)
    m.run()


@twin
def suspend_initial(m: Model) -> None:
    p = m.thread(lambda: m.note("p"))
    p.suspend()

    def driver() -> ThreadBody:
        yield 5 * NS
        m.note("resume")
        p.resume()

    m.thread(driver)
    m.run()


@twin
def disable_initial(m: Model) -> None:
    e = m.event()
    p = m.method(lambda: m.note("p"), e)
    p.disable()

    def driver() -> ThreadBody:
        yield 5 * NS
        p.enable()
        m.note("enabled")
        yield 5 * NS
        e.notify()

    m.thread(driver)
    m.run()


@twin
def reset_terminated(m: Model) -> None:
    p = m.thread(lambda: m.note("p"))

    def driver() -> ThreadBody:
        yield 5 * NS
        p.reset()
        m.note("reset")
        yield 5 * NS

    m.thread(driver)
    m.run()


@twin
def spawn_between(m: Model) -> None:
    m.thread(lambda: m.note("a"))
    m.run(10 * NS)
    m.note("between")

    def b() -> ThreadBody:
        m.note("b")
        yield 3 * NS
        m.note("b again")

    m.thread(b)
    m.run(10 * NS)
    m.note("end")


@twin
def wait_n_interrupted(m: Model) -> None:
    s, e = m.event(), m.event()

    def t() -> ThreadBody:
        yield Triggers(2)
        m.note("two")
        yield AnyOf((e,), 5 * NS)
        yield Triggers(3)
        m.note("three")

    def driver() -> ThreadBody:
        for _ in range(9):
            yield 2 * NS
            s.notify()

    m.thread(t, s)
    m.thread(driver)
    m.run()


@ordered
def stop_in_elaboration(m: Model) -> None:
    m.thread(lambda: m.note("p"))
    m.kernel.stop()
    m.expect_error(m.run)


@ordered
def run_zero_timed(m: Model) -> None:
    def p() -> ThreadBody:
        m.note("p")
        yield 1 * NS
        m.note("later")

    m.thread(p)
    m.run(0)
    m.note("zero")
    m.run(0)
    m.note("zero again")
    m.run()
    m.note("end")

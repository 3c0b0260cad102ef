"""Twins: event lists, timeouts, static and dynamic sensitivity, next_trigger."""

from __future__ import annotations

from cosim.kernel.waits import AllOf, AnyOf, ThreadBody, Triggers, Wait
from tests.systemc.model import NS, Model, twin


@twin
def list_or(m: Model) -> None:
    a, b = m.event(), m.event()

    def waiter() -> ThreadBody:
        yield a | b
        m.note("one")
        yield a | b
        m.note("two")
        yield 50 * NS

    def driver() -> None:
        b.notify(10 * NS)
        a.notify(20 * NS)

    m.thread(waiter)
    m.thread(driver)
    m.run()


@twin
def list_or_both(m: Model) -> None:
    a, b = m.event(), m.event()

    def waiter() -> ThreadBody:
        while True:
            yield a | b
            m.note("woken")

    def driver() -> ThreadBody:
        yield 5 * NS
        a.notify(0)
        b.notify(0)
        yield 5 * NS
        a.notify(1 * NS)
        b.notify(1 * NS)

    m.thread(waiter)
    m.thread(driver)
    m.run()


@twin
def list_or_timeout(m: Model) -> None:
    a, b = m.event(), m.event()

    def waiter() -> ThreadBody:
        for timeout in 10 * NS, 30 * NS:
            cause = yield AnyOf((a, b), timeout)
            m.note("event" if cause else "timeout")

    def driver() -> ThreadBody:
        a.notify(20 * NS)
        yield 20 * NS
        b.notify(1 * NS)

    m.thread(waiter)
    m.thread(driver)
    m.run()


@twin
def list_timeout_cancelled(m: Model) -> None:
    a = m.event()

    def waiter() -> ThreadBody:
        cause = yield AnyOf((a,), 10 * NS)
        m.note("event" if cause else "timeout")
        yield 20 * NS
        m.note("slept")

    m.thread(waiter)
    m.thread(lambda: a.notify(5 * NS))
    m.run()


@twin
def list_timeout_zero(m: Model) -> None:
    a = m.event()

    def waiter() -> ThreadBody:
        for timeout in 0, 5 * NS:
            cause = yield AnyOf((a,), timeout)
            m.note("event" if cause else "timeout")

    m.thread(waiter)
    m.run()


@twin
def list_and(m: Model) -> None:
    a, b, c = m.event(), m.event(), m.event()

    def waiter() -> ThreadBody:
        yield a & b & c
        m.note("all")
        yield a & b
        m.note("again")

    def driver() -> ThreadBody:
        c.notify(10 * NS)
        a.notify(20 * NS)
        yield 30 * NS
        b.notify(0)
        m.note("last")
        yield 10 * NS
        b.notify()
        yield 10 * NS
        a.notify()

    m.thread(waiter)
    m.thread(driver)
    m.run()


@twin
def list_and_repeated(m: Model) -> None:
    a, b = m.event(), m.event()

    def waiter() -> ThreadBody:
        yield a & b
        m.note("all")

    def driver() -> ThreadBody:
        for _ in range(3):
            yield 5 * NS
            a.notify()
        yield 5 * NS
        b.notify()
        m.note("b")

    m.thread(waiter)
    m.thread(driver)
    m.run()


@twin
def list_and_timeout(m: Model) -> None:
    a, b = m.event(), m.event()

    def waiter() -> ThreadBody:
        for timeout in 10 * NS, 20 * NS, 20 * NS:
            cause = yield AllOf((a, b), timeout)
            m.note("all" if cause else "timeout")

    def driver() -> ThreadBody:
        a.notify(5 * NS)
        yield 15 * NS
        b.notify()
        yield 20 * NS
        a.notify()
        yield 5 * NS
        b.notify()

    m.thread(waiter)
    m.thread(driver)
    m.run()


@twin
def static_during_dynamic(m: Model) -> None:
    s = m.event()

    def waiter() -> ThreadBody:
        yield 10 * NS
        m.note("dynamic")
        yield None
        m.note("static")
        yield None
        m.note("static")

    def driver() -> ThreadBody:
        for _ in range(4):
            yield 4 * NS
            s.notify()

    m.thread(waiter, s)
    m.thread(driver)
    m.run()


@twin
def static_two_events(m: Model) -> None:
    a, b = m.event(), m.event()
    m.method(lambda: m.note("m"), a, b, initialize=False)

    def driver() -> ThreadBody:
        yield 5 * NS
        a.notify(0)
        b.notify(0)
        yield 5 * NS
        a.notify()
        b.notify(5 * NS)

    m.thread(driver)
    m.run()


@twin
def wait_zero(m: Model) -> None:
    e = m.event()
    m.watch(e, "e")

    def driver() -> ThreadBody:
        yield 5 * NS
        e.notify(0)
        for _ in range(4):
            yield 0
            m.note("zero")

    m.thread(driver)
    m.run()


@twin
def wait_n(m: Model) -> None:
    s = m.event()

    def waiter() -> ThreadBody:
        yield Triggers(3)
        m.note("three")
        yield Triggers(1)
        m.note("one")
        yield Triggers(2)
        m.note("two")

    def driver() -> ThreadBody:
        for _ in range(7):
            yield 2 * NS
            s.notify(0)

    m.thread(waiter, s)
    m.thread(driver)
    m.run()


@twin
def next_trigger_kinds(m: Model) -> None:
    s, e = m.event(), m.event()
    waits: list[Wait] = [e, 6 * NS, AnyOf((e,), 5 * NS), AnyOf((e, s), 100 * NS), e & s, 0]
    step = 0

    def method() -> None:
        nonlocal step
        m.note(f"run {step}")
        if step < len(waits):
            process.next_trigger(waits[step])
        step += 1

    def driver() -> ThreadBody:
        for i in range(1, 13):
            yield 4 * NS
            s.notify()
            if i % 3 == 0:
                e.notify(0)

    process = m.method(method, s)
    m.thread(driver)
    m.run()


@twin
def next_trigger_last(m: Model) -> None:
    s, e = m.event(), m.event()
    calls: list[tuple[Wait, Wait]] = [(3 * NS, e), (e, 3 * NS), (1 * NS, None)]
    step = 0

    def method() -> None:
        nonlocal step
        m.note(f"run {step}")
        if step < len(calls):
            for wait in calls[step]:
                process.next_trigger(wait)
        step += 1

    def driver() -> ThreadBody:
        for _ in range(5):
            yield 10 * NS
            s.notify()
            yield 2 * NS
            e.notify()

    process = m.method(method, s)
    m.thread(driver)
    m.run()


@twin
def dont_initialize(m: Model) -> None:
    s = m.event()
    m.method(lambda: m.note("method"), s, initialize=False)

    def thread() -> ThreadBody:
        m.note("thread")
        yield None
        m.note("thread again")

    def driver() -> ThreadBody:
        m.note("driver")
        yield 5 * NS
        s.notify()
        yield 5 * NS
        s.notify(0)

    m.thread(thread, s, initialize=False)
    m.method(lambda: m.note("initialized"), s)
    m.thread(driver)
    m.run()

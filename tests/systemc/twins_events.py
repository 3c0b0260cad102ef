"""Twins: the event override table, immediate notification, `triggered`."""

from __future__ import annotations

from cosim.kernel.waits import ThreadBody
from tests.systemc.model import NS, Model, ordered, twin

NOW = None
CANCEL = "cancel"


def _at_5_ns(m: Model, *delays: int | str | None, noted: str = "asked") -> None:
    """Notify an event at 5 ns with each of `delays` in turn, or cancel it."""
    e = m.event()
    m.watch(e, "e")

    def driver() -> ThreadBody:
        yield 5 * NS
        for delay in delays:
            if isinstance(delay, str):
                e.cancel()
            else:
                e.notify(delay)
        m.note(noted)

    m.thread(driver)
    m.run()


@twin
def event_none_immediate(m: Model) -> None:
    _at_5_ns(m, NOW)


@twin
def event_none_delta(m: Model) -> None:
    _at_5_ns(m, 0)


@twin
def event_none_timed(m: Model) -> None:
    _at_5_ns(m, 10 * NS)


@twin
def event_none_cancel(m: Model) -> None:
    e = m.event()
    m.watch(e, "e")

    def driver() -> ThreadBody:
        yield 5 * NS
        e.cancel()
        m.note("asked")
        yield 5 * NS
        e.notify()

    m.thread(driver)
    m.run()


@twin
def event_delta_immediate(m: Model) -> None:
    _at_5_ns(m, 0, NOW)


@twin
def event_delta_delta(m: Model) -> None:
    _at_5_ns(m, 0, 0)


@twin
def event_delta_timed(m: Model) -> None:
    _at_5_ns(m, 0, 10 * NS)


@twin
def event_delta_cancel(m: Model) -> None:
    e = m.event()
    m.watch(e, "e")

    def driver() -> ThreadBody:
        yield 5 * NS
        e.notify(0)
        e.cancel()
        m.note("cancelled")
        yield 5 * NS
        e.notify(0)
        e.cancel()
        e.notify(0)
        m.note("asked again")

    m.thread(driver)
    m.run()


@twin
def event_timed_immediate(m: Model) -> None:
    _at_5_ns(m, 10 * NS, NOW)


@twin
def event_timed_delta(m: Model) -> None:
    _at_5_ns(m, 10 * NS, 0)


@twin
def event_timed_earlier(m: Model) -> None:
    e = m.event()
    m.watch(e, "e")

    def driver() -> ThreadBody:
        yield 5 * NS
        e.notify(10 * NS)
        yield 2 * NS
        e.notify(3 * NS)
        m.note("asked")

    m.thread(driver)
    m.run()


@twin
def event_timed_later(m: Model) -> None:
    e = m.event()
    m.watch(e, "e")

    def driver() -> ThreadBody:
        yield 5 * NS
        e.notify(10 * NS)
        e.notify(20 * NS)
        yield 4 * NS
        e.notify(6 * NS)
        m.note("asked")
        yield 40 * NS
        m.note("end")

    m.thread(driver)
    m.run()


@twin
def event_timed_cancel(m: Model) -> None:
    e = m.event()
    m.watch(e, "e")

    def driver() -> ThreadBody:
        yield 5 * NS
        e.notify(10 * NS)
        yield 1 * NS
        e.cancel()
        e.notify(30 * NS)
        m.note("asked")

    m.thread(driver)
    m.run()


@twin
def event_cancel_after_immediate(m: Model) -> None:
    _at_5_ns(m, NOW, CANCEL, noted="cancelled")


@ordered
def event_immediate_chain(m: Model) -> None:
    first, second = m.event(), m.event()

    def a() -> ThreadBody:
        yield first
        m.note("a")
        second.notify()

    def b() -> ThreadBody:
        yield second
        m.note("b")

    def driver() -> ThreadBody:
        yield 5 * NS
        m.note("driver")
        first.notify()

    m.thread(a)
    m.thread(b)
    m.thread(driver)
    m.run()


@twin
def event_immediate_missed(m: Model) -> None:
    e = m.event()

    def late() -> ThreadBody:
        yield 10 * NS
        yield e
        m.note("late")

    def driver() -> ThreadBody:
        yield 5 * NS
        e.notify()
        yield 15 * NS
        e.notify()
        m.note("again")

    m.thread(late)
    m.thread(driver)
    m.run()


@twin
def event_immediate_own(m: Model) -> None:
    e = m.event()

    def method() -> None:
        m.note("m")
        e.notify()

    def driver() -> ThreadBody:
        yield 5 * NS
        e.notify()

    m.method(method, e)
    m.thread(driver)
    m.run()


@twin
def event_immediate_in_update(m: Model) -> None:
    e = m.event()

    class Channel:
        def update(self) -> None:
            m.expect_error(e.notify)

    channel = Channel()
    m.watch(e, "e")

    def driver() -> ThreadBody:
        yield 5 * NS
        m.kernel.request_update(channel)
        m.kernel.request_update(channel)
        m.note("asked")

    m.thread(driver)
    m.run()


@ordered
def event_triggered(m: Model) -> None:
    e = m.event()

    def look(when: str) -> None:
        m.note(f"{when} {'yes' if e.triggered else 'no'}")

    def driver() -> ThreadBody:
        look("start")
        yield 5 * NS
        e.notify(0)
        look("asked")
        yield 0
        look("next")
        yield 0
        look("after")
        e.notify()
        look("immediate")
        e.notify(5 * NS)
        yield 5 * NS
        look("timed")
        yield 5 * NS
        look("later")

    m.thread(driver)
    m.run()


@twin
def event_same_time(m: Model) -> None:
    a, b = m.event(), m.event()
    m.watch(a, "a")
    m.watch(b, "b")

    def both() -> ThreadBody:
        yield a & b
        m.note("both")

    def driver() -> ThreadBody:
        a.notify(10 * NS)
        yield 4 * NS
        b.notify(6 * NS)
        yield 6 * NS
        m.note("driver")

    m.thread(both)
    m.thread(driver)
    m.run()


@twin
def event_elaboration(m: Model) -> None:
    delta, timed = m.event(), m.event()
    m.method(lambda: m.note("delta"), delta, initialize=False)
    m.method(lambda: m.note("timed"), timed, initialize=False)
    delta.notify(0)
    timed.notify(3 * NS)
    m.thread(lambda: m.note("first"))
    m.run()


@twin
def delta_count(m: Model) -> None:
    e, unheard = m.event(), m.event()
    m.watch(e, "e")

    def driver() -> ThreadBody:
        m.note("start")
        yield 0
        m.note("second")
        unheard.notify(3 * NS)
        yield 10 * NS
        m.note("ten")
        unheard.notify(0)
        yield 1 * NS
        m.note("eleven")
        e.notify()
        yield 0
        m.note("end")

    m.thread(driver)
    m.run()


@twin
def timed_order(m: Model) -> None:
    a, b, c = m.event(), m.event(), m.event()
    m.watch(a, "a")
    m.watch(b, "b")
    m.watch(c, "c")

    def driver() -> ThreadBody:
        c.notify(3 * NS)
        a.notify(1 * NS)
        b.notify(1001)
        yield 1
        m.note("1 ps")
        yield 1_500_000
        m.note("end")

    m.thread(driver)
    m.run()

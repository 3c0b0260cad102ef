"""Twins: suspend, resume, disable, enable, kill, reset, the end of processes and their spawning."""

from __future__ import annotations

from cosim.kernel.waits import ThreadBody
from tests.systemc.model import NS, Model, ordered, twin


@twin
def suspend_triggered(m: Model) -> None:
    e = m.event()

    def body() -> ThreadBody:
        while True:
            yield None
            m.note("p")

    def driver() -> ThreadBody:
        yield 5 * NS
        p.suspend()
        yield 5 * NS
        e.notify()
        yield 5 * NS
        e.notify()
        yield 5 * NS
        m.note("resume")
        p.resume()
        yield 5 * NS
        e.notify()

    p = m.thread(body, e)
    m.thread(driver)
    m.run()


@twin
def suspend_quiet(m: Model) -> None:
    e = m.event()

    def body() -> ThreadBody:
        yield e
        m.note("p")

    def driver() -> ThreadBody:
        yield 5 * NS
        p.suspend()
        yield 5 * NS
        p.resume()
        m.note("resumed")
        yield 5 * NS
        e.notify()

    p = m.thread(body)
    m.thread(driver)
    m.run()


@twin
def suspend_timeout(m: Model) -> None:
    def body() -> ThreadBody:
        yield 10 * NS
        m.note("p")
        yield 10 * NS
        m.note("p again")

    def driver() -> ThreadBody:
        yield 5 * NS
        p.suspend()
        yield 20 * NS
        m.note("resume")
        p.resume()
        yield 5 * NS
        p.suspend()
        p.resume()

    p = m.thread(body)
    m.thread(driver)
    m.run()


@ordered
def suspend_self(m: Model) -> None:
    def body() -> ThreadBody:
        yield 5 * NS
        m.note("before")
        yield p.suspend()
        m.note("after")
        yield 3 * NS
        m.note("end")

    def driver() -> ThreadBody:
        yield 20 * NS
        m.note("resume")
        p.resume()

    p = m.thread(body)
    m.thread(driver)
    m.run()


@twin
def suspend_method(m: Model) -> None:
    e = m.event()
    process = m.method(lambda: m.note("m"), e, initialize=False)

    def driver() -> ThreadBody:
        yield 5 * NS
        process.suspend()
        e.notify(0)
        yield 5 * NS
        e.notify(0)
        yield 5 * NS
        m.note("resume")
        process.resume()
        yield 5 * NS
        process.suspend()
        process.resume()
        m.note("quiet")

    m.thread(driver)
    m.run()


@twin
def disable_event(m: Model) -> None:
    e = m.event()

    def body() -> ThreadBody:
        while True:
            yield None
            m.note("p")

    def driver() -> ThreadBody:
        yield 5 * NS
        p.disable()
        method.disable()
        e.notify()
        yield 5 * NS
        e.notify()
        yield 5 * NS
        p.enable()
        method.enable()
        m.note("enabled")
        yield 5 * NS
        e.notify()

    p = m.thread(body, e)
    method = m.method(lambda: m.note("m"), e, initialize=False)
    m.thread(driver)
    m.run()


@twin
def disable_dynamic(m: Model) -> None:
    e = m.event()

    def body() -> ThreadBody:
        yield e
        m.note("p")

    def driver() -> ThreadBody:
        yield 5 * NS
        p.disable()
        e.notify()
        yield 5 * NS
        p.enable()
        m.note("enabled")
        yield 5 * NS
        e.notify()

    p = m.thread(body)
    m.thread(driver)
    m.run()


@twin
def disable_or_list(m: Model) -> None:
    a, b = m.event(), m.event()

    def any_of() -> ThreadBody:
        yield a | b
        m.note("or")

    def all_of() -> ThreadBody:
        yield a & b
        m.note("and")

    def driver() -> ThreadBody:
        yield 5 * NS
        o.disable()
        n.disable()
        a.notify()
        yield 5 * NS
        o.enable()
        n.enable()
        m.note("enabled")
        yield 5 * NS
        b.notify()
        yield 5 * NS
        a.notify()

    o = m.thread(any_of)
    n = m.thread(all_of)
    m.thread(driver)
    m.run()


@twin
def disable_runnable(m: Model) -> None:
    e = m.event()

    def body() -> ThreadBody:
        yield e
        m.note("p")
        yield 1 * NS
        m.note("p again")

    def driver() -> ThreadBody:
        yield 5 * NS
        e.notify()
        p.disable()
        m.note("disabled")
        yield 20 * NS
        p.enable()

    p = m.thread(body)
    m.thread(driver)
    m.run()


@twin
def kill_waiting(m: Model) -> None:
    e = m.event()

    def body() -> ThreadBody:
        yield e
        m.note("p")

    def end() -> ThreadBody:
        yield p.terminated
        m.note("alive" if p.alive else "terminated")

    def driver() -> ThreadBody:
        yield 5 * NS
        p.kill()
        m.note("not yet" if p.alive else "killed")
        yield 5 * NS
        e.notify()

    p = m.thread(body)
    m.thread(end)
    m.thread(driver)
    m.run()


@ordered
def kill_unwinds(m: Model) -> None:
    def body() -> ThreadBody:
        try:
            yield 100 * NS
            m.note("p")
        finally:
            m.note("cleaned up")

    def driver() -> ThreadBody:
        yield 5 * NS
        m.note("kill")
        p.kill()
        m.note("killed")

    p = m.thread(body)
    m.thread(driver)
    m.run()


@twin
def kill_self(m: Model) -> None:
    def body() -> ThreadBody:
        yield 5 * NS
        m.note("before")
        p.kill()
        m.note("after")

    def driver() -> ThreadBody:
        yield 10 * NS
        m.note("end")

    p = m.thread(body)
    m.thread(driver)
    m.run()


@twin
def kill_runnable(m: Model) -> None:
    e = m.event()

    def body() -> ThreadBody:
        yield e
        m.note("p")

    def driver() -> ThreadBody:
        yield 5 * NS
        e.notify()
        p.kill()
        m.note("killed")

    p = m.thread(body)
    m.thread(driver)
    m.run()


@twin
def kill_method(m: Model) -> None:
    e = m.event()
    process = m.method(lambda: m.note("m"), e, initialize=False)

    def driver() -> ThreadBody:
        yield 5 * NS
        e.notify()
        yield 5 * NS
        process.kill()
        e.notify()
        m.note("alive" if process.alive else "killed")
        yield 5 * NS

    m.thread(driver)
    m.run()


@ordered
def reset_waiting(m: Model) -> None:
    e = m.event()

    def body() -> ThreadBody:
        m.note("begin")
        yield e
        m.note("first")
        yield 10 * NS
        m.note("end")

    def driver() -> ThreadBody:
        yield 5 * NS
        e.notify()
        yield 5 * NS
        m.note("reset")
        p.reset()
        yield 20 * NS
        e.notify()

    p = m.thread(body)
    m.thread(driver)
    m.run()


@twin
def reset_method(m: Model) -> None:
    s, e = m.event(), m.event()

    def method() -> None:
        m.note("m")
        if m.kernel.now == 0:
            process.next_trigger(e)

    def driver() -> ThreadBody:
        yield 5 * NS
        s.notify()
        yield 5 * NS
        process.reset()
        m.note("reset")
        yield 5 * NS
        e.notify()
        yield 5 * NS
        s.notify()

    process = m.method(method, s)
    m.thread(driver)
    m.run()


@twin
def terminated_event(m: Model) -> None:
    def body() -> ThreadBody:
        yield 5 * NS
        m.note("last")

    def end() -> ThreadBody:
        yield p.terminated
        m.note("terminated")

    p = m.thread(body)
    m.thread(end)
    m.run()


@twin
def spawn_dynamic(m: Model) -> None:
    e = m.event()

    def child() -> ThreadBody:
        m.note("child")
        yield 0
        m.note("child again")

    def driver() -> ThreadBody:
        yield 5 * NS
        m.note("spawn")
        m.thread(child)
        m.method(lambda: m.note("method"), e)
        m.method(lambda: m.note("not initialized"), e, initialize=False)
        m.note("spawned")
        yield 5 * NS
        e.notify()

    m.thread(driver)
    m.run()


@twin
def spawn_join(m: Model) -> None:
    def child() -> ThreadBody:
        yield 7 * NS
        m.note("child")

    def driver() -> ThreadBody:
        yield 5 * NS
        yield m.thread(child).terminated
        m.note("joined")

    m.thread(driver)
    m.run()

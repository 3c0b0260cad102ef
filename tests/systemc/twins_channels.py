"""Twins: signals, buffers, fifos, mutexes and semaphores."""

from __future__ import annotations

from cosim.kernel.fifo import Fifo
from cosim.kernel.mutex import Mutex, Semaphore
from cosim.kernel.signals import Buffer, Signal, Writers
from cosim.kernel.waits import ThreadBody
from tests.systemc.model import NS, Model, ordered, twin


@twin
def signal_last_write(m: Model) -> None:
    s = Signal(m.kernel, 1)
    m.method(lambda: m.note(f"changed {s.read()}"), s, initialize=False)

    def driver() -> ThreadBody:
        yield 5 * NS
        s.write(2)
        s.write(3)
        m.note(f"written {s.read()}")
        yield 0
        m.note(f"now {s.read()}")

    m.thread(driver)
    m.run()


@twin
def signal_glitch(m: Model) -> None:
    s = Signal(m.kernel, 1)
    m.method(lambda: m.note(f"changed {s.read()}"), s, initialize=False)

    def driver() -> ThreadBody:
        yield 5 * NS
        s.write(2)
        s.write(1)
        yield 5 * NS
        s.write(1)
        yield 5 * NS
        m.note("end")

    m.thread(driver)
    m.run()


@twin
def signal_edges(m: Model) -> None:
    s = Signal(m.kernel, False)
    m.method(lambda: m.note("posedge"), s.posedge, initialize=False)
    m.method(lambda: m.note("negedge"), s.negedge, initialize=False)
    m.method(lambda: m.note("change"), s.value_changed, initialize=False)

    def driver() -> ThreadBody:
        for value in (False, True, True, False, False, True):
            yield 5 * NS
            s.write(value)

    m.thread(driver)
    m.run()


@ordered
def signal_event(m: Model) -> None:
    s = Signal(m.kernel, False)

    def look(when: str) -> None:
        m.note(f"{when} {'event' if s.event else 'none'} {int(s.read())}")

    def driver() -> ThreadBody:
        look("start")
        yield 5 * NS
        s.write(True)
        look("written")
        yield 0
        look("next")
        yield 0
        look("after")
        s.write(False)
        yield 5 * NS
        look("later")

    m.thread(driver)
    m.run()


@twin
def signal_chain(m: Model) -> None:
    a, b, c = (Signal(m.kernel, 0) for _ in range(3))
    m.method(lambda: b.write(a.read() + 1), a, initialize=False)
    m.method(lambda: c.write(b.read() + 1), b, initialize=False)
    m.method(lambda: m.note(f"c {c.read()}"), c)

    def driver() -> ThreadBody:
        yield 5 * NS
        a.write(10)
        m.note("written")

    m.thread(driver)
    m.run()


@twin
def signal_swap(m: Model) -> None:
    a, b = Signal(m.kernel, 1), Signal(m.kernel, 2)
    go = m.event()

    def pa() -> ThreadBody:
        yield go
        a.write(b.read())

    def pb() -> ThreadBody:
        yield go
        b.write(a.read())

    m.thread(pa)
    m.thread(pb)
    m.method(lambda: m.note(f"{a.read()} {b.read()}"), a, b)
    go.notify(5 * NS)
    m.run()


@twin
def signal_before_start(m: Model) -> None:
    s = Signal(m.kernel, 0)
    m.method(lambda: m.note(f"changed {s.read()}"), s, initialize=False)
    m.thread(lambda: m.note(f"start {s.read()}"))
    s.write(4)
    m.run()


@twin
def signal_one_writer(m: Model) -> None:
    s = Signal(m.kernel, 0)

    def a() -> ThreadBody:
        yield 5 * NS
        s.write(1)

    def b() -> ThreadBody:
        yield 10 * NS
        m.expect_error(lambda: s.write(2))
        yield 0
        m.note(f"value {s.read()}")

    m.thread(a)
    m.thread(b)
    m.run()


@twin
def signal_many_writers(m: Model) -> None:
    s = Signal(m.kernel, 0, writers=Writers.MANY)
    go = m.event()

    def a() -> ThreadBody:
        yield 5 * NS
        s.write(1)
        yield 10 * NS
        s.write(3)
        go.notify()

    def b() -> ThreadBody:
        yield 10 * NS
        m.expect_error(lambda: s.write(2))
        yield go
        m.expect_error(lambda: s.write(4))

    m.thread(a)
    m.thread(b)
    m.method(lambda: m.note(f"value {s.read()}"), s)
    m.run()


@twin
def signal_unchecked_writers(m: Model) -> None:
    s = Signal(m.kernel, 0, writers=Writers.UNCHECKED)
    go = m.event()

    def a() -> ThreadBody:
        yield 5 * NS
        s.write(1)
        go.notify()

    def b() -> ThreadBody:
        yield go
        s.write(2)

    m.thread(a)
    m.thread(b)
    m.method(lambda: m.note(f"value {s.read()}"), s)
    m.run()


@twin
def buffer_equal(m: Model) -> None:
    s = Buffer(m.kernel, 0)
    m.method(lambda: m.note(f"written {s.read()}"), s, initialize=False)

    def driver() -> ThreadBody:
        for value in (0, 7, 7):
            yield 5 * NS
            s.write(value)
        yield 5 * NS
        s.write(1)
        s.write(7)

    m.thread(driver)
    m.run()


@twin
def fifo_full(m: Model) -> None:
    f: Fifo[int] = Fifo(m.kernel, 2)

    def writer() -> ThreadBody:
        for i in range(1, 5):
            yield from f.write(i)
            m.note(f"wrote {i}")

    def reader() -> ThreadBody:
        for _ in range(4):
            yield 10 * NS
            value = yield from f.read()
            m.note(f"read {value}")

    m.thread(writer)
    m.thread(reader)
    m.run()


@twin
def fifo_empty(m: Model) -> None:
    f: Fifo[int] = Fifo(m.kernel, 4)

    def reader() -> ThreadBody:
        while True:
            value = yield from f.read()
            m.note(f"read {value}")

    def writer() -> ThreadBody:
        yield 5 * NS
        yield from f.write(1)
        yield from f.write(2)
        m.note("wrote two")
        yield 5 * NS
        yield from f.write(3)

    m.thread(reader)
    m.thread(writer)
    m.run()


@ordered
def fifo_counts(m: Model) -> None:
    f: Fifo[int] = Fifo(m.kernel, 3)

    def counts(when: str) -> None:
        m.note(f"{when} {f.num_available} {f.num_free}")

    def driver() -> ThreadBody:
        counts("empty")
        yield from f.write(1)
        yield from f.write(2)
        counts("written")
        yield 0
        counts("next")
        yield from f.read()
        counts("read")
        yield from f.write(3)
        counts("both")
        yield 0
        counts("after")

    m.thread(driver)
    m.run()


@ordered
def fifo_nonblocking(m: Model) -> None:
    f: Fifo[int] = Fifo(m.kernel, 1)

    def write(value: int) -> None:
        m.note("written" if f.nb_write(value) else "full")

    def driver() -> ThreadBody:
        m.note("read" if f.nb_read()[0] else "empty")
        write(1)
        write(2)
        m.note("read" if f.nb_read()[0] else "empty")
        yield 0
        write(3)
        read, value = f.nb_read()
        m.note(f"{'read' if read else 'empty'} {value}")
        write(4)
        yield 0
        write(5)

    m.thread(driver)
    m.run()


@twin
def fifo_events(m: Model) -> None:
    f: Fifo[int] = Fifo(m.kernel, 2)
    m.method(lambda: m.note("data written"), f.data_written, initialize=False)
    m.method(lambda: m.note("data read"), f.data_read, initialize=False)

    def driver() -> ThreadBody:
        yield 5 * NS
        yield from f.write(1)
        yield from f.write(2)
        yield 5 * NS
        yield from f.read()
        yield from f.read()
        yield 5 * NS
        yield from f.write(3)
        yield 5 * NS
        yield from f.write(4)
        yield from f.read()

    m.thread(driver)
    m.run()


@twin
def mutex_contention(m: Model) -> None:
    mutex = Mutex(m.kernel)

    def a() -> ThreadBody:
        yield from mutex.lock()
        m.note("a has it")
        yield 10 * NS
        m.note("a gives it")
        mutex.unlock()

    def b() -> ThreadBody:
        yield 5 * NS
        m.note("b got it" if mutex.trylock() else "b did not get it")
        yield from mutex.lock()
        m.note("b has it")
        mutex.unlock()

    m.thread(a)
    m.thread(b)
    m.run()


@twin
def mutex_owner(m: Model) -> None:
    mutex = Mutex(m.kernel)

    def a() -> ThreadBody:
        yield from mutex.lock()
        yield from mutex.lock()
        m.note("twice")
        yield 10 * NS
        m.note(f"unlock {mutex.unlock()}")
        m.note(f"unlock {mutex.unlock()}")

    def b() -> ThreadBody:
        yield 5 * NS
        m.note(f"b unlock {mutex.unlock()}")
        yield 10 * NS
        m.note(f"b trylock {0 if mutex.trylock() else -1}")

    m.thread(a)
    m.thread(b)
    m.run()


@twin
def semaphore_counts(m: Model) -> None:
    s = Semaphore(m.kernel, 2)

    def user() -> ThreadBody:
        yield from s.wait()
        m.note("in")
        yield 10 * NS
        m.note("out")
        s.post()

    def look() -> None:
        m.note(f"value {s.value}")
        m.note(f"trywait {0 if s.trywait() else -1}")

    def looker() -> ThreadBody:
        yield 5 * NS
        look()
        yield 10 * NS
        look()
        m.note(f"value {s.value}")

    for _ in range(3):
        m.thread(user)
    m.thread(looker)
    m.run()

"""Rules S1-S9, F1-F6, X1: signals, buffers, fifos, mutexes, semaphores."""

from __future__ import annotations

import threading

import pytest

from cosim.kernel.fifo import Fifo
from cosim.kernel.mutex import Mutex, Semaphore
from cosim.kernel.signals import Buffer, Signal, Writers


def run_thread(kernel, body, *sensitive):
    process = kernel.thread(body, "t", *sensitive)
    kernel.run()
    return process


def signal_log(kernel, channel, *writes):
    """The values of the deltas in which `channel` has an event, one write list a delta."""
    log = []
    kernel.method(
        lambda: log.append(channel.read()), channel.value_changed, name="watch", initialize=False
    )

    def body():
        for values in writes:
            for value in values:
                channel.write(value)
            yield 0

    run_thread(kernel, body())
    return log


def test_S01_S02_the_last_write_is_read_in_the_next_delta(kernel):
    assert signal_log(kernel, Signal(kernel, 0), [1, 2]) == [2]


def test_S03_S04_no_change_no_event(kernel):
    assert signal_log(kernel, Signal(kernel, 0), [1, 0], [0]) == []


def test_S05_event_is_true_for_one_delta(kernel):
    signal, seen = Signal(kernel, False), []

    def body():
        signal.write(True)
        for _ in range(3):
            seen.append(signal.event)
            yield 0

    run_thread(kernel, body())
    assert seen == [False, True, False]


def test_S06_edges(kernel):
    signal, log = Signal(kernel, False), []
    kernel.method(lambda: log.append("pos"), signal.posedge, name="p", initialize=False)
    kernel.method(lambda: log.append("neg"), signal.negedge, name="n", initialize=False)
    signal_log(kernel, signal, [True], [True], [False])
    assert log == ["pos", "neg"]


@pytest.mark.parametrize(
    ("policy", "gap", "fails"),
    [
        (Writers.ONE, 1, True),
        (Writers.MANY, 0, True),
        (Writers.MANY, 1, False),
        (Writers.UNCHECKED, 0, False),
    ],
)
def test_S07_writer_policies(kernel, policy, gap, fails):
    signal = Signal(kernel, 0, "s", policy)

    def body(delay):
        yield 1 + delay
        signal.write(delay + 1)

    kernel.thread(body(0), "first")
    kernel.thread(body(gap), "second")
    if fails:
        with pytest.raises(RuntimeError, match="written by first and by second"):
            kernel.run()
    else:
        kernel.run()


def test_S08_a_buffer_has_an_event_on_every_write(kernel):
    assert signal_log(kernel, Buffer(kernel, 0), [0], [1], [1]) == [0, 1, 1]


def test_S09_request_update_is_idempotent(kernel):
    calls = []

    class Channel:
        def update(self):
            calls.append(1)

    channel = Channel()
    kernel.request_update(channel)
    kernel.request_update(channel)
    kernel.run()
    assert calls == [1]


def test_F01_size(kernel):
    assert Fifo(kernel).size == 16
    with pytest.raises(ValueError, match="fifo f"):
        Fifo(kernel, 0, "f")


def test_F02_F03_data_and_space_appear_one_delta_later(kernel):
    fifo, log = Fifo(kernel, 2), []

    def state():
        log.append((fifo.num_available, fifo.num_free))

    def body():
        fifo.nb_write("a")
        state()
        yield 0
        state()
        fifo.nb_read()
        state()
        yield 0
        state()

    run_thread(kernel, body())
    assert log == [(0, 1), (1, 1), (0, 1), (0, 2)]


def test_F04_read_and_write_block(kernel):
    fifo, log = Fifo(kernel, 1), []

    def producer():
        for value in range(4):
            yield from fifo.write(value)

    def consumer():
        for _ in range(4):
            yield 10
            log.append((yield from fifo.read()))

    kernel.thread(producer(), "producer")
    run_thread(kernel, consumer())
    assert log == [0, 1, 2, 3]


def test_F06_nonblocking_calls_refuse_without_effect(kernel):
    fifo = Fifo(kernel, 1)
    assert fifo.nb_read() == (False, None)
    assert fifo.nb_write(1)
    assert not fifo.nb_write(2)
    assert (fifo.num_available, fifo.num_free) == (0, 0)


def test_X01_mutex(kernel):
    mutex, log = Mutex(kernel), []

    def owner():
        yield from mutex.lock()
        yield from mutex.lock()
        yield 10
        log.append(mutex.unlock())

    def other():
        yield 1
        log.append(mutex.unlock())
        yield from mutex.lock()
        log.append(kernel.now)

    kernel.thread(owner(), "owner")
    run_thread(kernel, other())
    assert log == [-1, 0, 10]


def test_S09_an_update_asked_for_by_another_OS_thread_comes_in_the_next_update_phase(kernel):
    class Channel:
        def update(self):
            log.append(kernel.delta_count)

    log, channel = [], Channel()

    def body():
        for _ in range(2):
            thread = threading.Thread(target=kernel.async_request_update, args=(channel,))
            thread.start()
            thread.join()
        assert log == []
        yield 0

    run_thread(kernel, body)
    assert log == [0]  # of the first delta cycle


def test_observers_see_each_change_and_no_delta_cycle_more(kernel):
    signal, seen = Signal(kernel, 0), []
    signal.observe(seen.append)

    def body():
        for value in (1, 1, 2):
            signal.write(value)
            yield 0

    run_thread(kernel, body)
    assert seen == [1, 2]
    assert kernel.delta_count == 4


def test_a_semaphore_lets_as_many_in_as_it_has(kernel):
    semaphore, log = Semaphore(kernel, 2), []

    def body(name):
        yield from semaphore.wait()
        log.append((name, kernel.now))
        yield 10
        semaphore.post()

    for name in "abc":
        kernel.thread(body(name), name)
    kernel.run()
    assert log == [("a", 0), ("b", 0), ("c", 10)]
    assert semaphore.value == 2
    assert [semaphore.trywait() for _ in range(3)] == [True, True, False]


def test_a_semaphore_begins_at_zero_or_more(kernel):
    with pytest.raises(ValueError, match="semaphore s"):
        Semaphore(kernel, -1, "s")

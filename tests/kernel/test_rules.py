"""The kernel's rules by number: E (events), P (processes), S (signals), F (fifo), X (mutex), K."""

from __future__ import annotations

import pytest

from cosim.kernel.events import Event
from cosim.kernel.fifo import Fifo
from cosim.kernel.kernel import Kernel
from cosim.kernel.mutex import Mutex
from cosim.kernel.report import KernelWarning
from cosim.kernel.signals import Buffer, Signal, Writers
from cosim.kernel.waits import AllOf, AnyOf, Triggers


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


def happenings(kernel: Kernel, *steps) -> list:
    """When an event happens, in (time, deltas after the request), given calls made at time 100."""
    event, log, start = Event(kernel, "e"), [], []
    kernel.method(
        lambda: log.append((kernel.now, kernel.delta_count)), event, name="watch", initialize=False
    )

    def body():
        yield 100
        start.append(kernel.delta_count)
        for step in steps:
            event.cancel() if step == "cancel" else event.notify(step)

    kernel.thread(body(), "t")
    kernel.run()
    return [(now, count - start[0] if now == 100 else None) for now, count in log]


def test_E01_immediate_with_none_pending(kernel):
    assert happenings(kernel, None) == [(100, 0)]


def test_E02_immediate_cancels_delta(kernel):
    assert happenings(kernel, 0, None) == [(100, 0)]


def test_E03_immediate_cancels_timed(kernel):
    assert happenings(kernel, 5, None) == [(100, 0)]


def test_E04_delta_with_none_pending(kernel):
    assert happenings(kernel, 0) == [(100, 1)]


def test_E05_delta_ignored_by_delta_E12_one_pending(kernel):
    assert happenings(kernel, 0, 0) == [(100, 1)]


def test_E06_timed_replaced_by_delta(kernel):
    assert happenings(kernel, 5, 0) == [(100, 1)]


def test_E07_timed_with_none_pending(kernel):
    assert happenings(kernel, 5) == [(105, None)]


def test_E08_timed_ignored_by_delta(kernel):
    assert happenings(kernel, 0, 5) == [(100, 1)]


@pytest.mark.parametrize(("first", "second"), [(5, 7), (7, 5), (5, 5)])
def test_E09_timed_replaced_by_earlier_timed(kernel, first, second):
    assert happenings(kernel, first, second) == [(105, None)]


@pytest.mark.parametrize("steps", [["cancel"], [0, "cancel"], [5, "cancel"]])
def test_E10_E11_cancel_removes_what_is_pending(kernel, steps):
    assert happenings(kernel, *steps) == []


def test_E13_cancel_cannot_undo_an_immediate_notification(kernel):
    assert happenings(kernel, None, "cancel") == [(100, 0)]


def test_E14_immediate_notification_in_elaboration_is_an_error(kernel):
    with pytest.raises(RuntimeError, match="elaboration"):
        Event(kernel, "e").notify()


def test_E15_a_process_does_not_trigger_itself(kernel):
    event, runs = Event(kernel, "e"), []

    def method():
        runs.append(kernel.now)
        event.notify()

    kernel.method(method, event, name="m")
    with pytest.warns(KernelWarning, match="process m notifies e"):
        kernel.run()
    assert runs == [0]


def test_E17_triggered_only_in_the_delta_after(kernel):
    event, seen = Event(kernel), []

    def body():
        event.notify(0)
        for _ in range(3):
            seen.append(event.triggered)
            yield 0

    kernel.thread(body(), "t")
    kernel.run()
    assert seen == [False, True, False]


def run_thread(kernel, body, *sensitive):
    process = kernel.thread(body, "t", *sensitive)
    kernel.run()
    return process


def test_P01_dynamic_wait_hides_static_sensitivity(kernel):
    event, log = Event(kernel), []

    def body():
        yield 10
        log.append(kernel.now)
        yield None
        log.append(kernel.now)

    event.notify(5)
    kernel.thread(body(), "t", event)
    kernel.run(20)
    event.notify(5)
    kernel.run()
    assert log == [10, 25]


def test_P02_the_loser_of_a_timed_wait_is_removed(kernel):
    event, log = Event(kernel), []

    def body():
        for _ in range(2):
            cause = yield AnyOf((event,), timeout=10)
            log.append((kernel.now, cause))

    event.notify(3)
    run_thread(kernel, body())
    assert log == [(3, event), (13, None)]


def test_P03_all_of_waits_for_every_event_in_any_order(kernel):
    a, b, log = Event(kernel, "a"), Event(kernel, "b"), []

    def body():
        yield AllOf((a, b))
        log.append(kernel.now)

    b.notify(3)
    a.notify(8)
    run_thread(kernel, body())
    assert log == [8]


def test_P04_zero_time_resumes_in_the_next_delta(kernel):
    log = []

    def body():
        log.append(kernel.delta_count)
        yield 0
        log.append(kernel.delta_count)

    run_thread(kernel, body())
    assert log == [0, 1]


def test_P05_wait_n_consumes_n_static_triggers(kernel):
    event, log = Event(kernel), []

    def body():
        yield Triggers(3)
        log.append(kernel.now)

    def source():
        for _ in range(5):
            yield 10
            event.notify()

    kernel.thread(source(), "source")
    run_thread(kernel, body(), event)
    assert log == [30]


def test_P06_the_last_next_trigger_wins_and_holds_once(kernel):
    event, log = Event(kernel), []

    def method():
        log.append(kernel.now)
        if len(log) == 1:
            process.next_trigger(3)
            process.next_trigger(7)

    process = kernel.method(method, event, name="m")
    kernel.run()
    event.notify(5)
    kernel.run()
    assert log == [0, 7, 12]


def test_P07_a_method_cannot_wait(kernel):
    def method():
        yield 1

    kernel.method(method, name="m")
    with pytest.raises(TypeError, match="process m is a method"):
        kernel.run()


def controlled(kernel, off, on):
    event, log = Event(kernel), []
    process = kernel.method(lambda: log.append(kernel.now), event, name="m", initialize=False)

    def control():
        getattr(process, off)()
        for _ in range(2):
            yield 10
            event.notify()
        yield 10
        getattr(process, on)()

    run_thread(kernel, control())
    return log


def test_P08_a_suspended_process_remembers_one_trigger(kernel):
    assert controlled(kernel, "suspend", "resume") == [30]


def test_P09_a_disabled_process_loses_triggers(kernel):
    assert controlled(kernel, "disable", "enable") == []


def test_P10_kill_unwinds_and_warns_the_second_time(kernel):
    log = []

    def body():
        try:
            yield 100
        finally:
            log.append(kernel.now)

    process = kernel.thread(body(), "victim")
    with pytest.raises(RuntimeError, match="victim"):
        process.kill()

    def killer():
        yield 10
        process.kill()
        process.kill()

    kernel.thread(killer(), "killer")
    with pytest.warns(KernelWarning, match="already dead"):
        kernel.run()
    assert log == [10]
    assert not process.alive


def test_P11_self_suspend_then_resume_runs_in_the_same_evaluate_phase(kernel):
    log = []

    def body():
        log.append(kernel.delta_count)
        yield process.suspend()
        log.append(kernel.delta_count)

    def other():
        process.resume()
        yield 0

    process = kernel.thread(body(), "t")
    kernel.thread(other(), "other")
    kernel.run()
    assert log == [0, 0]


def test_reset_starts_a_thread_again(kernel):
    log = []

    def body():
        log.append(kernel.now)
        yield 100

    process = kernel.thread(body, "again")

    def control():
        yield 10
        process.reset()

    run_thread(kernel, control())
    assert log == [0, 10]


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


def test_K02_neither_initialized_nor_sensitive_warns(kernel):
    with pytest.warns(KernelWarning, match="process m"):
        kernel.method(lambda: None, name="m", initialize=False)


def test_K03_delta_count_counts_evaluate_phases_that_ran_something(kernel):
    Event(kernel).notify(0)
    kernel.run()
    assert kernel.delta_count == 0


def test_K12_shuffle_is_seeded_and_changes_the_order():
    def order(seed):
        kernel, log = Kernel(shuffle_seed=seed), []
        for number in range(8):
            kernel.method(lambda n=number: log.append(n), name=f"m{number}")
        kernel.run()
        return log

    assert order(None) == list(range(8))
    assert order(1) == order(1) != order(2)


def test_errors_name_the_process(kernel):
    def method():
        raise ValueError("oops")

    kernel.method(method, name="top.m")
    with pytest.raises(ValueError, match="oops") as caught:
        kernel.run()
    assert caught.value.__notes__ == ["in process top.m at 0 s"]

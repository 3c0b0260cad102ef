"""Rules P1-P11: sensitivity, waiting and control of processes."""

from __future__ import annotations

from contextlib import suppress

import pytest

from cosim.kernel.events import Event
from cosim.kernel.report import KernelError, KernelWarning
from cosim.kernel.waits import AllOf, AnyOf, Triggers


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
    with pytest.raises(KernelError, match="process m is a method"):
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


def test_P03_any_of_ends_with_the_first(kernel):
    a, b, log = Event(kernel, "a"), Event(kernel, "b"), []

    def body():
        log.append(((yield a | b), kernel.now))
        log.append(((yield a & b), kernel.now))

    b.notify(3)
    a.notify(5)
    kernel.thread(body, "t")
    kernel.run(4)
    b.notify(9)
    kernel.run()
    assert log[0] == (b, 3)
    assert log[1][1] == 13


def test_lists_grow_and_are_not_empty(kernel):
    a, b, c = (Event(kernel, name) for name in "abc")
    assert (a | b | c) == AnyOf((a, b, c))
    assert (a & b & c) == AllOf((a, b, c))
    with pytest.raises(ValueError, match="AnyOf needs an event"):
        AnyOf(())


def test_P02_an_all_of_wait_times_out(kernel):
    a, b, log = Event(kernel, "a"), Event(kernel, "b"), []

    def body():
        log.append(((yield AllOf((a, b), timeout=10)), kernel.now))

    a.notify(3)
    run_thread(kernel, body)
    assert log == [(None, 10)]


def test_P06_next_trigger_without_arguments_restores_the_static_sensitivity(kernel):
    event, log = Event(kernel), []

    def method():
        log.append(kernel.now)
        process.next_trigger(100)
        process.next_trigger()

    process = kernel.method(method, event, name="m")
    event.notify(7)
    kernel.run()
    assert log == [0, 7]


def test_P08_P09_a_zero_time_wait_is_suspended_disabled_and_killed_too(kernel):
    log = []

    def body(name):
        yield 0
        log.append((name, kernel.now))

    processes = {name: kernel.thread(body(name), name) for name in ("free", "held", "dead", "off")}

    def control():
        processes["held"].suspend()
        processes["dead"].kill()
        processes["off"].disable()
        yield 10
        processes["held"].resume()
        processes["off"].enable()

    kernel.thread(control, "control")
    kernel.run()
    assert log == [("free", 0), ("held", 10)]
    assert not processes["dead"].alive and processes["off"].alive


def test_P09_a_disabled_process_loses_its_timeout(kernel):
    log = []

    def body():
        yield 10
        log.append(kernel.now)

    process = kernel.thread(body, "p")

    def control():
        yield 5
        process.disable()
        yield 10
        process.enable()

    kernel.thread(control, "control")
    kernel.run(100)
    assert log == []


def test_P10_a_thread_may_kill_itself(kernel):
    log = []

    def body():
        try:
            yield 5
            process.kill()
            log.append("goes on")
        finally:
            log.append("unwound")

    process = kernel.thread(body, "p")
    kernel.run()
    assert log == ["unwound"] and not process.alive


def test_P10_who_ignores_being_killed_is_named(kernel):
    def body():
        with suppress(GeneratorExit):
            yield 5
        yield 5

    process = kernel.thread(body, "stubborn")
    kernel.thread(lambda: process.kill(), "killer")
    with pytest.raises(KernelError, match="process stubborn goes on waiting"):
        kernel.run()


def test_P10_a_killed_method_is_not_called_again(kernel):
    event, log = Event(kernel), []
    process = kernel.method(lambda: log.append(kernel.now), event, name="m")

    def control():
        yield 5
        process.kill()
        event.notify()

    run_thread(kernel, control)
    assert log == [0]


def test_reset_calls_a_method_again(kernel):
    log = []
    process = kernel.method(lambda: log.append(kernel.now), name="m")

    def control():
        yield 5
        process.reset()

    run_thread(kernel, control)
    assert log == [0, 5]


def test_reset_is_refused_where_it_has_no_meaning(kernel):
    process = kernel.thread((delay for delay in (5,)), "p")
    with pytest.raises(KernelError, match="before the simulation"):
        process.reset()

    def control():
        with pytest.raises(KernelError, match="made from a generator"):
            process.reset()
        with pytest.raises(KernelError, match="cannot reset itself"):
            again.reset()
        yield 1

    again = kernel.thread(control, "control")
    kernel.run()


def test_a_thread_that_starts_on_its_sensitivity_gets_no_cause_at_its_beginning(kernel):
    event, log = Event(kernel), []

    def body():
        log.append(kernel.now)
        log.append((yield event))

    kernel.thread(body, "t", event, initialize=False)
    event.notify(3)
    kernel.run()
    event.notify(4)
    kernel.run()
    assert log == [3, event]


def test_a_thread_that_never_waits_is_a_function(kernel):
    log = []
    thread = kernel.thread(lambda: log.append(kernel.now), "t")
    assert log == []
    kernel.run()
    assert log == [0] and not thread.alive


def test_a_negative_wait_is_an_error(kernel):
    kernel.thread(iter_back(), "t")
    with pytest.raises(ValueError, match="process t waits for -1 ps"):
        kernel.run()


def iter_back():
    yield -1

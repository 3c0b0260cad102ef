"""Rules K1-K12: the phases of the scheduler, running, pausing and stopping."""

from __future__ import annotations

import threading
import warnings

import pytest

from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.report import KernelError, KernelWarning
from cosim.kernel.signals import Signal
from cosim.kernel.stages import Phase, Stage, Starvation, StopMode
from cosim.kernel.units import MAX_TIME


class Channel:
    """A primitive channel that notes its updates."""

    def __init__(self, log: list) -> None:
        self.log = log

    def update(self) -> None:
        self.log.append("update")


def ticking(kernel: Kernel, log: list, period: int = 10) -> None:
    def body():
        while True:
            yield period
            log.append(kernel.now)

    kernel.thread(body, "ticking")


def test_K01_evaluate_then_update_then_delta_notification(kernel):
    log, channel, later, now = [], Channel([]), Event(kernel, "later"), Event(kernel, "now")
    channel.log = log

    def first():
        log.append("first")
        later.notify(0)
        kernel.request_update(channel)
        now.notify()

    kernel.method(lambda: log.append("delta"), later, name="delta", initialize=False)
    kernel.method(lambda: log.append("immediate"), now, name="immediate", initialize=False)
    kernel.method(first, name="first")
    kernel.method(lambda: log.append("second"), name="second")
    kernel.run()
    assert sorted(log[:3]) == ["first", "immediate", "second"]
    assert log[3:] == ["update", "delta"]


def test_K02_updates_come_before_the_first_evaluate_phase_and_deltas_after(kernel):
    signal, pending, log = Signal(kernel, 0, "s"), Event(kernel, "e"), []
    signal.write(7)
    pending.notify(0)
    kernel.method(lambda: log.append(("init", signal.read())), name="init")
    kernel.method(lambda: log.append("changed"), signal, name="changed", initialize=False)
    kernel.method(lambda: log.append("delta"), pending, name="delta", initialize=False)
    kernel.run(0)
    assert sorted(log, key=str) == [("init", 7), "changed", "delta"]
    assert kernel.delta_count == 1


def test_K02_what_is_not_initialized_waits_for_its_sensitivity(kernel):
    event, log = Event(kernel), []

    def body():
        while True:
            log.append(kernel.now)
            yield None

    kernel.thread(body, "t", event, initialize=False)
    event.notify(5)
    kernel.run()
    assert log == [5]


@pytest.mark.parametrize("kind", ["method", "thread"])
def test_K02_neither_initialized_nor_sensitive_warns(kernel, kind):
    with pytest.warns(KernelWarning, match="process p is neither initialized nor sensitive"):
        getattr(kernel, kind)(lambda: None, name="p", initialize=False)


def test_K03_delta_count_counts_evaluate_phases_that_ran_something(kernel):
    event = Event(kernel)
    event.notify(0)
    kernel.run()
    assert kernel.delta_count == 0
    kernel.method(lambda: None, event, name="m", initialize=False)
    event.notify(5)
    kernel.run()
    assert kernel.delta_count == 1


def test_K04_a_delta_cycle_does_not_advance_time(kernel):
    seen = []

    def body():
        yield 10
        for _ in range(3):
            seen.append((kernel.now, kernel.delta_count))
            yield 0

    kernel.thread(body, "t")
    kernel.run()
    assert seen == [(10, 1), (10, 2), (10, 3)]


def test_K05_a_run_of_no_time_is_one_delta_cycle(kernel):
    log = []

    def body():
        while True:
            log.append(kernel.delta_count)
            yield 0

    kernel.thread(body, "t")
    for count in range(1, 4):
        kernel.run(0)
        assert (len(log), kernel.phase, kernel.now) == (count, Phase.PAUSED, 0)


@pytest.mark.parametrize(
    ("arguments", "end"),
    [((100,), 100), ((100, Starvation.RUN_TO_TIME), 100), ((100, Starvation.EXIT), 10), ((), 10)],
)
def test_K06_where_starvation_leaves_time(kernel, arguments, end):
    def body():
        yield 10

    kernel.thread(body, "t")
    kernel.run(*arguments)
    assert kernel.now == end


def test_K07_what_is_due_at_the_end_runs_in_the_next_call(kernel):
    event, log = Event(kernel), []
    kernel.method(lambda: log.append(kernel.now), event, name="m", initialize=False)
    event.notify(10)
    kernel.run(10)
    assert (log, kernel.now, event.pending) == ([], 10, False)
    kernel.run(0)
    assert log == [10]


def test_K08_beyond_the_greatest_time_is_an_error(kernel):
    kernel.run(5)
    with pytest.raises(KernelError, match="greatest time"):
        kernel.run(MAX_TIME - 4)
    kernel.run(MAX_TIME - 5)
    assert kernel.now == MAX_TIME
    with pytest.raises(KernelError, match="event e"):
        Event(kernel, "e").notify(1)


def test_K08_no_run_after_stop_and_none_within_one(kernel):
    def body():
        with pytest.raises(KernelError, match="within"):
            kernel.run(1)
        yield 5
        kernel.stop()

    kernel.thread(body, "t")
    kernel.run()
    with pytest.raises(KernelError, match="stopped"):
        kernel.run(1)


def test_K08_no_negative_duration(kernel):
    with pytest.raises(ValueError, match="-1 ps"):
        kernel.run(-1)


@pytest.mark.parametrize(
    ("mode", "log"),
    [(StopMode.FINISH_DELTA, ["stop", "other", "update"]), (StopMode.IMMEDIATE, ["stop"])],
)
def test_K09_stop_finishes_the_update_or_nothing(kernel, mode, log):
    seen = []
    channel = Channel(seen)
    kernel.stop_mode = mode

    def stop():
        seen.append("stop")
        kernel.request_update(channel)
        kernel.stop()

    kernel.method(stop, name="stop")
    kernel.method(lambda: seen.append("other"), name="other")
    kernel.run()
    assert seen == log
    assert kernel.phase is Phase.STOPPED


def test_K09_pause_completes_the_delta_cycle_and_the_next_run_goes_on(kernel):
    event, log = Event(kernel), []

    def body():
        event.notify(0)
        kernel.pause()
        yield event
        log.append(kernel.delta_count)

    kernel.thread(body, "t")
    kernel.run()
    assert (log, kernel.phase, event.pending) == ([], Phase.PAUSED, False)
    kernel.run()
    assert log == [1]


def test_stop_between_runs_ends_the_simulation(kernel):
    kernel.run(5)
    kernel.stop()
    assert kernel.phase is Phase.STOPPED


class Mailbox:
    """A channel that another OS thread fills."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel, self.values, self.arrived = kernel, [], Event(kernel, "arrived")

    def put(self, value: int) -> None:
        self.values.append(value)
        self.kernel.async_request_update(self)

    def update(self) -> None:
        self.arrived.notify(0)


def test_K10_starvation_waits_for_another_OS_thread(kernel):
    box, got = Mailbox(kernel), []
    kernel.async_attach_suspending(box)
    waiting = threading.Semaphore(0)

    def body():
        for _ in range(3):
            waiting.release()
            yield box.arrived
            got.append(box.values[-1])
        kernel.async_detach_suspending(box)

    def outside():
        for value in range(3):
            waiting.acquire(timeout=10)
            box.put(value)

    kernel.thread(body, "t")
    thread = threading.Thread(target=outside)
    thread.start()
    kernel.run()
    thread.join()
    assert got == [0, 1, 2]


def test_K10_one_update_wakes_a_starved_run(kernel):
    box, seen = Mailbox(kernel), []
    kernel.async_attach_suspending(box)
    stages = [Stage.PRE_SUSPEND, Stage.POST_SUSPEND]
    for stage in stages:
        kernel.on_stage(stage, lambda stage=stage: seen.append(stage))

    def body():
        yield box.arrived
        kernel.stop()

    kernel.thread(body, "t")
    timer = threading.Timer(0.02, box.put, (1,))
    timer.start()
    kernel.run()
    timer.join()
    assert kernel.phase is Phase.STOPPED
    assert seen == stages


def test_K10_impatience_ends_the_wait(kernel):
    box = Mailbox(kernel)
    kernel.async_attach_suspending(box)
    kernel.patient = lambda: False
    kernel.method(lambda: None, name="m")
    kernel.run()
    assert kernel.phase is Phase.PAUSED


def test_K11_a_run_without_activity_warns_each_time(kernel):
    for _ in range(2):
        with pytest.warns(KernelWarning, match="nothing to simulate"):
            kernel.run(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kernel.run(1)  # time moves: that is something


def order(seed: int | None) -> list[int]:
    kernel, log = Kernel(shuffle_seed=seed), []
    for number in range(8):
        kernel.method(lambda n=number: log.append(n), name=f"m{number}")
    kernel.run()
    return log


def test_K12_shuffle_is_seeded_and_changes_the_order():
    assert order(None) == list(range(8))
    assert order(1) == order(1) != order(2)
    assert sorted(order(1)) == order(None)


def test_K12_a_model_that_depends_on_the_order_is_exposed():
    def race(seed: int) -> int:
        kernel, shared = Kernel(shuffle_seed=seed), []
        for number in range(2):
            kernel.method(lambda n=number: shared.append(n), name=f"writer{number}")
        kernel.run()
        return shared[-1]

    assert {race(seed) for seed in range(20)} == {0, 1}


def test_stages_are_called_in_order(kernel):
    log = []
    for stage in Stage:
        kernel.on_stage(stage, lambda stage=stage: log.append(stage.name))

    def body():
        yield 5
        kernel.stop()

    kernel.thread(body, "t")
    kernel.run()
    assert log == [
        "POST_BEFORE_END_OF_ELABORATION",
        "POST_END_OF_ELABORATION",
        "POST_START_OF_SIMULATION",
        "POST_UPDATE",  # of the initialization
        "POST_UPDATE",
        "PRE_TIMESTEP",
        "POST_UPDATE",
        "PRE_STOP",
        "POST_END_OF_SIMULATION",
    ]


def test_errors_name_the_process_and_the_time(kernel):
    def body():
        yield 2000
        raise ValueError("oops")

    kernel.thread(body, "top.m")
    with pytest.raises(ValueError, match="oops") as caught:
        kernel.run()
    assert caught.value.__notes__ == ["in process top.m at 2 ns"]
    with pytest.raises(KernelError, match="stopped"):
        kernel.run()

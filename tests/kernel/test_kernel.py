"""The kernel: evaluate, update, delta; the override rules of events; simpy processes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cosim.kernel.ending import GuestExit
from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from cosim.kernel.report import KernelError
from cosim.kernel.signals import Signal
from cosim.kernel.stages import Starvation
from cosim.kernel.waits import AnyOf


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


def record(kernel: Kernel, event: Event, log: list) -> None:
    """Note (time, delta count) each time `event` happens."""
    kernel.method(
        lambda: log.append((kernel.now, kernel.delta_count)),
        event,
        name="recorder",
        initialize=False,
    )


def test_threads_wait_for_times(kernel: Kernel) -> None:
    log = []

    def body():
        for delay in (5, 10, 0, 1):
            yield delay
            log.append(kernel.now)

    kernel.thread(body(), "t")
    kernel.run()
    assert log == [5, 15, 15, 16]


def test_a_delta_cycle_does_not_advance_time(kernel: Kernel) -> None:
    seen = []

    def body():
        for _ in range(3):
            seen.append((kernel.now, kernel.delta_count))
            yield 0

    kernel.thread(body(), "t")
    kernel.run()
    assert [now for now, _ in seen] == [0, 0, 0]
    assert all(later == earlier + 1 for (_, earlier), (_, later) in pairwise(seen))


# The table of IEEE 1666-2011, 5.10.8: what is pending, what is notified, when it then happens.
OVERRIDES = [
    #  first  second  happens at (time, or "now"/"delta" of time 100)
    (None,   None,   "now"),
    (None,   0,      "delta"),
    (None,   7,      107),
    (0,      None,   "now"),
    (0,      0,      "delta"),
    (0,      7,      "delta"),
    (5,      None,   "now"),
    (5,      0,      "delta"),
    (5,      7,      105),
    (7,      5,      105),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "when"), OVERRIDES)
def test_an_earlier_notification_overrides_a_later_one(kernel, first, second, when) -> None:
    event, log, marks = Event(kernel), [], []
    record(kernel, event, log)

    def body():
        yield 100
        if first is not None:
            event.notify(first)
        event.notify(second)
        marks.append(kernel.delta_count)

    kernel.thread(body(), "t")
    kernel.run()
    begun = marks[0]
    expected = {"now": (100, begun), "delta": (100, begun + 1)}
    assert len(log) == 1
    assert log[0] == expected[when] if when in expected else log[0][0] == when


def test_cancel_withdraws_delta_and_timed_notifications(kernel: Kernel) -> None:
    event, log = Event(kernel), []
    record(kernel, event, log)

    def body():
        for delay in (0, 5):
            event.notify(delay)
            event.cancel()
            assert not event.pending
        yield 50

    kernel.thread(body(), "t")
    kernel.run()
    assert log == []


def test_any_of_ends_with_the_first_and_forgets_the_others(kernel: Kernel) -> None:
    a, b, causes = Event(kernel, "a"), Event(kernel, "b"), []

    def body():
        causes.append((yield AnyOf((a, b), timeout=10)))
        causes.append((yield AnyOf((a, b), timeout=10)))
        causes.append((yield 100))

    kernel.thread(body(), "t")
    a.notify(3)
    b.notify(5)
    kernel.run()
    assert causes == [a, b, None]
    assert kernel.now == 105


def test_a_timeout_ends_a_wait_for_events(kernel: Kernel) -> None:
    log = []
    event = Event(kernel)

    def body():
        cause = yield AnyOf((event,), timeout=10)
        log.append((kernel.now, cause))
        cause = yield event
        log.append((kernel.now, cause))

    kernel.thread(body(), "t")
    event.notify(20)
    kernel.run()
    assert log == [(10, None), (20, event)]


def test_a_signal_changes_one_delta_after_the_write(kernel: Kernel) -> None:
    signal = Signal(kernel, 0, "s")
    seen, changes = [], []
    record(kernel, signal.value_changed, changes)

    def body():
        signal.write(1)
        signal.write(2)
        seen.append(signal.read())
        yield 0
        seen.append(signal.read())
        signal.write(3)
        signal.write(2)
        yield 0
        yield 5

    kernel.thread(body(), "t")
    kernel.run()
    assert seen == [0, 2]
    assert len(changes) == 1


def test_a_terminated_thread_says_so(kernel: Kernel) -> None:
    log = []

    def short():
        yield 5

    thread = kernel.thread(short(), "short")

    def waiter():
        yield thread.terminated
        log.append(kernel.now)

    kernel.thread(waiter(), "waiter")
    kernel.run()
    assert log == [5]
    assert not thread.alive


def test_a_thread_that_yields_something_else_is_named(kernel: Kernel) -> None:
    def body():
        yield "soon"

    kernel.thread(body(), "board.cpu.live")
    with pytest.raises(KernelError, match=r"board\.cpu\.live yielded 'soon'"):
        kernel.run()


def test_plain_simpy_processes_live_in_the_same_time(kernel: Kernel) -> None:
    log = []
    event = Event(kernel)

    def simpy_process(env):
        yield env.timeout(10)
        log.append(("simpy", env.now))
        event.notify()
        yield env.timeout(0)
        log.append(("simpy again", env.now))

    def ours():
        yield event
        log.append(("ours", kernel.now))

    kernel.env.process(simpy_process(kernel.env))
    kernel.thread(ours(), "ours")
    kernel.run()
    assert sorted(log) == [("ours", 10), ("simpy", 10), ("simpy again", 10)]


def test_run_stops_short_of_its_end_and_goes_on(kernel: Kernel) -> None:
    log = []

    def body():
        while True:
            yield 10
            log.append(kernel.now)

    kernel.thread(body(), "t")
    kernel.run(25)
    assert (log, kernel.now) == ([10, 20], 25)
    kernel.run(5)
    assert (log, kernel.now) == ([10, 20], 30)  # what is due at the end runs in the next call
    kernel.run(1)
    assert (log, kernel.now) == ([10, 20, 30], 31)


def test_starvation_leaves_time_at_the_last_event_or_moves_it(kernel: Kernel) -> None:
    def body():
        yield 10

    kernel.thread(body(), "t")
    kernel.run(100, Starvation.EXIT)
    assert (kernel.now, kernel.idle) == (10, True)
    kernel.run(90)
    assert kernel.now == 100


def test_stop_keeps_the_first_cause_and_finishes_the_delta(kernel: Kernel) -> None:
    log = []

    def stopper():
        kernel.stop(GuestExit("a", kernel.now, 1))
        kernel.stop(GuestExit("b", kernel.now, 2))
        yield 10
        log.append("ran on")

    def other():
        log.append("same delta")
        yield 10

    kernel.thread(stopper(), "stopper")
    kernel.thread(other(), "other")
    kernel.run()
    assert log == ["same delta"]
    assert kernel.ending == GuestExit("a", 0, 1)


def test_the_horizon_is_the_next_thing_that_can_happen(kernel: Kernel) -> None:
    horizons = []
    event = Event(kernel)

    def body():
        horizons.append(kernel.horizon)
        event.notify(30)
        horizons.append(kernel.horizon)
        event.notify(0)
        horizons.append(kernel.horizon)
        yield 50

    kernel.thread(body(), "t")
    kernel.run(40)
    assert horizons == [40, 30, 0]


def test_sync_points_are_the_multiples_of_the_quantum() -> None:
    quantum = GlobalQuantum(100)
    assert [quantum.next_sync_point(now) for now in (0, 1, 99, 100)] == [100, 100, 100, 200]
    assert GlobalQuantum(0).next_sync_point(42) == 42

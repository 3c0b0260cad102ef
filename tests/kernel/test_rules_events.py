"""Rules E1-E17: notification, overriding and cancelling of events."""

from __future__ import annotations

import pytest

from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.report import KernelError, KernelWarning
from cosim.kernel.stages import Stage


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
    with pytest.raises(KernelError, match="event e: immediate notification in elaboration"):
        Event(kernel, "e").notify()


def test_E14_immediate_notification_in_the_update_phase_is_an_error(kernel):
    class Channel:
        def update(self):
            Event(kernel, "e").notify()

    kernel.request_update(Channel())
    with pytest.raises(KernelError, match="event e: immediate notification in update"):
        kernel.run()


def test_E14_immediate_notification_in_a_callback_is_an_error(kernel):
    kernel.on_stage(Stage.POST_UPDATE, Event(kernel, "e").notify)
    with pytest.raises(KernelError, match="event e: immediate notification in callback"):
        kernel.run()


@pytest.mark.parametrize("delay", [0, 5])
def test_E16_notifications_in_a_callback_are_ignored_with_a_warning(kernel, delay):
    event = Event(kernel, "e")
    kernel.on_stage(Stage.PRE_TIMESTEP, lambda: event.notify(delay))
    kernel.thread(iter_once, "t")
    with pytest.warns(KernelWarning, match="event e: a notification in a stage callback"):
        kernel.run()
    assert not event.pending


def iter_once():
    yield 10


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


def test_E17_a_timed_event_is_not_triggered_at_a_later_time(kernel):
    event, seen = Event(kernel), []
    event.notify(5)  # nobody waits: no delta cycle follows

    def body():
        yield 5
        seen.append(event.triggered)
        yield 5
        seen.append(event.triggered)

    kernel.thread(body, "t")
    kernel.run()
    assert seen == [True, False]


def test_a_delay_in_the_past_is_an_error(kernel):
    with pytest.raises(ValueError, match="event e: delay -1 ps"):
        Event(kernel, "e").notify(-1)

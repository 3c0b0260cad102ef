"""The kernel runs random programs as the event rules say (see `event_model`).

The mutants below break one rule each: the judge must find every one of them, or it judges nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from event_model import Disagreement, Program, judge
from event_programs import PROGRAMS, Bench, Endless
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.methods import Method
from cosim.kernel.processes import Process
from cosim.kernel.report import KernelError
from cosim.kernel.signals import Buffer, Signal
from cosim.kernel.waits import AllOf, AnyOf

CASES = 10_000
CASES_FOR_A_MUTANT = 1_000  # most are found within the first hundred
SLICES = st.lists(st.integers(0, 4), max_size=3)


@settings(max_examples=CASES, deadline=None, derandomize=True, database=None)
@given(PROGRAMS, st.none() | st.integers(0, 9), SLICES)
def test_the_kernel_runs_programs_as_the_rules_say(program, shuffle_seed, slices):
    """In any order of processes, and however the run is cut into calls of `run`."""
    bench = Bench(program, shuffle_seed)
    last = judge(program, bench.run(*slices))
    assert bench.kernel.now == max(last, sum(slices))


def disagrees(program: Program) -> bool:
    bench = Bench(program)
    try:
        return judge(program, bench.run(limit=200)) != bench.kernel.now
    except (Disagreement, Endless, KernelError):
        return True


# Each takes the original function first, then its arguments.


def a_later_notification_replaces_an_earlier_one(notify, event, delay=None):
    if delay and event.due is not None:
        event.cancel()
    notify(event, delay)


def a_timed_notification_replaces_a_delta_one(notify, event, delay=None):
    if delay and event.due is None:
        event.cancel()
    notify(event, delay)


def a_delta_notification_leaves_a_timed_one(notify, event, delay=None):
    if delay != 0 or event.due is None:
        notify(event, delay)


def an_immediate_notification_leaves_a_pending_one(notify, event, delay=None):
    if delay is None:
        event.happen()
    else:
        notify(event, delay)


def an_immediate_notification_waits_for_a_delta(notify, event, delay=None):
    notify(event, delay or 0)


def an_immediate_notification_is_lost(notify, event, delay=None):
    if delay is not None:
        notify(event, delay)


def a_delta_notification_is_immediate(notify, event, delay=None):
    if delay == 0 and event.kernel.running is not None:
        delay = None
    notify(event, delay)


def cancel_forgets_the_delta(cancel, event):
    if event.due is not None:
        cancel(event)


def cancel_forgets_the_time(cancel, event):
    if event.due is None:
        cancel(event)


def losers_of_any_of_stay(forget, process):
    process._waiting_for = ()
    forget(process)


def static_sensitivity_is_not_restored(forget, process):
    dynamic = process._dynamic
    forget(process)
    process._dynamic = dynamic


class Waker:
    """Wakes a process, whatever it waits for by then."""

    def __init__(self, process: Process) -> None:
        self.process = process

    def triggered_statically(self, event: Event) -> None:
        self.process._wake(None)

    triggered = triggered_statically


def a_timeout_stays(start_wait, process, wait):
    start_wait(process, wait)
    if isinstance(wait, (AnyOf, AllOf)) and wait.timeout:
        timeout = Event(process.kernel, "timeout")
        timeout.add_static(Waker(process))
        timeout.notify(wait.timeout)


def a_timeout_is_lost(start_wait, process, wait):
    if isinstance(wait, (AnyOf, AllOf)):
        wait = type(wait)(wait.events)
    start_wait(process, wait)


def all_of_is_any_of(start_wait, process, wait):
    start_wait(process, AnyOf(wait.events, wait.timeout) if isinstance(wait, AllOf) else wait)


def any_of_is_all_of(start_wait, process, wait):
    start_wait(process, AllOf(wait.events, wait.timeout) if isinstance(wait, AnyOf) else wait)


def the_last_event_of_a_list_is_not_waited_for(start_wait, process, wait):
    if isinstance(wait, (AnyOf, AllOf)) and len(wait.events) > 1:
        wait = type(wait)(wait.events[:-1], wait.timeout)
    start_wait(process, wait)


def no_time_at_all_is_no_delta(start_wait, process, wait):
    if type(wait) is int and wait == 0:
        process._wake(None)
    else:
        start_wait(process, wait)


def waiting_for_triggers_takes_one_less(start_wait, process, wait):
    start_wait(process, wait)
    process._triggers = max(process._triggers - 1, 1)


def static_sensitivity_stays_in_force(triggered, process, event):
    process._dynamic = False
    triggered(process, event)


def a_process_triggers_itself(triggered, process, event):
    kernel, running = process.kernel, process.kernel.running
    kernel.running = None
    triggered(process, event)
    kernel.running = running


def the_first_next_trigger_counts(next_trigger, method, wait=None):
    if not method._dynamic:
        next_trigger(method, wait)


def next_trigger_adds_to_static_sensitivity(next_trigger, method, wait=None):
    next_trigger(method, wait)
    method._dynamic = False


def everybody_is_initialized(begin, kernel):
    kernel.initial = [one for one in kernel.objects.values() if isinstance(one, Process)]
    begin(kernel)


def the_first_write_wins(write, signal, value):
    if signal not in signal.kernel._updates:
        write(signal, value)


def an_equal_value_is_a_change(update, signal):
    signal._current = signal._next
    signal._announce()


def a_value_is_there_at_once(write, signal, value):
    write(signal, value)
    signal._current = value


def a_buffer_is_a_signal(update, buffer):
    Signal.update(buffer)


def both_edges_are_rising(announce, signal):
    announce(signal)
    signal.posedge.notify(0)


def delta_notifications_take_a_delta_each(notify, kernel):
    event = next(iter(kernel.delta_events), None)
    later = {one: None for one in kernel.delta_events if one is not event}
    kernel.delta_events = {} if event is None else {event: None}
    notify(kernel)
    kernel.delta_events |= later


def waits_for_a_delta_last_two(notify, kernel):
    waiting = dict(kernel.delta_threads)
    fresh = {one: None for one in waiting if not getattr(one, "kept", False)}
    for one in waiting:
        one.kept = one in fresh
    kernel.delta_threads = {one: None for one in waiting if one not in fresh}
    notify(kernel)
    kernel.delta_threads |= fresh


def mutant(owner: type, name: str, change: Callable[..., object]):
    return pytest.param(owner, name, change, id=change.__name__)


# fmt: off
MUTANTS = [
    mutant(Event,   "notify",               a_later_notification_replaces_an_earlier_one),
    mutant(Event,   "notify",               a_timed_notification_replaces_a_delta_one),
    mutant(Event,   "notify",               a_delta_notification_leaves_a_timed_one),
    mutant(Event,   "notify",               an_immediate_notification_leaves_a_pending_one),
    mutant(Event,   "notify",               an_immediate_notification_waits_for_a_delta),
    mutant(Event,   "notify",               an_immediate_notification_is_lost),
    mutant(Event,   "notify",               a_delta_notification_is_immediate),
    mutant(Event,   "cancel",               cancel_forgets_the_delta),
    mutant(Event,   "cancel",               cancel_forgets_the_time),
    mutant(Process, "_forget",              losers_of_any_of_stay),
    mutant(Process, "_forget",              static_sensitivity_is_not_restored),
    mutant(Process, "_start_wait",          a_timeout_stays),
    mutant(Process, "_start_wait",          a_timeout_is_lost),
    mutant(Process, "_start_wait",          all_of_is_any_of),
    mutant(Process, "_start_wait",          any_of_is_all_of),
    mutant(Process, "_start_wait",          the_last_event_of_a_list_is_not_waited_for),
    mutant(Process, "_start_wait",          no_time_at_all_is_no_delta),
    mutant(Process, "_start_wait",          waiting_for_triggers_takes_one_less),
    mutant(Process, "triggered_statically", static_sensitivity_stays_in_force),
    mutant(Process, "triggered_statically", a_process_triggers_itself),
    mutant(Process, "triggered",            a_process_triggers_itself),
    mutant(Method,  "next_trigger",         the_first_next_trigger_counts),
    mutant(Method,  "next_trigger",         next_trigger_adds_to_static_sensitivity),
    mutant(Kernel,  "_initialize",          everybody_is_initialized),
    mutant(Signal,  "write",                the_first_write_wins),
    mutant(Signal,  "write",                a_value_is_there_at_once),
    mutant(Signal,  "update",               an_equal_value_is_a_change),
    mutant(Signal,  "_announce",            both_edges_are_rising),
    mutant(Buffer,  "update",               a_buffer_is_a_signal),
    mutant(Kernel,  "_notify",              delta_notifications_take_a_delta_each),
    mutant(Kernel,  "_notify",              waits_for_a_delta_last_two),
]
# fmt: on


@pytest.mark.parametrize(("owner", "name", "change"), MUTANTS)
def test_a_kernel_with_another_rule_is_found_out(owner, name, change, monkeypatch):
    original = getattr(owner, name)
    monkeypatch.setattr(owner, name, lambda *given: change(original, *given))
    find(
        PROGRAMS,
        disagrees,
        settings=settings(
            max_examples=CASES_FOR_A_MUTANT,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
        ),
    )

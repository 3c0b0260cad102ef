"""A process that nobody would notice need not wait: `Kernel.advance`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.units import MAX_TIME

NS = 1000


def advanced(
    time: int, others: Callable[[Kernel], None] = lambda kernel: None, until: int = 100 * NS
) -> tuple[bool, int, int]:
    """Whether a process at 10 ns could let it be `time`, when it then was, and the delta cycles."""
    kernel = Kernel()
    found: list[tuple[bool, int]] = []

    def body():
        yield 10 * NS
        found.append((kernel.advance(time), kernel.now))
        yield 50 * NS

    others(kernel)
    kernel.thread(body, "body")
    kernel.run(until)
    return *found[0], kernel.delta_count


def test_alone_it_is_as_if_it_had_waited() -> None:
    assert advanced(20 * NS) == (True, 20 * NS, 4)  # at 0, 10, 20 and 70 ns


def waits(*times: int) -> Callable[[Kernel], None]:
    def others(kernel: Kernel) -> None:
        def body():
            yield from times

        kernel.thread(body, "other")

    return others


@pytest.mark.parametrize("due", [15, 20], ids=["before", "just then"])
def test_not_if_somebody_else_is_due(due: int) -> None:
    assert advanced(20 * NS, waits(due * NS))[:2] == (False, 10 * NS)


def test_the_last_of_those_that_run_now_may_the_others_may_not() -> None:
    kernel = Kernel()
    found: list[bool] = []

    def body():
        yield 10 * NS
        found.append(kernel.advance(20 * NS))

    for name in ("one", "two"):
        kernel.thread(body, name)
    kernel.run(100 * NS)
    assert found == [False, True]


def test_somebody_who_is_due_later_does_not_matter() -> None:
    assert advanced(20 * NS, waits(21 * NS))[:2] == (True, 20 * NS)


def test_not_beyond_the_end_of_the_run_or_of_time() -> None:
    assert advanced(99 * NS)[:2] == (True, 99 * NS)
    assert advanced(100 * NS)[:2] == (False, 10 * NS)
    assert advanced(MAX_TIME + 1)[:2] == (False, 10 * NS)


def test_not_if_something_has_been_asked_for_at_the_present_time() -> None:
    kernel = Kernel()
    event = Event(kernel, "event")
    found: list[bool] = []

    def body():
        yield NS
        event.notify(0)
        found.append(kernel.advance(2 * NS))

    kernel.thread(body, "body")
    kernel.run(10 * NS)
    assert found == [False]


def test_not_if_the_order_of_processes_is_drawn() -> None:
    kernel = Kernel(shuffle_seed=1)
    found: list[bool] = []

    def body():
        yield NS
        found.append(kernel.advance(2 * NS))

    kernel.thread(body, "body")
    kernel.run(10 * NS)
    assert found == [False]

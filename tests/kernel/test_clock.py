"""The clock channel: edges at exact times."""

from __future__ import annotations

import pytest

from cosim.kernel.clock import Clock
from cosim.kernel.cycle_clock import CycleClock
from cosim.kernel.hierarchy import Module
from cosim.kernel.kernel import Kernel
from cosim.kernel.report import KernelError


def edges(kernel: Kernel, clock: Clock, duration: int) -> list[tuple[int, bool]]:
    seen = []
    kernel.method(
        lambda: seen.append((kernel.now, clock.read())), clock, name="watch", initialize=False
    )
    kernel.run(duration)
    return seen


def test_a_rising_edge_first_then_half_a_period(kernel: Kernel) -> None:
    clock = Clock(kernel, 10, "clock")
    assert clock.read() is False
    assert edges(kernel, clock, 21) == [(0, True), (5, False), (10, True), (15, False), (20, True)]


def test_duty_start_and_first_edge(kernel: Kernel) -> None:
    clock = Clock(kernel, 10, "clock", duty=0.2, start=3, posedge_first=False)
    assert clock.read() is True
    assert edges(kernel, clock, 25) == [
        (3, False),
        (11, True),
        (13, False),
        (21, True),
        (23, False),
    ]


def test_edges_of_a_period_that_is_not_whole_do_not_drift(kernel: Kernel) -> None:
    clock = Clock(kernel, CycleClock(667_000_000), "clock")
    rises = []
    kernel.method(lambda: rises.append(kernel.now), clock.posedge, name="m", initialize=False)
    kernel.run(10**6)
    assert rises[:3] == [0, 1499, 2998]
    assert rises[-1] == 666 * 10**12 // 667_000_000
    assert len(rises) == 667


def test_processes_wait_for_its_edges(kernel: Kernel) -> None:
    board, log = Module(kernel, "board"), []
    clock = Clock(board, 10)

    def body():
        for _ in range(3):
            yield clock.posedge
            log.append(kernel.now)

    board.thread(body, "t")
    kernel.run(100)
    assert log == [0, 10, 20]
    assert clock.name == "board.clock_0"


@pytest.mark.parametrize(
    "arguments",
    [
        {"period": 0},
        {"period": 1},
        {"period": 10, "duty": 0.0},
        {"period": 10, "duty": 1.0},
        {"period": 10, "duty": 0.01},
        {"period": 10, "start": -1},
    ],
)
def test_no_clock_without_time_for_both_values(kernel: Kernel, arguments: dict) -> None:
    with pytest.raises(KernelError, match="clock c"):
        Clock(kernel, name="c", **arguments)


def test_nobody_else_writes_it(kernel: Kernel) -> None:
    with pytest.raises(KernelError, match="clock c cannot be written"):
        Clock(kernel, 10, "c").write(True)

"""Rules K1-K12: the phases of the scheduler, running, pausing and stopping."""

from __future__ import annotations

import pytest

from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.report import KernelWarning


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

"""Modules: unique paths, elaboration callbacks, processes and channels within them."""

from __future__ import annotations

import pytest

from cosim.kernel.events import Event
from cosim.kernel.fifo import Fifo
from cosim.kernel.hierarchy import Module
from cosim.kernel.kernel import Kernel
from cosim.kernel.mutex import Mutex
from cosim.kernel.report import KernelWarning
from cosim.kernel.signals import Signal


def test_objects_are_known_by_their_paths(kernel: Kernel) -> None:
    board = Module(kernel, "board")
    cpu = Module(board, "cpu")
    irq = Signal(cpu, False, "irq")
    run = cpu.thread(lambda: None, "run")
    assert (cpu.name, irq.name, run.name) == ("board.cpu", "board.cpu.irq", "board.cpu.run")
    assert list(kernel.objects) == ["board", "board.cpu", "board.cpu.irq", "board.cpu.run"]
    assert kernel.objects["board.cpu.irq"] is irq
    assert Event(cpu, "done").name == "board.cpu.done"


def test_a_name_that_is_taken_is_changed_with_a_warning(kernel: Kernel) -> None:
    board = Module(kernel, "board")
    Signal(board, 0, "s")
    with pytest.warns(KernelWarning, match=r"board\.s is taken: the second is called board\.s_0"):
        again = Signal(board, 0, "s")
    assert kernel.objects["board.s_0"] is again


def test_channels_without_a_name_get_one(kernel: Kernel) -> None:
    board = Module(kernel, "board")
    made = [Signal(board, 0), Signal(board, 0), Fifo(board), Mutex(kernel)]
    names = ["board.signal_0", "board.signal_1", "board.fifo_0", "mutex_0"]
    assert [one.name for one in made] == names


def test_a_process_made_in_the_run_is_forgotten_when_it_ends(kernel: Kernel) -> None:
    def parent():
        kernel.thread(lambda: None, "child")
        assert "child" in kernel.objects
        yield 1

    kernel.thread(parent, "parent")
    kernel.run()
    assert list(kernel.objects) == ["parent"]


class Noting(Module):
    """Notes when it is called, and makes an inner module while it may."""

    def __init__(self, owner, name: str, log: list, inner: bool = False) -> None:
        super().__init__(owner, name)
        self.log, self.inner = log, inner

    def before_end_of_elaboration(self) -> None:
        self.log.append(f"{self.name} before")
        if self.inner:
            Noting(self, "inner", self.log)

    def end_of_elaboration(self) -> None:
        self.log.append(f"{self.name} end")

    def start_of_simulation(self) -> None:
        self.log.append(f"{self.name} start")

    def end_of_simulation(self) -> None:
        self.log.append(f"{self.name} over")


def test_modules_are_called_at_elaboration_and_at_the_end(kernel: Kernel) -> None:
    log = []
    Noting(kernel, "top", log, inner=True)
    kernel.run(1)
    kernel.stop()
    stages = ("before", "end", "start", "over")
    assert log == [f"{name} {stage}" for stage in stages for name in ("top", "top.inner")]

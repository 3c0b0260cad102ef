"""Method processes: functions called from start to end each time (IEEE 1666-2011, 5.2.10)."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isgenerator
from typing import TYPE_CHECKING

from cosim.kernel.processes import Process, Sensitive
from cosim.kernel.report import KernelError
from cosim.kernel.waits import Wait

if TYPE_CHECKING:
    from cosim.kernel.kernel import Kernel


class Method(Process):
    """Called each time an event happens to which it is sensitive."""

    def __init__(
        self,
        kernel: Kernel,
        function: Callable[[], object],
        sensitive: tuple[Sensitive, ...],
        name: str,
        initialize: bool = True,
    ) -> None:
        self._function = function
        super().__init__(kernel, name, sensitive, initialize)

    def next_trigger(self, wait: Wait = None) -> None:
        """What to run for next, once; the last call counts, None is the static sensitivity."""
        self._forget()
        self._start_wait(wait)

    def run(self) -> None:
        """Call the function. For the kernel."""
        self._queued = False
        if self.suspended or not self.alive:
            self._ready = True
            return
        result = self._function()
        if result is not None and isgenerator(result):
            raise KernelError(f"process {self.name} is a method and cannot wait (it has a yield)")

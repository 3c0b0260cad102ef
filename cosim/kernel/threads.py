"""Thread processes: generators that yield what they wait for (IEEE 1666-2011, 5.2.11)."""

from __future__ import annotations

from collections.abc import Callable, Generator
from heapq import heappush
from typing import TYPE_CHECKING

from simpy.events import NORMAL

from cosim.kernel.processes import Process, Sensitive
from cosim.kernel.report import KernelError
from cosim.kernel.waits import ThreadBody

if TYPE_CHECKING:
    from cosim.kernel.kernel import Kernel


class Thread(Process):
    """Runs from one `yield` to the next each time its wait ends.

    A function that is not a generator is a thread that never waits.
    """

    def __init__(
        self,
        kernel: Kernel,
        body: ThreadBody | Callable[[], object],
        name: str,
        sensitive: tuple[Sensitive, ...] = (),
        initialize: bool = True,
    ) -> None:
        self._source = body
        self._body: ThreadBody | None = None  # of a thread that has begun
        super().__init__(kernel, name, sensitive, initialize)

    def run(self) -> None:
        """Run up to the next wait. For the kernel."""
        self._queued = False
        if self.suspended or not self.alive:
            self._ready = True
            return
        try:
            body = self._body
            wait = next(self._make_body()) if body is None else body.send(self._cause)
        except (StopIteration, GeneratorExit):
            if self.alive:
                self._end()
            return
        if type(wait) is int and wait > 0:  # the common case, short
            self._dynamic = True
            env = self.kernel.env  # set_alarm, without the call
            self.alarm = number = next(env._eid)
            heappush(env._queue, (env._now + wait, NORMAL, number, self))  # type: ignore[misc]
        elif self.alive:
            self._start_wait(wait)
        else:
            self._close()

    def _make_body(self) -> ThreadBody:
        made = self._source() if callable(self._source) else self._source
        if not isinstance(made, Generator):
            raise StopIteration  # it has run to its end
        self._body = made
        return made

    def _rewind(self) -> None:
        if not callable(self._source):
            raise KernelError(f"process {self.name} cannot be reset: made from a generator")
        self._close()
        self._body = None

    def _unwind(self) -> None:
        if self.kernel.running is self:
            raise GeneratorExit  # through the body's own frames, up to `run`
        self._close()

    def _close(self) -> None:
        try:
            if self._body is not None:
                self._body.close()
        except RuntimeError as error:
            if "ignored GeneratorExit" not in str(error):
                raise
            raise KernelError(f"process {self.name} goes on waiting although killed") from None

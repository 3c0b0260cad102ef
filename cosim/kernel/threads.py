"""Thread processes: generators that yield what they wait for (IEEE 1666-2011, 5.2.11)."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

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
        self._factory = body if callable(body) else None
        self._body: ThreadBody | None = None if callable(body) else body
        super().__init__(kernel, name, sensitive, initialize)

    def run(self) -> None:
        """Run up to the next wait. For the kernel."""
        self._queued = False
        if not self.alive:
            return
        if self.suspended:
            self._ready = True
            return
        cause, self._cause = self._cause, None
        try:
            body = self._body or self._make_body()
            wait = body.send(cause)
        except (StopIteration, GeneratorExit):
            if self.alive:
                self._end()
            return
        if type(wait) is int and wait > 0:  # the common case, short
            self._dynamic = True
            self._timer = timer = self.kernel.after(wait)
            timer.callbacks.append(self._timeout)
        elif self.alive:
            self._start_wait(wait)
        else:
            self._close()

    def _make_body(self) -> ThreadBody:
        made = self._factory() if self._factory is not None else None
        if not isinstance(made, Generator):
            raise StopIteration
        self._body = made
        return made

    def _rewind(self) -> None:
        if self._factory is None:
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

"""What every twin uses: a kernel, processes by function, and the notes it makes."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import NamedTuple

from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.methods import Method
from cosim.kernel.processes import Sensitive
from cosim.kernel.report import KernelError, KernelWarning
from cosim.kernel.stages import Starvation
from cosim.kernel.threads import Thread
from cosim.kernel.waits import ThreadBody

NS = 1000  # in ps


class Line(NamedTuple):
    """One note: the time in ps, the delta count, the text."""

    time: int
    delta: int
    what: str


class Model:
    """A model under test; the names are those of `scenarios/scenario.h`."""

    def __init__(self, shuffle_seed: int | None = None) -> None:
        self.kernel = Kernel(shuffle_seed)
        self.lines: list[Line] = []

    def note(self, what: object) -> None:
        self.lines.append(Line(self.kernel.now, self.kernel.delta_count, str(what)))

    def event(self) -> Event:
        return Event(self.kernel)

    def thread(
        self, body: Callable[[], object], *sensitive: Sensitive, initialize: bool = True
    ) -> Thread:
        return self.kernel.thread(body, self._name(body), *sensitive, initialize=initialize)

    def method(
        self, function: Callable[[], object], *sensitive: Sensitive, initialize: bool = True
    ) -> Method:
        name = self._name(function)
        return self.kernel.method(function, *sensitive, name=name, initialize=initialize)

    def watch(self, event: Event, name: str) -> None:
        """A thread that notes each happening of `event`."""

        def watch() -> ThreadBody:
            while True:
                yield event
                self.note(name)

        self.thread(watch)

    def run(self, duration: int | None = None, starvation: Starvation | None = None) -> None:
        self.kernel.run(duration, starvation)

    def expect_error(self, action: Callable[[], object]) -> None:
        """Note whether `action` is reported as an error."""
        try:
            action()
            self.note("no error")
        except KernelError:
            self.note("error")

    def _name(self, function: Callable[[], object]) -> str:
        name, number = function.__name__.strip("<>"), 1
        while name in self.kernel.objects:
            name, number = f"{function.__name__.strip('<>')}_{number}", number + 1
        return name


Twin = Callable[[Model], None]
TWINS: dict[str, Twin] = {}
"""By the name of their scenario."""

ORDERED: set[str] = set()
"""Scenarios in which the model itself fixes the order of processes within an evaluate phase."""


def twin(function: Twin) -> Twin:
    """The twin of the scenario of the same name."""
    TWINS[function.__name__] = function
    return function


def ordered(function: Twin) -> Twin:
    """A twin whose lines must come in the very order of the scenario's."""
    ORDERED.add(function.__name__)
    return twin(function)


def play(name: str, shuffle_seed: int | None = None) -> list[Line]:
    """The lines of our kernel."""
    model = Model(shuffle_seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KernelWarning)  # as the judge's are not printed either
        TWINS[name](model)
    return model.lines

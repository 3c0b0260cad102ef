"""Random programs for the kernel and its model: decoded from bytes, run on the kernel."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import and_, or_

from event_model import (
    Action,
    Activation,
    Cancel,
    Code,
    NextTrigger,
    Notify,
    Program,
    Sight,
    Step,
    Wait,
    Write,
)
from hypothesis import strategies as st

from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.methods import Method
from cosim.kernel.processes import Process
from cosim.kernel.report import KernelWarning
from cosim.kernel.signals import Buffer, Signal, Writers
from cosim.kernel.waits import AllOf, AnyOf, ThreadBody, Triggers
from cosim.kernel.waits import Wait as KernelWait

SIZE = 400  # bytes; what a program does not read of them has no effect, what it lacks is 0

EVENTS = ("a", "b", "c")
TICK = "tick"  # never notified immediately, see `Decoder.code`
CHANNELS = {"bit": "bit", "word": "signal", "buf": "buffer"}
ALL = (*EVENTS, TICK, "bit.value_changed", "bit.posedge", "bit.negedge", "word.value_changed")
ALL = (*ALL, "buf.value_changed")


class Decoder:
    """Makes a program of any bytes; zeros, to which hypothesis shrinks, make the smallest."""

    def __init__(self, source: bytes) -> None:
        self._bytes: Iterator[int] = iter(source)

    def number(self, below: int) -> int:
        return next(self._bytes, 0) % below

    def several(self, most: int) -> range:
        return range(self.number(most + 1))

    def program(self) -> Program:
        codes = {f"p{number}": self.code() for number in range(1 + self.number(6))}
        setup = tuple(self.early_action() for _ in self.several(2))
        return Program((*EVENTS, TICK), CHANNELS, setup, codes)

    def code(self) -> Code:
        """A process; one in six counts the triggers of its static sensitivity.

        wait(n) is n times wait(): whether two triggers in one evaluate phase are one or two then
        depends on the order of processes, so those are sensitive to the event for which
        that cannot be.
        """
        kind = self.number(6)
        initialize = self.number(4) < 3
        if kind == 5:
            steps = tuple(
                Step(self.actions(method=False), Wait(count=1 + self.number(3)))
                for _ in self.several(4)
            )
            return Code("thread", (TICK,), initialize, steps)
        sensitive = tuple(dict.fromkeys(self.event(ALL) for _ in self.several(2)))
        initialize |= not sensitive
        method = kind in (2, 4)
        steps = tuple(
            Step(self.actions(method), Wait() if method else self.wait(bool(sensitive)))
            for _ in range(1 + self.number(7))
        )
        return Code("method" if method else "thread", sensitive, initialize, steps)

    def event(self, among: tuple[str, ...]) -> str:
        """The first three more often than others, so that they meet."""
        number = self.number(2 * len(among))
        return among[number] if number < len(among) else among[number % 3]

    def wait(self, static: bool = True, every: bool = True) -> Wait:
        delay = self.delay()
        kind = self.number(8)
        if kind < 2 or (kind == 2 and not static):
            return Wait(timeout=delay)
        if kind == 2:
            return Wait()
        events = tuple(self.event(ALL) for _ in range(1 + self.number(3)))
        return Wait(events, every and kind >= 6, timeout=None if kind in (3, 6) else delay)

    def delay(self) -> int:
        return self.number(6)

    def actions(self, method: bool) -> tuple[Action, ...]:
        return tuple(self.action(method) for _ in range(self.number(5)))

    def action(self, method: bool) -> Action:
        kind = self.number(8)
        if kind < 2:
            return Notify(self.event(EVENTS), None)
        if kind == 7 and method:
            # What the standard leaves open is left out: whether an event counts for a list of all
            # that the running method itself notifies.
            return NextTrigger(self.wait(every=False))
        return self.early_action()

    def early_action(self) -> Action:
        """What may also be done before the simulation starts."""
        match self.number(6):
            case 0:
                return Notify(self.event((*EVENTS, TICK)), 0)
            case 1 | 2:
                return Notify(self.event((*EVENTS, TICK)), self.delay())
            case 3:
                return Cancel(self.event((*EVENTS, TICK)))
            case _:
                channel = ("bit", "word", "buf")[self.number(3)]
                return Write(channel, self.number(2 if channel == "bit" else 3))


PROGRAMS = st.binary(min_size=SIZE, max_size=SIZE).map(lambda data: Decoder(data).program())


class Endless(AssertionError):
    """A program goes on for ever."""


class Bench:
    """A program on the kernel; `run` records its activations."""

    def __init__(self, program: Program, shuffle_seed: int | None = None) -> None:
        self.kernel = kernel = Kernel(shuffle_seed)
        self.activations: list[Activation] = []
        self._limit = 0
        self._channels = {
            name: (Buffer if kind == "buffer" else Signal)(kernel, 0, name, Writers.UNCHECKED)
            for name, kind in program.channels.items()
        }
        self._events = {name: Event(kernel, name) for name in program.events}
        for name, kind in program.channels.items():
            for event in ("value_changed", "posedge", "negedge")[: 3 if kind == "bit" else 1]:
                self._events[f"{name}.{event}"] = getattr(self._channels[name], event)
        self._names = {event: name for name, event in self._events.items()}
        self._processes = {name: self._add(name, code) for name, code in program.processes.items()}
        self._act(None, program.setup)

    def run(self, *durations: int, limit: int = 10_000) -> list[Activation]:
        """In slices of these durations, and on until nothing is left to do.

        Raises:
            Endless: there are more than `limit` activations.
        """
        self._limit = limit
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", KernelWarning)
            for duration in durations:
                self.kernel.run(duration)
            self.kernel.run()
        return self.activations

    def _add(self, name: str, code: Code) -> Process:
        sensitive = [self._events[event] for event in code.sensitive]
        steps = iter(code.steps)

        def method() -> None:
            step = next(steps, Step((), Wait()))
            self._activate(name, None, step.actions)

        def thread() -> ThreadBody:
            cause = None
            for step in steps:
                self._activate(name, cause, step.actions)
                cause = yield self._wait(step.wait)
            self._activate(name, cause, ())

        if code.kind == "method":
            return self.kernel.method(method, *sensitive, name=name, initialize=code.initialize)
        return self.kernel.thread(thread, name, *sensitive, initialize=code.initialize)

    def _activate(self, name: str, cause: Event | None, actions: Iterable[Action]) -> None:
        where = self.kernel.now, self.kernel.delta_count, name
        before = self._sight()
        self._act(name, actions)
        told = None if cause is None else self._names[cause]
        if len(self.activations) == self._limit:
            raise Endless(f"more than {self._limit} activations")
        self.activations.append(Activation(*where, told, before, self._sight()))

    def _sight(self) -> Sight:
        values = tuple(channel.read() for channel in self._channels.values())
        return Sight(values, frozenset(n for n, event in self._events.items() if event.triggered))

    def _act(self, running: str | None, actions: Iterable[Action]) -> None:
        for action in actions:
            match action:
                case Notify(event, delay):
                    self._events[event].notify(delay)
                case Cancel(event):
                    self._events[event].cancel()
                case Write(channel, value):
                    self._channels[channel].write(value)
                case NextTrigger(wait) if running is not None:
                    process = self._processes[running]
                    assert isinstance(process, Method)
                    process.next_trigger(self._wait(wait))

    def _wait(self, wait: Wait) -> KernelWait:
        """In the shortest form that says it."""
        events = tuple(self._events[event] for event in wait.events)
        if not events:
            if wait.timeout is not None:
                return wait.timeout
            return None if wait.count == 1 else Triggers(wait.count)
        if wait.timeout is not None:
            return (AllOf if wait.every else AnyOf)(events, wait.timeout)
        if wait.every:
            return reduce(and_, events) if len(events) > 1 else AllOf(events)
        return reduce(or_, events)

"""The event rules of IEEE 1666-2011, 4.2 and 5.10, as a small model that judges the kernel's runs.

It is written from the standard's text, for reading, not for speed: plain dictionaries that are
searched through, nothing taken from `cosim.kernel`.

The standard leaves open in which order the processes of one evaluate phase run, and in which order
the events of one notification phase are triggered. The model does not choose an order: it follows
the one that a recorded run took (`judge`). At every step it knows the set of processes that may run
next, and for each the set of causes it may be given; a run in which another process runs, or one
at another time, in another delta cycle or for another reason, or in which a phase ends while the
set is not empty, is none that the standard allows. That is sound under any order, also a shuffled
one, and it needs no programs whose outcome is the same under all orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

DELTA = -1  # what an event or a process is due at that is due in the next delta cycle


@dataclass(frozen=True)
class Wait:
    """What a process waits for: events, or its static sensitivity if there is nothing here.

    Attributes:
        events: any of them, or all of them.
        every: whether all.
        timeout: in ps; alone it is a wait for a time.
        count: of the triggers of the static sensitivity.
    """

    events: tuple[str, ...] = ()
    every: bool = False
    timeout: int | None = None
    count: int = 1

    @property
    def static(self) -> bool:
        return not self.events and self.timeout is None


@dataclass(frozen=True)
class Notify:
    """Now (None), in the next delta cycle (0), or after a delay in ps."""

    event: str
    delay: int | None


@dataclass(frozen=True)
class Cancel:
    event: str


@dataclass(frozen=True)
class Write:
    channel: str
    value: int


@dataclass(frozen=True)
class NextTrigger:
    """Of methods: what to run for next; the last one of an activation counts."""

    wait: Wait


Action = Notify | Cancel | Write | NextTrigger


@dataclass(frozen=True)
class Step:
    """What a process does when it runs, and what a thread waits for then."""

    actions: tuple[Action, ...]
    wait: Wait


@dataclass(frozen=True)
class Code:
    """One process. After its steps a thread ends, and a method has nothing to do."""

    kind: Literal["thread", "method"]
    sensitive: tuple[str, ...]
    initialize: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Program:
    """Events, channels with their kinds, what is done before the start, processes.

    A channel `c` brings the event `c.value_changed`, a bit also `c.posedge` and `c.negedge`.
    """

    events: tuple[str, ...]
    channels: dict[str, Literal["bit", "signal", "buffer"]]
    setup: tuple[Action, ...]
    processes: dict[str, Code]


@dataclass(frozen=True)
class Sight:
    """What a process sees: the values of the channels, and the events that have just happened."""

    values: tuple[int, ...]
    triggered: frozenset[str]


@dataclass(frozen=True)
class Activation:
    """One run of one process, from one wait to the next."""

    time: int
    delta: int
    process: str
    cause: str | None  # None after a timeout, at the beginning, and in a method, which is not told
    before: Sight
    after: Sight


@dataclass
class _Process:
    code: Code
    step: int = 0
    ended: bool = False
    wait: Wait = Wait()
    missing: set[str] = field(default_factory=set)  # of a wait for all of a list
    triggers: int = 1  # still to come, of a wait for the static sensitivity
    due: int | None = None  # a time, or DELTA

    def start_wait(self, wait: Wait, now: int) -> None:
        self.wait = wait
        self.missing = set(wait.events)
        self.triggers = wait.count
        self.due = None
        if wait.timeout is not None:
            self.due = now + wait.timeout if wait.timeout else DELTA


class Disagreement(AssertionError):
    """A run is not one of those that the rules allow."""


class Model:
    """The state of a program between two activations."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.now = 0
        self.delta = 0
        self.pending: dict[str, int] = {}  # event -> the time it is due, or DELTA
        self.values = dict.fromkeys(program.channels, 0)
        self.written: dict[str, int] = {}  # since the last update phase; the last write wins
        self.triggered: set[str] = set()
        self.processes = {name: _Process(code) for name, code in program.processes.items()}
        self.runnable: dict[str, set[str | None]] = {}  # process -> its possible causes
        self.ran = False  # whether the evaluate phase has run a process
        self._act(None, program.setup)
        self._update()
        for name, process in self.processes.items():
            if process.code.initialize:
                self.runnable[name] = {None}
        self._notify_deltas()

    # The phases

    def advance(self) -> bool:
        """From an evaluate phase with nothing left to run to the next; False if there is none."""
        while not self.runnable:
            self.delta += self.ran
            self.ran = False
            if self.written or DELTA in self._dues():
                self._update()
                self._notify_deltas()
            elif self._dues():
                self.now = min(self._dues())
                self.triggered = set()
                self._fall_due(self.now)
            else:
                return False
        return True

    def causes(self, name: str) -> set[str | None]:
        """What a process that may run now can be told as its cause."""
        process, causes = self.processes[name], self.runnable.get(name, set())
        told = process.step > 0 and process.code.kind == "thread"
        return causes if told or not causes else {None}

    def run(self, name: str) -> None:
        """Run one process of the evaluate phase up to its next wait."""
        process = self.processes[name]
        del self.runnable[name]
        self.ran = True
        process.start_wait(Wait(), self.now)
        if process.step == len(process.code.steps):
            process.ended = process.code.kind == "thread"
            return
        step = process.code.steps[process.step]
        process.step += 1
        self._act(name, step.actions)
        if process.code.kind == "thread":
            process.start_wait(step.wait, self.now)

    def sight(self) -> Sight:
        return Sight(tuple(self.values.values()), frozenset(self.triggered))

    def _dues(self) -> list[int]:
        waits = [process.due for process in self.processes.values() if process.due is not None]
        return [*self.pending.values(), *waits]

    def _update(self) -> None:
        self.triggered = set()
        for channel, value in self.written.items():
            old, self.values[channel] = self.values[channel], value
            kind = self.program.channels[channel]
            if value == old and kind != "buffer":
                continue
            self.notify(f"{channel}.value_changed", 0)
            if kind == "bit":
                self.notify(f"{channel}.posedge" if value else f"{channel}.negedge", 0)
        self.written = {}

    def _notify_deltas(self) -> None:
        self._fall_due(DELTA)

    def _fall_due(self, due: int) -> None:
        """Everything that is due then happens at once."""
        events = {event for event, at in self.pending.items() if at == due}
        waits = {name for name, process in self.processes.items() if process.due == due}
        for event in events:
            del self.pending[event]
        self._happen(events, waits, running=None)

    def _happen(self, events: set[str], elapsed: set[str], running: str | None) -> None:
        """Make those runnable that wait for `events`, and those whose time has `elapsed`."""
        self.triggered |= events
        for name, process in self.processes.items():
            if name == running or name in self.runnable or process.ended:
                continue
            causes: set[str | None] = set()
            if process.wait.static:
                hits = events & set(process.code.sensitive)
                process.triggers -= bool(hits)
                if not process.triggers:
                    causes |= hits
            elif process.wait.every:
                hits = events & process.missing
                process.missing -= events
                if not process.missing:
                    causes |= hits
            else:
                causes |= events & set(process.wait.events)
            if name in elapsed:
                causes.add(None)
            if causes:
                self.runnable[name] = causes
                process.due = None

    # What processes do

    def _act(self, running: str | None, actions: Iterable[Action]) -> None:
        for action in actions:
            match action:
                case Notify(event, delay):
                    self.notify(event, delay, running)
                case Cancel(event):
                    self.pending.pop(event, None)
                case Write(channel, value):
                    self.written[channel] = value
                case NextTrigger(wait) if running is not None:
                    self.processes[running].start_wait(wait, self.now)

    def notify(self, event: str, delay: int | None, running: str | None = None) -> None:
        """The override table: the earlier notification stays (5.10.8)."""
        if delay is None:
            self.pending.pop(event, None)
            self._happen({event}, set(), running)
        elif delay == 0:
            self.pending[event] = DELTA
        elif event not in self.pending:
            self.pending[event] = self.now + delay
        elif self.pending[event] != DELTA:
            self.pending[event] = min(self.pending[event], self.now + delay)


def judge(program: Program, run: Sequence[Activation]) -> int:
    """Check that the rules allow `run`; returns the time at which nothing is left to happen.

    Raises:
        Disagreement: they do not; says at which activation.
    """
    model = Model(program)
    for number, seen in enumerate(run):
        if not model.advance():
            raise Disagreement(f"activation {number}, {seen}: nothing is left to run")
        may = f"{model.now} ps, delta {model.delta}: {model.runnable}, {model.sight()}"
        where = (seen.time, seen.delta) == (model.now, model.delta)
        if not where or seen.cause not in model.causes(seen.process):
            raise Disagreement(f"activation {number}, {seen}; the rules: {may}")
        if seen.before != model.sight():
            raise Disagreement(f"activation {number} sees {seen.before}; the rules: {may}")
        model.run(seen.process)
        if seen.after != model.sight():
            raise Disagreement(f"activation {number} leaves {seen.after}; not {model.sight()}")
    if model.advance():
        raise Disagreement(f"the run ends; the rules: {model.now} ps: {model.runnable}")
    return model.now

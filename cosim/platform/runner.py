"""One run: until the guest ends it, a condition is met, a limit is reached or all is asleep."""

from __future__ import annotations

import gc
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from cosim.kernel.ending import Ending, GuestExit, GuestFault
from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from cosim.kernel.report import KernelError
from cosim.kernel.stages import Phase, Starvation
from cosim.kernel.units import SimTime, format_time
from cosim.peripherals.console import Console

if TYPE_CHECKING:
    from cosim.platform.board import Platform

SLICE_SECONDS = 0.1
"""Host time between two looks at the wall clock, the keyboard and the progress line."""

GARBAGE = 50_000
"""Objects that are made before garbage is looked for: most of those a run makes stay."""

MATCH_WINDOW = 4096
"""How many bytes back from the last one printed a match may begin."""


class Reason(Enum):
    """Why a run ended, with the exit code of the process where it is always the same."""

    GUEST_EXIT = "the guest ended the run"
    EXPECTED = "the expected text was printed"
    FAILED = "the text of a failure was printed"
    FAULT = "unhandled guest fault"
    TIME_LIMIT = "simulated-time limit"
    WALL_LIMIT = "wall-clock limit"
    ASLEEP = "all cores are asleep and nothing is pending"
    STOPPED = "a model stopped the simulation"
    PAUSED = "a model paused the simulation"
    INTERRUPTED = "interrupted"


EXIT_CODES = {
    Reason.EXPECTED: 0,
    Reason.FAILED: 1,
    Reason.FAULT: 3,
    Reason.TIME_LIMIT: 4,
    Reason.WALL_LIMIT: 5,
    Reason.ASLEEP: 1,
    Reason.INTERRUPTED: 130,
}


@dataclass
class RunResult:
    """What a run came to.

    Attributes:
        reason: why it ended.
        exit_code: of the process, see the command's help.
        message: one line for a person.
        time: simulated time at the end, in ps.
        instructions: retired since the platform was loaded, by core.
        host_seconds: how long this run took.
        guest_code: the code the guest ended the run with, if it did.
        report: the lines of a fault report, or "".
    """

    reason: Reason
    exit_code: int
    message: str
    time: SimTime
    instructions: dict[str, int]
    host_seconds: float
    guest_code: int | None = None
    report: str = ""
    executed: int = field(default=0)  # instructions of all cores in this run

    @property
    def mips(self) -> float:
        """Million guest instructions per second of host time in this run."""
        return self.executed / self.host_seconds / 1e6 if self.host_seconds else 0.0

    def __str__(self) -> str:
        counts = ", ".join(f"{name} {count:,}" for name, count in self.instructions.items())
        return (
            f"{self.message}; simulated {format_time(self.time)}; instructions: {counts}; "
            f"host {self.host_seconds:.2f} s, {self.mips:.2f} MIPS; exit code {self.exit_code}"
        )


Progress: TypeAlias = Callable[[SimTime, int, float], None]
"""Called with (simulated time in ps, instructions of this run, host seconds)."""


@dataclass(frozen=True)
class TextFound(Ending):
    """A console printed what `--expect` or `--fail` asks for."""

    reason: Reason
    text: str


class Slices:
    """Ends the present slice of a run one delta cycle after the quantum has been changed.

    A slice ends at a synchronization point, but of the old quantum: how long it is depends on the
    host's speed, and the schedule must not.

    Attributes:
        cut: whether that, and not a model, has paused the kernel.
    """

    def __init__(self, kernel: Kernel, quantum: GlobalQuantum) -> None:
        self.kernel = kernel
        self.cut = False
        self._changed = Event(kernel, "quantum.changed")
        kernel.method(self._cut, self._changed, name="quantum.slice", initialize=False)
        quantum.watchers.append(self._new_quantum)

    def _new_quantum(self) -> None:
        if self.kernel.phase not in (Phase.ELABORATION, Phase.PAUSED, Phase.STOPPED):
            self._changed.notify(0)

    def _cut(self) -> None:
        if not self.kernel.stopping:
            self.cut = True
            self.kernel.pause()


def run(
    platform: Platform,
    timeout: SimTime | None,
    *,
    expect: str | None,
    fail: str | None,
    wall_timeout: float | None,
    progress: Progress | None,
) -> RunResult:
    """See `Platform.run`."""
    kernel = platform.kernel
    began = time.perf_counter()
    before = _total(platform)
    limit = None if timeout is None else kernel.now + timeout
    if kernel.phase is Phase.STOPPED:
        raise KernelError("run: the simulation has been stopped")
    kernel.ending = None
    stop: Reason | None = None
    step = 0
    watching = _watching(platform, expect, fail)
    with watching, _seldom_collecting(), _interruptible() as interrupted:

        def out_of_wall_time() -> bool:
            return wall_timeout is not None and time.perf_counter() - began >= wall_timeout

        kernel.patient = lambda: not interrupted() and not out_of_wall_time()
        while stop is None:
            slice_began = time.perf_counter()
            quantum = platform.quantum.value or 10**6
            step = max(step, quantum)
            platform.slices.cut = False
            # Slices end at synchronization points, where every core stops in any case, so that
            # the host's speed has no influence on what happens.
            target = platform.quantum.next_sync_point(kernel.now + step)
            until = target if limit is None else min(target, limit)
            _advance(kernel, until)
            now = time.perf_counter()
            if limit is not None and kernel.idle and _spinning(platform):
                # A branch to itself is a program that runs on, however little there is to do.
                kernel.run(limit - kernel.now)
            stop = _why_stopped(platform, limit)
            if stop is None and interrupted():
                stop = Reason.INTERRUPTED
            if stop is None and out_of_wall_time():
                stop = Reason.WALL_LIMIT
            step = int(step * min(2.0, SLICE_SECONDS / max(now - slice_began, 1e-6)))
            if progress is not None and stop is None:
                progress(kernel.now, _total(platform) - before, now - began)
    return _result(platform, stop, expect, time.perf_counter() - began, before)


def _advance(kernel: Kernel, until: SimTime) -> None:
    """Run up to `until`; time stays at the last event only when nothing is left to happen."""
    if not kernel.idle:
        kernel.run(until - kernel.now, Starvation.EXIT)
    if kernel.phase is Phase.PAUSED and not kernel.stopping and not kernel.idle:
        if kernel.now < until:
            kernel.run(until - kernel.now)


def _why_stopped(platform: Platform, limit: SimTime | None) -> Reason | None:
    kernel = platform.kernel
    if isinstance(kernel.ending, TextFound):
        return kernel.ending.reason
    if isinstance(kernel.ending, GuestFault):
        return Reason.FAULT
    if kernel.ending is not None:
        return Reason.GUEST_EXIT
    if kernel.phase is Phase.STOPPED:
        return Reason.STOPPED
    if kernel.stopping and not platform.slices.cut:
        return Reason.PAUSED
    if limit is not None and kernel.now >= limit:
        return Reason.TIME_LIMIT
    return Reason.ASLEEP if kernel.idle else None


def _spinning(platform: Platform) -> bool:
    return any(core.spinning for core in platform.cores.values())


def _result(
    platform: Platform, reason: Reason, expect: str | None, seconds: float, before: int
) -> RunResult:
    ending = platform.kernel.ending
    code = EXIT_CODES.get(reason, 1)
    message = reason.value
    guest_code, report = None, ""
    if isinstance(ending, GuestExit):
        guest_code = ending.code
        code = 0 if guest_code == 0 and expect is None else 1
        message = f"{ending.source} ended the run with code {guest_code}"
        if expect is not None:
            message += f" before '{expect}' was printed"
    elif isinstance(ending, GuestFault):
        report = ending.report
        message = f"{reason.value} in {ending.source}"
    elif reason in (Reason.STOPPED, Reason.PAUSED):
        code = 0 if expect is None else 1
    elif isinstance(ending, TextFound):
        message = f"{ending.source} printed {ending.text!r}"
    counts = {name: core.instructions for name, core in platform.cores.items()}
    end = platform.kernel.now if ending is None else max(ending.time, platform.kernel.now)
    executed = _total(platform) - before
    return RunResult(
        reason, code, message, end, counts, seconds, guest_code, report, executed=executed
    )


def _total(platform: Platform) -> int:
    return sum(core.instructions for core in platform.cores.values())


@contextmanager
def _watching(platform: Platform, expect: str | None, fail: str | None) -> Iterator[None]:
    """Stop the kernel when a console has printed a match."""
    wanted = [(Reason.FAILED, re.compile(fail))] if fail is not None else []
    if expect is not None:
        wanted.append((Reason.EXPECTED, re.compile(expect)))
    if not wanted:
        yield
        return

    def watcher(console: Console) -> Callable[[], None]:
        begin = len(console.data)

        def look() -> None:
            tail = console.data[max(begin, len(console.data) - MATCH_WINDOW) :]
            text = tail.decode("utf-8", "replace")
            for reason, pattern in wanted:
                found = pattern.search(text)
                if found:
                    kernel = platform.kernel
                    kernel.pause(TextFound(console.name, kernel.now, reason, found.group()))

        return look

    added = [(console, watcher(console)) for console in platform.consoles.values()]
    for console, look in added:
        console.watchers.append(look)
    try:
        yield
    finally:
        for console, look in added:
            console.watchers.remove(look)


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Ctrl-C ends the run at the next slice; pressed again, at once."""
    pressed = False

    def handler(number: int, frame: object) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    saved = signal.signal(signal.SIGINT, handler)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, saved)


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Look for garbage less often, unless the user's program has chosen so itself."""
    saved = gc.get_threshold()
    if 0 < saved[0] < GARBAGE:
        gc.set_threshold(GARBAGE, *saved[1:])
    try:
        yield
    finally:
        gc.set_threshold(*saved)

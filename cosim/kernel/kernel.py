"""The kernel: evaluate, update and delta notification over simpy's event queue."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Protocol

import simpy
from simpy.events import NORMAL
from simpy.events import Event as QueueEntry

from cosim.kernel.ending import Ending
from cosim.kernel.events import Event
from cosim.kernel.processes import Method, Process, Thread, ThreadBody
from cosim.kernel.report import Reports
from cosim.kernel.units import SimTime


class Updatable(Protocol):
    """A primitive channel with a pending update."""

    def update(self) -> None: ...


class Kernel:
    """One simulation: a time in picoseconds and the processes that live in it.

    At each time all due queue entries are taken first, then delta cycles run until nothing is
    runnable: evaluate every runnable process, apply updates, trigger delta notifications. Plain
    simpy processes on `env` live in the same queue and see the same time.
    """

    def __init__(self, shuffle_seed: int | None = None) -> None:
        self._random = None if shuffle_seed is None else Random(shuffle_seed)
        self.running: Process | None = None
        self.started = False
        self.updating = False
        self.env = simpy.Environment()
        self.reports = Reports()
        self.delta_count = 0
        self.delta_events: list[Event] = []
        self.delta_threads: list[Process] = []
        self._runnable: list[Process] = []
        self._updates: list[Updatable] = []
        self._until: SimTime | None = None
        self.stopped = False
        self.ending: Ending | None = None

    @property
    def now(self) -> SimTime:
        """Simulated time in ps."""
        return int(self.env.now)

    def thread(
        self,
        body: ThreadBody | Callable[[], ThreadBody],
        name: str,
        *sensitive: Event,
        initialize: bool = True,
    ) -> Thread:
        """Start a thread process in the next evaluate phase, or wait for its static sensitivity."""
        return Thread(self, body, name, sensitive, initialize)

    def method(
        self,
        function: Callable[[], object],
        *sensitive: Event,
        name: str,
        initialize: bool = False,
    ) -> Method:
        """A method called whenever one of `sensitive` happens; first now if `initialize`."""
        return Method(self, function, sensitive, name, initialize)

    def after(self, delay: SimTime) -> QueueEntry:
        """A queue entry that is processed `delay` ps from now; append to its callbacks."""
        entry = QueueEntry(self.env)
        entry._ok, entry._value = True, None
        self.env.schedule(entry, NORMAL, delay)
        return entry

    def make_runnable(self, process: Process) -> None:
        """Run `process` in this evaluate phase, or in the next if none is under way."""
        self._runnable.append(process)

    def request_update(self, channel: Updatable) -> None:
        """Call `channel.update()` in the update phase of this delta cycle, once."""
        if channel not in self._updates:
            self._updates.append(channel)

    @property
    def horizon(self) -> SimTime | None:
        """When something can next happen: now with work pending, else the next queue entry.

        The end of the present `run` counts. None when nothing will happen.
        """
        if self._updates or self.delta_events or self.delta_threads or self._runnable:
            return self.now
        entry = self.env.peek()
        if entry == simpy.core.Infinity:
            return self._until
        return int(entry) if self._until is None else min(int(entry), self._until)

    @property
    def idle(self) -> bool:
        """Whether nothing is runnable and nothing is scheduled."""
        until, self._until = self._until, None
        nothing = self.horizon is None
        self._until = until
        return nothing

    def stop(self, cause: Ending | None = None) -> None:
        """End `run` once the current delta cycle is complete; the first cause given is kept."""
        self.stopped = True
        self.ending = self.ending or cause

    def run(self, until: SimTime | None = None, *, run_to_time: bool = False) -> None:
        """Simulate until `stop`, until nothing is pending, or up to time `until`.

        What is due at `until` itself becomes runnable, and runs in the next call; if that is now,
        one delta cycle is run. When nothing is pending time stays at the last event, unless
        `run_to_time` asks to move it to `until`
        (SC_EXIT_ON_STARVATION and SC_RUN_TO_TIME in IEEE 1666-2011, 4.3.4.2).
        """
        self.stopped = False
        self.started = True
        self._until = until
        env = self.env
        if until is not None and until <= env.now:
            self._delta_cycle()
            return
        self._delta_cycles()
        while not self.stopped:
            at = env.peek()
            if at == simpy.core.Infinity and not run_to_time:
                return
            if until is not None and at > until:
                if until > env.now:
                    env.run(until=until)  # moves the time on; nothing is due before it
                return
            if at == simpy.core.Infinity:
                return
            while env.peek() == at:
                env.step()
            if at == until:
                return
            self._delta_cycles()

    def _delta_cycles(self) -> None:
        """Run delta cycles at the present time until nothing is runnable."""
        while self._runnable or self._updates or self.delta_events or self.delta_threads:
            self._delta_cycle()
            if self.stopped:
                return

    def _delta_cycle(self) -> None:
        """Evaluate, update, notify."""
        ran = False
        while self._runnable:
            batch, self._runnable = self._runnable, []
            if self._random is not None:
                self._random.shuffle(batch)
            ran = True
            try:
                for process in batch:
                    self.running = process
                    process.run()
            except Exception as error:  # a model's own: passed on with the process named
                error.add_note(f"in process {self.running and self.running.name}")
                raise
            finally:
                self.running = None
        self.delta_count += ran
        updates, self._updates = self._updates, []
        self.updating = True
        for channel in updates:
            channel.update()
        self.updating = False
        threads, self.delta_threads = self.delta_threads, []
        events, self.delta_events = self.delta_events, []
        for thread in threads:
            thread.elapsed()
        for event in events:
            event.happen()
        env = self.env
        while env.peek() == env.now:
            env.step()  # what a plain simpy process scheduled for this very time

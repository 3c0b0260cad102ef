"""The kernel: evaluate, update and delta notification over simpy's event queue."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from heapq import heappop
from random import Random

import simpy

from cosim.kernel.alarm import Alarmed, forget_cancelled
from cosim.kernel.async_updates import AsyncUpdates, Updatable
from cosim.kernel.elaboration import Elaboration
from cosim.kernel.ending import Ending
from cosim.kernel.events import Event
from cosim.kernel.methods import Method
from cosim.kernel.processes import Process, Sensitive
from cosim.kernel.report import KernelError, KernelWarning, Reports
from cosim.kernel.stages import Phase, Stage, Starvation, StopMode
from cosim.kernel.threads import Thread
from cosim.kernel.units import MAX_TIME, SimTime, format_time
from cosim.kernel.waits import ThreadBody

# Looking a member up in its class is slow, and these are set in every delta cycle.
_EVALUATE, _UPDATE, _NOTIFY, _ADVANCE = (
    Phase.EVALUATE,
    Phase.UPDATE,
    Phase.NOTIFY,
    Phase.ADVANCE,
)


class Kernel(Elaboration):
    """One simulation: a time in picoseconds and the processes that live in it.

    At each time all due queue entries are taken first, then delta cycles run until nothing is
    runnable: evaluate every runnable process, apply updates, trigger delta notifications. Plain
    simpy processes on `env` live in the same queue and see the same time.

    Args:
        shuffle_seed: runs the processes of an evaluate phase in an order drawn with this seed
            instead of the order in which they became runnable.

    Attributes:
        delta_count: how many evaluate phases have run a process.
        running: the process that runs now.
        runnable: the processes that run in this evaluate phase, or in the next.
        stopping: whether `pause` or `stop` has been called in this `run`.
        ending: what the first of them gave as the cause.
        stop_mode: what `stop` still completes.
        patient: asked while `run` waits for another OS thread; False ends the run.
    """

    def __init__(self, shuffle_seed: int | None = None) -> None:
        super().__init__()
        self._random = None if shuffle_seed is None else Random(shuffle_seed)
        self.env = simpy.Environment()
        self.reports = Reports()
        self.running: Process | None = None
        self.delta_count = 0
        self.stamp = 0  # moves on with every update phase and every time step
        self.delta_events: dict[Event, None] = {}
        self.delta_threads: dict[Process, None] = {}
        self.runnable: list[Process] = []
        self._batch: list[Process] = []  # what runs in the present evaluate phase
        self._updates: dict[Updatable, None] = {}
        self._async = AsyncUpdates()
        self._until: SimTime | None = None
        self.stop_mode = StopMode.FINISH_DELTA
        self.stopping = False
        self.patient: Callable[[], bool] = lambda: True
        self._final = False  # it was `stop`, not `pause`
        self.ending: Ending | None = None

    @property
    def kernel(self) -> Kernel:
        return self

    @property
    def now(self) -> SimTime:
        """Simulated time in ps."""
        return int(self.env.now)

    # Processes and the queue

    def thread(
        self,
        body: ThreadBody | Callable[[], object],
        name: str,
        *sensitive: Sensitive,
        initialize: bool = True,
    ) -> Thread:
        """A thread that starts in the next evaluate phase, or on its static sensitivity.

        Args:
            body: a generator, or a function that makes one (which `Thread.reset` needs).
            sensitive: events, signals and ports it waits for when it yields None.
            initialize: False is `dont_initialize()`.
        """
        return Thread(self, body, name, sensitive, initialize)

    def method(
        self,
        function: Callable[[], object],
        *sensitive: Sensitive,
        name: str,
        initialize: bool = True,
    ) -> Method:
        """A method called in the first evaluate phase, and when one of `sensitive` happens.

        Args:
            initialize: False is `dont_initialize()`.
        """
        return Method(self, function, sensitive, name, initialize)

    def request_update(self, channel: Updatable) -> None:
        """Call `channel.update()` in the update phase of this delta cycle, once."""
        self._updates[channel] = None

    def async_request_update(self, channel: Updatable) -> None:
        """The same from any OS thread: in the next update phase, whenever that is."""
        self._async.request(channel)

    def async_attach_suspending(self, channel: Updatable) -> None:
        """From now on `run` waits for `async_request_update` instead of starving."""
        self._async.suspending.append(channel)

    def async_detach_suspending(self, channel: Updatable) -> None:
        """Undo `async_attach_suspending`."""
        self._async.suspending.remove(channel)

    @property
    def pending_activity(self) -> bool:
        """Whether something is left to do at the present time."""
        return bool(
            self.runnable
            or self._updates
            or self.delta_events
            or self.delta_threads
            or self._async.requests
        )

    @property
    def others_due(self) -> bool:
        """Whether processes that do not run ahead are still to run in this evaluate phase.

        They may make something happen at the present time, which `pending_activity` does not know
        of yet. Processes that run ahead do not wait for each other.
        """
        batch = self._batch
        if len(batch) < 2 or self.running not in batch:
            return False
        return not all(one.runs_ahead for one in batch[batch.index(self.running) + 1 :])

    @property
    def company(self) -> Sequence[Process]:
        """The processes of this evaluate phase from the running one on, if all of them run ahead.

        Nobody if the running one is not the first of them, if more is pending or others watch, if
        their order is drawn, or if one of them is not to run now or at its next time.
        """
        batch = self._batch
        if (
            len(batch) < 2
            or batch[0] is not self.running
            or self._random is not None
            or self.stage_callbacks
            or self.pending_activity
            or self.stopping
        ):
            return ()
        for one in batch:
            if not one.runs_ahead or not one.alive or one.suspended or one.disabled:
                return ()
        return batch

    def leap(self, time: SimTime, steps: int) -> None:
        """Let simulated time be `time`, as if `steps` time steps had had one delta cycle each.

        For whoever has done all that would have happened before then.
        """
        self.env._now = time
        self.delta_count += steps
        self.stamp += 2 * steps

    def advance(self, time: SimTime) -> bool:
        """Let simulated time be `time` in the middle of the running process's turn, as if it had
        waited until then, if it would be the only one to run meanwhile.

        Returns:
            Whether it could be done; else the process has to wait.
        """
        if (
            not self.last_in_turn
            or self._random is not None
            or self.stage_callbacks
            or self.stopping
            or time > MAX_TIME
        ):
            return False
        horizon = self.horizon
        if horizon is not None and horizon <= time:
            return False
        self.leap(time, 1)
        return True

    @property
    def last_in_turn(self) -> bool:
        """Whether nobody else is still to run in this evaluate phase."""
        return not self._batch or self._batch[-1] is self.running

    @property
    def horizon(self) -> SimTime | None:
        """When something can next happen: now with work pending, else the next queue entry.

        The end of the present `run` counts. None when nothing will happen.
        """
        if self.pending_activity:
            return self.now
        forget_cancelled(self.env)
        entry = self.env.peek()
        if entry == simpy.core.Infinity:
            return self._until
        return int(entry) if self._until is None else min(int(entry), self._until)

    @property
    def idle(self) -> bool:
        """Whether nothing is runnable, nothing is scheduled and nobody else is waited for."""
        forget_cancelled(self.env)
        return not (
            not self.elaborated
            or self.pending_activity
            or self._async.suspending
            or self.env.peek() < simpy.core.Infinity
        )

    # Running

    def pause(self, cause: Ending | None = None) -> None:
        """End `run` once the current delta cycle is complete; another `run` goes on.

        The first `cause` given in a run is kept in `ending`.
        """
        self.stopping = True
        self.ending = self.ending or cause

    def stop(self, cause: Ending | None = None) -> None:
        """End the simulation, as `stop_mode` says; it cannot be run any more."""
        self._final = True
        self.pause(cause)
        if self.phase in (Phase.ELABORATION, Phase.PAUSED):
            self._leave()

    def run(self, duration: SimTime | None = None, starvation: Starvation | None = None) -> None:
        """Simulate until `stop` or `pause`, or for `duration` ps; without one until it starves.

        What is due at the end itself becomes runnable, and runs in the next call. A duration of 0
        runs one delta cycle.

        Args:
            duration: in ps.
            starvation: where time stays when nothing is pending; RUN_TO_TIME by default, EXIT
                without a duration.

        Raises:
            KernelError: after `stop`, or beyond the greatest time.
        """
        self._check_run(duration)
        self.stopping, self.ending = False, None
        start = self.now
        self._until = None if duration is None else start + duration
        run_to_time = duration is not None and starvation is not Starvation.EXIT
        try:
            before = (start, self.delta_count)
            quiet = not (self.pending_activity or self.initial)
            if not self.elaborated:
                self._initialize()
            if duration == 0:
                self._delta_cycle()
            else:
                self._simulate(run_to_time)
            if quiet and before == (self.now, self.delta_count) and not self.stopping:
                warnings.warn("run: there was nothing to simulate", KernelWarning, stacklevel=2)
        except BaseException:
            self.phase = Phase.STOPPED  # half an evaluate phase cannot be taken up again
            raise
        self._leave()

    def _check_run(self, duration: SimTime | None) -> None:
        if self.phase is Phase.STOPPED:
            raise KernelError("run: the simulation has been stopped")
        if self.phase not in (Phase.ELABORATION, Phase.PAUSED):
            raise KernelError("run: called from within the simulation")
        if duration is None:
            return
        if duration < 0:
            raise ValueError(f"run: a duration of {duration} ps")
        if self.now + duration > MAX_TIME:
            raise KernelError(f"run: beyond the greatest time, {format_time(MAX_TIME)}")

    def _initialize(self) -> None:
        """The first update phase, then every process that is initialized (4.3.4.2.1)."""
        self.elaborate()
        self._update()
        for process in self.initial:
            process.begin()
        self.initial.clear()
        self._notify()

    def _leave(self) -> None:
        if not self._final:
            self.call_back(Stage.PRE_PAUSE)
            self.phase = Phase.PAUSED
            return
        self.call_back(Stage.PRE_STOP)
        self.phase = Phase.STOPPED
        for module in self.modules():
            module.end_of_simulation()
        self.call_back(Stage.POST_END_OF_SIMULATION)

    def _simulate(self, run_to_time: bool) -> None:
        """Delta cycles and time steps in turn, up to `_until`."""
        env, until = self.env, self._until
        step = env.step
        requests = self._async.requests
        queue = env._queue  # simpy's heap: looked at for every time step
        last = MAX_TIME if until is None else until
        while True:
            while (
                self.runnable
                or self._updates
                or self.delta_events
                or self.delta_threads
                or requests
            ):
                self._delta_cycle()
                if self.stopping:
                    return
            if queue and isinstance(queue[0][3], Alarmed) and queue[0][3].alarm != queue[0][2]:
                forget_cancelled(env)
            if not queue:
                if self._async.suspending:
                    if not self._suspend():
                        return
                    continue
                if not run_to_time:
                    return
            at = queue[0][0] if queue else MAX_TIME + 1
            if at > last and not run_to_time:
                return
            if self.stage_callbacks:
                self.call_back(Stage.PRE_TIMESTEP)
            self.stamp += 1
            self.phase = _ADVANCE
            if at > last:
                env._now = last  # nothing is due before it, so nothing has to be processed
                return
            env._now = at
            while queue and queue[0][0] == at:
                item: object = queue[0][3]
                if isinstance(item, Alarmed):
                    if item.alarm == heappop(queue)[2]:
                        item.ring()
                else:
                    step()
            if at == until:
                return

    def _suspend(self) -> bool:
        """Nothing is pending: wait for another OS thread; whether it asked for something."""
        self.call_back(Stage.PRE_SUSPEND)
        self._async.wait(lambda: self.stopping or not self.patient())
        self.call_back(Stage.POST_SUSPEND)
        return bool(self._async.requests)

    def _delta_cycle(self) -> None:
        """Evaluate, update, notify."""
        ran = bool(self.runnable)
        if ran:
            self.phase = _EVALUATE
            try:
                while self.runnable:  # immediate notifications make more of them
                    batch, self.runnable = self.runnable, []
                    if self._random is not None:
                        self._random.shuffle(batch)
                    self._batch = batch
                    for process in batch:
                        self.running = process
                        process.run()
                        if self.stopping and self._halts_now:
                            return
            except Exception as error:  # a model's own: passed on with the process named
                name = self.running.name if self.running else "?"
                error.add_note(f"in process {name} at {format_time(self.now)}")
                raise
            finally:
                self.running = None
        self.stamp += 1
        if self._updates or self._async.requests or self.stage_callbacks:
            self._update()
        if self._final:
            return
        self.delta_count += ran
        if self.delta_events or self.delta_threads:
            self._notify()
        env = self.env
        queue, now = env._queue, env._now
        while queue and queue[0][0] == now:
            env.step()  # what a plain simpy process scheduled for this very time

    @property
    def _halts_now(self) -> bool:
        return self._final and self.stop_mode is StopMode.IMMEDIATE

    def _update(self) -> None:
        self.phase = _UPDATE
        if self._async.requests:
            for channel in self._async.take():
                self._updates[channel] = None
        if self._updates:
            updates, self._updates = self._updates, {}
            for channel in updates:
                channel.update()
        if self.stage_callbacks:
            self.call_back(Stage.POST_UPDATE)

    def _notify(self) -> None:
        self.phase = _NOTIFY
        threads, self.delta_threads = self.delta_threads, {}
        events, self.delta_events = self.delta_events, {}
        for thread in threads:
            thread.elapsed()
        for event in events:
            event.happen()

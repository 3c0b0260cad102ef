"""Quanta of several cores one after the other, as native code, while nothing else is due.

A turn of a core costs Python some 10 us, as long as a fast core needs for 20,000 instructions. So
when all that is due are cores with native code, which would take their turns in the same order at
one synchronization point after the other, a loop of native code lets them. It ends at the last
point before the next event, or where a core needs more than native code; then simulated time leaps
to the round that is under way, and everything is as if the turns had been taken one by one.
"""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, ref

from cosim.cpus.engines.code_memory import CodeMemory
from cosim.cpus.engines.runtime_block import BUDGET, EXIT
from cosim.cpus.engines.translator import Translator
from cosim.kernel.processes import Process
from cosim.kernel.quantum import GlobalQuantum
from cosim.kernel.units import PS_PER_SECOND

if TYPE_CHECKING:
    from cosim.cpus.core import Core

MOST, FEWEST = 256, 4
"""Rounds at once: as many as went well the last time, twice, within these limits."""

FAR = 1 << 25
"""Instructions of all cores at once: some 10 ms of the host's time."""

RECORD = 5
"""Of each core: its runtime block, how to enter code, the code, its budgets, where code goes on."""

LOOP = f"""
define i64 @rounds(ptr %cores, i64 %many, i64 %count) {{
entry:
  br label %round
round:
  %k = phi i64 [ 0, %entry ], [ %later, %over ]
  %end = icmp eq i64 %k, %count
  br i1 %end, label %out, label %core
core:
  %i = phi i64 [ 0, %round ], [ %next, %more ]
  %at = mul i64 %i, {RECORD}
  %record = getelementptr i64, ptr %cores, i64 %at
  %runtime = load ptr, ptr %record
  %enterat = getelementptr i64, ptr %record, i64 1
  %enter = load ptr, ptr %enterat
  %codeat = getelementptr i64, ptr %record, i64 2
  %budgetsat = getelementptr i64, ptr %record, i64 3
  %budgets = load ptr, ptr %budgetsat
  %gosat = getelementptr i64, ptr %record, i64 4
  %gos = load ptr, ptr %gosat
  %budgetat = getelementptr i64, ptr %budgets, i64 %k
  %budget = load i64, ptr %budgetat
  %none = icmp eq i64 %budget, 0
  br i1 %none, label %more, label %run
run:
  %code = load ptr, ptr %codeat
  %left = getelementptr i8, ptr %runtime, i64 {BUDGET}
  store i64 %budget, ptr %left
  call void %enter(ptr %runtime, ptr %code)
  %over1 = load i64, ptr %left
  %early = icmp sgt i64 %over1, 0
  %exitat = getelementptr i8, ptr %runtime, i64 {EXIT}
  %exit = load i32, ptr %exitat
  %crashed = icmp eq i32 %exit, -1
  br i1 %crashed, label %out, label %left1
left1:
  %number = zext i32 %exit to i64
  %goat = getelementptr i64, ptr %gos, i64 %number
  %go = load i64, ptr %goat
  %other = icmp eq i64 %go, 0
  %ends = or i1 %other, %early
  br i1 %ends, label %out, label %stopped
stopped:
  store i64 %go, ptr %codeat
  br label %more
more:
  %next = add i64 %i, 1
  %last = icmp eq i64 %next, %many
  br i1 %last, label %over, label %core
over:
  %later = add i64 %k, 1
  br label %round
out:
  %where = phi i64 [ 0, %round ], [ %i, %run ], [ %i, %left1 ]
  %before = mul i64 %k, %many
  %result = add i64 %before, %where
  ret i64 %result
}}
"""
"""The loop; what it returns is how many turns were over before one ended otherwise."""


class Rounds:
    """The rounds of the cores that share a quantum.

    Attributes:
        on: whether there are any; for comparisons.
        turns: how many turns were taken in them.
    """

    def __init__(self) -> None:
        self.on = True
        self.turns = 0
        # Nothing here keeps a core, whose quantum keeps this.
        self._cores: WeakKeyDictionary[Process, ref[Core]] = WeakKeyDictionary()
        self._memory: CodeMemory | None = None
        self._rounds = FEWEST

    def join(self, core: Core, process: Process) -> None:
        """`core` takes part, as `process`."""
        self._cores[process] = ref(core)

    def take(self, core: Core) -> bool:
        """Take turns, of which the first is that of `core`, as long as only cores do.

        Returns:
            Whether anything was executed: simulated time may be later now.
        """
        kernel = core.kernel
        company = kernel.company
        if len(company) < 2 or not self.on or not core.quantum.value:
            return False
        cores: list[Core] = []
        engines: list[Translator] = []
        for process in company:
            known = self._cores.get(process)
            one = None if known is None else known()
            if one is None or (one is not core and not one.waits_for_turn) or not one.could_resume:
                return False
            assert type(one.engine) is Translator
            cores.append(one)
            engines.append(one.engine)
        return self._take(cores, engines)

    def _take(self, cores: Sequence[Core], engines: Sequence[Translator]) -> bool:
        kernel, quantum = cores[0].kernel, cores[0].quantum.value
        now, event = kernel.now, kernel.horizon
        first = cores[0].quantum.next_sync_point(now)
        speed = sum(core.clock.frequency for core in cores)
        rounds = min(self._rounds, max(FAR * PS_PER_SECOND // (quantum * speed), 2))
        for end in (event, *(core.next_switch for core in cores)):
            if end is not None:
                rounds = min(rounds, (end - first) // quantum + 1)
        if rounds < 2:
            return False
        budgets = [_budgets(core, first, quantum, rounds) for core in cores]
        if any(one[0] < 0 for one in budgets):
            return False
        records = array("Q")
        for engine, own in zip(engines, budgets, strict=True):
            records.extend(engine.resumption(own.buffer_info()[0]))
        done = self._loop(engines[0])(records.buffer_info()[0], len(cores), rounds)
        whole, part = divmod(done, len(cores))
        executed = 0
        for place, (core, engine, own) in enumerate(zip(cores, engines, budgets, strict=True)):
            turns = whole + (place < part)
            self.turns += turns - own[:turns].count(0)
            used = sum(own[:turns])
            if whole < rounds and place == part:
                used += engine.ended_turn(own[turns])
            elif used:
                engine.ended_turn(0)
            core.cycle += used
            core.instructions += used
            executed += used
        self._rounds = max(FEWEST, min(2 * whole, MOST))
        begun = min(whole, rounds - 1)
        if begun:
            kernel.leap(first + (begun - 1) * quantum, begun)
        return executed > 0

    def _loop(self, engine: Translator) -> ctypes._FuncPointer:
        if self._memory is None:
            self._memory = CodeMemory(4096)
            self._memory.write(0, engine.library.functions(LOOP, ("rounds",))["rounds"])
            prototype = ctypes.CFUNCTYPE(
                ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64
            )
            self._function = prototype(self._memory.address)
        return self._function


def _budgets(core: Core, first: int, quantum: int, rounds: int) -> array[int]:
    """How many instructions each turn has, up to `first` and `quantum` more each time."""
    clock = core.clock
    begun = clock.cycle_at(first)
    budgets = array("q", [begun - core.cycle])
    if quantum * clock.frequency % PS_PER_SECOND == 0 and clock.time_of(begun) == first:
        each = quantum * clock.frequency // PS_PER_SECOND
        return budgets + array("q", [each]) * (rounds - 1)
    for turn in range(1, rounds):
        ends = clock.cycle_at(first + turn * quantum)
        budgets.append(ends - begun)
        begun = ends
    return budgets


_rounds: WeakKeyDictionary[GlobalQuantum, Rounds] = WeakKeyDictionary()


def rounds_of(quantum: GlobalQuantum) -> Rounds:
    """The rounds of the cores that have this quantum."""
    if quantum not in _rounds:
        _rounds[quantum] = Rounds()
    return _rounds[quantum]

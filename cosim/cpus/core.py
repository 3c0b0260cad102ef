"""The core module: the quantum loop, interrupt lines, sleep and halt, counters, fault reports."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import ClassVar, NamedTuple, NoReturn, Protocol

from cosim.bus.router import View
from cosim.cpus.config import CoreConfig
from cosim.cpus.engines.choice import EngineName, check_engine, chosen
from cosim.cpus.engines.engine import Engine
from cosim.cpus.engines.interpreter import Interpreter
from cosim.cpus.engines.lockstep import LockStep
from cosim.cpus.engines.patch import CodeWatcher
from cosim.cpus.engines.translator import Translator
from cosim.cpus.fault_loop import FaultLoop
from cosim.cpus.faults import GuestException, MemoryFault, SyncNeeded, UndefinedInstruction
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import InstructionSet
from cosim.cpus.isa.state import State, StateLayout
from cosim.cpus.memory_port import MemoryPort
from cosim.cpus.rounds import rounds_of
from cosim.cpus.symbols import SymbolTable
from cosim.kernel.cycle_clock import CycleClock
from cosim.kernel.ending import GuestExit, GuestFault
from cosim.kernel.events import Event
from cosim.kernel.hierarchy import Module
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from cosim.kernel.signals import Signal, Writers
from cosim.kernel.units import SimTime, parse_time
from cosim.kernel.waits import AnyOf, ThreadBody


class CharacterDevice(Protocol):
    """Where characters go to and come from: a console."""

    def write(self, data: bytes) -> None:
        """Print `data`."""

    def read(self, limit: int) -> bytes:
        """Up to `limit` bytes of input that is there now."""


class RegisterText(NamedTuple):
    """A system register for a reference page: its name, how it is reached, "rw", and a remark."""

    name: str
    place: str
    access: str
    doc: str = ""


FAR = 1 << 25
"""Cycles that a core may run on while nothing else happens: some 10 ms of the host's time."""

Observer = Callable[["Core", int, int, int], None]
"""Called before each instruction with (core, pc, word, decode context)."""


class Core(Module, ABC):
    """One processor: a kernel process that executes instructions up to the next event.

    Instruction n of a core takes cycle n of its clock unless it slept or waited in between. A turn
    goes up to the event horizon: the end of the quantum or the next kernel event, whichever is
    first. Accesses to devices happen at the exact local time of the instruction, because a core
    that is ahead of simulated time waits before it makes one.

    An instruction set derives from this class and gives the class attributes and `take`.
    """

    TYPE: ClassVar[str] = ""
    ELF_MACHINE: ClassVar[str] = ""
    LAYOUT: ClassVar[StateLayout]
    REGISTERS: ClassVar[Sequence[str]] = ()  # the slots of `r`, in the ISA's numbering
    LINES: ClassVar[Sequence[str]] = ()  # interrupt inputs
    OUTPUTS: ClassVar[Sequence[str]] = ()  # interrupt outputs of what is within the core
    Config: ClassVar[type[CoreConfig]] = CoreConfig

    def __init__(
        self,
        name: str,
        config: CoreConfig,
        kernel: Kernel,
        quantum: GlobalQuantum,
        isa: InstructionSet,
    ) -> None:
        super().__init__(kernel, name)
        self.config = config
        self.quantum = quantum
        self.isa = isa
        self.clock = CycleClock(config.clock)
        self.state = State(self.LAYOUT)
        self.r = Registers(self.state, self.REGISTERS)
        self.port = MemoryPort(name, config.endian, self._catch_up, self._charge)
        self.symbols = SymbolTable()
        self.console: CharacterDevice | None = None  # for what a debugger's host would print
        self.observers: list[Observer] = []
        self.code_watchers: list[CodeWatcher] = []  # told of native code when it is made
        self.strict_alignment = False
        self.cycle = 0  # of the next instruction
        self.instructions = 0
        self.asleep = False
        self.waiting = False  # in the middle of an instruction, for another process
        self.spinning = False  # asleep in a branch to itself
        self.halted = False
        self.start_pc = 0
        self._awaited: Event | AnyOf | None = None  # what the present instruction waits for
        self._stall = 0  # cycles that the targets of the present turn asked for
        self._turn_end: SimTime = 0
        self.interpreter = Interpreter(self)
        self._translator: Translator | None = None
        self.engine_name = chosen(config.engine)
        self.engine = self._make_engine()
        self._switches = False
        self._planned: list[tuple[int, EngineName]] = []  # changes of engine, by cycle
        self.lines = {line: Signal(self, False, line, Writers.UNCHECKED) for line in self.LINES}
        self._wakeup = Event(self, "wakeup")
        self._never = Event(self, "never")
        for signal in self.lines.values():
            kernel.method(self._line_changed, signal, name=f"{signal.name}.watch", initialize=False)
        self.reset()
        process = self.thread(self._live, "live")
        process.runs_ahead = True
        self.rounds = rounds_of(quantum)
        self.rounds.join(self, process)
        self.waits_for_turn = False  # at a synchronization point

    # What an instruction set provides

    def reset(self) -> None:
        """Set the state the manual gives for reset, and the start address."""
        self.state.clear()
        self.state["pc"] = self.start_pc
        self.port.watch(False)
        self.fault_loop = FaultLoop(self)

    @classmethod
    def encodings(cls) -> Sequence[Row]:
        """The rows of the instruction tables that the core can have, for reference pages."""
        return ()

    @classmethod
    def system_registers(cls) -> Sequence[RegisterText]:
        """What system registers there are, for reference pages."""
        return ()

    @abstractmethod
    def take(self, exception: GuestException) -> bool:
        """Enter the architecture's handler, or end the run by `unhandled`.

        Returns:
            Whether the instruction did not retire.
        """

    def poll_interrupts(self) -> None:
        """Enter the handler of an asserted, enabled interrupt line; at an instruction boundary."""

    @property
    def interrupt_waits(self) -> bool:
        """Whether an enabled interrupt has to wait for the next instruction (in a delay slot)."""
        return False

    @property
    def interrupt_is_seen(self) -> bool:
        """Whether an interrupt is due whose entry others see, so that its time has to be exact."""
        return False

    @abstractmethod
    def disassemble(self, address: int, word: int, context: int) -> str:
        """The text of an instruction."""

    @abstractmethod
    def describe_state(self) -> list[str]:
        """The registers, as lines for `-d cpu` and reports."""

    # For instruction sets, engines and tools

    def use_engine(self, name: EngineName, at: str | SimTime | None = None) -> None:
        """Execute by another engine, from the next instruction on or from a later time.

        May be called between runs and during one, by a process or a device. It changes nothing but
        speed: the state stays where it is, and the schedule as it is.

        Args:
            name: as the `engine` key of a platform file; `engine_name` tells what a core has.
            at: the first instruction at or after this time is the first one by that engine ("5ms";
                an int is ps).

        Raises:
            ValueError: there is no such engine, it cannot run on this machine, or `at` is no time.
        """
        name = check_engine(name)
        if at is not None:
            cycle = self.clock.cycle_at(parse_time(at) if isinstance(at, str) else at)
            self._planned.append((cycle, name))
            self._planned.sort(key=itemgetter(0))
            return
        self.engine_name = chosen(name)
        self._switches = True
        self.engine.stop_after_this()

    @property
    def runs_slowly(self) -> bool:
        """Whether instructions are interpreted although nobody asked for that."""
        return self.config.engine == "auto" and self.engine_name == "reference"

    def _make_engine(self) -> Engine:
        if self.engine_name == "reference":
            return self.interpreter
        if self._translator is None:
            self._translator = Translator(self)
        return LockStep(self._translator) if self.engine_name == "lockstep" else self._translator

    def _until_switch(self, budget: int) -> int:
        """Let the engine changes that are due happen; returns how far it is to the next one."""
        while self._planned and self._planned[0][0] <= self.cycle:
            self.use_engine(self._planned.pop(0)[1])
        return min(budget, self._planned[0][0] - self.cycle) if self._planned else budget

    @property
    def next_switch(self) -> SimTime | None:
        """The time of the next planned change of engine, in ps."""
        return self.clock.time_of(self._planned[0][0]) if self._planned else None

    def _switch(self) -> None:
        self._switches = False
        if isinstance(self.engine, LockStep):
            self.engine.close()
        self.engine = self._make_engine()

    @property
    def pc(self) -> int:
        return self.state["pc"]

    @property
    def retired(self) -> int:
        """Instructions up to the present one, which may be within a turn."""
        return self.instructions + self.engine.executed - self.engine.faulted

    @property
    def local_time(self) -> SimTime:
        """The time in ps at which the present instruction begins."""
        return self.clock.time_of(self.cycle + self.engine.executed)

    @property
    def view(self) -> View:
        """The address map as this core sees it."""
        target = self.port.socket.peer.target
        assert isinstance(target, View)
        return target

    def observe(self, pc: int, word: int, context: int) -> None:
        for observer in self.observers:
            observer(self, pc, word, context)

    @property
    def interrupted(self) -> bool:
        """Whether an interrupt line is asserted, masked or not."""
        return any(line.read() for line in self.lines.values())

    def sleep(self) -> None:
        """Wait for an interrupt line after this instruction, unless one is asserted."""
        if not self.interrupted:
            self.doze()

    def doze(self) -> None:
        """Wait after this instruction, until `wake` or an interrupt line."""
        self.asleep = True
        self.engine.stop_after_this()

    def wake(self) -> None:
        """End a sleep. In the evaluate phase only."""
        if not self.halted:
            self.asleep = self.spinning = False
            self._wakeup.notify()

    def spin(self) -> None:
        """The present instruction branches to itself: nothing but an interrupt changes that.

        One that is asserted now is masked, or it would have been taken.
        """
        self.asleep = self.spinning = True
        self.engine.stop_after_this()

    def exit(self, code: int) -> None:
        """End the run with `code` after this instruction."""
        self.engine.stop_after_this()
        self.kernel.pause(GuestExit(self.name, self.local_time, code))

    def unhandled(self, exception: GuestException, why: str = "") -> None:
        """End the run: no handler of the guest takes `exception`."""
        self.halted = True
        self.engine.stop_after_this()
        report = self._fault_report(exception, why)
        self.kernel.pause(GuestFault(self.name, self.local_time, report))

    def synchronize(self) -> None:
        """Before an effect outside the core: simulated time must have come to this instruction.

        Raises:
            SyncNeeded: the core is ahead; the instruction is executed again when it is not.
        """
        self.port.effects += 1
        self._catch_up()

    def _catch_up(self) -> None:
        time = self.local_time
        if time > self.kernel.now and not self.kernel.advance(time):
            raise SyncNeeded

    def wait_for(self, event: Event | None, interruptible: bool) -> NoReturn:
        """The present instruction cannot be done before `event` (None: never); it starts again.

        Args:
            interruptible: whether an interrupt may be taken meanwhile.
        """
        if event is None:
            self._awaited = self._wakeup if interruptible else self._never
        else:
            self._awaited = AnyOf((event, self._wakeup)) if interruptible else event
        raise SyncNeeded

    def where(self, address: int) -> str:
        """`0x60000034 main+0x10`."""
        return f"0x{address:08x} {self.symbols.locate(address)}".rstrip()

    def disassemble_at(self, address: int) -> str:
        """The text of the instruction at `address`, or why there is none."""
        context = self.state["context"]
        word = self.isa.read_word(self.port.read_debug(address, 4), self.port.endian, context)
        if word is None:
            return "(not in memory)"
        return self.listing(address, word, context)

    def listing(self, address: int, word: int, context: int) -> str:
        """An instruction in hex and as text."""
        return f"{self.isa.hex(word, context)}  {self.disassemble(address, word, context)}"

    # The process

    def _live(self) -> ThreadBody:
        kernel = self.kernel
        while True:
            if self.halted or self.asleep:
                yield self._wakeup
                self.cycle = max(self.cycle, self.clock.cycle_at(kernel.now))
                continue
            ahead = self.clock.time_of(self.cycle) - kernel.now
            if ahead > 0 and self.interrupt_is_seen:
                yield ahead
                continue
            self.poll_interrupts()
            if self.asleep:
                continue
            if self.rounds.take(self):
                continue
            end = self._horizon()
            budget = self.clock.cycle_at(end) - self.cycle
            if kernel.stopping:
                yield 0
            elif budget <= 0:
                self.waits_for_turn = True
                yield end - kernel.now
                self.waits_for_turn = False
            else:
                self._turn_end = end
                self._run(1 if self.interrupt_waits else budget)
                if self._awaited is not None:
                    awaited, self._awaited = self._awaited, None
                    self.waiting = True
                    yield awaited
                    self.waiting = False
                    self.cycle = max(self.cycle, self.clock.cycle_at(kernel.now))
                elif self.engine.out_of_time:
                    yield self.clock.time_of(self.cycle) - kernel.now

    def _horizon(self) -> SimTime:
        """How far this core may run now, in ps: the quantum's end or the next kernel event."""
        now, event = self.kernel.now, self.kernel.horizon
        if self.kernel.others_due:  # one of them may be about to raise an interrupt line
            return now
        if self.quantum.value:
            end = self.quantum.next_sync_point(now)
            if event is not None and self._unseen:
                end = self.quantum.next_sync_point(now + self.clock.time_of(FAR))
        else:  # lock-step: one instruction at its time
            start = self.clock.time_of(self.cycle)
            end = start if start > now else self.clock.time_of(self.cycle + 1)
        return end if event is None else min(end, event)

    @property
    def _unseen(self) -> bool:
        """Whether nobody would notice that the core passes a synchronization point.

        No other process has anything to do before the next event, and nobody watches this one.
        """
        kernel = self.kernel
        return kernel.last_in_turn and not (kernel.stage_callbacks or self.observers)

    @property
    def could_resume(self) -> bool:
        """Whether a turn could go on in the native code where the one before has ended."""
        return not (
            self.asleep
            or self.halted
            or self.waiting
            or self.observers
            or self._switches
            or type(self.engine) is not Translator
            or not self.engine.resumable
            or self.interrupted
        )

    def _run(self, budget: int) -> None:
        if self._planned:
            budget = self._until_switch(budget)
        if self._switches:
            self._switch()
        self._stall = 0
        try:
            self.engine.run(budget)
        except Exception as error:  # whatever it is, it goes on, and says where it was
            error.add_note(f"{self.name} at pc {self.where(self.engine.pc)}")
            raise
        self.cycle += self.engine.executed + self._stall
        self.instructions += self.engine.executed - self.engine.faulted
        self.engine.executed = self.engine.faulted = 0

    def _charge(self, delay: SimTime) -> None:
        """After a transaction: its delay costs cycles; it may have made something due earlier."""
        if delay:
            self._stall += self.clock.cycle_at(delay)
        horizon = self.kernel.horizon
        if delay or self.kernel.stopping or (horizon is not None and horizon < self._turn_end):
            self.engine.stop_after_this()

    def _line_changed(self) -> None:
        if self.interrupted:
            self.wake()

    def _fault_report(self, exception: GuestException, why: str) -> str:
        pc = self.pc
        lines = [f"{self.name}: unhandled {exception.describe()}" + (f" ({why})" if why else "")]
        if isinstance(exception, MemoryFault):
            lines.append(f"  {self._explain(exception)}")
        if isinstance(exception, UndefinedInstruction):
            text = self.listing(pc, exception.word, self.state["context"])
            lines.append(f"  pc {self.where(pc)}: {text}")
        else:
            lines.append(f"  pc {self.where(pc)}: {self.disassemble_at(pc)}")
        if (
            isinstance(exception, MemoryFault)
            and exception.access == "fetch"
            and self.cycle + self.engine.executed
        ):
            lines.append(f"  came from {self.where(self.engine.pc)}")
        return "\n".join(lines + [f"  {line}" for line in self.describe_state()])

    def _explain(self, fault: MemoryFault) -> str:
        region, nearest = self.view.find(fault.address), self.view.nearest(fault.address)
        if fault.cause == "alignment":
            return f"the address is not a multiple of {fault.size}"
        if region is not None:
            return f"{region} does not allow it"
        return "nothing is mapped there" + (f"; nearest region: {nearest}" if nearest else "")


class Registers:
    """A core's numbered registers: `core.r[0]`."""

    def __init__(self, state: State, names: Sequence[str]) -> None:
        self._state = state
        self._names = names

    def __getitem__(self, number: int) -> int:
        return self._state[self._names[number]]

    def __setitem__(self, number: int, value: int) -> None:
        self._state[self._names[number]] = value

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[int]:
        return (self._state[name] for name in self._names)

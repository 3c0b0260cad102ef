"""The MicroBlaze core: reset, exceptions, interrupts, and what tools see of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from cosim.cpus.core import Core
from cosim.cpus.faults import GuestException, MemoryFault, Trap, UndefinedInstruction
from cosim.cpus.isa.disassembler import Disassembler
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import InstructionSet
from cosim.cpus.microblaze.causes import Cause, cause_of, why_masked
from cosim.cpus.microblaze.config import MicroBlazeConfig
from cosim.cpus.microblaze.exceptions import ACK_ENTRY, SOFTWARE_BREAK
from cosim.cpus.microblaze.instruction_set import ROWS, MicroBlazeSet, misplaced
from cosim.cpus.microblaze.mmu import Mmu
from cosim.cpus.microblaze.operands import TEXTS
from cosim.cpus.microblaze.registers import (
    BRANCH_HAD_IMM,
    DELAY_SLOT,
    ESR_DELAY_SLOT,
    IMM_PENDING,
    LAYOUT,
    MSR_BIP,
    MSR_C,
    MSR_CC,
    MSR_DCE,
    MSR_DZO,
    MSR_EE,
    MSR_EIP,
    MSR_FLAGS,
    MSR_FSL,
    MSR_ICE,
    MSR_IE,
    MSR_PVR,
    MSR_UM,
    MSR_UMS,
    MSR_VM,
    MSR_VMS,
)
from cosim.kernel.fifo import Fifo
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from cosim.kernel.signals import Buffer, Signal, Writers

INTERRUPT_VECTOR = 0x10
BREAK_VECTOR = 0x18
EXCEPTION_VECTOR = 0x20

INTERRUPT = "interrupt"
EXT_BRK = "ext_brk"
EXT_NM_BRK = "ext_nm_brk"
WAKEUP = "wakeup"
RESET = "reset"

_ALWAYS_WRITABLE = MSR_IE | MSR_BIP | MSR_FSL | MSR_ICE | MSR_DZO | MSR_DCE | MSR_EE | MSR_EIP
_instruction_set = lru_cache(MicroBlazeSet)
_EVERYTHING = InstructionSet("MicroBlaze", ROWS, {row.requires for row in ROWS})
_DISASSEMBLER = Disassembler(_EVERYTHING, TEXTS)


class MicroBlaze(Core):
    """A MicroBlaze of 32 bits: version 11.0 of UG984, without caches.

    `interrupt`, `ext_brk`, `ext_nm_brk`, `wakeup` and `reset` are its inputs; any of them ends a
    sleep. With `interrupt: 2` the controller gives the handler's address by `interrupt_address` and
    hears of entry, return and enabling by `interrupt_ack`, where each write is a pulse.

    Attributes:
        stream_inputs, stream_outputs: the FIFOs of the links that are connected, by number.
    """

    TYPE = "xilinx.microblaze"
    ELF_MACHINE = "EM_MICROBLAZE"
    LAYOUT = LAYOUT
    REGISTERS = LAYOUT.names[:32]
    LINES = (INTERRUPT, EXT_BRK, EXT_NM_BRK, WAKEUP, RESET)
    STREAM_LINKS = "stream_links"  # the key that says how many there are
    Config = MicroBlazeConfig

    def __init__(
        self, name: str, config: MicroBlazeConfig, kernel: Kernel, quantum: GlobalQuantum
    ) -> None:
        self.settings = config
        self.mmu = Mmu(config)
        self.low_latency = config.interrupt == 2
        self.stream_inputs: dict[int, Fifo[tuple[int, bool]]] = {}
        self.stream_outputs: dict[int, Fifo[tuple[int, bool]]] = {}
        self._there = there = config.options
        self._writable = (
            _ALWAYS_WRITABLE
            | (MSR_UM | MSR_UMS if "user_mode" in there else 0)
            | (MSR_VM | MSR_VMS if "protection" in there else 0)
        )
        self._latched = self._was_up = False  # of the interrupt input
        self._pending_break = self._broken = False  # of the non-maskable break input
        self._in_reset = False
        isa = _instruction_set(
            there, opcode_0_illegal=config.opcode_0_illegal, low_latency=self.low_latency
        )
        super().__init__(name, config, kernel, quantum, isa)
        self.interrupt_address = Signal(self, 0, "interrupt_address", Writers.UNCHECKED)
        self.interrupt_ack = Buffer(self, 0, "interrupt_ack", Writers.UNCHECKED)
        self.start_pc = config.base_vectors  # the reset vector, unless an image says otherwise
        self.reset()

    @classmethod
    def encodings(cls) -> Sequence[Row]:
        return ROWS

    def reset(self) -> None:
        """The state after a reset; the TLB stays as it is (UG984, TLBLO)."""
        super().reset()
        self.state["shr"] = 0xFFFF_FFFF
        self._latched = self._pending_break = False
        self.msr = self.settings.reset_msr
        self.select_regime()

    @property
    def msr(self) -> int:
        """The machine status register, carry and its copy included."""
        pvr = MSR_PVR if self.settings.pvr else 0
        carry = MSR_C | MSR_CC if self.state["carry"] else 0
        return self.state["msr"] | carry | pvr

    @msr.setter
    def msr(self, value: int) -> None:
        if value & (MSR_VM | MSR_VMS) & ~self._writable:
            self.kernel.reports.emit("unimp", self.name, "MSR[VM]: there is no address translation")
        state = self.state
        before = state["msr"]
        state["msr"] = value & self._writable
        state["carry"] = 1 if value & MSR_C else 0
        if not before & MSR_EIP and value & MSR_EIP:
            state["btr"] = state["btarget"]
        elif before & MSR_EIP and not value & MSR_EIP and not state["context"] & DELAY_SLOT:
            state["btarget"] = state["btr"]
        if (before ^ value) & (MSR_UM | MSR_VM):
            self.select_regime()

    def select_regime(self) -> None:
        """Translate from now on as the MSR, the PID and the ZPR say."""
        if "protection" not in self._there:
            return
        state, mmu = self.state, self.mmu
        mmu.user = bool(state["msr"] & MSR_UM)
        mmu.pid, mmu.zones = state["pid"], state["zpr"]
        if state["msr"] & MSR_VM:
            self.port.select((mmu.pid, mmu.user), mmu)
        elif self.port.translator is not None:
            self.port.select(None)

    # Exceptions, breaks and interrupts

    def take(self, exception: GuestException) -> bool:
        """Enter the hardware exception handler (UG984, Hardware Exceptions)."""
        if isinstance(exception, UndefinedInstruction):
            self._report_illegal(exception.word)
        exception = self._first_of(exception)
        state = self.state
        cause = cause_of(exception, self._word_at(self.pc))
        why = self._why_unhandled(exception, cause)
        if not why and self.fault_loop.goes_round(bool(state["msr"] & MSR_EIP), retires=False):
            why = "the exception handler raises it for ever"
        if cause is None or why:
            self.unhandled(exception, why)
            return True
        context = state["context"]
        slot = context & DELAY_SLOT
        self.kernel.reports.emit("int", self.name, f"{cause.name} at {self.where(self.pc)}")
        if not state["msr"] & MSR_EIP:
            state["btr"] = state["btarget"]
        state["esr"] = cause.esr | (ESR_DELAY_SLOT if slot else 0)
        if cause.ear is not None:
            state["ear"], state["ear_high"] = cause.ear, cause.ear >> 32
        if not cause.again:
            state["r17"] = state["pc"] + 4  # of no meaning in a delay slot
        elif slot:
            state["r17"] = state["pc"] - (8 if context & BRANCH_HAD_IMM else 4)
        else:
            state["r17"] = state["pc"] - (4 if context & IMM_PENDING else 0)
        self._enter(EXCEPTION_VECTOR, state["msr"] & ~MSR_EE | MSR_EIP)
        return True

    def _first_of(self, exception: GuestException) -> GuestException:
        """An address that is unaligned and not translated is a matter of translation first."""
        if not (isinstance(exception, MemoryFault) and exception.cause == "alignment"):
            return exception
        extended = self._word_at(self.pc) & 0x8000_07FF == 0x8000_0080
        if exception.access == "fetch" or self.port.translator is None or extended:
            return exception
        try:
            self.port.physical(exception.address, exception.access)
        except MemoryFault as first:
            return first
        return exception

    def poll_interrupts(self) -> None:
        lines = self.lines
        self._sample()
        if lines[RESET].read():
            self.reset()
            self.asleep = self._in_reset = True
        elif self._pending_break or (lines[EXT_BRK].read() and self._takes_break):
            if not self.state["context"]:
                self._break()
        elif self._interrupt_due and not self.state["context"]:
            self._interrupt()

    @property
    def interrupt_waits(self) -> bool:
        # For the delay slot, or for the instruction that imm belongs to.
        due = self._interrupt_due or self._pending_break
        due = due or (self.lines[EXT_BRK].read() and self._takes_break)
        return due and self.state["context"] != 0

    @property
    def _takes_break(self) -> bool:
        return not self.state["msr"] & (MSR_BIP | MSR_EIP)

    @property
    def _interrupt_due(self) -> bool:
        masks = self.state["msr"] & (MSR_IE | MSR_BIP | MSR_EIP)
        return masks == MSR_IE and self._interrupt_asserted

    @property
    def _interrupt_asserted(self) -> bool:
        settings = self.settings
        if not settings.interrupt:
            return False
        if settings.interrupt_is_edge:
            return self._latched
        return self.lines[INTERRUPT].read() is settings.edge_is_positive

    @property
    def interrupted(self) -> bool:
        """Whether an input asks for something, masked or not."""
        others = any(self.lines[name].read() for name in (EXT_BRK, WAKEUP, RESET))
        return others or self._pending_break or self._interrupt_asserted

    @property
    def interrupt_is_seen(self) -> bool:
        return self.low_latency and self._interrupt_due and not self.state["context"]

    def _line_changed(self) -> None:
        self._sample()
        if self._in_reset and not self.lines[RESET].read():
            self._in_reset = False
            self.asleep = self.spinning = False
            self._wakeup.notify()
        super()._line_changed()

    def _sample(self) -> None:
        """Look for edges of the inputs that have them."""
        up = self.lines[INTERRUPT].read()
        if up is not self._was_up and up is self.settings.edge_is_positive:
            self._latched = True
        self._was_up = up
        broken = self.lines[EXT_NM_BRK].read()
        if broken and not self._broken:
            self._pending_break = True  # taken once, whatever the level then is
        self._broken = broken

    def _interrupt(self) -> None:
        state = self.state
        vector = self.settings.base_vectors + INTERRUPT_VECTOR
        if self.low_latency:
            vector = self.interrupt_address.read()
        if why := self.no_handler(vector):
            self.unhandled(Trap(INTERRUPT), why)
            return
        self.kernel.reports.emit("int", self.name, f"interrupt at {self.where(self.pc)}")
        self._latched = False
        state["r14"] = state["pc"]
        self._enter(INTERRUPT_VECTOR, state["msr"] & ~MSR_IE)
        if self.low_latency:
            state["pc"] = vector
            self.interrupt_ack.write(ACK_ENTRY)

    def _break(self) -> None:
        """A hardware break (UG984, Breaks)."""
        state = self.state
        self._pending_break = False
        if why := self.no_handler(self.settings.base_vectors + BREAK_VECTOR):
            self.unhandled(Trap("hardware break"), why)
            return
        self.kernel.reports.emit("int", self.name, f"hardware break at {self.where(self.pc)}")
        state["r16"] = state["pc"]
        self._enter(BREAK_VECTOR, state["msr"] | MSR_BIP)

    def no_handler(self, vector: int) -> str:
        """Why the guest has nothing to run at `vector`, or ""."""
        code = self.port.read_debug(vector, 4, physical=True)
        if len(code) < 4:
            return f"nothing is mapped at its vector 0x{vector:08x}"
        return "" if any(code) else f"its vector 0x{vector:08x} holds no instruction"

    def _enter(self, vector: int, msr: int) -> None:
        """Go to a handler in privileged mode, with `msr` for what else changes."""
        saved = (msr & (MSR_UM | MSR_VM)) << 1
        state = self.state
        state["msr"] = msr & ~(MSR_UM | MSR_UMS | MSR_VM | MSR_VMS) | saved
        state["reservation"] = 0
        state["context"] = 0
        state["pc"] = self.settings.base_vectors + vector
        self.select_regime()

    def _why_unhandled(self, exception: GuestException, cause: Cause | None) -> str:
        if isinstance(exception, Trap) and exception.kind == SOFTWARE_BREAK:
            return self.no_handler(exception.value)
        if cause is None:
            return "the program counter is not a multiple of 4"
        masked = why_masked(cause, self.settings, bool(self.state["msr"] & MSR_EE))
        return masked or self.no_handler(self.settings.base_vectors + EXCEPTION_VECTOR)

    def _report_illegal(self, word: int) -> None:
        """Say what an illegal opcode is, if it is something somewhere else."""
        instruction = _EVERYTHING.decode(word)
        if instruction is None:
            return
        text = f"{_DISASSEMBLER.text(word)} at {self.where(self.pc)}"
        missing = instruction.row.requires
        emit = self.kernel.reports.emit
        if misplaced(word, self.state["context"]):
            place = "a delay slot" if self.state["context"] & DELAY_SLOT else "the shadow of imm"
            emit("guest_errors", self.name, f"{text} must not be in {place}")
        elif missing not in ("", *self._there):
            emit("guest_errors", self.name, f"{text} needs the option {missing}")

    def _word_at(self, address: int) -> int:
        return int.from_bytes(self.port.read_debug(address, 4), self.port.endian)

    # For tools

    def disassemble(self, address: int, word: int, context: int) -> str:
        return _DISASSEMBLER.text(word)

    def describe_state(self) -> list[str]:
        state, msr = self.state, self.msr
        lines = [
            "  ".join(f"{name:>3} {state[name]:08x}" for name in self.REGISTERS[first : first + 4])
            for first in range(0, 32, 4)
        ]
        flags = [name for name, bit in MSR_FLAGS.items() if msr & bit]
        carry = ["C"] if msr & MSR_C else []
        lines.append(f" pc {state['pc']:08x}  msr {msr:08x} [{' '.join(carry + flags)}]")
        lines.append(
            f"ear {state['ear']:08x}  esr {state['esr']:08x}  btr {state['btr']:08x}"
            f"  reservation {state['reservation']}"
        )
        if "fpu" in self._there:
            lines.append(f"fsr {state['fsr']:08x}")
        if "stack_protection" in self._there:
            lines.append(f"slr {state['slr']:08x}  shr {state['shr']:08x}")
        if "protection" in self._there:
            lines.append(
                f"pid {state['pid']:08x}  zpr {state['zpr']:08x}  tlbx {state['tlbx']:08x}"
            )
        return lines

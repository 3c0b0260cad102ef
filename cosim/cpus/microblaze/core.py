"""The MicroBlaze core: reset, exceptions, interrupts, and what tools see of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from cosim.cpus.core import Core
from cosim.cpus.faults import GuestException, Trap, UndefinedInstruction
from cosim.cpus.isa.disassembler import Disassembler
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import InstructionSet
from cosim.cpus.microblaze.absent import ABSENT
from cosim.cpus.microblaze.causes import Cause, cause_of, why_masked
from cosim.cpus.microblaze.config import MicroBlazeConfig
from cosim.cpus.microblaze.exceptions import SOFTWARE_BREAK
from cosim.cpus.microblaze.instruction_set import ROWS, MicroBlazeSet, misplaced
from cosim.cpus.microblaze.operands import TEXTS
from cosim.cpus.microblaze.registers import (
    DELAY_SLOT,
    ESR_DELAY_SLOT,
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
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum

INTERRUPT_VECTOR = 0x10
EXCEPTION_VECTOR = 0x20
INTERRUPT = "interrupt"

_WRITABLE = MSR_IE | MSR_BIP | MSR_FSL | MSR_ICE | MSR_DZO | MSR_DCE | MSR_EE | MSR_EIP
_instruction_set = lru_cache(MicroBlazeSet)
_EVERYTHING = InstructionSet("MicroBlaze", ROWS, {row.requires for row in ROWS})
_DISASSEMBLER = Disassembler(_EVERYTHING, TEXTS)


class MicroBlaze(Core):
    """A 32-bit MicroBlaze without caches, FPU, stream links and address translation."""

    TYPE = "xilinx.microblaze"
    ELF_MACHINE = "EM_MICROBLAZE"
    LAYOUT = LAYOUT
    REGISTERS = LAYOUT.names[:32]
    LINES = ("interrupt",)
    Config = MicroBlazeConfig

    def __init__(
        self, name: str, config: MicroBlazeConfig, kernel: Kernel, quantum: GlobalQuantum
    ) -> None:
        self.settings = config
        isa = _instruction_set(config.options, opcode_0_illegal=config.opcode_0_illegal)
        super().__init__(name, config, kernel, quantum, isa)
        self.start_pc = config.base_vectors  # the reset vector, unless an image says otherwise
        self.reset()

    @classmethod
    def encodings(cls) -> Sequence[Row]:
        return ROWS

    @property
    def msr(self) -> int:
        """The machine status register, carry and its copy included."""
        pvr = MSR_PVR if self.settings.pvr else 0
        carry = MSR_C | MSR_CC if self.state["carry"] else 0
        return self.state["msr"] | carry | pvr

    @msr.setter
    def msr(self, value: int) -> None:
        if value & (MSR_VM | MSR_VMS):
            self.kernel.reports.emit("unimp", self.name, "MSR[VM]: there is no address translation")
        writable = _WRITABLE | (MSR_UM | MSR_UMS if self.settings.mmu else 0)
        self.state["msr"] = value & writable
        self.state["carry"] = 1 if value & MSR_C else 0

    # Exceptions and interrupts

    def take(self, exception: GuestException) -> bool:
        """Enter the hardware exception handler (UG984, Hardware Exceptions)."""
        if isinstance(exception, UndefinedInstruction):
            self._report_illegal(exception.word)
        word = self._word_at(self.pc)
        cause = cause_of(exception, word)
        why = self._why_unhandled(exception, cause)
        if cause is None or why:
            self.unhandled(exception, why)
            return True
        state, slot = self.state, self.state["context"] & DELAY_SLOT
        self.kernel.reports.emit("int", self.name, f"{cause.name} at {self.where(self.pc)}")
        if not state["msr"] & MSR_EIP:
            state["btr"] = state["btarget"]
        state["esr"] = cause.esr | (ESR_DELAY_SLOT if slot else 0)
        if cause.ear is not None:
            state["ear"] = cause.ear
        state["r17"] = state["pc"] + 4
        self._enter(EXCEPTION_VECTOR, state["msr"] & ~MSR_EE | MSR_EIP)
        return True

    def poll_interrupts(self) -> None:
        if not self._interrupt_due or self.interrupt_waits:
            return
        vector = self.settings.base_vectors + INTERRUPT_VECTOR
        if why := self.no_handler(vector):
            self.unhandled(Trap(INTERRUPT), why)
            return
        self.kernel.reports.emit("int", self.name, f"interrupt at {self.where(self.pc)}")
        self.state["r14"] = self.state["pc"]
        self._enter(INTERRUPT_VECTOR, self.state["msr"] & ~MSR_IE)

    @property
    def _interrupt_due(self) -> bool:
        masks = self.state["msr"] & (MSR_IE | MSR_BIP | MSR_EIP)
        return masks == MSR_IE and self.interrupted

    @property
    def interrupt_waits(self) -> bool:
        # For the delay slot, or for the instruction that imm belongs to.
        return self._interrupt_due and self.state["context"] != 0

    def no_handler(self, vector: int) -> str:
        """Why the guest has nothing to run at `vector`, or ""."""
        code = self.port.read_debug(vector, 4)
        if len(code) < 4:
            return f"nothing is mapped at its vector 0x{vector:08x}"
        return "" if any(code) else f"its vector 0x{vector:08x} holds no instruction"

    def _enter(self, vector: int, msr: int) -> None:
        """Go to a handler in privileged mode, with `msr` for what else changes."""
        if self.settings.mmu:
            msr = msr & ~(MSR_UM | MSR_UMS) | (msr & MSR_UM) << 1
        state = self.state
        state["msr"] = msr
        state["reservation"] = 0
        state["context"] = 0
        state["pc"] = self.settings.base_vectors + vector

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
        if missing in ABSENT:
            emit("unimp", self.name, f"{text} needs {ABSENT[missing]}")
        elif misplaced(word, self.state["context"]):
            place = "a delay slot" if self.state["context"] & DELAY_SLOT else "the shadow of imm"
            emit("guest_errors", self.name, f"{text} must not be in {place}")
        elif missing:
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
        return lines

"""The ARMv7-A core: reset, exceptions, interrupts, text of instructions and registers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import ClassVar, Literal, TypeAlias

from pydantic import Field

from cosim.cpus.arm import cp15, disassembly, exceptions, vfp_state
from cosim.cpus.arm.cluster import Cluster
from cosim.cpus.arm.cp15 import NMRR_RESET, PRRR_RESET, SCTLR_RESET, SCTLR_V
from cosim.cpus.arm.instruction_set import ArmInstructionSet
from cosim.cpus.arm.mmu import Mmu, explain
from cosim.cpus.arm.models import CORTEX_A7, CORTEX_A9, CORTEX_A15, Model
from cosim.cpus.arm.pmu import PerformanceMonitor
from cosim.cpus.arm.registers import BIG_ENDIAN, GENERAL, LAYOUT, THUMB, Mode
from cosim.cpus.arm.status import advance_it, read_cpsr
from cosim.cpus.arm.timer import GenericTimer
from cosim.cpus.config import CoreConfig
from cosim.cpus.core import Core, RegisterText
from cosim.cpus.faults import GuestException, MemoryFault, Trap, UndefinedInstruction
from cosim.cpus.isa.instruction import Row
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from cosim.kernel.units import Address, Frequency

Fpu: TypeAlias = Literal["vfpv3", "vfpv3-d16", "vfpv4", "vfpv4-d16", "none"]
FPU_TEXT = "floating-point unit: 32 or 16 doubles, VFPv4 with fused multiply-add"


class ArmConfig(CoreConfig):
    """Keys of an ARM core."""

    endian: Literal["little"] = Field("little", description="byte order of the core's data")
    semihosting: bool = Field(True, description="SVC 0x123456 asks the simulator for services")
    fpu: Fpu = Field("vfpv3", description=FPU_TEXT)
    command_line: str = Field("", description="what semihosting tells the program it was called")
    cpu_index: int = Field(0, ge=0, le=3, description="the core's number, in MPIDR")
    cluster: int = Field(0, ge=0, le=15, description="its cluster's number, in MPIDR")
    high_vectors: bool = Field(False, description="exception vectors at 0xffff0000 from reset")
    periphbase: Address = Field(0x1E00_0000, description="what CBAR says of private peripherals")


class TimerConfig(ArmConfig):
    """Keys of a core with the Generic Timer."""

    fpu: Fpu = Field("vfpv4", description=FPU_TEXT)
    counter: Frequency = Field(24_000_000, description="the Generic Timer's frequency")


@cache
def instruction_set(model: Model, fpu: str) -> ArmInstructionSet:
    """The instructions of a core with that floating-point unit."""
    options = {"none": set(), "vfpv3": {"vfp"}, "vfpv4": {"vfp", "vfpv4"}}
    divide = {"divide"} if model.divide else set()
    return ArmInstructionSet(options[fpu.removesuffix("-d16")] | divide)


class ArmCore(Core):
    """ARMv7-A without Security, Virtualization and Large Physical Address Extensions.

    What is not there traps as undefined. An exception whose vector is no memory, or holds 0, ends
    the run with a report, and so does one that its own handler raises again for ever.

    Attributes:
        model: what the configurations differ in.
        outputs: interrupt outputs of what is within the core.
    """

    model: ClassVar[Model]
    ELF_MACHINE = "EM_ARM"
    LAYOUT = LAYOUT
    REGISTERS = (*GENERAL, "pc")
    LINES = ("irq", "fiq")
    Config: ClassVar[type[CoreConfig]] = ArmConfig
    config: ArmConfig

    def __init__(
        self, name: str, config: ArmConfig, kernel: Kernel, quantum: GlobalQuantum
    ) -> None:
        self.semihosting_errno = 0
        self.semihosting_position = 0
        self.waits_for_event = False
        self.mmu = Mmu(self)
        self.timer: GenericTimer | None = None
        super().__init__(name, config, kernel, quantum, instruction_set(self.model, config.fpu))
        self.cluster = Cluster.join(self)
        if isinstance(config, TimerConfig):
            self.timer = GenericTimer(self, config.counter)
        self.outputs = self.timer.lines if self.timer else {}  # by the names of OUTPUTS

    @classmethod
    def encodings(cls) -> Sequence[Row]:
        isa = instruction_set(cls.model, cls.Config.model_fields["fpu"].default)
        return [*isa.rows, *isa.thumb.rows]

    @classmethod
    def system_registers(cls) -> Sequence[RegisterText]:
        return cp15.describe(cls.model)

    def reset(self) -> None:
        super().reset()
        self.pmu = PerformanceMonitor(self)
        if self.timer:
            self.timer.reset()
        state = self.state
        if self.start_pc & 1:  # an image's entry in Thumb state
            state["pc"], state["context"] = self.start_pc & ~1, THUMB
        state["mode"] = Mode.SVC
        state["a_mask"] = state["i_mask"] = state["f_mask"] = 1
        state["sctlr"] = SCTLR_RESET | (SCTLR_V if self.config.high_vectors else 0)
        state["prrr"], state["nmrr"] = PRRR_RESET, NMRR_RESET
        self.strict_alignment = False
        vfp_state.reset(self)
        self.mmu.reset()

    def sleep(self) -> None:
        self.waits_for_event = False
        super().sleep()

    def mode_changed(self) -> None:
        """State `mode` is another one: privileges, and what is counted by mode."""
        self.mmu.update()
        self.pmu.mode_changed()

    # Exceptions

    def take(self, exception: GuestException) -> bool:
        if isinstance(exception, Trap) and exception.kind == "svc":
            self.state["context"] = advance_it(self.state["context"])  # it returns to the next one
        if isinstance(exception, UndefinedInstruction) and self.kernel.reports.wanted("unimp"):
            self.kernel.reports.emit("unimp", self.name, self._undefined(exception))
        kind = self._classify(exception)
        self._enter(kind, exception)
        return kind != "svc"

    def poll_interrupts(self) -> None:
        for line, mask in (("fiq", "f_mask"), ("irq", "i_mask")):
            if self.lines[line].read() and not self.state[mask]:
                self._enter(line, Trap(line))
                return

    def _enter(self, kind: str, exception: GuestException) -> None:
        vector = exceptions.VECTORS[kind]
        address = exceptions.handler(self, vector)
        if address is None:
            self.unhandled(exception, f"no {vector.name} handler")
        elif kind not in ("irq", "fiq") and self._goes_round(kind):
            self.unhandled(exception, f"the {vector.name} handler raises it for ever")
        else:
            exceptions.enter(self, vector, address)

    def _goes_round(self, kind: str) -> bool:
        """Whether it is an exception that handlers raise for ever."""
        state = self.state
        in_handler = state["mode"] in (Mode.ABT, Mode.UND) and bool(state["i_mask"])
        return self.fault_loop.goes_round(in_handler, retires=kind == "svc")

    def _classify(self, exception: GuestException) -> str:
        """The name of its vector; fault registers are set on the way."""
        if isinstance(exception, MemoryFault):
            return exceptions.record_fault(self, exception)
        if isinstance(exception, Trap):
            if exception.kind != "breakpoint":
                return exception.kind
            self.state["ifsr"] = exceptions.DEBUG_EVENT
            return "prefetch abort"
        return "undefined"

    def _undefined(self, exception: UndefinedInstruction) -> str:
        state = "Thumb instruction" if self.state["context"] & THUMB else "instruction"
        text = self.disassemble(self.pc, exception.word, self.state["context"])
        return f"undefined {state} at {self.where(self.pc)}: {text}"

    # Text

    def _explain(self, fault: MemoryFault) -> str:
        if fault.cause == "translation":
            return f"the MMU says: {explain(fault.status)}"
        return super()._explain(fault)

    def disassemble(self, address: int, word: int, context: int) -> str:
        return disassembly.text(address, word, context)

    def describe_state(self) -> list[str]:
        lines = [
            "  ".join(f"{name:>3} {self.state[name]:08x}" for name in self.REGISTERS[at : at + 4])
            for at in range(0, 16, 4)
        ]
        state = self.state
        flags = "".join(name.upper() if state[name] else "-" for name in ("n", "z", "c", "v", "q"))
        masks = "".join(
            name[0].upper() if state[name] else "-" for name in ("a_mask", "i_mask", "f_mask")
        )
        thumb = "T" if state["context"] & THUMB else "-"
        thumb += "E" if state["context"] & BIG_ENDIAN else ""
        mode = Mode(state["mode"]).name.lower()
        return [*lines, f"cpsr {read_cpsr(self):08x}  {flags} {masks}{thumb}  {mode}"]


class CortexA9(ArmCore):
    """Cortex-A9 r3p0: ARMv7-A with VMSA, without division and Generic Timer."""

    TYPE = "arm.cortex-a9"
    model = CORTEX_A9


class CortexA7(ArmCore):
    """Cortex-A7 r0p5: as Cortex-A9, with division, the Generic Timer and PXN, without LPAE."""

    TYPE = "arm.cortex-a7"
    model = CORTEX_A7
    OUTPUTS = ("cntp", "cntv")
    Config: ClassVar[type[CoreConfig]] = TimerConfig


class CortexA15(ArmCore):
    """Cortex-A15 r2p1: as Cortex-A9, with division, the Generic Timer and PXN, without LPAE."""

    TYPE = "arm.cortex-a15"
    model = CORTEX_A15
    OUTPUTS = ("cntp", "cntv")
    Config: ClassVar[type[CoreConfig]] = TimerConfig

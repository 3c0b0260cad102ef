"""The Cortex-A9 core: reset, exceptions, interrupts, text of instructions and registers."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import Field

from cosim.cpus.arm import exceptions, vfp_state
from cosim.cpus.arm.cp15 import SCTLR_RESET, UNMODELLED
from cosim.cpus.arm.instruction_set import ArmInstructionSet
from cosim.cpus.arm.registers import GENERAL, LAYOUT, THUMB, Mode
from cosim.cpus.arm.status import read_cpsr
from cosim.cpus.config import CoreConfig
from cosim.cpus.core import Core
from cosim.cpus.faults import GuestException, MemoryFault, Trap, UndefinedInstruction
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum


class ArmConfig(CoreConfig):
    """Keys of an ARM core."""

    endian: Literal["little"] = Field("little", description="byte order of the core's data")
    semihosting: bool = Field(True, description="SVC 0x123456 asks the simulator for services")
    fpu: Literal["vfpv3", "vfpv3-d16", "vfpv4", "vfpv4-d16", "none"] = Field(
        "vfpv3", description="floating-point unit: 32 or 16 doubles, VFPv4 with fused multiply-add"
    )
    command_line: str = Field("", description="what semihosting tells the program it was called")


@cache
def instruction_set(fpu: str) -> ArmInstructionSet:
    """The instructions of a core with that floating-point unit."""
    options = {"none": (), "vfpv3": ("vfp",), "vfpv4": ("vfp", "vfpv4")}
    return ArmInstructionSet(options[fpu.removesuffix("-d16")])


class CortexA9(Core):
    """ARMv7-A with VFP, without NEON, Thumb, MMU and Security Extensions.

    What is not there traps as undefined. An exception whose vector is no memory, or holds 0, ends
    the run with a report.
    """

    TYPE = "arm.cortex-a9"
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
        super().__init__(name, config, kernel, quantum, instruction_set(config.fpu))

    def reset(self) -> None:
        super().reset()
        state = self.state
        state["mode"] = Mode.SVC
        state["a_mask"] = state["i_mask"] = state["f_mask"] = 1
        state["sctlr"] = SCTLR_RESET
        self.strict_alignment = False
        vfp_state.reset(self)

    # Exceptions

    def take(self, exception: GuestException) -> bool:
        exception = self._refine(exception)
        if isinstance(exception, Trap) and exception.kind == "unmodelled":
            self.unhandled(exception, f"{UNMODELLED[exception.value]} is not modelled")
            return True
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
            thumb = "Thumb state is not modelled; " if self.state["context"] & THUMB else ""
            self.unhandled(exception, f"{thumb}no {vector.name} handler")
        else:
            exceptions.enter(self, vector, address)

    def _refine(self, exception: GuestException) -> GuestException:
        """A Thumb instruction between words is no misaligned fetch: it is undefined, so far."""
        if (
            isinstance(exception, MemoryFault)
            and exception.access == "fetch"
            and exception.cause == "alignment"
            and self.state["context"] & THUMB
        ):
            data = self.port.read_debug(exception.address, 4)
            if len(data) >= 2:
                return UndefinedInstruction(int.from_bytes(data, "little"))
            return MemoryFault("fetch", exception.address, 2, "unmapped")
        return exception

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

    def disassemble(self, address: int, word: int, context: int) -> str:
        for one in _disassembler(bool(context & THUMB)).disasm(
            word.to_bytes(4, "little"), address, 1
        ):
            return f"{one.mnemonic} {one.op_str}".rstrip()
        return f".word 0x{word:08x}"

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
        mode = Mode(state["mode"]).name.lower()
        return [*lines, f"cpsr {read_cpsr(self):08x}  {flags} {masks}{thumb}  {mode}"]


@cache
def _disassembler(thumb: bool) -> Any:
    """Capstone, loaded when the first text is asked for."""
    import capstone

    return capstone.Cs(
        capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB if thumb else capstone.CS_MODE_ARM
    )

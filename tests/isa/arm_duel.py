"""One ARM instruction at a time, here and in Unicorn (QEMU's ARM), from the same state.

Words that the manual calls UNPREDICTABLE do not decode here, so no duel is about them. Where the
two still differ, `explained` says why, with the manual's section.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from unicorn import UC_ARCH_ARM, UC_MODE_ARM, Uc, UcError
from unicorn import arm_const as reg
from unicorn.unicorn_const import (
    UC_ERR_EXCEPTION,
    UC_ERR_FETCH_PROT,
    UC_ERR_FETCH_UNMAPPED,
    UC_ERR_READ_UNMAPPED,
    UC_ERR_WRITE_PROT,
    UC_ERR_WRITE_UNMAPPED,
    UC_HOOK_CODE,
    UC_PROT_EXEC,
    UC_PROT_READ,
    UC_PROT_WRITE,
)

from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.cpus.arm.access import PC
from cosim.cpus.arm.addressing import Address
from cosim.cpus.arm.core import ArmConfig, CortexA9
from cosim.cpus.arm.data_processing import ROWS as DATA_PROCESSING
from cosim.cpus.arm.instruction_set import ROWS
from cosim.cpus.arm.status import read_cpsr, write_cpsr
from cosim.cpus.faults import GuestException, MemoryFault
from cosim.cpus.isa.instruction import Instruction, Row
from cosim.cpus.isa.instruction_set import random_word
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum

CODE, CODE_SIZE = 0x0001_0000, 0x0004_0000
DATA, DATA_SIZE = 0x0010_0000, 0x0000_4000
REGISTERS = [getattr(reg, f"UC_ARM_REG_R{number}") for number in range(15)]
EDGES = (0, 1, 2, 31, 32, 33, 255, 256, 0x7FFF_FFFF, 0x8000_0000, 0x8000_8000, 0xFFFF_FFFF)
FAULTS = (UC_ERR_READ_UNMAPPED, UC_ERR_WRITE_UNMAPPED, UC_ERR_WRITE_PROT, UC_ERR_EXCEPTION)

SPSR = 0x9800_01D3  # what an exception return in a duel goes to: the same mode

# Exceptions, sleep, CP15 and banks depend on the system around a core: tests/cpus/arm.
# YIELD and WFE leave Unicorn's loop as an invalid instruction.
OUT_OF_SCOPE = {"svc", "bkpt", "wfi", "wfe", "yield", "mcr", "mrc", "cps", "msr"}
CLREX = 0xF57F_F01F
ALIGNED = ("ldm", "stm", "ldrd", "strd", "ldrex", "strex")


class Probe(CortexA9):
    """A core that only notes its exceptions."""

    taken: GuestException | None = None

    def take(self, exception: GuestException) -> bool:
        self.taken = exception
        return True


@dataclass(frozen=True)
class Outcome:
    """What one instruction left behind."""

    registers: tuple[int, ...]
    pc: int
    cpsr: int
    memory: bytes
    faulted: bool


class Duel:
    """Both machines, with the same code and data memory."""

    MODEL = reg.UC_CPU_ARM_CORTEX_A9
    FPU: Literal["vfpv3", "vfpv4"] = "vfpv3"

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        config = ArmConfig(type="arm.cortex-a9", clock="1GHz", fpu=self.FPU)
        self.core = Probe("arm", config, Kernel(), GlobalQuantum(0))
        router = Router()
        router.attach(self.core.port.socket)
        self.code, self.data = Memory("code", CODE_SIZE, readonly=True), Memory("data", DATA_SIZE)
        router.map("code", self.code.socket, CODE, CODE_SIZE)
        router.map("data", self.data.socket, DATA, DATA_SIZE)
        self.program = b""
        self.unicorn = self._fresh()
        self.rows = [row for row in ROWS if in_scope(row)]

    def _fresh(self) -> Uc:
        unicorn = Uc(UC_ARCH_ARM, UC_MODE_ARM)
        unicorn.ctl_set_cpu_model(self.MODEL)
        unicorn.mem_map(CODE, CODE_SIZE, UC_PROT_READ | UC_PROT_EXEC)
        unicorn.mem_map(DATA, DATA_SIZE, UC_PROT_READ | UC_PROT_WRITE)
        # Unicorn's own count runs on after a branch into code that it has translated.
        self.started = 0
        unicorn.hook_add(UC_HOOK_CODE, self._stop_after_one)
        return unicorn

    def words(self, count: int) -> list[Instruction]:
        """Random instructions, every row equally often."""
        found: list[Instruction] = []
        while len(found) < count:
            word = random_word(self.rng.choice(self.rows), self.rng)
            if word >> 28 < 14 and self.rng.random() < 0.7:
                word = word & 0x0FFF_FFFF | 0xE000_0000
            instruction = self.core.isa.decode(word)
            if instruction is not None and instruction.row in self.rows:
                found.append(instruction)
            if found and found[-1].mnemonic.startswith("ldrex"):
                # A3.4.5: a store-exclusive of another size than the load is left open.
                clrex = self.core.isa.decode(CLREX)
                assert clrex is not None
                found.append(clrex)
        return found

    def load(self, instructions: list[Instruction]) -> None:
        code = b"".join(one.word.to_bytes(4, "little") for one in instructions)
        data = self.rng.randbytes(DATA_SIZE)
        self.code.buffer[: len(code)] = code
        self.data.buffer[:] = data
        self.program = code
        self.unicorn.mem_write(CODE, code)
        self.unicorn.mem_write(DATA, data)

    def shuffle(self, instruction: Instruction, place: int) -> None:
        """New registers and flags, so that a memory access mostly meets the data."""
        rng, core = self.rng, self.core
        for number in range(15):
            core.r[number] = rng.choice(EDGES) if rng.random() < 0.5 else rng.getrandbits(32)
        aim(instruction, core, rng)
        write_cpsr(core, rng.getrandbits(32) & 0xF80F_0000, 0b1100)
        core.state["context"] = 0
        core.state["spsr_svc"] = SPSR
        self.unicorn.reg_write(reg.UC_ARM_REG_SPSR, SPSR)
        core.state["pc"] = CODE + 4 * place
        for number, name in enumerate(REGISTERS):
            self.unicorn.reg_write(name, core.r[number])
        self.unicorn.reg_write(reg.UC_ARM_REG_CPSR, read_cpsr(core))
        core.engine.clear_exclusive()

    def here(self) -> Outcome:
        core = self.core
        core.taken = None
        core.asleep = False
        core.engine.run(1)
        return Outcome(
            tuple(core.r[number] for number in range(15)),
            core.pc,
            read_cpsr(core),
            bytes(self.data.buffer),
            core.taken is not None,
        )

    def there(self, place: int) -> Outcome:
        unicorn, faulted = self.unicorn, False
        try:
            self.started = 0
            unicorn.emu_start(CODE + 4 * place, 0)
        except UcError as error:
            # A branch out of the code is done; that it stops there is the next one's fault.
            faulted = error.errno not in (UC_ERR_FETCH_UNMAPPED, UC_ERR_FETCH_PROT)
            if faulted and error.errno not in FAULTS:
                raise
        return Outcome(
            tuple(unicorn.reg_read(name) for name in REGISTERS),
            unicorn.reg_read(reg.UC_ARM_REG_PC),
            unicorn.reg_read(reg.UC_ARM_REG_CPSR),
            bytes(unicorn.mem_read(DATA, DATA_SIZE)),
            faulted,
        )

    def there_again(self, start: dict[str, int], data: bytes, cpsr: int, place: int) -> Outcome:
        """The same from `start` in a new Unicorn: one with much translated code may run on."""
        self.unicorn = self._fresh()
        self.unicorn.mem_write(CODE, self.program)
        self.unicorn.mem_write(DATA, data)
        self.unicorn.reg_write(reg.UC_ARM_REG_SPSR, start["spsr_svc"])
        self.unicorn.reg_write(reg.UC_ARM_REG_CPSR, cpsr)
        for number, name in enumerate(REGISTERS):
            self.unicorn.reg_write(name, start[f"r{number}"])
        return self.there(place)

    def _stop_after_one(self, unicorn: Uc, address: int, size: int, data: object) -> None:
        self.started += 1
        if self.started > 1:
            unicorn.emu_stop()

    def agree_again(self) -> None:
        """After an explained difference: Unicorn gets the memory that is right."""
        self.unicorn.mem_write(DATA, bytes(self.data.buffer))

    def explained(self, instruction: Instruction, start: dict[str, int]) -> bool:
        """Whether a difference is one that the manual allows or asks for.

        A3.2.1: LDM, STM, LDRD and STRD take an alignment fault on an address that is no multiple of
        4, exclusive accesses on one that is none of their size, whatever SCTLR.A says; Unicorn's
        QEMU does the former byte by byte, and fails an STREX without a reservation first.
        A8.8.63: LDR of the PC from such an address is UNPREDICTABLE; here it is that fault, too.
        B9.3.20: every data-processing instruction with S that writes the PC returns from an
        exception; Unicorn's QEMU does so for MOVS and SUBS only.
        A8.8.177: SMLAD sets Q if the whole sum overflows; Unicorn's QEMU also if only the sum of
        the two products does, which takes -32768 four times.
        """
        if instruction.mnemonic in ("smlad", "smladx"):
            factors = [start[f"r{instruction.field(letter)}"] for letter in "nm"]
            return factors == [0x8000_8000, 0x8000_8000]
        if instruction.row in DATA_PROCESSING:
            names = [operand.name for operand in instruction.row.operands]
            returns = "rd_any" in names and instruction.field("d") == 15 and instruction.field("S")
            return bool(returns) and instruction.mnemonic not in ("movs", "subs")
        fault = self.core.taken
        if not isinstance(fault, MemoryFault) or fault.cause != "alignment":
            return False
        loads_pc = instruction.mnemonic == "ldr" and instruction.field("t") == 15
        return loads_pc or instruction.mnemonic.startswith(ALIGNED)


def in_scope(row: Row) -> bool:
    if row.requires:
        return False  # floating point: arm_vfp_duel
    return row.template not in OUT_OF_SCOPE and not row.section.startswith("B9")


def aim(instruction: Instruction, core: CortexA9, rng: random.Random) -> None:
    """Point the base register of a memory access into the data."""
    fields = instruction.row.pattern.fields
    names = [operand.name for operand in instruction.row.operands]
    address = next((one for one in instruction.operands if isinstance(one, Address)), None)
    if (
        address is None
        and not {"loaded", "registers"} & set(names)
        and "ex" not in (instruction.mnemonic)
    ):
        return
    if "n" not in fields:
        return
    base = instruction.field("n")
    if address is not None and address.scaled:
        index = instruction.field("m")
        core.r[index] = rng.getrandbits(8) << rng.choice((0, 0, 3, 24))
        if rng.random() < 0.3:
            core.r[index] = -core.r[index]
    if address is not None and address.base is PC:
        return
    core.r[base] = DATA + DATA_SIZE // 2 + rng.randrange(-1024, 1024)
    if rng.random() < 0.8 or address is None:
        core.r[base] &= ~7

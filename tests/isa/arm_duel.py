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
from cosim.cpus.arm.disassembly import encode
from cosim.cpus.arm.models import CORTEX_A15
from cosim.cpus.arm.registers import IT_SHIFT, THUMB
from cosim.cpus.arm.status import advance_it, read_cpsr, restore_cpsr
from cosim.cpus.arm.swap import SCTLR_SW
from cosim.cpus.engines.choice import EngineName
from cosim.cpus.faults import GuestException, MemoryFault
from cosim.cpus.isa.instruction import Instruction, Row
from cosim.cpus.isa.instruction_set import random_word
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum

CODE, CODE_SIZE = 0x0001_0000, 0x0004_0000
DATA, DATA_SIZE = 0x0010_0000, 0x0000_1000
REGISTERS = [getattr(reg, f"UC_ARM_REG_R{number}") for number in range(15)]
EDGES = (0, 1, 2, 31, 32, 33, 255, 256, 0x7FFF_FFFF, 0x8000_0000, 0x8000_8000, 0xFFFF_FFFF)
FAULTS = (UC_ERR_READ_UNMAPPED, UC_ERR_WRITE_UNMAPPED, UC_ERR_WRITE_PROT, UC_ERR_EXCEPTION)

SPSR = 0x9800_01D3  # what an exception return in a duel goes to: the same mode

# Exceptions, sleep, CP15 and banks depend on the system around a core: tests/cpus/arm.
# YIELD and WFE leave Unicorn's loop as an invalid instruction.
OUT_OF_SCOPE = {"svc", "bkpt", "wfi", "wfe", "yield", "mcr", "mrc", "mcrr", "mrrc", "cps", "msr"}
CLREX = {0: 0xF57F_F01F, THUMB: 0xF3BF_8F2F}
IN_IT = 0.4  # how often an instruction is preceded by IT
ALIGNED = ("ldm", "stm", "push", "pop", "ldrd", "strd", "ldrex", "strex")


class Probe(CortexA9):
    """A core that only notes its exceptions."""

    taken: GuestException | None = None

    def take(self, exception: GuestException) -> bool:
        self.taken = exception
        return True


class DividingProbe(Probe):
    """One with SDIV and UDIV."""

    model = CORTEX_A15


@dataclass(frozen=True)
class Outcome:
    """What one instruction left behind."""

    registers: tuple[int, ...]
    pc: int
    cpsr: int
    memory: bytes
    faulted: bool


class Duel:
    """Both machines, with the same code and data memory, in ARM or in Thumb state."""

    MODEL = reg.UC_CPU_ARM_CORTEX_A9
    FPU: Literal["vfpv3", "vfpv4"] = "vfpv3"

    ENGINE: EngineName = "reference"

    def __init__(self, seed: int, thumb: bool = False, core: type[Probe] = Probe) -> None:
        self.seed = seed
        self.thumb = THUMB if thumb else 0
        self.rng = random.Random(seed)
        config = ArmConfig(type="arm.cortex-a9", clock="1GHz", fpu=self.FPU, engine=self.ENGINE)
        self.core = core("arm", config, Kernel(), GlobalQuantum(0))
        router = Router()
        router.attach(self.core.port.socket)
        self.code, self.data = Memory("code", CODE_SIZE, readonly=True), Memory("data", DATA_SIZE)
        router.map("code", self.code.socket, CODE, CODE_SIZE)
        router.map("data", self.data.socket, DATA, DATA_SIZE)
        self.program = b""
        self.unicorn = self._fresh()
        self.addresses: list[int] = []
        isa = self.core.isa
        enabled = isa.thumb.rows if thumb else isa.rows
        self.rows: list[Row] = [row for row in enabled if in_scope(row)]

    def _fresh(self) -> Uc:
        unicorn = Uc(UC_ARCH_ARM, UC_MODE_ARM)
        unicorn.ctl_set_cpu_model(
            reg.UC_CPU_ARM_CORTEX_A15 if self.core.model.divide else self.MODEL
        )
        unicorn.mem_map(CODE, CODE_SIZE, UC_PROT_READ | UC_PROT_EXEC)
        unicorn.mem_map(DATA, DATA_SIZE, UC_PROT_READ | UC_PROT_WRITE)
        # Unicorn's own count runs on after a branch into code that it has translated.
        self.started = 0
        unicorn.hook_add(UC_HOOK_CODE, self._stop_after_one)
        return unicorn

    def words(self, count: int) -> list[Instruction]:
        """Random instructions, every row equally often; in Thumb state with IT blocks."""
        found: list[Instruction] = []
        context = self.thumb
        while len(found) < count or context >> IT_SHIFT:
            if self.thumb and not context >> IT_SHIFT and self.rng.random() < IN_IT:
                instruction = self._it()
            else:
                instruction = self._word(context)
            if instruction is None:
                continue
            found.append(instruction)
            context = advance_it(context)
            if instruction.row.template == "it":
                context = self.thumb | (instruction.word & 0xFF) << IT_SHIFT
            if instruction.mnemonic.startswith("ldrex"):
                # A3.4.5: a store-exclusive of another size than the load is left open.
                clrex = self.core.isa.decode(CLREX[self.thumb], context)
                assert clrex is not None
                found.append(clrex)
                context = advance_it(context)
        return found

    def _word(self, context: int) -> Instruction | None:
        word = random_word(self.rng.choice(self.rows), self.rng)
        if not self.thumb and word >> 28 < 14 and self.rng.random() < 0.7:
            word = word & 0x0FFF_FFFF | 0xE000_0000
        instruction = self.core.isa.decode(word, context)
        if instruction is None or instruction.row not in self.rows:
            return None
        if context >> IT_SHIFT and instruction.mnemonic.startswith("ldrex"):
            return None  # there may be no room for its CLREX
        return instruction

    def _it(self) -> Instruction | None:
        return self.core.isa.decode(
            0xBF00 | self.rng.getrandbits(8) | 1 << self.rng.randrange(4), THUMB
        )

    def load(self, instructions: list[Instruction]) -> None:
        code, self.addresses = b"", []
        self.words_of = [one.word for one in instructions]
        for one in instructions:
            self.addresses.append(CODE + len(code))
            code += encode(one.word, one.context)
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
        big = rng.random() < 0.2
        restore_cpsr(core, rng.getrandbits(32) & 0xF80F_0000 | 0x1D3 | big << 9)
        core.state["context"] |= instruction.context
        core.state["sctlr"] |= SCTLR_SW
        core.state["spsr_svc"] = SPSR
        self.unicorn.reg_write(reg.UC_ARM_REG_SPSR, SPSR)
        core.state["pc"] = self.addresses[place]
        for number, name in enumerate(REGISTERS):
            self.unicorn.reg_write(name, core.r[number])
        self.unicorn.reg_write(reg.UC_ARM_REG_CPSR, read_cpsr(core))
        core.interpreter.clear_exclusive()

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
        # What an IT block skips calls no hook: there the next address ends the run.
        start = self.addresses[place]
        end = self.after(place) if self.thumb else 0
        try:
            self.started = 0
            unicorn.emu_start(start | self.thumb, end)
        except UcError as error:
            # A branch out of the code is done; that it stops there is the next one's fault.
            faulted = error.errno not in (UC_ERR_FETCH_UNMAPPED, UC_ERR_FETCH_PROT)
            if faulted and error.errno not in FAULTS:
                raise
        return Outcome(
            unicorn.reg_read_batch(REGISTERS),
            unicorn.reg_read(reg.UC_ARM_REG_PC),
            unicorn.reg_read(reg.UC_ARM_REG_CPSR),
            bytes(unicorn.mem_read(DATA, DATA_SIZE)),
            faulted,
        )

    def after(self, place: int) -> int:
        """The address after instruction `place`."""
        following = self.addresses[place + 1 : place + 2]
        return following[0] if following else CODE + len(self.program)

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

    def ran_on(self, ours: Outcome, place: int) -> bool:
        """Whether a branch led into code of the other state, or into an IT block.

        Unicorn does not stop there: it does not see the change of state at once, and calls no hook
        for an instruction that an IT block skips. tests/cpus/arm has such branches.
        """
        context = self.core.state["context"]
        returned = ours.pc != self.after(place) and CODE <= ours.pc < CODE + CODE_SIZE
        return returned and (context & THUMB != self.thumb or bool(context >> IT_SHIFT))

    def agree_again(self) -> None:
        """After an explained difference: Unicorn gets the memory that is right."""
        self.unicorn.mem_write(DATA, bytes(self.data.buffer))

    def explained(self, instruction: Instruction, start: dict[str, int]) -> bool:
        """Whether a difference is one that the manual allows or asks for.

        A3.2.1: LDM, STM, PUSH, POP, LDRD and STRD take an alignment fault on an address that is no
        multiple of 4, exclusive accesses on one that is none of their size, whatever SCTLR.A says;
        Unicorn's QEMU does the former byte by byte, and fails an STREX without a reservation first.
        A8.8.63: LDR of the PC from such an address is UNPREDICTABLE; here it is that fault, too.
        B9.3.20: every data-processing instruction with S that writes the PC returns from an
        exception; Unicorn's QEMU does so for MOVS and SUBS only.
        A8.8.177: SMLAD sets Q if the whole sum overflows; Unicorn's QEMU also if only the sum of
        the two products does, which takes -32768 four times.
        A2.5.2: ITSTATE advances after ISB as after any instruction; Unicorn's QEMU forgets the
        rest of the IT block there.
        """
        if instruction.mnemonic == "isb":
            return bool(start["context"] >> IT_SHIFT & 7)
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
        loads_pc = instruction.mnemonic == "ldr" and instruction.operand("rt_any") is PC
        return loads_pc or instruction.mnemonic.startswith(ALIGNED)

    def part_stored(self, ours: Outcome, theirs: Outcome) -> bool:
        """Whether Unicorn has stored the bytes of a faulting word that were within the data.

        A3.5.3: an unaligned store is several accesses, of which the first ones may have been made.
        """
        fault = self.core.taken
        across = isinstance(fault, MemoryFault) and fault.access == "store"
        return across and ours.memory[:-3] == theirs.memory[:-3]


def in_scope(row: Row) -> bool:
    if row.requires not in ("", "divide"):
        return False  # floating point: arm_vfp_duel
    return row.template not in OUT_OF_SCOPE and not row.section.startswith("B9")


def aim(instruction: Instruction, core: CortexA9, rng: random.Random) -> None:
    """Point the base register of a memory access into the data."""
    names = [operand.name for operand in instruction.row.operands]
    address = next((one for one in instruction.operands if isinstance(one, Address)), None)
    mnemonic = instruction.mnemonic
    if address is not None:
        base = address.base
    elif mnemonic in ("push", "pop"):
        base = 13
    elif mnemonic in ("tbb", "tbh"):
        base = instruction.operand("rn_any")
        core.r[instruction.operand("rm")] = rng.randrange(64)
    elif {"loaded", "registers"} & set(names) or "ex" in mnemonic or mnemonic.startswith("swp"):
        if "rn" not in names:
            return
        base = instruction.operand("rn")
    else:
        return
    if address is not None and address.scaled:
        index = address.offset.rm
        core.r[index] = rng.getrandbits(8) << rng.choice((0, 0, 3, 24))
        if rng.random() < 0.3:
            core.r[index] = -core.r[index]
    if type(base) is str:
        return
    core.r[base] = DATA + DATA_SIZE // 2 + rng.randrange(-1024, 1024)
    if rng.random() < 0.8 or address is None:
        core.r[base] &= ~7

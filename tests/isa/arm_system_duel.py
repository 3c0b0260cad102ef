"""Duels over status registers, modes and banks: all of them are compared."""

from __future__ import annotations

from dataclasses import dataclass, replace

from unicorn import arm_const as reg

from cosim.cpus.arm import thumb as t32
from cosim.cpus.arm.instruction_set import ROWS
from cosim.cpus.arm.registers import IT_SHIFT, Mode, bank, switch_mode
from cosim.cpus.arm.status import IT_BITS, T_BIT, read_cpsr, write_cpsr
from cosim.cpus.isa.instruction import Instruction, Row
from tests.isa.arm_duel import DATA, DATA_SIZE, REGISTERS, Duel, Outcome

BANKS = (Mode.SYS, Mode.FIQ, Mode.IRQ, Mode.SVC, Mode.ABT, Mode.UND)
EVERYTHING = 0b1111
A_AND_F = 0x140
RESERVED = 0x00F0_0000


@dataclass(frozen=True)
class Banks:
    """r8-r14 and SPSR of every bank."""

    registers: tuple[tuple[int, ...], ...]
    saved: tuple[int, ...]


class SystemDuel(Duel):
    """Status register access, exception returns, user registers, stacks of other modes."""

    def __init__(self, seed: int, thumb: bool = False) -> None:
        super().__init__(seed, thumb)
        self.rows = [row for row in (t32.ROWS if thumb else ROWS) if _in_scope(row)]

    def words(self, count: int) -> list[Instruction]:
        found: list[Instruction] = []
        while len(found) < count:
            found += [one for one in super().words(count) if _in_scope(one.row)]
        return found[:count]

    def load(self, instructions: list[Instruction]) -> None:
        """Data of words that may become a CPSR, or an address."""
        super().load(instructions)
        data = b"".join(self.status().to_bytes(4, "little") for _ in range(DATA_SIZE // 4))
        self.data.buffer[:] = data
        self.unicorn.mem_write(DATA, data)

    def status(self) -> int:
        """A CPSR that there is: any flags, masks, endianness and state, one of the modes."""
        word = self.rng.getrandbits(32) & 0xF80F_03C0 | self.rng.choice(list(Mode))
        if self.rng.random() < 0.3:
            word |= T_BIT | self.rng.getrandbits(32) & IT_BITS
        return word

    def shuffle(self, instruction: Instruction, place: int) -> None:
        rng, core, unicorn = self.rng, self.core, self.unicorn
        for mode in BANKS:
            switch_mode(core.state, mode)
            unicorn.reg_write(reg.UC_ARM_REG_CPSR, 0x1C0 | mode)
            for number in range(15):
                core.r[number] = DATA + 4 * rng.randrange(256, DATA_SIZE // 4 - 256)
                unicorn.reg_write(REGISTERS[number], core.r[number])
            if mode is not Mode.SYS:
                spsr = core.state[f"spsr_{bank(mode)}"] = self.status()
                unicorn.reg_write(reg.UC_ARM_REG_SPSR, spsr)
        status = self.status() & ~(T_BIT | IT_BITS)
        switch_mode(core.state, Mode.SVC)  # from where any mode can be entered
        core.state["context"] = 0
        write_cpsr(core, status, EVERYTHING)
        core.state["context"] |= instruction.context
        unicorn.reg_write(reg.UC_ARM_REG_CPSR, read_cpsr(core))
        if instruction.mnemonic == "msr" and "n" in instruction.row.pattern.fields:
            source = instruction.field("n")
            core.r[source] = self.status()
            unicorn.reg_write(REGISTERS[source], core.r[source])
        core.state["pc"] = self.addresses[place]

    def banks_here(self) -> Banks:
        state, present = self.core.state, self.core.state["mode"]
        registers = []
        for mode in BANKS:
            switch_mode(state, mode)
            registers.append(tuple(self.core.r[number] for number in range(8, 15)))
        switch_mode(state, present)
        saved = tuple(state[f"spsr_{bank(mode)}"] & ~RESERVED for mode in BANKS[1:])
        return Banks(tuple(registers), saved)

    def banks_there(self) -> Banks:
        unicorn = self.unicorn
        registers, saved = [], []
        for mode in BANKS:
            unicorn.reg_write(reg.UC_ARM_REG_CPSR, 0x1C0 | mode)
            registers.append(tuple(unicorn.reg_read(name) for name in REGISTERS[8:]))
            if mode is not Mode.SYS:
                saved.append(unicorn.reg_read(reg.UC_ARM_REG_SPSR) & ~RESERVED)
        return Banks(tuple(registers), tuple(saved))

    def explained_here(self, instruction: Instruction, start: dict[str, int]) -> bool:
        """Whether a difference is one that the manual allows or asks for.

        A8.8.109: in User mode MRS gives the APSR; what else is in the result is UNKNOWN.
        B1.3.3: the E bit is "user-writable" by MSR; Unicorn's QEMU leaves it alone in User mode.
        A2.5.2: ITSTATE advances after SRS as after any instruction; not in Unicorn's QEMU.
        """
        if start["mode"] == Mode.USR:
            return instruction.mnemonic in ("mrs", "msr")
        return instruction.mnemonic.startswith("srs") and bool(start["context"] >> IT_SHIFT)

    @staticmethod
    def comparable(outcome: Outcome) -> Outcome:
        """Without reserved bits, of which ARMv8 uses one, and without CPSR.A and F.

        B1.5.1: Unicorn's core is in Non-secure state, where SCR.AW and SCR.FW of 0 keep A and F as
        they are; this core has no Security Extensions.
        """
        return replace(outcome, cpsr=outcome.cpsr & ~A_AND_F & ~RESERVED)


def _in_scope(row: Row) -> bool:
    return row.section.startswith("B9") or row.template in ("mrs", "msr", "cps")

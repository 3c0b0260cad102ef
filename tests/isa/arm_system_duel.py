"""Duels over status registers, modes and banks: all of them are compared."""

from __future__ import annotations

from dataclasses import dataclass, replace

from unicorn import arm_const as reg

from cosim.cpus.arm.instruction_set import ROWS
from cosim.cpus.arm.registers import Mode, bank, switch_mode
from cosim.cpus.arm.status import write_cpsr
from cosim.cpus.isa.instruction import Instruction, Row
from tests.isa.arm_duel import CODE, CODE_SIZE, DATA, DATA_SIZE, REGISTERS, Duel, Outcome

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

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.rows = [row for row in ROWS if _in_scope(row)]

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
        """A CPSR that there is: any flags and masks, one of the modes."""
        return self.rng.getrandbits(32) & 0xF80F_01C0 | self.rng.choice(list(Mode))

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
        status = self.status()
        switch_mode(core.state, Mode.SVC)  # from where any mode can be entered
        write_cpsr(core, status, EVERYTHING)
        unicorn.reg_write(reg.UC_ARM_REG_CPSR, status)
        if instruction.mnemonic == "msr" and "n" in instruction.row.pattern.fields:
            source = instruction.field("n")
            core.r[source] = self.status()
            unicorn.reg_write(REGISTERS[source], core.r[source])
        core.state["context"] = 0
        core.state["pc"] = CODE + 4 * place

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

    def explained_in_user_mode(self, instruction: Instruction, start: dict[str, int]) -> bool:
        """A8.8.109: in User mode MRS gives the APSR; what else is in the result is UNKNOWN."""
        return instruction.mnemonic == "mrs" and start["mode"] == Mode.USR

    def in_thumb_code(self, ours: Outcome) -> bool:
        """Unicorn does not stop at an instruction that an IT block skips, so it runs on."""
        return bool(self.core.state["context"]) and CODE <= ours.pc < CODE + CODE_SIZE

    @staticmethod
    def comparable(outcome: Outcome) -> Outcome:
        """Without reserved bits, of which ARMv8 uses one, and without CPSR.A and F.

        B1.5.1: Unicorn's core is in Non-secure state, where SCR.AW and SCR.FW of 0 keep A and F as
        they are; this core has no Security Extensions.
        """
        return replace(outcome, cpsr=outcome.cpsr & ~A_AND_F & ~RESERVED)


def _in_scope(row: Row) -> bool:
    return row.section.startswith("B9") or row.template in ("mrs", "msr", "cps")

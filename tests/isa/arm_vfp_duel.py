"""Floating-point instructions here and in Unicorn: registers, FPSCR, memory and faults."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from unicorn import Uc
from unicorn import arm_const as reg

from cosim.cpus.arm import vfp_state
from cosim.cpus.arm.registers import LAYOUT
from cosim.cpus.arm.vfp_operands import FloatRegister
from cosim.cpus.faults import MemoryFault
from cosim.cpus.isa.instruction import Instruction
from tests.isa.arm_duel import DATA, DATA_SIZE, REGISTERS, Duel, Outcome

DOUBLES = [getattr(reg, f"UC_ARM_REG_D{number}") for number in range(32)]
NEW_BANK = 0.1  # how often all registers change, not the operands only
FULL_ACCESS = 0x00F0_0000
FIRST = LAYOUT["s0"]
QC = 1 << 27
TRAP_ENABLES = 0x9F00

SINGLES = (
    0x0000_0000, 0x0000_0001, 0x0040_0000, 0x007F_FFFF, 0x0080_0000, 0x0080_0001, 0x00FF_FFFF,
    0x3380_0000, 0x3F00_0000, 0x3F7F_FFFF, 0x3F80_0000, 0x3F80_0001, 0x3FC0_0000, 0x4020_0000,
    0x4B00_0000, 0x4B80_0000, 0x4EFF_FFFF, 0x4F00_0000, 0x4F7F_FFFF, 0x4F80_0000, 0x477F_E000,
    0x477F_F000, 0x3880_0000, 0x387F_C000, 0x3300_0000, 0x7F00_0000, 0x7F7F_FFFF, 0x7F80_0000,
    0x7F80_0001, 0x7FA0_0000, 0x7FBF_FFFF, 0x7FC0_0000, 0x7FC0_1234, 0x7FFF_FFFF, 0x46FF_FE00,
    0x46FF_FF00, 0x477F_FF00, 0x47FF_E000, 0x47FF_F000,
)  # fmt: skip
"""Limits of the format, of halves, of integers; halves of last places; NaNs of both kinds."""

DOUBLES_AS_FLOATS = (
    0.0, 5e-324, 2.0**-1023, 2.0**-1022, 2.0**-1022 - 5e-324, 1.0, 1.0 + 2.0**-52, 1.5, 2.5,
    2.0**-149, 2.0**-150, 2.0**-126, 2.0**-126 * (1 - 2.0**-25), 2.0**-126 * (1 - 2.0**-24),
    2.0**128 - 2.0**104, 2.0**128 - 2.0**103, 2.0**128 - 2.0**102, 2.0**31, 2.0**31 - 1,
    2.0**31 - 0.5, 2.0**32, 2.0**32 - 1, 2.0**32 - 0.5, 32767.5, 65535.5, 0.5, 0.25,
    1.7976931348623157e308, 2.0**1023, 2.0**-537, 2.0**-538, 2.0**53,
)  # fmt: skip
NANS = (
    0x7FF0_0000_0000_0000, 0x7FF0_0000_0000_0001, 0x7FF0_0000_2000_0000, 0x7FF7_FFFF_FFFF_FFFF,
    0x7FF8_0000_0000_0000, 0x7FF8_1234_5678_9ABC, 0x7FFF_FFFF_FFFF_FFFF,
)  # fmt: skip
"""The first one is infinity."""

DOUBLE_ONES = (
    *(int.from_bytes(struct.pack("<d", number), "little") for number in DOUBLES_AS_FLOATS),
    *NANS,
)


@dataclass(frozen=True)
class FloatOutcome:
    """What one instruction left behind."""

    rest: Outcome
    floats: tuple[int, ...]
    fpscr: int


class VfpDuel(Duel):
    """Both with access to the floating-point unit."""

    def __init__(self, seed: int) -> None:
        self._known: dict[int, int] = {}  # what Unicorn has in its registers
        self._aimed: list[int] = []
        super().__init__(seed)
        self.rows = [row for row in self.core.isa.rows if row.requires.startswith("vfp")]
        vfp_state.write_cpacr(self.core, FULL_ACCESS)
        self.core.state["fpexc"] = vfp_state.EN
        vfp_state.write_fpscr(self.core, 0)

    def _fresh(self) -> Uc:
        unicorn = super()._fresh()
        unicorn.reg_write(reg.UC_ARM_REG_C1_C0_2, FULL_ACCESS)
        unicorn.reg_write(reg.UC_ARM_REG_FPEXC, vfp_state.EN)
        return unicorn

    def shuffle(self, instruction: Instruction, place: int) -> None:
        super().shuffle(instruction, place)
        rng, core = self.rng, self.core
        self._aimed = []
        if "b" in instruction.row.pattern.fields and "load" not in instruction.row.template:
            self._aim(instruction)
        fpscr = rng.getrandbits(32) & 0xF7C0_009F
        core.state["fpexc"] = vfp_state.EN
        if rng.random() < 0.7:
            fpscr &= ~vfp_state.CUMULATIVE
        if rng.random() < 0.6:
            fpscr &= ~(1 << 24)
        vfp_state.write_fpscr(core, fpscr)
        if rng.random() < NEW_BANK:
            for slot in range(FIRST, FIRST + 64, 2):
                core.state.words[slot], core.state.words[slot + 1] = self._two_words()
        self._choose_operands(instruction)
        if instruction.mnemonic == "vmsr":
            self._aimed.append(instruction.field("t"))
            core.r[self._aimed[-1]] &= ~(vfp_state.LEN | TRAP_ENABLES)
        self._copy()

    def _copy(self) -> None:
        """Unicorn gets the registers that it does not have yet."""
        words = self.core.state.words
        for number, name in enumerate(DOUBLES):
            at = FIRST + 2 * number
            both = words[at] | words[at + 1] << 32
            if self._known.get(name) != both:
                self.unicorn.reg_write(name, both)
                self._known[name] = both
        self.unicorn.reg_write(reg.UC_ARM_REG_FPSCR, self._fpscr())
        self.unicorn.reg_write(reg.UC_ARM_REG_FPEXC, vfp_state.EN)
        for number in self._aimed:
            self.unicorn.reg_write(REGISTERS[number], self.core.r[number])

    def _aim(self, instruction: Instruction) -> None:
        base = instruction.field("b")
        if base < 15:
            where = DATA + DATA_SIZE // 2 + 4 * self.rng.randrange(-300, 300)
            self.core.r[base] = where + (self.rng.random() < 0.05)
            self._aimed.append(base)

    def _choose_operands(self, instruction: Instruction) -> None:
        """Interesting numbers for this instruction's operands, of its width."""
        rng, words = self.rng, self.core.state.words
        registers = [one for one in instruction.operands if isinstance(one, FloatRegister)]
        last: tuple[int, ...] = ()
        for register in registers:
            if len(register.words) > 2:
                continue
            if len(register.words) == 2:
                values: tuple[int, ...] = self._two_words()
            else:
                values = (self._single(),)
            if len(last) == len(values) and rng.random() < 0.2:  # near one another
                values = (last[0] ^ (1 << rng.randrange(32) >> 1), *last[1:])
                if rng.random() < 0.5:
                    values = (*values[:-1], values[-1] ^ 1 << 31)
            for slot, value in zip(register.words, values, strict=True):
                words[slot] = value
            last = values

    def _single(self) -> int:
        rng = self.rng
        kind = rng.random()
        if kind < 0.4:
            return rng.choice(SINGLES) | rng.getrandbits(1) << 31
        if kind < 0.6:
            return rng.getrandbits(32)
        if kind < 0.7:  # an integer, or fixed point
            return rng.getrandbits(32) >> rng.randrange(32)
        exponent = rng.choice(
            (rng.randrange(96, 160), rng.randrange(0, 3), rng.randrange(250, 256))
        )
        return rng.getrandbits(1) << 31 | exponent << 23 | self._fraction(23)

    def _two_words(self) -> tuple[int, int]:
        rng = self.rng
        kind = rng.random()
        if kind < 0.35:
            bits = rng.choice(DOUBLE_ONES) | rng.getrandbits(1) << 63
        elif kind < 0.45:
            bits = rng.getrandbits(64)
        elif kind < 0.55:
            return self._single(), self._single()
        else:
            near = rng.choice((1023, 1023, 1023 - 126, 1023 - 149, 1023 + 127, 1023 + 30, 3, 2044))
            exponent = min(max(near + rng.randrange(-30, 31), 0), 2047)
            bits = rng.getrandbits(1) << 63 | exponent << 52 | self._fraction(52)
        return bits & 0xFFFF_FFFF, bits >> 32

    def _fraction(self, width: int) -> int:
        """Random, or with long runs of zeros or ones."""
        rng = self.rng
        fraction = rng.getrandbits(width)
        cut = rng.randrange(width)
        kind = rng.random()
        if kind < 0.3:
            return fraction >> cut << cut
        if kind < 0.6:
            return fraction | (1 << cut) - 1
        return fraction

    def _fpscr(self) -> int:
        state = self.core.state
        word = state["fpscr"] | state["fp_flags"]
        for flag, bit in (("n", 31), ("z", 30), ("c", 29), ("v", 28)):
            word |= state[f"fp_{flag}"] << bit
        return word

    def here(self) -> Any:
        outcome = super().here()
        words = self.core.state.words
        return FloatOutcome(outcome, tuple(words[FIRST : FIRST + 64]), self._fpscr())

    def there(self, place: int) -> Any:
        outcome = super().there(place)
        floats: list[int] = []
        for name, both in zip(DOUBLES, self.unicorn.reg_read_batch(DOUBLES), strict=True):
            self._known[name] = both
            floats += (both & 0xFFFF_FFFF, both >> 32)
        fpscr = self.unicorn.reg_read(reg.UC_ARM_REG_FPSCR) & ~QC
        return FloatOutcome(outcome, tuple(floats), fpscr)

    def explained(self, instruction: Instruction, start: dict[str, int]) -> bool:
        """Whether a difference is one that the manual allows or asks for.

        A3.2.1: VLDR, VSTR, VLDM and VSTM take an alignment fault on an address that is no multiple
        of 4; Unicorn's QEMU does not. B6.1.38 and following: FPSID, MVFR0 and MVFR1 tell what the
        unit has, and Unicorn's has Advanced SIMD and short vectors. A8.8.308: fixed point becomes
        floating point by rounding to nearest, whatever FPSCR.RMode says; Unicorn's QEMU asks it
        (QEMU 7.2 no longer does).
        """
        if instruction.row.section == "A8.8.308" and instruction.mnemonic.startswith("vcvt.f"):
            return start["fpscr"] >> 22 & 3 != 0
        fault = self.core.taken
        if isinstance(fault, MemoryFault) and fault.cause == "alignment":
            return True
        return instruction.row.section.startswith("B9.3")


class FusedDuel(VfpDuel):
    """VFPv4's fused multiply-add only, on a core that has it."""

    MODEL = reg.UC_CPU_ARM_CORTEX_A15
    FPU = "vfpv4"

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.rows = [row for row in self.rows if row.requires == "vfpv4"]

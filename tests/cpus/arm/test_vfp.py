"""When floating-point instructions are there: CPACR, FPEXC, D16-D31, short vectors, T32."""

from __future__ import annotations

import random

import pytest

from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.cpus.arm import vfp, vfp_state
from cosim.cpus.arm.core import ArmConfig, CortexA9
from cosim.cpus.arm.registers import Mode, switch_mode
from cosim.cpus.faults import GuestException
from cosim.cpus.isa.instruction_set import InstructionSet, check_table, random_word
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from cosim.testing.opaque import Hole, OpaqueMachine

VADD_S, VADD_D16 = 0xEE30_0A81, 0xEE70_0BA1  # s0, s1, s2; d16, d16, d17
VMOV_TO_D16 = 0xEC41_0B30  # d16, r0, r1
VMOV_TO_S0 = 0xEE00_0A10  # s0, r0
READ_FPSCR, WRITE_FPSCR = 0xEEF1_0A10, 0xEEE1_0A10  # r0
READ_FPEXC, WRITE_FPEXC = 0xEEF8_0A10, 0xEEE8_0A10
READ_MVFR0, READ_MVFR1, READ_FPSID = 0xEEF7_0A10, 0xEEF6_0A10, 0xEEF0_0A10
READ_CPACR, WRITE_CPACR = 0xEE11_0F50, 0xEE01_0F50
FULL, PRIVILEGED = 0x00F0_0000, 0x0050_0000
THUMB_ROWS = vfp.table(thumb=True)


class Bench(CortexA9):
    """A core with one word of code, that only notes its exceptions."""

    def __init__(self, fpu: str = "vfpv3") -> None:
        config = ArmConfig.model_validate({"type": "arm.cortex-a9", "clock": "1GHz", "fpu": fpu})
        super().__init__("arm", config, Kernel(), GlobalQuantum(0))
        router = Router()
        router.attach(self.port.socket)
        self.code = Memory("code", 4096)
        router.map("code", self.code.socket, 0, 4096)
        self.taken: GuestException | None = None

    def take(self, exception: GuestException) -> bool:
        self.taken = exception
        return True

    def executes(self, word: int) -> bool:
        self.taken = None
        self.state["pc"] = 0
        self.port.write_debug(0, word.to_bytes(4, "little"))
        self.engine.run(1)
        return self.taken is None

    def value(self, word: int) -> int:
        assert self.executes(word)
        return self.r[0]

    def do(self, word: int, value: int) -> None:
        self.r[0] = value
        assert self.executes(word)

    def enable(self, access: int = FULL) -> None:
        self.do(WRITE_CPACR, access)
        self.do(WRITE_FPEXC, 1 << 30)


def test_at_reset_all_is_undefined_but_what_cpacr_opens() -> None:
    core = Bench()
    assert not core.executes(READ_FPEXC) and not core.executes(VADD_S)
    assert "0xee300a81" in str(core.taken)
    core.do(WRITE_CPACR, FULL)
    assert core.value(READ_FPEXC) == 0
    assert not core.executes(VADD_S) and not core.executes(READ_FPSCR)
    core.do(WRITE_FPEXC, 0xFFFF_FFFF)
    assert core.value(READ_FPEXC) == 0x6000_0000
    assert core.executes(VADD_S) and core.executes(READ_FPSCR)


def test_a_condition_that_fails_comes_before_undefined() -> None:
    assert Bench().executes(VADD_S & 0x0FFF_FFFF)  # EQ, and Z is 0


def test_user_mode_needs_full_access_and_never_reaches_the_system_registers() -> None:
    core = Bench()
    core.enable(PRIVILEGED)
    assert core.executes(VADD_S)
    switch_mode(core.state, Mode.USR)
    assert not core.executes(VADD_S)
    switch_mode(core.state, Mode.SVC)
    core.do(WRITE_CPACR, FULL)
    switch_mode(core.state, Mode.USR)
    assert core.executes(VADD_S) and core.executes(READ_FPSCR)
    assert not any(core.executes(word) for word in (READ_FPEXC, READ_FPSID, READ_MVFR0))


@pytest.mark.parametrize("fpu", ["vfpv3-d16", "vfpv4-d16"])
def test_with_16_doubles_the_upper_ones_are_undefined(fpu: str) -> None:
    core = Bench(fpu)
    core.enable()
    assert core.executes(VADD_S)
    assert not core.executes(VADD_D16) and not core.executes(VMOV_TO_D16)
    assert core.value(READ_CPACR) == 0xC0F0_0000  # ASEDIS and D32DIS read as one
    assert core.value(READ_MVFR0) == 0x1011_0221


def test_d32dis_takes_the_upper_doubles_away() -> None:
    core = Bench()
    core.enable()
    assert core.executes(VADD_D16) and core.value(READ_CPACR) == 0x80F0_0000
    core.do(WRITE_CPACR, FULL | 1 << 30)
    assert not core.executes(VADD_D16) and core.executes(VADD_S)


def test_short_vectors_are_left_to_software() -> None:
    core = Bench()
    core.enable()
    core.do(WRITE_FPSCR, 1 << 16)
    assert core.value(READ_FPSCR) == 1 << 16
    assert not core.executes(VADD_S)
    assert core.value(READ_FPEXC) == 0x6000_0000  # DEX says why
    core.r[0] = 7
    assert core.executes(VMOV_TO_S0) and core.state["s0"] == 7
    core.do(WRITE_FPSCR, 0)
    assert core.executes(VADD_S)


def test_the_id_registers_say_what_is_there() -> None:
    core = Bench()
    core.enable()
    assert core.value(READ_MVFR0) == 0x1011_0222
    assert core.value(READ_MVFR1) == 0x0100_0011  # neither Advanced SIMD nor fused multiply-add
    four = Bench("vfpv4")
    four.enable()
    assert four.value(READ_MVFR1) == 0x1100_0011


def test_without_a_unit_there_is_nothing() -> None:
    core = Bench("none")
    core.do(WRITE_CPACR, FULL)
    assert core.value(READ_CPACR) == 0
    assert not any(core.executes(word) for word in (VADD_S, READ_FPEXC, READ_FPSID, VMOV_TO_S0))


def test_bits_of_the_fpscr_that_are_not_there_read_as_zero() -> None:
    core = Bench()
    core.enable()
    core.do(WRITE_FPSCR, 0xFFFF_FFFF)
    assert core.value(READ_FPSCR) == 0xF7F7_009F  # no QC, no trap enables


# T32


def test_t32_has_the_same_words() -> None:
    check_table(THUMB_ROWS)
    a32 = InstructionSet("a32", vfp.ROWS, {"vfp", "vfpv4"})
    t32 = InstructionSet("t32", THUMB_ROWS, {"vfp", "vfpv4"})
    rng = random.Random(0)
    compared = 0
    for row in THUMB_ROWS:
        for _ in range(20):
            word = random_word(row, rng)
            one, two = t32.decode(word), a32.decode(word)
            if one is not None:  # less decodes in T32: neither SP nor PC, literals apart
                assert two is not None and one.mnemonic == two.mnemonic
                assert one.operands == two.operands
                compared += 1
            machine = OpaqueMachine()
            if one is not None:
                t32.stage(machine, one, lambda operand: Hole())()
    assert compared > 1000


def test_t32_literals_count_from_the_next_word() -> None:
    core = Bench()
    core.enable()
    t32 = InstructionSet("t32", THUMB_ROWS, {"vfp"})
    instruction = t32.decode(0xED9F_0A02)  # vldr s0, [pc, #8]
    assert instruction is not None
    core.code.buffer[16:20] = b"\x78\x56\x34\x12"
    core.interpreter.pc = 6
    t32.stage(core.interpreter, instruction, int)()
    assert core.state["s0"] == 0x1234_5678
    assert core.state["s0"] == core.state.words[vfp_state.FIRST_WORD]

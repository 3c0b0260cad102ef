"""ID registers and reset values of the three ARM cores against QEMU's, register by register."""

# ruff: noqa: E501  tables
from __future__ import annotations

import pytest

from cosim.cpus.arm import cp15, vfp_state
from cosim.cpus.arm.core import ArmCore, CortexA7, CortexA9, CortexA15
from cosim.cpus.faults import Trap
from tests.cpus.arm.board import Board
from tests.isa.arm_identity import BOARDS, SELECTIONS, recorded

CORES: dict[str, type[ArmCore]] = {one.TYPE: one for one in (CortexA9, CortexA7, CortexA15)}
ALL, A9, A7, A15 = tuple(CORES), ("arm.cortex-a9",), ("arm.cortex-a7",), ("arm.cortex-a15",)
WORD = 0xFFFF_FFFF

# What differs: on which cores, in which register, in which bits, and why. Sections are those of the
# ARM ARM unless a TRM is named.
# fmt: off
DIFFERENT = [
    # other revisions
    (A9,       "MIDR",       0x00F0_0000, "A9 TRM 4.3.1: r3p0, QEMU's is r0p0"),
    (A15,      "MIDR",       0x00F0_000F, "A15 TRM 4.3.1: r2p1, QEMU's is r4p0"),
    (ALL,      "REVIDR",     WORD,        "A9 TRM 4.3.4: the TRMs have the register, as zero; QEMU its alias of MIDR (B4.1, REVIDR)"),
    (A9,       "FPSID",      0x0000_000F, "A9 FPU TRM, FPSID: the revision is that of r3p0"),
    # more exact than QEMU
    (A9,       "CTR",        0x0330_0000, "A9 TRM 4.2: CWG and ERG as there; QEMU has no granules"),
    (A9,       "TLBTR",      0x0000_0402, "A9 TRM 4.3.2: 128 entries, of which four lockable"),
    (A9,       "ID_MMFR3",   0x0010_0000, "B4.1.92: table walks look into the caches (there are none)"),
    (A9,       "CLIDR",      0x0020_0000, "B4.1, CLIDR: level of unification inner shareable, Multiprocessing Extensions"),
    (A9,       "CCSIDR",     0x9000_0000, "A9 TRM 4.3.5: no write-through, but write-allocation"),
    (A9,       "CCSIDR 0",   0x9000_0000, "A9 TRM 4.3.5: the same"),
    (A9,       "MVFR0",      0x0F00_0000, "A9 FPU TRM, MVFR0: no short vectors in hardware"),
    (ALL,      "PRRR",       WORD,        "A9 TRM 4.2: a reset value; QEMU's is 0 (B4.1, PRRR: UNKNOWN)"),
    (ALL,      "NMRR",       WORD,        "A9 TRM 4.2: a reset value; QEMU's is 0 (B4.1, NMRR: UNKNOWN)"),
    # what is not modelled
    (A7 + A15, "ID_PFR0",    0x0000_F000, "B4.1.93: no ThumbEE"),
    (A9,       "ID_PFR0",    0x0000_FF00, "B4.1.93: no ThumbEE; trivial Jazelle is 1, and QEMU's field is 0"),
    (ALL,      "ID_ISAR3",   0xF000_0000, "B4.1.86: no ThumbEE"),
    (A9 + A15, "ID_PFR1",    0x0000_F0F0, "B4.1.94: no Security or Virtualization Extensions"),
    (ALL,      "ID_ISAR4",   0x0000_F000, "B4.1.87: no SMC"),
    (A7 + A15, "ID_DFR0",    0x00FF_FFFF, "B4.1.82: no debug registers, no trace"),
    (A7 + A15, "ID_MMFR0",   0x0000_000F, "B4.1.89: PXN, but no Large Physical Address Extension"),
    (ALL,      "CPACR",      1 << 31,     "B4.1.40: ASEDIS is one without Advanced SIMD"),
    (ALL,      "MVFR1",      0x00FF_FF00, "B6.1, MVFR1: no Advanced SIMD"),
    (A9 + A15, "NSACR",      0x0000_0C00, "B4.1, NSACR: as if Non-secure state had VFP, for boot code; no Security Extensions"),
    # the board's and the clock's
    (A7 + A15, "CNTFRQ",     WORD,        "B8.1, CNTFRQ: the platform's clock"),
    (A7 + A15, "CNTP_TVAL",  WORD,        "B8.1, TimerValue views: counts down; UNKNOWN after reset"),
    (A7 + A15, "CNTV_TVAL",  WORD,        "B8.1, TimerValue views: counts down; UNKNOWN after reset"),
    (A7 + A15, "L2CTLR",     1 << 23,     "A15 TRM, L2CTLR: an interrupt controller inside; ours is a peripheral of the platform"),
    (A7 + A15, "CBAR",       WORD,        "A15 TRM, CBAR: the platform's"),
]
OURS_ONLY = [
    (ALL, {"PMCEID0", "PMCEID1"},    "C12.8, PMCEIDn: part of PMUv2; QEMU 7.2 has them from ARMv8 on"),
    (A7,  {"SCR", "NSACR", "MVBAR"}, "B4.1, SCR: for boot code that expects Secure state; QEMU's virt has no EL3 and none of these"),
]
QEMUS_ONLY = [
    (A15,      {"p15 4 1 1 1"},                 "B4.1, HDCR: Virtualization Extensions"),
    (A15,      {"p15 4 14 1 0", "p15 4 14 2 0"}, "B8.1: CNTHCTL and CNTHP_TVAL, Virtualization Extensions"),
    (A7 + A15, {"p15 0 10 0 0"},                "B3.17.1: TLB lockdown is A9's; QEMU reads the whole range as zero"),
    (A7 + A15, {"p15 0 15 0 0"},                "A9 TRM, Power Control Register: power control is A9's; QEMU reads c15 as zero"),
]
# fmt: on


def place(encoding: tuple[int, ...]) -> str:
    return "p15 " + " ".join(map(str, encoding))


NAMES = {place(encoding): one.name for encoding, one in cp15.BY_ENCODING.items()}


def ours(core_type: str) -> dict[str, int]:
    """What our core answers, by the same keys as the recording."""
    board = Board(CORES[core_type])
    core, found = board.core, {}
    for encoding, register in cp15.BY_ENCODING.items():
        try:
            found[place(encoding)] = register.read(core)
        except Trap:
            continue  # write-only, or not on this core
    for selected in SELECTIONS:
        cp15.BY_ENCODING[2, 0, 0, 0].write(core, selected)
        found[f"CCSIDR {selected}"] = cp15.BY_ENCODING[1, 0, 0, 0].read(core)
    cp15.BY_ENCODING[0, 1, 0, 2].write(core, 0xF << 20)
    for name, reader in (
        ("FPSID", vfp_state.read_fpsid),
        ("MVFR0", vfp_state.read_mvfr0),
        ("MVFR1", vfp_state.read_mvfr1),
        ("FPEXC", vfp_state.read_fpexc),
    ):
        found[name] = reader(core)
    found["FPSCR"] = core.state["fpscr"] | core.state["fp_flags"]
    return found


@pytest.mark.parametrize("core_type", BOARDS)
def test_the_values_are_those_of_qemu_but_for_what_is_explained(core_type: str) -> None:
    here, there = ours(core_type), recorded()[core_type]
    masks = {name: mask for cores, name, mask, _ in DIFFERENT if core_type in cores}
    seen = set()
    for register in here.keys() & there.keys():
        name = NAMES.get(register, register)
        difference = here[register] ^ there[register]
        assert not difference & ~masks.get(name, 0), f"{register} {name}: {difference:#x}"
        if difference:
            seen.add(name)
    assert seen == masks.keys()  # no explanation without a difference
    assert len(here.keys() & there.keys()) > 100


@pytest.mark.parametrize("core_type", BOARDS)
def test_the_registers_that_exist_are_those_of_qemu(core_type: str) -> None:
    here, there = ours(core_type), recorded()[core_type]
    only_here = {NAMES[one] for one in here.keys() - there.keys()}
    only_there = there.keys() - here.keys()
    assert only_here == {
        one for cores, names, _ in OURS_ONLY if core_type in cores for one in names
    }
    assert only_there == {
        one for cores, names, _ in QEMUS_ONLY if core_type in cores for one in names
    }

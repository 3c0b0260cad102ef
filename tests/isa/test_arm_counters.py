"""Programs on the performance monitor and the Generic Timer leave here what they leave on QEMU.

QEMU's Cortex-A9 has the registers, but nothing counts (its A9 lacks the feature), so counting is
judged on the others. None of QEMU's cores notices CPS or MSR to User mode in its counters; programs
get there by exception returns. The timer's output lines are judged in tests/cpus/arm.
"""

# ruff: noqa: E501  tables
from __future__ import annotations

import shutil

import pytest

from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.cpus.arm.core import ArmCore, CortexA7, CortexA9, CortexA15
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from tests.isa.arm_counters import (
    BLOCK,
    COUNT,
    DONE,
    MASKS,
    QEMU_OPTIONS,
    RANDOM,
    RESULTS,
    START,
    digest,
    image,
    masked,
    programs_of,
    recorded,
    results_of,
    run_on_qemu,
    size_of,
)

CORES: dict[str, type[ArmCore]] = {one.TYPE: one for one in (CortexA9, CortexA7, CortexA15)}
EACH = pytest.mark.parametrize(("kind", "core"), RANDOM)
LIMIT = 10**11  # ps: several times what all programs need
A9 = ("arm.cortex-a9",)
A7_A15 = ("arm.cortex-a7", "arm.cortex-a15")

# fmt: off
WRITABLE_ON_QEMU = [  # the cores, PMSELR, the register, what only QEMU lets write, and why not here
    (A9 + A7_A15, 0,  "PMCR",       0x0000_00C0, "B4.1.117: LC and LP are ARMv8's; SBZP"),
    (A9,          0,  "PMXEVTYPER", 0xFE00_FF00, "B4.1.126: PMUv1 has no filters, and events of 8 bits"),
    (A7_A15,      0,  "PMXEVTYPER", 0x3E00_FF00, "B4.1.126: NSK, NSU and NSH are of the Security and Virtualization Extensions, the others ARMv8's"),
    (A7_A15,      31, "PMXEVTYPER", 0x3C00_0000, "the same"),
    (A7_A15,      0,  "CNTKCTL",    0xFFFF_FC00, "B4.1.26: reserved"),
]
# fmt: on


def run_here(programs: list[list[int]], core_type: str) -> list[list[int]]:
    kernel = Kernel()
    cls = CORES[core_type]
    config = cls.Config.model_validate({"type": core_type, "clock": "100MHz"})
    core = cls("cpu0", config, kernel, GlobalQuantum(10**9))
    router = Router()
    router.attach(core.port.socket)
    router.map("ram", Memory("ram", 0x100_0000).socket, START, 0x100_0000)
    core.port.write_debug(START, image(programs))
    core.start_pc = START
    core.reset()
    size = size_of(programs)
    kernel.run(LIMIT)
    assert kernel.ending is None, kernel.ending
    data = core.port.read_debug(RESULTS, size)
    assert int.from_bytes(data[-4:], "little") == DONE
    return results_of(data)


def compare(programs: list[list[int]], theirs: list[list[int]], core_type: str) -> int:
    """How many answers are the same; fails if one is not."""
    ours = run_here(programs, core_type)
    wrong = [
        f"program {number}, word {at}: {our:08x}, QEMU {their:08x}"
        for number, logs in enumerate(zip(ours, theirs, strict=True))
        for at, (our, their) in enumerate(zip(*logs, strict=True))
        if our != their
    ]
    assert not wrong, "\n".join(wrong[:20])
    return len(ours) * BLOCK // 4


@EACH
def test_recorded_programs_answer_as_on_qemu(kind: str, core: str) -> None:
    programs = programs_of(kind, core, 0, COUNT)
    known, theirs = recorded(kind, core)
    assert digest(programs) == known, "record again: python -m tests.isa.arm_counters"
    compare(programs, theirs, core)


@pytest.mark.parametrize("core", QEMU_OPTIONS)
def test_the_bits_that_can_be_written_are_those_of_qemu_but_for_what_is_explained(core) -> None:
    programs = programs_of(MASKS, core, 0, 1)
    known, (theirs,) = recorded(MASKS, core)
    assert digest(programs) == known, "record again: python -m tests.isa.arm_counters"
    (ours,) = run_here(programs, core)
    why = {one[1:3]: one[3] for one in WRITABLE_ON_QEMU if core in one[0]}
    for at, place in enumerate(masked(core)):
        assert theirs[2 * at] ^ ours[2 * at] == why.pop(place, 0), place
        assert theirs[2 * at + 1] == ours[2 * at + 1], place
    assert not why


@pytest.mark.campaign
@EACH
@pytest.mark.parametrize("seed", range(1, 6))
def test_new_programs_answer_as_on_qemu(kind: str, core: str, seed: int) -> None:
    if not shutil.which("qemu-system-arm"):
        pytest.skip("qemu-system-arm is not on PATH")
    programs = programs_of(kind, core, seed, COUNT)
    compare(programs, run_on_qemu(programs, core), core)

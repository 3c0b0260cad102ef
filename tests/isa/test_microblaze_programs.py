"""Random programs leave the same registers, MSR and memory here as on QEMU."""

from __future__ import annotations

import random
import shutil

import pytest

from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.cpus.microblaze.core import MicroBlaze
from cosim.cpus.microblaze.instruction_set import ROWS
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from tests.isa.microblaze_assembler import assemble
from tests.isa.microblaze_objdump import EVERYTHING
from tests.isa.microblaze_programs import (
    MSR_MASK,
    RESULT_WORDS,
    RESULTS,
    START,
    Program,
    generate,
    image,
)
from tests.isa.microblaze_qemu import QEMU, recorded, run_on_qemu

NAMES = [*(f"r{number}" for number in range(1, 32)), "msr"]
MSR_INDEX = NAMES.index("msr")
INSTRUCTIONS = 10_000
ELSEWHERE = {
    "streams": "QEMU has none (D7, 1): tests/cpus/microblaze/test_streams.py",
    "extended_streams": "the same",
    "extended_addresses": "tests/cpus/microblaze/test_extended_addresses.py",
}


def run_here(programs: list[Program], endian: str) -> tuple[list[list[int]], int]:
    """The result words of each program, and the number of instructions run."""
    kernel = Kernel()
    config = MicroBlaze.Config(type=MicroBlaze.TYPE, clock="100MHz", endian=endian)
    core = MicroBlaze("mb0", config, kernel, GlobalQuantum(10**9))
    router = Router()
    router.attach(core.port.socket)
    memory = Memory("ram", 0x20_0000)
    router.map("ram", memory.socket, START, memory.size)
    text, data = image(programs, endian, assemble("bri 0"))
    core.port.write_debug(START, text)
    core.port.write_debug(RESULTS, data)
    core.state["pc"] = START
    kernel.run()
    assert kernel.ending is None, kernel.ending
    results = []
    for index in range(len(programs)):
        block = core.port.read_debug(RESULTS + index * 4 * RESULT_WORDS, 4 * RESULT_WORDS)
        results.append(
            [int.from_bytes(block[at : at + 4], endian) for at in range(0, len(block), 4)]
        )
    return results, core.instructions


def differences(ours: list[int], theirs: list[int]) -> dict[str, tuple[str, str]]:
    """What two result blocks differ in, by name."""
    found = {}
    for index, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        name = NAMES[index] if index < len(NAMES) else f"scratch[{index - len(NAMES)}]"
        mask = MSR_MASK if index == MSR_INDEX else 0xFFFF_FFFF  # QEMU's board has other PVR bits
        if (our ^ their) & mask:
            found[name] = (f"{our:08x}", f"{their:08x}")
    return found


def compare(programs: list[Program], theirs: list[list[int]], endian: str) -> int:
    ours, instructions = run_here(programs, endian)
    wrong = {
        index: found
        for index, pair in enumerate(zip(ours, theirs, strict=True))
        if (found := differences(*pair))
    }
    assert not wrong, "program: {what: (here, QEMU)}"
    return instructions


@pytest.mark.parametrize("endian", ["little", "big"])
def test_recorded_programs_leave_what_they_left_on_qemu(endian):
    entries = recorded(endian)
    programs = [program for program, _ in entries]
    assert compare(programs, [results for _, results in entries], endian) > INSTRUCTIONS


def test_the_recorded_programs_have_every_instruction_of_the_core():
    words = [word for endian in QEMU for program, _ in recorded(endian) for word in program.body]
    used = {EVERYTHING.decode(word).row.template for word in words}
    there = {row.template for row in ROWS if row.requires not in ("fpu", "fpu2", *ELSEWHERE)}
    assert there - used == {
        "mts",  # at the start of every program
        "sleep",  # would never end
    }


@pytest.mark.campaign
@pytest.mark.parametrize("endian", ["little", "big"])
@pytest.mark.parametrize("seed", range(20))
def test_new_programs_leave_what_they_leave_on_qemu(endian, seed):
    if not shutil.which(QEMU[endian]):
        pytest.skip(f"{QEMU[endian]} is not on PATH")
    rng = random.Random(seed)
    programs = [generate(index, rng) for index in range(160)]
    compare(programs, run_on_qemu(programs, endian), endian)

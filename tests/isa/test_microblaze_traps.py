"""Programs that trap leave the same registers and the same log of traps here as on QEMU.

Where QEMU departs from UG984 the programs do not go; tests/cpus/microblaze says what we do there:
rA and rB of fcmp.le and fcmp.ge are exchanged and a NaN is greater or equal; fint rounds to nearest
and saturates; denormalized numbers and NaN payloads (D7, 6); user mode without translation has all
privileges; a zone closed to users is a TLB miss; an unaligned address is looked at before the TLB;
BTR follows branches while MSR[EIP] is set; and what reading TLBHI does to the PID is seen late.
"""

from __future__ import annotations

import shutil

import pytest

from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.cpus.microblaze.core import MicroBlaze
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from tests.isa import microblaze_traps as traps
from tests.isa.microblaze_assembler import assemble
from tests.isa.microblaze_qemu import QEMU
from tests.isa.record_traps import COUNT, digest, programs_of, recorded, run_on_qemu

EACH = pytest.mark.parametrize(
    ("kind", "endian"), [(kind, endian) for kind in traps.MIXTURES for endian in QEMU]
)
INSTRUCTIONS = {
    "traps": 6_000,
    "floating": 4_000,
    "modes": 7_000,
    "translation": 12_000,
    "without": 3_000,
    "less": 3_000,
    "breaks": 3_000,
    "extended": 3_000,
    "streams": 3_000,
}
LOG_WORDS = traps.LOG // 4


def run_here(
    programs: list[traps.Program], endian: str, options: dict[str, object]
) -> tuple[list[list[int]], int]:
    """The block of each program, and the number of instructions run."""
    kernel = Kernel()
    config = MicroBlaze.Config.model_validate(
        {
            "type": MicroBlaze.TYPE,
            "clock": "100MHz",
            "endian": endian,
            "div_zero_exception": True,
            "pvr": 0,
            **options,
        }
    )
    core = MicroBlaze("mb0", config, kernel, GlobalQuantum(10**9))
    router = Router()
    router.attach(core.port.socket)
    for name, start, size in (("low", 0, 0x2000), ("ram", traps.START, 0x200_0000)):
        router.map(name, Memory(name, size).socket, start, size)
    for address, data in traps.image(programs, endian, assemble("bri 0")):
        core.port.write_debug(address, data)
    core.state["pc"] = traps.START
    kernel.run()
    assert kernel.ending is None, kernel.ending
    data = core.port.read_debug(traps.RESULTS, traps.BLOCK * len(programs))
    return traps.results_of(data, endian), core.instructions


def name_of(index: int) -> str:
    if index < LOG_WORDS:
        return f"r{index}" if index < 30 else "fsr"
    entry, word = divmod(index - LOG_WORDS, traps.ENTRY // 4)
    return f"trap {entry} {('esr', 'ear', 'msr', 'r17', 'btr')[word]}"


def compare(kind: str, programs: list[traps.Program], theirs: list[list[int]], endian: str) -> int:
    options = traps.OPTIONS[kind][1] if kind in traps.OPTIONS else {}
    ours, instructions = run_here(programs, endian, options)
    wrong = {
        number: {
            name_of(index): (f"{our:08x}", f"{their:08x}")
            for index, (our, their) in enumerate(zip(*blocks, strict=True))
            if our != their
        }
        for number, blocks in enumerate(zip(ours, theirs, strict=True))
        if blocks[0] != blocks[1]
    }
    assert not wrong, "program: {what: (here, QEMU)}"
    return instructions


@EACH
def test_recorded_programs_leave_what_they_left_on_qemu(kind: str, endian: str) -> None:
    programs = programs_of(kind, endian, 0, COUNT)
    known, theirs = recorded(kind, endian)
    assert digest(programs) == known, "record again: python -m tests.isa.record_traps"
    assert compare(kind, programs, theirs, endian) > INSTRUCTIONS[kind]


@pytest.mark.campaign
@EACH
@pytest.mark.parametrize("seed", range(1, 6))
def test_new_programs_leave_what_they_leave_on_qemu(kind: str, endian: str, seed: int) -> None:
    if not shutil.which(QEMU[endian]):
        pytest.skip(f"{QEMU[endian]} is not on PATH")
    programs = programs_of(kind, endian, seed, 60)
    compare(kind, programs, run_on_qemu(kind, programs, endian), endian)

"""Random programs leave the same under every engine, at the end of every quantum."""

from __future__ import annotations

import pytest

from cosim.cpus.microblaze.registers import MSR_UM, MSR_VM
from tests.cpus.engines import arm_programs, microblaze_programs
from tests.cpus.engines.board import ACKNOWLEDGE, Board
from tests.cpus.engines.duel import BUDGETS, compare

ENGINES = ("translator", "lockstep")
QUICK = {1: ENGINES[:1], 2: ENGINES[:1], 7: ENGINES[1:], 1000: ENGINES[1:], 1_000_000: ENGINES[:1]}
MAKERS = {
    "arm": arm_programs,
    "thumb": arm_programs,
    "little": microblaze_programs,
    "big": microblaze_programs,
}
KINDS = list(arm_programs.UNITS)
SEED = 1000

# What once was different: kind, variant, seed.
# fmt: off
FOUND = [
    ("patching", "little",  0),  # a shift in a delay slot whose target was read from another pin
    ("patching", "big",     1),  # a store over its own block, through a window that was still open
    ("plain",    "arm",     0),  # a label that both parts of a stencil know
    ("plain",    "big",    25),  # one mask for two
]
# fmt: on


def check(
    kind: str, variant: str, seed: int, quantum: int, engines: tuple[str, ...] = ENGINES
) -> None:
    def prepare(engine: str, length: int) -> Board:
        return MAKERS[variant].prepare(seed, kind, engine, length, variant)

    compare(prepare, quantum, engines)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("variant", MAKERS)
def test_random_programs(kind: str, variant: str) -> None:
    """With a quantum of 1, 2, 7, 1000 and 1,000,000 instructions."""
    for quantum, engines in QUICK.items():
        check(kind, variant, SEED, quantum, engines)


@pytest.mark.parametrize("variant", MAKERS)
def test_the_programs_do_what_they_are_for(variant: str) -> None:
    """Interrupts and faults are taken, and programs write over themselves."""
    boards = {kind: MAKERS[variant].prepare(2, kind, "reference", 1000, variant) for kind in KINDS}
    before = bytes(boards["patching"].ram.buffer[:0x2000])
    for board in boards.values():
        board.go(4000)
    assert any(at & 15 == ACKNOWLEDGE for _, at, _ in boards["devices"].device.log)
    assert boards["patching"].ram.buffer[:0x2000] != before
    for kind in ("memory", "paged"):
        assert MAKERS[variant].faults(boards[kind]) > 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("variant", MAKERS)
def test_the_programs_do_not_stand_still(kind: str, variant: str) -> None:
    board = MAKERS[variant].prepare(SEED, kind, "reference", 1000, variant)
    seen: set[int] = set()
    board.core.observers.append(lambda core, pc, word, context: seen.add(pc))
    board.go(4000)
    assert len(seen) > 100


def test_pages_are_used_in_user_mode_too() -> None:
    board = microblaze_programs.prepare(SEED, "paged", "reference", 1000, "little")
    modes = set()
    board.core.observers.append(
        lambda core, pc, word, context: modes.add(core.state["msr"] & (MSR_UM | MSR_VM))
    )
    board.go(4000)
    assert modes == {0, MSR_VM, MSR_UM | MSR_VM}


@pytest.mark.parametrize(("kind", "variant", "seed"), FOUND)
def test_programs_that_were_once_different(kind: str, variant: str, seed: int) -> None:
    check(kind, variant, seed, 1000)


@pytest.mark.campaign
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("variant", MAKERS)
@pytest.mark.parametrize("seed", range(100, 140))
def test_many_random_programs(kind: str, variant: str, seed: int) -> None:
    for quantum in BUDGETS:
        check(kind, variant, seed, quantum)

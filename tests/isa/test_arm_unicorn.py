"""ARM semantics against Unicorn: registers, flags, memory and faults after every instruction."""

from __future__ import annotations

import pytest

from cosim.cpus.arm.status import read_cpsr
from cosim.cpus.engines import choice
from tests.isa.arm_duel import DividingProbe, Duel, Outcome
from tests.isa.arm_system_duel import SystemDuel

ROUND = 10_000
GOES_ON = 0.6  # how often an instruction starts from what the one before left


def fight(seed: int, count: int, thumb: bool = False, duel: Duel | None = None) -> None:
    """`count` random instructions, alone and in short sequences."""
    duel = duel or Duel(seed, thumb)
    instructions = duel.words(count)
    duel.load(instructions)
    fresh = True
    for place, instruction in enumerate(instructions):
        if fresh:
            duel.shuffle(instruction, place)
        start, cpsr = duel.core.state.snapshot(), read_cpsr(duel.core)
        data = bytes(duel.data.buffer)
        ours = duel.here()
        if duel.ran_on(ours, place):
            duel.agree_again()
            fresh = True
            continue
        theirs = duel.there(place)
        if ours.faulted:
            assert_unchanged(start, ours)
        if duel.explained(instruction, start):
            duel.agree_again()
        elif ours.faulted:
            # After a fault Unicorn does not always take back the PC and the base.
            same = ours.memory == theirs.memory or duel.part_stored(ours, theirs)
            assert theirs.faulted and same, what(duel, place, start)
        elif ours != theirs:
            assert ours == duel.there_again(start, data, cpsr, place), what(duel, place, start)
        straight = ours.pc == duel.after(place) and not ours.faulted and ours == theirs
        fresh = not straight or duel.rng.random() > GOES_ON


def what(duel: Duel, place: int, start: dict[str, int]) -> str:
    """Which instruction, and from what state."""
    text = duel.core.listing(duel.addresses[place], duel.words_of[place], start["context"])
    return f"seed {duel.seed}, {text}, from {start}"


def assert_unchanged(start: dict[str, int], outcome: Outcome) -> None:
    """An instruction that faults leaves every register as it was."""
    assert outcome.registers == tuple(start[f"r{number}"] for number in range(15))
    assert outcome.pc == start["pc"]


@pytest.mark.parametrize("seed", range(5))
def test_random_instructions_do_what_unicorn_does(seed: int) -> None:
    fight(seed, ROUND)


@pytest.mark.parametrize("seed", range(10))
def test_random_thumb_instructions_and_it_blocks_do_what_unicorn_does(seed: int) -> None:
    fight(seed, ROUND, thumb=True)


class NativeDuel(Duel):
    """The same with native code: one instruction at a time too."""

    ENGINE = "translator"


@pytest.mark.skipif(bool(choice.why_no_translator()), reason="there is no native code here")
@pytest.mark.parametrize("thumb", [False, True])
def test_native_code_does_what_unicorn_does(thumb: bool) -> None:
    fight(1, ROUND // 20, thumb, NativeDuel(1, thumb))


@pytest.mark.parametrize("thumb", [False, True])
def test_division_does_what_unicorn_does(thumb: bool) -> None:
    duel = Duel(1, thumb, DividingProbe)
    duel.rows = [row for row in duel.rows if row.requires == "divide"]
    fight(1, ROUND // 4, thumb, duel)


def fight_over_banks(seed: int, count: int, thumb: bool = False) -> None:
    """`count` system instructions; those that trap here are UNPREDICTABLE: see tests/cpus/arm."""
    duel = SystemDuel(seed, thumb)
    instructions = duel.words(count)
    duel.load(instructions)
    compared = 0
    for place, instruction in enumerate(instructions):
        duel.shuffle(instruction, place)
        start = duel.core.state.snapshot()
        ours = duel.here()
        if ours.faulted:
            assert_unchanged(start, ours)
        if ours.faulted or duel.ran_on(ours, place):
            duel.agree_again()
            continue
        theirs = duel.there(place)
        banks = duel.banks_here(), duel.banks_there()
        if duel.explained_here(instruction, start):
            duel.agree_again()
            continue
        assert duel.comparable(ours) == duel.comparable(theirs), what(duel, place, start)
        assert banks[0] == banks[1], what(duel, place, start)
        compared += 1
    assert compared > count // 3


@pytest.mark.parametrize("thumb", [False, True], ids=["arm", "thumb"])
@pytest.mark.parametrize("seed", range(2))
def test_modes_banks_and_status_registers_are_unicorns(seed: int, thumb: bool) -> None:
    fight_over_banks(seed, 2_000, thumb)


@pytest.mark.campaign
@pytest.mark.parametrize("thumb", [False, True], ids=["arm", "thumb"])
@pytest.mark.parametrize("seed", range(100, 160))
def test_campaign(seed: int, thumb: bool) -> None:
    """5,040,000 instructions."""
    fight(seed, 4 * ROUND, thumb)
    fight_over_banks(seed, 2_000, thumb)

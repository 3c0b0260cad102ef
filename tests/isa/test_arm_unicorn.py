"""ARM semantics against Unicorn: registers, flags, memory and faults after every instruction."""

from __future__ import annotations

import pytest

from cosim.cpus.arm.status import read_cpsr
from tests.isa.arm_duel import CODE, DividingProbe, Duel, Outcome
from tests.isa.arm_system_duel import SystemDuel

ROUND = 5_000
GOES_ON = 0.6  # how often an instruction starts from what the one before left


def fight(seed: int, count: int, duel: Duel | None = None) -> None:
    """`count` random instructions, alone and in short sequences."""
    duel = duel or Duel(seed)
    instructions = duel.words(count)
    duel.load(instructions)
    fresh = True
    for place, instruction in enumerate(instructions):
        if fresh:
            duel.shuffle(instruction, place)
        start, cpsr = duel.core.state.snapshot(), read_cpsr(duel.core)
        data = bytes(duel.data.buffer)
        ours, theirs = duel.here(), duel.there(place)
        text = duel.core.disassemble(CODE + 4 * place, instruction.word, 0)
        what = f"seed {seed}, {instruction.word:08x} {text}, from {start}"
        if ours.faulted:
            assert_unchanged(start, ours)
        if duel.explained(instruction, start):
            duel.agree_again()
        elif ours.faulted:
            # After a fault Unicorn does not always take back the PC and the base.
            assert theirs.faulted and ours.memory == theirs.memory, what
        elif ours != theirs:
            assert ours == duel.there_again(start, data, cpsr, place), what
        straight = ours.pc == CODE + 4 * place + 4 and not ours.faulted and ours == theirs
        fresh = not straight or duel.rng.random() > GOES_ON


def assert_unchanged(start: dict[str, int], outcome: Outcome) -> None:
    """An instruction that faults leaves every register as it was."""
    assert outcome.registers == tuple(start[f"r{number}"] for number in range(15))
    assert outcome.pc == start["pc"]


@pytest.mark.parametrize("seed", range(4))
def test_random_instructions_do_what_unicorn_does(seed: int) -> None:
    fight(seed, ROUND)


def test_division_does_what_unicorn_does() -> None:
    duel = Duel(1, DividingProbe)
    duel.rows = [row for row in duel.rows if row.requires]
    fight(1, ROUND // 2, duel)


def fight_over_banks(seed: int, count: int) -> None:
    """`count` system instructions; those that trap here are UNPREDICTABLE: see tests/cpus/arm."""
    duel = SystemDuel(seed)
    instructions = duel.words(count)
    duel.load(instructions)
    compared = 0
    for place, instruction in enumerate(instructions):
        duel.shuffle(instruction, place)
        start = duel.core.state.snapshot()
        ours = duel.here()
        if ours.faulted:
            assert_unchanged(start, ours)
        if ours.faulted or duel.in_thumb_code(ours):
            duel.agree_again()
            continue
        theirs = duel.there(place)
        banks = duel.banks_here(), duel.banks_there()
        if duel.explained_in_user_mode(instruction, start):
            duel.agree_again()
            continue
        text = duel.core.disassemble(CODE + 4 * place, instruction.word, 0)
        assert duel.comparable(ours) == duel.comparable(theirs), f"seed {seed}, {text}, {start}"
        assert banks[0] == banks[1], f"seed {seed}, {text}, {start}"
        compared += 1
    assert compared > count // 3


@pytest.mark.parametrize("seed", range(2))
def test_modes_banks_and_status_registers_are_unicorns(seed: int) -> None:
    fight_over_banks(seed, 2_000)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(100, 140))
def test_campaign(seed: int) -> None:
    fight(seed, 8 * ROUND)
    fight_over_banks(seed, 8 * ROUND)

"""ARM semantics against Unicorn: registers, flags, memory and faults after every instruction."""

from __future__ import annotations

import pytest

from tests.isa.arm_duel import CODE, Duel, Outcome

ROUND = 5_000
GOES_ON = 0.6  # how often an instruction starts from what the one before left


def fight(seed: int, count: int) -> None:
    """`count` random instructions, alone and in short sequences."""
    duel = Duel(seed)
    instructions = duel.words(count)
    duel.load(instructions)
    fresh = True
    for place, instruction in enumerate(instructions):
        if fresh:
            duel.shuffle(instruction, place)
        start = duel.core.state.snapshot()
        ours, theirs = duel.here(), duel.there(place)
        if duel.explained(instruction, start):
            duel.agree_again()
            assert_unchanged(start, ours)
        else:
            text = duel.core.disassemble(CODE + 4 * place, instruction.word, 0)
            assert ours == theirs, f"seed {seed}, {instruction.word:08x} {text}, from {start}"
        straight = ours.pc == CODE + 4 * place + 4 and not ours.faulted and ours == theirs
        fresh = not straight or duel.rng.random() > GOES_ON


def assert_unchanged(start: dict[str, int], outcome: Outcome) -> None:
    """An instruction that faults leaves every register as it was."""
    if outcome.faulted:
        assert outcome.registers == tuple(start[f"r{number}"] for number in range(15))
        assert outcome.pc == start["pc"]


@pytest.mark.parametrize("seed", range(4))
def test_random_instructions_do_what_unicorn_does(seed: int) -> None:
    fight(seed, ROUND)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(100, 180))
def test_campaign(seed: int) -> None:
    fight(seed, 8 * ROUND)

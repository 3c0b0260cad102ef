"""VFP semantics against Unicorn: results and FPSCR bit for bit."""

from __future__ import annotations

import pytest

from tests.isa.arm_duel import CODE
from tests.isa.arm_vfp_duel import FusedDuel, VfpDuel

ROUND = 12_500
GOES_ON = 0.3


def fight(duel: VfpDuel, count: int) -> None:
    """`count` random instructions, alone and in short sequences."""
    instructions = duel.words(count)
    duel.load(instructions)
    fresh = True
    for place, instruction in enumerate(instructions):
        if fresh:
            duel.shuffle(instruction, place)
        start = duel.core.state.snapshot()
        ours, theirs = duel.here(), duel.there(place)
        if ours.rest.faulted:
            after = duel.core.state.snapshot()
            assert after == start, "an instruction that faults leaves everything as it was"
        fresh = duel.rng.random() > GOES_ON or instruction.mnemonic == "vmsr"
        if duel.explained(instruction, start):
            duel.agree_again()
            fresh = True
        elif ours.rest.faulted:
            assert theirs.rest.faulted and ours.rest.memory == theirs.rest.memory
            fresh = True
        elif ours != theirs:
            text = duel.core.disassemble(CODE + 4 * place, instruction.word, 0)
            changed = [
                f"s{number}: {one:08x}, Unicorn {two:08x}"
                for number, (one, two) in enumerate(zip(ours.floats, theirs.floats, strict=True))
                if one != two
            ]
            raise AssertionError(
                f"{instruction.word:08x} {text}: {changed} fpscr {ours.fpscr:08x}, "
                f"Unicorn {theirs.fpscr:08x}, rest the same: {ours.rest == theirs.rest}, {start}"
            )


@pytest.mark.parametrize("seed", range(4))
def test_random_instructions_do_what_unicorn_does(seed: int) -> None:
    fight(VfpDuel(seed), ROUND)


def test_fused_multiply_add_does_what_unicorn_does() -> None:
    fight(FusedDuel(0), 2_000)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(100, 140))
def test_campaign(seed: int) -> None:
    fight(VfpDuel(seed), 5 * ROUND)
    fight(FusedDuel(seed), ROUND)

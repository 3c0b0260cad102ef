"""What a run does to the process that it is in."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

import cosim

ARM_MB = Path(__file__).parents[2] / "platforms" / "arm_mb.yaml"


@pytest.fixture(autouse=True)
def threshold() -> Iterator[None]:
    saved = gc.get_threshold()
    yield
    gc.set_threshold(*saved)


def thresholds() -> list[int]:
    """That of the garbage collector within a run and behind it."""
    board = cosim.load(ARM_MB, engine="reference")
    seen: list[int] = []
    step = board.kernel.method(lambda: seen.append(gc.get_threshold()[0]), name="look")
    assert step is not None
    board.run("1us")
    return [*seen, gc.get_threshold()[0]]


def test_garbage_is_looked_for_less_often_while_it_lasts() -> None:
    gc.set_threshold(700)
    within, behind = thresholds()
    assert within > 10_000
    assert behind == 700


@pytest.mark.parametrize("chosen", [0, 1_000_000])
def test_whoever_looks_for_garbage_seldom_or_never_is_not_disturbed(chosen: int) -> None:
    gc.set_threshold(chosen)
    assert thresholds() == [chosen, chosen]

"""What a program leaves must not depend on how its run is cut into slices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from cosim.cpus.core import Core
from cosim.cpus.isa.state import State

SLICES = (1, 2, 3, 7)
"""Instruction times at once."""


class Sliced(Protocol):
    """A board with one core."""

    def photograph(self) -> None:
        """Keep what there is before the run."""

    def go(self, steps: int) -> Any:
        """Run for `steps` instruction times."""

    def outcome(self) -> object:
        """All that a run may change: registers, memory, counts, simulated time."""


B = TypeVar("B", bound=Sliced)


def settled(prepare: Callable[[], B], steps: int) -> B:
    """The board after `steps` instruction times, the same in one run and in slices."""
    whole = run(prepare, steps, steps)
    for length in SLICES:
        cut = run(prepare, steps, length)
        assert cut.outcome() == whole.outcome(), f"slices of {length}"
    return whole


def run(prepare: Callable[[], B], steps: int, length: int) -> B:
    board = prepare()
    board.photograph()
    for done in range(0, steps, length):
        board.go(min(length, steps - done))
    return board


def differences(core: Core, state: State) -> dict[str, tuple[str, str]]:
    """Slot by slot, what the core has and what it should have."""
    have, want = core.state.snapshot(), state.snapshot()
    return {name: (hex(have[name]), hex(want[name])) for name in want if have[name] != want[name]}

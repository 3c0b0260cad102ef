"""One program under two engines, compared at every end of a quantum."""

from __future__ import annotations

from collections.abc import Callable

from tests.cpus.engines.board import Board

Prepare = Callable[[str, int], Board]
"""A new board with the program, by engine and quantum in instructions."""

BUDGETS = {1: 150, 2: 200, 7: 500, 1000: 4000, 1_000_000: 6000}
"""Quantum, and how many instruction times are run."""


def outcomes(board: Board, quantum: int, times: int) -> list[dict[str, object]]:
    """All that can be seen at the ends of the quanta."""
    seen = []
    for _ in range(max(times // quantum, 1)):
        board.go(min(quantum, times))
        seen.append(board.outcome())
    return seen


def compare(prepare: Prepare, quantum: int, engines: tuple[str, ...], times: int = 0) -> Board:
    """Run the program by the reference interpreter and by each of `engines`."""
    times = times or BUDGETS[quantum]
    judge = prepare("reference", quantum)
    wanted = outcomes(judge, quantum, times)
    for engine in engines:
        found = outcomes(prepare(engine, quantum), quantum, times)
        for number, (one, other) in enumerate(zip(found, wanted, strict=True)):
            wrong = {
                name: (text(one[name]), text(other[name]))
                for name in other
                if one[name] != other[name]
            }
            assert not wrong, f"{engine} and reference after quantum {number} of {quantum}: {wrong}"
    return judge


def text(value: object) -> str:
    return (
        f"0x{value:x}"
        if isinstance(value, int) and not isinstance(value, bool)
        else repr(value)[-300:]
    )

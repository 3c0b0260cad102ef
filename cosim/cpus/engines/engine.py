"""An engine: what executes a core's instructions."""

from __future__ import annotations

from typing import Protocol


class Engine(Protocol):
    """What a core expects of its engine.

    Attributes:
        executed: instruction times used in the present run, finished instructions and exceptions.
        faulted: how many of these did not retire an instruction.
        pc: the present instruction; while one is fetched, the last one executed.
    """

    executed: int
    faulted: int
    pc: int

    @property
    def out_of_time(self) -> bool:
        """Whether the run ended before a device access that simulated time has not reached."""

    def run(self, budget: int) -> None:
        """Execute for `budget` instruction times, or less: see `stop_after_this`, `out_of_time`."""

    def stop_after_this(self) -> None:
        """End the run when the present instruction is complete."""

"""A translated block, and the ways out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from cosim.cpus.translation import Page

if TYPE_CHECKING:
    from cosim.cpus.engines.kind import Placed
    from cosim.cpus.engines.written import Written

CUT, ESCAPE, LINK, MISS, STOP = range(5)
"""Why translated code is left: the budget ends within the block; the interpreter has to execute an
instruction; the way leads to a place that may be translated but is not linked; it leads to one
that only the execution knew; the budget has ended, in code that counts each instruction."""


class Block:
    """A translated block.

    Attributes:
        key: pc | decode context << 32.
        page: what its guest code was read from.
        code: where it is in the code memory.
        count: its instructions.
        placed: they; empty if it is of an earlier run and nobody has looked at them.
        steps: where its copy is that counts each instruction; 0 if there is none.
        steps_written: that copy's code.
        incoming: jumps of other blocks that lead here: their places, and where they led before.
        valid: whether the guest code is still what was translated.
    """

    __slots__ = (
        "code", "count", "incoming", "key", "page", "placed", "places", "steps", "steps_written",
        "valid",
    )  # fmt: skip

    def __init__(
        self,
        key: int,
        placed: Sequence[Placed],
        page: Page,
        places: Sequence[Sequence[int]] = (),
    ) -> None:
        self.key = key
        self.placed = placed
        self.page = page
        self.places = places
        self.count = len(placed or places)
        self.code = self.steps = 0
        self.steps_written: Written | None = None
        self.incoming: list[tuple[int, int]] = []
        self.valid = True

    def where(self, number: int) -> tuple[int, int]:
        """The pc and the decode context of an instruction."""
        if self.places:
            pc, context = self.places[number]
            return pc, context
        one = self.placed[number]
        return one.pc, one.kind.context


class Leave(NamedTuple):
    """A way out of translated code: what the number it leaves with stands for.

    Attributes:
        at: the instruction's index in the block.
        refund: instruction times that were taken off the budget and not used.
        place: of the jump that leads out, to link it.
        stub: where that jump leads as long as it is not linked.
        target: pc | decode context << 32, for `LINK`.
        again: where code goes on when there is a budget again, for `STOP` and for a `CUT` before
            the block's first instruction, with nothing left; 0 for others.
    """

    kind: int
    block: Block
    at: int
    refund: int
    place: int = 0
    stub: int = 0
    target: int = 0
    again: int = 0

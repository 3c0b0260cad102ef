"""A translated block, and the ways out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from cosim.cpus.translation import Page

if TYPE_CHECKING:
    from cosim.cpus.engines.kind import Placed

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
        steps: where its copy is that counts each instruction; 0 if there is none.
        incoming: jumps of other blocks that lead here: their places, and where they led before.
        valid: whether the guest code is still what was translated.
    """

    __slots__ = ("code", "incoming", "key", "page", "placed", "steps", "valid")

    def __init__(self, key: int, placed: Sequence[Placed], page: Page, code: int) -> None:
        self.key = key
        self.placed = placed
        self.page = page
        self.code = code
        self.steps = 0
        self.incoming: list[tuple[int, int]] = []
        self.valid = True


class Leave(NamedTuple):
    """A way out of translated code: what the number it leaves with stands for.

    Attributes:
        at: the instruction's index in the block.
        refund: instruction times that were taken off the budget and not used.
        place: of the jump that leads out, to link it.
        stub: where that jump leads as long as it is not linked.
        target: pc | decode context << 32, for `LINK`.
    """

    kind: int
    block: Block
    at: int
    refund: int
    place: int = 0
    stub: int = 0
    target: int = 0

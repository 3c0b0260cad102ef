"""A stencil made ready to be copied: what is known before its place is has been filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from struct import pack_into

from cosim.cpus.engines.block import ESCAPE, MISS
from cosim.cpus.engines.runtime_block import place
from cosim.cpus.engines.stencils.static import Static
from cosim.cpus.engines.stencils.stencil import Part, Stencil
from cosim.cpus.engines.stencils.text import Hole

JUMP = 0xE9
CONDITIONAL = 0x0F

CONTINUE, ACROSS, TURN = -1, -2, -3
"""Of jumps of a stencil: to the next instruction, to a place in its other part, by one of its
exits."""

KINDS = {"CONT": CONTINUE, "ESCAPE": ESCAPE, "MISS": MISS}

Jump = tuple[int, int, int]
"""Where its displacement is, its kind, and the place in the other part or the exit's number."""

Late = tuple[int, Static]
"""Where 4 bytes are, and what their number is."""


class Outline:
    """The parts of a stencil, with the jumps that lead to the next instruction taken care of.

    That instruction is right behind the hot part: a jump there at its end is left out, a
    conditional one before its last jump is turned around.

    Attributes:
        turns: whether it has exits, any of which may lead to the next instruction: then nothing of
            that has been done.
        hot_jumps, cold_jumps: those that are left.
    """

    def __init__(self, stencil: Stencil) -> None:
        hot, cold = stencil
        self.hot = bytearray(hot.code)
        self.cold = None if cold is None else bytearray(cold.code)
        self.hot_patches = hot.patches
        self.cold_patches = () if cold is None else cold.patches
        cold_labels: Mapping[str, int] = {} if cold is None else cold.labels
        self.hot_jumps: Sequence[Jump] = _jumps(hot, self.hot, hot.labels, cold_labels)
        self.cold_jumps: Sequence[Jump] = ()
        if cold is not None and self.cold is not None:
            self.cold_jumps = _jumps(cold, self.cold, cold_labels, hot.labels)
        self.turns = any(kind == TURN for _, kind, _ in (*self.hot_jumps, *self.cold_jumps))
        if not self.turns:
            self.hot_jumps = without_going_on(self.hot, 0, self.hot_jumps)
            for at, kind, _ in self.hot_jumps:
                if kind == CONTINUE:
                    pack_into("<i", self.hot, at, len(self.hot) - (at + 4))
            self.hot_jumps = tuple([one for one in self.hot_jumps if one[1] != CONTINUE])


def _jumps(
    part: Part, code: bytearray, own: Mapping[str, int], other: Mapping[str, int]
) -> Sequence[Jump]:
    """The jumps of a part; those within it are led."""
    jumps: list[Jump] = []
    for at, symbol in part.links:
        if symbol in KINDS:
            jumps.append((at, KINDS[symbol], 0))
        elif symbol.startswith("EXIT"):
            jumps.append((at, TURN, int(symbol[4:])))
        elif symbol in other:
            jumps.append((at, ACROSS, other[symbol]))
        else:
            pack_into("<i", code, at, own[symbol] - (at + 4))
    return tuple(jumps)


def without_going_on(code: bytearray, start: int, jumps: Sequence[Jump]) -> Sequence[Jump]:
    """End the hot part of a stencil, which begins at `start`, where the next instruction begins.

    Returns:
        The jumps that are left.
    """
    end = len(code)
    if not jumps or jumps[-1][0] != end - start - 4 or code[-5] != JUMP:
        return jumps
    if jumps[-1][1] == CONTINUE:
        del code[end - 5 :]
        return jumps[:-1]
    before = jumps[-2] if len(jumps) > 1 else None
    if before and before[1] == CONTINUE and before[0] == end - start - 9:
        if code[-11] == CONDITIONAL:  # the opposite condition, so that going on is no jump
            code[-10] ^= 1
            del code[end - 5 :]
            return [*jumps[:-2], (before[0], *jumps[-1][1:])]
    return jumps


class Filled:
    """A stencil with the numbers of one kind of instruction, for one set of pages.

    Attributes:
        late: what of the hot part depends on where the instruction is.
        cold_late: the same of the cold one.
    """

    __slots__ = ("cold", "cold_jumps", "cold_late", "hot", "hot_jumps", "late", "turns")

    def __init__(
        self,
        outline: Outline,
        holes: Sequence[Hole],
        leaves: Sequence[int],
        context: int,
        regime: int,
    ) -> None:
        self.turns = outline.turns
        self.hot_jumps = outline.hot_jumps
        self.cold_jumps = outline.cold_jumps
        self.hot = outline.hot
        self.late: Sequence[Late] = ()
        if outline.hot_patches:
            self.hot = outline.hot.copy()
            self.late = _fill(self.hot, outline.hot_patches, holes, leaves, context, regime)
        self.cold = outline.cold
        self.cold_late: Sequence[Late] = ()
        if outline.cold is not None and outline.cold_patches:
            self.cold = outline.cold.copy()
            self.cold_late = _fill(self.cold, outline.cold_patches, holes, leaves, context, regime)


def _fill(
    code: bytearray,
    patches: Sequence[tuple[int, int]],
    holes: Sequence[Hole],
    leaves: Sequence[int],
    context: int,
    regime: int,
) -> Sequence[Late]:
    """Fill in what is known; returns the rest."""
    late: list[Late] = []
    for offset, hole in patches:
        kind, what = holes[hole]
        if kind == "slot":
            number = 4 * leaves[what]
        elif kind == "table":
            number = place(what, regime)
        elif what.verb == "leaf":
            number = leaves[what.arguments[0]]
        else:
            value = what.bound(leaves, context)
            if value.verb != "const":
                late.append((offset, value))
                continue
            number = value.arguments[0]
        pack_into("<I", code, offset, number)
    return late or ()

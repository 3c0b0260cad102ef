"""Rows of T32: 16-bit and 32-bit encodings, and where in an IT block they may be (A6.1, A7.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import partial
from typing import Any

from cosim.cpus.arm.registers import IT_SHIFT
from cosim.cpus.arm.thumb_operands import FLAGS_OUTSIDE_IT, OPERANDS
from cosim.cpus.isa.instruction import Instruction, Row, Semantics
from cosim.cpus.isa.operands import Operand, Unallocated

IT_MASK = 15
LAST_PLACE = 8
"""The mask of ITSTATE while the last instruction of a block is executed."""


class Place(Enum):
    """Where an instruction may be; elsewhere it is UNPREDICTABLE, and undefined here."""

    ANYWHERE = "anywhere"
    LAST = "outside an IT block, or the last one in it"
    OUTSIDE = "outside an IT block"

    def allows(self, it: int) -> bool:
        mask = it & IT_MASK
        return self is Place.ANYWHERE or not mask or (self is Place.LAST and mask == LAST_PLACE)


class ThumbRow(Row):
    """A row of T32.

    Args:
        place: where in an IT block it may be. What is not allowed everywhere may change the
            execution state.
        conditional: whether an IT block makes it conditional.
        changes_state: whether it writes `context` though it is no branch.
        restores_state: whether it writes ITSTATE, too.
    """

    def __init__(
        self,
        syntax: str,
        pattern: str,
        semantics: Semantics,
        section: str,
        *,
        operands: Sequence[Operand] = OPERANDS,
        requires: str = "",
        guard: str = "",
        unless: Mapping[str, int] | None = None,
        place: Place = Place.ANYWHERE,
        conditional: bool = True,
        changes_state: bool = False,
        restores_state: bool = False,
    ) -> None:
        super().__init__(
            syntax,
            pattern,
            semantics,
            section,
            operands=operands,
            requires=requires,
            guard=guard,
            unless=unless,
        )
        if self.pattern.width != 32:
            raise ValueError(f"{syntax}: {pattern} has {self.pattern.width} bits")
        self.place = place
        self.conditional = conditional
        self.changes_state = changes_state or place is not Place.ANYWHERE
        self.restores_state = restores_state

    def decode(self, word: int, context: int) -> Instruction:
        if not self.place.allows(context >> IT_SHIFT):
            raise Unallocated
        return super().decode(word, context)


def narrow(
    syntax: str,
    pattern: str,
    semantics: Semantics,
    section: str,
    *,
    operands: Sequence[Operand] = OPERANDS,
    **more: Any,
) -> ThumbRow:
    """A 16-bit encoding: a word whose upper half is zero."""
    bits = "0" * 16 + pattern.replace(" ", "")
    return ThumbRow(syntax, bits, semantics, section, operands=operands, **more)


flagging = partial(narrow, operands=FLAGS_OUTSIDE_IT)
"""A 16-bit encoding that sets flags outside IT blocks."""

wide = ThumbRow
"""A 32-bit encoding, first halfword on top."""

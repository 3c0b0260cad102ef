"""A stencil: machine code of one form, with gaps for what is not known yet."""

from __future__ import annotations

from typing import NamedTuple


class Link(NamedTuple):
    """4 bytes of code that lead to `symbol`, counted from their end."""

    offset: int
    symbol: str


class Patch(NamedTuple):
    """4 bytes of a stencil that are filled in: with the value of hole `hole`."""

    offset: int
    hole: int


class Part(NamedTuple):
    """Machine code with gaps.

    Attributes:
        links: jumps to symbols, or, with one of `HOT` and `COLD`, to `labels` of the other part.
        labels: places that the other part leads to.
    """

    code: bytes
    patches: tuple[Patch, ...]
    links: tuple[Link, ...]
    labels: dict[str, int]


class Stencil(NamedTuple):
    """Machine code of one form.

    Attributes:
        hot: what is executed nearly always, from its first instruction; ends with a jump.
        cold: the rest.
    """

    hot: Part
    cold: Part | None

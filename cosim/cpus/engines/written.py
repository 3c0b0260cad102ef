"""A block's code before it has a place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

NOWHERE = -1


class Out(NamedTuple):
    """A way out, as `Leave`, with places in the block's code.

    Attributes:
        say: where the number is that the stub leaves with; a jump to `leave` is behind it.
        again: where code goes on when there is a budget again, or `NOWHERE`.
    """

    kind: int
    at: int
    refund: int
    place: int
    stub: int
    say: int
    target: int
    again: int


class Written(NamedTuple):
    """The code, the ways out of it, and where its parts begin: see `Work`."""

    code: bytes | bytearray
    outs: Sequence[Out | Sequence[int]]
    parts: Sequence[tuple[int, int]]

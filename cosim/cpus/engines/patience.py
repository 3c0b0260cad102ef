"""How long code is interpreted before it is made native code.

A stencil that LLVM has to make takes as long as a thousand instructions take the interpreter. Much
of a program is executed once or twice, and its forms are nobody else's. And a place that is written
over again and again may hold its next code no longer than the last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Sequence

from cosim.cpus.engines.kind import Placed
from cosim.cpus.engines.stencils.library import Library, TemplateKey

EXECUTIONS = 32
"""That need a stencil before it is made; 0: it is made at once."""

SOON = 4
"""Of them, after which a helper may make it."""

OFTEN, AGAIN = 8, 16
"""A place that has been translated so often is so often interpreted before the next time."""

GREATEST = 1 << 16
"""Blocks that are waited for at the same time."""

Stretch = Sequence[Sequence[int]]
"""What the interpreter executes of a block, in pieces that end with a branch: of each its number of
instructions and the pc behind it, where the next one begins."""


def stretch_of(placed: Sequence[Placed]) -> Stretch:
    """The whole of a block."""
    pieces = []
    begin = 0
    for end, one in enumerate(placed, 1):
        if one.kind.ends or end == len(placed):
            pieces.append((end - begin, one.pc + one.size))
            begin = end
    return pieces


class Patience:
    """What code waits for, and how often it has been executed meanwhile.

    Attributes:
        executions: see `EXECUTIONS`.
    """

    def __init__(self, library: Library) -> None:
        self.executions = EXECUTIONS
        self._library = library
        self._missing: dict[int, Collection[TemplateKey]] = {}
        self._asked: Counter[Hashable] = Counter()
        self._stretches: dict[int, Stretch] = {}
        self._made: Counter[int] = Counter()
        self._since: Counter[int] = Counter()

    def waiting(self, key: int) -> Stretch | None:
        """What to interpret of the block at `key`, if it waits and does so once more.

        Whatever is there now may be executed so: it is read as it is interpreted.
        """
        stretch = self._stretches.get(key)
        return stretch if stretch and self.lasts(key) else None

    def wait(self, key: int, stretch: Stretch) -> None:
        """It waits."""
        if len(self._stretches) == GREATEST:
            self.clear()
        self._stretches[key] = stretch

    def made(self, key: int) -> None:
        """The block at `key` has become native code."""
        self._stretches.pop(key, None)
        if len(self._made) == GREATEST:
            self._made.clear()
            self._since.clear()
        self._made[key] += 1
        self._since[key] = 0

    def written_over(self, key: int) -> bool:
        """Whether to interpret what is at `key` now, since so much has been there before."""
        if self._made[key] < OFTEN:
            return False
        self._since[key] += 1
        return self._since[key] <= AGAIN

    def missing(self, placed: Sequence[Placed]) -> set[TemplateKey]:
        """Of what has no stencil yet and may get one."""
        templates = self._library.templates
        kinds = [kind for one in placed for kind in (one.kind, one.joint) if kind is not None]
        keys = {kind.key for kind in kinds if kind.template is None}
        return {key for key in keys if key not in templates}

    def begins(self, key: int, missing: Collection[TemplateKey]) -> bool:
        """Whether the block at `key`, which misses these, is interpreted."""
        if len(self._missing) == GREATEST:
            self.clear()
        self._missing[key] = missing
        return self.lasts(key)

    def lasts(self, key: int) -> bool:
        """Whether the block at `key` is interpreted once more.

        What an earlier run has found waiting is counted itself: nobody knows what it misses.
        """
        missing: Collection[Hashable] = (key,)
        waits_for = self._missing.get(key)
        if waits_for is not None:
            templates, asked = self._library.templates, self._asked
            missing = wanted = [one for one in waits_for if one not in templates]
            soon = [one for one in wanted if asked[one] == SOON]
            if soon:
                self._library.make_soon(soon)
        self._asked.update(missing)
        return any(self._asked[one] <= self.executions for one in missing)

    def end(self, missing: Collection[TemplateKey]) -> None:
        """Make what is missing, and what is likely to be missed soon."""
        wanted = self._library.wanted
        often = [key for key in wanted if self._asked[key] > self.executions // 2]
        self._library.make({*missing, *often})

    def clear(self) -> None:
        """Nothing waits."""
        self._missing.clear()
        self._asked.clear()
        self._stretches.clear()
        self._made.clear()
        self._since.clear()

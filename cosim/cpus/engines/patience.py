"""What is interpreted for a while, since native code of it would not pay, and for how long.

To translate a block takes as long as to interpret it a dozen times, and to make a stencil as long
as a thousand instructions: what has been executed a few times has not been worth either. And a
place that is written over again and again may hold its next code no longer than the last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from cosim.cpus.engines.kind import Placed
from cosim.cpus.engines.stencils import workshop
from cosim.cpus.engines.stencils.library import Library, TemplateKey

FIRST = 3
"""Executions of a block before anybody looks at what it needs."""

EXECUTIONS = 32
"""That need a stencil before it is made; 0: nothing waits but for `AGAIN`."""

SOON = 4
"""Of them, after which a helper may make it."""

LOADING = 8
"""So much more patient is a process that has not loaded LLVM: that takes as long as many forms."""

OFTEN, AGAIN = 8, 16
"""A place that has been translated so often is so often interpreted before the next time."""

GREATEST = 1 << 16
"""Blocks that are waited for at the same time."""


class Patience:
    """What code waits for, and how often it has been executed meanwhile.

    A block is looked at, and waits, by its key: whatever is there now is executed meanwhile.

    Attributes:
        executions: see `EXECUTIONS`.
    """

    def __init__(self, library: Library) -> None:
        self.executions = EXECUTIONS
        self._library = library
        self._left: dict[int, int] = {}
        self._missing: dict[int, Collection[TemplateKey]] = {}
        self._asked: Counter[TemplateKey] = Counter()
        self._made: Counter[int] = Counter()

    def knows(self, key: int) -> bool:
        """Whether the block at `key` has waited since it was last native code."""
        return key in self._left

    def changes(self, key: int) -> bool:
        """Whether what is at `key` has been written over again and again."""
        return self._made[key] >= OFTEN

    def waits(self, key: int) -> bool:
        """Whether to interpret the block at `key` once more."""
        left = self._left.get(key, 0)
        if left:
            self._left[key] = left - 1
            return True
        return key in self._missing and self._lasts(self._missing[key])

    def begins(self, key: int, seldom: bool) -> bool:
        """Let a block wait that is new; returns whether it does.

        Args:
            seldom: whether an earlier run has left it waiting for stencils.
        """
        first = self._limit if seldom else min(FIRST, self.executions)
        if self.changes(key):
            first = max(first, AGAIN)
        if len(self._left) == GREATEST:
            self.clear()
        self._left[key] = first
        if seldom:
            self._missing[key] = ()
        return self.waits(key)

    def begins_without(self, key: int, missing: Collection[TemplateKey]) -> bool:
        """The same of one that misses these stencils, which it waits for once."""
        if not missing or key in self._missing:
            return False
        self._missing[key] = missing
        return self._lasts(missing)

    def made(self, key: int) -> None:
        """The block at `key` has become native code."""
        self._left.pop(key, None)
        self._missing.pop(key, None)
        if len(self._made) == GREATEST:
            self._made.clear()
        self._made[key] += 1

    def missing(self, placed: Sequence[Placed]) -> set[TemplateKey]:
        """Of what has no stencil yet and may get one."""
        templates = self._library.templates
        kinds = [kind for one in placed for kind in (one.kind, one.joint) if kind is not None]
        keys = {kind.key for kind in kinds if kind.template is None}
        return {key for key in keys if key not in templates}

    def _lasts(self, missing: Collection[TemplateKey]) -> bool:
        """Whether what misses these is executed once more without."""
        templates, asked = self._library.templates, self._asked
        missing = [one for one in missing if one not in templates]
        soon = [one for one in missing if asked[one] == SOON]
        if soon:
            self._library.make_soon(soon)
        asked.update(missing)
        limit = self._limit
        return any(asked[one] <= limit for one in missing)

    @property
    def _limit(self) -> int:
        """The executions that need a stencil before it is made, here and now."""
        return self.executions * (1 if workshop.loaded() else LOADING)

    def end(self, missing: Collection[TemplateKey]) -> None:
        """Make what is missing, and what is likely to be missed soon."""
        wanted = self._library.wanted
        often = [key for key in wanted if self._asked[key] > self.executions // 4]
        self._library.make({*missing, *often})

    def clear(self) -> None:
        """Nothing waits."""
        self._left.clear()
        self._missing.clear()
        self._asked.clear()
        self._made.clear()

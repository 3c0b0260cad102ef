"""Who compiles what: this process what it waits for, a helper what may be needed soon."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from cosim.cpus.engines.stencils import prepared
from cosim.cpus.engines.stencils.draft import Draft
from cosim.cpus.engines.stencils.helper import LONGEST, Helper

AT_ONCE, ALONE = 3, 24
"""Forms that are compiled at once, here or by the helper, and here where there is none: the more,
the less each costs, and the longer one waits for the other."""

FEW = 8
"""Forms for which no helper is started: it takes as long as to compile a hundred."""


class Workshop:
    """Assembly text of forms."""

    def __init__(self) -> None:
        self.helper = Helper()
        self._texts: dict[Draft, str | None] = {}
        self._soon: dict[Draft, None] = {}
        self._asked: deque[list[Draft]] = deque()  # what the helper has been asked for
        self._away: set[Draft] = set()  # all of that
        self._compiled = 0  # forms that this process has waited for

    def make_soon(self, drafts: Iterable[Draft]) -> None:
        """Have these made too when there is time."""
        self._collect()
        for one in drafts:
            if one not in self._away and not self._knows(one) and _may_be_sent(one):
                self._soon[one] = None
        self._keep_busy()

    def make(
        self, drafts: Iterable[Draft], tell: Callable[[int, int], None]
    ) -> Mapping[Draft, str | None]:
        """Make all of these.

        Args:
            tell: called with how many have been made, and how many were to be; before and after.

        Returns:
            Their texts and maybe others; None where there can be none.
        """
        drafts = dict.fromkeys(drafts)
        self._collect()
        missing = [one for one in drafts if not self._knows(one)]
        count = len(missing)
        if count:
            self._compiled += count
            if self._compiled > FEW:
                self.helper.start()
            tell(0, count)
            while missing:
                self._make_some(missing)
                missing = self._missing(missing)
                tell(count - len(missing), count)
            self._keep_busy()
        return self._texts

    def _knows(self, draft: Draft) -> bool:
        """Whether it is made, or has come with the package."""
        if draft in self._texts:
            return True
        found = prepared.shared().find(draft)
        if found is not None:
            (self._texts[draft],) = found
        return found is not None

    def _missing(self, drafts: Iterable[Draft]) -> list[Draft]:
        return [one for one in drafts if one not in self._texts]

    def _make_some(self, missing: list[Draft]) -> None:
        """Make some of these, or wait for some of what the helper was asked for."""
        from cosim.cpus.engines.stencils import compiler  # as late as LLVM is needed

        left = [one for one in missing if one not in self._away]
        if not left:
            self._collect(wait=True)
            return
        while self.helper.free and len(left) > 1 and _may_be_sent(left[-1]):
            half = [one for one in left[-min(len(left) // 2, AT_ONCE) :] if _may_be_sent(one)]
            self._ask(half)
            left = [one for one in left if one not in self._away]
        some = left[: AT_ONCE if self.helper.there else ALONE]
        for one in some:
            self._soon.pop(one, None)
        self._keep_busy()
        self._texts.update(zip(some, compiler.compile_forms(some), strict=True))
        self._collect()

    def _keep_busy(self) -> None:
        """Ask the helper for what may be needed soon."""
        while self.helper.free and self._soon:
            self._ask([one for one, _ in zip(self._soon, range(AT_ONCE), strict=False)])

    def _ask(self, drafts: list[Draft]) -> None:
        for one in drafts:
            self._soon.pop(one, None)
        self._asked.append(drafts)
        self._away.update(drafts)
        self.helper.ask(drafts)

    def _collect(self, wait: bool = False) -> None:
        """Take what the helper has made. What it never will is to be made here."""
        while self.helper.asked:
            answer = self.helper.answer(wait)
            if answer is None:
                break
            wait = False
            done = self._asked.popleft()
            self._away.difference_update(done)
            self._texts.update(zip(done, answer, strict=True))
        if wait:
            self._asked.clear()
            self._away.clear()


def _may_be_sent(draft: Draft) -> bool:
    return len(draft.body) + len(draft.far) < LONGEST


def loaded() -> bool:
    """Whether this process has compiled anything, for which LLVM is loaded."""
    return "cosim.cpus.engines.stencils.compiler" in sys.modules


@cache
def shared() -> Workshop:
    """That of this process."""
    return Workshop()

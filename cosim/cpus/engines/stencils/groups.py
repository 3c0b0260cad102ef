"""What distinguishes the forms of one row, as far as it is known."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple


class Group(NamedTuple):
    """What distinguishes forms of one row and control, as far as it is known.

    Attributes:
        concrete: operands whose number is part of the form.
        settings: names in the core's configuration that the semantics looks up.
        used: whether there are forms that were made when this was known.
        before: what was known when earlier forms were made. They stay good, and come first, so
            that every process finds the same form.
    """

    concrete: frozenset[int] = frozenset()
    settings: tuple[str, ...] = ()
    used: bool = False
    before: tuple[Group, ...] = ()

    def grown(self, concrete: Iterable[int], settings: Iterable[str]) -> Group:
        """With that added."""
        return Group(
            self.concrete.union(concrete),
            tuple(sorted({*self.settings, *settings})),
            before=(*self.before, self._replace(before=())) if self.used else self.before,
        )


NOTHING_KNOWN = Group()


class Groups(dict[Hashable, Group]):
    """Groups by row and control."""

    def __missing__(self, key: Hashable) -> Group:
        return NOTHING_KNOWN


class Settings:
    """A core's configuration, which notes what is looked up."""

    def __init__(self, config: Any) -> None:
        self._config = config
        self.looked_up: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.looked_up.add(name)
        return getattr(self._config, name)

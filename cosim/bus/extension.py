"""Payload extensions: what a transaction carries beyond the generic payload (IEEE 1666, 14.21)."""

from __future__ import annotations

import copy
from typing import TypeVar

Self = TypeVar("Self", bound="Extension")


class Extension:
    """Base of all extensions; a transaction holds at most one of each class."""

    def clone(self: Self) -> Self:
        """An equal extension of its own."""
        return copy.copy(self)

    def copy_from(self, other: Extension) -> None:
        """Take over the values of `other`, which is of the same class."""
        vars(self).update(vars(other))

    def free(self) -> None:
        """The payload has no more use for this; an extension that owns something overrides it."""

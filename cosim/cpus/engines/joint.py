"""Which instructions of a block are made one: a branch with what it depends on.

A delay slot and its branch, a comparison and its branch: LLVM sees them at once, so that what one
leaves for the other need not be built up and taken apart. The joint leaves all that each leaves.
"""

from __future__ import annotations

from collections.abc import Sequence

from cosim.cpus.engines.kind import Kind, Placed
from cosim.cpus.engines.stencils.library import Library


class Joints:
    """Joins the instructions of blocks."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._known: dict[tuple[int, ...], Kind] = {}
        self._feeds: dict[tuple[int, int], bool] = {}

    def join(self, block: list[Placed]) -> None:
        """Let the instructions of `block` that are to be one know."""
        for number, one in enumerate(block):
            kind = one.kind
            if kind.facts:
                last = number + 1
            elif kind.ends and not one.facts:
                last = number
            else:
                continue
            if last == len(block):
                continue
            first = number
            if number and not block[number - 1].facts:
                before = block[number - 1].kind
                if not before.ends and self._leads_to(before, kind):
                    first -= 1
            if first < last and not block[first].facts:
                parts = [placed.kind for placed in block[first : last + 1]]
                block[first] = block[first]._replace(joint=self._joint(parts))

    def _leads_to(self, before: Kind, kind: Kind) -> bool:
        """Whether it makes what the other one depends on, and could as well do so there."""
        key = id(before), id(kind)
        found = self._feeds.get(key)
        if found is None:
            registers = self.library.registers
            found = self._feeds[key] = (
                self.library.forms[before.key[0]].pure
                and before.simply >= 0
                and not registers(before.key, before.leaves, "writes").isdisjoint(
                    registers(kind.key, kind.leaves, "reads")
                )
            )
        return found

    def _joint(self, kinds: Sequence[Kind]) -> Kind:
        key = tuple([id(kind) for kind in kinds])
        found = self._known.get(key)
        if found is None:
            parts = [part for kind in kinds for part in kind.parts]
            form_key, leaves = self.library.want(parts, {})
            size = sum(kind.size for kind in kinds)
            found = self._known[key] = Kind(
                self.library.forms[form_key[0]],
                form_key,
                leaves,
                kinds[0].context,
                size,
                parts,
                size - kinds[-1].size,
            )
        return found

    def clear(self) -> None:
        """Forget which instructions have been joined."""
        self._known.clear()
        self._feeds.clear()

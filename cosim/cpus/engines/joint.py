"""Which instructions of a block are made one: those that hand flags or a target to each other.

A delay slot and its branch, a comparison and what is done under its condition: LLVM sees them at
once, so that what one leaves for the other need not be built up and taken apart. So are flags and
what makes them again behind loads: those before are never stored. The joint leaves all that each
leaves, and nothing of it has happened when it escapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cosim.cpus.engines.kind import Kind, Placed
from cosim.cpus.engines.stencils.library import Library

LONGEST = 5
"""Instructions that are made one. Each such row of instructions is a form of its own."""


class _Use(NamedTuple):
    """What a joint has to know of an instruction.

    Attributes:
        reads, writes: registers.
        pure: whether it does nothing but write registers, and never escapes.
        loads: whether it reads memory besides.
    """

    reads: frozenset[int]
    writes: frozenset[int]
    pure: bool
    loads: bool


class Joints:
    """Joins the instructions of blocks."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._bits = frozenset(library.builder.isa.BITS)
        self._known: dict[tuple[int, ...], Kind] = {}
        self._uses: dict[int, _Use] = {}
        self._equal: dict[_Use, _Use] = {}

    def join(self, block: list[Placed]) -> None:
        """Let the instructions of `block` that are to be one know."""
        number = 0
        while number < len(block):
            count = self._count(block[number : number + LONGEST])
            if count > 1:
                parts = [one.kind for one in block[number : number + count]]
                block[number] = block[number]._replace(joint=self._joint(parts))
            number += count

    def _count(self, some: Sequence[Placed]) -> int:
        """How many of these are to be one with the first."""
        if some[0].facts:
            return 1
        count, left = 1, frozenset[int]()
        over = False  # a load stands between flags and what writes them again
        for number, one in enumerate(some):
            use = self._use(one.kind)
            if over:
                if left & self._bits <= use.writes - use.reads:
                    over = not use.pure
                elif not self._bits.isdisjoint(use.reads | use.writes):
                    return count
            if number and not over and self._together(left, use, one.kind):
                count = number + 1
            if one.kind.facts:  # its delay slot
                return (
                    number + 2 if (not number or count > number) and some[number + 1 :] else count
                )
            if one.kind.simply < 0:
                return count
            if not use.pure:
                if not (number and use.loads and left & self._bits):
                    return count
                over = True
            left |= use.writes
            if not number and not left & self._bits and not _branches(some[1:2]):
                return count
        return count

    def _together(self, left: frozenset[int], use: _Use, kind: Kind) -> bool:
        """Whether it has to do with what the ones before leave."""
        if left & self._bits & (use.reads ^ use.writes):  # not if it adds to them
            # Other accesses and computed jumps want the host's registers for themselves.
            return use.pure and not kind.computed
        return (kind.ends or bool(kind.facts)) and not left.isdisjoint(use.reads)

    def _use(self, kind: Kind) -> _Use:
        use = self._uses.get(id(kind))
        if use is None:
            library = self.library
            use = _Use(
                library.registers(kind.key, kind.leaves, "reads"),
                library.registers(kind.key, kind.leaves, "writes"),
                library.forms[kind.key[0]].pure,
                library.forms[kind.key[0]].loads,
            )
            use = self._uses[id(kind)] = self._equal.setdefault(use, use)
        return use

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
        self._uses.clear()
        self._equal.clear()


def _branches(some: Sequence[Placed]) -> bool:
    return bool(some) and (some[0].kind.ends or bool(some[0].kind.facts))

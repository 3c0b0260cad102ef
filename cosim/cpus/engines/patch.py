"""Writing a block's code: stencils copied one behind the other, and their holes filled in."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from struct import pack_into
from typing import NamedTuple

from cosim.bus.write_watch import PAGE_BITS
from cosim.cpus.engines.block import CUT, ESCAPE, LINK, STOP, Block, Leave
from cosim.cpus.engines.code_memory import CodeMemory
from cosim.cpus.engines.filled import (
    ACROSS,
    CONTINUE,
    TURN,
    Filled,
    Jump,
    Outline,
    without_going_on,
)
from cosim.cpus.engines.kind import Kind, Placed
from cosim.cpus.engines.stencils.library import Library, Template
from cosim.cpus.engines.stencils.static import NO_FACTS
from cosim.cpus.engines.written import NOWHERE, Out, Written
from cosim.cpus.isa.instruction_set import InstructionSet

MASK = 0xFFFF_FFFF
JUMP = b"\xe9\0\0\0\0"
GIVE_BACK = b"\x49\x81\xc4"
"""To the budget, which is in r12: the number in the 4 bytes that follow."""
LEAVE = b"\xb8\0\0\0\0" + JUMP
"""In eax, by which exit code is left: the number in the 4 bytes behind the first."""

Leaving = tuple[int, int, int, int]
"""A jump out of a block that is being written: where its displacement is in the block's code, the
kind of `Leave`, the number of the instruction, and, for `LINK`, the key that it leads to."""

CodeWatcher = Callable[[Block, int, bytes | bytearray, Sequence[tuple[int, int]]], None]
"""Called with a block, its place in the code memory, its code and its parts: see `Work`."""

BUDGET, OUT = -1, -2
"""Parts of a block's code that are no instruction's: what counts, and the ways out."""


class Copy(NamedTuple):
    """A copy of a stencil whose cold part is still to come.

    Attributes:
        number: of the instruction in the block.
        following: the key (pc | decode context << 32) of the instruction behind it; -1: none.
        start, end: of its hot part in the block's code.
        across: the jumps from there: where their displacements are, and the places they lead to.
    """

    filled: Filled
    one: Placed
    number: int
    following: int
    start: int
    end: int
    across: Sequence[tuple[int, int]]


class Work:
    """A block that is being written.

    Attributes:
        regime: the number of the set of pages that it runs under.
        code: what there is of it.
        leaving: the jumps that lead out.
        cold: copies whose cold parts come behind all hot ones.
        counts: where each instruction is counted, by its number, in code that counts each.
        parts: where each part begins, and of which instruction of the block it is, or what else.
    """

    def __init__(self, regime: int) -> None:
        self.regime = regime
        self.code = bytearray()
        self.leaving: list[Leaving] = []
        self.cold: list[Copy] = []
        self.counts: dict[int, int] = {}
        self.parts: list[tuple[int, int]] = []


class Patcher:
    """Writes blocks into the code memory.

    Args:
        leave_at: the place of the code by which every stub leaves.

    Attributes:
        used: bytes of the code memory.
        leaves: the ways out of all blocks, by the number that their stubs leave with.
        agains: the host's address of `again` of each of them, or 0.
        watchers: who is told of all code that is written.
    """

    def __init__(
        self, isa: InstructionSet, library: Library, arena: CodeMemory, start: int, leave_at: int
    ) -> None:
        self.isa = isa
        self.library = library
        self.arena = arena
        self.start = self.used = start
        self.leave_at = leave_at
        self.leaves: list[Leave] = []
        self.agains = array("Q")
        self._outlines: dict[int, tuple[Template, Outline]] = {}
        self._entry = _own(library.entry)
        self.watchers: Sequence[CodeWatcher] = ()

    def clear(self) -> None:
        """Forget all blocks."""
        self.used = self.start
        self.leaves.clear()
        del self.agains[:]

    def write(self, block: Block, regime: int, paged: bool) -> Written:
        """The code of `block`.

        Args:
            regime: the number of the set of pages that it runs under.
            paged: whether an MMU may let other pages come to mean other memory.
        """
        work = Work(regime)
        self._count(work, len(block.placed), CUT, 0)
        self._instructions(work, block, steps=False)
        return self._finished(work, block, paged, steps=False)

    def write_steps(self, block: Block, regime: int, paged: bool) -> Written:
        """A copy of it that counts each instruction."""
        work = Work(regime)
        self._instructions(work, block, steps=True)
        return self._finished(work, block, paged, steps=True)

    def put(self, block: Block, written: Written) -> int:
        """Let the code of `block` be in the code memory; returns where.

        Raises:
            OutOfCodeMemory
        """
        base = self.used + 15 & ~15
        code, number = bytearray(written.code), len(self.leaves)
        leaves = []
        agains = array("Q")
        for kind, at, refund, place, stub, say, target, go_on in written.outs:
            pack_into("<I", code, say, number)
            pack_into("<i", code, say + 5, self.leave_at - (base + say + 9))
            again = 0 if go_on == NOWHERE else base + go_on
            leaves.append(Leave(kind, block, at, refund, base + place, base + stub, target, again))
            agains.append(self.arena.address + again if again else 0)
            number += 1
        self.arena.write(base, code)
        self.leaves += leaves
        self.agains += agains
        self.used = base + len(code)
        for watcher in self.watchers:
            watcher(block, base, code, written.parts)
        return base

    def number_at(self, block: Block, regime: int, steps: bool, at: int) -> int:
        """Which instruction of `block` the code at offset `at` is of."""
        work = Work(regime)
        if not steps:
            self._count(work, len(block.placed), CUT, 0)
        self._instructions(work, block, steps)
        return max(max(part for part in work.parts if part[0] <= at)[1], 0)

    def _instructions(self, work: Work, block: Block, steps: bool) -> None:
        placed = block.placed
        last = len(placed) - 1
        number = 0
        while number <= last:
            one = placed[number]
            if steps:
                work.counts[number] = len(work.code)
                self._count(work, 1, STOP, number)
            elif one.joint is not None and _fits(one.joint, last - number):
                one = one._replace(kind=one.joint)
            after = number + one.kind.count
            work.parts += [(len(work.code), part) for part in range(number, after)]
            following = -1
            if after <= last:
                behind = placed[after]
                following = behind.pc | behind.kind.context << 32
            self._copy(work, one, number, following)
            number = after
        kind, pc, facts, _ = one
        work.parts.append((len(work.code), OUT))
        if kind.following is not None:
            target = pc + kind.size & MASK | kind.following.at(pc, facts) << 32
            work.code += JUMP
            work.leaving.append((len(work.code) - 4, LINK, last, target))
        for copy in work.cold:
            self._copy_cold(work, copy)

    def _count(self, work: Work, count: int, kind: int, number: int) -> None:
        """Take `count` instruction times off the budget, or leave."""
        work.parts.append((len(work.code), BUDGET))
        before = len(work.leaving)
        self._copy(work, Placed(self._entry, -count & MASK, NO_FACTS), number, -1)
        work.leaving[before:] = [(at, kind, number, 0) for at, _, _, _ in work.leaving[before:]]

    def _copy(self, work: Work, one: Placed, number: int, following: int) -> None:
        """Append the hot part of a stencil for one instruction; the cold one comes later."""
        kind, pc, facts, _ = one
        filled = kind.filled
        if filled is None or kind.filled_for != work.regime:
            filled = self._fill(kind, work.regime)
        code = work.code
        start = len(code)
        code += filled.hot
        for offset, value in filled.late:
            pack_into("<I", code, start + offset, value.at(pc, facts))
        jumps = filled.hot_jumps
        across: list[tuple[int, int]] = []
        if jumps:
            if filled.turns:
                turned = [self._turned(jump, one, following) for jump in jumps]
                jumps = without_going_on(code, start, turned)
            self._settle(work, jumps, start, len(code), number, number + kind.count - 1, across)
        if filled.cold is not None:
            work.cold.append(Copy(filled, one, number, following, start, len(code), across))

    def _copy_cold(self, work: Work, copy: Copy) -> None:
        """Append the cold part of a stencil."""
        filled, (kind, pc, facts, _), number, _, hot, end, across = copy
        code = work.code
        start = len(code)
        work.parts.append((start, number))
        assert filled.cold is not None
        code += filled.cold
        for offset, value in filled.cold_late:
            pack_into("<I", code, start + offset, value.at(pc, facts))
        for at, place in across:
            pack_into("<i", code, at, start + place - (at + 4))
        jumps = filled.cold_jumps
        if filled.turns:
            jumps = [self._turned(jump, copy.one, copy.following) for jump in jumps]
        back: list[tuple[int, int]] = []
        self._settle(work, jumps, start, end, number, number + kind.count - 1, back)
        for at, place in back:
            pack_into("<i", code, at, hot + place - (at + 4))

    def _settle(
        self,
        work: Work,
        jumps: Sequence[Jump],
        start: int,
        end: int,
        first: int,
        last: int,
        across: list[tuple[int, int]],
    ) -> None:
        """Lead the jumps of a part, which begins at `start`, on to `end` or out, or note them.

        Args:
            first, last: the numbers of the instructions that it is of.
        """
        for offset, kind, what in jumps:
            at = start + offset
            if kind == CONTINUE:
                pack_into("<i", work.code, at, end - (at + 4))
            elif kind == ACROSS:
                across.append((at, what))
            else:
                work.leaving.append((at, kind, first if kind == ESCAPE else last, what))

    def _turned(self, jump: Jump, one: Placed, following: int) -> Jump:
        """The jump with what it is there in the place of an exit."""
        at, to, what = jump
        if to != TURN:
            return jump
        kind, pc, facts, _ = one
        way = kind.exits[what]
        target = pc + kind.size if way.target is None else way.target.at(pc, facts)
        if way.jump and target == pc + kind.last_at:
            if not kind.last_context & ~self.isa.LASTING:  # it waits
                return at, ESCAPE, 0
        key = target & MASK | way.context.at(pc, facts) << 32
        return (at, CONTINUE, 0) if key == following else (at, LINK, key)

    def _fill(self, kind: Kind, regime: int) -> Filled:
        template = kind.template
        assert template is not None
        known = self._outlines.get(id(template))
        if known is None:
            assert template.stencil is not None
            known = self._outlines[id(template)] = template, Outline(template.stencil)
        filled = Filled(known[1], template.form.holes, kind.leaves, kind.context, regime)
        kind.filled, kind.filled_for = filled, regime
        return filled

    def _lead(self, work: Work, at: int, target: int) -> None:
        pack_into("<i", work.code, at, target - (at + 4))

    def _finished(self, work: Work, block: Block, paged: bool, steps: bool) -> Written:
        """Append the stubs."""
        code, last = work.code, len(block.placed) - 1
        work.parts.append((len(code), OUT))
        if not steps:
            self._give_back(work, last)
        if paged:
            self._through_cache(work, block.key)
        stubs: dict[tuple[int, int], int] = {}
        outs = []
        for at, kind, number, target in work.leaving:
            stub = stubs.get((kind, number)) if kind != LINK else None
            if stub is None:
                stub = stubs[kind, number] = len(code)
                own = at
                refund = 1 if kind == STOP else 0
                if kind == ESCAPE:
                    refund = 1 if steps else last + 1 - number
                if kind == CUT:
                    code += GIVE_BACK + (last + 1).to_bytes(4, "little") + JUMP
                    own = len(code) - 4
                again = NOWHERE
                if kind == STOP:
                    again = work.counts[number]
                if kind == CUT:
                    again = 0
                outs.append(Out(kind, number, refund, own, stub, len(code) + 1, target, again))
                code += LEAVE
            pack_into("<i", code, at, stub - (at + 4))
        return Written(code, outs, work.parts)

    def _give_back(self, work: Work, last: int) -> None:
        """Let ways out before the last instruction return the times of those not executed."""
        for index, (at, kind, number, target) in enumerate(work.leaving):
            if kind == LINK and number < last:
                self._lead(work, at, len(work.code))
                work.code += GIVE_BACK + (last - number).to_bytes(4, "little") + JUMP
                work.leaving[index] = len(work.code) - 4, LINK, number, target

    def _through_cache(self, work: Work, key: int) -> None:
        """Lead the ways to other pages by the jump cache, which is emptied when they change."""
        leaving, work.leaving = work.leaving, []
        for one in leaving:
            at, kind, number, target = one
            if kind != LINK or not ((target ^ key) & MASK) >> PAGE_BITS:
                work.leaving.append(one)
                continue
            self._lead(work, at, len(work.code))
            far = _own(self.library.far, (target & MASK, target >> 32))
            self._copy(work, Placed(far, 0, NO_FACTS), number, -1)


def _fits(joint: Kind, left: int) -> bool:
    """Whether there is native code of it, and its other parts are among the `left` that follow."""
    template = joint.template
    return template is not None and template.stencil is not None and joint.count <= left + 1


def _own(template: Template, leaves: Sequence[int] = ()) -> Kind:
    """What is no instruction, as one."""
    kind = Kind(template.form, ("", ()), leaves, 0, 0)
    kind.template = template
    return kind

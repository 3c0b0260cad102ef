"""Writing a block's code: stencils copied one behind the other, and their holes filled in."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from struct import pack_into
from typing import NamedTuple

from cosim.bus.write_watch import PAGE_BITS
from cosim.cpus.engines.block import CUT, ESCAPE, LINK, MISS, STOP, Block, Leave
from cosim.cpus.engines.chain import lead
from cosim.cpus.engines.code_memory import CodeMemory
from cosim.cpus.engines.runtime_block import place
from cosim.cpus.engines.stencils.compiler import Part
from cosim.cpus.engines.stencils.forms import Exit
from cosim.cpus.engines.stencils.library import Library, Template
from cosim.cpus.engines.stencils.static import Site
from cosim.cpus.isa.instruction_set import InstructionSet

MASK = 0xFFFF_FFFF
JUMP = b"\xe9\0\0\0\0"
CONDITIONAL = 0x0F
GIVE_BACK = b"\x49\x81\xc4"
"""To the budget, which is in r12: the number in the 4 bytes that follow."""
SAY = b"\xb8"
"""By which exit code is left, in eax: the number in the 4 bytes that follow."""

CONTINUE, ACROSS = -1, -2
"""Of jumps within a block: to the next instruction, and to a label of the same stencil that both
of its parts know."""

CodeWatcher = Callable[[Block, int, bytes | bytearray, Sequence[tuple[int, int]]], None]
"""Called with a block, its place in the code memory, its code and its parts: see `Work`."""

BUDGET, OUT = -1, -2
"""Parts of a block's code that are no instruction's: what counts, and the ways out."""

KINDS = {"CONT": CONTINUE, "ESCAPE": ESCAPE, "MISS": MISS}


class Jump(NamedTuple):
    """A jump in a block that is being written.

    Attributes:
        at: of its displacement, in the block's code.
        number: of the instruction in the block.
        target: pc | decode context << 32, for `LINK`.
        label: for `ACROSS`.
    """

    at: int
    kind: int
    number: int
    target: int = 0
    label: str = ""


class Copy(NamedTuple):
    """One copy of a stencil.

    Attributes:
        number: of the instruction in the block.
        following: the key (pc | decode context << 32) of the instruction behind it; -1: none.
        start, end: of its hot part in the block's code.
    """

    template: Template
    site: Site
    number: int
    following: int
    start: int
    end: int


class Work:
    """A block that is being written.

    Attributes:
        regime: the number of the set of pages that it runs under.
        code: what there is of it.
        leaving: the jumps that lead out.
        cold: copies whose cold parts come behind all hot ones, and the jumps to them.
        counts: where each instruction is counted, by its number, in code that counts each.
        parts: where each part begins, and of which instruction of the block it is, or what else.
    """

    def __init__(self, regime: int) -> None:
        self.regime = regime
        self.code = bytearray()
        self.leaving: list[Jump] = []
        self.cold: list[tuple[Copy, list[Jump]]] = []
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
        self.watchers: Sequence[CodeWatcher] = ()

    def clear(self) -> None:
        """Forget all blocks."""
        self.used = self.start
        self.leaves.clear()
        del self.agains[:]

    def write(self, block: Block, regime: int, paged: bool) -> None:
        """Write the code of `block`.

        Args:
            regime: the number of the set of pages that it runs under.
            paged: whether an MMU may let other pages come to mean other memory.

        Raises:
            OutOfCodeMemory
        """
        work = Work(regime)
        self._count(work, len(block.placed), CUT, 0)
        self._instructions(work, block, steps=False)
        block.code = self._finish(work, block, paged, steps=False)

    def write_steps(self, leave: Leave, regime: int, paged: bool) -> None:
        """Write a copy that counts each instruction, and let the way out `leave` lead there."""
        work = Work(regime)
        self._instructions(work, leave.block, steps=True)
        leave.block.steps = self._finish(work, leave.block, paged, steps=True)
        lead(self.arena, leave.place, leave.block.steps)

    def number_at(self, block: Block, regime: int, steps: bool, at: int) -> int:
        """Which instruction of `block` the code at offset `at` is of."""
        work = Work(regime)
        if not steps:
            self._count(work, len(block.placed), CUT, 0)
        self._instructions(work, block, steps)
        return max(max(part for part in work.parts if part[0] <= at)[1], 0)

    def _instructions(self, work: Work, block: Block, steps: bool) -> None:
        templates = self.library.templates
        placed = block.placed
        keys = [one.site.pc | one.site.context << 32 for one in placed[1:]]
        for number, (one, following) in enumerate(zip(placed, [*keys, -1], strict=True)):
            if steps:
                work.counts[number] = len(work.code)
                self._count(work, 1, STOP, number)
            work.parts.append((len(work.code), number))
            self._copy(work, templates[one.key], one.site, number, following)
        last = placed[-1]
        form = templates[last.key].form
        work.parts.append((len(work.code), OUT))
        if form.following is not None:
            target = last.site.pc + last.size & MASK | form.following.value(last.site) << 32
            work.code += JUMP
            work.leaving.append(Jump(len(work.code) - 4, LINK, len(placed) - 1, target))
        for copy, jumps in work.cold:
            stencil = copy.template.stencil
            assert stencil is not None and stencil.cold is not None
            start = len(work.code)
            work.parts.append((start, copy.number))
            work.code += stencil.cold.code
            self._fill(work, copy, stencil.cold, start)
            own = self._jumps(copy.template, stencil.cold, start, copy)
            places = {label: copy.start + at for label, at in stencil.hot.labels.items()}
            places |= {label: start + at for label, at in stencil.cold.labels.items()}
            for jump in [*jumps, *self._settled(work, own, copy.end)]:
                self._lead(work, jump.at, places[jump.label])

    def _count(self, work: Work, count: int, kind: int, number: int) -> None:
        """Take `count` instruction times off the budget, or leave."""
        work.parts.append((len(work.code), BUDGET))
        before = len(work.leaving)
        self._copy(work, self.library.entry, Site(-count & MASK, 0), number, -1)
        work.leaving[before:] = [jump._replace(kind=kind) for jump in work.leaving[before:]]

    def _copy(
        self, work: Work, template: Template, site: Site, number: int, following: int
    ) -> None:
        """Append the hot part of a stencil for one instruction; the cold one comes later."""
        stencil = template.stencil
        assert stencil is not None
        code, hot = work.code, stencil.hot
        start = len(code)
        code += hot.code
        end = len(code)
        copy = Copy(template, site, number, following, start, end)
        jumps = self._jumps(template, hot, start, copy)
        if jumps and jumps[-1].at == end - 4 and code[-5] == JUMP[0]:
            before = jumps[-2] if len(jumps) > 1 else None
            if jumps[-1].kind == CONTINUE:  # the next one is right here
                jumps.pop()
                end -= 5
            elif before and before.kind == CONTINUE and before.at == end - 9:
                if code[-11] == CONDITIONAL:  # the opposite condition, so that going on is no jump
                    code[-10] ^= 1
                    jumps[-2:] = [jumps[-1]._replace(at=before.at)]
                    end -= 5
            del code[end:]
            copy = copy._replace(end=end)
        self._fill(work, copy, hot, start)
        across = self._settled(work, jumps, end)
        if stencil.cold:
            work.cold.append((copy, across))

    def _fill(self, work: Work, copy: Copy, part: Part, start: int) -> None:
        """Fill in the holes of a part that begins at `start`."""
        code, site, holes = work.code, copy.site, copy.template.form.holes
        for offset, hole in part.patches:
            kind, what = holes[hole]
            if kind == "static" or kind == "count":
                number = what.value(site)
            elif kind == "slot":
                number = 4 * site.leaves[what]
            else:
                number = place(what, work.regime)
            pack_into("<I", code, start + offset, number)

    def _jumps(self, template: Template, part: Part, start: int, copy: Copy) -> list[Jump]:
        """Where the jumps of a part that begins at `start` lead."""
        jumps = []
        for offset, symbol in part.links:
            at = start + offset
            if symbol in KINDS:
                jumps.append(Jump(at, KINDS[symbol], copy.number))
            elif symbol.startswith("EXIT"):
                jumps.append(self._exit(at, template.form.exits[int(symbol[4:])], copy))
            else:
                jumps.append(Jump(at, ACROSS, copy.number, label=symbol))
        return jumps

    def _exit(self, at: int, way: Exit, copy: Copy) -> Jump:
        site, number = copy.site, copy.number
        target = site.pc + site.size if way.target is None else way.target.value(site)
        if way.jump and target == site.pc and not site.context & ~self.isa.LASTING:  # it waits
            return Jump(at, ESCAPE, number)
        key = target & MASK | way.context.value(site) << 32
        return Jump(at, CONTINUE if key == copy.following else LINK, number, key)

    def _settled(self, work: Work, jumps: Iterable[Jump], end: int) -> list[Jump]:
        """Lead those that go on, keep those that leave, return those to labels."""
        across = []
        for jump in jumps:
            if jump.kind == CONTINUE:
                self._lead(work, jump.at, end)
            elif jump.kind == ACROSS:
                across.append(jump)
            else:
                work.leaving.append(jump)
        return across

    def _lead(self, work: Work, at: int, target: int) -> None:
        pack_into("<i", work.code, at, target - (at + 4))

    def _finish(self, work: Work, block: Block, paged: bool, steps: bool) -> int:
        """Append the stubs, and let it be code; returns where."""
        code, last = work.code, len(block.placed) - 1
        work.parts.append((len(code), OUT))
        if not steps:
            self._give_back(work, last)
        if paged:
            self._through_cache(work, block.key)
        base = self.used + 15 & ~15
        stubs: dict[tuple[int, int], int] = {}
        for at, kind, number, target, _ in work.leaving:
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
                again = 0
                if kind == STOP:
                    again = base + work.counts[number]
                if kind == CUT:
                    again = base
                leave = Leave(kind, block, number, refund, base + own, base + stub, target, again)
                self.agains.append(self.arena.address + again if again else 0)
                code += SAY + len(self.leaves).to_bytes(4, "little") + JUMP
                self.leaves.append(leave)
                pack_into("<i", code, len(code) - 4, self.leave_at - (base + len(code)))
            self._lead(work, at, stub)
        self.arena.write(base, code)
        self.used = base + len(code)
        for watcher in self.watchers:
            watcher(block, base, code, work.parts)
        return base

    def _give_back(self, work: Work, last: int) -> None:
        """Let ways out before the last instruction return the times of those not executed."""
        leaving = []
        for jump in work.leaving:
            if jump.kind == LINK and jump.number < last:
                self._lead(work, jump.at, len(work.code))
                work.code += GIVE_BACK + (last - jump.number).to_bytes(4, "little") + JUMP
                jump = jump._replace(at=len(work.code) - 4)
            leaving.append(jump)
        work.leaving = leaving

    def _through_cache(self, work: Work, key: int) -> None:
        """Lead the ways to other pages by the jump cache, which is emptied when they change."""
        leaving, work.leaving = work.leaving, []
        for jump in leaving:
            if jump.kind != LINK or not ((jump.target ^ key) & MASK) >> PAGE_BITS:
                work.leaving.append(jump)
                continue
            self._lead(work, jump.at, len(work.code))
            site = Site(0, 0, (jump.target & MASK, jump.target >> 32))
            self._copy(work, self.library.far, site, jump.number, -1)

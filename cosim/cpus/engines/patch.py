"""Writing a block's code: stencils copied one behind the other, and their holes filled in."""

from __future__ import annotations

from collections.abc import Iterable
from struct import pack_into
from typing import NamedTuple

from cosim.bus.write_watch import PAGE_BITS
from cosim.cpus.engines.block import CUT, ESCAPE, LINK, MISS, STOP, Block, Leave
from cosim.cpus.engines.chain import lead
from cosim.cpus.engines.code_memory import CodeMemory
from cosim.cpus.engines.runtime_block import place
from cosim.cpus.engines.stencils.library import Library, Template
from cosim.cpus.engines.stencils.static import Site
from cosim.cpus.isa.instruction_set import InstructionSet

JUMP = b"\xe9\0\0\0\0"
GIVE_BACK = b"\x49\x81\xc4"
"""To the budget, which is in r12: the number in the 4 bytes that follow."""
SAY = b"\xb8"
"""By which exit code is left, in eax: the number in the 4 bytes that follow."""


class Pending(NamedTuple):
    """A jump out of a block that is being written.

    Attributes:
        at: of its displacement, in the block's code.
        number: of the instruction in the block.
        target: pc | decode context << 32, for `LINK`.
    """

    at: int
    kind: int
    number: int
    target: int = 0


class Patcher:
    """Writes blocks into the code memory.

    Args:
        leave_at: the place of the code by which every stub leaves.

    Attributes:
        used: bytes of the code memory.
        leaves: the ways out of all blocks, by the number that their stubs leave with.
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

    def clear(self) -> None:
        """Forget all blocks."""
        self.used = self.start
        self.leaves.clear()

    def write(self, block: Block, regime: int, paged: bool) -> None:
        """Write the code of `block`.

        Args:
            regime: the number of the set of pages that it runs under.
            paged: whether an MMU may let other pages come to mean other memory.

        Raises:
            OutOfCodeMemory
        """
        code = bytearray()
        placed = block.placed
        pending = self._count(code, len(placed), CUT, 0)
        for index, one in enumerate(placed):
            pending += self._copy(code, self.library.templates[one.key], one.site, index, regime)
        block.code = self._finish(block, code, pending, regime, paged, steps=False)

    def write_steps(self, leave: Leave, regime: int, paged: bool) -> None:
        """Write a copy that counts each instruction, and let the way out `leave` lead there."""
        block = leave.block
        code = bytearray()
        pending: list[Pending] = []
        for index, one in enumerate(block.placed):
            pending += self._count(code, 1, STOP, index)
            pending += self._copy(code, self.library.templates[one.key], one.site, index, regime)
        block.steps = self._finish(block, code, pending, regime, paged, steps=True)
        lead(self.arena, leave.place, block.steps)

    def _count(self, code: bytearray, count: int, kind: int, index: int) -> list[Pending]:
        """Take `count` instruction times off the budget, or leave."""
        site = Site(-count & 0xFFFF_FFFF, 0)
        jumps = self._copy(code, self.library.entry, site, 0, 0)
        return [Pending(jump.at, kind, index) for jump in jumps]

    def _copy(
        self, code: bytearray, template: Template, site: Site, index: int, regime: int
    ) -> list[Pending]:
        """Append a stencil for one instruction."""
        form, stencil = template
        assert stencil is not None
        start = len(code)
        code += stencil.code
        for offset, hole in stencil.patches:
            kind, what = form.holes[hole]
            if kind == "static" or kind == "count":
                number = what.value(site)
            elif kind == "slot":
                number = 4 * site.leaves[what]
            else:
                number = place(what, regime)
            pack_into("<I", code, start + offset, number)
        links = stencil.links
        if links and links[-1].symbol == "CONT" and links[-1].offset == len(stencil.code) - 4:
            if code[-5] == JUMP[0]:  # the next one follows right here
                del code[-5:]
                links = links[:-1]
        end = len(code)
        pending = []
        for link in links:
            at = start + link.offset
            symbol = link.symbol
            if symbol == "CONT":
                pack_into("<i", code, at, end - (at + 4))
            elif symbol == "ESCAPE":
                pending.append(Pending(at, ESCAPE, index))
            elif symbol == "MISS":
                pending.append(Pending(at, MISS, index))
            else:
                way = form.exits[int(symbol[4:])]
                target = site.pc + 4 if way.target is None else way.target.value(site)
                lasting = not site.context & ~self.isa.LASTING
                if way.jump and target == site.pc and lasting:  # it waits
                    pending.append(Pending(at, ESCAPE, index))
                else:
                    key = target & 0xFFFF_FFFF | way.context.value(site) << 32
                    pending.append(Pending(at, LINK, index, key))
        return pending

    def _finish(
        self,
        block: Block,
        code: bytearray,
        pending: list[Pending],
        regime: int,
        paged: bool,
        steps: bool,
    ) -> int:
        """Append what is behind the last instruction, and the stubs; returns where the code is."""
        placed = block.placed
        last = placed[-1]
        following = self.library.templates[last.key].form.following
        if following is not None:
            target = last.site.pc + last.size & 0xFFFF_FFFF | following.value(last.site) << 32
            code += JUMP
            pending.append(Pending(len(code) - 4, LINK, len(placed) - 1, target))
        if paged:
            pending = self._through_cache(code, pending, block.key, regime)
        base = self.used + 15 & ~15
        stubs: dict[tuple[int, int], int] = {}
        for at, kind, index, target in pending:
            stub = stubs.get((kind, index)) if kind != LINK else None
            if stub is None:
                stub = stubs[kind, index] = len(code)
                at_own = base + at
                refund = 1 if kind == STOP else 0
                if kind == ESCAPE:
                    refund = 1 if steps else len(placed) - index
                if kind == CUT:
                    code += GIVE_BACK + len(placed).to_bytes(4, "little") + JUMP
                    at_own = base + len(code) - 4
                leave = Leave(kind, block, index, refund, at_own, base + stub, target)
                code += SAY + len(self.leaves).to_bytes(4, "little") + JUMP
                self.leaves.append(leave)
                pack_into("<i", code, len(code) - 4, self.leave_at - (base + len(code)))
            pack_into("<i", code, at, stub - (at + 4))
        self.arena.write(base, code)
        self.used = base + len(code)
        return base

    def _through_cache(
        self, code: bytearray, pending: Iterable[Pending], key: int, regime: int
    ) -> list[Pending]:
        """Lead the ways to other pages by the jump cache, which is emptied when they change."""
        left = []
        for jump in pending:
            if jump.kind != LINK or not ((jump.target ^ key) & 0xFFFF_FFFF) >> PAGE_BITS:
                left.append(jump)
                continue
            pack_into("<i", code, jump.at, len(code) - (jump.at + 4))
            site = Site(0, 0, (jump.target & 0xFFFF_FFFF, jump.target >> 32))
            left += self._copy(code, self.library.far, site, jump.number, regime)
        return left

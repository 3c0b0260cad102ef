"""Reading guest code: the instructions of one block, and the forms they are of."""

from __future__ import annotations

from struct import Struct
from typing import Literal

from cosim.bus.write_watch import PAGE_BITS
from cosim.cpus.engines.joint import Joints
from cosim.cpus.engines.kind import Kind, Placed
from cosim.cpus.engines.stencils.library import Library
from cosim.cpus.engines.stencils.static import NO_FACTS, Facts
from cosim.cpus.isa.instruction_set import InstructionSet
from cosim.cpus.translation import Page

LONGEST = 32
"""Instructions of a block."""

TURNS = 4
"""Branches within a block that are probably not taken."""

PAGE_SIZE = 1 << PAGE_BITS
OFFSET = PAGE_SIZE - 1
MASK = 0xFFFF_FFFF
HALFWORDS = Struct("<I").unpack_from
"""Two halfwords of instructions, the first one below; little-endian wherever they exist."""


class GuestCode:
    """Reads blocks of guest code."""

    def __init__(
        self, isa: InstructionSet, library: Library, endian: Literal["little", "big"]
    ) -> None:
        self.isa = isa
        self.library = library
        self.endian = endian
        self._word = Struct("<I" if endian == "little" else ">I").unpack_from
        self._kinds: dict[object, Kind | None] = {}  # None: it is no instruction
        self._joints = Joints(library)

    def read(self, pc: int, context: int, page: Page) -> list[Placed]:
        """The block at `pc` in `page`; empty if its first instruction is for the interpreter."""
        kinds, unpack = self._kinds, self._word
        halfwords, wide = self.isa.HALFWORDS, self.isa.WIDE
        memory, shift = page[0], page[1]
        end = (pc | OFFSET) + 1
        facts = NO_FACTS
        block: list[Placed] = []
        turns = 0
        while len(block) < LONGEST and pc < end:
            if not context & halfwords:
                if pc & 3:
                    break
                word = unpack(memory, pc + shift)[0]
            elif pc & 1:
                break
            elif pc & OFFSET <= PAGE_SIZE - 4:
                word = HALFWORDS(memory, pc + shift)[0]
                first = word & 0xFFFF
                word = first if first < wide else first << 16 | word >> 16
            else:
                there = bytes(memory[pc + shift : end + shift])
                short = self.isa.read_word(there, self.endian, context)
                if short is None:
                    break
                word = short
            key: object = word | context << 32
            if facts:
                key = key, tuple([(slot, len(values)) for slot, values in facts.items()])
            try:
                kind = kinds[key]
            except KeyError:
                kind = kinds[key] = self._kind(word, context, facts)
            if kind is None or not kind.native:
                break
            block.append(Placed(kind, pc, facts))
            after = pc + kind.size
            if kind.simply >= 0:
                context, facts = kind.simply, NO_FACTS
            elif kind.ends:
                turn = _fall_through(kind, pc, facts) if turns < TURNS else None
                if turn is None:
                    break
                context, facts = turn, NO_FACTS
                turns += 1
            else:
                assert kind.following is not None
                context = kind.following.at(pc, facts)
                facts = {
                    slot: tuple([one.at(pc, facts) for one in made])
                    for slot, made in kind.facts.items()
                }
            pc = after
        self._joints.join(block)
        return block

    def _kind(self, word: int, context: int, facts: Facts) -> Kind | None:
        instruction = self.isa.decode(word, context)
        if instruction is None:
            return None
        parts = (instruction,)
        key, leaves = self.library.want(parts, facts)
        size = self.isa.size(instruction)
        return Kind(self.library.forms[key[0]], key, leaves, context, size, parts)

    def clear(self) -> None:
        """Forget what instructions are."""
        self._kinds.clear()
        self._joints.clear()


def _fall_through(kind: Kind, pc: int, facts: Facts) -> int | None:
    """The decode context behind a branch that is probably not taken: one forward; else None."""
    context = None if kind.following is None else kind.following.at(pc, facts)
    if kind.computed:
        return None
    for way in kind.exits:
        target = pc if way.target is None else way.target.at(pc, facts) & MASK
        if target == pc + kind.size and context is None:
            context = way.context.at(pc, facts)
        elif target <= pc:
            return None
    return context

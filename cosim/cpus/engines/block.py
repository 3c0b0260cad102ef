"""A block: instructions that follow each other, up to the first that may lead elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cosim.cpus.engines.stencils.library import NO_FACTS, Library
from cosim.cpus.engines.stencils.static import Site
from cosim.cpus.isa.instruction_set import InstructionSet
from cosim.cpus.translation import Page

LONGEST = 32
"""Instructions of a block."""

PAGE_BITS = 12
OFFSET = (1 << PAGE_BITS) - 1


class Placed(NamedTuple):
    """One instruction of a block: the key of its form, and what fills its holes."""

    key: object
    site: Site
    size: int


class GuestCode:
    """Reads blocks of guest code."""

    def __init__(self, isa: InstructionSet, library: Library, endian: str) -> None:
        self.isa = isa
        self.library = library
        self.endian = endian
        self._known: dict[object, tuple[object, list[int]]] = {}

    def read(self, pc: int, context: int, page: Page) -> list[Placed]:
        """The block at `pc`, whose page is `page`; empty if its first instruction is interpreted."""
        isa, library = self.isa, self.library
        memory, shift = page[0], page[1]
        end = (pc | OFFSET) + 1
        facts: Mapping[int, tuple[int, ...]] = NO_FACTS
        block: list[Placed] = []
        while len(block) < LONGEST:
            halfwords = context & isa.HALFWORDS
            if pc & (1 if halfwords else 3) or pc >= end:
                break
            size = min(4, end - pc)
            word = isa.read_word(
                bytes(memory[pc + shift : pc + shift + size]), self.endian, context
            )
            if word is None:
                break
            size = 2 if halfwords and word < 0x1_0000 else 4
            shape = tuple([(slot, len(values)) for slot, values in facts.items()])
            known = self._known.get((word, context, shape))
            if known is None:
                instruction = isa.decode(word, context)
                if instruction is None:
                    break
                known = self._known[word, context, shape] = library.want(instruction, facts)
            key, leaves = known
            form = library.forms[key[0]]
            if not form.body:
                break
            site = Site(pc, context, leaves, facts)
            block.append(Placed(key, site, size))
            if form.ends:
                break
            assert form.following is not None
            context = form.following.value(site)
            facts = (
                {
                    slot: tuple([one.value(site) for one in made])
                    for slot, made in form.facts.items()
                }
                if form.facts
                else NO_FACTS
            )
            pc += size
        return block

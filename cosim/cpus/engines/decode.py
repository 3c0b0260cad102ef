"""Reading guest code: the instructions of one block, and the forms they are of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from cosim.bus.write_watch import PAGE_BITS
from cosim.cpus.engines.stencils.forms import Form
from cosim.cpus.engines.stencils.library import NO_FACTS, Library, TemplateKey
from cosim.cpus.engines.stencils.static import Site
from cosim.cpus.isa.instruction_set import InstructionSet
from cosim.cpus.translation import Page

LONGEST = 32
"""Instructions of a block."""

TURNS = 4
"""Branches within a block that are probably not taken."""

OFFSET = (1 << PAGE_BITS) - 1
MASK = 0xFFFF_FFFF


class Placed(NamedTuple):
    """One instruction of a block: the key of its form, and what fills its holes."""

    key: TemplateKey
    site: Site
    size: int


class GuestCode:
    """Reads blocks of guest code."""

    def __init__(
        self, isa: InstructionSet, library: Library, endian: Literal["little", "big"]
    ) -> None:
        self.isa = isa
        self.library = library
        self.endian = endian
        self._known: dict[object, tuple[TemplateKey, list[int]]] = {}

    def read(self, pc: int, context: int, page: Page) -> list[Placed]:
        """The block at `pc` in `page`; empty if its first instruction is for the interpreter."""
        isa, library = self.isa, self.library
        memory, shift = page[0], page[1]
        end = (pc | OFFSET) + 1
        facts: Mapping[int, tuple[int, ...]] = NO_FACTS
        block: list[Placed] = []
        turns = 0
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
            site = Site(pc, context, leaves, facts, size)
            block.append(Placed(key, site, size))
            after = pc + size
            if form.ends:
                turn = self._fall_through(form, site, after) if turns < TURNS else None
                if turn is None:
                    break
                context, facts = turn, NO_FACTS
                turns += 1
            else:
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
            pc = after
        return block

    def _fall_through(self, form: Form, site: Site, after: int) -> int | None:
        """The decode context behind a branch that is probably not taken: one forward; else None."""
        context = None if form.following is None else form.following.value(site)
        if form.computed:
            return None
        for way in form.exits:
            target = site.pc if way.target is None else way.target.value(site) & MASK
            if target == after and context is None:
                context = way.context.value(site)
            elif target <= site.pc:
                return None
        return context

    def ways(self, block: Sequence[Placed]) -> list[int]:
        """Where `block` may lead, as keys (pc | decode context << 32), as far as that is known."""
        last = block[-1]
        site = last.site
        form = self.library.forms[last.key[0]]
        ways = [
            way.target.value(site) & MASK | way.context.value(site) << 32
            for way in form.exits
            if way.target is not None
        ]
        if form.following is None:
            context = site.context & self.isa.LASTING
        else:
            context = form.following.value(site)
        return [*ways, site.pc + last.size & MASK | context << 32]

    def clear(self) -> None:
        """Forget what instructions are."""
        self._known.clear()

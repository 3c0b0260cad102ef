"""Where native code and the reference interpreter differ, for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from cosim.cpus.engines.block import Block
from cosim.cpus.memory_port import PAGE_BITS, PAGE_SIZE

if TYPE_CHECKING:
    from cosim.cpus.core import Core

SHOWN = 16
"""Words of memory that a report shows at most."""


class EnginesDiffer(Exception):
    """The translator does something else than the reference interpreter: a bug of this program."""


class Outcome(NamedTuple):
    """What one engine left: the state's words, and pages of memory by virtual number."""

    words: bytes
    pages: dict[int, bytes]


class Difference(NamedTuple):
    """What both engines left of the same instructions.

    Attributes:
        why: what the reference did that native code must leave to it, or "".
    """

    native: Outcome
    reference: Outcome
    why: str

    def report(self, core: Core, number: int, count: int, block: Block | None) -> str:
        """The lines of a report, with the core in the state before the instruction.

        Args:
            number: of the instruction that makes the difference, counted from 1.
            count: how many instructions were executed natively at once.
            block: where the instruction is.
        """
        pc = core.pc
        lines = [
            f"{core.name}: the translator differs from the reference interpreter",
            f"  pc {core.where(pc)}: {core.disassemble_at(pc)}",
            f"  instruction {number} of {count} in native code, {core.retired + number:,} in all",
        ]
        if self.why:
            lines.append(f"  reference: {self.why}")
        lines += self._registers(core)
        lines += self._memory(core)
        lines.append("  before the instruction:")
        lines += [f"    {line}" for line in core.describe_state()]
        if block is not None:
            lines.append("  its block:")
            lines += _listing(core, block, pc)
        return "\n".join(lines)

    def _registers(self, core: Core) -> Iterator[str]:
        order = memoryview(self.native.words).cast("I"), memoryview(self.reference.words).cast("I")
        for name, native, reference in zip(core.state.layout, *order, strict=True):
            if native != reference:
                yield f"  {name}: native 0x{native:08x}, reference 0x{reference:08x}"

    def _memory(self, core: Core) -> Iterator[str]:
        shown = 0
        for number, native in self.native.pages.items():
            reference = self.reference.pages[number]
            for at in range(0, PAGE_SIZE, 4):
                one, other = native[at : at + 4], reference[at : at + 4]
                if one == other:
                    continue
                shown += 1
                if shown > SHOWN:
                    yield "  and more memory"
                    return
                address = (number << PAGE_BITS) + at
                yield (
                    f"  memory {core.where(address)}: native {one.hex(' ')}, "
                    f"reference {other.hex(' ')}"
                )


def _listing(core: Core, block: Block, pc: int) -> Iterator[str]:
    """The instructions of a block, as they are in memory now."""
    for number in range(block.count):
        at, context = block.where(number)
        data = core.port.read_debug(at, 4)
        word = core.isa.read_word(data, core.port.endian, context)
        text = "" if word is None else core.listing(at, word, context)
        mark = "->" if at == pc else "  "
        yield f"    {mark} 0x{at:08x}  {text}"

"""Native code beside the guest's instructions that it was made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from cosim.cpus.core import Core
from cosim.cpus.engines.block import Block
from cosim.cpus.engines.patch import BUDGET, OUT

WIDTH = 48
"""Columns for the guest's side."""

OTHERS = {BUDGET: "(budget)", OUT: "(ways out)"}


def code_listing(
    core: Core, block: Block, at: int, code: bytes | bytearray, parts: Sequence[tuple[int, int]]
) -> Iterator[str]:
    """A line for each instruction of the host, and what it is for at the first one of each part.

    Addresses of the host are offsets in the core's code memory.

    Args:
        at: where `code` is.
        parts: where its parts begin, and what they are, as of `patch.Work`.
    """
    starts = [start for start, _ in parts]
    seen: set[int] = set()
    for (start, number), end in zip(parts, [*starts[1:], len(code)], strict=True):
        guest = OTHERS.get(number) or _guest(core, block, number, number in seen)
        seen.add(number)
        for line in _host(bytes(code[start:end]), at + start):
            yield f"{guest:{WIDTH}}  {line}"
            guest = ""
        if guest and number >= 0:
            yield guest  # it needs no code


def _guest(core: Core, block: Block, number: int, again: bool) -> str:
    """The instruction `number` of the block; `again`: only that the improbable part is its."""
    pc, context = block.where(number)
    if again:
        return f"0x{pc:08x}  (seldom)"
    word = core.isa.read_word(core.port.read_debug(pc, 4), core.port.endian, context)
    text = "" if word is None else core.listing(pc, word, context)
    return f"0x{pc:08x}  {text}"


def _host(code: bytes, at: int) -> Iterator[str]:
    for one in _disassembler().disasm(code, at):
        yield f"{one.address:06x}  {one.mnemonic} {one.op_str}".rstrip()


@cache
def _disassembler() -> Any:
    import capstone

    return capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)

"""The machine code in an object file that LLVM made, function by function."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from cosim.cpus.engines.stencils.stencil import Link

EXECUTABLE = 4
"""Of a section's flags: SHF_EXECINSTR."""

RELATIVE = (2, 4)
"""The relocations of a displacement of 4 bytes: R_X86_64_PC32 and R_X86_64_PLT32."""


class Function(NamedTuple):
    """Machine code of one function.

    Attributes:
        labels: global symbols within it, by name.
    """

    code: bytes
    links: list[Link]
    labels: dict[str, int]


class Rejected(Exception):
    """LLVM made something that cannot be used."""


def functions_of(data: bytes, names: Collection[str]) -> dict[str, Function]:
    """The functions `names` of an object file; other global symbols are labels within them.

    Raises:
        Rejected: one is not there, or something leads elsewhere than by a jump.
    """
    from elftools.elf.elffile import ELFFile

    elf: Any = ELFFile(io.BytesIO(data))
    symbols = list(elf.get_section_by_name(".symtab").iter_symbols())
    functions: dict[str, Function] = {}
    for index, section in enumerate(elf.iter_sections()):
        if not section["sh_flags"] & EXECUTABLE:
            continue
        places = sorted(
            (symbol["st_value"], symbol.name not in names, symbol.name)
            for symbol in symbols
            if symbol["st_shndx"] == index and symbol["st_info"]["bind"] == "STB_GLOBAL"
        )
        relocations = elf.get_section_by_name(f".rela{section.name}")
        links = []
        for one in relocations.iter_relocations() if relocations else ():
            if one["r_info_type"] not in RELATIVE or one["r_addend"] != -4:
                raise Rejected(f"relocation {one}")
            links.append(Link(one["r_offset"], symbols[one["r_info_sym"]].name))
        functions.update(_parted(section.data(), places, sorted(links)))
    missing = set(names) - set(functions)
    if missing:
        raise Rejected(f"{len(missing)} functions are missing")
    return functions


def _parted(
    text: bytes, places: Sequence[tuple[int, bool, str]], links: Sequence[Link]
) -> Iterator[tuple[str, Function]]:
    """The functions of one section, by places of functions and labels in ascending order."""
    starts = [(at, name) for at, is_label, name in places if not is_label]
    labels = deque((at, name) for at, is_label, name in places if is_label)
    waiting = deque(links)
    for (start, name), (end, _) in zip(starts, [*starts[1:], (len(text), "")], strict=True):
        function = Function(text[start:end], [], {})
        while waiting and waiting[0].offset < end:
            offset, symbol = waiting.popleft()
            function.links.append(Link(offset - start, symbol))
        while labels and labels[0][0] < end:
            at, label = labels.popleft()
            function.labels[label] = at - start
        yield name, function

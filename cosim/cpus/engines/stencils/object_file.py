"""The machine code in an object file that LLVM made, function by function."""

from __future__ import annotations

import io
from typing import Any, NamedTuple

RELATIVE = (2, 4)
"""The relocations of a displacement of 4 bytes: R_X86_64_PC32 and R_X86_64_PLT32."""


class Link(NamedTuple):
    """4 bytes of a stencil that lead to `symbol`, counted from their end."""

    offset: int
    symbol: str


class Rejected(Exception):
    """LLVM made something that cannot be used."""


def functions_of(data: bytes, count: int) -> dict[str, tuple[bytes, list[Link]]]:
    """Code and links of the `count` global functions of an object file.

    Raises:
        Rejected: it has others, or relocations that are no jumps.
    """
    from elftools.elf.elffile import ELFFile

    elf: Any = ELFFile(io.BytesIO(data))
    text: bytes = elf.get_section_by_name(".text").data()
    text_index = elf.get_section_index(".text")
    names: list[str] = []
    places: list[tuple[int, str]] = []
    for symbol in elf.get_section_by_name(".symtab").iter_symbols():
        names.append(symbol.name)
        if symbol["st_shndx"] == text_index and symbol["st_info"]["bind"] == "STB_GLOBAL":
            places.append((symbol["st_value"], symbol.name))
    if len(places) != count:
        raise Rejected(f"{count} functions became {len(places)}")
    links: list[Link] = []
    section = elf.get_section_by_name(".rela.text")
    for one in section.iter_relocations() if section else ():
        if one["r_info_type"] not in RELATIVE or one["r_addend"] != -4:
            raise Rejected(f"relocation {one}")
        links.append(Link(one["r_offset"], names[one["r_info_sym"]]))
    links.sort()
    places.sort()
    functions = {}
    index = 0
    for (start, name), (end, _) in zip(places, [*places[1:], (len(text), "")], strict=True):
        own = []
        while index < len(links) and links[index].offset < end:
            own.append(Link(links[index].offset - start, links[index].symbol))
            index += 1
        functions[name] = (text[start:end], own)
    return functions

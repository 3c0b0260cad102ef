"""The machine code in an object file that LLVM made, function by function."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from struct import Struct, unpack_from
from typing import NamedTuple

from cosim.cpus.engines.stencils.stencil import Link

SECTION = Struct("<IIQQQQIIQQ")
"""Name, type, flags, address, offset, size, link, info, alignment, size of entries."""

SYMBOL = Struct("<IBBHQQ")
"""Name, type and binding, visibility, section, value, size."""

RELOCATION = Struct("<QQq")
"""Offset, symbol << 32 | type, addend."""

SYMBOLS, RELOCATIONS = 2, 4
"""Of a section's type: SHT_SYMTAB and SHT_RELA."""

EXECUTABLE = 4
"""Of a section's flags: SHF_EXECINSTR."""

GLOBAL = 1
"""Of a symbol's binding: STB_GLOBAL."""

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

    The file is one of ELF, of 64 bits and little-endian (System V ABI, chapter 4).

    Raises:
        Rejected: one is not there, or something leads elsewhere than by a jump.
    """
    sections = _sections(data)
    symbols = _symbols(data, sections)
    functions: dict[str, Function] = {}
    links: dict[int, list[Link]] = {}  # by section
    for _, kind, _, _, start, size, _, section, _, _ in sections:
        if kind == RELOCATIONS and sections[section][2] & EXECUTABLE:
            links[section] = found = []
            for offset, what, addend in RELOCATION.iter_unpack(data[start : start + size]):
                name = symbols[what >> 32].name
                if what & 0xFFFF_FFFF not in RELATIVE or addend != -4 or not name:
                    raise Rejected(f"relocation {what & 0xFFFF_FFFF} to {name!r}{addend:+}")
                found.append(Link(offset, name))
    for number, (_, _, flags, _, start, size, _, _, _, _) in enumerate(sections):
        if flags & EXECUTABLE:
            places = sorted(
                (one.place, one.name not in names, one.name)
                for one in symbols
                if one.section == number and one.binding == GLOBAL
            )
            text = data[start : start + size]
            functions.update(_parted(text, places, sorted(links.get(number, ()))))
    missing = set(names) - set(functions)
    if missing:
        raise Rejected(f"{len(missing)} functions are missing")
    return functions


class _Symbol(NamedTuple):
    name: str
    binding: int
    section: int
    place: int


def _sections(data: bytes) -> list[tuple[int, ...]]:
    (start,) = unpack_from("<Q", data, 0x28)
    size, count = unpack_from("<HH", data, 0x3A)
    return [SECTION.unpack_from(data, start + number * size) for number in range(count)]


def _symbols(data: bytes, sections: Sequence[tuple[int, ...]]) -> list[_Symbol]:
    symbols = []
    for _, kind, _, _, start, size, names, _, _, _ in sections:
        if kind == SYMBOLS:
            first = sections[names][4]
            for name, info, _, section, place, _ in SYMBOL.iter_unpack(data[start : start + size]):
                end = data.index(0, first + name)
                text = data[first + name : end].decode()
                symbols.append(_Symbol(text, info >> 4, section, place))
    return symbols


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

"""LLVM makes stencils of forms: machine code with holes, many forms at a time."""

from __future__ import annotations

import io
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from struct import pack
from typing import Any, NamedTuple

from cosim.cpus.engines.forms import ARGUMENTS, SYMBOLS, Form

DECLARATIONS = "\n".join(
    [f"declare preserve_nonecc void @{symbol}({ARGUMENTS})" for symbol in SYMBOLS]
    + [
        f"declare {{i32, i1}} @llvm.{kind}{verb}.with.overflow.i32(i32, i32)"
        for kind in "us"
        for verb in ("add", "sub")
    ]
    + ["declare i32 @llvm.fshr.i32(i32, i32, i32)"]
    + [f"declare i{width} @llvm.bswap.i{width}(i{width})" for width in (16, 32)]
    + ["declare i32 @llvm.bitreverse.i32(i32)", "declare i32 @llvm.ctlz.i32(i32, i1)"]
    + ['!0 = !{!"branch_weights", i32 1048575, i32 1}', '!1 = !{!"branch_weights", i32 1, i32 1048575}']
)


class Patch(NamedTuple):
    """4 bytes of a stencil that are filled in: with the value of hole `hole`."""

    offset: int
    hole: int


class Link(NamedTuple):
    """4 bytes of a stencil that lead to `symbol`, counted from their end."""

    offset: int
    symbol: str


class Stencil(NamedTuple):
    """Machine code of one form."""

    code: bytes
    patches: tuple[Patch, ...]
    links: tuple[Link, ...]


def magic(kind: str, hole: int, variant: int) -> int:
    """The number that stands for a hole while LLVM compiles.

    Of the two numbers for a word one is negative, so that an extension of it is found out.
    """
    number = (0x3C6E_F35B, 0x5A31_B8D7)[variant] + 0x0102_0305 * hole & 0x7FFF_FFFF
    return number | 0x8000_0000 if kind == "static" and variant else number


class Rejected(Exception):
    """What LLVM made of a form's holes is not what was put in."""


def compile_forms(forms: Mapping[Hashable, Form]) -> dict[Hashable, Stencil | None]:
    """Stencils of `forms`; None where LLVM worked a hole into something else."""
    keys = list(forms)
    text = [DECLARATIONS]
    for number, key in enumerate(keys):
        for variant in (0, 1):
            body = forms[key].body
            for hole, (kind, _) in enumerate(forms[key].holes):
                body = body.replace(f"@H{hole}@", str(magic(kind, hole, variant)))
            name = f"f{number}_{variant}"
            text.append(f"define preserve_nonecc void @{name}({ARGUMENTS}) {{\nentry:\n{body}\n}}")
    functions = compile_text("\n".join(text))
    stencils: dict[Hashable, Stencil | None] = {}
    for number, key in enumerate(keys):
        kinds = [kind for kind, _ in forms[key].holes]
        made = [_stencil(*functions[f"f{number}_{variant}"], kinds, variant) for variant in (0, 1)]
        same = made[0] is not None and made[0] == made[1]
        stencils[key] = made[0] if same else None
    return stencils


def compile_text(text: str) -> dict[str, tuple[bytes, list[Link]]]:
    """Code and links of every function of an LLVM module."""
    binding, machine = _llvm()
    module = binding.parse_assembly(text)
    module.verify()
    return _read_object(machine.emit_object(module))


@cache
def _llvm() -> tuple[Any, Any]:
    import llvmlite.binding as binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    binding.initialize_native_asmparser()
    target = binding.Target.from_default_triple()
    machine = target.create_target_machine(
        cpu=binding.get_host_cpu_name(),
        features=binding.get_host_cpu_features().flatten(),
        opt=2,
        reloc="static",
        codemodel="small",
    )
    return binding, machine


def _read_object(data: bytes) -> dict[str, tuple[bytes, list[Link]]]:
    from elftools.elf.elffile import ELFFile

    elf = ELFFile(io.BytesIO(data))
    symbols = elf.get_section_by_name(".symtab")
    text_index = elf.get_section_index(".text")
    text = elf.get_section_by_name(".text").data()
    names = []
    places = []
    for symbol in symbols.iter_symbols():
        names.append(symbol.name)
        if symbol["st_shndx"] == text_index and symbol["st_info"]["type"] == "STT_FUNC":
            places.append((symbol["st_value"], symbol["st_size"], symbol.name))
    links = []
    section = elf.get_section_by_name(".rela.text")
    for one in section.iter_relocations() if section else ():
        if one["r_info_type"] not in (2, 4) or one["r_addend"] != -4:
            raise Rejected(f"relocation {one}")
        links.append(Link(one["r_offset"], names[one["r_info_sym"]]))
    links.sort()
    functions = {}
    index = 0
    for start, size, name in sorted(places):
        own = []
        while index < len(links) and links[index].offset < start + size:
            own.append(Link(links[index].offset - start, links[index].symbol))
            index += 1
        functions[name] = (text[start : start + size], own)
    return functions


def _stencil(
    code: bytes, links: Sequence[Link], kinds: Sequence[str], variant: int
) -> Stencil | None:
    """The code with zeros for the magic numbers."""
    found = bytearray(code)
    patches = []
    for hole, kind in enumerate(kinds):
        pattern = pack("<I", magic(kind, hole, variant))
        at = code.find(pattern)
        while at >= 0:
            patches.append(Patch(at, hole))
            found[at : at + 4] = bytes(4)
            at = code.find(pattern, at + 4)
    return Stencil(bytes(found), tuple(patches), tuple(links))

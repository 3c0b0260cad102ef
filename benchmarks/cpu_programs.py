"""The programs in firmware/cpu: where they run, and their images with other numbers of rounds."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "firmware" / "images"
SENTINEL = "== end ==\n"

SHARED = ("main", "mmu")
PROGRAMS = sorted({path.stem for path in (ROOT / "firmware" / "cpu").glob("*.c")} - {*SHARED})


class Isa(NamedTuple):
    """An instruction set, and the board that runs it in each simulator."""

    name: str
    platform: str
    qemu: str
    machine: str


VEXPRESS = ("qemu-system-arm", "vexpress-a9")
PETALOGIX = ("qemu-system-microblazeel", "petalogix-s3adsp1800")

# fmt: off
ISAS = {
    "a32": Isa("A32",        "vexpress_a9",          *VEXPRESS),
    "t32": Isa("T32",        "vexpress_a9",          *VEXPRESS),
    "mb":  Isa("MicroBlaze", "petalogix_s3adsp1800", *PETALOGIX),
}
# fmt: on


def image(program: str, isa: str) -> Path:
    """The committed ELF file."""
    return IMAGES / f"cpu_{program}_{isa}.elf"


def with_values(elf: bytes, **values: int) -> bytes:
    """An ELF file whose variables of these names, words, begin with other values.

    `rounds` is how often a program's work is done, `paged` is not 0 for a run with the MMU on.
    """
    changed = bytearray(elf)
    for name, value in values.items():
        order, offset = _place(elf, name)
        struct.pack_into(order, changed, offset, value)
    return bytes(changed)


def value_of(elf: bytes, name: str) -> int:
    """What that variable, a word, begins with."""
    order, offset = _place(elf, name)
    return int(struct.unpack_from(order, elf, offset)[0])


def _place(elf: bytes, name: str) -> tuple[str, int]:
    """The byte order of a variable, and where it is in the file."""
    file = ELFFile(BytesIO(elf))
    table = file.get_section_by_name(".symtab")
    assert isinstance(table, SymbolTableSection)
    symbols = table.get_symbol_by_name(name)
    if symbols is None:
        raise KeyError(name)
    symbol = symbols[0]
    section = file.get_section(symbol["st_shndx"])
    order = "<I" if file.little_endian else ">I"
    return order, section["sh_offset"] + symbol["st_value"] - section["sh_addr"]

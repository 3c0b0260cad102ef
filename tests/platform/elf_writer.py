"""Writes small ELF files, right or wrong, for the tests."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

EM_386, EM_ARM, EM_X86_64, EM_MICROBLAZE = 3, 40, 62, 189
ET_REL, ET_EXEC, ET_DYN = 1, 2, 3
EF_ARM_EABI5, EF_ARM_BE8 = 0x0500_0000, 0x0080_0000


@dataclass(frozen=True)
class Elf:
    """One PT_LOAD segment, and a symbol table with the function `main`."""

    machine: int = EM_ARM
    order: str = "<"
    type: int = ET_EXEC
    entry: int = 0x1000_0000
    virtual: int = 0x1000_0000
    physical: int = 0x1000_0000
    data: bytes = bytes(range(16))
    memsize: int = 32
    flags: int = EF_ARM_EABI5
    loadable: bool = True

    def but(self, **changes: object) -> Elf:
        return replace(self, **changes)  # type: ignore[arg-type]  # as the caller names them

    @property
    def boundaries(self) -> dict[str, int]:
        """Where each part ends in the file."""
        sizes = {
            "ident": 16, "header": 36, "program header": 32, "segment": len(self.data),
            "symbols": 32, "strings": 8, "section names": 1, "section headers": 4 * 40,
        }  # fmt: skip
        ends, at = {}, 0
        for part, size in sizes.items():
            at += size
            ends[part] = at
        return ends

    def bytes(self) -> bytes:
        ends, order = self.boundaries, self.order
        ident = b"\x7fELF" + bytes([1, 1 if order == "<" else 2, 1]) + bytes(9)
        header = struct.pack(
            order + "HHIIIIIHHHHHH",
            self.type, self.machine, 1, self.entry, 52, ends["section names"], self.flags,
            52, 32, 1, 40, 4, 3,
        )  # fmt: skip
        program = struct.pack(
            order + "IIIIIIII",
            1 if self.loadable else 4, ends["program header"], self.virtual, self.physical,
            len(self.data), self.memsize, 5, 4,
        )  # fmt: skip
        function = struct.pack(order + "IIIBBH", 1, self.virtual, 4, 0x12, 0, 0xFFF1)
        strings = b"\0main\0\0\0"

        def section(kind: int, part: str, size: int, link: int = 0, entry: int = 0) -> bytes:
            start = ends[part] - size
            return struct.pack(order + "IIIIIIIIII", 0, kind, 0, 0, start, size, link, 1, 1, entry)

        sections = bytes(40) + section(2, "symbols", 32, link=2, entry=16)
        sections += section(3, "strings", 8) + section(3, "section names", 1)
        return (
            ident + header + program + self.data + bytes(16) + function + strings + b"\0" + sections
        )


def elf64(machine: int = EM_X86_64) -> bytes:
    """The start of a 64-bit executable."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHI", ET_DYN, machine, 1) + bytes(40)

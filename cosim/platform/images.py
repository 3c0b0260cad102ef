"""Program images: ELF files, or raw bytes with an address, read and checked against their core.

Segments are placed at their physical address (p_paddr), as QEMU and boot loaders do; the entry
point is e_entry as it is, so an image linked at other virtual addresses sets up its own mapping.
Layout and names are those of the System V ABI, ELF-32 object file format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from cosim.cpus.config import ImageRef

Endian: TypeAlias = Literal["little", "big"]

MAGIC = b"\x7fELF"
HEADER_SIZE = 52
PROGRAM_HEADER_SIZE = 32
SECTION_HEADER_SIZE = 40
EF_ARM_BE8 = 0x0080_0000
SHT_NOBITS = 8

MACHINES = {40: "EM_ARM", 189: "EM_MICROBLAZE"}
"""The names of those that are common here; pyelftools, which takes its time, knows all."""

EM_ARM = 40
SYMBOL = struct.Struct("<IIIBBH")
SYMBOL_TABLES = (2, 11)  # SHT_SYMTAB, SHT_DYNSYM
STT_FUNC = 2
SYMBOL_KINDS = {0: "STT_NOTYPE", 1: "STT_OBJECT", 2: "STT_FUNC", 5: "STT_COMMON", 6: "STT_TLS"}
UNNAMED = (3, 4)  # STT_SECTION, STT_FILE
_FILE_TYPES = {0: "no", 1: "a relocatable", 2: "an executable", 3: "a shared", 4: "a core dump"}


class ImageError(Exception):
    """A file that cannot be loaded; one line names it and says why."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What is loaded: `data` at `address`; up to `memsize` bytes the rest is zero."""

    address: int
    data: bytes = field(repr=False)
    memsize: int


Symbol: TypeAlias = tuple[int, int, str, str]
"""(address, size, name, kind); the kind is ELF's: STT_FUNC, STT_OBJECT, STT_NOTYPE, ..."""


@dataclass(frozen=True)
class Image:
    """A file in memory. Raw bytes have neither entry, machine nor byte order."""

    path: str
    segments: list[Segment]
    entry: int | None = None
    machine: str | None = None
    endian: Endian | None = None
    be8: bool = False
    symbols: list[Symbol] = field(default_factory=list, repr=False)


@dataclass(frozen=True, slots=True)
class Range:
    """`size` bytes of memory at `start` that a core sees."""

    name: str
    start: int
    size: int

    @property
    def end(self) -> int:
        """One past the last address."""
        return self.start + self.size

    def __str__(self) -> str:
        return f"'{self.name}' {span(self.start, self.size)}"


def span(start: int, size: int) -> str:
    """First and last address, as 0x0000_1000..0x0000_1fff."""
    return f"{start:#011_x}..{start + max(size, 1) - 1:#011_x}"


def load_image(ref: ImageRef) -> Image:
    """The image that `ref` names; its path is relative to the current directory.

    Raises:
        ImageError: it cannot be read, or is not an executable 32-bit ELF file.
    """
    data = _read(ref.file)
    if ref.at is not None:
        return Image(ref.file, [Segment(ref.at, data, len(data))])
    return _Elf(ref.file, data).image()


def check_image(
    image: Image,
    core: str,
    machines: str | Sequence[str],
    endian: str | None,
    ranges: Iterable[Range] | None,
) -> list[str]:
    """What keeps `image` from running on a core.

    Args:
        core: how messages call it: "'arm0' is arm.cortex-a9".
        machines: the ELF machine or machines that it executes ("EM_ARM").
        endian: its byte order for data; None: not known, not checked.
        ranges: the memories that it sees; None: not known, not checked.
    """
    accepted = [machines] if isinstance(machines, str) else list(machines)
    if image.machine is not None and image.machine not in accepted:
        wanted = " or ".join(accepted)
        return [f"'{image.path}' is for {_short(image.machine)}, but core {core} ({wanted})"]
    problems = []
    if None not in (image.endian, endian) and image.endian != endian:
        problems.append(
            f"'{image.path}' is {image.endian}-endian, but core {core}, {endian}-endian"
        )
    elif image.machine == "EM_ARM" and endian == image.endian == "big" and not image.be8:
        # ARMv7 fetches instructions little-endian whatever the data are (ARM DDI 0406, A3.3.1).
        problems.append(f"'{image.path}' has big-endian instructions: link it with --be8")
    if ranges is None:
        return problems
    memories = sorted(ranges, key=lambda one: one.start)
    for segment in image.segments:
        if not _covered(segment, memories):
            near = min(memories, key=lambda one: _distance(segment, one), default=None)
            where = f"nearest: {near}" if near else "it sees none"
            problems.append(
                f"'{image.path}': segment {span(segment.address, segment.memsize)} is outside "
                f"the memory that core {core.split()[0]} sees ({where})"
            )
    return problems


def _covered(segment: Segment, memories: list[Range]) -> bool:
    """Whether memories, which may lie side by side, hold all of `segment`."""
    at = segment.address
    for memory in memories:
        if memory.start <= at < memory.end:
            at = memory.end
    return at >= segment.address + segment.memsize


def _distance(segment: Segment, memory: Range) -> int:
    after = segment.address - (memory.end - 1)
    before = memory.start - (segment.address + segment.memsize - 1)
    return max(0, after, before)


def _short(machine: str) -> str:
    """EM_X86_64 as x86-64."""
    return machine.removeprefix("EM_").lower().replace("_", "-")


def _read(path: str) -> bytes:
    if not path or "\0" in path:
        raise ImageError(f"'{path}' is not a file name")
    try:
        file = Path(path)
        if file.is_dir():
            raise ImageError(f"'{path}' is a directory")
        if file.exists() and not file.is_file():
            raise ImageError(f"'{path}' is not a regular file")
        data = file.read_bytes()
    except OSError as error:
        raise ImageError(f"cannot read '{path}': {error.strerror}") from None
    if not data:
        raise ImageError(f"'{path}' is empty")
    return data


class _Elf:
    """One ELF file. Every offset is checked before it is followed."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self._check_identification()
        self.order = "<" if data[5] == 1 else ">"
        # fmt: off
        (
            self.type, self.machine, _version, self.entry, self.phoff, self.shoff, self.flags,
            _ehsize, self.phentsize, self.phnum, self.shentsize, self.shnum, _shstrndx,
        ) = struct.unpack_from(self.order + "HHIIIIIHHHHHH", data, 16)
        # fmt: on
        self._check_tables()

    def image(self) -> Image:
        machine = self._machine_name(self.machine)
        return Image(
            path=self.path,
            segments=self._segments(),
            entry=self.entry,
            machine=machine,
            endian="little" if self.order == "<" else "big",
            be8=machine == "EM_ARM" and bool(self.flags & EF_ARM_BE8),
            symbols=self._symbols(),
        )

    def _error(self, reason: str) -> ImageError:
        return ImageError(f"'{self.path}' {reason}")

    def _need(self, what: str, end: int) -> None:
        if len(self.data) < end:
            raise self._error(
                f"is truncated in {what}: expected {end} bytes, the file has {len(self.data)}"
            )

    def _check_identification(self) -> None:
        data = self.data
        if not data.startswith(MAGIC[: len(data)]):
            raise self._error("is not an ELF file; to load raw bytes give {file: ..., at: ADDRESS}")
        if len(data) > 4 and data[4] == 2:
            self._need("the ELF header", 20)
            order: Endian = "big" if data[5] == 2 else "little"
            machine = self._machine_name(int.from_bytes(data[18:20], order))
            raise self._error(f"is a 64-bit ELF file for {_short(machine)}; cores here are 32-bit")
        self._need("the ELF header", HEADER_SIZE)
        if data[4] != 1 or data[5] not in (1, 2):
            raise self._error("has a damaged ELF identification")

    def _check_tables(self) -> None:
        if self.type != 2:
            kind = _FILE_TYPES.get(self.type, "an unknown kind of")
            raise self._error(f"is {kind} ELF file, not an executable (ET_EXEC): link it")
        if self.phnum == 0:
            raise self._error("has no loadable segments")
        if self.phentsize != PROGRAM_HEADER_SIZE or not self.phoff:
            raise self._error("has a damaged ELF header: the program headers cannot be found")
        self._need("the program headers", self.phoff + self.phnum * PROGRAM_HEADER_SIZE)
        if self.shnum == 0:
            return
        if self.shentsize != SECTION_HEADER_SIZE or not self.shoff:
            raise self._error("has a damaged ELF header: the section headers cannot be found")
        self._need("the section headers", self.shoff + self.shnum * SECTION_HEADER_SIZE)

    def _machine_name(self, number: int) -> str:
        name = MACHINES.get(number)
        if name is None:
            from elftools.elf.enums import ENUM_E_MACHINE

            names = {value: name for name, value in ENUM_E_MACHINE.items()}
            name = names.get(number, f"machine 0x{number:x}")
        return name

    def _segments(self) -> list[Segment]:
        found = []
        for index in range(self.phnum):
            kind, offset, _virtual, address, filesize, memsize = struct.unpack_from(
                self.order + "IIIIII", self.data, self.phoff + index * PROGRAM_HEADER_SIZE
            )
            if kind != 1 or memsize == 0:  # PT_LOAD
                continue
            if filesize > memsize:
                raise self._error(f"has a damaged program header {index}: file size > memory size")
            self._need(f"segment {index}", offset + filesize)
            found.append(Segment(address, self.data[offset : offset + filesize], memsize))
        if not found:
            raise self._error("has no loadable segments")
        return found

    def _symbols(self) -> list[Symbol]:
        """The defined, named symbols by address; none if the file is stripped."""
        if self.shnum == 0:
            return []
        for index in range(self.shnum):
            _name, kind, _flags, _address, offset, size = struct.unpack_from(
                self.order + "IIIIII", self.data, self.shoff + index * SECTION_HEADER_SIZE
            )
            if kind not in (0, SHT_NOBITS):
                self._need(f"section {index}", offset + size)
        try:
            return sorted(self._named_symbols())
        except (struct.error, IndexError, ValueError) as error:
            raise self._error(f"has damaged sections ({type(error).__name__}: {error})") from error

    def _named_symbols(self) -> Iterable[Symbol]:
        for index in range(self.shnum):
            _, kind, _, _, offset, size, link, _, _, entry = self._section(index)
            if kind not in SYMBOL_TABLES:
                continue
            if entry != SYMBOL.size:
                raise ValueError(f"symbols of {entry} bytes")
            _, _, _, _, names_at, names_size, *_ = self._section(link)
            names = self.data[names_at : names_at + names_size]
            symbols = struct.iter_unpack(
                self.order + SYMBOL.format[1:], self.data[offset : offset + size]
            )
            for name_at, value, length, info, _, section in symbols:
                kind = info & 15
                if not name_at or not section or kind in UNNAMED:
                    continue
                name = names[name_at : names.index(0, name_at)].decode("utf-8", "replace")
                # Bit 0 of an ARM function's value is its instruction set, not its address.
                thumb = kind == STT_FUNC and self.machine == EM_ARM
                yield value & ~1 if thumb else value, length, name, SYMBOL_KINDS.get(kind, "")

    def _section(self, index: int) -> tuple[int, ...]:
        if index >= self.shnum:
            raise IndexError(f"no section {index}")
        at = self.shoff + index * SECTION_HEADER_SIZE
        return struct.unpack_from(self.order + "10I", self.data, at)

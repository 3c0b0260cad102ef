"""Images are loaded as they are, or refused in one line that says why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from elf_writer import EF_ARM_BE8, EF_ARM_EABI5, EM_MICROBLAZE, ET_DYN, ET_REL, Elf, elf64
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosim.cpus.config import ImageRef
from cosim.platform.images import Image, ImageError, Range, Segment, check_image, load_image

if TYPE_CHECKING:
    from platform_bench import Bench

DDR = Range("ddr", 0x1000_0000, 0x1000)


def load(bench: Bench, data: Elf | bytes) -> Image:
    return load_image(ImageRef(file=str(bench.image(data)), at=None))


def refusal(bench: Bench, data: Elf | bytes) -> str:
    with pytest.raises(ImageError) as caught:
        load(bench, data)
    told = str(caught.value)
    assert told.startswith(f"'{bench.directory}/arm.elf' ")
    assert "\n" not in told
    return told.partition("arm.elf' ")[2]


@pytest.mark.parametrize("order", ["<", ">"])
def test_an_elf_file_is_loaded(bench: Bench, order: str) -> None:
    image = load(bench, Elf(machine=EM_MICROBLAZE, order=order))
    assert image.machine == "EM_MICROBLAZE"
    assert image.endian == {"<": "little", ">": "big"}[order]
    assert image.entry == 0x1000_0000
    assert image.segments == [Segment(0x1000_0000, bytes(range(16)), 32)]
    assert image.symbols == [(0x1000_0000, 4, "main", "STT_FUNC")]


def test_segments_are_loaded_at_their_physical_address(bench: Bench) -> None:
    image = load(bench, Elf(virtual=0xC000_0000, entry=0xC000_0000, physical=0x1000_0000))
    assert image.segments[0].address == 0x1000_0000
    assert image.entry == 0xC000_0000


def test_the_address_of_a_thumb_function_is_even(bench: Bench) -> None:
    assert load(bench, Elf(virtual=0x1000_0001)).symbols[0][0] == 0x1000_0000


def test_raw_bytes_have_only_an_address(bench: Bench) -> None:
    path = bench.image(b"raw", "table.bin")
    image = load_image(ImageRef(file=str(path), at=0x100))
    assert image.segments == [Segment(0x100, b"raw", 3)]
    assert (image.entry, image.machine, image.endian) == (None, None, None)


# fmt: off
CUT_AFTER = {
    "ident":          "the ELF header: expected 52",
    "header":         "the program headers: expected 84",
    "program header": "the section headers: expected 301",
    "segment":        "the section headers: expected 301",
    "symbols":        "the section headers: expected 301",
    "strings":        "the section headers: expected 301",
    "section names":  "the section headers: expected 301",
}
# fmt: on


@pytest.mark.parametrize("part", CUT_AFTER)
def test_a_file_cut_at_a_boundary_says_what_is_missing(bench: Bench, part: str) -> None:
    size = Elf().boundaries[part]
    told = refusal(bench, Elf().bytes()[:size])
    assert told == f"is truncated in {CUT_AFTER[part]} bytes, the file has {size}"


def test_a_file_cut_anywhere_is_refused(bench: Bench) -> None:
    whole = Elf().bytes()
    for size in range(1, len(whole)):
        assert "is truncated in" in refusal(bench, whole[:size])


def test_a_segment_that_the_file_does_not_hold_says_how_much_is_missing(bench: Bench) -> None:
    stripped = bytearray(Elf().bytes()[:96])
    stripped[48:50] = bytes(2)  # e_shnum: no section headers
    assert refusal(bench, bytes(stripped)) == (
        "is truncated in segment 0: expected 100 bytes, the file has 96"
    )


REFUSED = {
    "text": (
        b"int main(void) {}",
        "is not an ELF file; to load raw bytes give {file: ..., at: ADDRESS}",
    ),
    "64 bits": (elf64(), "is a 64-bit ELF file for x86-64"),
    "object file": (Elf(type=ET_REL), "is a relocatable ELF file, not an executable (ET_EXEC)"),
    "shared object": (Elf(type=ET_DYN), "is a shared ELF file, not an executable (ET_EXEC)"),
    "nothing to load": (Elf(loadable=False), "has no loadable segments"),
    "sizes": (Elf(memsize=8), "has a damaged program header 0"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_loaded_is_refused(bench: Bench, case: str) -> None:
    data, reason = REFUSED[case]
    assert refusal(bench, data).startswith(reason)


# fmt: off
DAMAGE = {
    "e_ident class":  (4, b"\7",                "has a damaged ELF identification"),
    "e_ident data":   (5, b"\7",                "has a damaged ELF identification"),
    "e_phoff":        (28, b"\xff\xff\xff\xff", "is truncated in the program headers"),
    "e_phoff 0":      (28, bytes(4),            "has a damaged ELF header"),
    "e_shoff":        (32, b"\xff\xff\xff\x7f", "is truncated in the section headers"),
    "e_phentsize":    (42, bytes(2),            "has a damaged ELF header"),
    "e_phnum 0":      (44, bytes(2),            "has no loadable segments"),
    "e_shentsize":    (46, bytes(2),            "has a damaged ELF header"),
    "p_offset":       (56, b"\xff\xff\xff\xff", "is truncated in segment 0"),
}
# fmt: on


@pytest.mark.parametrize("case", DAMAGE)
def test_a_damaged_header_is_refused(bench: Bench, case: str) -> None:
    at, value, reason = DAMAGE[case]
    data = bytearray(Elf().bytes())
    data[at : at + len(value)] = value
    assert refusal(bench, bytes(data)).startswith(reason)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(Elf().bytes()) - 1), st.integers(0, 255)), max_size=6))
def test_any_damage_is_loaded_or_refused(bench: Bench, damage: list[tuple[int, int]]) -> None:
    data = bytearray(Elf().bytes())
    for at, value in damage:
        data[at] = value
    path = bench.image(bytes(data))
    try:
        assert load_image(ImageRef(file=str(path), at=None)).segments
    except ImageError as error:
        assert "\n" not in str(error)


# fmt: off
FILES = {
    "none.elf": "cannot read '{}': No such file or directory",
    "empty":    "'{}' is empty",
    "folder":   "'{}' is a directory",
    "a\0b":     "'{}' is not a file name",
    "x" * 300:  "cannot read '{}': File name too long",
}
# fmt: on


@pytest.mark.parametrize("name", FILES)
def test_files_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    file = f"{tmp_path}/{name}"
    with pytest.raises(ImageError) as caught:
        load_image(ImageRef(file=file, at=None))
    assert str(caught.value) == FILES[name].format(file)


# Against a core


def problems(image: Image, **changes: object) -> list[str]:
    core = {"machines": "EM_ARM", "endian": "little", "ranges": [DDR]} | changes
    return check_image(image, "'arm0' is arm.cortex-a9", **core)  # type: ignore[arg-type]


def test_an_image_that_fits_has_no_problems(bench: Bench) -> None:
    assert problems(load(bench, Elf())) == []
    assert problems(load(bench, Elf()), machines=("EM_386", "EM_ARM")) == []


def test_another_machine_is_the_only_problem_told(bench: Bench) -> None:
    (told,) = problems(load(bench, Elf(machine=EM_MICROBLAZE, order=">", physical=0)))
    assert told.endswith("is for microblaze, but core 'arm0' is arm.cortex-a9 (EM_ARM)")


def test_another_byte_order(bench: Bench) -> None:
    (told,) = problems(load(bench, Elf()), endian="big")
    assert told.endswith("is little-endian, but core 'arm0' is arm.cortex-a9, big-endian")


def test_big_endian_arm_needs_little_endian_instructions(bench: Bench) -> None:
    be8 = Elf(order=">", flags=EF_ARM_EABI5 | EF_ARM_BE8)
    assert problems(load(bench, be8), endian="big") == []
    (told,) = problems(load(bench, Elf(order=">")), endian="big")
    assert told.endswith("has big-endian instructions: link it with --be8")


def test_a_segment_outside_memory_names_the_nearest(bench: Bench) -> None:
    far = Range("far", 0, 0x1000)
    for physical in (0x0FFF_FFF0, 0x1000_0FF0, 0x1000_1000):
        (told,) = problems(load(bench, Elf(physical=physical)), ranges=[far, DDR])
        assert told.endswith("(nearest: 'ddr' 0x1000_0000..0x1000_0fff)")


def test_what_is_not_known_is_not_checked(bench: Bench) -> None:
    assert problems(load(bench, Elf(order=">", physical=0)), endian=None, ranges=None) == []

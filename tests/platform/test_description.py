"""A platform file is described, or everything wrong with it is told at its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from elf_writer import EM_386, EM_MICROBLAZE, ET_DYN, Elf, elf64
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosim.platform.description import describe
from cosim.platform.diagnostics import PlatformError
from cosim.platform.registry import Registry

if TYPE_CHECKING:
    from platform_bench import Bench

But = Callable[[str, str], str]


def test_a_good_file_is_described(bench: Bench) -> None:
    board = bench.describe()
    assert (board.name, board.quantum) == ("board", 100_000_000)
    arm0 = board.cores["arm0"]
    assert (arm0.cls.TYPE, arm0.config.clock, arm0.pc) == (
        "arm.cortex-a9",
        667_000_000,
        0x1000_0000,
    )
    assert arm0.images[0].segments[0].data == bytes(range(16))
    assert (board.cores["mb0"].images, board.cores["mb0"].pc) == ([], None)
    lmb = board.memories["lmb"]
    assert (lmb.at, lmb.size, lmb.seen_by, lmb.readonly) == (0, 0x10000, ["mb0"], False)
    assert board.memories["ddr"].seen_by is None
    uart = board.peripherals["uart0"]
    assert (uart.cls.TYPE, uart.at, uart.config.console) == (
        "xilinx.uartlite",
        0x4060_0000,
        "stdio",
    )


def test_the_order_of_the_sections_does_not_matter(bench: Bench, good: str) -> None:
    reordered = "\n".join(reversed(re.split(r"\n(?=\w)", good.rstrip())))
    assert reordered.startswith("peripherals:")
    assert bench.describe(reordered).cores == bench.describe().cores


def bad_input() -> dict[str, tuple[str, str, list[str]]]:
    """The cases of bad_input.txt: what is changed, to what, and what is told."""
    cases = {}
    for text in (Path(__file__).parent / "bad_input.txt").read_text().split("\n[")[1:]:
        name, old, new, *told = text.rstrip().splitlines()
        change = [line[2:].replace("\\n", "\n") for line in (old, new)]
        cases[name.rstrip("]")] = (change[0], change[1], [line[2:] for line in told])
    return cases


WRONG = bad_input()


@pytest.mark.parametrize("case", WRONG)
def test_bad_input_is_told_at_its_place(case: str, bench: Bench, but: But) -> None:
    old, new, expected = WRONG[case]
    told = [one.replace("$DIR", str(bench.directory)) for one in expected]
    assert bench.errors(but(old, new)) == told


def test_several_errors_are_told_in_one_go_and_in_file_order(bench: Bench, good: str) -> None:
    text = (
        good.replace("667MHz", "667")
        .replace("xilinx.microblaze", "mips")
        .replace("64MiB", "64MB")
        .replace("[mb0]", "[mb9]")
        .replace("console: stdio", "consol: stdio")
    )
    lines = [told.split(":")[0] for told in bench.errors(text)]
    assert lines == ["3", "4", "6", "7", "9"]


def test_a_memory_that_could_not_be_read_makes_no_second_error(bench: Bench, but: But) -> None:
    (told,) = bench.errors(but("size: 64MiB", "size: much"))
    assert told.startswith("7:32: 'much' is not a size")


def test_the_error_looks_like_a_compilers(bench: Bench, but: But) -> None:
    with pytest.raises(PlatformError) as caught:
        bench.describe(but("console: stdio", "consol: stdio"))
    assert str(caught.value) == (
        f"{bench.file}:9:51: error: unknown key 'consol', did you mean 'console'?\n"
        "  uart0: {type: xilinx.uartlite, at: 0x4060_0000, consol: stdio}\n"
        "                                                  ^"
    )


def test_no_cores(bench: Bench) -> None:
    assert bench.errors("name: x\ncores: {}") == ["2:8: this must not be empty"]
    assert bench.errors("name: x") == ["1:1: missing key 'cores'"]
    assert bench.errors("just text") == ["1:1: expected a mapping, found 'just text'"]


def test_a_file_that_cannot_be_read(bench: Bench) -> None:
    for path, reason in {"none.yaml": "No such file or directory", ".": "Is a directory"}.items():
        with pytest.raises(PlatformError, match=f"error: cannot read: {reason}"):
            describe(bench.directory / path)


def test_two_views_may_have_different_things_at_one_address(bench: Bench, good: str) -> None:
    ocm = "  ocm: {at: 0, size: 64KiB, seen_by: [arm0]}\nperipherals:"
    assert set(bench.describe(good.replace("peripherals:", ocm)).memories) == {"lmb", "ddr", "ocm"}


def test_regions_side_by_side_do_not_overlap_and_hold_one_segment(bench: Bench, but: But) -> None:
    bench.image(Elf(memsize=0x2000))
    halves = "{at: 0x1000_0000, size: 4KiB}\n  ddr2: {at: 0x1000_1000, size: 4KiB}"
    assert bench.describe(but("{at: 0x1000_0000, size: 64MiB}", halves))


# Images


def test_images_are_relative_to_the_platform_file(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    assert bench.describe().cores["arm0"].images


def test_several_images_and_raw_bytes(bench: Bench, but: But) -> None:
    bench.image(b"\x01\x02", "table.bin")
    images = "images: [{file: table.bin, at: 0x1000_1000}, arm.elf]"
    core = bench.describe(but("image: arm.elf", images)).cores["arm0"]
    assert [image.segments[0].address for image in core.images] == [0x1000_1000, 0x1000_0000]
    assert core.pc == 0x1000_0000


def test_pc_overrides_the_entry(bench: Bench, but: But) -> None:
    text = but("image: arm.elf", "image: arm.elf, pc: 0x1000_0010")
    assert bench.describe(text).cores["arm0"].pc == 0x1000_0010


def test_an_image_for_another_machine(bench: Bench) -> None:
    bench.image(Elf(machine=EM_386))
    (told,) = bench.errors()
    assert told.endswith("is for 386, but core 'arm0' is arm.cortex-a9 (EM_ARM)")
    bench.image(elf64())
    (told,) = bench.errors()
    assert told.endswith("is a 64-bit ELF file for x86-64; cores here are 32-bit")


def test_an_image_of_the_other_byte_order(bench: Bench) -> None:
    bench.image(Elf(order=">"))
    (told,) = bench.errors()
    assert told.endswith("is big-endian, but core 'arm0' is arm.cortex-a9, little-endian")


def test_the_core_decides_the_byte_order(bench: Bench, but: But) -> None:
    bench.image(Elf(machine=EM_MICROBLAZE, order=">", physical=0x1010_0000), "mb.elf")
    text = but("clock: 100MHz", "clock: 100MHz, endian: big, image: mb.elf")
    assert bench.describe(text).cores["mb0"].images[0].endian == "big"


def test_something_wrong_with_one_image_does_not_hide_the_others(bench: Bench, but: But) -> None:
    bench.image(Elf(type=ET_DYN), "pie.elf")
    told = bench.errors(but("image: arm.elf", "images: [7, none.elf, pie.elf]"))
    assert [one.split(":")[1] for one in told] == ["55", "58", "68"]


# Whatever is in the file, the answer is a description or a PlatformError.

SCALARS = st.sampled_from(
    ["arm.elf", ".", "", "mb0", "arm.cortex-a9", "xilinx.uartlite", "64KiB", "10us", "1MHz", "big"]
) | st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))
KEYS = st.sampled_from(
    ["type", "clock", "image", "images", "file", "at", "size", "seen_by", "endian", "pc", "irq"]
) | st.text(max_size=3)
ENTRY = SCALARS | st.recursive(
    SCALARS, lambda t: st.lists(t, max_size=3) | st.dictionaries(KEYS, t, max_size=4), max_leaves=6
)
SECTION = ENTRY | st.dictionaries(
    st.sampled_from(["a", "b", "mb0"]), st.dictionaries(KEYS, ENTRY, max_size=5), max_size=3
)
TOP = st.dictionaries(
    st.sampled_from(["name", "quantum", "cores", "memories", "peripherals", "plugins"]), SECTION
)

quick = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def described_or_told(bench: Bench, text: str | bytes) -> None:
    try:
        bench.describe(text)
    except PlatformError as error:
        assert error.diagnostics
        assert str(error)


@quick
@given(TOP)
def test_any_data_is_described_or_told(bench: Bench, data: object) -> None:
    described_or_told(bench, json.dumps(data))


@quick
@given(st.data())
def test_any_change_of_a_good_file_is_described_or_told(
    bench: Bench, good: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 10)))
    inserted = data.draw(st.text(max_size=5) | KEYS | SCALARS.map(str))
    described_or_told(bench, (good[:start] + inserted + good[end:]).encode(errors="replace"))


@quick
@given(st.binary(max_size=60))
def test_any_bytes_are_told(bench: Bench, raw: bytes) -> None:
    described_or_told(bench, raw)


def test_the_platforms_that_come_with_the_project_are_good() -> None:
    root = Path(__file__).parents[2]
    for file in sorted((root / "platforms").glob("*.yaml")):
        assert describe(file, {}, Registry()).name == file.stem


SHARED = """
name: board
cores:
  arm0: {type: arm.cortex-a9, clock: 667MHz, image: arm.elf}
  mb0: {type: xilinx.microblaze, clock: 100MHz, image: {file: other.bin, at: %s}}
memories:
  own: {at: %s, size: 64KiB, seen_by: [%s]}
  ddr: {at: 0x1000_0000, size: 1MiB}
"""


def test_images_of_two_cores_may_not_overlap_in_shared_memory(bench: Bench) -> None:
    start = bench.describe().cores["arm0"].images[0].segments[0].address
    (bench.directory / "other.bin").write_bytes(bytes(8))
    (message,) = bench.errors(SHARED % (hex(start), "0x0", "mb0"))
    assert re.fullmatch(
        r"5:\d+: 0x1000_0000\.\.0x1000_0007 overlaps image '.*arm.elf' of core 'arm0'", message
    )


def test_images_at_one_address_in_private_memories_do_not_overlap(bench: Bench) -> None:
    (bench.directory / "other.bin").write_bytes(bytes(8))
    text = SHARED % ("0x1000_0000", "0x1000_0000", "mb0")
    private = text.replace("size: 1MiB}", "size: 1MiB, seen_by: [arm0]}")
    assert bench.describe(private).cores["mb0"].images

"""`--set PATH=VALUE`: what it may name, what it may say, and where its errors are placed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from elf_writer import EM_MICROBLAZE, Elf
from hypothesis import given
from hypothesis import strategies as st

from cosim.platform.overrides import parse_setting

if TYPE_CHECKING:
    from platform_bench import Bench


# fmt: off
SETTINGS = {
    "cores.mb0.image=fw.elf":     ("cores.mb0.image", "fw.elf"),
    "cores.mb0.pc=0x1000_0000":   ("cores.mb0.pc", 0x1000_0000),
    "memories.ddr.readonly=true": ("memories.ddr.readonly", True),
    "memories.ddr.seen_by=[a, b]": ("memories.ddr.seen_by", ["a", "b"]),
    "cores.mb0.image={file: a=b, at: 0}": ("cores.mb0.image", {"file": "a=b", "at": 0}),
    "cores.mb0.image=null":       ("cores.mb0.image", None),
    "name='7'":                   ("name", "7"),
}
BAD_SETTINGS = {
    "name":       "'name' is not PATH=VALUE",
    "=x":         "'=x' is not PATH=VALUE",
    "name=":      "'name=' has no value",
    "name=[1":    "name: expected ',' or ']'",
    "name=010":   "name: '010' has a leading zero",
    "name=\udc80": "name: the value is not UTF-8",
}
# fmt: on


@pytest.mark.parametrize("text", SETTINGS)
def test_a_setting_is_a_path_and_a_yaml_value(text: str) -> None:
    assert parse_setting(text) == SETTINGS[text]


@pytest.mark.parametrize("text", BAD_SETTINGS)
def test_a_bad_setting_says_why(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_setting(text)
    assert str(caught.value).startswith(BAD_SETTINGS[text])


@given(st.text())
def test_any_text_is_a_setting_or_a_value_error(text: str) -> None:
    try:
        parse_setting(text)
    except ValueError as error:
        assert str(error)


def test_a_value_of_the_file_is_replaced(bench: Bench) -> None:
    board = bench.describe(overrides={"quantum": "10us", "cores.arm0.clock": "1MHz"})
    assert (board.quantum, board.cores["arm0"].config.clock) == (10_000_000, 1_000_000)


def test_a_key_with_a_default_may_be_set(bench: Bench) -> None:
    board = bench.describe(overrides={"cores.arm0.mode": "slow", "memories.ddr.readonly": True})
    assert (board.cores["arm0"].config.mode, board.memories["ddr"].readonly) == ("slow", True)


def test_null_unsets_a_key(bench: Bench) -> None:
    assert bench.describe(overrides={"cores.arm0.image": None}).cores["arm0"].images == []


def test_an_element_of_a_list_and_a_key_below_it(
    bench: Bench, but: Callable[[str, str], str]
) -> None:
    text = but("image: arm.elf", "images: [none.elf, {file: arm.elf}]")
    at = "cores.arm0.images.1.at"
    board = bench.describe(
        text, {"cores.arm0.images.0": bench.file.with_name("arm.elf"), at: 2**28}
    )
    assert len(board.cores["arm0"].images) == 2


def test_a_path_is_relative_to_the_current_directory(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = bench.directory / "elsewhere"
    elsewhere.mkdir()
    image = Elf(machine=EM_MICROBLAZE, physical=0x1010_0000)
    (elsewhere / "fw.elf").write_bytes(image.bytes())
    monkeypatch.chdir(elsewhere)
    for value in ("fw.elf", Path("fw.elf"), {"file": "fw.elf"}):
        board = bench.describe(overrides={"cores.mb0.image": value})
        assert board.cores["mb0"].images[0].path == "fw.elf"
        assert board.cores["arm0"].images


# fmt: off
NOWHERE = {
    "cores.mb1.image":        "no core 'mb1', did you mean 'mb0'?",
    "cores.mb1":              "no core 'mb1', did you mean 'mb0'?",
    "memories.dr.size":       "no memory 'dr', did you mean 'ddr'?",
    "peripherals.uart.at":    "no peripheral 'uart', did you mean 'uart0'?",
    "core.mb0.image":         "no key 'core' in the file, did you mean 'cores'?",
    "cores.mb0.image.file":   "no key 'image' in cores.mb0 (known: clock, type)",
    "cores.arm0.image.file":  "cores.arm0.image is 'arm.elf' and has no key 'file'",
    "memories.lmb.seen_by.1": "no element '1' in memories.lmb.seen_by, which has 1",
    "memories.lmb.seen_by.x": "no element 'x' in memories.lmb.seen_by, which has 1",
    "name.first":             "name is 'board' and has no key 'first'",
}
# fmt: on


@pytest.mark.parametrize("path", NOWHERE)
def test_a_path_that_is_not_there_is_told(bench: Bench, path: str) -> None:
    assert bench.errors(overrides={path: "x"}) == [f"--set {path}: {NOWHERE[path]}"]


def test_a_section_that_the_file_leaves_out_is_empty(bench: Bench, good: str) -> None:
    text = good.partition("peripherals")[0]
    told = bench.errors(text, {"peripherals.uart0.at": 0})
    assert told == ["--set peripherals.uart0.at: no peripheral 'uart0'"]


# fmt: off
WRONG = {
    "cores.arm0.clock=10":      "frequency 10 needs a unit: Hz, kHz, MHz, GHz",
    "cores.arm0.imge=a.elf":    "unknown key 'imge', did you mean 'image'?",
    "cores.arm0.image=no.elf":  "cannot read 'no.elf': No such file or directory",
    "memories.ddr.seen_by=[mb1]": "no core 'mb1', did you mean 'mb0'?",
    "quantm=1us":               "unknown key 'quantm', did you mean 'quantum'?",
}
# fmt: on


@pytest.mark.parametrize("text", WRONG)
def test_an_error_of_an_overridden_value_is_placed_at_the_setting(bench: Bench, text: str) -> None:
    path, value = parse_setting(text)
    (told, *_) = [one for one in bench.errors(overrides={path: value}) if one.startswith("--set")]
    shown = "..." if isinstance(value, list) else str(value)
    assert told == f"--set {path}={shown}: {WRONG[text]}"


def test_errors_of_the_file_and_of_settings_are_told_together(
    bench: Bench, but: Callable[[str, str], str]
) -> None:
    told = bench.errors(but("64MiB", "64MB"), {"cores.mb9.clock": "1MHz", "quantum": "1"})
    assert [one.split(":")[0] for one in told] == ["7", "--set cores.mb9.clock", "--set quantum=1"]


def test_a_value_that_no_file_can_say_is_told(bench: Bench) -> None:
    deep: list[object] = []
    deep.append(deep)
    for value, reason in [
        (object(), "a value of type object cannot stand in a platform file"),
        ({1: 2}, "a value of type dict cannot stand in a platform file"),
        (2**64, "the number does not fit in 64 bits"),
        ("\ud800", "the value is not UTF-8"),
        (deep, "nested more than 64 levels deep"),
    ]:
        assert bench.errors(overrides={"name": value}) == [f"--set name: {reason}"]

"""`cosim cache`, and what a run says while native code is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from cosim.cpus.engines import choice
from cosim.terminal import CLEAR_LINE, UNNOTICED, Terminal
from tests.system.command import cosim, platform

native = pytest.mark.skipif(bool(choice.why_no_translator()), reason="there is no native code here")


@native
def test_a_run_fills_it_and_clear_empties_it(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COSIM_CACHE", str(tmp_path / "cache"))
    assert cosim("cache", "info").stdout.decode() == f"{tmp_path}/cache: 0 files, 0 KiB\n"
    run = ("run", platform("arm_mb"), "--engine", "translator", "--timeout", "20us")
    cosim(*run)
    first, *files = cosim("cache", "info").stdout.decode().splitlines()
    assert first.startswith(f"{tmp_path}/cache: 4 files, ")
    assert sorted(line.split("old  ")[1] for line in files) == [
        "arm.cortex-a9, little-endian",
        "arm.cortex-a9, little-endian: blocks",
        "xilinx.microblaze, little-endian",
        "xilinx.microblaze, little-endian: blocks",
    ]
    assert b"building native code" not in cosim(*run).stderr
    assert cosim("cache", "clear").stdout.endswith(b" KiB removed\n")
    assert list((tmp_path / "cache").iterdir()) == []


@native
@pytest.mark.parametrize("wrong", ["truncated", "unwritable"])
def test_what_cannot_be_used_costs_one_line_and_not_the_run(
    monkeypatch, tmp_path: Path, wrong
) -> None:
    place = tmp_path / "cache"
    monkeypatch.setenv("COSIM_CACHE", str(place))
    run = ("run", platform("arm_mb"), "--engine", "translator", "--timeout", "20us")
    if wrong == "truncated":
        cosim(*run)
        for file in place.iterdir():
            file.write_bytes(file.read_bytes()[:-100])
    else:
        place.write_text("not a directory")
    result = cosim(*run)
    lines = result.stderr.decode().splitlines()
    warnings = [line for line in lines if line.startswith("cosim: warning: ")]
    assert result.returncode == 4  # the time limit, as it should be
    assert len(warnings) == (4 if wrong == "truncated" else 1)  # for each core's files
    assert len(lines) <= len(warnings) + 2


def test_nothing_is_kept_if_it_is_off(monkeypatch) -> None:
    monkeypatch.setenv("COSIM_CACHE", "off")
    text = "compiled code is not kept (COSIM_CACHE=off)\n"
    assert cosim("cache", "info").stdout.decode() == text
    assert cosim("cache", "clear").stdout == b"0 KiB removed\n"


@pytest.mark.parametrize("is_terminal", [False, True])
def test_building_is_told_once_it_takes_long(capsys, monkeypatch, is_terminal) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal)
    now = 0.0
    monkeypatch.setattr("time.perf_counter", lambda: now)
    terminal = Terminal()
    terminal.building("toy", 0, 96)
    now += UNNOTICED / 2
    terminal.building("toy", 48, 96)
    assert capsys.readouterr().err == ""
    now += UNNOTICED
    terminal.building("toy", 60, 96)
    terminal.building("toy", 96, 96)
    terminal.building("toy", 0, 5)
    terminal.building("toy", 5, 5)
    text = "cosim: building native code for toy: {} forms ..."
    line, other = text.format(96), text.format(5)
    once = f"{line}\n"
    wiped = f"{CLEAR_LINE}{line}{CLEAR_LINE}{CLEAR_LINE}{other}{CLEAR_LINE}"
    assert capsys.readouterr().err == (wiped if is_terminal else once)

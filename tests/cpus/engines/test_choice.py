"""Which engine a core gets, and what is said where it is not the translator."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from cosim.cli import cli
from cosim.cpus.engines import choice

BOARD = Path(__file__).parents[3] / "platforms" / "vexpress_a9.yaml"


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine for which the translator makes no code."""
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    choice.why_no_translator.cache_clear()
    yield
    choice.why_no_translator.cache_clear()


def test_auto_is_the_translator_where_it_can_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "preferred", "translator")
    expected = "reference" if choice.why_no_translator() else "translator"
    assert choice.chosen("auto") == expected
    assert choice.chosen("reference") == "reference"


@pytest.mark.usefixtures("elsewhere")
def test_elsewhere_the_reference_interpreter_runs_and_one_line_says_so() -> None:
    assert choice.chosen("auto") == "reference"
    result = CliRunner().invoke(cli, ["run", str(BOARD), "--timeout", "1us"])
    reason = "it makes code for x86-64, and this machine is riscv64"
    assert result.output.count(f"cosim: the reference interpreter runs: {reason}\n") == 1


@pytest.mark.usefixtures("elsewhere")
def test_elsewhere_asking_for_native_code_is_an_error() -> None:
    result = CliRunner().invoke(cli, ["run", str(BOARD), "--engine", "translator"])
    assert result.exit_code == 2
    assert "cannot run here: it makes code for x86-64" in result.output


@pytest.mark.usefixtures("elsewhere")
def test_so_it_is_in_a_platform_file_with_the_place() -> None:
    result = CliRunner().invoke(cli, ["run", str(BOARD), "--set", "cores.cpu0.engine=translator"])
    assert result.exit_code == 2
    assert "engine" in result.output and "cannot run here" in result.output


def test_where_memory_for_code_is_refused_the_reason_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(size: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(choice, "CodeMemory", refuse)
    choice.why_no_translator.cache_clear()
    try:
        assert choice.why_no_translator().endswith("Operation not permitted")
    finally:
        choice.why_no_translator.cache_clear()

"""How problems are told."""

from __future__ import annotations

from cosim.platform.diagnostics import Place, PlatformError, suggest

LINE = "  mb0: {clok: 1}"


def test_a_diagnostic_shows_place_line_and_caret() -> None:
    told = str(Place("b.yaml", 3, 9, LINE).error("unknown key 'clok'"))
    assert told == f"b.yaml:3:9: error: unknown key 'clok'\n{LINE}\n        ^"


def test_the_caret_stays_under_its_column_with_tabs() -> None:
    assert str(Place("b.yaml", 1, 3, "\ta: 1").error("no")).endswith("\n\ta: 1\n\t ^")


def test_a_place_without_a_line_is_the_file_alone() -> None:
    assert str(Place("--set a=1").error("no key 'a'")) == "--set a=1: error: no key 'a'"


def test_a_message_cannot_steer_the_terminal() -> None:
    assert str(Place("f").error("'\x1b[2J\n'")) == "f: error: '\\x1b[2J\\n'"


def test_an_error_tells_everything_in_file_order() -> None:
    wrong = [Place("--set x").error("c"), Place("f", 9, 1).error("b"), Place("f", 2, 5).error("a")]
    assert [line[-1] for line in str(PlatformError(wrong)).splitlines()] == ["a", "b", "c"]


def test_an_error_survives_being_rebuilt_from_its_arguments() -> None:
    error = PlatformError([Place("f", 1, 1).error("x")])
    assert str(PlatformError(*error.args)) == str(error)


def test_suggestions() -> None:
    assert suggest("clok", ["clock", "image"]) == ", did you mean 'clock'?"
    assert suggest("MHZ", ["MHz", "Hz"]) == ", did you mean 'MHz'?"
    assert suggest("zzz", ["a", "b"]) == " (known: a, b)"
    assert suggest("zzz", [f"name{i}" for i in range(20)]) == ""
    assert suggest("zzz", []) == ""

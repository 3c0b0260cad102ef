"""Diagnostics: what is wrong, at its place, told like a compiler does; and all of it at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Above this many, a list of everything known hides the message.
_FEW = 8


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message at one place.

    `line` and `column` count from 1. Line 0 means that there is no line to show: `file` is then
    the whole place (a file that cannot be read, or "--set cores.mb0.clock=10").
    """

    file: str
    line: int
    column: int
    severity: str
    message: str
    source_line: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        text = f"{_printable(place)}: {self.severity}: {_printable(self.message)}"
        if not self.line or not self.source_line.strip():
            return text
        # Tabs stay tabs under tabs, so that the caret stands right at any tab width.
        before = self.source_line[: self.column - 1]
        indent = "".join("\t" if char == "\t" else " " for char in before)
        return f"{text}\n{_printable(self.source_line, keep=chr(9))}\n{indent}^"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key or a value stands; the same fields as in `Diagnostic`."""

    file: str
    line: int = 0
    column: int = 0
    source_line: str = ""

    def error(self, message: str) -> Diagnostic:
        return Diagnostic(self.file, self.line, self.column, "error", message, self.source_line)

    def warning(self, message: str) -> Diagnostic:
        return Diagnostic(self.file, self.line, self.column, "warning", message, self.source_line)


class PlatformError(Exception):
    """A platform that cannot be built; `diagnostics` says why, in file order."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        # Stable: what has no line (an override, a missing file) keeps its order, at the end.
        self.diagnostics = sorted(diagnostics, key=lambda d: (d.line == 0, d.line, d.column))
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(map(str, self.diagnostics))


def suggest(word: str, known: Iterable[str]) -> str:
    """How a message about the unknown `word` ends: the nearest known one, or the few there are."""
    names = sorted(known)
    by_case = {name.lower(): name for name in names}
    near = difflib.get_close_matches(word.lower(), by_case, n=1)
    if near:
        return f", did you mean '{by_case[near[0]]}'?"
    return f" (known: {', '.join(names)})" if 0 < len(names) <= _FEW else ""


def describe_value(value: object) -> str:
    """A value of the file in a few words, for "expected ..., found ..."."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            return f"'{value}'" if len(value) <= 40 else f"'{value[:40]}...'"
        case _:
            return str(value)


# What a pydantic error of that type expected. https://docs.pydantic.dev/latest/errors/
# fmt: off
_EXPECTED = {
    "bool_type":       "true or false",
    "dataclass_type":  "a mapping",
    "dict_type":       "a mapping",
    "finite_number":   "a finite number",
    "float_type":      "a number",
    "frozen_set_type": "a list",
    "int_from_float":  "a whole number",
    "int_type":        "a whole number",
    "list_type":       "a list",
    "model_type":      "a mapping",
    "path_type":       "a path",
    "set_type":        "a list",
    "string_type":     "text",
    "tuple_type":      "a list",
}
# fmt: on


def explain(errors: Sequence[Mapping[str, Any]]) -> str:
    """The message for the pydantic errors about one value: several if it fits no union member."""
    kinds = [_EXPECTED[error["type"]] for error in errors if error["type"] in _EXPECTED]
    other = [error for error in errors if error["type"] not in _EXPECTED]
    if other:
        return _explain_one(other[0])
    value = errors[0]["input"]
    quote = ": quote it" if "text" in kinds and isinstance(value, int | float) else ""
    expected = " or ".join(dict.fromkeys(kinds))
    return f"expected {expected}, found {describe_value(value)}{quote}"


def _explain_one(error: Mapping[str, Any]) -> str:
    value = error["input"]
    context: Mapping[str, Any] = error.get("ctx", {})
    if value is None:
        return "no value given"
    match error["type"]:
        case "value_error" | "assertion_error":
            return str(context["error"]) or "not a valid value"
        case "literal_error" | "enum":
            known = re.findall("'([^']*)'", context["expected"])
            return f"unknown value {describe_value(value)}{suggest(str(value), known)}"
        case "string_pattern_mismatch":
            return f"{describe_value(value)} does not match {context['pattern']}"
        case "too_short" | "string_too_short":
            return "this must not be empty"
    text: str = error["msg"]
    return f"{text[:1].lower()}{text[1:]}, found {describe_value(value)}"


def _printable(text: str, keep: str = "") -> str:
    """One line without control characters: a message must not steer the terminal."""
    return "".join(c if c.isprintable() or c in keep else repr(c)[1:-1] for c in text)

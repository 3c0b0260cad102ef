"""Overrides of a platform file: `--set cores.mb0.image=fw.elf`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cosim.platform.diagnostics import Place, describe_value, suggest
from cosim.platform.yaml_marks import MAX_DEPTH, Document, KeyPath, read_yaml

# What one entry of a section is called.
_ENTRIES = {"cores": "core", "memories": "memory", "peripherals": "peripheral"}


def parse_setting(text: str) -> tuple[str, object]:
    """The path and the value of PATH=VALUE; the value is YAML: text, a number, a list, ...

    Raises:
        ValueError: no path, no value, or a value that is not YAML.
    """
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise ValueError(f"'{text}' is not PATH=VALUE, as in cores.mb0.image=fw.elf")
    if not value.strip():
        raise ValueError(f"'{text}' has no value (null unsets a key)")
    try:
        raw = value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{path}: the value is not UTF-8") from None
    document = read_yaml(raw, path)
    if document.diagnostics:
        raise ValueError(f"{path}: {document.diagnostics[0].message}")
    return path.strip(), document.data


class Overrides:
    """The values set over those of a file.

    Attributes:
        paths: what was overridden, to find out where a value came from.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values
        self.paths: list[KeyPath] = []

    def apply(self, document: Document) -> None:
        """Set every value in `document`; what cannot be set is a diagnostic there."""
        for text, value in self.values.items():
            place = Place(f"--set {text}")
            try:
                plain = _plain(value)
                path = self._set(document.data, text, plain)
            except ValueError as error:
                document.diagnostics.append(place.error(str(error)))
                continue
            self.paths.append(path)
            document.replace(path, Place(f"--set {text}={_shown(plain)}"))

    def base_of(self, path: KeyPath, file: Path) -> Path:
        """The directory that a file name at `path` is relative to."""
        overridden = any(path[: len(known)] == known for known in self.paths)
        return Path() if overridden else file.parent

    def _set(self, data: object, text: str, value: object) -> KeyPath:
        """Put `value` at the path `text` in `data`; returns the path.

        Raises:
            ValueError: there is nothing that could hold it.
        """
        done: KeyPath = ()
        at = data
        *parents, last = text.split(".")
        for step in parents:
            at, done = _below(at, done, step)
        if isinstance(at, list):
            _, path = _below(at, done, last)
            at[int(last)] = value
            return path
        if not isinstance(at, dict):
            raise ValueError(f"{_named(done)} is {describe_value(at)} and has no key '{last}'")
        if len(done) == 1 and done[0] in _ENTRIES:
            _below(at, done, last)  # an entry is replaced, never made up
        at[last] = value
        return (*done, last)


def _below(at: object, done: KeyPath, step: str) -> tuple[object, KeyPath]:
    """What is at `step` of `at`, which is at `done`.

    Raises:
        ValueError: nothing is.
    """
    if isinstance(at, dict):
        if step in at:
            return at[step], (*done, step)
        if not done and step in _ENTRIES:
            return {}, (step,)  # a section that the file leaves out is empty
        what = _ENTRIES.get(str(done[0])) if len(done) == 1 else None
        if what is not None:
            raise ValueError(f"no {what} '{step}'{suggest(step, at)}")
        raise ValueError(f"no key '{step}' in {_named(done)}{suggest(step, at)}")
    if isinstance(at, list):
        if step.isdecimal() and step.isascii() and len(step) < 10 and int(step) < len(at):
            return at[int(step)], (*done, int(step))
        raise ValueError(f"no element '{step}' in {_named(done)}, which has {len(at)}")
    raise ValueError(f"{_named(done)} is {describe_value(at)} and has no key '{step}'")


def _named(path: KeyPath) -> str:
    return ".".join(map(str, path)) or "the file"


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    return "..." if isinstance(value, dict | list) else describe_value(value)


def _plain(value: object, depth: int = 0) -> object:
    """`value` as a file could say it: a program may pass paths and tuples too.

    Raises:
        ValueError: no file could say it.
    """
    if depth > MAX_DEPTH:
        raise ValueError(f"nested more than {MAX_DEPTH} levels deep")
    match value:
        case None | bool() | float():
            return value
        case int():
            if not -(2**63) <= value < 2**64:
                raise ValueError("the number does not fit in 64 bits")
            return int(value)
        case str():
            if any("\ud800" <= char <= "\udfff" for char in value):
                raise ValueError("the value is not UTF-8")
            return str(value)
        case os.PathLike():
            return _plain(os.fspath(value), depth)
        case list() | tuple():
            return [_plain(one, depth + 1) for one in value]
        case dict() if all(isinstance(key, str) for key in value):
            return {key: _plain(one, depth + 1) for key, one in value.items()}
    raise ValueError(f"a value of type {type(value).__name__} cannot stand in a platform file")

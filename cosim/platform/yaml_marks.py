"""YAML text to plain data, with the place of every key and value, by the rules of YAML 1.2 core.

PyYAML finds the tokens and the events; what they mean is decided here, because its YAML 1.1 rules
are traps in a platform file (`on` is a boolean, `010` is 8, `1:30` is 90, the last of two equal
keys wins). One rule is our own: a number with a leading zero is an error, since half of its readers
take it for octal; and `_` may group digits, as in 0x4060_0000.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml
from yaml.events import NodeEvent
from yaml.reader import ReaderError

from cosim.platform.diagnostics import Diagnostic, Place

KeyPath: TypeAlias = tuple[str | int, ...]
"""From the top of the file: ("cores", "mb0", "images", 0)."""

# Far beyond any platform; they bound what a file of nested aliases can cost.
MAX_DEPTH = 64
MAX_VALUES = 100_000

_INTEGER = re.compile(r"[-+]?(0x[0-9a-fA-F_]*[0-9a-fA-F]|0b[01_]*[01]|0o[0-7]+|[0-9]+(_[0-9]+)*)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
# fmt: off
_CONSTANTS: dict[str, bool | None] = {
    "":      None,  "~":     None,  "null":  None,  "Null": None, "NULL": None,
    "true":  True,  "True":  True,  "TRUE":  True,
    "false": False, "False": False, "FALSE": False,
}
# fmt: on

# The line breaks that PyYAML counts.
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Mark:
    """The places of one entry; for an element of a list both are the element's."""

    key: Place
    value: Place


@dataclass
class Document:
    """What one YAML text says, what is wrong with it, and where everything stands."""

    data: object = None
    marks: dict[KeyPath, Mark] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    unreadable: set[tuple[int, int]] = field(default_factory=set)
    """Lines and columns where reading already found something wrong."""

    def key_place(self, path: KeyPath) -> Place:
        """The place of the key at `path`, or of the nearest thing around it."""
        return self._mark(path).key

    def value_place(self, path: KeyPath) -> Place:
        """The place of the value at `path`, or of the key of the nearest thing around it."""
        mark = self._mark(path)
        return mark.value if path in self.marks else mark.key

    def error_at_key(self, path: KeyPath, message: str) -> None:
        self._error(self.key_place(path), message)

    def error_at_value(self, path: KeyPath, message: str) -> None:
        self._error(self.value_place(path), message)

    def replace(self, path: KeyPath, place: Place) -> None:
        """Everything at and below `path` now comes from `place`."""
        below = [known for known in self.marks if known[: len(path)] == path]
        for known in below:
            del self.marks[known]
        self.marks[path] = Mark(place, place)

    def _error(self, place: Place, message: str) -> None:
        # A value that could not be read stands for something else: nothing more to say there.
        if not place.line or (place.line, place.column) not in self.unreadable:
            self.diagnostics.append(place.error(message))

    def _mark(self, path: KeyPath) -> Mark:
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks[path]


def read_yaml(raw: bytes, file: str) -> Document:
    """The one document in `raw`; every problem is in its `diagnostics`, placed in `file`."""
    whole = Place(file)
    document = Document(marks={(): Mark(whole, whole)})
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = _Lines(raw[: error.start].decode("utf-8-sig"), file).at_end()
        place = _Lines(raw.decode("utf-8-sig", "replace"), file).at(
            before.line - 1, before.column - 1
        )
        document.diagnostics.append(
            place.error(f"byte 0x{raw[error.start]:02x} is not UTF-8: save the file as UTF-8")
        )
        return document
    lines = _Lines(text, file)
    composer = _Composer(lines, document.diagnostics)
    try:
        root = composer.compose(text)
        document.marks[()] = Mark(root.place, root.place)
        document.data = composer.expand(root, (), document.marks)
    except _Stop as stop:
        document.diagnostics.append(stop.diagnostic)
        document.data = None
    document.unreadable = {(one.line, one.column) for one in document.diagnostics}
    return document


class _Stop(Exception):
    """Reading cannot go on."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


class _Lines:
    """The places of one text."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.lines = _LINE_BREAK.split(text)

    def at(self, line: int, column: int) -> Place:
        """The place of PyYAML's 0-based line and column."""
        source = self.lines[line] if line < len(self.lines) else ""
        return Place(self.file, line + 1, column + 1, source)

    def at_end(self) -> Place:
        return self.at(len(self.lines) - 1, len(self.lines[-1]))

    def mark(self, mark: Any) -> Place:
        return self.at(mark.line, mark.column)


@dataclass(slots=True)
class _Scalar:
    place: Place
    value: object


@dataclass(slots=True)
class _Sequence:
    place: Place
    items: list[_Node]


@dataclass(slots=True)
class _Mapping:
    place: Place
    items: dict[str, tuple[Place, _Node]]


@dataclass(slots=True)
class _Alias:
    """`*name`: stands at its own place, and means what is at another."""

    place: Place
    target: _Node


_Node: TypeAlias = _Scalar | _Sequence | _Mapping | _Alias


class _Composer:
    """Events to a graph of nodes, and the graph to data."""

    def __init__(self, lines: _Lines, diagnostics: list[Diagnostic]) -> None:
        self.lines = lines
        self.diagnostics = diagnostics
        self.anchors: dict[str, _Node | None] = {}
        self.count = 0
        self.loader: Any  # an untyped class

    def compose(self, text: str) -> _Node:
        """The root node of the only document.

        Raises:
            _Stop: a syntax error, no document, or more than one.
        """
        try:
            self.loader = yaml.SafeLoader(text)
        except ReaderError as error:
            place = _Lines(text[: error.position], self.lines.file).at_end()
            place = self.lines.at(place.line - 1, place.column - 1)
            raise _Stop(place.error("this character is not allowed in YAML")) from None
        self._event()  # the start of the stream
        if isinstance(self._event(), yaml.StreamEndEvent):
            raise _Stop(self.lines.at(0, 0).error("the file is empty"))
        root = self._node(self._event(), 0)
        self._event()  # the end of the document
        extra = self._event()
        if not isinstance(extra, yaml.StreamEndEvent):
            place = self.lines.mark(extra.start_mark)
            raise _Stop(place.error("a second document begins here; a platform file holds one"))
        return root

    def expand(self, node: _Node, path: KeyPath, marks: dict[KeyPath, Mark]) -> object:
        """The data of `node`, marking what is below it; aliases become copies.

        Raises:
            _Stop: aliases multiply to more than `MAX_VALUES` values or `MAX_DEPTH` levels.
        """
        self.count += 1
        if self.count > MAX_VALUES or len(path) > MAX_DEPTH:
            message = f"aliases expand to more than {MAX_VALUES} values or {MAX_DEPTH} levels"
            raise _Stop(self.lines.at(0, 0).error(message))
        match node:
            case _Alias():
                return self.expand(node.target, path, marks)
            case _Scalar():
                return node.value
            case _Sequence():
                elements = []
                for index, element in enumerate(node.items):
                    below = (*path, index)
                    marks[below] = Mark(element.place, element.place)
                    elements.append(self.expand(element, below, marks))
                return elements
            case _Mapping():
                data = {}
                for key, (place, value) in node.items.items():
                    below = (*path, key)
                    marks[below] = Mark(place, value.place)
                    data[key] = self.expand(value, below, marks)
                return data

    def _event(self) -> yaml.Event:
        try:
            event: yaml.Event = self.loader.get_event()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark or self.loader.get_mark()
            raise _Stop(self.lines.mark(mark).error(self._syntax(error))) from None
        except (ValueError, OverflowError):
            # PyYAML converts the digits of an escape or a version without checking their range.
            place = self.lines.mark(self.loader.get_mark())
            raise _Stop(place.error("this escape or number is out of range")) from None
        return event

    def _syntax(self, error: yaml.MarkedYAMLError) -> str:
        problem = error.problem or error.context or "not YAML"
        if "'\\t'" in problem:
            return "a tab is not allowed here: indent with spaces"
        if error.context and error.context_mark and error.problem:
            return f"{problem} ({error.context} that starts at line {error.context_mark.line + 1})"
        return problem

    def _node(self, event: yaml.Event, depth: int) -> _Node:
        place = self.lines.mark(event.start_mark)
        if depth > MAX_DEPTH:
            raise _Stop(place.error(f"nested more than {MAX_DEPTH} levels deep"))
        assert isinstance(event, NodeEvent)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), place)
        if event.anchor is not None:
            self.anchors[event.anchor] = None  # not complete yet
        if isinstance(event, yaml.ScalarEvent):
            node: _Node = _Scalar(place, self._scalar(event, place))
        elif isinstance(event, yaml.SequenceStartEvent):
            self._check_tag(event.tag, "seq", place)
            node = self._sequence(place, depth)
        else:
            assert isinstance(event, yaml.MappingStartEvent)
            self._check_tag(event.tag, "map", place)
            node = self._mapping(place, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _alias(self, name: str, place: Place) -> _Node:
        if name not in self.anchors:
            raise _Stop(place.error(f"no anchor '&{name}' stands before this alias"))
        target = self.anchors[name]
        if target is None:
            raise _Stop(place.error(f"alias '*{name}' stands inside what it means"))
        return _Alias(place, target)

    def _sequence(self, place: Place, depth: int) -> _Sequence:
        items = []
        while not isinstance(event := self._event(), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return _Sequence(place, items)

    def _mapping(self, place: Place, depth: int) -> _Mapping:
        items: dict[str, tuple[Place, _Node]] = {}
        while not isinstance(event := self._event(), yaml.MappingEndEvent):
            key_node = self._node(event, depth + 1)
            value = self._node(self._event(), depth + 1)
            key = self._key(key_node)
            if key is None:
                continue
            if key in items:
                first = items[key][0].line
                self._error(key_node.place, f"duplicate key '{key}' (first at line {first})")
            else:
                items[key] = (key_node.place, value)
        return _Mapping(place, items)

    def _key(self, node: _Node) -> str | None:
        named = node.target if isinstance(node, _Alias) else node
        if isinstance(named, _Scalar) and isinstance(named.value, str):
            return named.value
        what = f"'{named.value}' is not" if isinstance(named, _Scalar) else "a collection is not"
        self._error(node.place, f"a key must be text, {what}: quote it if it is meant")
        return None

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> object:
        text: str = event.value
        if any("\ud800" <= char <= "\udfff" for char in text):
            self._error(place, "half of a surrogate pair is not a character")
            return text.encode("utf-8", errors="replace").decode()
        self._check_tag(event.tag, "str", place)
        plain = event.style is None and event.tag is None
        return self._plain(text, place) if plain else text

    def _plain(self, text: str, place: Place) -> object:
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INTEGER.fullmatch(text):
            if _LEADING_ZERO.fullmatch(text):
                self._error(place, f"'{text}' has a leading zero: is it octal (0o10) or decimal?")
                return 0
            # The length comes first: Python refuses to convert thousands of digits.
            number = int(text.replace("_", ""), 0) if len(text) <= 100 else 2**64
            if not -(2**63) <= number < 2**64:
                self._error(place, "the number does not fit in 64 bits")
                return 0
            return number
        if _FLOAT.fullmatch(text):
            return float(text)
        if _SPECIAL_FLOAT.fullmatch(text):
            return float(text.replace(".", "").lower())
        return text

    def _check_tag(self, tag: str | None, kind: str, place: Place) -> None:
        if tag not in (None, "!", f"tag:yaml.org,2002:{kind}"):
            self._error(place, f"tag '{tag}' has no meaning in a platform file")

    def _error(self, place: Place, message: str) -> None:
        self.diagnostics.append(place.error(message))

"""YAML 1.2 core rules, the place of everything, and errors instead of surprises."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosim.platform.yaml_marks import read_yaml


def value(text: str) -> object:
    document = read_yaml(f"a: {text}".encode(), "t.yaml")
    assert document.diagnostics == []
    assert isinstance(document.data, dict)
    return document.data["a"]


def errors(text: str | bytes) -> list[str]:
    raw = text if isinstance(text, bytes) else text.encode()
    found = read_yaml(raw, "t.yaml").diagnostics
    return [f"{one.line}:{one.column}: {one.message}" for one in found]


# fmt: off
SCALARS = [
    ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
    ("on", "on"), ("yes", "yes"), ("no", "no"), ("off", "off"),
    ("1:30", "1:30"), ("2001-12-14", "2001-12-14"), ("0", 0), ("-7", -7),
    ("0x1000_0000", 0x1000_0000), ("0o17", 15), ("0b1010", 10), ("1_000", 1000), ("0b__1", 1),
    ("1e3", 1000.0), (".5", 0.5), ("1.5", 1.5), ("-.inf", -math.inf),
    ("'7'", "7"), ('"true"', "true"), ("!!str 7", "7"), ("! 7", "7"),
    ("100MHz", "100MHz"), ("0x", "0x"), ("=", "="),
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), SCALARS)
def test_scalars_follow_yaml_1_2(text: str, expected: object) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


def test_keys_and_values_have_places() -> None:
    document = read_yaml(b"cores:\n  mb0: {clock: 10MHz, images: [a, b]}\n", "t.yaml")
    key = document.key_place(("cores", "mb0", "clock"))
    assert (key.line, key.column) == (2, 9)
    assert key.source_line == "  mb0: {clock: 10MHz, images: [a, b]}"
    place = document.value_place(("cores", "mb0", "images", 1))
    assert (place.line, place.column) == (2, 35)


def test_what_is_not_there_has_the_place_of_what_is_around_it() -> None:
    document = read_yaml(b"cores:\n  mb0: {clock: 1}\n", "t.yaml")
    place = document.value_place(("cores", "mb0", "image", "file"))
    assert (place.line, place.column) == (2, 3)


def test_aliases_are_copies_with_the_anchors_places() -> None:
    document = read_yaml(b"a: &x {k: 1}\nb: *x\n", "t.yaml")
    assert document.data == {"a": {"k": 1}, "b": {"k": 1}}
    assert document.value_place(("b",)).line == 2
    assert document.value_place(("b", "k")).line == 1


# fmt: off
WRONG = [
    ("a: 010",             "1:4: '010' has a leading zero"),
    ("a: 1\na: 2",         "2:1: duplicate key 'a' (first at line 1)"),
    ("a: 1\n\tb: 2",       "2:1: a tab is not allowed here: indent with spaces"),
    ("a:\n  \tb: 2",       "2:3: a tab is not allowed here"),
    ("a: [1, 2",           "1:9: expected ',' or ']'"),
    ("a: b: c",            "1:5: mapping values are not allowed here"),
    ("a: 1\n---\nb: 2",    "2:1: a second document begins here"),
    ("",                   "1:1: the file is empty"),
    ("# nothing\n",        "1:1: the file is empty"),
    ("7: a",               "1:1: a key must be text, '7' is not"),
    ("[a]: b",             "1:1: a key must be text, a collection is not"),
    ("a: &x [*x]",         "1:8: alias '*x' stands inside what it means"),
    ("a: *x",              "1:4: no anchor '&x'"),
    ("a: !!float 7",       "1:4: tag 'tag:yaml.org,2002:float' has no meaning"),
    ("a: !!python/name:os.system", "1:4: tag 'tag:yaml.org,2002:python/name:os.system'"),
    ('a: "\\ud800"',       "1:4: half of a surrogate pair"),
    ('a: "\\UFFFFFFFF"',   "1:7: this escape or number is out of range"),
    ("a: \x01",            "1:4: this character is not allowed"),
    ("a: 0x1_0000_0000_0000_0000", "1:4: the number does not fit in 64 bits"),
    ("a: " + "9" * 5000,   "1:4: the number does not fit in 64 bits"),
    ("[" * 1000,           "1:66: nested more than 64 levels deep"),
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_what_is_wrong_is_told_at_its_place(text: str, expected: str) -> None:
    (found,) = errors(text)
    assert found.startswith(expected)


def test_bytes_that_are_not_utf8_are_told_at_their_place() -> None:
    assert errors(b"a: 1\n\xc3\xa4: \xff") == [
        "2:4: byte 0xff is not UTF-8: save the file as UTF-8"
    ]


def test_a_byte_order_mark_is_no_column() -> None:
    assert errors(b"\xef\xbb\xbfa: 010") == errors("a: 010")


def test_aliases_that_multiply_are_stopped() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 9):
        refs = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{refs}]")
    (found,) = errors("\n".join(lines))
    assert "aliases expand to more than" in found


def test_all_that_can_be_found_is_told_in_one_go() -> None:
    assert len(errors("a: 010\na: 1\n5: x\nb: !x 1")) == 4


YAMLISH = st.text(st.sampled_from(list("ab:-?[]{},#&*!|>'\"%@` \n\t\\uUx0159~.=<_\r\u2028")))


@given(st.binary() | YAMLISH.map(str.encode))
def test_any_bytes_are_read_or_told(raw: bytes) -> None:
    for one in read_yaml(raw, "t.yaml").diagnostics:
        assert "\n" not in str(one).partition(": error: ")[2].partition("\n")[0]

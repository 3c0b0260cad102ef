"""The JSON schema says what the models accept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from platform_bench import registry

from cosim.platform.schema import schema_text


@pytest.fixture
def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(schema_text(registry()))
    return loaded


def test_the_text_is_always_the_same() -> None:
    assert schema_text(registry()) == schema_text(registry())
    assert schema_text(registry()).endswith("}\n")


def test_the_type_decides_the_keys(schema: dict[str, Any]) -> None:
    for section, types in {
        "cores": ["arm.cortex-a9", "xilinx.microblaze"],
        "peripherals": ["arm.pl011", "cosim.simctl", "xilinx.uartlite"],
    }.items():
        *known, plugin = schema["properties"][section]["additionalProperties"]["oneOf"]
        assert [one["$ref"].rpartition("/")[2] for one in known] == types
        assert plugin["properties"]["type"]["not"]["enum"] == types
        for name in types:
            definition = schema["definitions"][name]
            assert definition["properties"]["type"]["const"] == name
            assert definition["additionalProperties"] is False
            assert definition["required"][0] == "type"
    assert "mode" in schema["definitions"]["arm.cortex-a9"]["properties"]
    assert "mode" not in schema["definitions"]["xilinx.microblaze"]["properties"]


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    def references(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            yield from [node["$ref"]] if "$ref" in node else []
            for below in node.values():
                yield from references(below)
        elif isinstance(node, list):
            for below in node:
                yield from references(below)

    used = {one.removeprefix("#/definitions/") for one in references(schema)}
    assert used == set(schema["definitions"])


def test_required_keys(schema: dict[str, Any]) -> None:
    assert schema["required"] == ["name", "cores"]
    assert schema["definitions"]["MemoryKeys"]["required"] == ["at", "size"]
    assert schema["definitions"]["arm.cortex-a9"]["required"] == ["type", "clock"]
    assert schema["definitions"]["arm.pl011"]["required"] == ["type", "at"]


@pytest.mark.parametrize(
    ("place", "good", "bad"),
    [
        (("properties", "quantum"), "100us", "100"),
        (("definitions", "MemoryKeys", "properties", "at"), "0x1000_0000", "here"),
        (("definitions", "MemoryKeys", "properties", "size"), "64KiB", "64KB"),
    ],
)
def test_quantities_are_integers_or_text_with_a_unit(
    schema: dict[str, Any], place: tuple[str, ...], good: str, bad: str
) -> None:
    node: Any = schema
    for step in place:
        node = node[step]
    integer, text = node["anyOf"]
    assert integer["type"] == "integer"
    assert re.search(text["pattern"], good)
    assert not re.search(text["pattern"], bad)


def test_an_image_is_a_path_or_a_mapping(schema: dict[str, Any]) -> None:
    image = schema["definitions"]["arm.cortex-a9"]["properties"]["image"]["anyOf"]
    assert {"$ref": "#/definitions/ImageRef"} in image
    assert {"type": "string"} in image

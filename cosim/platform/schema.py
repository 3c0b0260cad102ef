"""The keys of a platform file, as models: they check the data and generate the JSON schema.

Editors read the schema: `# yaml-language-server: $schema=./schema.json` completes and checks a
platform file while it is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.json_schema import models_json_schema

from cosim.kernel.units import Address, Size, Time
from cosim.platform.diagnostics import describe_value, explain, suggest
from cosim.platform.registry import Kind, Registry
from cosim.platform.streams import StreamKeys
from cosim.platform.yaml_marks import Document, KeyPath

Model = TypeVar("Model", bound=BaseModel)

DEFAULT_QUANTUM = 100 * 10**6
"""100 us, in ps."""

NAME_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*$"
"""Names are identifiers, so that paths (cores.mb0.clock) and Python attributes can use them."""

_REFERENCE = "#/definitions/{model}"
_SECTIONS: dict[str, Kind] = {"cores": "core", "peripherals": "peripheral"}


class MemoryKeys(BaseModel):
    """A memory."""

    model_config = ConfigDict(extra="forbid")

    at: Address = Field(description="base address")
    size: Size = Field(description="bytes, or with a unit: 64KiB")
    seen_by: list[str] | None = Field(None, description="the cores that see it; all by default")
    readonly: bool = Field(False, description="stores are refused with a bus error")


class PlatformKeys(BaseModel):
    """A platform file: the processors, memories and devices of one board."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, description="what the platform is called")]
    quantum: Time = Field(
        DEFAULT_QUANTUM, description="how far a core may run ahead (100us); 0 is lock-step"
    )
    cores: dict[str, Any] = Field(min_length=1, description="the processors, by name")
    memories: dict[str, Any] = Field({}, description="the memories, by name")
    peripherals: dict[str, Any] = Field({}, description="the devices, by name")
    streams: dict[str, Any] = Field({}, description="FIFOs between stream links, by name")
    check: bool = Field(False, description="report broken TLM-2.0 rules, at every socket")
    plugins: list[str] = Field([], description="Python files with more core and device types")


def validate(
    model: type[Model], raw: object, path: KeyPath, document: Document, *, unknown: bool = True
) -> Model | None:
    """`raw`, which stands at `path`, as a `model`; None, with diagnostics, if it is not one.

    Kinds are strict, as in JSON: `on` is no boolean, 7 is no text.

    Args:
        unknown: whether keys that the model does not have are told.
    """
    if not isinstance(raw, dict):
        document.error_at_value(path, f"expected a mapping, found {describe_value(raw)}")
        return None
    try:
        return model.model_validate_json(json.dumps(raw), strict=True)
    except ValidationError as failure:
        errors = failure.errors(include_url=False)
    values: dict[KeyPath, list[Any]] = {}
    for error in errors:
        loc = error["loc"]
        below = _data_path(raw, loc)
        if error["type"] == "missing":
            document.error_at_key((*path, *below), f"missing key '{loc[-1]}'")
        elif error["type"] != "extra_forbidden":
            values.setdefault((*path, *below), []).append(error)
        elif unknown:
            hint = suggest(str(loc[-1]), _keys_at(model, loc[:-1]))
            document.error_at_key((*path, *below), f"unknown key '{loc[-1]}'{hint}")
    for place, several in values.items():
        document.error_at_value(place, explain(several))
    return None


def _data_path(data: object, loc: tuple[str | int, ...]) -> KeyPath:
    """The part of a pydantic location that is in the data: it also names union members."""
    found: list[str | int] = []
    for step in loc:
        if isinstance(data, dict) and step in data:
            data = data[step]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            continue
        found.append(step)
    return tuple(found)


def _keys_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """The keys of the model nested in `model` at a pydantic location."""
    for step in loc:
        known = model.model_fields.get(str(step))
        if known is not None:
            nested = next(_models_in(known.annotation), None)
            if nested is None:
                return []
            model = nested
    return list(model.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def schema_text(registry: Registry | None = None) -> str:
    """The JSON schema (draft 7) of platform files, the same on every call."""
    return json.dumps(_schema(registry or Registry()), indent=2) + "\n"


def _schema(registry: Registry) -> dict[str, Any]:
    types = {
        kind: {name: registry.find(kind, name) for name in registry.names(kind)}
        for kind in _SECTIONS.values()
    }
    configs = {cls.Config for known in types.values() for cls in known.values() if cls}
    models = [
        PlatformKeys,
        MemoryKeys,
        StreamKeys,
        *sorted(configs, key=lambda one: one.__qualname__),
    ]
    refs, generated = models_json_schema(
        [(model, "validation") for model in models], ref_template=_REFERENCE
    )
    definitions: dict[str, Any] = generated["$defs"]

    def definition(model: type[BaseModel]) -> dict[str, Any]:
        reference: str = refs[(model, "validation")]["$ref"]
        found: dict[str, Any] = definitions[reference.rpartition("/")[2]]
        return found

    top = definition(PlatformKeys)
    properties = top["properties"]
    properties["memories"].update(_entries(refs[(MemoryKeys, "validation")]))
    properties["streams"].update(_entries(refs[(StreamKeys, "validation")]))
    for section, kind in _SECTIONS.items():
        alternatives = []
        for name, cls in types[kind].items():
            if cls is not None:
                definitions[name] = _of_type(definition(cls.Config), name, cls)
                alternatives.append({"$ref": _REFERENCE.format(model=name)})
        alternatives.append(_of_plugin(list(types[kind]), kind))
        properties[section].update(_entries({"oneOf": alternatives}))
    for model in (PlatformKeys, *configs):
        # Inlined above, under the type's name.
        definitions.pop(refs[(model, "validation")]["$ref"].rpartition("/")[2], None)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **top,
        "definitions": dict(sorted(definitions.items())),
    }


def _entries(schema: dict[str, Any]) -> dict[str, Any]:
    """A mapping of names to entries."""
    return {"propertyNames": {"pattern": NAME_PATTERN}, "additionalProperties": schema}


def _of_type(config: dict[str, Any], name: str, cls: type[Any]) -> dict[str, Any]:
    """The keys of an entry whose type is `name`."""
    label = (cls.__doc__ or name).strip().splitlines()[0]
    named = {"const": name, "description": label}
    keys = {
        "type": named,
        **{key: one for key, one in config["properties"].items() if key != "type"},
    }
    required = ["type", *(key for key in config.get("required", ()) if key != "type")]
    return {**config, "title": name, "description": label, "properties": keys, "required": required}


def _of_plugin(known: list[str], kind: Kind) -> dict[str, Any]:
    """The keys of an entry whose type only a plugin knows."""
    return {
        "type": "object",
        "description": f"a {kind} type of a plugin",
        "properties": {"type": {"type": "string", "not": {"enum": known}}},
        "required": ["type"],
    }

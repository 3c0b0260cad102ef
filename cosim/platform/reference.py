"""The reference page of platform files, from the same models that check them."""

from __future__ import annotations

import inspect
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cosim.kernel.units import format_time, parse_address, parse_time
from cosim.platform.registry import CORES, PERIPHERALS, Registry
from cosim.platform.schema import MemoryKeys, PlatformKeys
from cosim.platform.streams import StreamKeys

INTRODUCTION = """\
# The platform file

Every key of a platform file, generated from the models that check it by `cosim export reference`.

Times (`10us`), frequencies (`667MHz`) and sizes (`64KiB`) have units; a value that is not a whole
number of picoseconds, hertz or bytes is an error. Addresses are integers: `0x4060_0000`. File
names are relative to the platform file.

Put `# yaml-language-server: $schema=./schema.json` in the first line, with the output of
`cosim export schema` beside it, and an editor completes and checks the keys.
"""


def reference_text() -> str:
    """The page, in Markdown."""
    registry = Registry()
    parts = [INTRODUCTION, "## Top level\n", _table(PlatformKeys)]
    parts += ["## An entry of `memories`\n", _table(MemoryKeys)]
    parts += ["## An entry of `streams`\n", _table(StreamKeys)]
    for section, kind, names in (
        ("cores", "core", CORES),
        ("peripherals", "peripheral", PERIPHERALS),
    ):
        for name in names:
            cls = registry.find(kind, name)  # type: ignore[arg-type]  # the two literal kinds
            assert cls is not None
            parts.append(f"## `{name}`, in `{section}`\n")
            parts.append(inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0] + "\n")
            parts.append(_table(cls.Config))
            if kind == "peripheral":
                parts.append(_registers(cls))
    return "\n".join(parts)


def _table(model: type[BaseModel]) -> str:
    rows = ["| key | default | meaning |", "|---|---|---|"]
    for name, info in model.model_fields.items():
        meaning = (info.description or "").replace("|", "\\|")
        rows.append(f"| `{info.alias or name}` | {default(info)} | {meaning}{choices(info)} |")
    return "\n".join(rows) + "\n"


def _registers(cls: Any) -> str:
    rows = ["| offset | register | access | reset | |", "|---|---|---|---|---|"]
    for offset, one in sorted(cls.registers.items()):
        reset = f"0x{one.reset:x}"
        rows.append(f"| 0x{offset:03x} | `{one.name}` | {one.access} | {reset} | {one.doc} |")
    return "\n".join(rows) + "\n"


def default(info: FieldInfo) -> str:
    """The default of a key, quoted, "required", or "" for nothing worth saying."""
    if info.is_required():
        return "required"
    value = info.get_default(call_default_factory=True)
    if value is None or value in ([], {}, ""):
        return ""
    if any(getattr(one, "func", None) is parse_time for one in info.metadata):
        return f"`{format_time(value).replace(' ', '')}`"
    if any(getattr(one, "func", None) is parse_address for one in info.metadata):
        return f"`0x{value:x}`"
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


def choices(info: FieldInfo) -> str:
    """The words that a key can be."""
    if get_origin(info.annotation) is Literal:
        return " (" + ", ".join(f"`{one}`" for one in get_args(info.annotation)) + ")"
    return ""

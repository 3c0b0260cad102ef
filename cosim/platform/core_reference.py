"""What a core implements, as text: from its own tables, so that it cannot say anything else."""

from __future__ import annotations

import inspect
import re
import sys
import textwrap
from collections.abc import Iterable

from cosim.cpus.core import Core
from cosim.cpus.isa.instruction import Row
from cosim.platform.reference import choices, default
from cosim.platform.registry import Registry

WIDTH = 96


def core_list(registry: Registry) -> str:
    """One line a core type."""
    names = registry.names("core")
    width = max(len(name) for name in names)
    lines = [f"{name:{width}}  {_label(registry.find('core', name))}" for name in names]
    return "\n".join(lines)


def core_text(core: type[Core]) -> str:
    """The page of one core: keys, instructions, system registers, lines."""
    parts = [core.TYPE, inspect.cleandoc(core.__doc__ or ""), "", *_keys(core)]
    rows = core.encodings()
    parts += ["", f"Instructions ({len(rows)} encodings)"]
    for label, group in _groups(rows).items():
        parts += ["", *_wrap(f"{label}: {len(group)}", "  "), *_wrap(_mnemonics(group), "      ")]
    registers = core.system_registers()
    if registers:
        parts += ["", f"System registers ({len(registers)})", ""]
        parts += [
            f"  {one.name:12} {one.place:20} {one.access:3} {one.doc}".rstrip() for one in registers
        ]
    parts += ["", f"Interrupt inputs: {', '.join(core.LINES)}"]
    if core.OUTPUTS:
        parts += [f"Interrupt outputs: {', '.join(core.OUTPUTS)}"]
    return "\n".join(parts)


def _label(core: type[Core] | None) -> str:
    return inspect.cleandoc(core.__doc__ or "").partition("\n")[0] if core else ""


def _keys(core: type[Core]) -> list[str]:
    lines = ["Keys in a platform file", ""]
    for name, info in core.Config.model_fields.items():
        value = default(info)
        meaning = (info.description or "") + choices(info)
        lines.append(f"  {name:22} {meaning}{f' [{value}]' if value else ''}".replace("`", ""))
    return lines


def _groups(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by the label of the module that says what they do."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        module = sys.modules[row.semantics.__module__]
        label = (module.__doc__ or module.__name__).partition("\n")[0].rstrip(".")
        found.setdefault(label, []).append(row)
    return found


def _mnemonics(rows: Iterable[Row]) -> str:
    """Each mnemonic once; letters that a field adds are in brackets."""
    return " ".join(dict.fromkeys(re.sub(r"\{(\w)\}", r"[\1]", row.template) for row in rows))


def _wrap(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)

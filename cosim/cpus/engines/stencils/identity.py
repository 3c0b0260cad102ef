"""What compiled code depends on, as text that is the same in every process."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache, partial
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from cosim.cpus.engines.stencils.host import level, processor
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import InstructionSet

PROCESSOR_KEYS = ("vendor_id", "cpu family", "model", "stepping", "flags")
"""Of the host's processor, in what Linux says about it."""

OWN = "cosim.cpus."
"""What the names of modules begin with whose sources every core depends on."""

PACKAGES = ("cosim.bus", "cosim.cpus")
"""Whose sources these are, and those of what native code relies on."""


class Unstable(Exception):
    """Something has no text that is the same in every process."""


def text(value: Any) -> str:
    """A text that equal values have in common, in every process.

    Raises:
        Unstable: it is of a kind that may hold anything.
    """
    if value is None or type(value) in (bool, int, float, str, bytes):
        return repr(value)
    if isinstance(value, Enum):
        return f"{_name(type(value))}.{value.name}"
    if isinstance(value, bool | int | str):
        return f"{_name(type(value))}({value!s})"
    if isinstance(value, tuple | list):
        return f"{_name(type(value))}({', '.join(map(text, value))})"
    if isinstance(value, frozenset | set):
        return f"{_name(type(value))}({', '.join(sorted(map(text, value)))})"
    if isinstance(value, Mapping):
        pairs = sorted((text(key), text(one)) for key, one in value.items())
        return f"{_name(type(value))}({pairs})"
    if isinstance(value, type):
        return _name(value)
    if isinstance(value, ModuleType):
        return value.__name__
    if isinstance(value, FunctionType):
        return _function(value)
    if isinstance(value, partial):
        return f"partial({text(value.func)}, {text(value.args)}, {text(value.keywords)})"
    if hasattr(value, "__dict__"):
        return f"{_name(type(value))}({text(vars(value))})"
    raise Unstable(_name(type(value)))


def _name(one: type | FunctionType) -> str:
    return f"{one.__module__}.{one.__qualname__}"


def _function(function: FunctionType) -> str:
    """Its name, which says what its code is, and what it was made with."""
    inner = [cell.cell_contents for cell in function.__closure__ or ()]
    made_with = [one for one in inner if one is not function]
    parts = [_name(function), str(function.__code__.co_firstlineno)]
    return "|".join([*parts, text(made_with), text(function.__defaults__)])


def instruction_set_text(isa: InstructionSet) -> str:
    """The rows of an instruction set and its own settings.

    Raises:
        Unstable
    """
    parts = [_name(type(isa))]
    # Our own are made of their options by the sources, which are looked at too.
    own = type(isa) is not InstructionSet and type(isa).__module__.startswith(OWN)
    for name, value in sorted(vars(isa).items()):
        if name == "rows":
            parts += [] if own else map(_row, isa.rows)
        elif isinstance(value, InstructionSet):
            parts += [] if own else [f"{name}: {instruction_set_text(value)}"]
        elif name != "_tree":  # which is made of the rows
            parts.append(f"{name}: {text(value)}")
    return "\n".join(parts)


def _row(row: Row) -> str:
    """What a row is. Those of our own tables are what the sources say, too."""
    own = row.semantics.__module__.startswith(OWN)
    return f"{row.identity} {row.requires} {'' if own else text(row.semantics)}"


def description(
    core: str, endian: str, isa: InstructionSet, layout: Mapping[str, Any]
) -> dict[str, str] | None:
    """What the native code of a core depends on, its configuration aside; None: cannot be said.

    Args:
        core: the name of its type.
        layout: where the state is, and what is kept in host registers.
    """
    try:
        parts = instruction_set_text(isa), text(layout)
        modules = {row.semantics.__module__ for row in isa.rows} | {type(isa).__module__}
        sources = [file for name in [*PACKAGES, *modules] for file in _sources_of(name)]
    except (Unstable, RecursionError):
        return None
    return {
        "core": core,
        "endian": endian,
        "instructions": _digest(*(part.encode() for part in parts)),
        "sources": _digest_of(tuple(sorted(set(sources)))),
        "python": sys.version.split()[0],
        "llvm": _llvm(),
        "host": _host(),
    }


@cache
def _sources_of(module: str) -> tuple[Path, ...]:
    """The files that what `module` says may depend on: all of the package that it is in.

    Raises:
        Unstable: it is in no file.
    """
    if module.startswith(OWN):
        return ()  # they are there in any case
    name = module if module in PACKAGES else module.partition(".")[0]
    top = sys.modules.get(name)
    if top is None:
        raise Unstable(module)
    if hasattr(top, "__path__"):
        files = [file for one in top.__path__ for file in Path(one).rglob("*.py")]
    else:
        files = [] if top.__file__ is None else list(Path(top.__file__).parent.glob("*.py"))
    if not files:  # as in an archive
        raise Unstable(module)
    return tuple(sorted(files))


@cache
def _digest_of(files: Iterable[Path]) -> str:
    return _digest(*(part for file in files for part in (file.name.encode(), file.read_bytes())))


def _digest(*parts: bytes) -> str:
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


@cache
def _llvm() -> str:
    """Which LLVM it is, without loading it: that takes longer than all the rest of a start."""
    spec = find_spec("llvmlite")
    if spec is None or spec.origin is None:
        return ""
    folder = Path(spec.origin).parent
    versions = [path.read_text() for path in folder.glob("_version.py")]
    libraries = sorted((folder / "binding").glob("*llvmlite.*"))
    sizes = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in libraries]
    return _digest(json.dumps([versions, sizes]).encode())


@cache
def _host() -> str:
    """What code is made for; or the processor, without loading LLVM if the system says it."""
    made_for, known = level(), processor()
    if made_for is not None:
        return made_for
    if all(key in known for key in PROCESSOR_KEYS):
        return _digest(*(known[key].encode() for key in PROCESSOR_KEYS))
    import llvmlite.binding as binding

    host = binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()
    return _digest(*(part.encode() for part in host))

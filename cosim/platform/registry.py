"""The types a platform file can name: the built-in ones, its plugins, installed entry points."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
import zlib
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, TypeAlias

Kind = Literal["core", "peripheral"]
Source: TypeAlias = str | type[Any]
"""A class, or "module:Class" to import when it is used."""

# fmt: off
CORES: dict[str, Source] = {
    "arm.cortex-a15":    "cosim.cpus.arm.core:CortexA15",
    "arm.cortex-a7":     "cosim.cpus.arm.core:CortexA7",
    "arm.cortex-a9":     "cosim.cpus.arm.core:CortexA9",
    "xilinx.microblaze": "cosim.cpus.microblaze.core:MicroBlaze",
}
PERIPHERALS: dict[str, Source] = {
    "arm.pl011":       "cosim.peripherals.pl011:Pl011",
    "cosim.simctl":    "cosim.peripherals.simctl:SimControl",
    "xilinx.uartlite": "cosim.peripherals.uartlite:UartLite",
}
_BASES: dict[Kind, str] = {
    "core":       "cosim.cpus.core:Core",
    "peripheral": "cosim.peripherals.peripheral:Peripheral",
}
_GROUPS: dict[Kind, str] = {"core": "cosim.cores", "peripheral": "cosim.peripherals"}
# fmt: on


class PluginError(Exception):
    """A plugin that cannot be used; one line says why."""


class Registry:
    """Type names to classes.

    Args:
        cores, peripherals: what is known from the start.
        scan: finds the entry points of a group; asked only about names that nothing else knows.

    Attributes:
        warnings: broken entry points that were met, each with its distribution.
    """

    def __init__(
        self,
        cores: Mapping[str, Source] = CORES,
        peripherals: Mapping[str, Source] = PERIPHERALS,
        scan: Callable[[str], Iterable[EntryPoint]] = lambda group: entry_points(group=group),
    ) -> None:
        self._known: dict[Kind, dict[str, Source]] = {
            "core": dict(cores),
            "peripheral": dict(peripherals),
        }
        self._scan = scan
        self.warnings: list[str] = []

    def names(self, kind: Kind) -> list[str]:
        """Every type name of that kind, sorted."""
        installed = {point.name for point in self._scan(_GROUPS[kind])}
        return sorted(self._known[kind].keys() | installed)

    def find(self, kind: Kind, name: str) -> type[Any] | None:
        """The class of type `name`, or None if there is none or it cannot be used."""
        known = self._known[kind]
        if name not in known:
            self._find_installed(kind, name)
        source = known.get(name)
        if isinstance(source, str):
            source = known[name] = _import(source)
        return source

    def load_plugin(self, path: Path) -> None:
        """Execute the Python file at `path` and take the classes that announce a `TYPE` there.

        Raises:
            PluginError: the file or a class in it cannot be used.
        """
        module = _execute(path)
        found = False
        for cls in vars(module).values():
            own = isinstance(cls, type) and cls.__module__ == module.__name__
            if own and vars(cls).get("TYPE"):
                self._add(cls)
                found = True
        if not found:
            raise PluginError("it defines no class with a TYPE")

    def _add(self, cls: type[Any]) -> None:
        name = cls.TYPE
        for kind in _GROUPS:
            if issubclass(cls, _import(_BASES[kind])):
                _check(kind, cls)
                if name in self._known[kind]:
                    raise PluginError(f"{cls.__name__}: there is already a {kind} type '{name}'")
                self._known[kind][name] = cls
                return
        raise PluginError(f"{cls.__name__} derives from neither Core nor Peripheral")

    def _find_installed(self, kind: Kind, name: str) -> None:
        for point in self._scan(_GROUPS[kind]):
            if point.name != name:
                continue
            try:
                cls = point.load()
                if not (isinstance(cls, type) and issubclass(cls, _import(_BASES[kind]))):
                    raise PluginError(f"{point.value} is not a {kind} class")
                _check(kind, cls)
            except Exception as error:  # noqa: BLE001 - importing it runs anybody's code
                owner = point.dist.name if point.dist else "an unknown distribution"
                reason = f"{type(error).__name__}: {error}"
                self.warnings.append(f"{kind} type '{name}' of {owner} is broken: {reason}")
            else:
                self._known[kind][name] = cls
                return


def _import(source: str) -> type[Any]:
    module, _, name = source.partition(":")
    cls: type[Any] = getattr(importlib.import_module(module), name)
    return cls


def _check(kind: Kind, cls: type[Any]) -> None:
    """The class attributes that a description relies on.

    Raises:
        PluginError: one is missing or wrong.
    """
    if not (isinstance(cls.TYPE, str) and cls.TYPE):
        raise PluginError(f"{cls.__name__}.TYPE is not a type name")
    base = _import(_BASES[kind]).Config
    if not (isinstance(cls.Config, type) and issubclass(cls.Config, base)):
        raise PluginError(f"{cls.__name__}.Config does not derive from {base.__name__}")
    if kind == "core" and not cls.ELF_MACHINE:
        raise PluginError(f"{cls.__name__} has no ELF_MACHINE")
    if kind == "peripheral" and not (isinstance(cls.SIZE, int) and cls.SIZE > 0):
        raise PluginError(f"{cls.__name__}.SIZE is not a number of bytes")


def _execute(path: Path) -> ModuleType:
    if "\0" in str(path) or not path.is_file():
        raise PluginError("no such file")
    # Two files of one name are two modules; pydantic needs them in sys.modules.
    name = f"cosim_plugin_{path.stem}_{zlib.crc32(str(path.resolve()).encode()):08x}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PluginError("not a Python file (*.py)")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise PluginError(_first_line(error, path)) from error
    return module


def _first_line(error: BaseException, path: Path) -> str:
    """The error and the line of the plugin that it is about."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == str(path):
            line = frame.lineno
    place = f" (line {line})" if line else ""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {text}{place}"

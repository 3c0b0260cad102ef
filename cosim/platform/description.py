"""A platform file to a validated description; everything that is wrong is told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from cosim.cpus.config import CoreConfig, ImageRef
from cosim.kernel.units import Address, Size
from cosim.peripherals.peripheral import PeripheralConfig
from cosim.platform.board import DEBUG_INITIATOR
from cosim.platform.diagnostics import Diagnostic, Place, PlatformError, describe_value, suggest
from cosim.platform.images import Image, ImageError, Range, check_image, load_image, span
from cosim.platform.overrides import Overrides
from cosim.platform.registry import Kind, PluginError, Registry
from cosim.platform.schema import NAME_PATTERN, MemoryKeys, PlatformKeys, validate
from cosim.platform.streams import StreamKeys, problem_with
from cosim.platform.yaml_marks import Document, KeyPath, read_yaml

ADDRESS_LIMIT = 2**32
RESERVED = {DEBUG_INITIATOR}

SECTIONS = {
    "cores": "core",
    "memories": "memory",
    "peripherals": "peripheral",
    "streams": "stream",
}
NAME = re.compile(NAME_PATTERN)
_OTHER: dict[Kind, Kind] = {"core": "peripheral", "peripheral": "core"}


@dataclass(frozen=True)
class CoreEntry:
    """A core: `cls(name, config, ...)`; `pc` is where it starts, None for its reset address."""

    name: str
    cls: type[Any]
    config: Any
    images: list[Image]
    pc: int | None


@dataclass(frozen=True)
class MemoryEntry:
    """`size` bytes at `at`, for the cores in `seen_by` (None: all)."""

    name: str
    at: int
    size: int
    seen_by: list[str] | None
    readonly: bool


@dataclass(frozen=True)
class PeripheralEntry:
    """A device: `cls(name, config, ...)`, `cls.SIZE` bytes at `at`."""

    name: str
    cls: type[Any]
    at: int
    seen_by: list[str] | None
    config: Any


@dataclass(frozen=True)
class PlatformDescription:
    """A platform that can be built. `quantum` is in ps."""

    name: str
    quantum: int
    cores: dict[str, CoreEntry]
    memories: dict[str, MemoryEntry]
    peripherals: dict[str, PeripheralEntry]
    streams: dict[str, StreamKeys] = field(default_factory=dict)
    warnings: list[Diagnostic] = field(default_factory=list)
    check: bool = False


def describe(
    path: Path,
    overrides: Mapping[str, object] | None = None,
    registry: Registry | None = None,
) -> PlatformDescription:
    """Read and check the platform file at `path`, with its plugins and images.

    Args:
        overrides: values over those of the file, by path: {"cores.mb0.image": "fw.elf"}.
            File names among them are relative to the current directory.
        registry: the types there are.

    Raises:
        PlatformError: everything that is wrong, each thing at its place.
    """
    place = Place(str(path))
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise PlatformError([place.error(f"cannot read: {error.strerror}")]) from None
    except ValueError:
        raise PlatformError([place.error("this is not a file name")]) from None
    document = read_yaml(raw, str(path))
    if document.diagnostics and document.data is None:
        raise PlatformError(document.diagnostics)
    set_values = Overrides(overrides or {})
    set_values.apply(document)
    return _Reader(path, document, set_values, registry or Registry()).read()


@dataclass(frozen=True)
class _Region:
    """A memory or device whose place in the map is known."""

    path: KeyPath
    range: Range
    seen_by: frozenset[str]


class _Reader:
    """One pass over one document; problems gather in `document.diagnostics`."""

    def __init__(
        self, path: Path, document: Document, overrides: Overrides, registry: Registry
    ) -> None:
        self.path = path
        self.document = document
        self.overrides = overrides
        self.registry = registry
        self.classes: dict[str, type[Any] | None] = {}
        self.regions: list[_Region] = []
        self.memories_known = True
        self.loaded: list[tuple[str, Image]] = []  # by the cores looked at so far

    def read(self) -> PlatformDescription:
        """The description.

        Raises:
            PlatformError: anything is wrong.
        """
        top = validate(PlatformKeys, self.document.data, (), self.document)
        self._load_plugins()
        self._check_names()
        for name, raw in self._section("cores").items():
            self.classes[name] = self._class("core", ("cores", name), raw)
        self.memories_known = isinstance(self.document.data, dict) and isinstance(
            self.document.data.get("memories", {}), dict
        )
        memories = list(map(self._memory, self._section("memories").items()))
        peripherals = list(map(self._peripheral, self._section("peripherals").items()))
        self._check_overlaps()
        cores = list(map(self._core, self._section("cores").items()))
        streams = self._streams({entry.name: entry.config for entry in cores if entry})
        warnings = [Place(str(self.path)).warning(one) for one in self.registry.warnings]
        if top is None or self.document.diagnostics:
            raise PlatformError([*self.document.diagnostics, *warnings])
        return PlatformDescription(
            name=top.name,
            quantum=top.quantum,
            cores={entry.name: entry for entry in cores if entry},
            memories={entry.name: entry for entry in memories if entry},
            peripherals={entry.name: entry for entry in peripherals if entry},
            streams=streams,
            warnings=warnings,
            check=top.check,
        )

    # What belongs to no single entry

    def _section(self, section: str) -> dict[str, Any]:
        """The entries of a section; none if it is of the wrong kind, which is told elsewhere."""
        data = self.document.data
        entries = data.get(section) if isinstance(data, dict) else None
        return entries if isinstance(entries, dict) else {}

    def _load_plugins(self) -> None:
        data = self.document.data
        plugins = data.get("plugins") if isinstance(data, dict) else None
        for index, plugin in enumerate(plugins if isinstance(plugins, list) else ()):
            path: KeyPath = ("plugins", index)
            if isinstance(plugin, str):
                try:
                    self.registry.load_plugin(self.overrides.base_of(path, self.path) / plugin)
                except PluginError as error:
                    message = f"cannot use plugin '{plugin}': {error}"
                    self.document.error_at_value(path, message)

    def _check_names(self) -> None:
        first: dict[str, KeyPath] = {}
        paths = [(section, name) for section in SECTIONS for name in self._section(section)]
        for path in sorted(paths, key=self._position):
            name = path[1]
            if not NAME.fullmatch(name):
                message = f"'{name}' is not a name: a letter or _, then letters, digits and _"
            elif name in RESERVED:
                message = f"the name '{name}' is reserved"
            elif name in first:
                line = self.document.key_place(first[name]).line
                message = (
                    f"there is already a {SECTIONS[str(first[name][0])]} '{name}' (line {line})"
                )
            else:
                first[name] = path
                continue
            self.document.error_at_key(path, message)

    def _position(self, path: KeyPath) -> tuple[bool, int, int]:
        """Sorts by place in the file; what is overridden comes last."""
        place = self.document.key_place(path)
        return place.line == 0, place.line, place.column

    # Entries: each is checked as far as it can be, and None if anything in it is wrong

    def _class(self, kind: Kind, path: KeyPath, raw: object) -> type[Any] | None:
        """The class that the entry's `type` names."""
        name = raw.get("type") if isinstance(raw, dict) else None
        if not isinstance(name, str):
            return None  # its Config says so
        cls = self.registry.find(kind, name)
        if cls is None:
            hint = suggest(name, self.registry.names(kind))
            if name in self.registry.names(other := _OTHER[kind]):
                hint = f": it is a {other} type"
            self.document.error_at_value((*path, "type"), f"unknown {kind} type '{name}'{hint}")
        return cls

    def _memory(self, item: tuple[str, Any]) -> MemoryEntry | None:
        name, raw = item
        path: KeyPath = ("memories", name)
        keys = validate(MemoryKeys, raw, path, self.document)
        size = _quietly(Size, raw, "size")
        if size == 0:
            self.document.error_at_value((*path, "size"), f"memory '{name}' has no bytes")
        seen_by = self._seen_by(path, raw)
        if not self._add_region(path, _quietly(Address, raw, "at"), size, seen_by):
            self.memories_known = False
        if keys is None:
            return None
        return MemoryEntry(name, keys.at, keys.size, keys.seen_by, keys.readonly)

    def _peripheral(self, item: tuple[str, Any]) -> PeripheralEntry | None:
        name, raw = item
        path: KeyPath = ("peripherals", name)
        cls = self._class("peripheral", path, raw)
        model = cls.Config if cls else PeripheralConfig
        config = validate(model, raw, path, self.document, unknown=cls is not None)
        seen_by = self._seen_by(path, raw)
        if cls is not None:
            self._add_region(path, _quietly(Address, raw, "at"), cls.SIZE, seen_by)
        if cls is None or config is None:
            return None
        self._check_endian(path, config.endian)
        self._check_irq(path, getattr(config, "irq", None))
        return PeripheralEntry(name, cls, config.at, config.seen_by, config)

    def _core(self, item: tuple[str, Any]) -> CoreEntry | None:
        name, raw = item
        path: KeyPath = ("cores", name)
        cls = self.classes[name]
        references, told = self._image_references(path, raw)
        if told:  # here, in better words than the model has
            raw = {key: value for key, value in raw.items() if key not in ("image", "images")}
        model = cls.Config if cls else CoreConfig
        config = validate(model, raw, path, self.document, unknown=cls is not None)
        images = [self._image(at, ref, name, config) for at, ref in references]
        pc = _quietly(Address, raw, "pc")
        if pc is not None and pc >= ADDRESS_LIMIT:
            self.document.error_at_value((*path, "pc"), f"0x{pc:x} is beyond 32 bits")
        if cls is None or config is None:
            return None
        loaded = [image for image in images if image is not None]
        entries = [image.entry for image in loaded if image.entry is not None]
        start = config.pc if config.pc is not None else next(iter(entries), None)
        return CoreEntry(name, cls, config, loaded, start)

    def _streams(self, settings: dict[str, Any]) -> dict[str, StreamKeys]:
        """The streams that are right; `settings` are the configurations of the cores."""
        found: dict[str, StreamKeys] = {}
        taken: set[tuple[str, bool]] = set()
        for name, raw in self._section("streams").items():
            path: KeyPath = ("streams", name)
            keys = validate(StreamKeys, raw, path, self.document)
            if keys is None:
                continue
            found[name] = keys
            for key, end in (("from", keys.source), ("to", keys.to)):
                if end is None:
                    continue
                problem = problem_with(end, key == "from", taken, self.classes, settings)
                if problem:
                    self.document.error_at_value((*path, key), problem)
        return found

    # References to cores

    def _seen_by(self, path: KeyPath, raw: object) -> frozenset[str] | None:
        """The cores that see the entry; None if that cannot be told."""
        names = raw.get("seen_by") if isinstance(raw, dict) else None
        if names is None:
            return frozenset(self.classes)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            return None
        path = (*path, "seen_by")
        if not names:
            self.document.error_at_value(path, "an empty list: no core would see it")
        for index, name in enumerate(names):
            if name not in self.classes:
                message = f"no core '{name}'{suggest(name, self.classes)}"
                self.document.error_at_value((*path, index), message)
            elif name in names[:index]:
                self.document.error_at_value((*path, index), f"core '{name}' is named twice")
        return frozenset(names) & self.classes.keys()

    def _check_endian(self, path: KeyPath, endian: str) -> None:
        known = ["little", "big", *self.classes]
        if endian not in known:
            message = f"'{endian}' is neither a byte order nor a core{suggest(endian, known)}"
            self.document.error_at_value((*path, "endian"), message)

    def _check_irq(self, path: KeyPath, irq: str | None) -> None:
        if irq is None:
            return
        core, _, line = irq.partition(".")
        cls = self.classes.get(core)
        if core not in self.classes:
            message = f"no core '{core}'{suggest(core, self.classes)}"
        elif cls is not None and line not in cls.LINES:
            message = f"core '{core}' has no interrupt line '{line}'{suggest(line, cls.LINES)}"
        else:
            return
        self.document.error_at_value((*path, "irq"), message)

    # The map

    def _add_region(
        self, path: KeyPath, at: int | None, size: int | None, seen_by: frozenset[str] | None
    ) -> bool:
        """Put the entry in the map if its place is known; returns whether it is."""
        if at is None or not size or seen_by is None:
            return False
        what = f"{SECTIONS[str(path[0])]} '{path[1]}'"
        self.regions.append(_Region(path, Range(str(path[1]), at, size), seen_by))
        bits = max(map(self._address_bits, seen_by), default=32)
        if at + size > 1 << bits:
            message = f"{what} at {span(at, size)} reaches beyond the {bits}-bit addresses"
            self.document.error_at_value((*path, "at"), message)
        return True

    def _address_bits(self, core: str) -> int:
        """How many bits the core's physical addresses have, by its key `addr_size`."""
        bits = _quietly(int, self._section("cores").get(core), "addr_size")
        return bits if bits is not None and 32 <= bits <= 64 else 32

    def _check_overlaps(self) -> None:
        ordered = sorted(self.regions, key=lambda region: self._position((*region.path, "at")))
        for early, late in combinations(ordered, 2):
            shared = early.seen_by & late.seen_by
            one, other = early.range, late.range
            if shared and one.start < other.end and other.start < one.end:
                line = self.document.key_place(early.path).line
                where = f" (line {line})" if line else ""
                self.document.error_at_value(
                    (*late.path, "at"),
                    f"{other} overlaps {one}{where} as core '{min(shared)}' sees it",
                )

    # Images

    def _image_references(
        self, path: KeyPath, raw: Any
    ) -> tuple[list[tuple[KeyPath, ImageRef]], bool]:
        """What `image` or `images` name, with their places; and whether anything was wrong."""
        if not isinstance(raw, dict):
            return [], False
        one, several = raw.get("image"), raw.get("images", [])
        if one is not None and several:
            self.document.error_at_key((*path, "images"), "give either 'image' or 'images'")
            return [], True
        if not isinstance(several, list):
            message = f"expected a list of images, found {describe_value(several)}"
            self.document.error_at_value((*path, "images"), message)
            return [], True
        wanted: list[tuple[KeyPath, object]] = [
            ((*path, "images", index), value) for index, value in enumerate(several)
        ]
        if one is not None:
            wanted.append(((*path, "image"), one))
        found = [self._image_reference(at, value) for at, value in wanted]
        return [reference for reference in found if reference is not None], None in found

    def _image_reference(self, path: KeyPath, raw: object) -> tuple[KeyPath, ImageRef] | None:
        if isinstance(raw, str):
            reference: ImageRef | None = ImageRef(file=raw, at=None)
        elif isinstance(raw, dict):
            reference = validate(ImageRef, raw, path, self.document)
            path = (*path, "file")
        else:
            message = f"expected a path or {{file: ..., at: ...}}, found {describe_value(raw)}"
            self.document.error_at_value(path, message)
            return None
        if reference is None:
            return None
        file = self.overrides.base_of(path, self.path) / reference.file
        return path, ImageRef(file=str(file) if reference.file else "", at=reference.at)

    def _image(self, path: KeyPath, reference: ImageRef, core: str, config: Any) -> Image | None:
        """The image, loaded and checked as far as the core is known."""
        try:
            image = load_image(reference)
        except ImageError as error:
            self.document.error_at_value(path, str(error))
            return None
        cls = self.classes[core]
        if cls is not None:
            ranges = [
                region.range
                for region in self.regions
                if core in region.seen_by and region.path[0] == "memories"
            ]
            problems = check_image(
                image,
                f"'{core}' is {cls.TYPE}",
                cls.ELF_MACHINE,
                config.endian if config else None,
                ranges if self.memories_known else None,
            )
            for problem in problems:
                self.document.error_at_value(path, problem)
        self._check_shared_bytes(path, core, image)
        return image

    def _check_shared_bytes(self, path: KeyPath, core: str, image: Image) -> None:
        """No image may lie on another one in memory; the same file may, for cores that share it."""
        for other_core, other in self.loaded:
            if other.path == image.path:
                continue
            for one in image.segments:
                for two in other.segments:
                    start = max(one.address, two.address)
                    end = min(one.address + one.memsize, two.address + two.memsize)
                    if start < end and self._same_memory(start, core, other_core):
                        shared = span(start, end - start)
                        whose = f"image '{other.path}' of core '{other_core}'"
                        self.document.error_at_value(path, f"{shared} overlaps {whose}")
        self.loaded.append((core, image))

    def _same_memory(self, address: int, core: str, other: str) -> bool:
        """Whether both cores see the same bytes at `address`."""
        return core == other or any(
            region.range.start <= address < region.range.end and {core, other} <= region.seen_by
            for region in self.regions
        )


def _quietly(kind: Any, raw: object, key: str) -> int | None:
    """The value of one key, or None if it is missing or wrong, which is told elsewhere."""
    value = raw.get(key) if isinstance(raw, dict) else None
    if value is None:
        return None
    try:
        number: int = TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return None
    return number

"""A validated description made into connected modules, with their images loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cosim.bus.checker import ProtocolChecker
from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.cpus.core import Core
from cosim.cpus.symbols import SymbolTable
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from cosim.kernel.signals import Signal
from cosim.peripherals.console import Backend, Console, FileBackend
from cosim.peripherals.peripheral import Peripheral
from cosim.platform.board import Platform
from cosim.platform.description import CoreEntry, PlatformDescription, describe
from cosim.platform.images import Image
from cosim.platform.streams import connect

NAMED_KINDS = ("STT_FUNC", "STT_OBJECT", "STT_NOTYPE")
"""The kinds of ELF symbols that name an address for a person."""


def load(
    path: str | Path,
    set: Mapping[str, Any] | None = None,
    *,
    stdio: Backend | None = None,
    engine: str | None = None,
    shuffle: int | None = None,
) -> Platform:
    """Build the platform that a YAML file describes.

    Args:
        path: the platform file.
        set: values to override, by path: {"cores.mb0.image": "fw.elf"}.
        stdio: what `console: stdio` devices are connected to, as `StdioBackend()` of
            `cosim.peripherals.console`; without it they only keep what is printed
            (`console(name).text`).
        engine: how every core executes, instead of its own `engine` key.
        shuffle: a seed; processes that are runnable at once run in an order drawn with it.

    Raises:
        PlatformError: with everything that is wrong, each at its place in the file.
    """
    description = describe(Path(path), dict(set or {}))
    return build(description, stdio=stdio, engine=engine, shuffle=shuffle)


def build(
    description: PlatformDescription,
    *,
    stdio: Backend | None = None,
    engine: str | None = None,
    shuffle: int | None = None,
) -> Platform:
    """Connect the modules of `description` and load the images."""
    kernel = Kernel(shuffle_seed=shuffle)
    quantum = GlobalQuantum(description.quantum)
    router = Router()
    platform = Platform(description.name, kernel, quantum, router)
    platform.warnings = description.warnings
    for name, entry in description.cores.items():
        chosen = {} if engine is None else {"engine": engine}
        config = entry.config.model_copy(update=chosen)
        core = entry.cls(name, config, kernel, quantum)
        router.attach(core.port.socket)
        platform.cores[name] = core
        platform.consoles[name] = core.console = Console(name, _backend("stdio", stdio))
    for name, memory in description.memories.items():
        target = Memory(name, memory.size, readonly=memory.readonly)
        router.map(name, target.socket, memory.at, memory.size, memory.seen_by)
    for name, device in description.peripherals.items():
        core_named = platform.cores.get(device.config.endian)
        endian = core_named.port.endian if core_named else device.config.endian
        device_config = device.config.model_copy(update={"endian": endian})
        peripheral: Peripheral = device.cls(name, device_config, kernel)
        router.map(name, peripheral.socket, device.at, device.cls.SIZE, device.seen_by)
        platform.peripherals[name] = peripheral
        wanted = getattr(device.config, "console", None)
        if wanted is not None:
            console = Console(name, _backend(wanted, stdio))
            peripheral.connect(console)
            platform.consoles[name] = console
    for name, keys in description.streams.items():
        platform.streams[name] = connect(name, keys, kernel, platform.cores)
    if description.check:
        _check_protocol(platform)
    _wire_interrupts(platform)
    for name, entry in description.cores.items():
        _load_images(platform.cores[name], entry)
    return platform


def _check_protocol(platform: Platform) -> None:
    """Put the checker on the sockets of the cores and of the router, both sides of each hop."""
    kernel = platform.kernel
    platform.checker = checker = ProtocolChecker(lambda: kernel.now)
    sockets = [core.port.socket for core in platform.cores.values()]
    for view in platform.router.views.values():
        sockets += [one.socket for one in view.regions if one.socket not in sockets]
    for socket in sockets:
        checker.watch(socket)


def _backend(wanted: str, stdio: Backend | None) -> Backend | None:
    if wanted == "stdio":
        return stdio
    if wanted.startswith("file:"):
        return FileBackend(Path(wanted.removeprefix("file:")))
    return None


def _load_images(core: Core, entry: CoreEntry) -> None:
    for image in entry.images:
        for segment in image.segments:
            core.port.write_debug(segment.address, segment.data)
        _name_addresses(core.symbols, image)
    if entry.pc is not None:
        core.start_pc = entry.pc
    core.reset()


def _name_addresses(table: SymbolTable, image: Image) -> None:
    """Add the symbols that name an address in a segment; one without a size reaches to its end."""
    ends = [(one.address, one.address + one.memsize) for one in image.segments]
    for address, size, name, kind in image.symbols:
        if kind in NAMED_KINDS and not name.startswith("$"):  # $a, $d: ARM mapping symbols
            for start, end in ends:
                if start <= address < end:
                    table.add(address, size or end - address, name)


def _wire_interrupts(platform: Platform) -> None:
    """Each core input is the OR of the devices that name it."""
    sources: dict[tuple[str, str], list[Signal[bool]]] = {}
    for peripheral in platform.peripherals.values():
        target = getattr(peripheral.config, "irq", None)
        if target is not None:
            core, line = target.split(".")
            sources.setdefault((core, line), []).append(peripheral.irq)
    for (core, line), signals in sources.items():
        drive = _or_gate(signals, platform.cores[core].lines[line])
        platform.cores[core].method(drive, *signals, name=f"{line}.or", initialize=False)


def _or_gate(inputs: list[Signal[bool]], output: Signal[bool]) -> Callable[[], None]:
    def drive() -> None:
        output.write(any(one.read() for one in inputs))

    return drive

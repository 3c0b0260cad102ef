"""`vcd:FILE`: signals and bus accesses as waveforms, with a GTKWave save file beside it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from vcd import VCDWriter
from vcd.writer import Variable

from cosim.kernel.units import SimTime
from cosim.trace.gtkwave import SaveFile
from cosim.trace.records import Access, Change, Initiator, Scene
from cosim.trace.vcd_values import UNKNOWN, Encoded, Kind, kind_of

DATA_BITS = 64

# fmt: off
BUS = {  # the variables of an initiator: type, width, how GTKWave shows it, value at first
    "access":   ("event",  None,      "hex", None),  # each time: the next may look the same
    "command":  ("string", None,      "hex", "-"),
    "address":  ("reg",    None,      "hex", None),  # as wide as what is mapped needs
    "data":     ("reg",    DATA_BITS, "hex", None),
    "length":   ("reg",    16,        "dec", None),
    "response": ("string", None,      "hex", "-"),
}
# fmt: on


class VcdFile:
    """All signals of a simulation, and what each initiator does, in one VCD file.

    Every name is in the scope of the platform's. A variable that changes several times at one time
    has the last of its values.
    """

    wants_signals = True
    wants_fetches = False

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="ascii")
        try:
            self._save_file = SaveFile(path)
        except OSError:
            self._file.close()
            raise
        self._writer: VCDWriter | None = None
        self._signals: dict[str, tuple[Variable[Any], Kind]] = {}
        self._buses: dict[str, tuple[Initiator, dict[str, Variable[Any]]]] = {}
        self._time: SimTime = 0
        self._values: dict[Variable[Any], Encoded] = {}  # at that time

    def begin(self, scene: Scene) -> None:
        self._time = scene.time
        self._writer = writer = VCDWriter(
            self._file, "1 ps", date="", version="cosim", init_timestamp=scene.time
        )
        for name, value in scene.signals.items():
            kind = kind_of(value)
            path = _path(scene.name, name)
            init = kind.encode(value)
            variable = writer.register_var(path[:-1], path[-1], kind.type, kind.bits, init)
            self._signals[name] = variable, kind
            group = "interrupts" if name in scene.interrupts else "signals"
            self._save_file.add(group, path, kind.bits)
        for one in scene.initiators:
            scope = _path(scene.name, f"{one.name}.bus")
            variables: dict[str, Variable[Any]] = {}
            for name, (type_, bits, shown, first) in BUS.items():
                width = one.address_bits if name == "address" else bits
                variables[name] = writer.register_var(scope, name, type_, width, first)
                self._save_file.add(f"bus of {one.name}", (*scope, name), width, shown)
            self._buses[one.name] = one, variables
        writer.flush(scene.time)  # the head, so that events at the first time are kept

    def change(self, change: Change) -> None:
        self._move_to(change.time)
        variable, kind = self._signals[change.name]
        self._values[variable] = kind.encode(change.value)

    def access(self, access: Access) -> None:
        self._move_to(access.time)
        initiator, variables = self._buses[access.initiator]
        fits = access.address < 1 << initiator.address_bits
        values = self._values
        values[variables["access"]] = 1
        values[variables["command"]] = access.command
        values[variables["address"]] = access.address if fits else UNKNOWN
        data = access.data[: DATA_BITS // 8]
        values[variables["data"]] = int.from_bytes(data, initiator.endian)
        values[variables["length"]] = min(len(access.data), 0xFFFF)
        values[variables["response"]] = access.response.name

    def close(self, time: SimTime) -> None:
        if self._writer is not None:
            self._move_to(time + 1)
            self._writer.close(time)
        self._file.close()
        self._save_file.write(time)

    def _move_to(self, time: SimTime) -> None:
        if time == self._time:
            return
        assert self._writer is not None
        for variable, value in self._values.items():
            self._writer.change(variable, self._time, value)
        self._values.clear()
        self._time = time


def _path(top: str, name: str) -> tuple[str, ...]:
    """The scopes and the name of a variable; a name in a VCD file has no spaces."""
    return tuple(re.sub(r"[^!-~]", "_", part) or "_" for part in (top, *name.split(".")))

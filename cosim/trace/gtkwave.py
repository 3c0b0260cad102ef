"""The save file that tells GTKWave what to show of a VCD file, in groups."""

from __future__ import annotations

from math import log2
from pathlib import Path

from vcd.gtkw import GTKWSave

from cosim.kernel.units import SimTime

SUFFIX = ".gtkw"
PIXELS = 1000  # of time, in a window of usual size


class SaveFile:
    """The file beside the VCD file `path`, with its name and `.gtkw`."""

    def __init__(self, path: Path) -> None:
        self._dump = path
        self._file = path.with_name(path.name + SUFFIX).open("w", encoding="utf-8")
        self._groups: dict[str, list[tuple[str, str]]] = {"interrupts": [], "signals": []}

    def add(self, group: str, path: tuple[str, ...], bits: int | None, format: str = "hex") -> None:
        """Show the variable `path`; `bits` of it, if it is a vector."""
        suffix = f"[{bits - 1}:0]" if bits is not None and bits > 1 else ""
        self._groups.setdefault(group, []).append((".".join(path) + suffix, format))

    def write(self, end: SimTime) -> None:
        """Complete the file; all of the time up to `end` (ps) fits in the window."""
        save = GTKWSave(self._file)
        save.dumpfile(str(self._dump))
        save.savefile()
        save.timestart(0)
        save.zoom_markers(-log2(max(end, PIXELS) / PIXELS))
        for group, variables in self._groups.items():
            if variables:
                with save.group(group):
                    for name, format in variables:
                        save.trace(name, datafmt=format)
        self._file.close()

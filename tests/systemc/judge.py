"""The judge: compiles the scenarios with the SystemC library and runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from tests.systemc.model import Line

HERE = Path(__file__).parent
SCENARIOS = HERE / "scenarios"
RECORDED = HERE / "recorded" / "notes.txt"


@cache
def missing() -> str:
    """What the judge needs and is not here; empty if it can work."""
    if shutil.which("g++") is None:
        return "g++ is not installed"
    done = subprocess.run(
        ["g++", "-std=c++17", "-x", "c++", "-E", "-", "-o", os.devnull],
        input="#include <systemc.h>\n",
        text=True,
        capture_output=True,
        check=False,
    )
    return "systemc.h (libsystemc-dev) is not installed" if done.returncode else ""


def names() -> list[str]:
    return sorted(path.stem for path in SCENARIOS.glob("*.cpp"))


def build(directory: Path) -> Path:
    """One binary with every scenario: reading systemc.h is what takes long.

    Raises:
        RuntimeError: a scenario does not compile.
    """
    source, binary = directory / "all.cpp", directory / "judge"
    files = ["main.h", *(f"{name}.cpp" for name in names())]
    source.write_text("".join(f'#include "{file}"\n' for file in files))
    command = ["g++", "-std=c++17", "-O0", f"-I{SCENARIOS}", str(source), "-o", str(binary)]
    done = subprocess.run([*command, "-lsystemc"], text=True, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the scenarios do not compile:\n{done.stderr}")
    return binary


def run(binary: Path, name: str) -> list[Line]:
    """The notes of one scenario, in a process of its own: SystemC can be started only once."""
    environment = {**os.environ, "SYSTEMC_DISABLE_COPYRIGHT_MESSAGE": "1"}
    done = subprocess.run(
        [str(binary), name],
        text=True,
        capture_output=True,
        timeout=20,
        env=environment,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"scenario {name} ends with {done.returncode}:\n{done.stderr}")
    return [_line(text) for text in done.stdout.splitlines()]


def load(text: str) -> dict[str, list[Line]]:
    """Recorded notes: a line `[name]`, then its notes, for each scenario."""
    found: dict[str, list[Line]] = {}
    for row in text.splitlines():
        if row.startswith("["):
            notes = found[row.strip("[]")] = []
        elif row and not row.startswith("#"):
            notes.append(_line(row))
    return found


def dump(notes: dict[str, list[Line]]) -> str:
    """The text that `load` reads."""
    head = "# What the SystemC reference implementation notes: time in ps, delta count, text.\n"
    head += "# Written by `python -m tests.systemc.record`.\n"
    blocks = (
        f"\n[{name}]\n" + "".join(f"{line.time} {line.delta} {line.what}\n" for line in lines)
        for name, lines in sorted(notes.items())
    )
    return head + "".join(blocks)


def _line(text: str) -> Line:
    time, delta, what = text.split(" ", 2)
    return Line(int(time), int(delta), what)

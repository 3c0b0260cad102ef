"""The folder list is the architecture: who may import whom, and how large a file may be."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "cosim"

# What each room may import, beside itself.
ROOMS = {
    "kernel": set(),
    "bus": {"kernel"},
    "cpus": {"kernel", "bus"},
    "peripherals": {"kernel", "bus"},
    "platform": {"kernel", "bus", "cpus", "peripherals"},
    "trace": {"kernel", "bus", "cpus", "peripherals", "platform"},
    "testing": {"kernel", "bus", "cpus", "peripherals", "platform"},
    "terminal": {"kernel", "peripherals"},
    "cli": {"kernel", "bus", "cpus", "peripherals", "platform", "trace", "testing", "terminal"},
}

# The public names of the package come from the platform room, when they are first used.
FRONT_DOOR = {"__init__", "__main__"}

# Rooms within the cpus room: descriptions know no engine, engines know no instruction set.
WITHIN_CPUS = {
    "isa": {"isa"},
    "engines": {"engines", "isa", "faults", "memory_port", "translation", "core"},
}

HEAVY = ("simpy", "pydantic", "capstone")

FILES = sorted(ROOT.rglob("*.py"))


def imports(path: Path) -> set[str]:
    """The modules of this package that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.split(".")[0] == "cosim"}


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    here = room(path)
    if here in FRONT_DOOR:
        return
    allowed = ROOMS[here] | {here}
    for name in imports(path):
        assert name.split(".")[1] in allowed, f"{path} may not import {name}"


@pytest.mark.parametrize("path", [p for p in FILES if room(p) == "cpus"], ids=str)
def test_no_instruction_set_is_known_outside_its_package(path: Path) -> None:
    parts = path.relative_to(ROOT / "cpus").parts
    here = parts[0].removesuffix(".py")
    shared = {p.stem for p in (ROOT / "cpus").glob("*.py")} | {"isa", "engines"}
    allowed = WITHIN_CPUS.get(here, shared | ({here} if len(parts) > 1 else set()))
    for name in imports(path):
        if name.startswith("cosim.cpus."):
            assert name.split(".")[2] in allowed, f"{path} may not import {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_one_concept(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 500
    assert ast.get_docstring(ast.parse(text)), f"{path} needs a label in its first line"


def test_no_file_is_named_like_a_module_of_the_standard_library() -> None:
    names = [path for path in FILES if path.stem in sys.stdlib_module_names]
    assert names == []


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import sys, cosim; print([m for m in {HEAVY} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_asking_for_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, cosim.cli\n"
        "try: cosim.cli.cli(['run', '--help'])\n"
        "except SystemExit: pass\n"
        f"print([m for m in {HEAVY} if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip().endswith("[]")

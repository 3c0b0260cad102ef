"""Runs the `cosim` command as a user does, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "firmware" / "images"


def cosim(*arguments: object, stdin: bytes = b"", cwd: Path = ROOT) -> subprocess.CompletedProcess:
    """The finished process, with its output as bytes."""
    command = [sys.executable, "-m", "cosim", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=cwd, timeout=300)


def platform(name: str) -> Path:
    return ROOT / "platforms" / f"{name}.yaml"

"""Simulators as processes: how long one takes, what it prints, how much memory it has."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cpu_programs import IMAGES, ISAS, ROOT, SENTINEL, with_values

LIMIT = "600"  # seconds of one run
SHORTEST = 0.1  # seconds that tell a speed, beside the noise of a process's start
COUNTED = re.compile(r"(\w+) ([\d,]+)(?=[,;])")


class Process(NamedTuple):
    """What became of one.

    Attributes:
        seconds: from its start to its end; of QEMU, which does not end, to the end marker.
        instructions: executed by the guest; 0 for QEMU, which does not count them.
        resident: the most memory it had at a time, in MiB.
    """

    seconds: float
    console: str
    instructions: int
    resident: float


def cosim_process(platform: Path, cache: Path, *options: object) -> Process:
    """`cosim run PLATFORM`, with what it keeps on disk below `cache`."""
    command = [sys.executable, "-m", "cosim", "run", str(platform), "--wall-timeout", LIMIT]
    command += map(str, options)
    environment = os.environ | {"COSIM_CACHE": str(cache)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its bytecode
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment,
    )
    assert process.stdout is not None and process.stderr is not None
    console, report = process.stdout.read(), process.stderr.read()
    resident = _ended(process)
    seconds = time.perf_counter() - began
    counts = COUNTED.findall(report.rpartition("instructions: ")[2])
    if process.returncode or not counts:
        raise SystemExit(f"{' '.join(command)}\n{console}{report}")
    executed = sum(int(count.replace(",", "")) for _, count in counts)
    return Process(seconds, console, executed, resident)


def cosim_of(elf: Path, isa: str, cache: Path, *options: object) -> Process:
    """cosim with that image on its board, to the end marker."""
    platform = ROOT / "platforms" / f"{ISAS[isa].platform}.yaml"
    setting = f"cores.cpu0.image={elf}"
    return cosim_process(platform, cache, "--set", setting, "--expect", SENTINEL, *options)


def qemu_of(elf: Path, isa: str, *options: str) -> Process | None:
    """QEMU with that image on its board, until it has printed the end marker.

    Returns:
        None where it is not installed.
    """
    if shutil.which(ISAS[isa].qemu) is None:
        return None
    command = [ISAS[isa].qemu, "-M", ISAS[isa].machine, "-kernel", str(elf), *options]
    command += ["-display", "none", "-serial", "stdio", "-monitor", "none"]
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"QEMU_AUDIO_DRV": "none"},
    )
    assert process.stdout is not None
    printed = b""
    try:
        while not printed.endswith(SENTINEL.encode()):
            piece = os.read(process.stdout.fileno(), 4096)
            if not piece:
                raise SystemExit(f"{elf.name}: QEMU ended before the program did")
            printed += piece
        seconds = time.perf_counter() - began
    finally:
        process.kill()
        resident = _ended(process)
        process.stdout.close()
    return Process(seconds, printed.decode(), 0, resident)


def variant(name: str, isa: str, folder: Path, **values: int) -> Path:
    """The image `name` of that instruction set, with those values, as a file in `folder`."""
    number = "_".join(str(value) for value in values.values())
    elf = folder / f"{name}_{isa}_{number}.elf"
    elf.write_bytes(with_values((IMAGES / f"{name}_{isa}.elf").read_bytes(), **values))
    return elf


def _ended(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> float:
    """Wait for its end; returns the most memory it had, in MiB."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss / 1024


def spread(seconds: Sequence[float]) -> float:
    """How much longer than the shortest the longest took."""
    return max(seconds) / min(seconds) - 1


def steady(large: Process | None, small: Process | None, instructions: int) -> float | None:
    """Million instructions per second of what `large` did and `small` did not.

    Both start up, and translate the same code: what is left is what they execute.

    Args:
        instructions: that are in one and not in the other.

    Returns:
        None if the difference is too short to tell.
    """
    if large is None or small is None or large.seconds - small.seconds < SHORTEST:
        return None
    return instructions / (large.seconds - small.seconds) / 1e6

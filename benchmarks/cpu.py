"""The programs in firmware/cpu, here and under QEMU: the speed of the processors alone.

    python benchmarks/cpu.py [--isa mb] [--program crc32] [--repeat 5] [--mmu] [--engine NAME]

One table, everything measured in this run from the same ELF files: the best of the repetitions, in
which cosim and QEMU take turns, so that what else the machine does falls on both.

- steady: guest instructions per second without the start-up. cosim: the last nine tenths of a run,
  by its own clock. QEMU: the whole process, less that of the same image with one round only.
- cold, warm: the whole process, from its start to its end; with an empty COSIM_CACHE, and with what
  the run before left in it. QEMU keeps nothing; its process counts until the end marker is out.
- icount: QEMU with `-icount shift=0`, which makes its time deterministic, as cosim's always is.
- ratios: QEMU's time to cosim's, so that above 1 cosim is faster; the last one is that of QEMU with
  icount to the warm process, the others are without icount.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from cpu_programs import ISAS, PROGRAMS, ROOT, SENTINEL, Isa, image, with_values

import cosim

LIMIT = 600.0  # seconds of one run
SHORTEST = 0.1  # seconds that tell a speed of QEMU, beside the noise of its start


@dataclass(frozen=True)
class Task:
    """One program on one instruction set, and how cosim is to run it."""

    program: str
    isa: Isa
    elf: Path
    one_round: Path
    engine: str | None
    quantum: str | None

    @property
    def platform(self) -> Path:
        return ROOT / "platforms" / f"{self.isa.platform}.yaml"

    def cosim_process(self) -> tuple[float, str, int]:
        """Seconds, console and number of instructions of a `cosim run`."""
        command = [sys.executable, "-m", "cosim", "run", str(self.platform)]
        command += ["--set", f"cores.cpu0.image={self.elf}", "--expect", SENTINEL]
        command += ["--engine", self.engine] if self.engine else []
        command += ["--quantum", self.quantum] if self.quantum else []
        began = time.perf_counter()
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=LIMIT,
        )
        seconds = time.perf_counter() - began
        counted = re.search(r"instructions: cpu0 ([\d,]+)", done.stderr)
        if done.returncode or counted is None:
            raise SystemExit(f"{self.elf.name}: {done.stderr}")
        return seconds, done.stdout, int(counted[1].replace(",", ""))

    def cosim_steady(self, instructions: int) -> float:
        """Instructions per second without the first tenth of the run, which translates."""
        settings: dict[str, object] = {"cores.cpu0.image": str(self.elf)}
        if self.quantum:
            settings["quantum"] = self.quantum
        board = cosim.load(self.platform, set=settings, engine=self.engine)
        board.run(board.core("cpu0").clock.time_of(instructions // 10), wall_timeout=LIMIT)
        result = board.run(expect=SENTINEL, wall_timeout=LIMIT)
        if result.reason is not cosim.Reason.EXPECTED:
            raise SystemExit(f"{self.elf.name}: {result}")
        return result.executed / result.host_seconds

    def qemu(self, elf: Path, *options: str) -> tuple[float, str]:
        """Seconds until QEMU has printed the end marker, and what it printed."""
        command = [self.isa.qemu, "-M", self.isa.machine, "-kernel", str(elf), *options]
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
        try:
            printed = b""
            while not printed.endswith(SENTINEL.encode()):
                piece = os.read(process.stdout.fileno(), 4096)
                if not piece:
                    raise SystemExit(f"{elf.name}: QEMU ended before the program did")
                printed += piece
            return time.perf_counter() - began, printed.decode()
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


NUMBERS = ("steady", "cold", "warm", "qemu_steady", "qemu", "icount")
RATIOS = ("steady", "cold", "warm", "icount")


@dataclass(frozen=True)
class Row:
    """What was measured of one task; None for what there is no QEMU for."""

    isa: str
    program: str
    instructions: int | None
    steady: float | None  # MIPS
    cold: float | None  # seconds, and so are the others
    warm: float | None
    qemu_steady: float | None  # MIPS
    qemu: float | None
    icount: float | None

    def ratio(self, what: str) -> float | None:
        if what == "steady":
            return quotient(self.steady, self.qemu_steady)
        if what == "icount":
            return quotient(self.icount, self.warm)
        return quotient(self.qemu, self.cold if what == "cold" else self.warm)


def quotient(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a / b


def measure(task: Task, repeat: int, caches: Path) -> Row:
    times: dict[str, list[float]] = {
        what: [] for what in ("cold", "warm", "plain", "icount", "one")
    }
    speeds: list[float] = []
    instructions = 0
    for _ in range(repeat):
        with TemporaryDirectory(dir=caches) as cache:
            os.environ["COSIM_CACHE"] = cache
            seconds, console, instructions = task.cosim_process()
            times["cold"].append(seconds)
            if shutil.which(task.isa.qemu):
                seconds, judge = task.qemu(task.elf)
                if console != judge:
                    raise SystemExit(f"{task.elf.name}: cosim printed {console!r}, QEMU {judge!r}")
                times["plain"].append(seconds)
                times["icount"].append(task.qemu(task.elf, "-icount", "shift=0")[0])
                times["one"].append(task.qemu(task.one_round)[0])
            times["warm"].append(task.cosim_process()[0])
            speeds.append(task.cosim_steady(instructions))
    best = {what: min(all_, default=None) for what, all_ in times.items()}
    plain, one = best["plain"], best["one"]
    working = 0.0 if plain is None or one is None else plain - one
    return Row(
        isa=task.isa.name,
        program=task.program,
        instructions=instructions,
        steady=max(speeds) / 1e6,
        cold=best["cold"],
        warm=best["warm"],
        qemu_steady=instructions / working / 1e6 if working > SHORTEST else None,
        qemu=plain,
        icount=best["icount"],
    )


def geometric_mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    return exp(sum(map(log, known)) / len(known))


def mean_of(rows: list[Row]) -> Row:
    numbers = {name: geometric_mean([getattr(row, name) for row in rows]) for name in NUMBERS}
    return Row(rows[0].isa, "geometric mean", None, **numbers)


COLUMNS = ("MIPS", "cold s", "warm s", "MIPS", "s", "icount")
WIDTHS = (8, 7, 7, 8, 7, 7)


def show_heading() -> None:
    print(f"{'':26} {'guest':>14} {'cosim':>24} {'QEMU':>24}   cosim's speed to QEMU's")
    cells = [f"{'':26} {'instructions':>14}"]
    cells += [f"{text:>{width}}" for text, width in zip(COLUMNS, WIDTHS, strict=True)]
    print(" ".join(cells), " ".join(f"{name:>6}" for name in RATIOS), sep="   ")


def show(row: Row) -> None:
    def cell(value: float | None, width: int, digits: int) -> str:
        return " " * width if value is None else f"{value:{width},.{digits}f}"

    cells = [f"{row.isa:10} {row.program:15}", cell(row.instructions, 14, 0)]
    for name, width in zip(NUMBERS, WIDTHS, strict=True):
        cells.append(cell(getattr(row, name), width, 1 if name.endswith("steady") else 2))
    ratios = [cell(row.ratio(name), 6, 2) for name in RATIOS]
    print(f"{' '.join(cells)}   {' '.join(ratios)}".rstrip(), flush=True)


@click.command(help=(__doc__ or "").split("\n", 1)[0])
@click.option("--isa", "isas", multiple=True, type=click.Choice(list(ISAS)), help="Only this one.")
@click.option(
    "--program", "programs", multiple=True, type=click.Choice(PROGRAMS), help="Only this one."
)
@click.option("--repeat", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--rounds", type=click.IntRange(min=1), help="Instead of the program's own number.")
@click.option("--mmu", is_flag=True, help="The programs in translated addresses, 4 KiB pages.")
@click.option("--engine", help="How cosim executes; without it, as the platform says.")
@click.option("--quantum", help="Instead of the platform's: 10us.")
def main(
    isas: tuple[str, ...],
    programs: tuple[str, ...],
    repeat: int,
    rounds: int | None,
    mmu: bool,
    engine: str | None,
    quantum: str | None,
) -> None:
    for qemu in sorted({ISAS[isa].qemu for isa in isas or ISAS}):
        if shutil.which(qemu) is None:
            print(f"{qemu} is not installed: its columns stay empty", file=sys.stderr)
    show_heading()
    means = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        for isa in isas or tuple(ISAS):
            rows = []
            for program in programs or PROGRAMS:
                original = image(program, isa)
                elf, one_round = folder / original.name, folder / f"one_{original.name}"
                data = original.read_bytes()
                values = {"paged": int(mmu)} | ({} if rounds is None else {"rounds": rounds})
                elf.write_bytes(with_values(data, **values))
                one_round.write_bytes(with_values(data, paged=int(mmu), rounds=1))
                task = Task(program, ISAS[isa], elf, one_round, engine, quantum)
                rows.append(measure(task, repeat, folder))
                show(rows[-1])
            means.append(mean_of(rows))
    print()
    for mean in means:
        show(mean)


if __name__ == "__main__":
    main()

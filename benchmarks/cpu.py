"""The programs in firmware/cpu, here and under QEMU: the speed of the processors alone.

    python benchmarks/cpu.py [--isa mb] [--program crc32] [--repeat 5] [--no-mmu] [--engine NAME]

One table, everything measured in this run from the same ELF files: the best of the repetitions, in
which cosim and QEMU take turns, so that what else the machine does falls on both.

- MIPS: million guest instructions per second without start-up and translation: the difference of
  two processes that do the same, one of them ten times as often. MMU: with the core's MMU on, in
  pages of 4 KiB. Both are the same for cosim and for QEMU, whose instructions are cosim's.
- cold, warm: the whole process, from its start to its end; with an empty COSIM_CACHE, and with what
  the run before left in it. QEMU keeps nothing; its process counts until the end marker is out.
- icount: QEMU with `-icount shift=0`, which makes its time deterministic, as cosim's always is.
- cosim's speed to QEMU's: above 1 cosim is faster. All are to QEMU without icount, but the last,
  which is the warm process to that of QEMU with icount.
- spread: how much longer than the best the worst of the repetitions took, of cosim's warm process
  and of QEMU's.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from cpu_programs import ISAS, PROGRAMS, image, value_of
from measuring import Process, cosim_of, qemu_of, spread, steady, variant

SMALLER = 10  # how much less the small run of a program does


@dataclass(frozen=True)
class Task:
    """One program on one instruction set, and how cosim is to run it.

    Attributes:
        elves: by whether the MMU is on and whether it is the small run.
    """

    program: str
    isa: str
    elves: dict[tuple[bool, bool], Path]
    options: Sequence[str]

    def cosim(self, cache: Path, paged: bool = False, small: bool = False) -> Process:
        return cosim_of(self.elves[paged, small], self.isa, cache, *self.options)

    def qemu(self, *options: str, paged: bool = False, small: bool = False) -> Process | None:
        return qemu_of(self.elves[paged, small], self.isa, *options)


SAME_WORK = (
    {"cold", "qemu", "warm", "icount", "mmu_cold", "mmu", "qemu_mmu"},
    {"small", "qemu_small", "mmu_small", "qemu_mmu_small"},
)
SPEEDS = {  # a large and a small run, and those of cosim that do the same
    "mips": ("warm", "small", "warm", "small"),
    "qemu_mips": ("qemu", "qemu_small", "warm", "small"),
    "mmu": ("mmu", "mmu_small", "mmu", "mmu_small"),
    "qemu_mmu": ("qemu_mmu", "qemu_mmu_small", "mmu", "mmu_small"),
}
SECONDS = ("cold", "warm", "qemu", "icount")


def repetition(task: Task, cache: Path, mmu: bool) -> dict[str, Process]:
    """One process of each kind; a small run before a large one, which finds what it left."""
    ways: dict[str, Callable[[], Process | None]] = {
        "cold": lambda: task.cosim(cache),
        "qemu": task.qemu,
        "warm": lambda: task.cosim(cache),
        "icount": lambda: task.qemu("-icount", "shift=0"),
        "small": lambda: task.cosim(cache, small=True),
        "qemu_small": lambda: task.qemu(small=True),
    }
    if mmu:
        ways |= {
            "mmu_cold": lambda: task.cosim(cache, paged=True),  # code that waits is compiled in it
            "mmu_small": lambda: task.cosim(cache, paged=True, small=True),
            "qemu_mmu_small": lambda: task.qemu(paged=True, small=True),
            "mmu": lambda: task.cosim(cache, paged=True),
            "qemu_mmu": lambda: task.qemu(paged=True),
        }
    done = {name: way() for name, way in ways.items()}
    return {name: process for name, process in done.items() if process is not None}


def compare(task: Task, runs: dict[str, Process]) -> None:
    """Those that do the same have to print the same."""
    for same in SAME_WORK:
        consoles = {name: run.console for name, run in runs.items() if name in same}
        if len(set(consoles.values())) > 1:
            raise SystemExit(f"{task.program}, {task.isa}: {consoles}")


@dataclass(frozen=True)
class Row:
    """What was measured of one task: MIPS and seconds by name; None is not known."""

    isa: str
    program: str
    instructions: int | None
    numbers: dict[str, float | None]
    spreads: Sequence[float | None] = (None, None)

    @property
    def ratios(self) -> list[float | None]:
        of = self.numbers
        return [
            quotient(of["mips"], of["qemu_mips"]),
            quotient(of["qemu"], of["cold"]),
            quotient(of["qemu"], of["warm"]),
            quotient(of["mmu"], of["qemu_mmu"]),
            quotient(of["icount"], of["warm"]),
        ]


def quotient(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a / b


def measure(task: Task, repeat: int, mmu: bool) -> Row:
    runs: dict[str, list[Process]] = {}
    for _ in range(repeat):
        with TemporaryDirectory() as cache:
            done = repetition(task, Path(cache), mmu)
        compare(task, done)
        for name, process in done.items():
            runs.setdefault(name, []).append(process)
    best = {name: min(all_) for name, all_ in runs.items()}
    numbers = {name: best[name].seconds if name in best else None for name in SECONDS}
    for name, (large, small, *counted) in SPEEDS.items():
        more, less = (best[one].instructions if one in best else 0 for one in counted)
        numbers[name] = steady(best.get(large), best.get(small), more - less)
    spreads = [
        spread([one.seconds for one in runs[name]]) if name in runs else None
        for name in ("warm", "qemu")
    ]
    return Row(ISAS[task.isa].name, task.program, best["warm"].instructions, numbers, spreads)


def geometric_mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    return exp(sum(map(log, known)) / len(known))


def mean_of(rows: list[Row]) -> Row:
    names = rows[0].numbers
    means = {name: geometric_mean([row.numbers[name] for row in rows]) for name in names}
    return Row(rows[0].isa, "geometric mean", None, means)


# fmt: off
COLUMNS = (  # a number, its heading, width and digits
    ("mips",      "MIPS",   7, 0),
    ("mmu",       "MMU",    7, 0),
    ("cold",      "cold s", 7, 2),
    ("warm",      "warm s", 7, 2),
    ("qemu_mips", "MIPS",   8, 0),
    ("qemu_mmu",  "MMU",    7, 0),
    ("qemu",      "s",      7, 2),
    ("icount",    "icount", 7, 2),
)
# fmt: on
RATIOS = ("steady", "cold", "warm", "MMU", "icount")
SPREADS = ("cosim", "QEMU")


def show_heading() -> None:
    print(f"{'':41} {'cosim':>31} {'QEMU':>32}   cosim's speed to QEMU's               spread")
    cells = [f"{'':26} {'instructions':>14}"]
    cells += [f"{text:>{width}}" for _, text, width, _ in COLUMNS]
    print(
        " ".join(cells),
        " ".join(f"{name:>6}" for name in RATIOS),
        " ".join(f"{name:>5}" for name in SPREADS),
        sep="   ",
    )


def show(row: Row) -> None:
    def cell(value: float | None, width: int, form: str) -> str:
        return " " * width if value is None else f"{value:{width},{form}}"

    cells = [f"{row.isa:10} {row.program:15}", cell(row.instructions, 14, ".0f")]
    for name, _, width, digits in COLUMNS:
        cells.append(cell(row.numbers[name], width, f".{digits}f"))
    ratios = [cell(ratio, 6, ".2f") for ratio in row.ratios]
    spreads = [cell(one, 5, ".0%") for one in row.spreads]
    print(" ".join(cells), " ".join(ratios), " ".join(spreads), sep="   ", flush=True)


@click.command(help=(__doc__ or "").split("\n", 1)[0])
@click.option("--isa", "isas", multiple=True, type=click.Choice(list(ISAS)), help="Only this one.")
@click.option(
    "--program", "programs", multiple=True, type=click.Choice(PROGRAMS), help="Only this one."
)
@click.option("--repeat", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--rounds", type=click.IntRange(min=1), help="Instead of the program's own number.")
@click.option("--mmu/--no-mmu", default=True, help="Whether to run in translated addresses too.")
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
    options = ["--engine", engine] if engine else []
    options += ["--quantum", quantum] if quantum else []
    for qemu in sorted({ISAS[isa].qemu for isa in isas or ISAS}):
        if shutil.which(qemu) is None:
            print(f"{qemu} is not installed: its columns stay empty", file=sys.stderr)
    show_heading()
    means = []
    with TemporaryDirectory() as folder:
        for isa in isas or tuple(ISAS):
            rows = []
            for program in programs or PROGRAMS:
                elves = variants(program, isa, rounds, Path(folder))
                rows.append(measure(Task(program, isa, elves, options), repeat, mmu))
                show(rows[-1])
            means.append(mean_of(rows))
    print()
    for mean in means:
        show(mean)


def variants(
    program: str, isa: str, rounds: int | None, folder: Path
) -> dict[tuple[bool, bool], Path]:
    """The image with the MMU off and on, and as its small run."""
    rounds = rounds or value_of(image(program, isa).read_bytes(), "rounds")
    sizes = {False: rounds, True: max(rounds // SMALLER, 1)}
    return {
        (paged, small): variant(f"cpu_{program}", isa, folder, rounds=size, paged=int(paged))
        for paged in (False, True)
        for small, size in sizes.items()
    }


if __name__ == "__main__":
    main()

"""What one thing costs: accesses to devices, stores beside code, code that is patched.

    python benchmarks/costs.py [--isa mb] [--only device] [--repeat 5]

One table, everything measured in this run from the same ELF files, without start-up: the difference
of two processes of which one does ten times as much; the best of the repetitions, in which cosim
and QEMU take turns. The times are nanoseconds of the host for one of what the row names.

- against: this row's time to that of the row above, which does the same in the usual way.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import click
from cpu_programs import ISAS
from measuring import Process, cosim_of, qemu_of, variant

SMALLER = 10


class Cost(NamedTuple):
    """One row: an image of firmware/costs, and how often it does a thousand of what is measured."""

    what: str
    program: str
    mode: int
    rounds: int
    qemu_rounds: int
    against_last: bool


# fmt: off
COSTS = (
    #    what                        program   mode  rounds   on QEMU  against the last row
    Cost("read a device's register",  "device",    0,    200,    3_000, False),
    Cost("write a device's register", "device",    1,    200,    3_000, True),
    Cost("store a word elsewhere",    "beside",    0, 400_000, 400_000, False),
    Cost("store beside the code",     "beside",    1, 400_000,  10_000, True),
    Cost("patch and call, one place", "patch",     1,     20,      500, False),
    Cost("patch and call, in turns",  "patch",  4096,     20,      500, True),
)
# fmt: on


def each(large: list[Process], small: list[Process], rounds: int) -> float | None:
    """Nanoseconds for one of what is measured."""
    if not large:
        return None
    seconds = min(large).seconds - min(small).seconds
    return seconds / (rounds - rounds // SMALLER) / 1000 * 1e9


def measure(cost: Cost, isa: str, repeat: int, folder: Path) -> list[float | None]:
    """Nanoseconds of cosim, of QEMU, and of QEMU with icount."""
    taken: dict[tuple[str, bool], list[Process]] = {}
    for _ in range(repeat):
        for small in (True, False):

            def elf(rounds: int, small: bool = small) -> Path:
                rounds = rounds // SMALLER if small else rounds
                return variant(f"cost_{cost.program}", isa, folder, mode=cost.mode, rounds=rounds)

            processes = {
                "cosim": cosim_of(elf(cost.rounds), isa, folder / "cache"),
                "QEMU": qemu_of(elf(cost.qemu_rounds), isa),
                "icount": qemu_of(elf(cost.qemu_rounds), isa, "-icount", "shift=0"),
            }
            for name, process in processes.items():
                if process is not None:
                    taken.setdefault((name, small), []).append(process)
            if cost.rounds == cost.qemu_rounds and processes["QEMU"] is not None:
                check(processes["cosim"], processes["QEMU"])
    return [
        each(
            taken.get((name, False), []),
            taken.get((name, True), []),
            cost.rounds if name == "cosim" else cost.qemu_rounds,
        )
        for name in ("cosim", "QEMU", "icount")
    ]


def check(one: Process | None, other: Process) -> None:
    if one is not None and one.console != other.console:
        raise SystemExit(f"cosim printed {one.console!r}, QEMU {other.console!r}")


def cell(value: float | None, form: str, width: int = 9) -> str:
    return " " * width if value is None else f"{value:{width}{form}}"


@click.command(help=(__doc__ or "").split("\n", 1)[0])
@click.option("--isa", "isas", multiple=True, type=click.Choice(list(ISAS)), help="Only this one.")
@click.option("--only", "programs", multiple=True, help="Only this program of firmware/costs.")
@click.option("--repeat", type=click.IntRange(min=1), default=3, show_default=True)
def main(isas: tuple[str, ...], programs: tuple[str, ...], repeat: int) -> None:
    print(f"{'':38} {'ns of cosim':>11} {'QEMU':>9} {'icount':>9}   {'QEMU/cosim':>10}  against")
    with TemporaryDirectory() as folder:
        for isa in isas or tuple(ISAS):
            last: float | None = None
            for cost in COSTS:
                if programs and cost.program not in programs:
                    continue
                numbers = measure(cost, isa, repeat, Path(folder))
                ours, theirs, _ = numbers
                ratio = theirs / ours if ours and theirs else None
                against = ours / last if cost.against_last and ours and last else None
                cells = [f"{ISAS[isa].name:10} {cost.what:27}", cell(ours, ",.1f", 11)]
                cells += [cell(number, ",.1f") for number in numbers[1:]]
                print(*cells, " ", cell(ratio, ".2f"), " ", cell(against, ".2f", 6), flush=True)
                last = ours


if __name__ == "__main__":
    main()

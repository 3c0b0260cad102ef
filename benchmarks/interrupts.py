"""How many interrupts a second of the host bears: `python benchmarks/interrupts.py [--isa mb]`.

A device asks for an interrupt every so many nanoseconds, and the guest's handler acknowledges and
counts it; beside that the guest does nothing but wait in a loop. One table, everything measured in
this process; the best of the repetitions. Each: microseconds of the host for one, all included.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from cpu_programs import ISAS, ROOT, SENTINEL
from measuring import variant

import cosim

BOARDS = {"a32": "vexpress_tick", "mb": "petalogix_tick"}
PERIODS = (1_000_000, 100_000, 10_000)  # ns
TICKS = 1000


def seconds_of(isa: str, period: int, folder: Path, engine: str | None) -> float:
    """Of the host, for all ticks."""
    elf = variant("cost_tick", isa, folder, mode=period)
    path = ROOT / "benchmarks" / "boards" / f"{BOARDS[isa]}.yaml"
    board = cosim.load(path, set={"cores.cpu0.image": str(elf)}, engine=engine)
    board.run(10 * period * 1000)  # ps: it has translated what there is
    result = board.run(expect=SENTINEL)
    if result.reason is not cosim.Reason.EXPECTED:
        raise SystemExit(f"{elf.name}: {result}")
    return result.host_seconds


@click.command(help=(__doc__ or "").split("\n", 1)[0])
@click.option("--isa", "isas", multiple=True, type=click.Choice(list(BOARDS)), help="Only this.")
@click.option("--engine", help="How cosim executes.")
@click.option("--repeat", type=click.IntRange(min=1), default=3, show_default=True)
def main(isas: tuple[str, ...], engine: str | None, repeat: int) -> None:
    print(f"{'':10} {'period, ns':>10} {'interrupts/s':>13} {'each, us':>9}")
    with TemporaryDirectory() as folder:
        for isa in isas or tuple(BOARDS):
            for period in PERIODS:
                each = [seconds_of(isa, period, Path(folder), engine) for _ in range(repeat)]
                best = min(each) / (TICKS - 10)
                name = f"{ISAS[isa].name:10}"
                print(f"{name} {period:10,} {1 / best:13,.0f} {best * 1e6:9.1f}", flush=True)


if __name__ == "__main__":
    main()

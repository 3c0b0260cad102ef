"""Code that has not been executed before: distinct instructions per second, here and under QEMU.

    python benchmarks/cold.py [--isa mb] [--repeat 5]

firmware/costs/cold.c is a thousand functions as a compiler leaves them, each executed once in a
round. One table, everything measured in this run, in turns; the best of the repetitions.

- distinct: instructions at different addresses that one round executes, counted one by one.
- first: the whole process with an empty COSIM_CACHE, less that of a program that does nothing;
  again: the same with what the run before left in it.
- within: in a process that has its stencils and has translated nothing, where nothing is
  interpreted first, from the host time of the first round less that of the second.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from cpu_programs import ISAS, ROOT, SENTINEL
from measuring import Process, cosim_of, qemu_of, variant

import cosim
from cosim.cpus.engines import kept_blocks, patience


def distinct(elf: Path, isa: str) -> int:
    """How many addresses the program executes instructions at."""
    board = board_of(elf, isa, "reference")
    seen: set[int] = set()
    board.core("cpu0").observers.append(lambda core, pc, word, context: seen.add(pc))
    board.run(expect=SENTINEL)
    return len(seen)


def board_of(elf: Path, isa: str, engine: str | None) -> cosim.Platform:
    path = ROOT / "platforms" / f"{ISAS[isa].platform}.yaml"
    return cosim.load(path, set={"cores.cpu0.image": str(elf)}, engine=engine)


def within(one: Path, two: Path, isa: str) -> tuple[float, float]:
    """Seconds for one round and for two, in a process that has its stencils and no blocks."""
    patience.EXECUTIONS = kept_blocks.MOST = 0
    board_of(one, isa, None).run(expect=SENTINEL)
    first = board_of(one, isa, None).run(expect=SENTINEL).host_seconds
    both = board_of(two, isa, None).run(expect=SENTINEL).host_seconds
    return first, both


@click.command(help=(__doc__ or "").split("\n", 1)[0])
@click.option("--isa", "isas", multiple=True, type=click.Choice(list(ISAS)), help="Only this one.")
@click.option("--repeat", type=click.IntRange(min=1), default=3, show_default=True)
def main(isas: tuple[str, ...], repeat: int) -> None:
    print(f"{'':10} {'':>9} {'distinct instructions per second':>42}")
    print(f"{'':10} {'distinct':>9} {'first':>10} {'again':>10} {'within':>10} {'QEMU':>10}")
    with TemporaryDirectory() as name:
        folder = Path(name)
        for isa in isas or tuple(ISAS):
            nothing, one, two = (
                variant("cost_cold", isa, folder, rounds=rounds) for rounds in (0, 1, 2)
            )
            count = distinct(one, isa) - distinct(nothing, isa)
            taken: dict[str, list[Process | None]] = {}
            inside = []
            for number in range(repeat):
                for what in ("first", "again"):
                    cache = folder / f"cache_{isa}_{number}"
                    for elf in (nothing, one):
                        key = f"{what} {elf is one}"
                        taken.setdefault(key, []).append(cosim_of(elf, isa, cache))
                taken.setdefault("qemu False", []).append(qemu_of(nothing, isa))
                taken.setdefault("qemu True", []).append(qemu_of(one, isa))
                inside.append(within(one, two, isa))
            speeds = [count / seconds(taken, what) for what in ("first", "again")]
            once, twice = (min(column) for column in zip(*inside, strict=True))
            speeds.append(count / (2 * once - twice))
            cells = [f"{speed:10,.0f}" for speed in speeds]
            if None not in taken["qemu True"]:
                cells.append(f"{count / seconds(taken, 'qemu'):10,.0f}")
            print(f"{ISAS[isa].name:10} {count:9,}", *cells, flush=True)


def seconds(taken: dict[str, list[Process | None]], what: str) -> float:
    best = [min(one.seconds for one in taken[f"{what} {full}"] if one) for full in (True, False)]
    return best[0] - best[1]


if __name__ == "__main__":
    main()

"""The translator to the reference interpreter, on the programs in firmware/cpu.

    python benchmarks/engines.py [--isa mb] [--program crc32] [--repeat 5]

One table, everything measured in this process, in turns; the best of the repetitions. Speeds are
million guest instructions per second of host time, of the second half of a run: of one round for
the interpreter, of as many as the image says for the translator.
"""

from __future__ import annotations

from math import exp, log
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from cpu_programs import ISAS, PROGRAMS, ROOT, SENTINEL, image, value_of
from measuring import variant

import cosim


def load(elf: Path, isa: str, engine: str) -> cosim.Platform:
    path = ROOT / "platforms" / f"{ISAS[isa].platform}.yaml"
    return cosim.load(path, set={"cores.cpu0.image": str(elf)}, engine=engine)


def speed(elf: Path, isa: str, engine: str, half: int) -> float:
    """Million instructions per second after `half`, a time in ps."""
    board = load(elf, isa, engine)
    board.run(half)
    return board.run(expect=SENTINEL).mips


def half_of(elf: Path, isa: str) -> int:
    """Half of the time that a program takes, in ps."""
    return load(elf, isa, "translator").run(expect=SENTINEL).time // 2


@click.command(help=(__doc__ or "").split("\n", 1)[0])
@click.option("--isa", "isas", multiple=True, type=click.Choice(list(ISAS)), help="Only this one.")
@click.option(
    "--program", "programs", multiple=True, type=click.Choice(PROGRAMS), help="Only this one."
)
@click.option("--repeat", type=click.IntRange(min=1), default=3, show_default=True)
def main(isas: tuple[str, ...], programs: tuple[str, ...], repeat: int) -> None:
    print(f"{'MIPS':26} {'reference':>10} {'translator':>11} {'ratio':>8}")
    with TemporaryDirectory() as folder:
        for isa in isas or tuple(ISAS):
            ratios = []
            for program in programs or PROGRAMS:
                rounds = value_of(image(program, isa).read_bytes(), "rounds")
                best = {"reference": 0.0, "translator": 0.0}
                for engine, number in (("reference", 1), ("translator", rounds)):
                    elf = variant(f"cpu_{program}", isa, Path(folder), rounds=number)
                    half = half_of(elf, isa)
                    for _ in range(repeat):
                        best[engine] = max(best[engine], speed(elf, isa, engine, half))
                slow, fast = best.values()
                ratios.append(fast / slow)
                name = f"{ISAS[isa].name:10} {program:15}"
                print(f"{name} {slow:10.3f} {fast:11,.0f} {fast / slow:8,.0f}", flush=True)
            mean = exp(sum(map(log, ratios)) / len(ratios))
            print(f"{ISAS[isa].name:10} {'geometric mean':15} {'':22} {mean:8,.0f}")


if __name__ == "__main__":
    main()

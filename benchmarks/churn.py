"""Blocks that come and go: does the process grow? `python benchmarks/churn.py [--blocks 10000000]`

One table: the memory of this process and the number of blocks translated, as they go on, for two
programs in a code cache of 1 MiB.

- patched: functions in 4096 places, whose code is written before each call.
- crowded: a program whose code does not fit, so that all of it is translated again in each round.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import click
from cpu_programs import ISAS, ROOT
from measuring import variant

import cosim
from cosim.cpus.core import Core
from cosim.cpus.engines.translator import Translator

CODE_CACHE = "1MiB"
FOR_EVER = 0xFFFF_FFFF


class Program(NamedTuple):
    """One that makes blocks as long as it runs, by image and what is set in it."""

    name: str
    image: str
    values: dict[str, int]
    slice: str  # simulated time


PROGRAMS = {
    "patched": Program("patched", "cost_patch", {"mode": 4096}, "1ms"),
    "crowded": Program("crowded", "cost_cold", {}, "100us"),
}


def churning(program: Program, isa: str) -> cosim.Platform:
    """A board with that program, which does not end."""
    with TemporaryDirectory() as folder:
        elf = variant(program.image, isa, Path(folder), rounds=FOR_EVER, **program.values)
        path = ROOT / "platforms" / f"{ISAS[isa].platform}.yaml"
        settings = {"cores.cpu0.image": str(elf), "cores.cpu0.code_cache": CODE_CACHE}
        return cosim.load(path, set=settings, engine="translator")


def resident() -> float:
    """The memory of this process, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class Counter:
    """Counts the blocks that a core makes. Code that is watched is translated at once."""

    def __init__(self, core: Core) -> None:
        self.blocks = 0
        core.code_watchers.append(self._made)

    def _made(self, *_: object) -> None:
        self.blocks += 1


def kept(engine: Translator) -> int:
    """How many blocks the code cache has."""
    return sum(len(regime.blocks) for regime in engine.cache.regimes)


@click.command(help=(__doc__ or "").split("\n", 1)[0])
@click.option("--isa", type=click.Choice(list(ISAS)), default="a32", show_default=True)
@click.option("--program", type=click.Choice(list(PROGRAMS)), default="patched", show_default=True)
@click.option("--blocks", type=click.IntRange(min=1), default=10_000_000, show_default=True)
def main(isa: str, program: str, blocks: int) -> None:
    board = churning(PROGRAMS[program], isa)
    core = board.core("cpu0")
    engine = core.engine
    assert isinstance(engine, Translator)
    counter = Counter(core)
    print(f"{'blocks':>12} {'kept':>8} {'leaves':>8} {'code, KiB':>10} {'resident, MiB':>14}")
    due = 1000
    while counter.blocks < blocks:
        board.run(PROGRAMS[program].slice)
        if counter.blocks >= min(due, blocks):
            due = counter.blocks * 2
            cells = f"{kept(engine):8,} {len(engine.patcher.leaves):8,}"
            code = engine.patcher.used / 1024
            print(f"{counter.blocks:12,} {cells} {code:10,.0f} {resident():14.1f}", flush=True)


if __name__ == "__main__":
    main()

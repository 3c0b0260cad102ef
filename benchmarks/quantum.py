"""What a quantum costs: speed against its length, and of two cores beside one.

    python benchmarks/quantum.py [--program crc32] [--repeat 5] [--seconds 0.3]

Three tables, everything measured in this process, in turns; the best of the repetitions. Speeds are
million guest instructions per second of host time, after a run that has translated the program.

1. Speed against the quantum, in instructions of each core: of one core, and of both.
2. Both at a quantum of 10 us to the same at 1 ms, at 667 and 100 MHz.
3. What mixing costs: the time of each core alone, added, to the time of both in one platform that
   do the same; 1.00: beside another a core costs what it costs alone. The median of the
   repetitions, each with its own, since the host is faster at one time than at another.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click
from cpu_programs import PROGRAMS, ROOT
from measuring import variant

import cosim

PAIR = ROOT / "benchmarks" / "boards" / "pair.yaml"
ISA_OF = {"arm0": "a32", "mb0": "mb"}
BOTH = tuple(ISA_OF)
FOR_EVER = 0xFFFF_FFFF  # rounds
QUANTA = (100, 1_000, 10_000, 100_000, 1_000_000)
US = 10**6  # ps
MS = 10**9


class Subject:
    """The pair with some of its cores, the others halted; its programs do not end.

    Args:
        clock: of both, instead of their own.
    """

    def __init__(self, program: str, cores: tuple[str, ...], clock: str | None = None) -> None:
        settings: dict[str, object] = {}
        with TemporaryDirectory() as name:
            for core, isa in ISA_OF.items():
                elf = variant(f"cpu_{program}", isa, Path(name), rounds=FOR_EVER)
                settings[f"cores.{core}.image"] = str(elf)
                if clock:
                    settings[f"cores.{core}.clock"] = clock
            self.board = cosim.load(PAIR, set=settings)
        for core in BOTH:
            self.board.core(core).halted = core not in cores
        self.board.quantum.value = MS
        self.board.run(4 * MS)

    def speed(self, quantum: int, seconds: float) -> float:
        """Instructions per second of the host, from a run of at least so many seconds."""
        self.board.quantum.value = quantum
        span = 4 * quantum
        while True:
            result = self.board.run(span)
            if result.host_seconds >= seconds:
                return result.executed / result.host_seconds
            span *= 2

    def seconds(self, quantum: int, span: int) -> float:
        self.board.quantum.value = quantum
        return self.board.run(span).host_seconds


def against_quantum(program: str, repeat: int, seconds: float) -> None:
    subjects = [Subject(program, cores, "1GHz") for cores in (("arm0",), ("mb0",), BOTH)]
    print(f"{'quantum, instructions':28} {'A32':>8} {'MicroBlaze':>11} {'both':>8}   MIPS")
    for quantum in QUANTA:
        best = [0.0] * len(subjects)
        for _ in range(repeat):
            for number, subject in enumerate(subjects):
                best[number] = max(best[number], subject.speed(quantum * 1000, seconds))
        cells = (f"{one / 1e6:{width},.1f}" for one, width in zip(best, (8, 11, 8), strict=True))
        print(f"{quantum:<28,}", *cells, flush=True)


def short_to_long(program: str, repeat: int, seconds: float) -> None:
    subject = Subject(program, BOTH)
    best = {10 * US: 0.0, MS: 0.0}
    for _ in range(repeat):
        for quantum in best:
            best[quantum] = max(best[quantum], subject.speed(quantum, seconds))
    short, long = best.values()
    print(f"{'both, 10 us':28} {short / 1e6:8,.1f}   MIPS")
    print(f"{'both, 1 ms':28} {long / 1e6:8,.1f}")
    print(f"{'10 us to 1 ms':28} {short / long:8.2f}")


def mixing(program: str, repeat: int, seconds: float) -> None:
    alone = [Subject(program, (core,)) for core in BOTH]
    both = Subject(program, BOTH)
    span = MS
    while both.seconds(MS, span) < seconds:
        span *= 2
    times: list[list[float]] = [[], [], []]
    for _ in range(repeat):
        for number, subject in enumerate((*alone, both)):
            times[number].append(subject.seconds(MS, span))
    for what, taken in zip(("arm0 alone", "mb0 alone", "both"), times, strict=True):
        print(f"{what:28} {min(taken):8.3f}   s for {span // MS:,} ms")
    ratios = [(arm + mb) / together for arm, mb, together in zip(*times, strict=True)]
    bounds = f"{min(ratios):.3f} to {max(ratios):.3f}"
    print(f"{'alone, added, to both':28} {median(ratios):8.3f}   {bounds}")


@click.command(help=(__doc__ or "").split("\n", 1)[0])
@click.option("--program", type=click.Choice(PROGRAMS), default="crc32", show_default=True)
@click.option("--repeat", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--seconds", default=0.3, show_default=True, help="Of one measurement, about.")
def main(program: str, repeat: int, seconds: float) -> None:
    for number, measure in enumerate((against_quantum, short_to_long, mixing)):
        if number:
            print()
        measure(program, repeat, seconds)


if __name__ == "__main__":
    main()

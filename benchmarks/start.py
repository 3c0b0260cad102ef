"""How long a short run takes as a whole, and how much memory: `cosim run platforms/arm_mb.yaml`.

    python benchmarks/start.py [--repeat 5]

One table, everything measured in this run, in turns; the best of the repetitions. Cold is with an
empty COSIM_CACHE, warm with what the run before left in it. Resident is the most memory that the
process had; QEMU has one board with one core, so beside it are runs of one core too.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from cpu_programs import IMAGES, ISAS, ROOT
from measuring import Process, cosim_of, cosim_process, qemu_of

HELLO = {"a32": "vexpress_hello", "mb": "petalogix_hello"}
ARM_MB = "arm_mb, both cores"


def repetition(cache: Path) -> dict[tuple[str, str], Process | None]:
    """By what is run, and how."""
    done: dict[tuple[str, str], Process | None] = {}
    for how in ("cold", "warm"):
        done[ARM_MB, how] = cosim_process(ROOT / "platforms" / "arm_mb.yaml", cache)
    for isa, name in HELLO.items():
        elf = IMAGES / f"{name}.elf"
        for how in ("cold", "warm"):
            done[name, how] = cosim_of(elf, isa, cache / isa)
        done[name, ISAS[isa].qemu] = qemu_of(elf, isa)
    return done


@click.command(help=(__doc__ or "").split("\n", 1)[0])
@click.option("--repeat", type=click.IntRange(min=1), default=3, show_default=True)
def main(repeat: int) -> None:
    taken: dict[tuple[str, str], list[Process]] = {}
    for _ in range(repeat):
        with TemporaryDirectory() as cache:
            for key, process in repetition(Path(cache)).items():
                if process is not None:
                    taken.setdefault(key, []).append(process)
    print(f"{'':46} {'seconds':>8} {'resident, MiB':>14}")
    for (what, how), processes in taken.items():
        best = min(processes)
        print(f"{what:19} {how:26} {best.seconds:8.2f} {best.resident:14.0f}")


if __name__ == "__main__":
    main()

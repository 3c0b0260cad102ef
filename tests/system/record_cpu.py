"""Records what QEMU prints for one round of each program in firmware/cpu, on every instruction set.

Run by hand after the programs change: `python -m tests.system.record_cpu`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.cpu_programs import ISAS, PROGRAMS, image, with_values
from tests.system.record_consoles import RECORDED, Board, Recording, console_of

FILE = RECORDED / "cpu_one_round.txt"


def one_round(program: str, isa: str, folder: Path, paged: int = 0) -> Path:
    """The image, made to end after one round; with `paged`, in translated addresses."""
    original = image(program, isa)
    elf = folder / original.name
    elf.write_bytes(with_values(original.read_bytes(), rounds=1, paged=paged))
    return elf


def recorded() -> dict[str, str]:
    """The line with the checksum, by program; the same on every instruction set."""
    return {line.split()[0]: line for line in FILE.read_text().splitlines()}


def line_of_qemu(program: str, isa: str, paged: int = 0) -> str:
    board = Board(ISAS[isa].qemu, ISAS[isa].machine)
    with tempfile.TemporaryDirectory() as folder:
        elf = one_round(program, isa, Path(folder), paged)
        return console_of(Recording(str(elf.with_suffix("")), board)).decode().splitlines()[0]


def main() -> None:
    lines = []
    for program in PROGRAMS:
        (line,) = {line_of_qemu(program, isa) for isa in ISAS}
        print(line)
        lines.append(line)
    FILE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

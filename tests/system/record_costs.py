"""Records what QEMU prints for one round of programs in firmware/costs, on every instruction set.

Run by hand after the programs change: `python -m tests.system.record_costs`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.cpu_programs import IMAGES, ISAS, with_values
from tests.system.record_consoles import RECORDED, Board, Recording, console_of

FILE = RECORDED / "cost_one_round.txt"

# The program and its mode: those whose answer tells whether the code was right.
PROGRAMS = [("beside", 0), ("beside", 1), ("patch", 1), ("patch", 4096), ("cold", None)]


def one_round(program: str, mode: int | None, isa: str, folder: Path) -> Path:
    """The image, made to end after one round."""
    original = IMAGES / f"cost_{program}_{isa}.elf"
    values = {"rounds": 1} | ({} if mode is None else {"mode": mode})
    elf = folder / original.name
    elf.write_bytes(with_values(original.read_bytes(), **values))
    return elf


def recorded() -> dict[tuple[str, int | None], str]:
    """The line with the checksum; the same on every instruction set."""
    return dict(zip(PROGRAMS, FILE.read_text().splitlines(), strict=True))


def line_of_qemu(program: str, mode: int | None, isa: str) -> str:
    board = Board(ISAS[isa].qemu, ISAS[isa].machine)
    with tempfile.TemporaryDirectory() as folder:
        elf = one_round(program, mode, isa, Path(folder))
        return console_of(Recording(str(elf.with_suffix("")), board)).decode().splitlines()[0]


def main() -> None:
    lines = []
    for program, mode in PROGRAMS:
        (line,) = {line_of_qemu(program, mode, isa) for isa in ISAS}
        print(line)
        lines.append(line)
    FILE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

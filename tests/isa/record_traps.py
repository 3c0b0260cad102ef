"""Runs the programs of `microblaze_traps` on QEMU, and keeps what it says.

python -m tests.isa.record_traps
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from pathlib import Path

from tests.isa import microblaze_traps as traps
from tests.isa.microblaze_assembler import assemble
from tests.isa.microblaze_qemu import DUMP, dump_of_qemu

RECORDED = Path(__file__).parent / "recorded" / "microblaze_traps.json.gz"
COUNT = 12
EXCEPTIONS = {"unaligned-exceptions": 1, "ill-opcode-exception": 1, "div-zero-exception": 1}


def programs_of(kind: str, endian: str, seed: int, count: int) -> list[traps.Program]:
    rng = random.Random(f"{kind} {endian} {seed}")
    return [traps.generate(kind, index, rng) for index in range(count)]


def digest(programs: list[traps.Program]) -> str:
    """Tells whether programs are still those that were recorded."""
    words = [traps.code(index, program, 0) for index, program in enumerate(programs)]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16]


def run_on_qemu(kind: str, programs: list[traps.Program], endian: str) -> list[list[int]]:
    """The block of each program."""
    length = traps.BLOCK * len(programs)
    last = assemble(DUMP.format(start=traps.RESULTS, end=traps.RESULTS + length))
    segments = traps.image(programs, endian, last)
    properties = EXCEPTIONS | (traps.OPTIONS[kind][0] if kind in traps.OPTIONS else {})
    return traps.results_of(dump_of_qemu(segments, endian, length, properties), endian)


def recorded(kind: str, endian: str) -> tuple[str, list[list[int]]]:
    """The digest of the programs and their blocks on QEMU."""
    entry = json.loads(gzip.decompress(RECORDED.read_bytes()))[f"{kind} {endian}"]
    return entry["digest"], entry["blocks"]


def main() -> None:
    """Write the file anew."""
    found = {}
    for kind in traps.MIXTURES:
        for endian in ("little", "big"):
            programs = programs_of(kind, endian, 0, COUNT)
            blocks = run_on_qemu(kind, programs, endian)
            found[f"{kind} {endian}"] = {"digest": digest(programs), "blocks": blocks}
    RECORDED.write_bytes(gzip.compress(json.dumps(found).encode(), mtime=0))
    print(f"{len(found) * COUNT} programs in {RECORDED}")


if __name__ == "__main__":
    main()

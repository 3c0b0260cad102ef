"""Random translation tables: the same program here and on QEMU leaves the same results in memory.

The program is firmware/mmu/tables.c: 1000 sets of tables, 16 probes through each. Record QEMU's
results again after it changed: python -m tests.isa.arm_tables
"""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import NamedTuple

import cosim
from tests.isa.arm_memory_dump import dump_of_qemu
from tests.system.command import IMAGES, platform

IMAGE = IMAGES / "arm_mmu_tables.elf"
RECORDED = Path(__file__).parent / "recorded"
QEMU_OPTIONS = {
    "arm.cortex-a9": ("-M", "vexpress-a9"),
    # With memory and a console where the image has them; with TTBCR.PD0 and PD1, which QEMU ties to
    # the Security Extensions. Tables of these have PXN.
    "arm.cortex-a7": ("-M", "virt,secure=on", "-m", "1G", "-cpu", "cortex-a7"),
    "arm.cortex-a15": ("-M", "virt,secure=on", "-m", "1G", "-cpu", "cortex-a15"),
}
FILES = {
    "arm.cortex-a9": "arm_tables.bin.gz",
    "arm.cortex-a7": "arm_tables_pxn.bin.gz",
    "arm.cortex-a15": "arm_tables_pxn.bin.gz",
}
"""A7 and A15 answer the same."""
RESULTS, TABLES, PROBES = 0x6200_0000, 1000, 16
ENTRY = struct.Struct("<4I")
FETCHES, TRANSLATIONS = (10, 11), (0, 1, 2, 3)
IFSR_BITS, FS_BITS = 0x40F, 0x40F
ACCESS_FLAG, DOMAIN, PERMISSION = {0x3, 0x6}, {0x9, 0xB}, {0xD, 0xF}
TRANSLATION_2, DOMAIN_2 = 0x7, 0xB


class Result(NamedTuple):
    """What one probe gave."""

    operation: int  # with the abort, if any, from bit 8 on
    value: int  # PAR, or the word loaded
    status: int  # DFSR or IFSR
    address: int  # DFAR or IFAR

    @property
    def kind(self) -> int:
        return self.operation & 0xFF

    @property
    def fault(self) -> int:
        """FS of the abort, or of the one that PAR tells of; 0 if there is none."""
        if self.kind in TRANSLATIONS:
            return self.value >> 1 & 0x1F if self.value & 1 else 0
        return self.status & FS_BITS


def explained(ours: Result, theirs: Result) -> str:
    """Why the two may differ, or "": all are points where QEMU 7.2 departs from the manual."""
    plain = [one._replace(status=one.status & IFSR_BITS) for one in (ours, theirs)]
    if ours.kind in FETCHES and plain[0] == plain[1]:
        return "B4.1.96: IFSR has no domain field"
    masked = [one._replace(value=0, status=one.status & ~FS_BITS) for one in (ours, theirs)]
    if ours.kind in FETCHES:
        masked = [one._replace(status=0) for one in masked]
    if masked[0] != masked[1]:
        return ""
    if ours.fault in ACCESS_FLAG and theirs.fault in DOMAIN:
        return "B3.13.2: the access flag is checked before the domain"
    if ours.fault in ACCESS_FLAG and theirs.fault in PERMISSION and ours.kind in FETCHES:
        return "B3.13.2: the access flag is checked before XN"
    if ours.fault == TRANSLATION_2 and theirs.fault == DOMAIN_2:
        return "B3.13.2: a domain is checked after the second level's descriptor"
    return ""


def parse(data: bytes) -> list[Result]:
    return [Result(*one) for one in ENTRY.iter_unpack(data)]


def recorded(core_type: str = "arm.cortex-a9") -> list[Result]:
    return parse(gzip.decompress((RECORDED / FILES[core_type]).read_bytes()))


def run_here(tables: int, core_type: str = "arm.cortex-a9") -> list[Result]:
    """The results of the first `tables` tables."""
    settings = {"cores.cpu0.image": IMAGE, "cores.cpu0.type": core_type}
    board = cosim.load(platform("vexpress_a9"), set=settings)
    port = board.core("cpu0").port
    size = tables * PROBES * ENTRY.size
    while not any(port.read_debug(RESULTS + size - 4, 4, physical=True)):
        result = board.run(timeout="200us")
        assert result.exit_code == 4, result  # the time limit
    return parse(port.read_debug(RESULTS, size))


def run_qemu(core_type: str) -> bytes:
    """QEMU's results, out of its memory once the last one is there."""
    options = [*QEMU_OPTIONS[core_type], "-kernel", str(IMAGE)]
    return dump_of_qemu(options, RESULTS, TABLES * PROBES * ENTRY.size)


def main() -> None:
    answers: dict[str, bytes] = {}
    for core_type, name in FILES.items():
        data = run_qemu(core_type)
        if answers.setdefault(name, data) != data:
            raise RuntimeError(f"{core_type} does not answer as the others of {name}")
    for name, data in answers.items():
        (RECORDED / name).write_bytes(gzip.compress(data, 9, mtime=0))
        print(f"{len(data) // ENTRY.size} probes in {name}")


if __name__ == "__main__":
    main()

"""Runs random programs on QEMU's Petalogix board, and keeps what it says."""

from __future__ import annotations

import gzip
import json
import random
import struct
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.isa.microblaze_assembler import assemble
from tests.isa.microblaze_programs import (
    RESULT_WORDS,
    RESULTS,
    START,
    Program,
    generate,
    image,
)

RECORDED = Path(__file__).parent / "recorded" / "microblaze_programs.json.gz"
QEMU = {"little": "qemu-system-microblazeel", "big": "qemu-system-microblaze"}
MACHINE = ["-M", "petalogix-s3adsp1800", "-display", "none", "-monitor", "none"]
COUNT = 160
EM_MICROBLAZE = 189

# Sends everything from RESULTS on through the UART Lite at 0x8400_0000, byte by byte.
DUMP = """
    li r3, {start}
    li r4, {end}
    li r6, 0x84000004
    lbui r5, r3, 0
    swi r5, r6, 0
    addik r3, r3, 1
    rsubk r5, r3, r4
    bnei r5, -16
    bri 0
"""


def elf(endian: str, segments: list[tuple[int, bytes]]) -> bytes:
    """A minimal executable of these segments that starts at START."""
    order = "<" if endian == "little" else ">"
    size = 52 + 32 * len(segments)
    ident = b"\x7fELF" + bytes([1, 1 if endian == "little" else 2, 1]) + bytes(9)
    header = (2, EM_MICROBLAZE, 1, START, 52, 0, 0, 52, 32, len(segments), 40, 0, 0)
    head = ident + struct.pack(f"{order}HHIIIIIHHHHHH", *header)
    body = b""
    for address, data in segments:
        entry = (1, size + len(body), address, address, len(data), len(data), 7, 4)
        head += struct.pack(f"{order}8I", *entry)
        body += data
    return head + body


def run_on_qemu(programs: list[Program], endian: str) -> list[list[int]]:
    """The result words of each program."""
    length = 4 * RESULT_WORDS * len(programs)
    last = assemble(DUMP.format(start=RESULTS, end=RESULTS + length))
    text, data = image(programs, endian, last)
    output = dump_of_qemu([(START, text), (RESULTS, data)], endian, length)
    words = struct.unpack(f"{'<' if endian == 'little' else '>'}{length // 4}I", output)
    return [list(words[at : at + RESULT_WORDS]) for at in range(0, length // 4, RESULT_WORDS)]


def dump_of_qemu(
    segments: list[tuple[int, bytes]],
    endian: str,
    length: int,
    properties: Mapping[str, int] | None = None,
) -> bytes:
    """The first `length` bytes that a program of these segments sends.

    Args:
        properties: of QEMU's CPU.
    """
    options: list[str] = []
    for name, value in (properties or {}).items():
        number = ("use-hw-mul", "use-fpu", "addr-size", "pvr-user1", "pvr-user2")
        text = str(value) if name in number else ("off", "on")[value]
        options += ["-global", f"microblaze-cpu.{name}={text}"]
    with tempfile.TemporaryDirectory() as folder:
        kernel, output = Path(folder, "programs.elf"), Path(folder, "serial")
        kernel.write_bytes(elf(endian, segments))
        command = [QEMU[endian], *MACHINE, *options]
        command += ["-serial", f"file:{output}", "-kernel", str(kernel)]
        process = subprocess.Popen(command)
        try:
            deadline = time.monotonic() + 60
            while not output.exists() or output.stat().st_size < length:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"QEMU ended or hung: {process.poll()}")
                time.sleep(0.05)
        finally:
            process.kill()
            process.wait()
        return output.read_bytes()[:length]


def record() -> int:
    """Generate programs, run them on QEMU and write the file anew; returns their number."""
    recorded = {}
    for endian in ("little", "big"):
        rng = random.Random(f"microblaze {endian}")
        programs = [generate(index, rng) for index in range(COUNT)]
        results = run_on_qemu(programs, endian)
        recorded[endian] = [
            {"registers": _hex(one.registers), "body": _hex(one.body), "results": _hex(words)}
            for one, words in zip(programs, results, strict=True)
        ]
    RECORDED.write_bytes(gzip.compress(json.dumps(recorded).encode(), mtime=0))
    return sum(map(len, recorded.values()))


def recorded(endian: str) -> list[tuple[Program, list[int]]]:
    """Programs and their results on QEMU."""
    entries = json.loads(gzip.decompress(RECORDED.read_bytes()))[endian]
    return [
        (Program(_words(one["registers"]), _words(one["body"])), _words(one["results"]))
        for one in entries
    ]


def _hex(words: list[int]) -> str:
    return struct.pack(f"<{len(words)}I", *words).hex()


def _words(text: str) -> list[int]:
    return list(struct.unpack(f"<{len(text) // 8}I", bytes.fromhex(text)))

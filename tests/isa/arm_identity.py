"""What QEMU's cores say they are: every readable register of CP15 after reset, and those of VFP.

A program reads all 16384 encodings and prints those that are not undefined; kept are those that are
here, those of c0, and all that are not zero. Record QEMU's answers again:
python -m tests.isa.arm_identity
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from itertools import product
from pathlib import Path
from typing import NamedTuple

from cosim.cpus.arm.cp15 import BY_ENCODING

RECORDED = Path(__file__).parent / "recorded" / "arm_identity.json"
SELECTIONS = range(4)
"""Values of CSSELR for which CCSIDR is read."""
VFP = ("fpsid", "mvfr0", "mvfr1", "fpexc", "fpscr")

Encoding = tuple[int, int, int, int]  # opc1, CRn, CRm, opc2
ALL_ENCODINGS: list[Encoding] = list(product(range(8), range(16), range(16), range(8)))


class Board(NamedTuple):
    """QEMU's machine with that core, and where its memory is."""

    options: tuple[str, ...]
    memory: int


BOARDS = {
    "arm.cortex-a9": Board(("-M", "vexpress-a9"), 0x6001_0000),
    "arm.cortex-a7": Board(("-M", "virt", "-cpu", "cortex-a7"), 0x4001_0000),
    "arm.cortex-a15": Board(("-M", "vexpress-a15"), 0x8001_0000),
}

START = """
    .syntax unified
    .arch armv7-a
    .fpu vfpv3
    .text
    .global _start
_start:
    ldr sp, =stack
"""
VECTORS = "ldr r0, =vectors\n mcr p15, 0, r0, c12, c0, 0"
VBAR = (0, 12, 0, 0)

# An undefined read leaves r5 at 1. `put` prints r4 and r6 as 16 digits if it was not.
END = """
    mov r0, #0x18
    ldr r1, =0x20026
    svc #0x123456
put:
    cmp r5, #0
    bxne lr
    ldr r1, =text + 15
    mov r2, #16
1:  and r3, r6, #15
    cmp r3, #10
    addlt r3, r3, #'0'
    addge r3, r3, #'a' - 10
    strb r3, [r1], #-1
    lsr r6, r6, #4
    orr r6, r6, r4, lsl #28
    lsr r4, r4, #4
    subs r2, r2, #1
    bne 1b
    mov r0, #4
    ldr r1, =text
    svc #0x123456
    bx lr
    .ltorg
    .balign 32
vectors:
    b .
    b undefined
    b .
    b .
    b .
    b .
    b .
    b .
undefined:
    mov r5, #1
    movs pc, lr
    .data
text: .asciz "0123456789abcdef\\n"
    .balign 8
    .space 1024
stack:
"""


def source() -> str:
    """The program: the values as they are after reset first, so that nothing is written before."""
    lines = [START]

    def show(number: int, read: str) -> None:
        lines.append(f"ldr r4, ={number}\n mov r5, #0\n {read}\n bl put")

    def move(encoding: Encoding) -> str:
        opc1, crn, crm, opc2 = encoding
        return f"mrc p15, {opc1}, r6, c{crn}, c{crm}, {opc2}"

    show(ALL_ENCODINGS.index(VBAR), move(VBAR))
    lines.append(VECTORS)
    for number, encoding in enumerate(ALL_ENCODINGS):
        if encoding != VBAR:
            show(number, move(encoding))
        if number % 64 == 0:
            lines.append("b 1f\n .ltorg\n1:")
    for selected in SELECTIONS:
        lines.append(f"mov r0, #{selected}\n mcr p15, 2, r0, c0, c0, 0")
        show(1 << 16 | selected, "mrc p15, 1, r6, c0, c0, 0")
    lines.append("ldr r0, =0x00f00000\n mcr p15, 0, r0, c1, c0, 2")
    for number, name in enumerate(VFP):
        if name == "fpscr":
            lines.append("mov r0, #0x40000000\n vmsr fpexc, r0")
        show(2 << 16 | number, f"vmrs r6, {name}")
    return "\n".join([*lines, END])


def run_on_qemu(board: Board) -> dict[str, str]:
    """Values by what they are: `p15 opc1 CRn CRm opc2`, `CCSIDR` by CSSELR, or a VFP register."""
    with tempfile.TemporaryDirectory() as folder:
        text, image = Path(folder) / "identity.s", Path(folder) / "identity.elf"
        text.write_text(source())
        linker = ["arm-none-eabi-gcc", "-nostdlib", f"-Wl,-Ttext={board.memory:#x}"]
        subprocess.run([*linker, "-o", image, text], check=True)
        command = ["qemu-system-arm", *board.options, "-kernel", str(image), "-display", "none"]
        command += ["-semihosting-config", "enable=on,target=native", "-audiodev", "none,id=none"]
        command += ["-serial", "none", "-monitor", "none"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    found = {}
    for line in re.findall(r"^[0-9a-f]{16}$", done.stdout + done.stderr, re.MULTILINE):
        number, value = int(line[:8], 16), line[8:]
        kind, index = number >> 16, number & 0xFFFF
        if kind == 0:
            encoding = ALL_ENCODINGS[index]
            if encoding[1] and encoding not in BY_ENCODING and not int(value, 16):
                continue  # QEMU lets whole ranges read as zero
            name = "p15 " + " ".join(map(str, encoding))
        else:
            name = f"CCSIDR {index}" if kind == 1 else VFP[index].upper()
        found[name] = f"0x{value}"
    return found


def recorded() -> dict[str, dict[str, int]]:
    """QEMU's values by core type and register."""
    found = json.loads(RECORDED.read_text())
    return {core: {k: int(v, 16) for k, v in values.items()} for core, values in found.items()}


def main() -> None:
    found = {core: run_on_qemu(board) for core, board in BOARDS.items()}
    RECORDED.write_text(json.dumps(found, indent=1) + "\n")
    print({core: len(values) for core, values in found.items()})


if __name__ == "__main__":
    main()

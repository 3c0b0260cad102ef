"""Records what QEMU prints for each firmware image: the outside judge of our own consoles.

Run by hand after the images change: `python tests/system/record_consoles.py [IMAGE...]`. Each image
runs on the QEMU board it was linked for until it prints the sentinel or ends by itself; the
console's exact bytes go to recorded/<image>.txt.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

SENTINEL = b"== end ==\n"
WALL_SECONDS = 60.0
HERE = Path(__file__).parent
RECORDED = HERE / "recorded"
IMAGES = HERE.parent.parent / "firmware" / "images"


class Board(NamedTuple):
    """A QEMU binary and machine."""

    qemu: str
    machine: str


class Recording(NamedTuple):
    """One image, how QEMU runs it and what is typed into its console.

    A semihosting image ends QEMU itself, with an exit code.
    """

    image: str
    board: Board
    extra: tuple[str, ...] = ()
    exit_code: int | None = None
    typed: bytes = b""


VEXPRESS = Board("qemu-system-arm", "vexpress-a9")
PETALOGIX = Board("qemu-system-microblazeel", "petalogix-s3adsp1800")
PETALOGIX_BE = Board("qemu-system-microblaze", "petalogix-s3adsp1800")

# A command line of our own: by default QEMU passes the image's path, which differs by machine.
SEMIHOSTING = (
    "-semihosting-config",
    "enable=on,target=native,arg=arm_semihosting,arg=first,arg=second",
)

ILLEGAL_OPCODES = ("-global", "microblaze-cpu.ill-opcode-exception=on")

# fmt: off
RECORDINGS = (
    Recording("vexpress_hello",       VEXPRESS),
    Recording("petalogix_hello",      PETALOGIX),
    Recording("petalogix_hello_be",   PETALOGIX_BE),
    Recording("vexpress_echo",        VEXPRESS,  typed=b"any bytes: \x01\xff\r"),
    Recording("petalogix_echo",       PETALOGIX, typed=b"any bytes: \x01\xff\r"),
    Recording("arm_selftest_O0",      VEXPRESS),
    Recording("arm_selftest_O1",      VEXPRESS),
    Recording("arm_selftest_O2",      VEXPRESS),
    Recording("arm_selftest_O3",      VEXPRESS),
    Recording("arm_selftest_Os",      VEXPRESS),
    Recording("thumb_hello",          VEXPRESS),
    Recording("thumb_selftest_O0",    VEXPRESS),
    Recording("thumb_selftest_O1",    VEXPRESS),
    Recording("thumb_selftest_O2",    VEXPRESS),
    Recording("thumb_selftest_O3",    VEXPRESS),
    Recording("thumb_selftest_Os",    VEXPRESS),
    Recording("mixed_selftest_O2",    VEXPRESS),
    Recording("arm_exceptions",       VEXPRESS),
    Recording("arm_paging",           VEXPRESS),
    Recording("arm_spaces",           VEXPRESS),
    Recording("arm_alignment",        VEXPRESS),
    Recording("arm_selfmod",          VEXPRESS),
    Recording("arm_interwork",        VEXPRESS),
    Recording("arm_nested",           VEXPRESS),
    Recording("arm_fpcontext",        VEXPRESS),
    Recording("thumb_fpcontext",      VEXPRESS),
    Recording("arm_floats_hard_O0",   VEXPRESS),
    Recording("arm_floats_hard_O1",   VEXPRESS),
    Recording("arm_floats_hard_O2",   VEXPRESS),
    Recording("arm_floats_hard_O3",   VEXPRESS),
    Recording("arm_floats_hard_Os",   VEXPRESS),
    Recording("arm_floats_softfp_O2", VEXPRESS),
    Recording("thumb_floats_hard_O2", VEXPRESS),
    Recording("thumb_floats_hard_Os", VEXPRESS),
    Recording("mb_selftest_O0",       PETALOGIX),
    Recording("mb_selftest_O1",       PETALOGIX),
    Recording("mb_selftest_O2",       PETALOGIX),
    Recording("mb_selftest_O3",       PETALOGIX),
    Recording("mb_selftest_be_O2",    PETALOGIX_BE),
    Recording("mb_selftest_min_O2",   PETALOGIX),
    Recording("mb_selfmod",           PETALOGIX),
    Recording("mb_selfmod_be",        PETALOGIX_BE),
    Recording("mb_nested",            PETALOGIX,    ILLEGAL_OPCODES),
    Recording("mb_nested_be",         PETALOGIX_BE, ILLEGAL_OPCODES),
    Recording("arm_semihosting",      VEXPRESS, SEMIHOSTING, exit_code=42),
    Recording("thumb_semihosting",    VEXPRESS, SEMIHOSTING, exit_code=42),
)
# fmt: on


def console_of(recording: Recording) -> bytes:
    """Run one image under QEMU; its console up to the sentinel, or up to QEMU's own end.

    Raises RuntimeError when QEMU is missing, ends unexpectedly, or prints no sentinel in time.
    """
    qemu = shutil.which(recording.board.qemu)
    if qemu is None:
        raise RuntimeError(f"{recording.board.qemu} is not on PATH")
    image = IMAGES / f"{recording.image}.elf"
    command = [qemu, "-M", recording.board.machine, "-kernel", str(image), *recording.extra]
    command += ["-display", "none", "-serial", "stdio", "-monitor", "none"]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"QEMU_AUDIO_DRV": "none"},
    )
    watchdog = threading.Timer(WALL_SECONDS, process.kill)
    watchdog.start()
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(recording.typed)
        process.stdin.flush()
        console = b""
        while recording.exit_code is not None or not console.endswith(SENTINEL):
            byte = process.stdout.read(1)
            if not byte:
                break
            console += byte
        if recording.exit_code is None:
            process.kill()
        errors = process.stderr.read().decode(errors="replace")
        code = process.wait()
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()  # closes the pipes
    if SENTINEL not in console:
        raise RuntimeError(f"{recording.image}: no sentinel in {WALL_SECONDS:g} s: {errors}")
    if recording.exit_code is not None and code != recording.exit_code:
        raise RuntimeError(f"{recording.image}: QEMU ended with {code}: {errors}")
    return console


def main(names: list[str]) -> int:
    """Record the named images, or all of them."""
    known = {recording.image: recording for recording in RECORDINGS}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no recording for {', '.join(unknown)}; known: {', '.join(known)}", file=sys.stderr)
        return 2
    RECORDED.mkdir(exist_ok=True)
    for recording in RECORDINGS:
        if names and recording.image not in names:
            continue
        try:
            console = console_of(recording)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
        (RECORDED / f"{recording.image}.txt").write_bytes(console)
        last = re.findall(rb"^all .*$", console, re.MULTILINE)
        print(f"{recording.image}: {len(console)} bytes {b' '.join(last).decode()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

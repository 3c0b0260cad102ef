"""What a program left in QEMU's memory, once it is done."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

SECONDS = 120


def dump_of_qemu(options: list[str], start: int, size: int) -> bytes:
    """`size` bytes at `start`, as soon as the last four of them are not all zero.

    Args:
        options: of qemu-system-arm; they say what it runs.

    Raises:
        RuntimeError: QEMU ended by itself, or the program does not come to its end.
    """
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "dump"
        command = ["qemu-system-arm", *options, "-display", "none", "-audiodev", "none,id=none"]
        command += ["-serial", "null", "-monitor", "stdio"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        assert process.stdin is not None
        try:
            data, deadline = b"", time.monotonic() + SECONDS
            while len(data) < size or not any(data[-4:]):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"QEMU ended or hung: {process.poll()}")
                process.stdin.write(f'pmemsave {start:#x} {size} "{dump}"\n'.encode())
                process.stdin.flush()
                time.sleep(0.5)
                data = dump.read_bytes() if dump.exists() else b""
            process.stdin.write(b"quit\n")
            process.stdin.close()
            process.wait(20)
        finally:
            process.kill()
            process.wait()
        return data

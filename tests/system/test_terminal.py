"""On a terminal: a progress line that is never in the guests' way, raw keys, Ctrl-C."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time

from tests.system.command import IMAGES, ROOT, platform

WIPE = "\r\x1b[K"


class Session:
    """The command on a terminal of its own."""

    def __init__(self, *arguments: object) -> None:
        self.terminal, ours = pty.openpty()
        command = [sys.executable, "-m", "cosim", *map(str, arguments)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=ours, stdout=ours, stderr=ours)
        os.close(ours)
        self.printed = ""

    def read_until(self, text: str) -> None:
        """Read what is printed up to `text`."""
        deadline = time.monotonic() + 120
        while text not in self.printed:
            assert time.monotonic() < deadline, self.printed
            self.printed += os.read(self.terminal, 4096).decode()

    def finish(self) -> int:
        """Read the rest; returns the exit code."""
        while True:
            try:
                data = os.read(self.terminal, 4096)
            except OSError:  # how Linux reports that the other side is closed
                data = b""
            if not data:
                break
            self.printed += data.decode()
        os.close(self.terminal)
        return self.process.wait()

    @property
    def screen(self) -> list[str]:
        """The lines as they finally stand there."""
        return [line.rsplit(WIPE)[-1] for line in self.printed.split("\r\n")]


def test_progress_is_shown_and_leaves_the_guests_text_whole() -> None:
    session = Session("run", platform("arm_mb"))
    assert session.finish() == 0
    assert re.search(r"\r\x1b\[K[\d.]+ [um]s simulated, \d+\.\d\d MIPS", session.printed)
    *guests, summary, rest = session.screen
    assert rest == ""
    assert summary.startswith("cosim: ctl ended the run with code 0; ")
    assert len(guests) == 13
    assert all(line.startswith(("arm0: ", "mb0:  ", "result: ")) for line in guests)


def test_an_unfinished_line_of_the_guest_is_not_written_into() -> None:
    image = IMAGES / "vexpress_hello.elf"
    session = Session(
        "run", platform("vexpress_a9"), "--set", f"cores.cpu0.image={image}", "--expect", "integ"
    )
    session.finish()
    assert session.screen[1:3][0] == "integ"
    assert session.screen[2].startswith("cosim: uart0 printed 'integ'; ")


def test_keys_reach_the_guest_at_once_and_unechoed() -> None:
    image = IMAGES / "petalogix_echo.elf"
    session = Session(
        "run", platform("petalogix_s3adsp1800"), "--set", f"cores.cpu0.image={image}",
        "--expect", r"end ==\n",
    )  # fmt: skip
    session.read_until("say something: ")
    os.write(session.terminal, b"abc\r")
    assert session.finish() == 0
    assert "heard 3 bytes: abc" in session.screen
    assert session.printed.count("abc") == 1


def test_control_c_ends_the_run_with_its_summary() -> None:
    image = IMAGES / "arm_spin.elf"
    session = Session("run", platform("vexpress_a9"), "--set", f"cores.cpu0.image={image}")
    session.read_until("simulated")
    session.process.send_signal(signal.SIGINT)
    assert session.finish() == 130
    assert re.match(r"cosim: interrupted; simulated .*; exit code 130", session.screen[-2])
    assert "Traceback" not in session.printed

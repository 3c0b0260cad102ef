"""The user's terminal: the guests' console and a progress line that do not get into each other."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from cosim.kernel.units import SimTime, format_time
from cosim.peripherals.console import StdioBackend

CLEAR_LINE = "\r\033[K"
MICROSECOND = 10**6

UNNOTICED = 0.3
"""Seconds that native code is built for without a word."""


class Terminal(StdioBackend):
    """Standard input and output, with a progress line on standard error if that is a terminal.

    Where both are the same terminal, the line is shown only while the guests are at the start of
    a line, and is wiped before they print.
    """

    def __init__(self) -> None:
        self.shows_status = sys.stderr.isatty()
        self._shared = self.shows_status and sys.stdout.isatty()
        self._shown = False
        self._mid_line = False
        self._built_for = 0.0
        self._build_began = 0.0
        self._told_of_building = False

    def write(self, data: bytes) -> None:
        if self._shared:
            self._wipe()
            self._mid_line = not data.endswith((b"\n", b"\r"))
        super().write(data)

    def progress(self, now: SimTime, instructions: int, seconds: float) -> None:
        """Show how far the run is: simulated time in ps, instructions, host seconds."""
        if self._mid_line:
            return
        whole = format_time(now // MICROSECOND * MICROSECOND)
        sys.stderr.write(f"{CLEAR_LINE}{whole} simulated, {instructions / seconds / 1e6:.2f} MIPS")
        sys.stderr.flush()
        self._shown = True

    def building(self, core: str, done: int, count: int) -> None:
        """Show that native code is being built, if that takes a while.

        Args:
            core: the type of the core.
            done, count: forms of instructions; 0 done: it begins; all: it is complete.
        """
        now = time.perf_counter()
        if done:
            self._built_for += now - self._build_began
        self._build_began = now
        if done == count:
            self._wipe()
        elif self._built_for > UNNOTICED and not self._mid_line:
            text = f"cosim: building native code for {core}: {count} forms ..."
            if self.shows_status:
                sys.stderr.write(f"{CLEAR_LINE}{text}")
                self._shown = True
            elif not self._told_of_building:
                sys.stderr.write(f"{text}\n")
                self._told_of_building = True
            sys.stderr.flush()

    def finish(self) -> None:
        """Leave the cursor at the start of a line, for what is printed next."""
        self._wipe()
        if self._mid_line:
            sys.stderr.write("\n")

    def _wipe(self) -> None:
        if self._shown:
            sys.stderr.write(CLEAR_LINE)
            sys.stderr.flush()
            self._shown = False


@contextmanager
def raw_terminal() -> Iterator[None]:
    """While inside, a terminal on standard input gives each key at once, without echo.

    Ctrl-C still interrupts. Without a terminal this does nothing.
    """
    if not sys.stdin or sys.stdin.closed or not sys.stdin.isatty():
        yield
        return
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    saved = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, saved)

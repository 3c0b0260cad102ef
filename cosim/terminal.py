"""The user's terminal: the guests' console and a progress line that do not get into each other."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cosim.kernel.units import SimTime, format_time
from cosim.peripherals.console import StdioBackend

CLEAR_LINE = "\r\033[K"
MICROSECOND = 10**6


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

    def write(self, data: bytes) -> None:
        if self._shared:
            self._wipe()
            self._mid_line = not data.endswith((b"\n", b"\r"))
        super().write(data)

    def progress(self, time: SimTime, instructions: int, seconds: float) -> None:
        """Show how far the run is: simulated time in ps, instructions, host seconds."""
        if self._mid_line:
            return
        whole = format_time(time // MICROSECOND * MICROSECOND)
        sys.stderr.write(f"{CLEAR_LINE}{whole} simulated, {instructions / seconds / 1e6:.2f} MIPS")
        sys.stderr.flush()
        self._shown = True

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

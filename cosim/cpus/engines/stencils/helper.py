"""A process beside this one that compiles forms, while this one goes on or compiles others.

It is started when something has to be compiled, has nothing but a connection with this process, and
ends when that does.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cosim.cpus.engines.stencils.draft import Draft

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from subprocess import Popen

START = "import sys; sys.path = sys.argv[2:]; from {module} import serve; serve(int(sys.argv[1]))"

QUESTIONS = 2
"""It is asked before it has answered: so it never waits, and its socket holds what is under way."""

LONGEST = 16 << 10
"""Characters of a form that it is asked for: two times eight of them are less than that holds."""


def serve(descriptor: int) -> None:
    """What the helper does: it says that it is there, and then answers until nobody asks."""
    from multiprocessing.connection import Connection

    from cosim.cpus.engines.stencils import compiler

    connection: Connection = Connection(descriptor)
    compiler.get_ready()
    with suppress(EOFError, OSError):
        connection.send(None)
        while True:
            connection.send(compiler.compile_forms(connection.recv()))


class Helper:
    """The helper, seen from here. One that cannot be started, or dies, is never free.

    Attributes:
        asked: how many answers are still to come.
    """

    def __init__(self) -> None:
        self.asked = 0
        self._process: Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._started = False

    @property
    def there(self) -> bool:
        """Whether there is one."""
        return self._connection is not None

    @property
    def free(self) -> bool:
        """Whether it may be asked for something."""
        return self.there and self.asked < QUESTIONS

    def start(self) -> None:
        """Start it, where there is a processor for it; the second time nothing happens."""
        if self._started:
            return
        self._started = True
        if not sys.executable or len(os.sched_getaffinity(0)) < 2:
            return
        from multiprocessing import Pipe
        from subprocess import DEVNULL, Popen

        ours, theirs = Pipe()
        start = [sys.executable, "-I", "-S", "-c", START.format(module=__name__)]
        places = [str(Path(__file__).parents[4]), *filter(os.path.isabs, sys.path)]
        with suppress(OSError):
            self._process = Popen(
                [*start, str(theirs.fileno()), *places],
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # so that Ctrl-C ends this process only
            )
            self._connection = ours
            self.asked = QUESTIONS  # nothing before it has said that it is there
            atexit.register(self.stop)
        theirs.close()

    def stop(self) -> None:
        """End it, whatever it does."""
        if self._connection is not None and self._process is not None:
            atexit.unregister(self.stop)
            self._connection.close()
            self._connection = None
            self._process.kill()
            self._process.wait()

    def ask(self, drafts: Sequence[Draft]) -> None:
        """Let it compile these, if it is free."""
        if self._connection is not None:
            self.asked += 1
            try:
                self._connection.send(list(drafts))
            except OSError:
                self.stop()

    def answer(self, wait: bool) -> list[str | None] | None:
        """What it has made of what it was first asked for; None: nothing, yet or any more."""
        connection = self._connection
        if connection is None or not self.asked:
            return None
        try:
            if not wait and not connection.poll():
                return None
            made: list[str | None] | None = connection.recv()
        except (EOFError, OSError):
            self.stop()
            return None
        self.asked = 0 if made is None else self.asked - 1
        return made

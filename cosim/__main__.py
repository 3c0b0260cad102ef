"""The command `cosim`, and `python -m cosim`: a process of its own."""

from __future__ import annotations

import atexit
import os
import sys
from typing import NoReturn

_status = -1  # with which this process ends; -1: that is not known


def start() -> NoReturn:
    """`cosim.cli.main` in a process that has nothing else to do."""
    global _status
    atexit.register(_leave)  # the first, and so what is done last
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # to look for them takes 10 ms
    from cosim.cli import main

    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, int):
            _status = end.code
        raise


def _leave() -> None:
    """End the process without taking all objects apart, which takes as long as a short run."""
    if _status < 0:
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return  # that is for Python to say
    os._exit(_status)


if __name__ == "__main__":
    start()

"""What a trace costs: host time and file size. `python benchmarks/trace.py`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import cosim
from cosim.trace import open_trace

BOARD = Path(__file__).parents[1] / "platforms" / "arm_mb.yaml"
TIME = "200us"
KINDS = ((), ("vcd",), ("bus",), ("vcd", "bus"), ("bus+fetch",))


def main() -> None:
    base = 0.0
    print(f"{BOARD.stem}, {TIME}   {'s':>7} {'against none':>13} {'MB':>7} {'MB/s':>7}")
    for kinds in KINDS:
        with TemporaryDirectory() as folder:
            board = cosim.load(BOARD)
            start = process_time()
            with open_trace(board, *(f"{kind}:{Path(folder, kind)}" for kind in kinds)):
                board.run(TIME)
            seconds = process_time() - start
            size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
        base = base or seconds
        name = ", ".join(kinds) or "none"
        print(f"{name:15} {seconds:7.2f} {seconds / base:13.1f} {size:7.1f} {size / seconds:7.1f}")


if __name__ == "__main__":
    main()

"""`python -m tests.systemc.record`: compiles the scenarios and rewrites the recorded notes."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.systemc import judge


def main() -> None:
    if judge.missing():
        sys.exit(f"cannot record: {judge.missing()}")
    with tempfile.TemporaryDirectory() as directory:
        binary = judge.build(Path(directory))
        notes = {name: judge.run(binary, name) for name in judge.names()}
    judge.RECORDED.write_text(judge.dump(notes))
    print(f"{len(notes)} scenarios, {sum(map(len, notes.values()))} notes")


if __name__ == "__main__":
    main()

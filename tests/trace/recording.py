"""Records small boards, and reads back what was written."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vcd.reader import TokenKind, tokenize

from cosim.trace.recorder import Recorder
from cosim.trace.records import Sink
from tests.cpus.toy import Board


@contextmanager
def recorded(board: Board, *sinks: Sink) -> Iterator[Recorder]:
    """The board's cores and signals go to `sinks`."""
    recorder = Recorder(board.kernel, "toy", sinks)
    for core in board.cores.values():
        recorder.watch_core(core)
    recorder.start()
    try:
        yield recorder
    finally:
        recorder.close()


def lines(path: Path) -> list[dict]:
    """The lines of a bus log; each of them is whole."""
    text = path.read_text()
    assert text.endswith("\n") or not text
    return [json.loads(line) for line in text.splitlines()]


def brief(path: Path) -> list[tuple[int, str, str, str]]:
    """(time, initiator, command, address) of each line."""
    keys = ("time", "initiator", "command", "address")
    return [tuple(line[key] for key in keys) for line in lines(path)]


class Waves:
    """A VCD file read back by pyvcd.

    Attributes:
        changes: (time in ps, value) by the full name of the variable.
        types: VCD type and width by name.
        end: the last time.
    """

    def __init__(self, path: Path) -> None:
        self.changes: dict[str, list[tuple[int, object]]] = defaultdict(list)
        self.types: dict[str, tuple[str, int]] = {}
        self.timescale = ""
        self.end = -1
        scopes: list[str] = []
        names: dict[str, str] = {}
        with path.open("rb") as file:
            for token in tokenize(file):
                match token.kind:
                    case TokenKind.TIMESCALE:
                        self.timescale = str(token.timescale)
                    case TokenKind.SCOPE:
                        scopes.append(token.scope.ident)
                    case TokenKind.UPSCOPE:
                        scopes.pop()
                    case TokenKind.VAR:
                        name = ".".join([*scopes, token.var.reference])
                        names[token.var.id_code] = name
                        self.types[name] = (token.var.type_.value, token.var.size)
                    case TokenKind.CHANGE_TIME:
                        assert token.time_change > self.end, "times are in order"
                        self.end = token.time_change
                    case TokenKind.CHANGE_SCALAR:
                        self._add(names, token.scalar_change)
                    case TokenKind.CHANGE_VECTOR:
                        self._add(names, token.vector_change)
                    case TokenKind.CHANGE_STRING:
                        self._add(names, token.string_change)
                    case TokenKind.CHANGE_REAL:
                        self._add(names, token.real_change)

    def _add(self, names: dict[str, str], change) -> None:
        self.changes[names[change.id_code]].append((self.end, change.value))

"""What a user asks for as KIND:FILE, opened on a platform."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType

from cosim.platform.board import Platform
from cosim.trace.bus_log import BusLog
from cosim.trace.recorder import Recorder
from cosim.trace.records import Sink
from cosim.trace.vcd import VcdFile

# fmt: off
KINDS: dict[str, Callable[[Path], Sink]] = {
    "vcd":       VcdFile,
    "bus":       BusLog,
    "bus+fetch": lambda path: BusLog(path, fetches=True),
}
# fmt: on


@dataclass(frozen=True)
class TraceRequest:
    """A kind of trace, one of `KINDS`, and the file that it is written to."""

    kind: str
    path: Path


def parse_trace(text: str) -> TraceRequest:
    """KIND:FILE.

    Raises:
        ValueError: it is not of this form, or there is no such kind.
    """
    kind, colon, path = text.partition(":")
    known = ", ".join(KINDS)
    if not colon or not path:
        raise ValueError(f"'{text}' is not KIND:FILE (kinds: {known})")
    if kind not in KINDS:
        near = get_close_matches(kind.lower(), KINDS, 1)
        hint = f", did you mean '{near[0]}'?" if near else ""
        raise ValueError(f"no kind of trace '{kind}'{hint} (known: {known})")
    if path == "-":
        raise ValueError(f"'{text}': standard output belongs to the guest; name a file")
    return TraceRequest(kind, Path(path))


class Trace:
    """Files that are being written; a context manager, which completes them at its end."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def close(self) -> None:
        """Complete the files. What happens afterwards is not recorded."""
        self._recorder.close()

    def __enter__(self) -> Trace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_trace(platform: Platform, *requests: str | TraceRequest) -> Trace:
    """Record the runs of `platform` from now on, as `--trace` does.

        with open_trace(board, "vcd:out.vcd", "bus:out.jsonl"):
            board.run("10ms")

    Args:
        requests: KIND:FILE; see `KINDS`.

    Raises:
        ValueError: see `parse_trace`; or two are to be written to one file; or another trace of
            this platform is open.
        OSError: a file cannot be written.
    """
    chosen = [parse_trace(one) if isinstance(one, str) else one for one in requests]
    check_distinct(chosen)
    if any(core.port.shown for core in platform.cores.values()):
        raise ValueError(f"{platform.name} is traced already: ask for all kinds of trace at once")
    sinks: list[Sink] = []
    with ExitStack() as opened:
        for one in chosen:
            sinks.append(KINDS[one.kind](one.path))
            opened.callback(sinks[-1].close, 0)
        opened.pop_all()
    recorder = Recorder(platform.kernel, platform.name, sinks)
    if sinks:
        for core in platform.cores.values():
            recorder.watch_core(core)
        recorder.interrupts |= {one.irq.name for one in platform.peripherals.values()}
        recorder.start()
    return Trace(recorder)


def check_distinct(requests: list[TraceRequest]) -> None:
    """Raises ValueError if two are to be written to one file."""
    paths = [one.path.resolve() for one in requests]
    for path in paths:
        if paths.count(path) > 1:
            raise ValueError(f"two traces cannot both be written to '{path.name}'")

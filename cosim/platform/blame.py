"""Whose exception it is: a model's own traceback, without the simulator's frames."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

from cosim.bus.sockets import ProtocolError
from cosim.kernel.report import KernelError

# What can be on the stack of a command before a model is, and is none.
_NOT_MODELS = {"__main__", "cosim", "simpy", "click", "pydantic"} | sys.stdlib_module_names

# Frames that say nothing about a model, wherever they are.
_SIMULATOR = {"cosim", "simpy"}

_DELIBERATE = (KernelError, ProtocolError, ValueError)
"""What the simulator raises when a model does what it must not."""


def model_traceback(error: BaseException) -> str | None:
    """The traceback of `error` from the model's first frame on, without the simulator's frames.

    Returns:
        None if it is not a model's fault: no model was running, or something of the simulator's
        own broke below it.
    """
    frames = _model_frames(error.__traceback__)
    if not frames and error.__cause__ is not None:  # simpy passes on a copy
        notes = getattr(error, "__notes__", [])
        error = error.__cause__
        for note in notes:
            error.add_note(note)
        frames = _model_frames(error.__traceback__)
    deliberate = isinstance(error, _DELIBERATE)
    if not frames and not isinstance(error, (KernelError, ProtocolError)):
        return None
    if frames and not deliberate and _root(_last(error.__traceback__)) in _SIMULATOR:
        return None
    kept = [one for one in frames if _root(one) not in _SIMULATOR]
    places = [(one.tb_frame, one.tb_lineno) for one in kept]
    shown = "".join(traceback.StackSummary.extract(iter(places)).format())
    head = "Traceback of the model (most recent call last):\n" if shown else ""
    return f"{head}{shown}{''.join(traceback.format_exception_only(error))}".rstrip()


def _model_frames(trace: TracebackType | None) -> list[TracebackType]:
    """The frames from the first model's on."""
    while trace is not None and _root(trace) in _NOT_MODELS:
        trace = trace.tb_next
    frames = []
    while trace is not None:
        frames.append(trace)
        trace = trace.tb_next
    return frames


def _last(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace


def _root(trace: TracebackType | None) -> str:
    """The top package of the code of a frame."""
    name = "" if trace is None else str(trace.tb_frame.f_globals.get("__name__", ""))
    return name.partition(".")[0]

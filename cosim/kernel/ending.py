"""Why a model ends the run: the guest said so, or it can not go on."""

from __future__ import annotations

from dataclasses import dataclass

from cosim.kernel.units import SimTime


@dataclass(frozen=True)
class Ending:
    """`source` (a module's name) ends the run at `time` ps."""

    source: str
    time: SimTime


@dataclass(frozen=True)
class GuestExit(Ending):
    """The guest ended the run itself, with an exit code."""

    code: int


@dataclass(frozen=True)
class GuestFault(Ending):
    """A fault that no handler of the guest takes; `report` says what and where, in lines."""

    report: str

"""Non-blocking transport: the four phases, what a call returns, and the order of phases (15.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from cosim.kernel.units import SimTime


class Phase(IntEnum):
    """Where a transaction of the base protocol is (IEEE 1666-2011, 15.2)."""

    BEGIN_REQ = 1
    END_REQ = 2
    BEGIN_RESP = 3
    END_RESP = 4


@dataclass(frozen=True)
class ExtendedPhase:
    """A phase beyond the base protocol; a component that does not know it ignores it (15.2.5)."""

    name: str


AnyPhase = Phase | ExtendedPhase


class Sync(IntEnum):
    """What a non-blocking call returns (11.1.2.5)."""

    ACCEPTED = 0  # the arguments mean nothing now
    UPDATED = 1  # they carry the next phase
    COMPLETED = 2  # the transaction is over


Answer = tuple[Sync, AnyPhase, SimTime]
"""Of `nb_transport_fw` and `nb_transport_bw`: the call's result, the phase, the delay in ps."""

FORWARD = (Phase.BEGIN_REQ, Phase.END_RESP)
BACKWARD = (Phase.END_REQ, Phase.BEGIN_RESP)

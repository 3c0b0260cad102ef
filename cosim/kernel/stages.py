"""Where the kernel stands: its phases, and the stages at which it calls back (IEEE 1666-2023)."""

from __future__ import annotations

from enum import Enum, auto


class Phase(Enum):
    """What the kernel does at this moment (`sc_get_status`, IEEE 1666-2011, 4.5.8)."""

    ELABORATION = auto()
    EVALUATE = auto()
    UPDATE = auto()
    NOTIFY = auto()
    ADVANCE = auto()  # time has moved on; what is due at it becomes runnable
    CALLBACK = auto()
    PAUSED = auto()
    STOPPED = auto()


class Stage(Enum):
    """When a function given to `Kernel.on_stage` is called (IEEE 1666-2023, `sc_stage`).

    A callback looks on: notifications it makes are ignored with a warning, immediate ones are
    errors.
    """

    POST_BEFORE_END_OF_ELABORATION = auto()
    POST_END_OF_ELABORATION = auto()
    POST_START_OF_SIMULATION = auto()
    POST_UPDATE = auto()  # after each update phase
    PRE_TIMESTEP = auto()  # before time moves on
    PRE_PAUSE = auto()
    PRE_SUSPEND = auto()  # before waiting for an update from another OS thread
    POST_SUSPEND = auto()
    PRE_STOP = auto()
    POST_END_OF_SIMULATION = auto()


class StopMode(Enum):
    """What `Kernel.stop` still completes (IEEE 1666-2011, 4.5.3)."""

    FINISH_DELTA = "the evaluate and the update phase under way"
    IMMEDIATE = "the process that is running"


class Starvation(Enum):
    """Where `Kernel.run` leaves time when nothing is pending (IEEE 1666-2011, 4.3.4.2)."""

    RUN_TO_TIME = "at the end of the duration asked for"
    EXIT = "at the last event"

"""The Generic Timer: a counter of simulated time, two comparators with an output line each (B8)."""

# ruff: noqa: E501  one register per line
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cosim.cpus.arm.system_register import Reader, SystemRegister, Writer
from cosim.kernel.events import Event
from cosim.kernel.signals import Signal, Writers
from cosim.kernel.units import MAX_TIME, PS_PER_SECOND, SimTime

if TYPE_CHECKING:
    from cosim.cpus.arm.core import ArmCore

ENABLE, MASKED, STATUS = 1, 2, 4
WORD, DOUBLEWORD = 0xFFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF

# CNTKCTL: what User mode may reach
PHYSICAL_COUNT, VIRTUAL_COUNT, VIRTUAL_TIMER, PHYSICAL_TIMER = 1 << 0, 1 << 1, 1 << 8, 1 << 9
CONTROL_BITS = PHYSICAL_COUNT | VIRTUAL_COUNT | VIRTUAL_TIMER | PHYSICAL_TIMER | 0xFC


class Comparator:
    """One timer: its condition holds from the moment the counter reaches `compare`.

    The line follows at exactly that time, by a kernel event.
    """

    def __init__(self, timer: GenericTimer, name: str) -> None:
        self.timer = timer
        self.compare = self.control = 0
        self.line = Signal(timer.core, False, f"{name}_irq", Writers.UNCHECKED)
        self._due = Event(timer.core, f"{name}_due")
        timer.core.method(self._drive, self._due, name=f"{name}_drive", initialize=False)

    def reset(self) -> None:
        self.compare = self.control = 0

    def read_control(self) -> int:
        reached = self.control & ENABLE and self.timer.count(self.timer.now) >= self.compare
        return self.control | (STATUS if reached else 0)

    def read_value(self) -> int:
        return self.compare - self.timer.count(self.timer.now) & WORD

    def write_control(self, value: int) -> None:
        self.timer.core.synchronize()
        self.control = value & (ENABLE | MASKED)
        self._drive()

    def write_value(self, value: int) -> None:
        self.timer.core.synchronize()
        offset = (value & WORD ^ 1 << 31) - (1 << 31)
        self.compare = self.timer.count(self.timer.now) + offset & DOUBLEWORD
        self._drive()

    def write_compare(self, value: int) -> None:
        self.timer.core.synchronize()
        self.compare = value
        self._drive()

    def _drive(self) -> None:
        """Set the line, or wait for the time to do so. Simulated time is the core's here."""
        kernel = self.timer.core.kernel
        self._due.cancel()
        due = self.timer.time_of(self.compare)
        wanted = self.control == ENABLE
        if wanted and due > kernel.now:
            if due <= MAX_TIME:
                self._due.notify(due - kernel.now)
            wanted = False
        self.line.write(wanted)
        self.timer.core.engine.stop_after_this()  # the present turn was not cut for it


class GenericTimer:
    """The counter runs at a rate of its own from the start of the simulation."""

    def __init__(self, core: ArmCore, frequency: int) -> None:
        self.core = core
        self.rate = frequency  # Hz
        self.frequency = frequency  # CNTFRQ: what firmware says of it
        self.user = 0  # CNTKCTL
        self.physical = Comparator(self, "cntp")
        self.virtual = Comparator(self, "cntv")

    def reset(self) -> None:
        self.frequency, self.user = self.rate, 0
        self.physical.reset()
        self.virtual.reset()

    @property
    def lines(self) -> dict[str, Signal[bool]]:
        """The interrupt outputs, by name."""
        return {"cntp": self.physical.line, "cntv": self.virtual.line}

    @property
    def now(self) -> SimTime:
        self.core.port.effects += 1  # it is another one each time
        return self.core.local_time

    def count(self, time: SimTime) -> int:
        return time * self.rate // PS_PER_SECOND

    def time_of(self, count: int) -> SimTime:
        """The first ps at which the counter has come to `count`."""
        return -(-count * PS_PER_SECOND // self.rate)


Allowed = Callable[[Any, str], bool]


def allowed(access: str, bits: int) -> Allowed:
    """What User mode may do ("rw", "r") when CNTKCTL has one of `bits`."""
    return lambda core, wanted: wanted in access and bool(core.timer.user & bits)


def register(
    name: str, reader: Reader, writer: Writer | None, user: str | Allowed = ""
) -> SystemRegister:
    return SystemRegister(name, reader, writer, user, "timer")


def _set_frequency(core: Any, value: int) -> None:
    core.timer.frequency = value


def _set_user(core: Any, value: int) -> None:
    core.timer.user = value & CONTROL_BITS


COUNTED = allowed("r", PHYSICAL_COUNT | VIRTUAL_COUNT)
PHYSICAL, VIRTUAL = allowed("rw", PHYSICAL_TIMER), allowed("rw", VIRTUAL_TIMER)

# fmt: off
REGISTERS = {
    (0, 14, 0, 0): register("CNTFRQ",    lambda c: c.timer.frequency,               _set_frequency, COUNTED),
    (0, 14, 1, 0): register("CNTKCTL",   lambda c: c.timer.user,                    _set_user),
    (0, 14, 2, 0): register("CNTP_TVAL", lambda c: c.timer.physical.read_value(),   lambda c, v: c.timer.physical.write_value(v),   PHYSICAL),
    (0, 14, 2, 1): register("CNTP_CTL",  lambda c: c.timer.physical.read_control(), lambda c, v: c.timer.physical.write_control(v), PHYSICAL),
    (0, 14, 3, 0): register("CNTV_TVAL", lambda c: c.timer.virtual.read_value(),    lambda c, v: c.timer.virtual.write_value(v),    VIRTUAL),
    (0, 14, 3, 1): register("CNTV_CTL",  lambda c: c.timer.virtual.read_control(),  lambda c, v: c.timer.virtual.write_control(v),  VIRTUAL),
}
DOUBLEWORDS = {  # opc1, CRm
    (0, 14): register("CNTPCT",    lambda c: c.timer.count(c.timer.now), None, allowed("r", PHYSICAL_COUNT)),
    (1, 14): register("CNTVCT",    lambda c: c.timer.count(c.timer.now), None, allowed("r", VIRTUAL_COUNT)),
    (2, 14): register("CNTP_CVAL", lambda c: c.timer.physical.compare,   lambda c, v: c.timer.physical.write_compare(v), PHYSICAL),
    (3, 14): register("CNTV_CVAL", lambda c: c.timer.virtual.compare,    lambda c, v: c.timer.virtual.write_compare(v),  VIRTUAL),
}
# fmt: on

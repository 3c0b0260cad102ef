"""The performance monitor: cycles, retired instructions, software increments (B5.7, C12)."""

# ruff: noqa: E501  one register per line
from __future__ import annotations

from typing import TYPE_CHECKING

from cosim.cpus.arm.registers import Mode
from cosim.cpus.arm.system_register import SystemRegister, constant

if TYPE_CHECKING:
    from cosim.cpus.arm.core import ArmCore

WORD = 0xFFFF_FFFF
CYCLES = 31  # the cycle counter's number
ENABLED, RESET_EVENTS, RESET_CYCLES, DIVIDED = 1, 2, 4, 8
KEPT = ENABLED | DIVIDED | 1 << 4 | 1 << 5  # with X and DP, which change nothing
SOFTWARE, RETIRED, RENAMED, EVERY_CYCLE = 0x00, 0x08, 0x68, 0x11
NOT_PRIVILEGED, NOT_USER, EVENT = 1 << 31, 1 << 30, 0xFF  # P, U (PMUv2) and evtCount
EVENTS = 1 << SOFTWARE | 1 << RETIRED | 1 << EVERY_CYCLE  # as PMCEID0 says
"""Cortex-A9 counts instructions as event 0x68; everything else never happens here."""


class Counter:
    """A 32-bit count of something that the core counts from its start anyway."""

    def __init__(self) -> None:
        self.value = 0
        self.since: int | None = None  # the source's count when this one was brought up to date


class PerformanceMonitor:
    """Counts exactly: the value is the source's difference, not a sum over instructions.

    Counters are brought up to date when software looks or changes something. Overflow is seen then;
    there is no interrupt for it. With filters (PMUv2) they are brought up to date at changes of the
    mode too; the instruction that changes it counts for the new one (C12.2: a reasonable degree of
    inaccuracy).
    """

    def __init__(self, core: ArmCore) -> None:
        self.core = core
        self.reset()

    def reset(self) -> None:
        self.control = self.enabled = self.overflowed = self.interrupts = self.user = 0
        self.selected = 0
        events = range(self.core.model.counters)
        self.filters = NOT_PRIVILEGED | NOT_USER if self.core.model.event_filters else 0
        self.types = dict.fromkeys((*events, CYCLES) if self.filters else events, 0)
        self.filtering = False  # whether any counter has a filter
        self.counters = {number: Counter() for number in (*events, CYCLES)}
        self.valid = 1 << CYCLES | (1 << len(events)) - 1

    def source(self, number: int) -> int:
        """What the counter counts, since the start of the core."""
        core = self.core
        event = EVERY_CYCLE if number == CYCLES else self.types[number] & EVENT
        if event == EVERY_CYCLE:
            cycles = core.cycle + core.engine.executed
            return cycles // 64 if number == CYCLES and self.control & DIVIDED else cycles
        if event in (RETIRED, RENAMED):
            return core.retired
        return 0

    def update(self) -> None:
        """Bring every counter to the present instruction."""
        self.core.port.effects += 1  # they have other values each time
        self._bring_up_to_date()

    def mode_changed(self) -> None:
        """What is counted by mode may start or stop."""
        if self.filtering:
            self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        for number, counter in self.counters.items():
            now = self.source(number)
            if counter.since is not None:
                self._count(number, now - counter.since)
            counter.since = now if self._runs(number) else None

    def _runs(self, number: int) -> bool:
        """Whether it counts in this mode (B4.1.126: P and U)."""
        if not (self.control & ENABLED and self.enabled >> number & 1):
            return False
        excluded = NOT_USER if self.core.state["mode"] == Mode.USR else NOT_PRIVILEGED
        return not self.types.get(number, 0) & excluded

    def _count(self, number: int, amount: int) -> None:
        counter = self.counters[number]
        counter.value += amount
        if counter.value > WORD:
            counter.value &= WORD
            self.overflowed |= 1 << number

    # The registers

    def read_control(self) -> int:
        return self.core.model.pmu | self.core.model.counters << 11 | self.control

    def write_control(self, value: int) -> None:
        self.update()
        self.control = value & KEPT
        for number, counter in self.counters.items():
            if value & (RESET_CYCLES if number == CYCLES else RESET_EVENTS):
                counter.value = 0
            counter.since = None
        self.update()

    def write_enable(self, value: int, on: bool) -> None:
        self.update()
        bits = value & self.valid
        self.enabled = self.enabled | bits if on else self.enabled & ~bits
        self.update()

    def read_overflow(self) -> int:
        self.update()
        return self.overflowed

    def clear_overflow(self, value: int) -> None:
        self.update()
        self.overflowed &= ~value

    def increment(self, value: int) -> None:
        """PMSWINC."""
        self.update()
        for number, word in self.types.items():
            if number != CYCLES and word & EVENT == SOFTWARE and value >> number & 1:
                self._count(number, int(self._runs(number)))

    def read(self, number: int) -> int:
        self.update()
        counter = self.counters.get(number)
        return counter.value if counter else 0

    def write(self, number: int, value: int) -> None:
        self.update()
        if number in self.counters:
            self.counters[number].value = value

    def read_type(self) -> int:
        return self.types.get(self.selected, 0)

    def write_type(self, value: int) -> None:
        self.update()
        if self.selected in self.types:
            event = 0 if self.selected == CYCLES else EVENT
            self.types[self.selected] = value & (self.filters | event)
            self.filtering = any(word & self.filters for word in self.types.values())
            self.counters[self.selected].since = None
        self.update()

    def write_interrupts(self, value: int, on: bool) -> None:
        bits = value & self.valid
        self.interrupts = self.interrupts | bits if on else self.interrupts & ~bits


def _select(core: ArmCore, value: int) -> None:
    core.pmu.selected = value & 31


def _let_user(core: ArmCore, value: int) -> None:
    core.pmu.user = value & 1


def user(core: ArmCore, access: str) -> bool:
    """PMUSERENR.EN."""
    return bool(core.pmu.user)


# fmt: off
REGISTERS = {
    (0, 9, 12, 0): SystemRegister("PMCR",       lambda c: c.pmu.read_control(),   lambda c, v: c.pmu.write_control(v),        user),
    (0, 9, 12, 1): SystemRegister("PMCNTENSET", lambda c: c.pmu.enabled,          lambda c, v: c.pmu.write_enable(v, True),   user),
    (0, 9, 12, 2): SystemRegister("PMCNTENCLR", lambda c: c.pmu.enabled,          lambda c, v: c.pmu.write_enable(v, False),  user),
    (0, 9, 12, 3): SystemRegister("PMOVSR",     lambda c: c.pmu.read_overflow(),  lambda c, v: c.pmu.clear_overflow(v),       user),
    (0, 9, 12, 4): SystemRegister("PMSWINC",    None,                             lambda c, v: c.pmu.increment(v),            user),
    (0, 9, 12, 5): SystemRegister("PMSELR",     lambda c: c.pmu.selected,         _select,                                    user),
    (0, 9, 12, 6): constant("PMCEID0", EVENTS),
    (0, 9, 12, 7): constant("PMCEID1", 0),
    (0, 9, 13, 0): SystemRegister("PMCCNTR",    lambda c: c.pmu.read(CYCLES),     lambda c, v: c.pmu.write(CYCLES, v),        user),
    (0, 9, 13, 1): SystemRegister("PMXEVTYPER", lambda c: c.pmu.read_type(),      lambda c, v: c.pmu.write_type(v),           user),
    (0, 9, 13, 2): SystemRegister("PMXEVCNTR",  lambda c: c.pmu.read(c.pmu.selected), lambda c, v: c.pmu.write(c.pmu.selected, v), user),
    (0, 9, 14, 0): SystemRegister("PMUSERENR",  lambda c: c.pmu.user,             _let_user,                                  "r"),
    (0, 9, 14, 1): SystemRegister("PMINTENSET", lambda c: c.pmu.interrupts,       lambda c, v: c.pmu.write_interrupts(v, True)),
    (0, 9, 14, 2): SystemRegister("PMINTENCLR", lambda c: c.pmu.interrupts,       lambda c, v: c.pmu.write_interrupts(v, False)),
}
# fmt: on

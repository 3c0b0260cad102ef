"""Simulation control: bare-metal firmware ends the run, prints, and reads simulated time."""

from __future__ import annotations

from cosim.kernel.ending import GuestExit
from cosim.peripherals.peripheral import ConsoleConfig, Peripheral
from cosim.peripherals.register import Register


class SimControl(Peripheral):
    """A device that no hardware has."""

    TYPE = "cosim.simctl"
    SIZE = 0x10
    Config = ConsoleConfig

    # fmt: off
    exit    = Register(0x0, access="wo", doc="ends the run with the written exit code")
    putchar = Register(0x4, access="wo", doc="prints the low byte")
    time_lo = Register(0x8, access="ro", doc="simulated nanoseconds, bits 31:0; latches time_hi")
    time_hi = Register(0xC, access="ro", doc="bits 63:32 as of the last read of time_lo")
    # fmt: on

    @exit.on_write
    def _exit(self, value: int) -> None:
        self.kernel.pause(GuestExit(self.name, self.access_time, value))

    @putchar.on_write
    def _putchar(self, value: int) -> None:
        if self.console is not None:
            self.console.write(bytes([value & 0xFF]))

    @time_lo.on_read
    def _latch(self) -> int:
        nanoseconds = self.access_time // 1000
        self.time_hi = nanoseconds >> 32
        return nanoseconds & 0xFFFF_FFFF

"""A device that asks for an interrupt again and again."""

from __future__ import annotations

from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.peripherals.peripheral import InterruptConfig, Peripheral, PeripheralConfig
from cosim.peripherals.register import Register


class TickerConfig(PeripheralConfig, InterruptConfig):
    """Keys of the device."""


class Ticker(Peripheral):
    """Asserts `irq` every `period` nanoseconds, until it is acknowledged."""

    TYPE = "benchmark.ticker"
    SIZE = 0x1000
    Config = TickerConfig

    # fmt: off
    period      = Register(0x0, doc="in nanoseconds; 0: never")
    acknowledge = Register(0x4, access="wo", doc="any value")
    # fmt: on

    def __init__(self, name: str, config: TickerConfig, kernel: Kernel) -> None:
        super().__init__(name, config, kernel)
        self._due = Event(self, "due")
        kernel.method(self._tick, self._due, name=f"{name}.tick", initialize=False)

    @period.on_write
    def _set_period(self, value: int) -> None:
        self.period = value
        self._due.cancel()
        if value:
            self._due.notify(value * 1000)

    @acknowledge.on_write
    def _acknowledge(self, value: int) -> None:
        self.irq.write(False)

    def _tick(self) -> None:
        self.irq.write(True)
        self._due.notify(self.period * 1000)

"""A test's interrupt controller: of AXI INTC, what interrupts raised by software need (PG099)."""

from __future__ import annotations

from cosim.peripherals.peripheral import InterruptConfig, Peripheral, PeripheralConfig
from cosim.peripherals.register import Register

MASTER_ENABLE = 1 << 0
HARDWARE_ENABLE = 1 << 1
NONE = 0xFFFF_FFFF


class IntcConfig(PeripheralConfig, InterruptConfig):
    """Keys of the controller."""


class Intc(Peripheral):
    """Registers without inputs: until MER.HIE is set, software writes the ISR instead."""

    TYPE = "test.intc"
    SIZE = 0x1000
    Config = IntcConfig

    # fmt: off
    status      = Register(0x00, doc="ISR")
    pending     = Register(0x04, access="ro", doc="IPR: what is set in ISR and IER")
    enable      = Register(0x08, doc="IER")
    acknowledge = Register(0x0C, access="wo", doc="IAR: clears bits of ISR")
    set_enable  = Register(0x10, access="wo", doc="SIE: sets bits of IER")
    clear       = Register(0x14, access="wo", doc="CIE: clears bits of IER")
    vector      = Register(0x18, access="ro", doc="IVR: the lowest bit of IPR, all ones if none")
    master      = Register(0x1C, doc="MER: ME 0, HIE 1")
    # fmt: on

    def _update(self) -> None:
        self.irq.write(bool(self.master & MASTER_ENABLE and self._pending()))

    @pending.on_peek
    def _pending(self) -> int:
        return self.status & self.enable

    @vector.on_peek
    def _vector(self) -> int:
        pending = self._pending()
        return (pending & -pending).bit_length() - 1 if pending else NONE

    @status.on_write
    def _raise(self, value: int) -> None:
        if not self.master & HARDWARE_ENABLE:
            self.status = value
        self._update()

    @enable.on_write
    def _enable(self, value: int) -> None:
        self.enable = value
        self._update()

    @acknowledge.on_write
    def _acknowledge(self, value: int) -> None:
        self.status &= ~value
        self._update()

    @set_enable.on_write
    def _set(self, value: int) -> None:
        self._enable(self.enable | value)

    @clear.on_write
    def _clear(self, value: int) -> None:
        self._enable(self.enable & ~value)

    @master.on_write
    def _control(self, value: int) -> None:
        self.master = value & (MASTER_ENABLE | HARDWARE_ENABLE) | self.master & HARDWARE_ENABLE
        self._update()

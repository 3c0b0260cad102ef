"""PrimeCell UART (Arm DDI 0183, PL011): FIFOs, flags and the combined interrupt."""

from __future__ import annotations

from collections import deque

from cosim.kernel.kernel import Kernel
from cosim.peripherals.peripheral import ConsoleConfig, InterruptConfig, Peripheral
from cosim.peripherals.register import Register

FIFO_DEPTH = 16

# fmt: off
FR_RXFE, FR_RXFF, FR_TXFE = 0x10, 0x40, 0x80      # UARTFR, 3.3.3
LCR_FEN                   = 0x10                  # UARTLCR_H, 3.3.7
INT_RX, INT_TX, INT_RT    = 0x10, 0x20, 0x40      # UARTRIS, 3.3.11
INT_ALL                   = 0x7FF

# The peripheral and PrimeCell identification bytes, 3.3.14 and 3.3.15.
IDENTIFICATION = {
    0xFE0: 0x11, 0xFE4: 0x10, 0xFE8: 0x14, 0xFEC: 0x00,
    0xFF0: 0x0D, 0xFF4: 0xF0, 0xFF8: 0x05, 0xFFC: 0xB1,
}
# fmt: on


class Pl011Config(ConsoleConfig, InterruptConfig):
    """Keys of a PL011."""


class Pl011(Peripheral):
    """Characters are sent at once; the baud rate, line control and DMA registers only hold values.

    The line is level-sensitive: UARTMIS is not 0.
    """

    TYPE = "arm.pl011"
    SIZE = 0x1000
    Config = Pl011Config

    # fmt: off
    uartdr    = Register(0x000,                doc="data: read takes, write sends a character")
    uartrsr   = Register(0x004,                doc="receive status, error clear")
    uartfr    = Register(0x018, access="ro",   doc="flags")
    uartilpr  = Register(0x020,                doc="IrDA divisor")
    uartibrd  = Register(0x024,                doc="baud rate, integer part")
    uartfbrd  = Register(0x028,                doc="baud rate, fraction")
    uartlcr_h = Register(0x02C,                doc="line control")
    uartcr    = Register(0x030, reset=0x300,   doc="control")
    uartifls  = Register(0x034, reset=0x12,    doc="interrupt FIFO levels")
    uartimsc  = Register(0x038,                doc="interrupt mask")
    uartris   = Register(0x03C, access="ro",   doc="raw interrupt status")
    uartmis   = Register(0x040, access="ro",   doc="masked interrupt status")
    uarticr   = Register(0x044, access="wo",   doc="interrupt clear")
    uartdmacr = Register(0x048,                doc="DMA control")

    periph_id0 = Register(0xFE0, access="ro", reset=IDENTIFICATION[0xFE0])
    periph_id1 = Register(0xFE4, access="ro", reset=IDENTIFICATION[0xFE4])
    periph_id2 = Register(0xFE8, access="ro", reset=IDENTIFICATION[0xFE8])
    periph_id3 = Register(0xFEC, access="ro", reset=IDENTIFICATION[0xFEC])
    pcell_id0  = Register(0xFF0, access="ro", reset=IDENTIFICATION[0xFF0])
    pcell_id1  = Register(0xFF4, access="ro", reset=IDENTIFICATION[0xFF4])
    pcell_id2  = Register(0xFF8, access="ro", reset=IDENTIFICATION[0xFF8])
    pcell_id3  = Register(0xFFC, access="ro", reset=IDENTIFICATION[0xFFC])
    # fmt: on

    def __init__(self, name: str, config: Pl011Config, kernel: Kernel) -> None:
        self._received: deque[int] = deque()
        super().__init__(name, config, kernel)

    def receive(self) -> None:
        """Take what the console has into the FIFO."""
        if self.console is None:
            return
        self._received.extend(self.console.read(self._depth - len(self._received)))
        level = (2, 4, 8, 12, 14)[min(self.uartifls >> 3 & 7, 4)] if self._depth > 1 else 1
        if len(self._received) >= level:
            self._raise(INT_RX)
        elif self._received:
            self._raise(INT_RT)  # no more characters are coming: the timeout, at once

    @property
    def _depth(self) -> int:
        return FIFO_DEPTH if self.uartlcr_h & LCR_FEN else 1

    @uartdr.on_read
    def _take(self) -> int:
        self.receive()
        value = self._received.popleft() if self._received else 0
        if not self._received:
            self._clear(INT_RX | INT_RT)
        return value

    @uartdr.on_write
    def _send(self, value: int) -> None:
        if self.console is not None:
            self.console.write(bytes([value & 0xFF]))
        self._raise(INT_TX)

    @uartfr.on_read
    def _flags_now(self) -> int:
        self.receive()
        return self._flags()

    @uartfr.on_peek
    def _flags(self) -> int:
        empty = 0 if self._received else FR_RXFE
        return FR_TXFE | empty | (FR_RXFF if len(self._received) >= self._depth else 0)

    @uartrsr.on_write
    def _clear_errors(self, value: int) -> None:
        self.uartrsr = 0

    @uartimsc.on_write
    def _mask(self, value: int) -> None:
        self.uartimsc = value & INT_ALL
        self._update_irq()

    @uartmis.on_peek
    def _masked(self) -> int:
        return self.uartris & self.uartimsc

    @uarticr.on_write
    def _acknowledge(self, value: int) -> None:
        self._clear(value)

    def _raise(self, bits: int) -> None:
        self.uartris |= bits
        self._update_irq()

    def _clear(self, bits: int) -> None:
        self.uartris &= ~bits
        self._update_irq()

    def _update_irq(self) -> None:
        self.irq.write(bool(self._masked()))

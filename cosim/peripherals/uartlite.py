"""AXI UART Lite (AMD PG142): 16-byte receive FIFO, immediate transmission."""

from __future__ import annotations

from collections import deque

from cosim.kernel.kernel import Kernel
from cosim.peripherals.peripheral import ConsoleConfig, InterruptConfig, Peripheral
from cosim.peripherals.register import Register

FIFO_DEPTH = 16

# fmt: off
RX_VALID = 0x01
RX_FULL  = 0x02
TX_EMPTY = 0x04
INTR_EN  = 0x10

RST_RX   = 0x02
# fmt: on


class UartLiteConfig(ConsoleConfig, InterruptConfig):
    """Keys of an AXI UART Lite."""


class UartLite(Peripheral):
    """Characters are sent at once, so the transmit FIFO is always empty.

    The interrupt is a pulse, when the receive FIFO stops being empty and when the transmit FIFO
    becomes empty (PG142, Interrupts).
    """

    TYPE = "xilinx.uartlite"
    SIZE = 0x1000
    Config = UartLiteConfig

    # fmt: off
    rx_fifo = Register(0x0, access="ro", doc="takes a character from the receive FIFO")
    tx_fifo = Register(0x4, access="wo", doc="sends a character")
    stat    = Register(0x8, access="ro", doc="RX_VALID 0, RX_FULL 1, TX_EMPTY 2, INTR_EN 4")
    ctrl    = Register(0xC, access="wo", doc="RST_TX 0, RST_RX 1, INTR_EN 4")
    # fmt: on

    def __init__(self, name: str, config: UartLiteConfig, kernel: Kernel) -> None:
        self._received: deque[int] = deque()
        super().__init__(name, config, kernel)
        self.method(self._end_pulse, self.irq, name="pulse", initialize=False)

    def receive(self) -> None:
        """Take what the console has into the FIFO."""
        if self.console is None:
            return
        data = self.console.read(FIFO_DEPTH - len(self._received))
        if data and not self._received:
            self._interrupt()
        self._received.extend(data)

    @rx_fifo.on_read
    def _take(self) -> int:
        self.receive()
        return self._received.popleft() if self._received else 0

    @tx_fifo.on_write
    def _send(self, value: int) -> None:
        if self.console is not None:
            self.console.write(bytes([value & 0xFF]))
        self._interrupt()

    @stat.on_read
    def _status(self) -> int:
        self.receive()
        return self._flags()

    @stat.on_peek
    def _flags(self) -> int:
        received = len(self._received)
        return (
            TX_EMPTY
            | (RX_VALID if received else 0)
            | (RX_FULL if received == FIFO_DEPTH else 0)
            | (self.ctrl & INTR_EN)
        )

    @ctrl.on_write
    def _control(self, value: int) -> None:
        self.ctrl = value & INTR_EN
        if value & RST_RX:
            self._received.clear()

    def _interrupt(self) -> None:
        if self.ctrl & INTR_EN:
            self.irq.write(True)

    def _end_pulse(self) -> None:
        if self.irq.read():
            self.irq.write(False)

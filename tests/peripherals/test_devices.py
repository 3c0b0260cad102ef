"""UARTLite, PL011, simulation control and consoles, through their sockets."""

from __future__ import annotations

from cosim.bus import transaction
from cosim.bus.sockets import InitiatorSocket
from cosim.kernel.ending import GuestExit
from cosim.kernel.kernel import Kernel
from cosim.peripherals.console import Console, FileBackend
from cosim.peripherals.peripheral import Peripheral
from cosim.peripherals.pl011 import Pl011
from cosim.peripherals.simctl import SimControl
from cosim.peripherals.uartlite import UartLite


class Bench:
    """A device alone on a bus, with word accesses."""

    def __init__(self, device_class: type[Peripheral]) -> None:
        self.kernel = Kernel()
        config = device_class.Config(type=device_class.TYPE, at=0)
        self.device = device_class("dev", config, self.kernel)
        self.console = Console("dev")
        self.device.connect(self.console)
        self.socket = InitiatorSocket("cpu")
        self.socket.bind(self.device.socket)

    def read(self, offset: int, *, debug: bool = False) -> int:
        txn = transaction.read(offset, 4)
        if debug:
            self.socket.transport_dbg(txn)
        else:
            self.socket.b_transport(txn)
        return int.from_bytes(txn.data, "little")

    def write(self, offset: int, value: int) -> None:
        self.socket.b_transport(transaction.write(offset, value.to_bytes(4, "little")))

    def settle(self) -> bool:
        """Let the interrupt line change; returns whether it did."""
        changes = []
        name = self.kernel.unique("watch")
        self.kernel.method(lambda: changes.append(1), self.device.irq, name=name, initialize=False)
        self.kernel.run(1)  # of no consequence for what takes no time
        return bool(changes)


class TestUartLite:
    RX, TX, STAT, CTRL = 0x0, 0x4, 0x8, 0xC

    def test_sends(self) -> None:
        bench = Bench(UartLite)
        for character in b"hi":
            assert bench.read(self.STAT) == 0x04
            bench.write(self.TX, character)
        assert bench.console.text == "hi"

    def test_receives_in_order_through_a_fifo_of_16(self) -> None:
        bench = Bench(UartLite)
        bench.console.feed("0123456789abcdefXY")
        assert bench.read(self.STAT) == 0x07
        received = ""
        while bench.read(self.STAT) & 1:
            received += chr(bench.read(self.RX))
        assert received == "0123456789abcdefXY"

    def test_a_debugger_does_not_take_characters(self) -> None:
        bench = Bench(UartLite)
        bench.console.feed("a")
        bench.read(self.RX, debug=True)
        assert bench.read(self.STAT, debug=True) == 0x05
        assert bench.read(self.RX) == ord("a")

    def test_reset_of_the_receive_fifo(self) -> None:
        bench = Bench(UartLite)
        bench.console.feed("abc")
        bench.write(self.CTRL, 0x02)
        assert bench.read(self.STAT) == 0x04

    def test_interrupt_pulses_only_if_enabled(self) -> None:
        bench = Bench(UartLite)
        bench.console.feed("a")
        assert not bench.settle()
        bench.read(self.RX)
        bench.write(self.CTRL, 0x10)
        bench.console.feed("b")
        assert bench.read(self.STAT) & 0x10
        assert bench.settle()
        assert not bench.device.irq.read()


class TestPl011:
    DR, FR, LCR_H, IMSC, RIS, MIS, ICR = 0x00, 0x18, 0x2C, 0x38, 0x3C, 0x40, 0x44

    def test_sends_and_receives(self) -> None:
        bench = Bench(Pl011)
        bench.write(self.DR, ord("x"))
        assert bench.console.text == "x"
        assert bench.read(self.FR) == 0x90
        bench.console.feed("yz")
        assert bench.read(self.FR) & 0x10 == 0
        assert (bench.read(self.DR), bench.read(self.DR)) == (ord("y"), ord("z"))
        assert bench.read(self.FR) == 0x90

    def test_line_is_the_masked_status(self) -> None:
        bench = Bench(Pl011)
        bench.write(self.IMSC, 0x10)
        bench.console.feed("a")
        assert bench.settle() and bench.device.irq.read()
        assert (bench.read(self.RIS), bench.read(self.MIS)) == (0x10, 0x10)
        bench.read(self.DR)
        assert bench.settle() and not bench.device.irq.read()

    def test_transmit_interrupt_is_cleared_by_its_bit(self) -> None:
        bench = Bench(Pl011)
        bench.write(self.DR, ord("x"))
        assert bench.read(self.RIS) == 0x20
        bench.write(self.ICR, 0x20)
        assert bench.read(self.RIS) == 0

    def test_identification(self) -> None:
        bench = Bench(Pl011)
        cell = [bench.read(offset) for offset in (0xFF0, 0xFF4, 0xFF8, 0xFFC)]
        assert cell == [0x0D, 0xF0, 0x05, 0xB1]


class TestSimControl:
    def test_ends_the_run_with_the_code(self) -> None:
        bench = Bench(SimControl)
        bench.write(0, 3)
        assert bench.kernel.stopping
        assert bench.kernel.ending == GuestExit("dev", 0, 3)

    def test_prints(self) -> None:
        bench = Bench(SimControl)
        bench.write(4, ord("!"))
        assert bench.console.text == "!"

    def test_reading_the_low_word_of_the_time_latches_the_high_one(self) -> None:
        bench = Bench(SimControl)
        bench.kernel.run(5_000_000_123_000 - bench.kernel.now)  # 5.000000123 s
        assert bench.read(0xC) == 0
        low, high = bench.read(8), bench.read(0xC)
        assert high << 32 | low == 5_000_000_123


def test_a_file_console_has_the_bytes(tmp_path) -> None:
    path = tmp_path / "uart.log"
    console = Console("uart", FileBackend(path))
    console.write(b"a\x00\xff\n")
    assert path.read_bytes() == b"a\x00\xff\n"
    assert bytes(console.data) == b"a\x00\xff\n"
    assert console.read(4) == b""

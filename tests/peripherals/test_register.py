"""The register bank: parts of words, endianness, access rights, debug reads."""

from __future__ import annotations

import pytest

from cosim.bus import transaction
from cosim.bus.sockets import InitiatorSocket
from cosim.bus.transaction import Response, Transaction
from cosim.kernel.kernel import Kernel
from cosim.peripherals.peripheral import Peripheral, PeripheralConfig
from cosim.peripherals.register import Register


class Counter(Peripheral):
    """A register that counts its reads, and three plain ones."""

    value = Register(0x0, reset=0x1122_3344)
    reads = Register(0x4, access="ro")
    command = Register(0x8, access="wo")
    written: tuple[int, ...] = ()

    @reads.on_read
    def _read(self) -> int:
        self.reads += 1
        return self.reads

    @command.on_write
    def _write(self, value: int) -> None:
        self.written += (value,)


@pytest.fixture(params=["little", "big"])
def endian(request) -> str:
    return request.param


@pytest.fixture
def bench(endian):
    kernel = Kernel()
    device = Counter("dev", PeripheralConfig(type="x", at=0, endian=endian), kernel)
    socket = InitiatorSocket("cpu")
    socket.bind(device.socket)
    return kernel, device, socket


def read(socket: InitiatorSocket, address: int, length: int) -> bytes:
    txn = transaction.read(address, length)
    socket.b_transport(txn)
    assert txn.response is Response.OK
    return bytes(txn.data)


def test_a_word_has_the_devices_byte_order(bench, endian) -> None:
    _, _, socket = bench
    assert read(socket, 0, 4) == (0x1122_3344).to_bytes(4, endian)


def test_a_byte_is_a_part_of_the_word(bench, endian) -> None:
    _, _, socket = bench
    assert [read(socket, at, 1)[0] for at in range(4)] == list((0x1122_3344).to_bytes(4, endian))
    assert read(socket, 2, 2) == (0x1122_3344).to_bytes(4, endian)[2:]


def test_a_partial_write_leaves_zero_elsewhere(bench, endian) -> None:
    _, device, socket = bench
    low_byte = 0x8 if endian == "little" else 0xB
    socket.b_transport(transaction.write(low_byte, b"A"))
    assert device.written == (ord("A"),)


def test_a_long_access_covers_several_registers(bench, endian) -> None:
    _, _, socket = bench
    data = read(socket, 0, 8)
    assert [int.from_bytes(data[at : at + 4], endian) for at in (0, 4)] == [0x1122_3344, 1]


def test_a_debugger_has_no_effect(bench, endian) -> None:
    _, device, socket = bench
    txn = transaction.read(4, 4)
    assert socket.transport_dbg(txn) == 4
    assert bytes(txn.data) == bytes(4)
    assert device.reads == 0
    assert read(socket, 4, 4) == (1).to_bytes(4, endian)


@pytest.mark.parametrize(
    ("txn", "message"),
    [
        (transaction.read(0x40, 4), "read of +0x40, where there is no register"),
        (transaction.write(0x40, bytes(4)), "write of +0x40, where there is no register"),
        (transaction.write(0x4, bytes(4)), "write of read-only register reads"),
        (transaction.read(0x8, 4), "read of write-only register command"),
    ],
)
def test_what_the_guest_should_not_do_is_reported(bench, txn: Transaction, message: str) -> None:
    kernel, _, socket = bench
    reports = []
    kernel.reports.listen("guest_errors", lambda *report: reports.append(report))
    txn.response = Response.INCOMPLETE
    socket.b_transport(txn)
    assert txn.ok
    assert reports == [("guest_errors", "dev", message)]


def test_byte_enables_and_streaming_are_refused_as_such(bench) -> None:
    _, _, socket = bench
    enabled = Transaction(transaction.Command.READ, 0, bytearray(4), b"\xff\x00")
    streaming = Transaction(transaction.Command.READ, 0, bytearray(4), streaming_width=2)
    for txn, response in (
        (enabled, Response.BYTE_ENABLE_ERROR),
        (streaming, Response.BURST_ERROR),
    ):
        socket.b_transport(txn)
        assert txn.response is response


def test_there_is_no_direct_access_to_registers(bench) -> None:
    _, _, socket = bench
    assert socket.get_direct_mem_ptr(transaction.read(0, 4)) is None

"""Memory: byte enables, streaming, limits, and errors that reach the initiator."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosim.bus import transaction
from cosim.bus.memory import Memory
from cosim.bus.sockets import InitiatorSocket
from cosim.bus.transaction import Command, Response, Transaction


def connect(memory: Memory) -> InitiatorSocket:
    socket = InitiatorSocket("cpu")
    socket.bind(memory.socket)
    return socket


def send(socket: InitiatorSocket, txn: Transaction) -> Transaction:
    socket.b_transport(txn, 0)
    return txn


def test_what_is_written_is_read() -> None:
    socket = connect(Memory("ram", 64))
    assert send(socket, transaction.write(10, b"hello")).response is Response.OK
    assert bytes(send(socket, transaction.read(10, 5)).data) == b"hello"


def test_an_access_may_end_at_the_last_byte_and_not_beyond() -> None:
    socket = connect(Memory("ram", 64))
    assert send(socket, transaction.write(60, b"last")).ok
    assert send(socket, transaction.write(61, b"over")).response is Response.ADDRESS_ERROR
    assert bytes(send(socket, transaction.read(60, 4)).data) == b"last"


def test_rom_refuses_writes_but_not_the_loader() -> None:
    socket = connect(Memory("rom", 16, readonly=True))
    assert send(socket, transaction.write(0, b"x")).response is Response.COMMAND_ERROR
    assert socket.transport_dbg(transaction.write(0, b"boot")) == 4
    assert bytes(send(socket, transaction.read(0, 4)).data) == b"boot"
    assert not socket.get_direct_mem_ptr(transaction.write(0, b"x")).granted


def test_debug_access_moves_what_is_there() -> None:
    socket = connect(Memory("ram", 8))
    assert socket.transport_dbg(transaction.write(4, b"abcdefgh")) == 4
    txn = transaction.read(6, 8)
    assert socket.transport_dbg(txn) == 2
    assert bytes(txn.data[:2]) == b"cd"


def test_no_data_is_an_error() -> None:
    assert send(connect(Memory("ram", 8)), Transaction(Command.READ)).response < 0


def test_latency_adds_to_the_delay() -> None:
    socket = connect(Memory("slow", 8, latency=70))
    assert socket.b_transport(transaction.read(0, 4), 5) == 75


def test_an_ignored_command_moves_nothing() -> None:
    socket = connect(Memory("ram", 8))
    txn = Transaction(Command.IGNORE, 0, bytearray(b"same"))
    assert send(socket, txn).ok
    assert bytes(txn.data) == b"same"


@given(
    data=st.binary(min_size=1, max_size=16),
    enable=st.none() | st.lists(st.sampled_from([0, 0xFF]), min_size=1, max_size=8).map(bytes),
    width=st.integers(0, 20),
    address=st.integers(0, 16),
)
@pytest.mark.parametrize("command", [Command.READ, Command.WRITE])
def test_enables_and_streaming_follow_the_definition(command, data, enable, width, address) -> None:
    memory = Memory("ram", 64)
    memory.buffer[:] = bytes(range(100, 164))
    before = bytes(memory.buffer)
    txn = Transaction(command, address, bytearray(data), enable, width)
    assert send(connect(memory), txn).ok
    expected_memory, expected_data = bytearray(before), bytearray(data)
    for index in range(len(data)):
        if enable is None or enable[index % len(enable)]:
            place = address + (index % width if width else index)
            if command is Command.READ:
                expected_data[index] = before[place]
            else:
                expected_memory[place] = data[index]
    assert bytes(memory.buffer) == expected_memory
    assert txn.data == expected_data

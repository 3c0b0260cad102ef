"""The generic payload and blocking transport, rule by rule (IEEE 1666-2011, 11.1 and 14)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cosim.bus import transaction
from cosim.bus.extension import Extension
from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.bus.sockets import InitiatorSocket
from cosim.bus.transaction import Command, GpOption, Response, Transaction


@dataclass
class Tag(Extension):
    value: int = 0
    freed: int = 0

    def free(self) -> None:
        self.freed += 1


def routed(levels: int = 1, size: int = 0x100):
    """An initiator, `levels` routers in a row, and a memory at 0x1000 of the first."""
    memory = Memory("ram", size)
    target, start = memory.socket, 0x1000
    for level in range(levels):
        router = Router(f"bus{level}")
        router.map("ram", target, start, size if level == 0 else 0x1_0000)
        target, start = router.view("up").socket, 0
    socket = InitiatorSocket("cpu")
    socket.bind(target)
    return socket, memory


def test_G01_a_fresh_payload_has_the_defaults_and_read_and_write_set_what_is_needed() -> None:
    fresh = Transaction()
    assert (fresh.command, fresh.address, len(fresh.data)) == (Command.IGNORE, 0, 0)
    assert (fresh.byte_enable, fresh.streaming_width, fresh.dmi_allowed) == (None, 0, False)
    assert (fresh.response, fresh.option) == (Response.INCOMPLETE, GpOption.MIN_PAYLOAD)
    assert (fresh.on_free, fresh.references, fresh.extensions) == (None, 0, None)
    for txn in (transaction.read(0, 4), transaction.write(0, b"four")):
        assert (len(txn.data), txn.streaming_width, txn.response) == (4, 4, Response.INCOMPLETE)


@pytest.mark.parametrize("levels", [1, 2, 3])
@pytest.mark.parametrize("command", [Command.READ, Command.WRITE])
def test_G02_interconnect_changes_nothing_but_the_address(levels: int, command: Command) -> None:
    socket, memory = routed(levels)
    data = bytearray(b"abcd")
    txn = Transaction(command, 0x1004, data, b"\xff\x00", 4)
    assert socket.b_transport(txn) == 0
    assert txn.ok
    assert txn.data is data and txn.command is command
    assert (txn.byte_enable, txn.streaming_width, len(data)) == (b"\xff\x00", 4, 4)
    if command is Command.WRITE:
        assert data == b"abcd" and bytes(memory.buffer[4:8]) == b"a\0c\0"


def test_G03_the_target_sets_ok_and_interconnect_only_errors_of_what_it_does_not_forward() -> None:
    socket, memory = routed()
    memory.b_transport = lambda txn, delay: delay  # a target that answers nothing
    silent, nowhere = transaction.read(0x1000, 4), transaction.read(0x9000, 4)
    socket.b_transport(silent)
    socket.b_transport(nowhere)
    assert silent.response is Response.INCOMPLETE
    assert nowhere.response is Response.ADDRESS_ERROR


def test_G04_disabled_bytes_are_neither_written_nor_read() -> None:
    socket, memory = routed()
    memory.buffer[:6] = b"memory"
    read = Transaction(Command.READ, 0x1000, bytearray(b"......"), b"\x00\xff", 6)
    socket.b_transport(read)
    assert read.data == b".e.o.y"
    write = Transaction(Command.WRITE, 0x1000, bytearray(b"WRITES"), b"\xff\x00\x00", 6)
    socket.b_transport(write)
    assert bytes(memory.buffer[:6]) == b"WemTry"


def test_G05_streaming_wraps_and_the_last_write_of_a_place_stays() -> None:
    socket, memory = routed()
    socket.b_transport(Transaction(Command.WRITE, 0x1000, bytearray(b"abcdef"), None, 2))
    assert bytes(memory.buffer[:3]) == b"ef\0"
    read = Transaction(Command.READ, 0x1000, bytearray(4), None, 2)
    socket.b_transport(read)
    assert read.data == b"efef"


def test_G05_a_stream_reaches_only_its_width() -> None:
    socket, _ = routed(size=4)
    stream = Transaction(Command.WRITE, 0x1002, bytearray(b"abcdef"), None, 2)
    socket.b_transport(stream)
    assert stream.ok


@pytest.mark.parametrize("levels", [1, 3])
def test_G05_errors_survive_and_the_last_byte_is_addressable(levels: int) -> None:
    socket, memory = routed(levels)
    last, beyond = transaction.write(0x10FC, b"last"), transaction.write(0x10FD, b"over")
    socket.b_transport(last)
    socket.b_transport(beyond)
    assert (last.response, beyond.response) == (Response.OK, Response.ADDRESS_ERROR)
    memory.readonly = True
    refused = transaction.write(0x1000, b"x")
    socket.b_transport(refused)
    assert refused.response is Response.COMMAND_ERROR
    empty = Transaction(Command.READ, 0x1000, bytearray(4), b"", 4)
    socket.b_transport(empty)
    assert empty.response is Response.BYTE_ENABLE_ERROR
    backward = Transaction(Command.READ, 0x1000, bytearray(4), None, -1)
    memory.b_transport(backward, 0)
    assert backward.response is Response.BURST_ERROR


def test_G06_ignore_moves_nothing_and_carries_extensions() -> None:
    socket, memory = routed()
    txn = Transaction(Command.IGNORE, 0x1000, bytearray(b"keep"), None, 4)
    txn.set_extension(Tag(7))
    socket.b_transport(txn)
    assert txn.ok and txn.data == b"keep" and bytes(memory.buffer[:4]) == bytes(4)
    assert txn.get_extension(Tag) == Tag(7)


def test_G07_extensions_are_set_replaced_cleared_and_released() -> None:
    txn, first, second = Transaction(), Tag(1), Tag(2)
    assert txn.get_extension(Tag) is None
    assert txn.set_extension(first) is None
    assert txn.set_extension(second) is first
    txn.clear_extension(Tag)
    assert (txn.get_extension(Tag), second.freed) == (None, 0)
    txn.set_extension(second)
    txn.release_extension(Tag)
    assert (txn.get_extension(Tag), second.freed) == (None, 1)
    txn.release_extension(Tag)
    assert second.freed == 1


def test_G07_automatic_extensions_are_freed_with_the_last_reference() -> None:
    txn, automatic, lasting = Transaction(on_free=lambda _: None), Tag(1), Tag(2)
    txn.acquire()
    txn.acquire()
    txn.set_auto_extension(automatic)
    txn.release()
    assert automatic.freed == 0
    txn.release()
    assert (automatic.freed, txn.get_extension(Tag)) == (1, None)
    txn.acquire()
    txn.set_extension(lasting)
    txn.release()
    assert (lasting.freed, txn.get_extension(Tag)) == (0, lasting)
    with pytest.raises(ValueError, match="memory manager"):
        Transaction().set_auto_extension(Tag())


def test_G07_a_deep_copy_clones_missing_extensions_and_copies_into_existing_ones() -> None:
    original = transaction.read(8, 4)
    original.set_extension(Tag(5))
    copy = Transaction()
    copy.deep_copy_from(original)
    assert copy.get_extension(Tag) == Tag(5)
    assert copy.get_extension(Tag) is not original.get_extension(Tag)
    assert (copy.address, copy.data) == (8, original.data) and copy.data is not original.data
    mine = Tag(0)
    copy.set_extension(mine)
    copy.deep_copy_from(original)
    assert copy.get_extension(Tag) is mine and mine.value == 5


def test_G07_the_original_takes_over_response_hint_and_enabled_read_data_only() -> None:
    original = Transaction(Command.READ, 8, bytearray(b"...."), b"\x00\xff", 4)
    original.set_extension(Tag(1))
    copy = Transaction()
    copy.deep_copy_from(original)
    copy.data[:], copy.address = b"DATA", 99
    copy.response, copy.dmi_allowed = Response.OK, True
    copy.set_extension(Tag(2))
    original.update_original_from(copy)
    assert (original.data, original.address) == (b".A.A", 8)
    assert original.ok and original.dmi_allowed and original.get_extension(Tag) == Tag(2)
    original.command = Command.WRITE
    copy.data[:] = b"....".ljust(4)
    original.update_original_from(copy)
    assert original.data == b".A.A"


def test_G08_references_need_a_manager_which_is_told_once() -> None:
    with pytest.raises(ValueError, match="acquire without a memory manager"):
        Transaction().acquire()
    with pytest.raises(ValueError, match="release without a memory manager"):
        Transaction().release()
    freed = []
    txn = Transaction(on_free=lambda one: freed.append(id(one)))
    txn.acquire()
    txn.acquire()
    txn.release()
    assert freed == []
    txn.release()
    assert freed == [id(txn)]
    with pytest.raises(ValueError, match="nobody holds"):
        txn.release()


def test_B01_b_transport_is_a_function_that_never_waits() -> None:
    """So it may be called from any process; a Python target cannot block in it by mistake."""
    socket, _ = routed(3)
    delay = socket.b_transport(transaction.read(0x1000, 4), 5)
    assert type(delay) is int


def test_B03_the_delay_only_grows_on_the_way() -> None:
    memory = Memory("slow", 16, latency=70)
    router = Router()
    router.map("slow", memory.socket, 0, 16, latency=9)
    socket = InitiatorSocket("cpu")
    router.attach(socket)
    assert socket.b_transport(transaction.read(0, 4), 5) == 84
    assert socket.b_transport(transaction.read(99, 4), 5) == 5


@pytest.mark.parametrize("command", list(Command))
@pytest.mark.parametrize("address", [0x1000, 0x10FF, 0x9000])
def test_B04_a_response_is_never_incomplete(command: Command, address: int) -> None:
    socket, _ = routed()
    txn = Transaction(command, address, bytearray(4), None, 4)
    socket.b_transport(txn)
    assert txn.response is not Response.INCOMPLETE

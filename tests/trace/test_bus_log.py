"""The bus log: every access of every initiator, at its exact time, in the order of times."""

from __future__ import annotations

import pytest

from cosim.bus import transaction
from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.bus.sockets import InitiatorSocket
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import InstructionSet
from cosim.kernel.kernel import Kernel
from cosim.trace.bus_log import BusLog
from cosim.trace.recorder import Recorder
from tests.cpus.toy import OPERANDS, ROWS, Board
from tests.trace.recording import brief, lines, recorded

QUANTA = [0, "7ns", "1us", "1ms"]

PROGRAM = """
    addi r1, r0, 0x1000
    addi r2, r0, 42
    st r2, r1, 8
    ld r3, r1, 8
    addi r4, r0, 0x7ff0
    st r2, r4, 0x10
    ld r0, r4, 0x14
    b 0
"""


def line(time, initiator, command, address, data, delay=0, response="OK") -> str:
    return (
        f'{{"time": {time}, "initiator": "{initiator}", "command": "{command}", '
        f'"address": "{address}", "length": {len(data) // 2}, "data": "{data}", '
        f'"response": "{response}", "delay": {delay}}}\n'
    )


@pytest.mark.parametrize("quantum", QUANTA)
def test_a_known_program_has_exactly_these_lines(quantum, tmp_path) -> None:
    board = Board(quantum, a=("100MHz", PROGRAM), b=("30MHz", PROGRAM))
    board.probe.wait = 5_000
    with recorded(board, BusLog(tmp_path / "bus.jsonl")):
        board.kernel.run(10**6)
    assert (tmp_path / "bus.jsonl").read_text() == "".join(
        [
            line(20_000, "a", "WRITE", "0x00001008", "2a000000"),
            line(30_000, "a", "READ", "0x00001008", "2a000000"),
            line(50_000, "a", "WRITE", "0x00008000", "2a000000", delay=5_000),
            line(66_666, "b", "WRITE", "0x00001008", "2a000000"),
            line(70_000, "a", "READ", "0x00008004", "00000000", delay=5_000),
            line(100_000, "b", "READ", "0x00001008", "2a000000"),
            line(166_666, "b", "WRITE", "0x00008000", "2a000000", delay=5_000),
            line(233_333, "b", "READ", "0x00008004", "00000000", delay=5_000),
        ]
    )


@pytest.mark.parametrize("quantum", QUANTA)
def test_fetches_are_logged_on_request_only(quantum, tmp_path) -> None:
    board = Board(quantum, a=("100MHz", "addi r1, r0, 0x1000\n st r2, r1, 0\n b 0"))
    plain, full = BusLog(tmp_path / "plain"), BusLog(tmp_path / "full", fetches=True)
    with recorded(board, plain, full):
        board.kernel.run(10**6)
    assert brief(tmp_path / "plain") == [(10_000, "a", "WRITE", "0x00001000")]
    assert brief(tmp_path / "full") == [
        (0, "a", "FETCH", "0x00000000"),
        (10_000, "a", "FETCH", "0x00000004"),
        (10_000, "a", "WRITE", "0x00001000"),
        (20_000, "a", "FETCH", "0x00000008"),
    ]


def copy(m, rn, imm):
    m.store(m.add(m.get(rn), imm), m.load(m.get(rn), 4), 4)


COPY = Row("copy rn, imm", "00001000 0000 nnnn iiiiiiiiiiiiiiii", copy, "", operands=OPERANDS)


def test_an_instruction_that_waits_for_simulated_time_is_logged_once(tmp_path) -> None:
    """It reads RAM, finds that its core is ahead of the device it writes to, and starts anew."""
    board = Board("1ms", a=("100MHz", "addi r1, r0, 0x1000\n addi r0, r0, 0\n b 0"))
    core = board.cores["a"]
    core.isa = InstructionSet("toy and copy", [*ROWS, COPY])
    core.port.write_debug(4, 0x0801_7000.to_bytes(4, "little"))
    with recorded(board, BusLog(tmp_path / "bus")):
        board.kernel.run(10**6)
    assert brief(tmp_path / "bus") == [
        (10_000, "a", "READ", "0x00001000"),
        (10_000, "a", "WRITE", "0x00008000"),
    ]


def test_an_error_response_is_logged_and_the_log_is_whole(tmp_path) -> None:
    board = Board(a=("100MHz", "addi r1, r0, 0x7000\n ld r2, r1, 0"))
    with recorded(board, BusLog(tmp_path / "bus")):
        board.kernel.run()
    assert (tmp_path / "bus").read_text() == line(
        10_000, "a", "READ", "0x00007000", "00000000", response="ADDRESS_ERROR"
    )


def test_an_access_in_which_a_model_raises_is_the_last_line(tmp_path) -> None:
    board = Board(a=("100MHz", PROGRAM))

    def broken(txn, delay):
        raise ZeroDivisionError

    board.probe.b_transport = broken
    with pytest.raises(ZeroDivisionError), recorded(board, BusLog(tmp_path / "bus")):
        board.kernel.run(10**6)
    assert lines(tmp_path / "bus")[-1]["address"] == "0x00008000"
    assert lines(tmp_path / "bus")[-1]["response"] == "INCOMPLETE"


class TestAnySocket:
    """Initiators that are no cores."""

    def setup_method(self) -> None:
        self.kernel = Kernel()
        router = Router()
        self.socket = InitiatorSocket("dma")
        router.attach(self.socket)
        router.map("ram", Memory("ram", 0x100).socket, 1 << 48, 0x100, latency=1_500)

    def log(self, tmp_path, *accesses) -> list[dict]:
        recorder = Recorder(self.kernel, "bench", [BusLog(tmp_path / "bus")])
        recorder.watch(self.socket)
        recorder.start()
        for txn, delay in accesses:
            self.socket.b_transport(txn, delay)
        recorder.close()
        return lines(tmp_path / "bus")

    def test_a_64_bit_address_and_the_delay_of_interconnect(self, tmp_path) -> None:
        [one] = self.log(tmp_path, (transaction.write(0x1_0000_0000_0010, b"\x01\x02"), 700))
        assert one["address"] == "0x1000000000010"
        assert (one["time"], one["delay"], one["data"]) == (700, 1_500, "0102")

    def test_what_is_ahead_of_time_is_put_in_its_place(self, tmp_path) -> None:
        early, late = transaction.read(1 << 48, 1), transaction.read(1 << 48, 2)
        found = self.log(tmp_path, (late, 900), (early, 100))
        assert [(one["time"], one["length"]) for one in found] == [(100, 1), (900, 2)]

    def test_byte_enables_and_streaming_are_told_where_they_matter(self, tmp_path) -> None:
        txn = transaction.write(1 << 48, bytes(4))
        txn.byte_enable, txn.streaming_width = b"\xff\x00", 2
        [one] = self.log(tmp_path, (txn, 0))
        assert (one["byte_enable"], one["streaming_width"]) == ("ff00", 2)

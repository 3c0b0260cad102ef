"""Waveforms: what a VCD reader finds in the file, at which times."""

from __future__ import annotations

import pytest

from cosim.bus import transaction
from cosim.bus.memory import Memory
from cosim.bus.sockets import InitiatorSocket
from cosim.bus.transaction import Command
from cosim.kernel.kernel import Kernel
from cosim.kernel.signals import Signal, Writers
from cosim.trace.recorder import Recorder
from cosim.trace.vcd import VcdFile
from tests.cpus.toy import Board, assemble
from tests.trace.recording import Waves, recorded

INTERRUPTED = """
    addi r1, r0, 0x7ff0
    addi r2, r0, 1
    st r2, r1, 0x10
    b 0
"""


@pytest.mark.parametrize("quantum", [0, "1us"])
def test_a_bus_access_and_the_interrupt_it_causes(quantum, tmp_path) -> None:
    board = Board(quantum, a=("100MHz", INTERRUPTED))
    board.probe.line = board.cores["a"].lines["irq"]
    board.cores["a"].port.write_debug(0x200, assemble("b 0"))  # the handler
    with recorded(board, VcdFile(tmp_path / "out.vcd")):
        board.kernel.run(50_000)
    waves = Waves(tmp_path / "out.vcd")
    assert waves.timescale == "1 ps"
    assert waves.end == 50_000
    assert waves.changes["toy.a.irq"] == [(0, "0"), (21_000, "1")]
    assert waves.types["toy.a.irq"] == ("wire", 1)
    bus = {name: waves.changes[f"toy.a.bus.{name}"] for name in ("access", "address", "data")}
    assert bus == {
        "access": [(20_000, "1")],
        "address": [(0, "x"), (20_000, 0x8000)],
        "data": [(0, "x"), (20_000, 1)],
    }
    assert waves.changes["toy.a.bus.command"][-1] == (20_000, "WRITE")
    assert waves.changes["toy.a.bus.response"][-1] == (20_000, "OK")
    assert waves.changes["toy.a.bus.length"][-1] == (20_000, 4)


def test_equal_accesses_are_told_apart_by_their_events(tmp_path) -> None:
    program = "addi r1, r0, 0x1000\n st r2, r1, 0\n st r2, r1, 0\n b 0"
    board = Board(a=("100MHz", program), b=("30MHz", program))
    with recorded(board, VcdFile(tmp_path / "out.vcd")):
        board.kernel.run(10**6)
    changes = Waves(tmp_path / "out.vcd").changes
    assert changes["toy.a.bus.access"] == [(10_000, "1"), (20_000, "1")]
    assert changes["toy.b.bus.access"] == [(33_333, "1"), (66_666, "1")]
    assert changes["toy.a.bus.address"] == [(0, "x"), (10_000, 0x1000)]


class TestSignals:
    def waves(self, tmp_path, signals, values, name="bench") -> Waves:
        """`signals` are written a row of `values` at each nanosecond."""
        kernel = signals[0].kernel

        def write():
            for row in values:
                yield 1_000
                for signal, value in zip(signals, row, strict=True):
                    signal.write(value)

        kernel.thread(write(), "writer")
        recorder = Recorder(kernel, name, [VcdFile(tmp_path / "out.vcd")])
        recorder.start()
        kernel.run()
        recorder.close()
        return Waves(tmp_path / "out.vcd")

    def test_bool_int_real_and_text(self, tmp_path) -> None:
        k = Kernel()
        signals = [
            Signal(k, False, "top.bit"),
            Signal(k, 7, "top.count"),
            Signal(k, 0.5, "top.volts"),
            Signal(k, "idle", "top.unit.state"),
            Signal(k, Command.READ, "top.unit.command"),
            Signal(k, (1, 2), "top.unit.pair"),
        ]
        last = [True, -1, 1.25, "two words", Command.WRITE, (3, 4)]
        waves = self.waves(tmp_path, signals, [last])
        assert waves.changes == {
            "bench.top.bit": [(0, "0"), (1_000, "1")],
            "bench.top.count": [(0, 7), (1_000, 2**64 - 1)],
            "bench.top.volts": [(0, 0.5), (1_000, 1.25)],
            "bench.top.unit.state": [(0, "idle"), (1_000, r"two\x20words")],
            "bench.top.unit.command": [(0, "READ"), (1_000, "WRITE")],
            "bench.top.unit.pair": [(0, r"(1,\x202)"), (1_000, r"(3,\x204)")],
        }

    def test_a_value_of_another_kind_is_unknown(self, tmp_path) -> None:
        k = Kernel()
        signals = [Signal(k, False, "bit"), Signal(k, 0, "count")]
        waves = self.waves(tmp_path, signals, [["?", 1 << 64], [True, 3]])
        assert waves.changes["bench.bit"] == [(0, "0"), (1_000, "x"), (2_000, "1")]
        assert waves.changes["bench.count"] == [(0, 0), (1_000, "x"), (2_000, 3)]

    def test_the_last_of_several_values_at_one_time_is_shown(self, tmp_path) -> None:
        k = Kernel()
        signal = Signal(k, 0, "count", Writers.UNCHECKED)

        def write():
            yield 1_000
            for value in (1, 2, 3):
                signal.write(value)
                yield 0

        k.thread(write(), "deltas")
        assert self.waves(tmp_path, [signal], []).changes["bench.count"] == [(0, 0), (1_000, 3)]

    def test_names_that_a_vcd_file_cannot_have(self, tmp_path) -> None:
        signal = Signal(Kernel(), False, "my unit..état")
        waves = self.waves(tmp_path, [signal], [[True]], name="two words")
        assert waves.changes["two_words.my_unit._._tat"] == [(0, "0"), (1_000, "1")]


def test_a_64_bit_address_has_64_bits(tmp_path) -> None:
    socket = InitiatorSocket("dma")
    socket.bind(Memory("ram", 16).socket)
    recorder = Recorder(Kernel(), "bench", [VcdFile(tmp_path / "out.vcd")])
    recorder.watch(socket, "big")
    recorder.start()
    socket.b_transport(transaction.write(1 << 63, bytes(range(10))))
    recorder.close()
    waves = Waves(tmp_path / "out.vcd")
    assert waves.types["bench.dma.bus.address"] == ("reg", 64)
    assert waves.changes["bench.dma.bus.address"][-1] == (0, 1 << 63)
    assert waves.changes["bench.dma.bus.data"][-1] == (0, 0x0001_0203_0405_0607), "the first 8"
    assert waves.changes["bench.dma.bus.length"][-1] == (0, 10)
    assert waves.changes["bench.dma.bus.response"][-1] == (0, "ADDRESS_ERROR")


def test_the_save_file_shows_all_of_it_in_groups(tmp_path) -> None:
    board = Board(a=("100MHz", INTERRUPTED))
    Signal(board.kernel, 0, "level")
    with recorded(board, VcdFile(tmp_path / "out.vcd")):
        board.kernel.run(2_000_000)
    text = (tmp_path / "out.vcd.gtkw").read_text()
    assert f'[dumpfile] "{tmp_path / "out.vcd"}"\n' in text
    assert f'[savefile] "{tmp_path / "out.vcd.gtkw"}"\n' in text
    assert "\n*-10.965784 " in text, "2 us in a window of 1000 pixels: 2**10.97 ps each"
    shown = [line for line in text.splitlines() if line[0] not in "[*@"]
    assert shown == [
        "-interrupts", "toy.a.irq", "-interrupts",
        "-signals", "toy.level[63:0]", "-signals",
        "-bus of a",
        "toy.a.bus.access",
        "toy.a.bus.command",
        "toy.a.bus.address[31:0]",
        "toy.a.bus.data[63:0]",
        "toy.a.bus.length[15:0]",
        "toy.a.bus.response",
        "-bus of a",
    ]  # fmt: skip
    waves = Waves(tmp_path / "out.vcd")
    named = {name if name[-1] != "]" else name[: name.index("[")] for name in shown}
    assert waves.types.keys() <= named

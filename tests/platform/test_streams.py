"""The key `streams`: FIFOs between the stream links of cores, and to Python."""

from __future__ import annotations

from pathlib import Path

import pytest

import cosim
from cosim.platform.diagnostics import PlatformError
from tests.isa.microblaze_assembler import assemble

BOARD = """
name: pair
cores:
  left:
    type: xilinx.microblaze
    clock: 100MHz
    stream_links: 2
    images: [{{file: left.bin, at: 0}}]
  right:
    type: xilinx.microblaze
    clock: 75MHz
    stream_links: 4
    images: [{{file: right.bin, at: 0x1000}}]
    pc: 0x1000
memories:
  ram: {{at: 0, size: 64KiB}}
streams:
  {streams}
"""
STREAMS = """there: {from: left.0, to: right.3, depth: 2}
  back:  {from: right.0, to: left.1}
  out:   {from: left.1}
"""
# The left core sends 1 to 10; the right one gives back the sum so far of each.
LEFT = """
    addik r5, r0, 10
    addik r3, r3, 1
    put r3, rfsl0
    rsubk r6, r3, r5
    bnei r6, -12
    get r4, rfsl1
    cput r4, rfsl1
    addik r7, r7, 1
    rsubk r6, r7, r5
    bnei r6, -16
    bri 0
"""
RIGHT = """
    get r3, rfsl3
    addk r4, r4, r3
    put r4, rfsl0
    bri -12
"""


def load(tmp_path: Path, streams: str = STREAMS) -> cosim.Platform:
    for name, source in (("left", LEFT), ("right", RIGHT)):
        words = assemble(source)
        (tmp_path / f"{name}.bin").write_bytes(b"".join(w.to_bytes(4, "little") for w in words))
    path = tmp_path / "pair.yaml"
    path.write_text(BOARD.format(streams=streams))
    return cosim.load(path)


def test_cores_talk_by_streams(tmp_path: Path) -> None:
    board = load(tmp_path)
    board.run("10us")
    received = []
    out = board.stream("out")
    while True:
        there, word = out.nb_read()
        if not there:
            break
        received.append(word)
    assert received == [(sum(range(count + 1)), True) for count in range(1, 11)]


def test_the_time_does_not_depend_on_the_quantum(tmp_path: Path) -> None:
    counts = []
    for quantum in ("0", "1us", "100us"):
        board = load(tmp_path)
        again = cosim.load(tmp_path / "pair.yaml", set={"quantum": quantum})
        del board
        again.run("5us")
        counts.append([(core.pc, core.r[4]) for core in again.cores.values()])
    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize(
    ("streams", "message"),
    [
        ("a: {from: left.0, to: rigth.0}", "no core 'rigth', did you mean 'right'?"),
        ("a: {from: left.2}", "core 'left' has 2 stream links (its key 'stream_links')"),
        ("a: {depth: 3}", "a stream needs 'from' or 'to'"),
        ("a: {to: left.0}\n  b: {to: left.0}", "there is already a stream to left.0"),
        ("a: {to: left}", "to"),
        ("left: {to: left.0}", "there is already a core 'left'"),
        ("a: {to: left.0, deep: 3}", "unknown key 'deep'"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, streams: str, message: str) -> None:
    with pytest.raises(PlatformError) as failure:
        load(tmp_path, streams)
    assert message in str(failure.value)
    assert any(f"pair.yaml:{line}:" in str(failure.value) for line in (18, 19))

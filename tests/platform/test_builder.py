"""From a description to connected modules: images, views, consoles, interrupt lines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import cosim

IMAGES = Path(__file__).parents[2] / "firmware" / "images"

BOARD = """
name: board
cores:
  cpu0:
    type: xilinx.microblaze
    clock: 100MHz
    {core}
memories:
  lmb: {{at: 0, size: 64KiB}}
  rom: {{at: 0x1000_0000, size: 4KiB, readonly: true}}
  ram: {{at: 0x9000_0000, size: 16MiB}}
peripherals:
  uart0: {{type: xilinx.uartlite, at: 0x8400_0000}}
  uart1: {{type: arm.pl011, at: 0x8500_0000, irq: cpu0.interrupt, endian: {endian}}}
  uart2: {{type: arm.pl011, at: 0x8600_0000, irq: cpu0.interrupt}}
"""


@pytest.fixture
def load(tmp_path):
    def load(core: str = "", endian: str = "little", **settings: object) -> cosim.Platform:
        path = tmp_path / "board.yaml"
        path.write_text(BOARD.format(core=core, endian=endian))
        return cosim.load(path, set={key.replace("__", "."): v for key, v in settings.items()})

    return load


def test_a_core_may_have_several_images(load, tmp_path) -> None:
    (tmp_path / "table.bin").write_bytes(b"\x01\x02\x03")
    board = load(
        f"images: [{{file: table.bin, at: 0x1000_0010}}, {IMAGES / 'petalogix_hello.elf'}]"
    )
    assert board.read(0x1000_0010, 4) == b"\x01\x02\x03\x00", "raw bytes, into ROM"
    assert board.core("cpu0").pc == 0x9000_0000, "the entry of the first ELF"
    assert board.run(expect="== end ==", timeout="1s").exit_code == 0


def test_a_raw_image_alone_leaves_the_reset_address(load, tmp_path) -> None:
    (tmp_path / "boot.bin").write_bytes(bytes(8))
    assert load("image: {file: boot.bin, at: 0}").core("cpu0").pc == 0


def test_the_start_address_can_be_overridden(load) -> None:
    board = load(f"image: {IMAGES / 'petalogix_hello.elf'}\n    pc: 0x9000_0040")
    assert board.core("cpu0").pc == 0x9000_0040


def test_symbols_name_addresses(load) -> None:
    core = load(f"image: {IMAGES / 'petalogix_hello.elf'}").core("cpu0")
    main = core.symbols["main"]
    assert core.symbols.locate(main + 4) == "main+0x4"
    assert core.where(main) == f"0x{main:08x} main"
    assert core.symbols.locate(0x4000) == "", "no symbol reaches out of its segment"


def test_an_interrupt_input_is_the_or_of_the_devices_that_name_it(load) -> None:
    board = load()
    line = board.core("cpu0").lines["interrupt"]
    one, two = (board.peripheral(name).irq for name in ("uart1", "uart2"))
    seen = []
    for levels in ((True, False), (True, True), (False, True), (False, False)):
        for signal, level in zip((one, two), levels, strict=True):
            signal.write(level)
        board.kernel.run(1)
        seen.append(line.read())
    assert seen == [True, True, True, False]


def test_a_device_may_take_the_byte_order_of_a_core(load) -> None:
    big = load(endian="cpu0", cores__cpu0__endian="big")
    assert [big.peripheral(name).endian for name in ("uart1", "uart2")] == ["big", "little"]


def test_names_that_are_not_there_are_told_with_those_that_are(load) -> None:
    board = load()
    for find, message in (
        (board.core, "no core 'cpu1', did you mean 'cpu0'"),
        (board.console, r"no console 'tty' \(there are: cpu0, uart0, uart1, uart2\)"),
    ):
        with pytest.raises(KeyError, match=message):
            find("cpu1" if find == board.core else "tty")


def test_memory_is_read_and_written_without_a_core(load) -> None:
    board = load()
    board.write(0x9000_0000, b"data")
    board.write(0x1000_0000, b"rom too")
    assert board.read(0x9000_0000, 4) == b"data"
    assert board.read(0x1000_0000, 7) == b"rom too"
    with pytest.raises(ValueError, match="no memory is mapped at 0x20000000"):
        board.write(0x2000_0000, b"x")


def test_what_the_guest_prints_is_kept_and_not_printed() -> None:
    code = (
        "import cosim; b = cosim.load('platforms/vexpress_a9.yaml');"
        "b.run(expect='== end =='); print(len(b.console('uart0').data))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=IMAGES.parents[1], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().isdigit()

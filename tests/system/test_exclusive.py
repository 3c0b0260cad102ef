"""Two instruction sets, one lock: what both cores count under it is exact at every quantum."""

from __future__ import annotations

import re

import pytest

import cosim
from cosim.bus.exclusive import Exclusive
from cosim.platform.board import Platform
from tests.system.command import IMAGES, platform
from tests.system.command import cosim as command

COUNTER, LIMIT = 0x1000_0040, 0x1000_0088


def count_together(times: int, quantum: str, *, monitored: bool = True) -> int:
    """The sum that two cores leave which count to `times` each."""
    board = cosim.load(platform("shared_counter"), set={"quantum": quantum})
    if not monitored:
        blind(board)
    board.write(LIMIT, times.to_bytes(4, "little"))
    result = board.run(wall_timeout=3000)
    assert result.exit_code == 0, result.report
    return int.from_bytes(board.read(COUNTER, 4), "little")


def blind(board: Platform) -> None:
    """Let every exclusive store succeed, as if nobody watched."""

    def believe(socket, txn, delay):
        txn.get_extension(Exclusive).succeeded = True
        return socket.b_transport(txn, delay)

    board.router.monitor.b_transport = believe


@pytest.mark.parametrize("quantum", ["0", "1us", "1ms"])
def test_without_a_monitor_counts_are_lost(quantum: str) -> None:
    """The negative control: the lock is what makes the sum of the other tests exact."""
    assert count_together(500, quantum, monitored=False) < 1000


@pytest.mark.parametrize("quantum", ["0", "1us", "1ms"])
def test_the_sum_under_an_ldrex_and_lwx_lock_is_exact(quantum: str) -> None:
    assert count_together(500, quantum) == 1000


def test_the_platform_by_itself_counts_to_1000() -> None:
    board = cosim.load(platform("shared_counter"))
    assert board.run(wall_timeout=300).exit_code == 0
    assert int.from_bytes(board.read(COUNTER, 4), "little") == 1000


@pytest.mark.campaign
@pytest.mark.parametrize("quantum", ["0", "1us", "1ms"])
def test_the_sum_of_100_000_each_is_exact(quantum: str) -> None:
    assert count_together(100_000, quantum) == 200_000


def test_the_protocol_checker_finds_nothing_and_changes_nothing() -> None:
    results = []
    for check in (False, True):
        board = cosim.load(platform("shared_counter"), set={"check": check})
        board.write(LIMIT, (50).to_bytes(4, "little"))
        results.append((board.run(wall_timeout=300).instructions, board.time))
    assert results[0] == results[1]
    assert board.checker.violations == []


def test_the_command_checks_on_request() -> None:
    done = command("run", platform("vexpress_a9"), "--check-tlm", "--expect", "== end ==")
    assert done.returncode == 0
    assert b"TLM rule" not in done.stderr


PLATFORM = """
name: broken
plugins: [./models.py]
cores:
  cpu0: {type: arm.cortex-a9, clock: 400MHz, image: IMAGE}
memories:
  ram: {at: 0x6000_0000, size: 128MiB}
peripherals:
  uart0: {type: test.silent, at: 0x1000_9000, console: stdio}
"""

SILENT = """
from cosim.bus.transaction import Command, Response
from cosim.peripherals.pl011 import Pl011


class Silent(Pl011):
    TYPE = "test.silent"

    def b_transport(self, txn, delay):
        delay = super().b_transport(txn, delay)
        if txn.command is Command.WRITE:
            txn.data.reverse()
            txn.data[0] ^= 1
        return delay
"""


@pytest.mark.parametrize(("option", "code"), [("--check-tlm", 1), ("--stats", 0)])
def test_the_command_tells_which_rule_a_device_of_a_plugin_breaks(tmp_path, option, code) -> None:
    board = tmp_path / "board.yaml"
    board.write_text(PLATFORM.replace("IMAGE", str(IMAGES / "vexpress_hello.elf")))
    (tmp_path / "models.py").write_text(SILENT)
    done = command("run", board, option, "--expect", "== end ==")
    assert done.returncode == code
    told = [line for line in done.stderr.decode().splitlines() if "TLM rule" in line]
    if not code:
        assert told == []
        return
    assert re.fullmatch(
        r"cosim: TLM rule G2 broken at [\d.]+ [num]s, bus\.uart0: the write data changed "
        r"\(WRITE of \d bytes at 0x[0-9a-f]{8} by cpu0; .*\)",
        told[0],
    )

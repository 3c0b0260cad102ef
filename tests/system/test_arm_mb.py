"""The main job: an ARM and a MicroBlaze program shake hands in one simulated time."""

from __future__ import annotations

import re

import pytest

import cosim
from tests.system.command import cosim as command
from tests.system.command import platform


@pytest.fixture(scope="module", params=["arm_mb", "arm_mb_be"])
def finished(request):
    board = cosim.load(platform(request.param))
    return request.param, board, board.run(wall_timeout=300)


def test_both_cores_agree_and_end_the_run(finished) -> None:
    _, _, result = finished
    assert result.reason is cosim.Reason.GUEST_EXIT
    assert (result.exit_code, result.guest_code) == (0, 0)
    assert all(count > 10_000 for count in result.instructions.values())


def test_both_print_to_the_one_uart_in_whole_lines(finished) -> None:
    _, board, _ = finished
    lines = board.console("uart0").text.splitlines()
    arm = [line for line in lines if line.startswith("arm0")]
    mb = [line for line in lines if line.startswith("mb0")]
    assert arm and mb
    assert len(arm) + len(mb) + 1 == len(lines)
    assert lines[-1].startswith("result: PASS, both cores agree on checksum 0x")
    sums = [re.findall(r"checksum (0x[0-9a-f]{8})", " ".join(one)) for one in (arm, mb)]
    assert sums[0] == sums[1] and len(set(sums[0])) == 4, "the running checksum, every 250 rounds"
    assert any(re.search(r"\d+\.\d+", line) for line in arm), "%f"
    assert any(re.search(r"\d+\.\d+", line) for line in mb), "%f"


def test_the_private_memories_at_one_address_differ(finished) -> None:
    _, board, _ = finished
    arm, mb = (board.read(0, 64, core=name) for name in ("arm0", "mb0"))
    assert arm != mb
    with pytest.raises(ValueError, match="nothing is mapped at 0x00000000"):
        board.read(0, 4)


def test_the_run_is_the_same_every_time(finished) -> None:
    name, board, result = finished
    again = cosim.load(platform(name))
    other = again.run(wall_timeout=300)
    assert other.instructions == result.instructions
    assert other.time == result.time
    assert again.console("uart0").data == board.console("uart0").data
    assert again.core("arm0").state.snapshot() == board.core("arm0").state.snapshot()


def test_the_command_prints_the_guests_text_and_one_line_of_its_own(finished) -> None:
    name, board, result = finished
    done = command("run", platform(name))
    assert done.returncode == 0
    assert done.stdout == bytes(board.console("uart0").data)
    summary = done.stderr.decode()
    assert summary.count("\n") == 1
    assert summary.startswith("cosim: ctl ended the run with code 0; simulated ")
    for core, count in result.instructions.items():
        assert f"{core} {count:,}" in summary
    assert re.search(r"host \d+\.\d\d s, \d+\.\d\d MIPS; exit code 0$", summary.strip())


@pytest.mark.parametrize("quantum", ["100ns", "3us"])
def test_any_quantum_gives_the_same_answer(quantum: str) -> None:
    board = cosim.load(platform("arm_mb"), set={"quantum": quantum})
    result = board.run(wall_timeout=300)
    assert result.exit_code == 0

"""The quantum of a whole platform: its slices, its change at run time, and what it cannot alter."""

from __future__ import annotations

import pytest

import cosim
from cosim.platform.board import Platform
from cosim.platform.runner import Reason
from tests.system.command import platform

COUNTER, LIMIT = 0x1000_0040, 0x1000_0088
QUANTA = ["0", "1us", "1ms"]


def shared_counter(quantum: str, times: int = 100) -> Platform:
    board = cosim.load(platform("shared_counter"), set={"quantum": quantum})
    board.write(LIMIT, times.to_bytes(4, "little"))
    return board


def left(board: Platform) -> list:
    """What the run left: registers, counts and time."""
    cores = [(core.state.snapshot(), core.instructions) for core in board.cores.values()]
    return [cores, board.time, board.read(COUNTER, 4)]


@pytest.mark.parametrize("step", [1_000_000, 3_000_000])
def test_Q10_slices_of_whole_quanta_leave_what_one_run_leaves(step: int) -> None:
    whole, cut = shared_counter("1us"), shared_counter("1us")
    whole.run(12_000_000)
    for _ in range(12_000_000 // step):
        assert cut.run(step).reason is Reason.TIME_LIMIT
    assert left(whole) == left(cut)


@pytest.mark.parametrize("step", [777_777, 1_234_567])
@pytest.mark.parametrize("quantum", QUANTA)
def test_Q10_slices_of_any_length_leave_the_same_sum(quantum: str, step: int) -> None:
    board = shared_counter(quantum)
    result = board.run(step)
    while result.reason is Reason.TIME_LIMIT:
        result = board.run(step)
    assert result.exit_code == 0
    assert int.from_bytes(board.read(COUNTER, 4), "little") == 200


class TestChange:
    """`platform.quantum.value` is set."""

    def test_Q09_between_runs(self) -> None:
        board = shared_counter("1ms")
        for value in (0, 10**6, 10**3, 10**9):
            board.run("2us")
            board.quantum.value = value
        assert board.run(wall_timeout=60).exit_code == 0
        assert int.from_bytes(board.read(COUNTER, 4), "little") == 200

    def test_Q09_within_a_run_the_schedule_does_not_depend_on_the_hosts_speed(
        self, monkeypatch
    ) -> None:
        """Slices of a slow and of a fast host end at different times."""
        results = []
        for seconds in (1e-9, 1e9):
            monkeypatch.setattr("cosim.platform.runner.SLICE_SECONDS", seconds)
            board = shared_counter("1us", times=10_000)

            def change(board=board):
                for value in (7 * 10**6, 3 * 10**6, 0, 10**6, 11 * 10**6):
                    yield 10_300_000
                    board.quantum.value = value

            board.kernel.thread(change(), "change")
            assert board.run(100_000_000).reason is Reason.TIME_LIMIT
            results.append(left(board))
        assert results[0] == results[1]

    def test_Q09_a_model_that_changes_it_and_pauses_does_pause(self) -> None:
        board = shared_counter("1us")

        def change():
            yield 2_500_000
            board.quantum.value = 10**7
            board.kernel.pause()

        board.kernel.thread(change(), "change")
        result = board.run()
        assert (result.reason, result.time) == (Reason.PAUSED, 2_500_000)
        assert board.run(wall_timeout=60).guest_code == 0

    def test_Q09_a_negative_one_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="cannot be negative"):
            shared_counter("1us").quantum.value = -1

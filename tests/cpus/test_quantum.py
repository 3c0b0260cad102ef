"""The rules of the quantum (Q8 to Q11) where two cores run, and its change during a run."""

from __future__ import annotations

import pytest

from cosim.bus.memory import Memory
from cosim.kernel.quantum import GlobalQuantum
from cosim.kernel.units import parse_time
from tests.cpus.toy import Board

QUANTA = [0, "7ns", "1us", "1ms"]
US = 10**6

COUNT_FOR_EVER = "addi r1, r1, 1 \n b -4"

RACE = """
    addi r1, r0, 0x1000
    ld r2, r1, 0
    addi r2, r2, 1
    st r2, r1, 0
    addi r3, r3, 1
    b -16
"""
"""Counts in shared memory without a lock: what is left tells in which order the cores ran."""

TALK = "addi r1, r0, 0x7ff0 \n" + 20 * "ld r3, r1, 0x10 \n addi r2, r2, 1 \n" + "b 0"
"""Accesses the probe twenty times."""


class Watch:
    """Notes each instruction of the cores: (core, its local time, simulated time)."""

    def __init__(self, board: Board) -> None:
        self.seen: list[tuple[str, int, int]] = []
        for core in board.cores.values():
            core.observers.append(self._note)

    def _note(self, core, pc, word, context) -> None:
        self.seen.append((core.name, core.local_time, core.kernel.now))

    @property
    def turns(self) -> list[tuple[str, int]]:
        """Who ran, at which simulated time; consecutive instructions are one."""
        turns: list[tuple[str, int]] = []
        for name, _, now in self.seen:
            if not turns or turns[-1] != (name, now):
                turns.append((name, now))
        return turns


def state(board: Board) -> list:
    """All that a run leaves: registers, counts, shared memory, the device's log."""
    cores = board.cores.values()
    registers = [core.state.snapshot() | {"n": core.instructions} for core in cores]
    return [registers, bytes(board.ram.buffer[:16]), board.probe.log]


def set_quantum(board: Board, value: int) -> None:
    """All cores of a toy board, each of which has a quantum object of its own."""
    for core in board.cores.values():
        core.quantum.value = value


@pytest.mark.parametrize("quantum", QUANTA)
def test_Q08_no_instruction_begins_at_or_after_the_synchronization_point(quantum) -> None:
    """The bound: local time passes the point by less than one instruction, the last one's end."""
    board = Board(quantum, a=("667MHz", COUNT_FOR_EVER), b=("30MHz", TALK))
    watch = Watch(board)
    board.kernel.run(5 * US)
    length = parse_time(quantum)
    assert {name for name, *_ in watch.seen} == {"a", "b"}
    for _name, local, now in watch.seen:
        if length:
            assert now <= local < now - now % length + length
        else:
            assert local == now
    for core in board.cores.values():
        cycle = core.clock.time_of(1)
        assert (core.cycle and core.clock.time_of(core.cycle) - board.kernel.now <= cycle) or (
            core.spinning
        )


def test_Q08_an_access_by_the_bus_never_begins_ahead_of_simulated_time() -> None:
    board = Board("1ms", a=("667MHz", TALK), b=("30MHz", TALK))
    watch = Watch(board)
    ahead = []
    serve = board.probe.b_transport

    def note(txn, delay):
        ahead.append(delay + board.cores[txn.initiator].local_time - board.kernel.now)
        return serve(txn, delay)

    board.probe.b_transport = note
    board.kernel.run(5 * US)
    assert ahead == [0] * 40
    assert any(local > now for _, local, now in watch.seen), "other instructions are ahead"


@pytest.mark.parametrize("quantum", ["7ns", "1us", "1ms"])
def test_Q09_the_virtual_times_of_two_cores_never_differ_by_more_than_the_quantum(quantum) -> None:
    board = Board(quantum, a=("667MHz", RACE), b=("100MHz", COUNT_FOR_EVER))
    cores = list(board.cores.values())
    worst = 0

    def measure(core, *_) -> None:
        nonlocal worst
        # A core that waits for its next cycle begins it then; until then its time is the kernel's.
        times = [max(one.local_time, board.kernel.now) for one in cores]
        worst = max(worst, abs(times[0] - times[1]))

    for core in cores:
        core.observers.append(measure)
    length = parse_time(quantum)
    board.kernel.run(max(4 * length, US) if length < 10**9 else 20 * US)
    cycle = cores[1].clock.time_of(1)
    assert 0 < worst <= max(length, cycle)


def test_Q09_a_core_that_sleeps_does_not_block_time() -> None:
    board = Board("1us", a=("100MHz", COUNT_FOR_EVER), b=("100MHz", "sleep"))
    board.kernel.run(10 * US)
    assert board.cores["a"].instructions == 1000


@pytest.mark.parametrize("quantum", ["1us", "10us"])
def test_Q10_cores_take_turns_in_a_fixed_order(quantum) -> None:
    board = Board(quantum, a=("100MHz", RACE), b=("50MHz", RACE), c=("25MHz", RACE))
    watch = Watch(board)
    board.kernel.run(100 * US)
    points = range(0, 100 * US, parse_time(quantum))
    assert watch.turns == [(name, point) for point in points for name in "abc"]


@pytest.mark.parametrize("step", [1, 3, 10, 33])
def test_Q10_stopping_at_synchronization_points_does_not_alter_the_schedule(step: int) -> None:
    whole, cut = (
        Board("1us", a=("667MHz", RACE), b=("100MHz", RACE), c=("33MHz", TALK)) for _ in range(2)
    )
    whole.kernel.run(99 * US)
    for _ in range(99 // step):
        cut.kernel.run(step * US)
    if 99 % step:
        cut.kernel.run(99 % step * US)
    assert cut.kernel.now == 99 * US
    assert state(whole) == state(cut)


def test_Q10_the_race_tells_one_schedule_from_another() -> None:
    """The negative control of the tests above: another quantum leaves another count."""
    left = set()
    for quantum in (0, "1us", "10us"):
        board = Board(quantum, a=("667MHz", RACE), b=("100MHz", RACE))
        board.kernel.run(100 * US)
        left.add(bytes(board.ram.buffer[:4]))
    assert len(left) == 3


@pytest.mark.parametrize("step", [1, 777, 12_345, 100_001])
def test_Q10_in_lock_step_a_stop_anywhere_alters_nothing(step: int) -> None:
    whole, cut = (Board(0, a=("667MHz", RACE), b=("100MHz", RACE)) for _ in range(2))
    end = 300 * step if step < 1000 else 500_000
    whole.kernel.run(end)
    while cut.kernel.now < end:
        cut.kernel.run(min(step, end - cut.kernel.now))
    assert state(whole) == state(cut)


@pytest.mark.parametrize("quantum", ["1us", "1ms"])
@pytest.mark.parametrize("step", [777, 12_345, 1_700_000])
def test_Q10_a_stop_within_a_quantum_moves_no_device_access(quantum, step: int) -> None:
    """It only ends the quantum for all cores at that time: shared memory is seen sooner."""
    whole, cut = (Board(quantum, a=("667MHz", TALK), b=("30MHz", TALK)) for _ in range(2))
    whole.kernel.run(3 * US)
    while cut.kernel.now < 3 * US:
        cut.kernel.run(min(step, 3 * US - cut.kernel.now))
    assert len(whole.probe.log) == 40
    assert state(whole) == state(cut)


def test_Q11_devices_are_accessed_at_one_time_whatever_the_quantum() -> None:
    logs = []
    for quantum in QUANTA:
        board = Board(quantum, a=("667MHz", TALK), b=("30MHz", TALK))
        board.kernel.run(5 * US)
        logs.append(board.probe.log)
    assert len(logs[0]) == 40
    assert logs == [logs[0]] * len(QUANTA)


class TestChange:
    """The quantum is changed."""

    def test_Q09_between_runs_it_holds_from_the_next_grant(self) -> None:
        board = Board("10us", a=("100MHz", RACE), b=("100MHz", RACE))
        watch = Watch(board)
        board.kernel.run(10 * US)
        set_quantum(board, 2 * US)
        board.kernel.run(4 * US)
        set_quantum(board, 3 * US)
        board.kernel.run(4 * US)
        times = [time for name, time in watch.turns if name == "a"]
        assert times == [0, 10 * US, 12 * US, 14 * US, 15 * US]

    def test_Q09_from_a_process_it_holds_from_the_next_grant(self) -> None:
        board = Board("10us", a=("100MHz", RACE), b=("100MHz", RACE))
        watch = Watch(board)

        def change():
            yield 25 * US
            set_quantum(board, 4 * US)

        board.kernel.thread(change(), "change")
        board.kernel.run(40 * US)
        times = [time for name, time in watch.turns if name == "b"]
        assert times == [us * US for us in (0, 10, 20, 25, 28, 32, 36)]

    def test_Q09_from_a_device_the_grant_under_way_is_used_up_first(self) -> None:
        program = "addi r1, r0, 0x7ff0 \n st r0, r1, 0x10 \n addi r3, r3, 1 \n b -4"
        board = Board("10us", a=("100MHz", program))
        watch = Watch(board)
        serve = board.probe.b_transport

        def change(txn, delay):
            set_quantum(board, 3 * US)
            return serve(txn, delay)

        board.probe.b_transport = change
        board.kernel.run(20 * US)
        assert board.probe.log == [("a", 10_000)]
        # What was granted ends at 10 us, between two points of the new quantum: on to the second.
        begins = dict(reversed([(now, local) for _, local, now in watch.seen if now > 10_000]))
        wanted = {9: 10, 12: 12, 15: 15, 18: 18}
        assert begins == {now * US: local * US for now, local in wanted.items()}

    def test_Q09_to_lock_step_and_back(self) -> None:
        board = Board("1us", a=("100MHz", RACE), b=("50MHz", RACE))
        board.kernel.run(US)
        set_quantum(board, 0)
        board.kernel.run(US)
        set_quantum(board, US)
        board.kernel.run(US)
        assert [core.instructions for core in board.cores.values()] == [300, 150]

    @pytest.mark.parametrize("value", [-1, 1.5, "1us", True, None])
    def test_Q09_a_value_that_is_no_time_is_refused_and_changes_nothing(self, value) -> None:
        quantum = GlobalQuantum(5)
        with pytest.raises(ValueError, match="quantum"):
            quantum.value = value
        assert quantum.value == 5
        with pytest.raises(ValueError, match="quantum"):
            GlobalQuantum(value)


@pytest.mark.parametrize("quantum", QUANTA)
def test_D08_a_core_takes_the_same_time_with_and_without_direct_memory(quantum) -> None:
    """Memory and interconnect take 5 and 3 cycles; without a grant each access is a transport."""
    count = "ld r3, r1, 4 \n addi r3, r3, 1 \n st r3, r1, 4 \n"
    work = f"addi r1, r0, 0x3000 \n {10 * count} b 0"
    for latency, through in ((0, 0), (5_000, 3_000)):
        left = []
        for direct in (True, False):
            board = Board(quantum, a=("1GHz", work))
            slow = Memory("slow", 0x1000, latency=latency)
            board.router.map("slow", slow.socket, 0x3000, 0x1000, latency=through)
            if not direct:
                slow.get_direct_mem_ptr = lambda txn: None
            board.kernel.run(US)
            core = board.cores["a"]
            left.append((core.cycle, core.instructions, core.r[3], bytes(slow.buffer[:8])))
        assert left[0] == left[1], "D9"
        assert left[0][2] == 10
        assert left[0][0] == left[0][1] + 20 * (latency + through) // 1000

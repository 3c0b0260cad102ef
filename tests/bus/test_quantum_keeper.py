"""The quantum keeper, rule by rule (IEEE 1666-2011, 12.2 and 16.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosim.bus.quantum_keeper import QuantumKeeper
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum

Q = 1000


def keeper_at(now: int, quantum: int = Q) -> QuantumKeeper:
    kernel = Kernel()
    if now:
        kernel.run(now)
    keeper = QuantumKeeper(kernel, GlobalQuantum(quantum))
    return keeper


def walk(kernel: Kernel, keeper: QuantumKeeper, step: int, count: int, syncs: list[int]):
    """A process that goes ahead in steps and synchronizes when needed."""
    keeper.reset()
    for _ in range(count):
        keeper.increase(step)
        if keeper.need_sync:
            yield from keeper.sync()
            syncs.append(kernel.now)


@pytest.mark.parametrize(
    ("now", "quantum", "local"), [(0, Q, Q), (1, Q, 999), (999, Q, 1), (Q, Q, Q), (77, 0, 0)]
)
def test_Q01_the_local_quantum_ends_at_the_next_multiple(now, quantum, local) -> None:
    assert keeper_at(now, quantum).local_quantum == local


@given(steps=st.lists(st.integers(1, 3000), min_size=2, max_size=4))
def test_Q02_synchronization_is_in_the_first_step_past_a_multiple(steps: list[int]) -> None:
    kernel = Kernel()
    quantum = GlobalQuantum(Q)
    syncs: dict[int, list[int]] = {index: [] for index in range(len(steps))}
    for index, step in enumerate(steps):
        keeper = QuantumKeeper(kernel, quantum)
        kernel.thread(walk(kernel, keeper, step, 20, syncs[index]), f"p{index}")
    kernel.run()
    for index, step in enumerate(steps):
        for before, at in zip([0, *syncs[index]], syncs[index], strict=False):
            point = before + Q - before % Q
            assert point <= at < point + step


def test_Q02_steps_that_divide_the_quantum_meet_at_its_multiples() -> None:
    kernel, syncs = Kernel(), []
    for step in (100, 250, 1000):
        keeper = QuantumKeeper(kernel, GlobalQuantum(Q))
        kernel.thread(walk(kernel, keeper, step, 20, syncs), str(step))
    kernel.run()
    assert syncs and all(at % Q == 0 for at in syncs)


@given(now=st.integers(0, 5000), local=st.integers(0, 3000))
def test_Q03_sync_is_needed_from_the_synchronization_point_on(now: int, local: int) -> None:
    keeper = keeper_at(now)
    keeper.reset()
    keeper.set(local)
    assert keeper.need_sync == (now + local >= now + Q - now % Q)


def test_Q04_before_the_first_reset_and_with_quantum_0_always() -> None:
    assert keeper_at(0).need_sync and keeper_at(300).need_sync
    zero = keeper_at(300, 0)
    zero.reset()
    assert zero.need_sync


def test_Q05_sync_waits_for_the_local_time_and_resets_it() -> None:
    keeper = keeper_at(0)
    keeper.reset()
    keeper.set(400)
    keeper.kernel.thread(keeper.sync(), "p")
    keeper.kernel.run()
    assert (keeper.kernel.now, keeper.local_time) == (400, 0)


def test_Q06_current_time_is_simulated_plus_local_time() -> None:
    keeper = keeper_at(300)
    keeper.increase(40)
    keeper.increase(2)
    assert keeper.current_time == 342
    with pytest.raises(ValueError, match="does not go back"):
        keeper.increase(-1)
    with pytest.raises(ValueError, match="not before"):
        keeper.set(-1)


@pytest.mark.parametrize(("local", "now"), [(999, 0), (1000, 1000), (1500, 1500)])
def test_Q07_set_and_sync_syncs_only_when_needed(local: int, now: int) -> None:
    keeper = keeper_at(0)
    keeper.reset()
    keeper.kernel.thread(keeper.set_and_sync(local), "p")
    keeper.kernel.run()
    assert (keeper.kernel.now, keeper.local_time) == (now, 0 if now else local)


def test_Q09_two_initiators_never_differ_by_more_than_quantum_and_step() -> None:
    kernel, quantum = Kernel(), GlobalQuantum(Q)
    keepers = [QuantumKeeper(kernel, quantum) for _ in range(2)]
    worst = []

    def body(keeper: QuantumKeeper, step: int):
        keeper.reset()
        for _ in range(6000 // step):
            keeper.increase(step)
            worst.append(abs(keepers[0].current_time - keepers[1].current_time))
            if keeper.need_sync:
                yield from keeper.sync()

    for keeper, step in zip(keepers, (50, 125), strict=True):
        kernel.thread(body(keeper, step), str(step))
    kernel.run()
    assert 0 < max(worst) <= Q


def test_Q09_a_new_quantum_holds_from_the_next_synchronization_on() -> None:
    keeper = keeper_at(0)
    keeper.reset()
    keeper.quantum.value = 100
    keeper.set(500)
    assert not keeper.need_sync
    keeper.kernel.thread(keeper.sync(), "p")
    keeper.kernel.run()
    keeper.set(100)
    assert keeper.need_sync


def test_Q10_the_order_of_initiators_is_the_same_each_time() -> None:
    def order() -> list[str]:
        kernel, seen = Kernel(), []

        def body(name: str):
            keeper = QuantumKeeper(kernel, GlobalQuantum(Q))
            for _ in range(4):
                seen.append(name)
                yield from keeper.set_and_sync(Q)

        for name in "abc":
            kernel.thread(body(name), name)
        kernel.run()
        return seen

    assert order() == order() == list("abc" * 4)


@pytest.mark.parametrize("quantum", [0, 10, 1000, 100_000])
def test_Q11_an_access_after_a_sync_is_at_its_exact_time(quantum: int) -> None:
    kernel, times = Kernel(), []
    keeper = QuantumKeeper(kernel, GlobalQuantum(quantum))

    def body():
        for _ in range(5):
            keeper.increase(77)
            yield from keeper.sync()
            times.append(kernel.now)

    kernel.thread(body(), "p")
    kernel.run()
    assert times == [77, 154, 231, 308, 385]

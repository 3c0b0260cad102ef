"""Non-blocking transport, rule by rule, and the adapters (IEEE 1666-2011, 15.2 and 16.1.2)."""

from __future__ import annotations

import pytest

from cosim.bus import transaction
from cosim.bus.adapters import AtToLt, LtToAt
from cosim.bus.checker import ProtocolChecker
from cosim.bus.memory import Memory
from cosim.bus.phases import ExtendedPhase, Phase, Sync
from cosim.bus.router import Router
from cosim.bus.sockets import InitiatorSocket, ProtocolError
from cosim.bus.transaction import Response
from cosim.kernel.kernel import Kernel


class AtInitiator:
    """Sends requests, and ends each response `slow` ps after it began."""

    def __init__(self, kernel: Kernel, slow: int = 0) -> None:
        self.kernel, self.slow = kernel, slow
        self.log: list[tuple[int, str, Phase]] = []
        self.socket = InitiatorSocket("cpu", on_phase=self.backward)

    def send(self, txn, delay: int = 0):
        self.log.append((self.kernel.now + delay, "fw", Phase.BEGIN_REQ))
        answer = self.socket.nb_transport_fw(txn, Phase.BEGIN_REQ, delay)
        if answer[0] is Sync.UPDATED:
            self.log.append((self.kernel.now + answer[2], "bw", answer[1]))
        return answer

    def backward(self, txn, phase, delay):
        self.log.append((self.kernel.now + delay, "bw", phase))
        if phase is not Phase.BEGIN_RESP:
            return Sync.ACCEPTED, phase, delay
        self.log.append((self.kernel.now + self.slow, "fw", Phase.END_RESP))
        return Sync.UPDATED, Phase.END_RESP, self.slow


def at_bench(latency: int = 70, slow: int = 0, levels: int = 1):
    kernel = Kernel()
    memory = Memory("ram", 0x100, latency=latency)
    target = AtToLt(kernel, "at", memory.socket).socket
    for level in range(levels):
        router = Router(f"bus{level}")
        router.map("ram", target, 0x1000 if level == 0 else 0, 0x1000 if level == 0 else 0x10000)
        if level < levels - 1:
            target = router.view("up").socket
    initiator = AtInitiator(kernel, slow)
    router.attach(initiator.socket)
    checker = ProtocolChecker(lambda: kernel.now)
    checker.watch(initiator.socket)
    return kernel, initiator, memory, checker


@pytest.mark.parametrize("levels", [1, 2])
def test_N01_the_four_phases_come_in_order_each_in_its_direction(levels: int) -> None:
    kernel, initiator, memory, checker = at_bench(levels=levels)
    txn = transaction.write(0x1004, b"data")
    initiator.send(txn, 5)
    kernel.run()
    assert initiator.log == [
        (5, "fw", Phase.BEGIN_REQ),
        (5, "bw", Phase.END_REQ),
        (75, "bw", Phase.BEGIN_RESP),
        (75, "fw", Phase.END_RESP),
    ]
    assert txn.response is Response.OK and bytes(memory.buffer[4:8]) == b"data"
    assert checker.violations == []


def test_N01_an_extended_phase_is_ignored() -> None:
    kernel, initiator, *_, checker = at_bench()
    txn = transaction.read(0x1000, 4)
    initiator.send(txn)
    answer = initiator.socket.nb_transport_fw(txn, ExtendedPhase("HINT"), 0)
    assert answer[0] is Sync.ACCEPTED
    kernel.run()
    assert txn.ok and checker.violations == []


def test_N01_a_backward_phase_sent_forward_is_an_error() -> None:
    kernel = Kernel()
    socket = InitiatorSocket("cpu")
    socket.bind(AtToLt(kernel, "at", Memory("ram", 16).socket).socket)
    with pytest.raises(ProtocolError, match="END_REQ does not go forward"):
        socket.nb_transport_fw(transaction.read(0, 4), Phase.END_REQ)


def test_N02_a_response_waits_until_the_one_before_has_ended() -> None:
    kernel, initiator, _, checker = at_bench(slow=100)
    for _ in range(2):
        initiator.send(transaction.read(0x1000, 4))
    kernel.run()
    begins = [time for time, _, phase in initiator.log if phase is Phase.BEGIN_RESP]
    assert begins == [70, 170]
    assert checker.violations == []


def test_N03_a_transaction_may_complete_within_the_call() -> None:
    _, initiator, _, checker = at_bench()
    txn = transaction.read(0x9000, 4)
    sync, _, delay = initiator.send(txn, 5)
    assert (sync, delay, txn.response) == (Sync.COMPLETED, 5, Response.ADDRESS_ERROR)
    assert checker.violations == []


def test_N04_a_response_goes_back_to_the_initiator_of_its_request() -> None:
    kernel = Kernel()
    router = Router()
    at = AtToLt(kernel, "at", Memory("ram", 0x100, latency=3).socket)
    router.map("ram", at.socket, 0, 0x100)
    first, second = AtInitiator(kernel), AtInitiator(kernel)
    second.socket.name = "dma"
    for one in (first, second):
        router.attach(one.socket)
    second.send(transaction.read(0, 4))
    kernel.run()
    assert first.log == [] and len(second.log) == 4
    with pytest.raises(ProtocolError, match="N4"):
        at.socket.nb_transport_bw(transaction.read(0, 4), Phase.BEGIN_RESP, 0)


def test_N05_a_non_blocking_initiator_needs_an_adapter_to_a_blocking_target() -> None:
    socket = InitiatorSocket("cpu")
    socket.bind(Memory("ram", 16).socket)
    with pytest.raises(ProtocolError, match="put AtToLt before it"):
        socket.nb_transport_fw(transaction.read(0, 4), Phase.BEGIN_REQ)


def test_N05_a_blocking_initiator_reaches_a_non_blocking_target_and_the_time_is_the_same() -> None:
    kernel = Kernel()
    memory = Memory("ram", 0x100, latency=70)
    adapter = LtToAt(kernel, "lt", AtToLt(kernel, "at", memory.socket).socket)
    done = []

    def body(address: int):
        txn = transaction.write(address, b"data")
        delay = yield from adapter.transport(txn, 5)
        done.append((kernel.now + delay, txn.response))

    kernel.thread(body(0), "one")
    kernel.thread(body(8), "two")
    kernel.run()
    assert done == [(75, Response.OK)] * 2
    assert bytes(memory.buffer[:12]) == b"data\0\0\0\0data"


def test_N05_a_plain_call_reaches_what_completes_at_once_and_says_so_otherwise() -> None:
    kernel = Kernel()
    memory = Memory("ram", 0x100)
    socket = InitiatorSocket("cpu")
    socket.bind(LtToAt(kernel, "lt", AtToLt(kernel, "at", memory.socket).socket).socket)
    with pytest.raises(ProtocolError, match="yield from"):
        socket.b_transport(transaction.read(0, 4))
    memory.nb_transport_fw = lambda txn, phase, delay: (Sync.COMPLETED, phase, delay + 9)
    direct = InitiatorSocket("cpu")
    direct.bind(LtToAt(kernel, "lt", memory.socket).socket)
    assert direct.b_transport(transaction.read(0, 4), 1) == 10
    assert direct.transport_dbg(transaction.read(0, 4)) == 4
    assert direct.get_direct_mem_ptr(transaction.read(0, 4)).readable


def test_B02_the_router_keeps_both_kinds_apart() -> None:
    _, initiator, _, checker = at_bench()
    txn = transaction.read(0x1000, 4)
    initiator.send(txn)
    txn.address = 0x1000
    initiator.socket.b_transport(txn)
    assert [one.rule for one in checker.violations] == ["B2"]

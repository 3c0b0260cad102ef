"""The exclusive monitor: who keeps a reservation, who loses it, and direct memory meanwhile."""

from __future__ import annotations

import pytest

from cosim.bus import transaction
from cosim.bus.adapters import AtToLt
from cosim.bus.exclusive import Exclusive
from cosim.bus.memory import Memory
from cosim.bus.phases import Phase, Sync
from cosim.bus.router import Router
from cosim.bus.sockets import InitiatorSocket
from cosim.bus.transaction import Response, Transaction
from cosim.kernel.kernel import Kernel


class Bench:
    """Initiators a and b, RAM at 0x10000 for both; b sees it at 0x50000 too."""

    def __init__(self) -> None:
        self.router = Router()
        self.dropped: list[tuple[str, int, int]] = []
        self.memory = Memory("ram", 0x4000)
        for name in "ab":
            socket = InitiatorSocket(name, lambda s, e, n=name: self.dropped.append((n, s, e)))
            setattr(self, name, socket)
            self.router.attach(socket)
        self.router.map("ram", self.memory.socket, 0x1_0000, 0x4000)
        self.router.map("alias", self.memory.socket, 0x5_0000, 0x4000, seen_by=["b"])
        self.dropped.clear()

    def load(self, socket: InitiatorSocket, address: int, size: int = 4) -> bool:
        txn, exclusive = transaction.read(address, size), Exclusive()
        txn.set_extension(exclusive)
        socket.b_transport(txn)
        return txn.ok and exclusive.succeeded

    def store(self, socket: InitiatorSocket, address: int, data: bytes = b"new!") -> bool:
        txn, exclusive = transaction.write(address, data), Exclusive()
        txn.set_extension(exclusive)
        socket.b_transport(txn)
        assert txn.ok
        return exclusive.succeeded


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_store_after_its_load_succeeds_once(bench: Bench) -> None:
    assert bench.load(bench.a, 0x1_0000)
    assert bench.store(bench.a, 0x1_0000)
    assert bytes(bench.memory.buffer[:4]) == b"new!"
    assert not bench.store(bench.a, 0x1_0000, b"else")
    assert bytes(bench.memory.buffer[:4]) == b"new!"


@pytest.mark.parametrize(("at", "data"), [(0x1_0004, b"new!"), (0x1_0000, b"ne")])
def test_address_and_size_must_be_those_of_the_load(bench: Bench, at: int, data: bytes) -> None:
    bench.load(bench.a, 0x1_0000)
    assert not bench.store(bench.a, at, data)
    assert not bench.store(bench.a, 0x1_0000), "the failure closed the reservation"


def test_of_two_that_load_the_first_to_store_wins(bench: Bench) -> None:
    bench.load(bench.a, 0x1_0000)
    bench.load(bench.b, 0x5_0000)
    assert bench.store(bench.b, 0x5_0000), "at an alias of the address"
    assert not bench.store(bench.a, 0x1_0000)


@pytest.mark.parametrize("who", ["a", "b", "debugger"])
@pytest.mark.parametrize(("at", "holds"), [(0x1F, False), (0x20, True), (0x3FF0, True)])
def test_a_write_by_anyone_clears_the_granule_it_hits(bench, who, at, holds) -> None:
    bench.load(bench.a, 0x1_0008)
    txn = transaction.write(0x1_0000 + at, b"x")
    bench.a.transport_dbg(txn) if who == "debugger" else getattr(bench, who).b_transport(txn)
    assert bench.store(bench.a, 0x1_0008) is holds


def test_reads_and_failed_writes_leave_it(bench: Bench) -> None:
    bench.load(bench.a, 0x1_0000)
    bench.b.b_transport(transaction.read(0x1_0000, 4))
    bench.memory.readonly = True
    bench.b.b_transport(transaction.write(0x1_0000, b"x"))
    bench.memory.readonly = False
    assert bench.store(bench.a, 0x1_0000)


def test_direct_writes_of_the_page_are_withdrawn_while_it_is_open(bench: Bench) -> None:
    ask_write = lambda at: bench.b.get_direct_mem_ptr(transaction.write(at, b"x"))  # noqa: E731
    assert ask_write(0x1_1010).writable
    bench.load(bench.a, 0x1_1000)
    assert {(name, start, end) for name, start, end in bench.dropped} == {
        ("a", 0x1_1000, 0x1_1FFF),
        ("b", 0x1_1000, 0x1_1FFF),
        ("b", 0x5_1000, 0x5_1FFF),
    }
    refused = ask_write(0x1_1010)
    assert not refused.granted and (refused.start, refused.end) == (0x1_1000, 0x1_1FFF)
    readable = bench.b.get_direct_mem_ptr(transaction.read(0x5_1010, 4))
    assert readable.readable and not readable.writable
    below, above = ask_write(0x1_0000), ask_write(0x1_2000)
    assert below.writable and (below.start, below.end) == (0x1_0000, 0x1_0FFF)
    assert above.writable and (above.start, above.end) == (0x1_2000, 0x1_3FFF)
    bench.store(bench.a, 0x1_1000)
    assert ask_write(0x1_1010).writable


def test_nothing_is_withdrawn_twice(bench: Bench) -> None:
    bench.load(bench.a, 0x1_1000)
    bench.dropped.clear()
    bench.load(bench.b, 0x1_1000)
    assert bench.dropped == []


def test_through_two_routers_the_last_one_keeps_the_reservation() -> None:
    inner, outer, memory = Router("inner"), Router("outer"), Memory("ram", 0x1000)
    inner.map("ram", memory.socket, 0, 0x1000)
    outer.map("inner", inner.view("outer").socket, 0x8000, 0x1000)
    cpu, dma = InitiatorSocket("cpu"), InitiatorSocket("dma")
    outer.attach(cpu)
    inner.attach(dma)
    txn = transaction.read(0x8000, 4)
    txn.set_extension(Exclusive())
    cpu.b_transport(txn)
    assert list(inner.monitor.reservations) == ["cpu"] and not outer.monitor.reservations
    dma.b_transport(transaction.write(4, b"x"))
    assert not inner.monitor.reservations


class AtBench:
    """A non-blocking and a blocking initiator, and RAM that takes 100 ps behind an adapter."""

    def __init__(self) -> None:
        self.kernel = Kernel()
        self.memory = Memory("ram", 0x1000, latency=100)
        self.router = Router()
        self.at = InitiatorSocket("at", on_phase=lambda *_: (Sync.UPDATED, Phase.END_RESP, 0))
        self.lt = InitiatorSocket("lt")
        for socket in (self.at, self.lt):
            self.router.attach(socket)
        self.router.map("ram", AtToLt(self.kernel, "ad", self.memory.socket).socket, 0, 0x1000)

    def send(self, txn: Transaction, *, exclusive: bool = True) -> Exclusive:
        """Begin `txn` at the non-blocking initiator; it is over when the kernel has run."""
        mark = Exclusive()
        if exclusive:
            txn.set_extension(mark)
        self.at.nb_transport_fw(txn, Phase.BEGIN_REQ)
        return mark

    def blocking(self, txn: Transaction) -> bool:
        mark = Exclusive()
        txn.set_extension(mark)
        self.lt.b_transport(txn)
        return mark.succeeded


@pytest.fixture
def at() -> AtBench:
    return AtBench()


def test_in_phases_a_store_after_its_load_succeeds_once(at: AtBench) -> None:
    loaded = at.send(transaction.read(0, 4))
    at.kernel.run(1000)
    stored = at.send(transaction.write(0, b"new!"))
    assert not stored.succeeded, "not before the response"
    at.kernel.run(1000)
    assert loaded.succeeded and stored.succeeded
    late = transaction.write(0, b"late")
    assert not at.send(late).succeeded
    at.kernel.run(1000)
    assert late.response is Response.OK and bytes(at.memory.buffer[:4]) == b"new!"


def test_in_phases_a_write_in_between_makes_the_store_fail(at: AtBench) -> None:
    at.send(transaction.read(0, 4))
    at.lt.b_transport(transaction.write(8, b"x"))
    at.kernel.run(1000)
    stored = at.send(transaction.write(0, b"new!"))
    at.kernel.run(1000)
    assert not stored.succeeded and bytes(at.memory.buffer[:4]) == bytes(4)


@pytest.mark.parametrize("exclusive", [False, True])
def test_no_reservation_is_opened_while_a_write_to_it_is_on_its_way(at, exclusive: bool) -> None:
    """Else the write would take effect after the load and go unnoticed by the store."""
    if exclusive:
        at.send(transaction.read(0, 4))
        at.kernel.run(1000)
    at.send(transaction.write(0, b"slow"), exclusive=exclusive)
    assert not at.blocking(transaction.read(0, 4))
    assert not at.blocking(transaction.write(0, b"fast"))
    at.kernel.run(1000)
    assert bytes(at.memory.buffer[:4]) == b"slow"
    assert at.blocking(transaction.read(0, 4)) and at.blocking(transaction.write(0, b"next"))


def test_in_phases_a_load_that_fails_opens_nothing(at: AtBench) -> None:
    at.memory.size = 0
    loaded = at.send(transaction.read(0, 4))
    at.kernel.run(1000)
    assert not loaded.succeeded and at.router.monitor.reservations == {}

"""Direct memory and debug transport, rule by rule (IEEE 1666-2011, 11.2 and 11.3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosim.bus import transaction
from cosim.bus.direct_access import DirectAccess
from cosim.bus.dmi import DirectMemory
from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.bus.sockets import InitiatorSocket, ProtocolError
from cosim.bus.transaction import Command, Transaction
from cosim.kernel.kernel import Kernel
from cosim.peripherals.console import Console
from cosim.peripherals.uartlite import UartLite


def connected(latency: int = 0, levels: int = 1, **mapping: int):
    """A direct-memory initiator, the nearest router, and a memory of 256 bytes at 0x1000."""
    memory = Memory("ram", 0x100, latency=latency)
    router = Router()
    router.map("ram", memory.socket, 0x1000, mapping.pop("size", 0x100), **mapping)
    target = router
    for level in range(levels - 1):
        outer = Router(f"outer{level}")
        outer.map("below", target.view(f"up{level}").socket, 0x1_0000, 0x100_0000)
        target = outer
    access = DirectAccess("cpu")
    target.attach(access.socket)
    return access, target, memory


def test_D01_a_descriptor_starts_clean() -> None:
    clean = DirectMemory()
    assert (clean.start, clean.end, len(clean.buffer)) == (0, 2**64 - 1, 0)
    assert not clean.granted and (clean.read_latency, clean.write_latency) == (0, 0)


def test_D02_a_refusal_tells_the_denied_range() -> None:
    access, _, memory = connected()
    gap = access.socket.get_direct_mem_ptr(transaction.read(0x2000, 4))
    assert not gap.granted and (gap.start, gap.end) == (0x1100, 2**64 - 1)
    memory.readonly = True
    rom = access.socket.get_direct_mem_ptr(transaction.write(0x1004, b"x"))
    assert not rom.granted and (rom.start, rom.end) == (0x1000, 0x10FF)


@pytest.mark.parametrize(("levels", "base"), [(1, 0), (2, 0x1_0000)])
def test_D03_interconnect_translates_and_clips_both_bounds(levels: int, base: int) -> None:
    access, _, memory = connected(levels=levels, offset=0x20, size=0x40)
    memory.buffer[0x25] = 0x77
    grant = access.socket.get_direct_mem_ptr(transaction.read(base + 0x1004, 4))
    assert (grant.start, grant.end) == (base + 0x1000, base + 0x103F)
    assert grant.buffer[grant.offset + 5] == 0x77


def test_D03_a_window_of_higher_priority_is_cut_out() -> None:
    access, router, _ = connected()
    router.map("patch", Memory("patch", 0x10).socket, 0x1040, 0x10, priority=1)
    for at, bounds in {0x1000: (0x1000, 0x103F), 0x1050: (0x1050, 0x10FF)}.items():
        grant = access.socket.get_direct_mem_ptr(transaction.read(at, 4))
        assert (grant.start, grant.end) == bounds
    access.transport(transaction.write(0x1044, b"over"))
    assert router.views["cpu"].find(0x1044).name == "patch"


def test_D04_the_hint_is_given_exactly_when_a_request_would_succeed() -> None:
    access, _, memory = connected()
    for readonly in (False, True):
        memory.readonly = readonly
        for make in (lambda: transaction.read(0x1000, 4), lambda: transaction.write(0x1000, b"d")):
            txn = make()
            access.socket.b_transport(txn)
            grant = access.socket.get_direct_mem_ptr(make())
            allowed = grant.writable if txn.command is Command.WRITE else grant.readable
            assert txn.dmi_allowed == allowed


def test_D05_a_changed_map_invalidates_what_it_changes() -> None:
    access, router, memory = connected()
    access.transport(transaction.read(0x1000, 4))
    assert len(access.grants) == 1
    patch = router.map("patch", Memory("patch", 0x10).socket, 0x1040, 0x10, priority=1)
    assert access.grants == []
    access.transport(transaction.read(0x1044, 4))
    router.unmap(patch)
    assert access.grants == []
    access.transport(transaction.read(0x1000, 4))
    memory.socket.invalidate_direct_mem_ptr(0, 2**64 - 1)
    assert access.grants == []


def test_D06_the_initiator_drops_what_overlaps_and_keeps_the_rest() -> None:
    access, router, memory = connected()
    other = Memory("other", 0x100)
    router.map("other", other.socket, 0x3000, 0x100)
    access.transport(transaction.read(0x1000, 4))
    access.transport(transaction.read(0x3000, 4))
    memory.socket.invalidate_direct_mem_ptr(0xFF, 0x1FF)
    assert [grant.start for grant in access.grants] == [0x3000]


def test_D07_asking_from_an_invalidation_is_an_error() -> None:
    def ask(start: int, end: int) -> None:
        socket.get_direct_mem_ptr(transaction.read(start, 4))

    memory = Memory("ram", 16)
    socket = InitiatorSocket("cpu", ask)
    socket.bind(memory.socket)
    with pytest.raises(ProtocolError, match="D7"):
        memory.socket.invalidate_direct_mem_ptr(0, 15)
    assert socket.get_direct_mem_ptr(transaction.read(0, 4)).granted, "afterwards it is allowed"


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_D08_direct_accesses_take_the_time_of_transport(levels: int) -> None:
    access, _, _ = connected(latency=30, levels=levels)
    base = 0x1_0000 * (levels - 1)
    first = access.transport(transaction.read(base + 0x1000, 4), 5)
    assert len(access.grants) == 1
    again = access.transport(transaction.read(base + 0x1000, 4), 5)
    written = access.transport(transaction.write(base + 0x1000, b"data"), 5)
    assert first == again == written == 35


def test_D08_the_latency_of_interconnect_is_in_the_grant() -> None:
    slow = Router("slow")
    slow.map("ram", Memory("ram", 16, latency=30).socket, 0, 16, latency=12)
    access = DirectAccess("cpu")
    slow.attach(access.socket)
    assert (
        access.transport(transaction.read(0, 4)) == access.transport(transaction.read(0, 4)) == 42
    )


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0xFF0, 0x1110), st.binary(min_size=1, max_size=9)),
        max_size=12,
    )
)
def test_D09_results_are_the_same_with_and_without_direct_memory(accesses) -> None:
    direct, _, one = connected(latency=3)
    plain, _, other = connected(latency=3)
    for is_write, address, data in accesses:
        make = transaction.write if is_write else lambda at, d: transaction.read(at, len(d))
        first, second = make(address, data), make(address, data)
        assert direct.transport(first) == plain.socket.b_transport(second)
        assert (first.response, first.data) == (second.response, second.data)
    assert bytes(one.buffer) == bytes(other.buffer)


def test_DB01_a_debug_access_moves_at_most_its_length_and_has_no_effect() -> None:
    access, router, memory = connected()
    kernel = Kernel()
    config = UartLite.Config.model_validate({"type": "xilinx.uartlite", "at": 0x4000})
    uart = UartLite("uart", config, kernel)
    uart.connect(Console("uart", None))
    router.map("uart", uart.socket, 0x4000, 0x1000)
    before = dict(uart.values)
    txn = transaction.read(0x4000, 16)
    assert access.socket.transport_dbg(txn) <= 16
    assert uart.values == before and kernel.now == 0
    assert access.socket.transport_dbg(transaction.write(0x4000, b"zzzz")) == 0
    assert access.socket.transport_dbg(transaction.read(0x2000, 4)) == 0
    assert access.socket.transport_dbg(transaction.read(0x10FE, 4)) == 2
    assert access.socket.transport_dbg(Transaction(Command.IGNORE, 0x1000, bytearray(4))) == 0
    assert bytes(memory.buffer) == bytes(0x100)

"""The router: a view for each initiator, overlap, translation, direct memory, debug access."""

from __future__ import annotations

import pytest

from cosim.bus import transaction
from cosim.bus.memory import Memory
from cosim.bus.router import OverlapError, Router
from cosim.bus.sockets import InitiatorSocket
from cosim.bus.transaction import Response


@pytest.fixture
def two_views():
    """Two initiators, RAM for both at 0x1000, and a private memory of each at 0."""
    router = Router()
    dropped = {"a": [], "b": []}
    sockets = {
        name: InitiatorSocket(name, lambda *span, name=name: dropped[name].append(span))
        for name in "ab"
    }
    for socket in sockets.values():
        router.attach(socket)
    memories = {name: Memory(name, 0x100) for name in ("ram", "own_a", "own_b")}
    router.map("ram", memories["ram"].socket, 0x1000, 0x100)
    router.map("own_a", memories["own_a"].socket, 0, 0x100, seen_by=["a"])
    router.map("own_b", memories["own_b"].socket, 0, 0x100, seen_by=["b"])
    for spans in dropped.values():
        spans.clear()  # what mapping itself made void
    return router, sockets, memories, dropped


def test_each_initiator_has_its_own_memory_at_one_address(two_views) -> None:
    _, sockets, memories, _ = two_views
    for name in "ab":
        sockets[name].b_transport(transaction.write(0x10, name.encode()))
    assert memories["own_a"].buffer[0x10] == ord("a")
    assert memories["own_b"].buffer[0x10] == ord("b")


def test_addresses_are_translated_to_the_target(two_views) -> None:
    _, sockets, memories, _ = two_views
    txn = transaction.write(0x1004, b"shared")
    sockets["a"].b_transport(txn)
    assert txn.ok
    assert bytes(memories["ram"].buffer[4:10]) == b"shared"


@pytest.mark.parametrize(("address", "length"), [(0x800, 4), (0x10FE, 4), (2**63, 4)])
def test_an_access_outside_is_an_address_error(two_views, address, length) -> None:
    _, sockets, _, _ = two_views
    txn = transaction.read(address, length)
    sockets["a"].b_transport(txn)
    assert txn.response is Response.ADDRESS_ERROR
    assert sockets["a"].transport_dbg(transaction.read(0x800, 4)) == 0


def test_overlap_is_an_error_only_in_a_common_view(two_views) -> None:
    router, *_ = two_views
    extra = Memory("extra", 0x100)
    with pytest.raises(OverlapError, match=r"extra 0x000010f0.* overlaps ram .* seen by a"):
        router.map("extra", extra.socket, 0x10F0, 0x100)


def test_direct_memory_is_in_the_initiators_addresses(two_views) -> None:
    _, sockets, memories, _ = two_views
    grant = sockets["a"].get_direct_mem_ptr(transaction.read(0x1010, 4))
    assert (grant.start, grant.end) == (0x1000, 0x10FF)
    memories["ram"].buffer[0x10] = 0x55
    assert grant.buffer[grant.offset + 0x1010 - grant.start] == 0x55
    assert not sockets["a"].get_direct_mem_ptr(transaction.read(0x800, 4)).granted


def test_a_grant_is_clipped_to_the_mapped_window() -> None:
    router = Router()
    socket = InitiatorSocket("cpu")
    router.attach(socket)
    memory = Memory("big", 0x1000)
    router.map("window", memory.socket, 0x4000, 0x200)
    grant = socket.get_direct_mem_ptr(transaction.read(0x4000, 4))
    assert (grant.start, grant.end) == (0x4000, 0x41FF)


def test_invalidation_reaches_each_initiator_in_its_addresses(two_views) -> None:
    _, _, memories, dropped = two_views
    memories["ram"].socket.invalidate_direct_mem_ptr(0x10, 0x1F)
    memories["own_a"].socket.invalidate_direct_mem_ptr(0, 2**64 - 1)
    assert dropped == {"a": [(0x1010, 0x101F), (0, 0xFF)], "b": [(0x1010, 0x101F)]}


def test_the_nearest_region_is_found_for_messages(two_views) -> None:
    router, *_ = two_views
    view = router.views["a"]
    assert [view.nearest(at).name for at in (0x180, 0xF00, 0x9999)] == ["own_a", "ram", "ram"]


def test_a_socket_is_bound_once() -> None:
    socket = InitiatorSocket("cpu")
    with pytest.raises(ValueError, match="not bound"):
        socket.b_transport(transaction.read(0, 1))
    socket.bind(Memory("a", 16).socket)
    with pytest.raises(ValueError, match="already bound to a"):
        socket.bind(Memory("b", 16).socket)

"""Payloads do what their definition says, on every way to a memory (see `payload_model`)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from payload_model import Cells, Payload

from cosim.bus.adapters import AtToLt, LtToAt
from cosim.bus.direct_access import DirectAccess
from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.bus.sockets import InitiatorSocket, TargetSocket
from cosim.bus.transaction import Command, Response, Transaction
from cosim.kernel.kernel import Kernel

CASES = 10_000
CASES_FOR_A_MUTANT = 1_000

CONTENT = bytes(range(100, 116))
START = 0x1000  # of the memory, for the initiator
TURNS = 4  # payloads to one memory, each as many bytes of what hypothesis draws
BYTES = 24
Transport = Callable[[Transaction], object]


def routed(target: TargetSocket, levels: int) -> TargetSocket:
    """Behind so many routers; every one moves the addresses."""
    inside = 0
    for level in range(levels):
        outside = START if level == levels - 1 else 0x100 * (level + 1)
        router = Router(f"bus{level}")
        router.map("below", target, outside, len(CONTENT), offset=inside)
        target, inside = router.view("up").socket, outside
    return target


def through_routers(memory: Memory, levels: int) -> Transport:
    socket = InitiatorSocket("cpu")
    socket.bind(routed(memory.socket, levels))
    return socket.b_transport


def through_direct_memory(memory: Memory) -> Transport:
    access = DirectAccess("cpu")
    access.socket.bind(routed(memory.socket, 1))
    return access.transport


def through_phases(memory: Memory) -> Transport:
    """A blocking initiator, an adapter to phases, and one back."""
    kernel = Kernel()
    target = AtToLt(kernel, "to_lt", routed(memory.socket, 1))
    adapter = LtToAt(kernel, "to_at", target.socket)

    def transport(txn: Transaction) -> None:
        kernel.thread(adapter.transport(txn), kernel.unique("initiator"))
        kernel.run()

    return transport


# fmt: off
WAYS: dict[str, Callable[[Memory], Transport]] = {
    "one router":     lambda memory: through_routers(memory, 1),
    "three routers":  lambda memory: through_routers(memory, 3),
    "direct memory":  through_direct_memory,
    "phases":         through_phases,
}
# fmt: on


def payload_of(source: bytes) -> Payload:
    """The payload that some bytes stand for."""
    command, address, length, repeat, width, enables, *data = source
    return Payload(
        ("READ", "WRITE", "IGNORE")[command % 5 % 3],
        START - 4 + address % (len(CONTENT) + 7),
        bytes(data[: 1 + length % 12]),
        bytes(0xFF * (enables >> bit & 1) for bit in range(repeat % 7)) or None,
        width % 13,
    )


def check(source: bytes) -> None:
    """One payload after the other, and what each leaves behind."""
    way, readonly = list(WAYS)[source[0] % len(WAYS)], source[0] >> 4 == 0xF
    payloads = [payload_of(source[at : at + BYTES]) for at in range(1, len(source), BYTES)]
    memory = Memory("ram", len(CONTENT), readonly=readonly)
    memory.buffer[:] = CONTENT
    cells = Cells(START, CONTENT, readonly)
    transport = WAYS[way](memory)
    for payload in payloads:
        txn = Transaction(
            Command[payload.command],
            payload.address,
            bytearray(payload.data),
            payload.enable,
            payload.width,
        )
        transport(txn)
        errors = cells.errors(payload)
        assert txn.response.name in (errors or {"OK"}), payload
        assert bytes(txn.data) == (payload.data if errors else cells.serve(payload)), payload
        assert bytes(memory.buffer) == cells.content(), payload


DRAWN = st.binary(min_size=1 + TURNS * BYTES, max_size=1 + TURNS * BYTES)


@settings(max_examples=CASES // TURNS, deadline=None, derandomize=True, database=None)
@given(DRAWN)
def test_G04_G05_payloads_do_what_the_definition_says_on_every_way(source):
    check(source)


def disagrees(source: bytes) -> bool:
    try:
        check(source)
    except (AssertionError, IndexError):
        return True
    return False


def byte_enables_are_not_repeated(lanes, txn):
    return [(i, at) for i, at in lanes(txn) if not txn.byte_enable or i < len(txn.byte_enable)]


def disabled_bytes_are_moved(lanes, txn):
    width = txn.streaming_width or len(txn.data)
    return [(index, index % width) for index in range(len(txn.data))]


def streaming_is_a_burst(lanes, txn):
    return [(index, index) for index, _ in lanes(txn)]


def the_first_write_to_a_place_stays(lanes, txn):
    return sorted(lanes(txn), reverse=txn.command is Command.WRITE)


def a_stream_needs_room_for_all_its_bytes(_, txn):
    return len(txn.data)


def everything_is_plain(_, txn):
    return True


def an_ignored_payload_reads(move, memory, txn):
    if txn.command is Command.IGNORE:
        txn.command = Command.READ
    move(memory, txn)


def errors_are_forgotten(transport, memory, txn, delay):
    delay = transport(memory, txn, delay)
    txn.response = Response.OK
    return delay


# fmt: off
MUTANTS = [
    (Transaction, "lanes",       byte_enables_are_not_repeated),
    (Transaction, "lanes",       disabled_bytes_are_moved),
    (Transaction, "lanes",       streaming_is_a_burst),
    (Transaction, "lanes",       the_first_write_to_a_place_stays),
    (Transaction, "span",        a_stream_needs_room_for_all_its_bytes),
    (Transaction, "plain",       everything_is_plain),
    (Memory,      "_move",       an_ignored_payload_reads),
    (Memory,      "b_transport", errors_are_forgotten),
]
# fmt: on


@pytest.mark.parametrize(
    ("owner", "name", "change"), [pytest.param(*one, id=one[2].__name__) for one in MUTANTS]
)
def test_a_bus_with_another_rule_is_found_out(owner, name, change, monkeypatch):
    original = getattr(owner, name)
    if isinstance(original, property):
        changed: object = property(lambda one: change(original.fget, one))
    else:
        changed = lambda *given: change(original, *given)  # noqa: E731
    monkeypatch.setattr(owner, name, changed)
    find(  # raises if no payload disagrees
        DRAWN,
        disagrees,
        settings=settings(
            max_examples=CASES_FOR_A_MUTANT,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
        ),
    )

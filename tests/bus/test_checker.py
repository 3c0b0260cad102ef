"""The protocol checker finds each rule it knows, where a module breaks it, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import cosim
from cosim.bus import transaction
from cosim.bus.checker import RULES, ProtocolChecker, Tap
from cosim.bus.dmi import DirectMemory, denied
from cosim.bus.exclusive import Exclusive
from cosim.bus.extension import Extension
from cosim.bus.memory import Memory
from cosim.bus.phases import Phase, Sync
from cosim.bus.router import Router
from cosim.bus.sockets import InitiatorSocket, ProtocolError
from cosim.bus.transaction import Command, GpOption, Response, Transaction
from tests.system.command import platform


class Bench:
    """cpu -> router -> ram at 0x1000, a checker on both hops."""

    def __init__(self) -> None:
        self.memory = Memory("ram", 0x100)
        self.router = Router()
        region = self.router.map("ram", self.memory.socket, 0x1000, 0x100)
        self.cpu = InitiatorSocket("cpu", on_phase=lambda txn, phase, d: (Sync.ACCEPTED, phase, d))
        self.router.attach(self.cpu)
        self.checker = ProtocolChecker(lambda: 12_000)
        self.checker.watch(self.cpu)
        self.checker.watch(region.socket)

    def target(self, behave) -> None:
        """Let the memory do `behave(txn, delay)` instead of a blocking transport."""
        self.memory.b_transport = behave

    @property
    def rules(self) -> set[str]:
        return {one.rule for one in self.checker.violations}


@pytest.fixture
def bench() -> Bench:
    return Bench()


def ok(txn: Transaction) -> None:
    txn.response = Response.OK


def test_nothing_is_reported_of_what_keeps_the_rules(bench: Bench) -> None:
    for txn in (
        transaction.read(0x1000, 4),
        transaction.write(0x10FC, b"last"),
        transaction.read(0x9000, 4),
        Transaction(Command.READ, 0x1000, bytearray(4), b"\xff\0", 2),
        Transaction(Command.IGNORE, 0x1000, bytearray(4), None, 4),
    ):
        bench.cpu.b_transport(txn)
    for command in (Command.READ, Command.WRITE):
        txn = Transaction(command, 0x1000, bytearray(4), None, 4)
        txn.set_extension(Exclusive())
        bench.cpu.b_transport(txn)
        bench.cpu.get_direct_mem_ptr(Transaction(command, 0x1000))
    lost = transaction.write(0x1000, b"lost")
    lost.set_extension(Exclusive())
    bench.cpu.b_transport(lost)
    bench.cpu.transport_dbg(transaction.read(0x10F0, 32))
    assert bench.checker.violations == []


@pytest.mark.parametrize(
    "change",
    [
        {"data": bytearray()},
        {"streaming_width": 0},
        {"byte_enable": b""},
        {"response": Response.OK},
        {"dmi_allowed": True},
        {"option": GpOption.FULL_PAYLOAD},
    ],
    ids=str,
)
def test_G01_what_the_initiator_must_set(bench: Bench, change: dict) -> None:
    bench.cpu.b_transport(replace(transaction.read(0x1000, 4), **change))
    assert "G1" in bench.rules


@pytest.mark.parametrize(
    "change",
    [
        lambda txn: setattr(txn, "command", Command.READ),
        lambda txn: setattr(txn, "data", bytearray(4)),
        lambda txn: setattr(txn, "byte_enable", b"\xff"),
        lambda txn: setattr(txn, "streaming_width", 2),
        lambda txn: txn.data.append(0),
        lambda txn: txn.data.reverse(),
    ],
)
def test_G02_what_changes_on_the_way(bench: Bench, change) -> None:
    bench.target(lambda txn, delay: (change(txn), ok(txn), delay)[2])
    bench.cpu.b_transport(transaction.write(0x1000, b"abcd"))
    assert bench.rules == {"G2"}


def test_G03_interconnect_that_answers_ok(bench: Bench) -> None:
    view = bench.router.views["cpu"]
    view.b_transport = lambda txn, delay: (ok(txn), delay)[1]
    bench.cpu.b_transport(transaction.read(0x1000, 4))
    assert bench.rules == {"G3"}


def test_G04_a_disabled_byte_that_is_read(bench: Bench) -> None:
    bench.target(lambda txn, d: (txn.data.__setitem__(1, 9), ok(txn), d)[2])
    bench.cpu.b_transport(Transaction(Command.READ, 0x1000, bytearray(4), b"\xff\x00", 4))
    assert bench.rules == {"G4"}


def test_G05_an_error_that_is_lost(bench: Bench) -> None:
    view = bench.router.views["cpu"]
    honest = view.b_transport
    view.b_transport = lambda txn, delay: (honest(txn, delay), ok(txn))[0]
    bench.memory.readonly = True
    bench.cpu.b_transport(transaction.write(0x1000, b"abcd"))
    assert bench.rules == {"G5"}


def test_G06_ignore_that_moves_data(bench: Bench) -> None:
    bench.target(lambda txn, d: (txn.data.reverse(), ok(txn), d)[2])
    bench.cpu.b_transport(Transaction(Command.IGNORE, 0x1000, bytearray(b"ab"), None, 2))
    assert bench.rules == {"G6"}


def test_G08_a_managed_payload_that_nobody_holds(bench: Bench) -> None:
    txn = transaction.read(0x1000, 4)
    txn.on_free = lambda _: None
    bench.cpu.b_transport(txn)
    assert bench.rules == {"G8"}


@dataclass
class Route(Extension):
    """What an interconnect may note in a payload."""

    port: int = 0


@pytest.mark.parametrize("managed", [False, True])
@pytest.mark.parametrize("removed", [False, True])
def test_G08_an_extension_that_interconnect_lends_and_takes_back(bench, managed, removed) -> None:
    """With a manager it may stay: the manager frees it with the payload (14.5 aa)."""
    view = bench.router.views["cpu"]
    honest = view.b_transport

    def lend(txn: Transaction, delay: int) -> int:
        txn.set_extension(Route(3))
        delay = honest(txn, delay)
        if removed:
            txn.clear_extension(Route)
        return delay

    view.b_transport = lend
    txn = transaction.read(0x1000, 4)
    if managed:
        txn.on_free = lambda _: None
        txn.acquire()
    bench.cpu.b_transport(txn)
    assert bench.rules == (set() if managed or removed else {"G8"})


@pytest.mark.parametrize("removed", [False, True])
def test_G08_a_manager_that_interconnect_lends_and_takes_back(bench: Bench, removed: bool) -> None:
    view = bench.router.views["cpu"]
    honest = view.b_transport

    def lend(txn: Transaction, delay: int) -> int:
        txn.on_free = lambda _: None
        txn.acquire()
        delay = honest(txn, delay)
        if removed:
            txn.release()
            txn.on_free = None
        return delay

    view.b_transport = lend
    bench.cpu.b_transport(transaction.read(0x1000, 4))
    assert bench.rules == (set() if removed else {"G8"})


@pytest.mark.parametrize("ended", [False, True])
def test_G08_a_payload_sent_again_while_its_response_is_under_way(bench, ended: bool) -> None:
    phases(bench, ACCEPTED, (Sync.COMPLETED, Phase.END_RESP), ACCEPTED)
    if not ended:
        phases(bench, ACCEPTED, ACCEPTED)
    txn = transaction.read(0x1000, 4)
    bench.cpu.nb_transport_fw(txn, Phase.BEGIN_REQ)
    ok(txn)
    bench.memory.socket.nb_transport_bw(txn, Phase.BEGIN_RESP, 0)
    if ended:
        bench.cpu.nb_transport_fw(txn, Phase.END_RESP)
    again(txn)
    bench.cpu.nb_transport_fw(txn, Phase.BEGIN_REQ)
    assert bench.rules == (set() if ended else {"G8"})


def test_B01_a_blocking_transport_that_waits(bench: Bench) -> None:
    def wait(txn: Transaction, delay: int):
        ok(txn)
        yield delay

    bench.target(wait)
    bench.cpu.b_transport(transaction.read(0x1000, 4))
    assert bench.rules == {"B1"}


def test_B03_a_delay_that_becomes_less(bench: Bench) -> None:
    bench.target(lambda txn, delay: (ok(txn), delay - 1)[1])
    bench.cpu.b_transport(transaction.read(0x1000, 4), 5)
    assert bench.rules == {"B3"}


def test_B04_a_response_that_is_missing(bench: Bench) -> None:
    bench.target(lambda txn, delay: delay)
    bench.cpu.b_transport(transaction.read(0x1000, 4))
    assert bench.rules == {"B4"}


def phases(bench: Bench, *answers: tuple[Sync, Phase]) -> None:
    """Let the memory take phases and answer so, one after the other."""
    left = iter(answers)
    bench.memory.nb_transport_fw = lambda txn, phase, delay: (*next(left), delay)


ACCEPTED = (Sync.ACCEPTED, Phase.BEGIN_REQ)


def test_B02_blocking_and_non_blocking_at_once(bench: Bench) -> None:
    phases(bench, ACCEPTED)
    txn = transaction.read(0x1000, 4)
    bench.cpu.nb_transport_fw(txn, Phase.BEGIN_REQ)
    bench.cpu.b_transport(again(txn))
    assert bench.rules == {"B2"}


def again(txn: Transaction) -> Transaction:
    """The same payload, set as for a new access."""
    txn.address, txn.response, txn.dmi_allowed = 0x1000, Response.INCOMPLETE, False
    return txn


def test_B04_a_non_blocking_response_that_is_missing(bench: Bench) -> None:
    phases(bench, (Sync.UPDATED, Phase.BEGIN_RESP))
    bench.cpu.nb_transport_fw(transaction.read(0x1000, 4), Phase.BEGIN_REQ)
    assert bench.rules == {"B4"}


def test_G02_a_payload_that_changes_between_request_and_response(bench: Bench) -> None:
    phases(bench, ACCEPTED)
    txn = transaction.write(0x1000, b"abcd")
    bench.cpu.nb_transport_fw(txn, Phase.BEGIN_REQ)
    ok(txn)
    txn.data.reverse()
    bench.memory.socket.nb_transport_bw(txn, Phase.BEGIN_RESP, 0)
    assert bench.rules == {"G2"}


def test_N03_an_update_without_a_new_phase(bench: Bench) -> None:
    phases(bench, (Sync.UPDATED, Phase.BEGIN_REQ))
    bench.cpu.nb_transport_fw(transaction.read(0x1000, 4), Phase.BEGIN_REQ)
    assert bench.rules == {"N3"}


def test_N01_a_phase_out_of_order_or_in_the_wrong_direction(bench: Bench) -> None:
    phases(bench, (Sync.UPDATED, Phase.END_RESP))
    bench.cpu.nb_transport_fw(transaction.read(0x1000, 4), Phase.BEGIN_REQ)
    assert bench.rules == {"N1"}


def test_N02_a_second_request_before_the_first_is_taken(bench: Bench) -> None:
    phases(bench, ACCEPTED, ACCEPTED)
    first, second = transaction.read(0x1000, 4), transaction.read(0x1010, 4)
    bench.cpu.nb_transport_fw(first, Phase.BEGIN_REQ)
    bench.cpu.nb_transport_fw(second, Phase.BEGIN_REQ)
    assert bench.rules == {"N2"}


def test_N04_a_response_on_a_way_the_request_did_not_take(bench: Bench) -> None:
    bench.cpu.nb_transport_bw(transaction.read(0x1000, 4), Phase.BEGIN_RESP, 0)
    assert bench.rules == {"N4"}


@pytest.mark.parametrize(
    "grant",
    [
        DirectMemory(0x10, 0x1F, memoryview(bytes(64)), 0, True, True),
        DirectMemory(0, 0x1F, memoryview(bytes(8)), 0, True, True),
    ],
)
def test_D03_a_grant_that_is_elsewhere_or_too_large(bench: Bench, grant: DirectMemory) -> None:
    bench.memory.get_direct_mem_ptr = lambda txn: grant
    bench.cpu.get_direct_mem_ptr(transaction.read(0x1000, 4))
    assert bench.rules == {"D3"}


def test_D04_a_hint_without_a_grant(bench: Bench) -> None:
    bench.memory.get_direct_mem_ptr = lambda txn: denied(0, 0xFF)
    bench.cpu.b_transport(transaction.read(0x1000, 4))
    bench.cpu.get_direct_mem_ptr(transaction.read(0x1000, 4))
    assert bench.rules == {"D4"}


def test_D04_a_hint_holds_only_as_long_as_the_target_was_left_alone(bench: Bench) -> None:
    """A target may grant less after an access, so the checker says nothing then."""
    bench.cpu.b_transport(transaction.read(0x1000, 4))
    bench.cpu.transport_dbg(transaction.write(0x1000, b"off!"))
    bench.memory.get_direct_mem_ptr = lambda txn: denied(0, 0xFF)
    bench.cpu.get_direct_mem_ptr(transaction.read(0x1000, 4))
    assert bench.rules == set()


@pytest.mark.parametrize("invalidated", [False, True])
def test_D04_no_hint_where_a_grant_is_out(bench: Bench, invalidated: bool) -> None:
    bench.cpu.get_direct_mem_ptr(transaction.read(0x1000, 4))
    bench.cpu.transport_dbg(transaction.read(0x1000, 4))
    if invalidated:
        bench.memory.socket.invalidate_direct_mem_ptr(0, 0xFF)
    bench.target(lambda txn, delay: (ok(txn), delay)[1])
    bench.cpu.b_transport(transaction.read(0x1000, 4))
    assert bench.rules == (set() if invalidated else {"D4"})


def test_D07_direct_memory_asked_for_during_an_invalidation(bench: Bench) -> None:
    asker = InitiatorSocket("dma", lambda *_: asker.get_direct_mem_ptr(transaction.read(0x1000, 4)))
    bench.router.attach(asker)
    bench.checker.watch(asker)
    with pytest.raises(ProtocolError, match="D7"):
        bench.memory.socket.invalidate_direct_mem_ptr(0, 0xFF)
    assert bench.rules == {"D7"}
    assert bench.checker.violations[0].module == "dma"


def test_D05_an_answer_that_changes_without_invalidation(bench: Bench) -> None:
    bench.cpu.get_direct_mem_ptr(transaction.write(0x1000, b"x"))
    bench.memory.readonly = True
    bench.cpu.get_direct_mem_ptr(transaction.write(0x1000, b"x"))
    assert bench.rules == {"D5"}


def test_DB01_a_debug_access_that_moves_too_much(bench: Bench) -> None:
    bench.memory.transport_dbg = lambda txn: 99
    bench.cpu.transport_dbg(transaction.read(0x1000, 4))
    assert bench.rules == {"DB1"}


def test_a_report_names_rule_time_module_and_transaction(bench: Bench) -> None:
    bench.target(lambda txn, delay: delay)
    bench.cpu.b_transport(transaction.read(0x1000, 4))
    assert str(bench.checker.violations[0]) == (
        "B4 broken at 12 ns, bus.ram: the response is INCOMPLETE (READ of 4 bytes at 0x00000000 "
        f"by cpu; {RULES['B4']})"
    )


def test_without_a_checker_nothing_stands_in_the_way() -> None:
    """Each socket of a platform calls its real target; with `check`, a tap before the same one."""
    for check in (False, True):
        board = cosim.load(platform("shared_counter"), set={"check": check})
        sockets = [core.port.socket for core in board.cores.values()]
        for view in board.router.views.values():
            sockets += [region.socket for region in view.regions]
        assert len(sockets) > 6
        for socket in sockets:
            assert isinstance(socket.target, Tap) is check
            assert (socket.target is socket.peer.target) is not check


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_a_test_that_breaks_it(rule: str) -> None:
    """A test of this file with the rule's number in its name expects just that rule."""
    letters, number = re.fullmatch(r"([A-Z]+)(\d+)", rule).groups()
    name = rf"def test_{letters}0?{number}_.*?(?=\ndef |\n@|\Z)"
    bodies = re.findall(name, Path(__file__).read_text(), re.DOTALL)
    assert any(re.search(rf'assert .*"{rule}"', body) for body in bodies)

"""The protocol checker finds each rule it knows, where a module breaks it, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cosim.bus import transaction
from cosim.bus.checker import RULES, ProtocolChecker
from cosim.bus.dmi import DirectMemory, denied
from cosim.bus.exclusive import Exclusive
from cosim.bus.memory import Memory
from cosim.bus.phases import Phase, Sync
from cosim.bus.router import Router
from cosim.bus.sockets import InitiatorSocket
from cosim.bus.transaction import Command, GpOption, Response, Transaction


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
    bench.cpu.b_transport(replace_address(txn))
    assert "B2" in bench.rules


def replace_address(txn: Transaction) -> Transaction:
    """The same payload, sent again from the start."""
    txn.address = 0x1000
    return txn


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


def test_D05_an_answer_that_changes_without_invalidation(bench: Bench) -> None:
    bench.cpu.get_direct_mem_ptr(transaction.write(0x1000, b"x"))
    bench.memory.readonly = True
    bench.cpu.get_direct_mem_ptr(transaction.write(0x1000, b"x"))
    assert bench.rules == {"D5"}


def test_DB1_a_debug_access_that_moves_too_much(bench: Bench) -> None:
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
    bench = Bench()
    plain = InitiatorSocket("plain")
    plain.bind(bench.memory.socket)
    assert plain.target is bench.memory

"""Hardware exceptions: what the handler finds in the registers, and what happens without one."""

from __future__ import annotations

import pytest

from cosim.cpus.microblaze.registers import MSR_EE, MSR_EIP, MSR_UM, MSR_UMS
from tests.cpus.microblaze.board import DATA, HANDLERS, START, Board

ENABLE = "msrset r0, 0x100\n"  # MSR[EE]
HALT = "mfs r20, resr\nmfs r21, rear\nmfs r22, rbtr\nmfs r23, rmsr\nbri 0"
ENTRY = HANDLERS + 0x20 * 0x20

UNALIGNED, ILLEGAL, IBUS, DBUS, DIVIDE = 1, 2, 3, 4, 5


def after(source: str, **options: object) -> Board:
    """A board that ran `source` with exceptions enabled and a handler that keeps the registers."""
    board = Board(**options)
    board.handler(0x20, HALT)
    board.run(ENABLE + source)
    assert not board.fault
    return board


def test_entry():
    core = after(".word 0xFC000000").core
    assert core.pc == ENTRY + 16
    assert core.r[17] == START + 8  # the instruction after the one that failed
    assert core.r[20] == ILLEGAL
    assert core.r[23] & (MSR_EE | MSR_EIP) == MSR_EIP
    assert core.instructions == 1 + 2 + 5  # the failed one did not retire


@pytest.mark.parametrize(
    ("text", "esr"),
    [
        ("lwi r3, r29, 2", UNALIGNED | 0x800 | 3 << 5),
        ("lhui r4, r29, 1", UNALIGNED | 4 << 5),
        ("swi r5, r29, 2", UNALIGNED | 0xC00 | 5 << 5),
        ("shi r31, r29, 3", UNALIGNED | 0x400 | 31 << 5),
    ],
)
def test_unaligned(text, esr):
    core = after(f"li r29, {DATA}\n{text}").core
    assert core.r[20] == esr
    assert core.r[21] == DATA + int(text[-1])


def test_data_bus():
    core = after("li r3, 0x80000004\nlwi r4, r3, 0").core
    assert (core.r[20], core.r[21]) == (DBUS, 0x8000_0004)


def test_instruction_bus():
    core = after("li r3, 0x80000000\nbra r3").core
    assert core.r[20] == IBUS
    assert core.r[17] == 0x8000_0004


@pytest.mark.parametrize(("divisor", "esr"), [(0, DIVIDE), (-1, DIVIDE | 0x800)])
def test_divide(divisor, esr):
    core = after(
        f"addik r4, r0, {divisor}\nli r5, 0x80000000\naddik r3, r0, 9\nidiv r3, r4, r5",
        div_zero_exception=True,
    ).core
    assert core.r[20] == esr
    assert core.r[3] == 9
    assert core.r[23] & 0x40  # DZO


def test_in_a_delay_slot_btr_has_the_branch_target():
    core = after(f"li r29, {DATA}\nbrid 0x100\nlwi r3, r29, 1").core
    branch = START + 12
    assert core.r[20] == 0x1000 | UNALIGNED | 0x800 | 3 << 5
    assert core.r[22] == branch + 0x100


def test_a_handler_that_repairs_and_returns():
    board = Board()
    board.handler(0x20, "addik r3, r0, 42\nrted r17, 0\nor r0, r0, r0")
    core = board.run(ENABLE + ".word 0xFC000000\naddik r4, r3, 1")
    assert (core.r[3], core.r[4]) == (42, 43)
    assert core.msr & (MSR_EE | MSR_EIP) == MSR_EE


def test_an_exception_clears_the_reservation():
    assert after("lwx r3, r0, r0\n.word 0xFC000000").core.state["reservation"] == 0


def test_an_exception_leaves_user_mode():
    core = after("addik r3, r0, 0x900\nmts rmsr, r3\n.word 0xFC000000").core
    assert core.r[23] & (MSR_UM | MSR_UMS) == MSR_UMS


def test_base_vectors_moves_the_handler():
    board = Board(base_vectors=0x80)
    board.handler(0xA0, HALT)
    assert board.run(ENABLE + ".word 0xFC000000").pc == HANDLERS + 0x20 * 0xA0 + 16


@pytest.mark.parametrize(
    ("options", "source", "why"),
    [
        ({}, ".word 0xFC000000", "MSR[EE] is 0"),
        ({}, ENABLE + ".word 0xFC000000", "its vector 0x00000020 holds no instruction"),
        (
            {"base_vectors": 0x8000_0000},
            ENABLE + ".word 0xFC000000",
            "nothing is mapped at its vector",
        ),
        (
            {"ill_opcode_exception": False},
            ENABLE + ".word 0xFC000000",
            "ill_opcode_exception is off",
        ),
        (
            {"dbus_exception": False},
            ENABLE + "li r3, 0x80000000\nlwi r3, r3, 0",
            "dbus_exception is",
        ),
        ({"ibus_exception": False}, ENABLE + "li r3, 0x80000000\nbra r3", "ibus_exception is off"),
        ({}, "lwi r3, r0, 1", "MSR[EE] is 0"),
        ({}, ENABLE + "addik r3, r0, 2\nbra r3", "the program counter is not a multiple of 4"),
    ],
)
def test_what_nobody_handles_ends_the_run(options, source, why):
    board = Board(**options)
    board.run(source)
    assert why in board.fault
    assert board.core.halted


@pytest.mark.parametrize(
    ("options", "text", "missing"),
    [
        ({"fpu": 0}, "fadd r3, r4, r5", "fpu"),
        ({"fpu": 1}, "fsqrt r3, r4", "fpu2"),
        ({}, "get r3, rfsl3", "streams"),
        ({"stream_links": 1, "extended_stream_instr": False}, "getd r3, r4", "extended_streams"),
        ({}, "lbuea r3, r4, r5", "extended_addresses"),
        ({}, "mfse r3, rear", "extended_addresses"),
        ({"version": "8.00.a"}, "clz r3, r4", "clz"),
        ({"version": "8.20.b"}, "swapb r3, r4", "reorder"),
        ({"version": "9.6"}, ".word 0x646341C4", "bit_field"),
    ],
)
def test_an_instruction_of_an_absent_unit_is_illegal_and_named(options, text, missing):
    board = Board(**options)
    board.run(text)
    assert "undefined instruction" in board.fault
    assert f"needs the option {missing}" in board.reports["guest_errors"][0]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"barrel": False}, "bsrli r3, r4, 1"),
        ({"hw_mul": 0}, "mul r3, r4, r5"),
        ({"hw_mul": 1}, "mulhu r3, r4, r5"),
        ({"div": False}, "idiv r3, r4, r5"),
        ({"pcmp": False}, "clz r3, r4"),
        ({"reorder": False}, "swapb r3, r4"),
        ({"msr_instr": False}, "msrset r3, 4"),
        ({"opcode_0_illegal": True}, ".word 0"),
    ],
)
def test_an_option_that_is_off_makes_its_instructions_illegal(options, text):
    assert not (board := Board(), board.run(text))[0].fault
    board = Board(**options)
    board.run(text)
    assert "undefined instruction" in board.fault

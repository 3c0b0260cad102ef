"""The fourteen places where QEMU's MicroBlaze departs from UG984: here the manual holds.

The numbers are those of list D7 in the reference; what was found since by running programs on both
is named in tests/isa/test_microblaze_traps.py.
"""

from __future__ import annotations

import pytest

from cosim.cpus.microblaze.registers import FSR_DO, FSR_UF, MSR_DZO, MSR_EE, MSR_EIP
from cosim.kernel.fifo import Fifo
from tests.cpus.microblaze.board import DATA, HANDLERS, START, Board

ENABLE = "msrset r0, 0x100\n"
LEAST = 0x8000_0000


def with_stream(**options: object) -> Board:
    """A board with a control word at link 0."""
    board = Board(stream_links=1, **options)
    fifo: Fifo[tuple[int, bool]] = Fifo(board.kernel, 4, "words")
    fifo.nb_write((0x1234, True))
    fifo.update()
    board.core.stream_inputs[0] = board.core.stream_outputs[0] = fifo
    return board


def test_1_get_and_put_move_words() -> None:
    core = with_stream().run("cget r3, rfsl0\nput r3, rfsl0\nget r4, rfsl0")
    assert (core.r[3], core.r[4]) == (0x1234, 0x1234)


def test_2_an_exception_clears_ee() -> None:
    board = Board()
    board.handler(0x20, "mfs r20, rmsr\nbri 0")
    core = board.run(ENABLE + ".word 0xFC000000")
    assert core.r[20] & (MSR_EE | MSR_EIP) == MSR_EIP


@pytest.mark.parametrize("line", ["ext_brk", "ext_nm_brk"])
def test_3_the_break_inputs_break(line: str) -> None:
    board = Board()
    board.handler(0x18, "bri 0")
    board.core.lines[line].write(True)
    board.run("or r0, r0, r0\n" * 4)
    assert board.core.pc == HANDLERS + 0x20 * 0x18


def test_4_an_interrupt_may_bring_its_own_vector() -> None:
    board = Board(interrupt=2)
    board.place("bri 0", HANDLERS)
    board.core.interrupt_address.write(HANDLERS)
    board.core.lines["interrupt"].write(True)
    assert board.run("msrset r0, 2\n" + "or r0, r0, r0\n" * 4).pc == HANDLERS


@pytest.mark.parametrize(("divisor", "esr"), [(-1, 0x805), (0, 5)])
def test_5_division_overflow_is_an_exception_of_its_own(divisor: int, esr: int) -> None:
    board = Board(div_zero_exception=True)
    board.handler(0x20, "mfs r20, resr\nbri 0")
    core = board.run(f"{ENABLE}addik r4, r0, {divisor}\nli r5, {LEAST}\nidiv r3, r4, r5")
    assert core.r[20] == esr
    assert core.msr & MSR_DZO


def test_6_denormalized_numbers_are_nan_as_operands_and_zero_as_results() -> None:
    core = Board().run("""
        addik r4, r0, 1
        li r5, 0x3F800000
        fadd r3, r4, r5
        mfs r6, rfsr
        mts rfsr, r0
        li r4, 0x80800000
        li r5, 0x3F000000
        fmul r7, r4, r5
        mfs r8, rfsr
    """)
    assert (core.r[3], core.r[6]) == (0xFFC0_0000, FSR_DO)
    assert (core.r[7], core.r[8]) == (0x8000_0000, FSR_UF)


def test_7_hibernate_sleeps() -> None:
    assert Board().run("mbar 8\naddik r3, r0, 1").asleep


def test_8_software_breaks_follow_the_base_of_the_vectors() -> None:
    board = Board(base_vectors=0x100)
    board.handler(0x108, "bri 0")
    core = board.run("addik r3, r0, 0x800\nmts rmsr, r3\nbrki r14, 0x108")
    assert not board.fault
    assert core.r[14] == START + 8


def test_9_a_program_cannot_end_the_simulator() -> None:
    """Pages of 1 KiB are pages; a program counter that is no multiple of 4 is reported."""
    core = Board().run("mts rtlbx, r0\nmts rtlblo, r0\naddik r3, r0, 0x40\nmts rtlbhi, r3")
    assert core.mmu.entries[0].size == 1024
    board = Board()
    board.run("addik r3, r0, 2\nbra r3")
    assert "not a multiple of 4" in board.fault


@pytest.mark.parametrize(
    "text", ["wic r4, r0", "wdc r4, r0", "wdc.flush r4, r0", "wdc.clear r4, r0"]
)
def test_10_cache_instructions_lose_no_data(text: str) -> None:
    """There are no caches: what was stored stays."""
    board = Board()
    board.run(f"li r4, {DATA}\nswi r4, r4, 0\n{text}")
    assert board.peek(DATA) == DATA


def test_11_a_wrong_control_bit_is_an_exception_with_the_word_in_edr() -> None:
    board = with_stream(stream_exception=True)
    board.handler(0x20, "mfs r20, resr\nmfs r21, redr\nbri 0")
    core = board.run(ENABLE + "eget r3, rfsl0")
    assert (core.r[20], core.r[21], core.r[3]) == (0, 0x1234, 0)


def test_12_the_reservation_is_a_bit() -> None:
    board = Board()
    text = f"li r29, {DATA}\naddik r4, r0, 7\nlwx r3, r29, r0\nswi r4, r29, 0\nswx r29, r29, r0"
    assert board.run(f"{text}\naddc r5, r0, r0").r[5] == 0
    assert board.peek(DATA) == DATA


@pytest.mark.parametrize("word", [0x0064_2900, 0xB200_0000 | 1 << 26])
def test_13_instructions_of_the_64_bit_core_are_not_those_of_this_one(word: int) -> None:
    core = Board().run("mfs r3, rpvr0")
    assert not core.r[3] & 1 << 17
    board = Board()
    board.run(f".word {word}")
    assert "undefined instruction" in board.fault


@pytest.mark.parametrize(
    "text", ["swapb r3, r4", "swaph r3, r4", "lwr r3, r0, r0", "shr r3, r0, r0"]
)
def test_14_byte_order_instructions_are_an_option(text: str) -> None:
    board = Board(reorder=False)
    board.run(text)
    assert "undefined instruction" in board.fault
    assert Board(reorder=False).run("addik r3, r0, 0x80\nsext8 r4, r3").r[4] == 0xFFFF_FF80

"""get and put: FIFOs, waiting, control bits, exceptions (UG984, get, put; D7, 1 and 11)."""

from __future__ import annotations

from typing import Any

import pytest

from cosim.cpus.microblaze.registers import MSR_FSL, MSR_IE, MSR_UM
from cosim.kernel.fifo import Fifo
from tests.cpus.microblaze.board import HANDLERS, START, Board

CYCLE = 10_000
STREAM = 0
PRIVILEGED = 7


def board(*words: tuple[int, bool], depth: int = 4, **options: Any) -> Board:
    """A board with a FIFO that holds `words` at input 3, and an empty one at output 3."""
    made = Board(**{"stream_links": 8, **options})
    incoming: Fifo[tuple[int, bool]] = Fifo(made.kernel, max(depth, len(words)), "incoming")
    outgoing: Fifo[tuple[int, bool]] = Fifo(made.kernel, depth, "outgoing")
    made.core.stream_inputs[3], made.core.stream_outputs[3] = incoming, outgoing
    for word in words:
        incoming.nb_write(word)
    incoming.update()
    return made


def left(fifo: Fifo[tuple[int, bool]]) -> list[tuple[int, bool]]:
    fifo.update()
    found = []
    while fifo.num_available:
        found.append(fifo.nb_read()[1])
    return found


def test_get_takes_a_word() -> None:
    made = board((0x1234_5678, False), (2, False))
    core = made.run("get r3, rfsl3\ntget r4, rfsl3\nget r5, rfsl3")
    assert (core.r[3], core.r[4], core.r[5]) == (0x1234_5678, 2, 2)
    assert not core.msr & MSR_FSL


def test_put_delivers_word_and_control_bit() -> None:
    made = board()
    made.run("addik r3, r0, 7\nput r3, rfsl3\naddik r4, r0, 3\ncputd r3, r4\ntput rfsl3")
    assert left(made.core.stream_outputs[3]) == [(7, False), (7, True)]


def test_getd_takes_the_low_four_bits_of_its_register() -> None:
    core = board((9, False)).run("addik r4, r0, 0x73\ngetd r3, r4")
    assert core.r[3] == 9


@pytest.mark.parametrize(
    ("text", "carry"),
    [
        ("nget r3, rfsl3", 0),
        ("tnget r3, rfsl3", 0),
        ("nget r3, rfsl4", 1),
        ("tnget r3, rfsl4", 1),
        ("nput r3, rfsl3", 0),
        ("tnput rfsl3", 0),
        ("nput r3, rfsl4", 1),
        ("tnput rfsl4", 1),
    ],
)
def test_without_waiting_the_carry_says_whether_it_was_done(text: str, carry: int) -> None:
    core = board((1, False)).run(f"msrset r0, 4\n{text}\naddc r5, r0, r0")
    assert core.r[5] == carry


def test_get_that_cannot_be_done_leaves_its_register() -> None:
    assert board().run("addik r3, r0, 5\nnget r3, rfsl3").r[3] == 5


@pytest.mark.parametrize(
    ("text", "bit", "wrong"),
    [("get", False, 0), ("get", True, 1), ("cget", False, 1), ("cget", True, 0), ("tget", True, 1)],
)
def test_an_unexpected_control_bit_sets_msr_fsl(text: str, bit: bool, wrong: int) -> None:
    core = board((1, bit)).run(f"{text} r3, rfsl3")
    assert bool(core.msr & MSR_FSL) == wrong
    assert core.r[3] == 1


@pytest.mark.parametrize("text", ["eget r3, rfsl3", "egetd r3, r6", "necget r3, rfsl3"])
def test_with_e_it_is_an_exception_and_the_word_is_in_edr(text: str) -> None:
    made = board((0xCAFE, "c" not in text), stream_exception=True)
    made.handler(0x20, "mfs r20, resr\nmfs r21, redr\nmfs r22, rmsr\nbri 0")
    core = made.run(f"addik r6, r0, 3\naddik r3, r0, 5\nmsrset r0, 0x100\n{text}")
    assert (core.r[20], core.r[21], core.r[3]) == (STREAM | 3 << 5, 0xCAFE, 5)
    assert core.r[22] & MSR_FSL
    assert core.r[17] == START + 16


def test_without_the_option_e_is_a_plain_get() -> None:
    core = board((0xCAFE, True)).run("msrset r0, 0x100\neget r3, rfsl3")
    assert core.r[3] == 0xCAFE


def test_a_link_that_is_not_there_is_link_0() -> None:
    made = board()
    made.core.stream_inputs[0] = fifo = Fifo(made.kernel, 2, "zero")
    fifo.nb_write((8, False))
    fifo.update()
    assert made.run("get r3, rfsl12").r[3] == 8


@pytest.mark.parametrize("text", ["get r3, rfsl3", "getd r3, r4", "put r3, rfsl3", "tnput rfsl3"])
@pytest.mark.parametrize(("allowed", "cause"), [(0, PRIVILEGED), (1, 0), (2, PRIVILEGED), (3, 0)])
def test_privileged_unless_allowed(text: str, allowed: int, cause: int) -> None:
    made = board((1, False), mmu_privileged_instr=allowed)
    made.handler(0x20, "mfs r20, resr\nbri 0")
    core = made.run(f"addik r4, r0, 3\naddik r5, r0, {MSR_UM}\nmts rmsr, r5\n{text}")
    assert core.r[20] == cause


def test_a_waiting_get_goes_on_at_the_time_of_the_word() -> None:
    made = board()
    fifo = made.core.stream_inputs[3]

    def later():
        yield 100 * CYCLE + 1
        fifo.nb_write((6, False))

    made.core.thread(later, "later")
    core = made.run("addik r4, r0, 1\nget r3, rfsl3")
    assert core.r[3] == 6
    assert core.cycle == 103  # the first cycle that begins after the word came, and the last branch
    assert core.instructions == 3


def test_a_waiting_put_goes_on_when_there_is_room() -> None:
    made = board(depth=1)
    fifo = made.core.stream_outputs[3]
    taken = []

    def later():
        yield 50 * CYCLE
        taken.append(fifo.nb_read()[1])

    made.core.thread(later, "later")
    core = made.run("addik r4, r0, 1\nput r4, rfsl3\nput r0, rfsl3\naddik r5, r0, 1")
    assert core.r[5] == 1
    assert taken + left(fifo) == [(1, False), (0, False)]


def waiting(text: str, **options: Any) -> Board:
    """A core that waits in `text`, then has an interrupt, then a word."""
    made = board(**options)
    made.handler(0x10, "addik r20, r20, 1\nrtid r14, 0\nor r0, r0, r0")
    made.core.msr = MSR_IE
    made.run(f"{text}\naddik r21, r20, 0")
    line = made.core.lines["interrupt"]
    line.write(True)
    made.go(steps=3)
    line.write(False)
    made.go(steps=10)
    made.core.stream_inputs[3].nb_write((6, False))
    made.go()
    return made


def test_an_interrupt_is_served_while_it_waits() -> None:
    made = waiting("get r3, rfsl3")
    assert (made.core.r[3], made.core.r[20]) == (6, 1)
    assert made.core.r[14] == START


@pytest.mark.parametrize(
    ("text", "options"),
    [("aget r3, rfsl3", {}), ("get r3, rfsl3", {"extended_stream_instr": False})],
)
def test_but_not_in_an_atomic_one_or_without_the_extended_instructions(text, options) -> None:
    made = waiting(text, **options)
    assert (made.core.r[3], made.core.r[20]) == (6, 0)


def test_an_atomic_instruction_keeps_interrupts_from_the_next() -> None:
    made = board((1, False))
    made.handler(0x10, "bri 0")
    made.core.msr = MSR_IE
    made.run("aget r3, rfsl3\naddik r4, r0, 1\naddik r5, r0, 1", steps=1)
    made.core.lines["interrupt"].write(True)
    core = made.go()
    assert core.pc == HANDLERS + 0x20 * 0x10
    assert (core.r[4], core.r[5], core.r[14]) == (1, 0, START + 8)

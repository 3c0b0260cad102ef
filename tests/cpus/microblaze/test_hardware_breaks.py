"""Hardware breaks, reset, edges, and interrupts of low latency (UG984, Breaks, Interrupt)."""

from __future__ import annotations

import pytest

from cosim.cpus.microblaze.registers import MSR_BIP, MSR_EIP, MSR_IE, MSR_UM, MSR_UMS, MSR_VMS
from tests.cpus.microblaze.board import HANDLERS, START, Board

BREAK = HANDLERS + 0x20 * 0x18
FAST = HANDLERS + 0x800
NOPS = "or r0, r0, r0\n" * 8


def late(source: str, steps: int, line: str, msr: int = 0, **options: object) -> Board:
    """A board whose `line` rises after `steps` instructions of `source`."""
    board = Board(**options)
    board.handler(0x10, "bri 0")
    board.handler(0x18, "mfs r20, rmsr\nbri 0")
    board.core.msr = msr
    board.run(source, steps=steps)
    board.core.lines[line].write(True)
    board.go()
    return board


@pytest.mark.parametrize("line", ["ext_brk", "ext_nm_brk"])
def test_a_break_saves_the_address_and_the_mode(line: str) -> None:
    """QEMU has the lines, and never delivers them (D7, 3)."""
    core = late(NOPS, 2, line, MSR_UM).core
    assert core.pc == BREAK + 4
    assert core.r[16] == START + 8
    assert core.r[20] & (MSR_BIP | MSR_UM | MSR_UMS | MSR_VMS) == MSR_BIP | MSR_UMS


@pytest.mark.parametrize("mask", [MSR_BIP, MSR_EIP])
@pytest.mark.parametrize(("line", "taken"), [("ext_brk", False), ("ext_nm_brk", True)])
def test_bip_and_eip_hold_back_a_break_that_can_be_masked(mask, line, taken) -> None:
    assert (late(NOPS, 2, line, mask).core.pc == BREAK + 4) is taken


def test_a_break_waits_for_imm_and_delay_slot() -> None:
    assert late("imm 1\naddik r3, r0, 2\n" + NOPS, 1, "ext_brk").core.r[16] == START + 8
    board = late("brid 12\naddik r3, r0, 1\n" + NOPS, 1, "ext_nm_brk")
    assert (board.core.r[3], board.core.r[16]) == (1, START + 12)


def test_a_non_maskable_break_is_taken_once_for_each_edge() -> None:
    board = Board()
    board.handler(0x18, "addik r20, r20, 1\nrtbd r16, 0\nor r0, r0, r0")
    board.run(NOPS, steps=2)
    line = board.core.lines["ext_nm_brk"]
    for level in (True, False, True):
        line.write(level)
        board.go(steps=20)
    assert board.core.r[20] == 2


def test_a_break_comes_before_an_interrupt() -> None:
    board = Board()
    board.handler(0x10, "addik r21, r20, 1\nbri 0")
    board.handler(0x18, "addik r20, r0, 1\nrtbd r16, 0\nor r0, r0, r0")
    board.core.msr = MSR_IE
    board.run(NOPS, steps=1)
    for line in ("interrupt", "ext_nm_brk"):
        board.core.lines[line].write(True)
    board.go()
    assert board.core.r[21] == 2
    assert board.core.r[14] == board.core.r[16] == START + 4


@pytest.mark.parametrize("line", ["ext_brk", "ext_nm_brk"])
def test_a_break_in_an_interrupt_handler_returns_into_it(line: str) -> None:
    board = Board()
    board.handler(0x10, NOPS + "addik r20, r20, 1\nmfs r21, rmsr\nrtid r14, 0\nor r0, r0, r0")
    board.handler(0x18, NOPS + "addik r22, r20, 1\nmfs r23, rmsr\nrtbd r16, 0\nor r0, r0, r0")
    board.core.msr = MSR_IE
    board.core.lines["interrupt"].write(True)
    board.run(NOPS + "addik r3, r0, 5", steps=4)
    for level in (True, False):
        board.core.lines[line].write(level)
        board.go(steps=2)
    board.core.lines["interrupt"].write(False)
    core = board.go()
    assert (core.r[3], core.r[20], core.r[22]) == (5, 1, 1)  # the break came first
    assert (core.r[21] & (MSR_IE | MSR_BIP), core.r[23] & (MSR_IE | MSR_BIP)) == (0, MSR_BIP)
    assert core.msr & (MSR_IE | MSR_BIP) == MSR_IE


def test_a_break_clears_the_reservation() -> None:
    assert late("lwx r3, r0, r0\n" + NOPS, 1, "ext_brk").core.state["reservation"] == 0


def test_reset_holds_the_core_and_starts_it_anew() -> None:
    board = Board()
    board.run("addik r3, r3, 1\naddik r4, r4, 1\n" + NOPS, steps=2)
    reset = board.core.lines["reset"]
    board.core.start_pc = START
    reset.write(True)
    board.go(steps=50)
    assert (board.core.r[3], board.core.pc) == (0, START)
    reset.write(False)
    board.go()
    assert board.core.r[3] == 1


def test_msr_after_reset_can_be_chosen() -> None:
    assert Board(reset_msr=0xA0).core.msr & 0xA0 == 0xA0


@pytest.mark.parametrize("line", ["wakeup", "interrupt", "ext_brk"])
def test_what_ends_a_sleep(line: str) -> None:
    board = Board()
    board.handler(0x18, "bri 0")
    board.run("mbar 24\naddik r3, r0, 1")
    assert board.core.asleep
    board.core.lines[line].write(True)
    board.go()
    assert not board.core.asleep or board.core.spinning


def pulse(board: Board, line: str, level: bool = True) -> None:
    board.core.lines[line].write(level)
    board.go(steps=2)
    board.core.lines[line].write(not level)
    board.go(steps=2)


def test_an_edge_is_latched_while_interrupts_are_off() -> None:
    """QEMU has levels only (D7, 4)."""
    board = Board(interrupt_is_edge=True)
    board.handler(0x10, "addik r20, r20, 1\nrtid r14, 0\nor r0, r0, r0")
    board.run(NOPS + NOPS + "msrset r0, 2\n" + NOPS, steps=2)
    pulse(board, "interrupt")
    assert board.core.r[20] == 0
    board.go()
    assert board.core.r[20] == 1


def test_a_falling_edge_and_a_low_level() -> None:
    board = Board(interrupt_is_edge=True, edge_is_positive=False)
    board.handler(0x10, "addik r20, r20, 1\nrtid r14, 0\nor r0, r0, r0")
    board.core.lines["interrupt"].write(True)
    board.core.msr = MSR_IE
    board.run(NOPS, steps=2)
    assert board.core.r[20] == 0
    board.core.lines["interrupt"].write(False)
    board.go()
    assert board.core.r[20] == 1
    low = Board(edge_is_positive=False)
    low.handler(0x10, "bri 0")
    low.run("msrset r0, 2\n" + NOPS)
    assert low.core.r[14] == START + 4


def test_without_interrupt_input_there_are_none() -> None:
    board = Board(interrupt=0)
    board.core.lines["interrupt"].write(True)
    board.run("msrset r0, 2\n" + NOPS)
    assert not board.fault
    assert board.core.r[14] == 0


def test_low_latency_takes_the_address_of_the_controller_and_acknowledges() -> None:
    """UG984, Low-latency Vectored Interrupt Mode (D7, 4)."""
    board = Board(interrupt=2)
    board.place("addik r20, r20, 1\nrtid r14, 0\nor r0, r0, r0", FAST)
    heard = []
    board.core.interrupt_address.write(FAST)
    board.core.method(
        lambda: heard.append((board.core.interrupt_ack.read(), board.kernel.now)),
        board.core.interrupt_ack,
        name="hear",
        initialize=False,
    )
    board.run("msrset r0, 2\nmsrclr r0, 2\n" + NOPS + NOPS + "msrset r0, 2\n" + NOPS, steps=4)
    board.core.lines["interrupt"].write(True)
    board.go(steps=15)
    board.core.lines["interrupt"].write(False)
    board.go()
    assert board.core.r[20] >= 1
    assert [ack for ack, _ in heard[:4]] == [3, 3, 1, 2]
    assert heard[0][1] == 0
    assert heard[1][1] == 18 * 10_000


@pytest.mark.parametrize(("immediate", "imm", "debug", "target"), [
    (0x18, 0x9000, True, 0x18), (0x18, 0x9000, False, 0x9000_0018),
])  # fmt: skip
def test_with_debugging_imm_does_not_move_a_break(immediate, imm, debug, target) -> None:
    board = Board(debug_enabled=debug)
    board.handler(0x18, "bri 0")
    board.run(f"imm {imm}\nbrki r16, {immediate}\n{NOPS}", steps=2)
    assert board.core.r[16] == START + 4
    assert board.core.pc in (target, HANDLERS + 0x20 * 0x18, target + 4)


def test_btr_follows_branches_outside_of_handlers_only() -> None:
    branch = "brid 8\nor r0, r0, r0\n"
    core = Board().run(f"""
        {branch}
        mfs r3, rbtr
        msrset r0, {MSR_EIP}
        {branch}
        mfs r4, rbtr
        msrclr r0, {MSR_EIP}
        mfs r5, rbtr
    """)
    assert (core.r[3], core.r[4], core.r[5]) == (START + 8,) * 3

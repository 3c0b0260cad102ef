"""Exception entry and return: modes, return addresses, masks, fault registers."""

from __future__ import annotations

import pytest

from cosim.cpus.arm.registers import Mode
from tests.cpus.arm.board import DATA, START, VECTORS, Board

UNMAPPED = 0x2000_0000
SYNCHRONOUS_EXTERNAL_ABORT, ALIGNMENT_FAULT, WRITE = 0b01000, 0b00001, 1 << 11


def user_board() -> Board:
    """User mode with interrupts on, and handlers."""
    board = Board()
    board.handlers()
    board.mode(Mode.USR)
    for mask in ("a_mask", "i_mask", "f_mask"):
        board.core.state[mask] = 0
    board.core.state["n"] = 1
    return board


def entered(board: Board, vector: str, mode: Mode, lr: int, masks: int) -> None:
    """Assert that the exception has been taken so."""
    core = board.core
    assert core.pc == VECTORS[vector]
    assert board.cpsr & 0x1F == mode
    assert board.cpsr & 0x1C0 == masks
    assert core.r[14] == lr
    assert core.state[f"spsr_{mode.name.lower()}"] == 0x8000_0010


def test_supervisor_call() -> None:
    board = user_board()
    board.run("svc #7")
    entered(board, "svc", Mode.SVC, START + 4, 0x80)
    assert board.core.instructions == 1  # it retired


def test_undefined_instruction() -> None:
    board = user_board()
    board.run("udf #0")
    entered(board, "undefined", Mode.UND, START + 4, 0x80)
    assert board.core.instructions == 0
    assert "udf #0" in board.reports["unimp"][0]


def test_data_abort_of_a_load_leaves_base_and_target() -> None:
    board = user_board()
    board.core.r[0], board.core.r[1] = UNMAPPED, 0x1234
    board.run("ldr r1, [r0, #4]!")
    entered(board, "data", Mode.ABT, START + 8, 0x180)
    assert (board.core.r[0], board.core.r[1]) == (UNMAPPED, 0x1234)
    assert board.core.state["dfsr"] == SYNCHRONOUS_EXTERNAL_ABORT
    assert board.core.state["dfar"] == UNMAPPED + 4


def test_data_abort_of_a_store_says_so() -> None:
    board = user_board()
    board.core.r[0] = UNMAPPED
    board.run("str r1, [r0, #4]!")
    entered(board, "data", Mode.ABT, START + 8, 0x180)
    assert board.core.state["dfsr"] == SYNCHRONOUS_EXTERNAL_ABORT | WRITE


def test_prefetch_abort_is_at_the_target_of_the_branch() -> None:
    board = user_board()
    board.core.r[0] = UNMAPPED
    board.run("bx r0", steps=2)
    entered(board, "prefetch", Mode.ABT, UNMAPPED + 4, 0x180)
    assert board.core.state["ifsr"] == SYNCHRONOUS_EXTERNAL_ABORT
    assert board.core.state["ifar"] == UNMAPPED
    assert board.core.instructions == 1


def test_breakpoint_is_a_prefetch_abort_by_a_debug_event() -> None:
    board = user_board()
    board.run("bkpt #0")
    entered(board, "prefetch", Mode.ABT, START + 4, 0x180)
    assert board.core.state["ifsr"] == 0b00010


@pytest.mark.parametrize(
    ("line", "mode", "masks"), [("irq", Mode.IRQ, 0x180), ("fiq", Mode.FIQ, 0x1C0)]
)
def test_interrupt(line: str, mode: Mode, masks: int) -> None:
    board = user_board()
    board.run("nop", "nop", steps=1)
    board.raise_line(line)
    board.settle()
    entered(board, line, mode, START + 8, masks)


def test_fiq_goes_before_irq() -> None:
    board = user_board()
    board.raise_line("irq")
    board.raise_line("fiq")
    board.settle()
    assert board.core.pc == VECTORS["fiq"]


def test_a_masked_interrupt_waits_until_it_is_unmasked() -> None:
    board = Board()
    board.handlers()
    board.raise_line("irq")
    board.run("mov r0, #1", "add r0, r0, #1", "cpsie i", "add r0, r0, #1", steps=4)
    assert board.core.r[0] == 2
    assert board.core.state["r14"] == START + 16
    assert board.cpsr & 0x1F == Mode.IRQ


def test_wfi_sleeps_until_an_interrupt_even_a_masked_one() -> None:
    board = Board()
    board.run("wfi", "mov r0, #1", steps=50)
    assert board.core.asleep
    assert board.core.instructions == 1
    board.raise_line("irq")
    board.go(2)
    assert not board.core.asleep
    assert board.core.r[0] == 1


@pytest.mark.parametrize("instruction", ["subs pc, lr, #4", "movs pc, lr", "adds pc, lr, #0"])
def test_return_restores_mode_and_flags(instruction: str) -> None:
    board = Board()
    board.mode(Mode.IRQ)
    board.core.state["spsr_irq"] = 0x6000_0010
    board.core.r[14] = START + 0x100
    board.run(instruction)
    assert board.cpsr == 0x6000_0010
    assert board.core.pc == START + 0x100 - (4 if "#4" in instruction else 0)


def test_return_by_load_multiple() -> None:
    board = Board()
    board.poke(DATA, 0x1234, START + 0x200)
    board.core.state["spsr_svc"] = 0x4000_001F
    board.core.r[0] = DATA
    board.run("ldm r0!, {r1, pc} ^")
    assert board.cpsr == 0x4000_001F
    assert (board.core.r[0], board.core.r[1]) == (DATA + 8, 0x1234)
    assert board.core.pc == START + 0x200


def test_rfe_loads_pc_and_cpsr() -> None:
    board = Board()
    board.poke(DATA, START + 0x300, 0x2000_0010)
    board.core.r[0] = DATA
    board.run("rfeia r0!")
    assert board.cpsr == 0x2000_0010
    assert board.core.pc == START + 0x300
    assert board.core.r[0] == DATA + 8


def test_srs_stores_on_the_stack_of_another_mode() -> None:
    board = Board()
    board.core.state["r13_usr"] = DATA + 8
    board.core.state["spsr_svc"] = 0x8000_0010
    board.core.r[14] = 0x1234
    board.run("srsdb sp!, #0x1f")
    assert (board.peek(DATA), board.peek(DATA + 4)) == (0x1234, 0x8000_0010)
    assert board.core.state["r13_usr"] == DATA


def test_vbar_moves_the_vectors() -> None:
    board = Board()
    board.handlers(START + 0x1000)
    board.core.r[0] = START + 0x1000
    board.run("mcr p15, #0, r0, c12, c0, #0", "svc #7")
    assert board.core.pc == START + 0x1000 + VECTORS["svc"]


def test_high_vectors() -> None:
    board = Board()
    board.core.r[0] = 1 << 13
    board.run("mcr p15, #0, r0, c1, c0, #0", "svc #7")
    assert "svc" in board.report  # nothing is mapped at 0xffff0008


def test_without_a_handler_the_run_ends_with_a_report() -> None:
    board = Board()
    board.core.r[0] = UNMAPPED
    board.run("nop", "ldr r1, [r0]", "nop")
    assert board.report.splitlines()[:3] == [
        "cpu0: unhandled load of 4 bytes at 0x20000000 (no data abort handler)",
        "  nothing is mapped there; nearest region: low 0x00000000..0x0000ffff",
        "  pc 0x60000004: e5901000  ldr r1, [r0]",
    ]
    assert board.core.instructions == 1


def test_an_abort_at_its_own_vector_ends_the_run() -> None:
    """The MMU is switched on with tables that have nothing but the vectors, execute never."""
    board = Board()
    board.handlers()
    for name, value in (("ttbr0", START), ("dacr", 1)):
        board.core.state[name] = value
    board.poke(START, 0xC12)  # section 0: AP 011, XN
    board.core.r[0] = 1
    board.place(START + 0x4000, "mcr p15, #0, r0, c1, c0, #0")
    board.core.state["pc"] = START + 0x4000
    board.go(8)
    assert "the prefetch abort handler raises it for ever" in board.report
    assert "the MMU says: permission fault, level 1" in board.report
    assert board.core.instructions == 1


def test_handlers_that_raise_each_others_exceptions_for_ever_end_the_run() -> None:
    board = Board()
    board.place(0, "nop", "ldr r1, [r0]", "nop", "nop", "udf #0")
    board.core.r[0] = UNMAPPED
    board.run("udf #0", steps=20)
    assert "for ever" in board.report


def test_a_handler_that_makes_progress_may_raise_its_own_exception() -> None:
    board = Board()
    board.place(0, "nop", "add r0, r0, #1", "udf #0")
    board.run("udf #0", steps=41)
    assert board.core.r[0] == 20


def test_returning_into_thumb_state_restores_the_it_bits() -> None:
    board = user_board()
    board.mode(Mode.SVC)
    board.core.state["spsr_svc"] = cpsr = 0x0600_FC30
    board.core.r[14] = START + 0x102
    board.run("movs pc, lr")
    assert board.cpsr == cpsr
    assert board.core.pc == START + 0x102


def test_arm_state_has_no_it_bits_to_return_to() -> None:
    board = Board()
    board.core.state["spsr_svc"] = 0x0600_FC10
    board.run("movs pc, lr")
    assert "undefined" in board.report
    assert "IT bits" in board.reports["guest_errors"][0]


@pytest.mark.parametrize(
    ("text", "result"),
    [("mrc p15, #0, r1, c0, c0, #0", 0x413F_C090), ("mrc p15, #0, r1, c13, c0, #3", 0x55)],
)
def test_reading_system_registers(text: str, result: int) -> None:
    board = Board()
    board.core.state["tpidruro"] = 0x55
    board.run(text)
    assert board.core.r[1] == result


def test_reading_a_system_register_into_the_flags() -> None:
    board = Board()
    board.core.state["sctlr"] = 0xA000_0000
    board.run("mrc p15, #0, apsr_nzcv, c1, c0, #0")
    assert [board.core.state[flag] for flag in "nzcv"] == [1, 0, 1, 0]


def test_user_mode_reaches_its_thread_registers_only() -> None:
    board = user_board()
    board.core.r[0] = 0x1234
    board.run("mcr p15, #0, r0, c13, c0, #2", "mrc p15, #0, r1, c13, c0, #2")
    assert board.core.r[1] == 0x1234
    board = user_board()
    board.run("mcr p15, #0, r0, c13, c0, #3")
    entered(board, "undefined", Mode.UND, START + 4, 0x80)


def test_cache_and_tlb_maintenance_may_always_be_done() -> None:
    board = Board()
    board.run("mcr p15, #0, r0, c7, c5, #0", "mcr p15, #0, r0, c8, c7, #0")
    assert board.core.instructions == 2

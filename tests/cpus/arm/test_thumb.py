"""Thumb state: IT blocks, exceptions and returns, interworking, what reports show."""

from __future__ import annotations

import pytest

from cosim.cpus.arm.registers import Mode
from tests.cpus.arm.assembled import assemble, assemble_thumb
from tests.cpus.arm.board import DATA, START, VECTORS, Board

T = 0x20
UNMAPPED = 0x2000_0000
EQ_LAST, EQ_EQ, NE_LAST, NE_NE = 0x08, 0x04, 0x18, 0x1C
"""ITSTATE of the last instruction of a block, and of the one before it."""


def it_bits(it: int) -> int:
    """ITSTATE where the CPSR has it."""
    return (it & 3) << 25 | it >> 2 << 10


def board() -> Board:
    made = Board()
    made.handlers()
    return made


class TestItBlocks:
    def test_what_fails_its_condition_is_skipped_and_counted(self) -> None:
        core = board().thumb("movs r0, #0", "itte eq", "movs r1, #2", "nop", "movs r0, #1")
        assert (core.r[0], core.r[1]) == (0, 2)
        assert core.instructions == 5
        assert core.state["context"] == 1

    def test_within_a_block_sixteen_bit_instructions_leave_the_flags_alone(self) -> None:
        core = board().thumb("movs r0, #0", "it eq", "adds r0, r0, #1")
        assert (core.r[0], core.state["z"]) == (1, 1)

    def test_a_comparison_in_a_block_decides_what_follows(self) -> None:
        made = board()
        made.core.r[0], made.core.state["z"] = 1, 1
        core = made.thumb("itt eq", "cmp r0, #0", "movs r1, #2")
        assert core.r[1] == 0

    def test_a_branch_ends_a_block(self) -> None:
        made = board()
        made.core.r[14], made.core.state["z"] = START + 0x20 | 1, 1
        core = made.thumb("it eq", "bx lr")
        assert (core.pc, core.state["context"]) == (START + 0x20, 1)

    def test_a_branch_within_a_block_is_undefined(self) -> None:
        made = board()
        made.core.state["z"] = 1
        core = made.thumb("itt eq", "bx lr", "nop", steps=2)
        assert core.pc == VECTORS["undefined"]


class TestExceptions:
    """SPSR has the ITSTATE of the instruction that LR leads back to (B1.8)."""

    @pytest.mark.parametrize(("text", "size"), [("udf #1", 2), ("udf.w #0", 4)])
    def test_undefined(self, text: str, size: int) -> None:
        core = board().thumb("nop", text)
        assert core.pc == VECTORS["undefined"]
        assert core.r[14] == START + 2 + 2
        assert core.state["spsr_und"] == 0x1D3 | T
        assert core.state["context"] == 0

    def test_a_data_abort_in_a_block_keeps_itstate(self) -> None:
        made = board()
        made.core.r[0], made.core.state["z"] = UNMAPPED, 1
        core = made.thumb("ldr r1, [r0, #4]!", it=EQ_EQ)
        assert core.pc == VECTORS["data"]
        assert core.r[14] == START + 8
        assert core.r[0] == UNMAPPED
        assert core.state["spsr_abt"] == 0x4000_01D3 | T | it_bits(EQ_EQ)
        assert core.instructions == 0

    def test_a_skipped_access_does_not_abort(self) -> None:
        made = board()
        made.core.r[0] = UNMAPPED
        core = made.thumb("ldr r1, [r0]", it=EQ_EQ)
        assert core.pc == START + 2
        assert core.state["context"] == 1 | EQ_LAST << 8

    def test_a_supervisor_call_returns_to_the_next_instruction(self) -> None:
        core = board().thumb("svc #7", it=NE_NE)
        assert core.pc == VECTORS["svc"]
        assert core.r[14] == START + 2
        assert core.state["spsr_svc"] == 0x1D3 | T | it_bits(NE_LAST)

    def test_a_breakpoint_has_no_condition(self) -> None:
        core = board().thumb("bkpt #0", it=EQ_EQ)
        assert core.pc == VECTORS["prefetch"]
        assert core.r[14] == START + 4
        assert core.state["spsr_abt"] == 0x1D3 | T | it_bits(EQ_EQ)

    def test_the_second_half_may_be_out_of_memory(self) -> None:
        made = board()
        end = START + 0x1_0000
        made.core.port.write_debug(end - 2, assemble_thumb("udf.w #0")[:2])
        made.core.state["pc"] = end - 2
        made.core.state["context"] = 1
        core = made.go(1)
        assert core.pc == VECTORS["prefetch"]
        assert (core.r[14], core.state["ifar"]) == (end + 2, end)

    def test_an_interrupt_comes_between_the_instructions_of_a_block(self) -> None:
        made = board()
        made.core.state["i_mask"] = 0
        made.core.state["z"] = 1
        made.thumb("itt eq", "movs r0, #1", "movs r1, #2", steps=2)
        made.raise_line("irq")
        made.settle()
        core = made.go(1)
        assert core.pc == VECTORS["irq"]
        assert (core.r[14], core.r[1]) == (START + 4 + 4, 0)
        assert core.state["spsr_irq"] == 0x4000_0153 | T | it_bits(EQ_LAST)

    def test_a_return_goes_on_within_the_block(self) -> None:
        made = board()
        made.core.port.write_debug(START + 0x100, assemble_thumb("movs r0, #1", "movs r1, #2"))
        made.core.state["spsr_svc"] = 0x1D3 | T | it_bits(EQ_EQ)
        made.core.r[14] = START + 0x100
        core = made.run("movs pc, lr", steps=3)
        assert (core.r[0], core.r[1]) == (0, 0)
        assert (core.pc, core.state["context"]) == (START + 0x104, 1)

    def test_subs_pc_lr_in_a_block_takes_the_itstate_of_the_spsr(self) -> None:
        made = board()
        made.core.state["spsr_svc"] = 0x1D0 | T | it_bits(EQ_EQ)
        made.core.r[14] = START + 0x100
        core = made.thumb("eret", it=NE_LAST)
        assert core.state["mode"] == Mode.USR
        assert core.state["context"] == 1 | EQ_EQ << 8

    def test_a_skipped_return_ends_the_block(self) -> None:
        core = board().thumb("eret", it=EQ_LAST)
        assert (core.pc, core.state["context"]) == (START + 4, 1)


class TestInterworking:
    def test_bx_pc_leads_to_arm_code_behind_it(self) -> None:
        made = board()
        made.core.port.write_debug(START + 4, assemble("mov r0, #1"))
        core = made.thumb("bx pc", "nop")
        assert (core.r[0], core.pc, core.state["context"]) == (1, START + 8, 0)

    def test_blx_links_to_thumb(self) -> None:
        core = board().thumb("blx #8")
        assert (core.pc, core.r[14], core.state["context"]) == (START + 8, START + 4 | 1, 0)

    def test_bl_stays(self) -> None:
        core = board().thumb("bl #8")
        assert (core.pc, core.r[14], core.state["context"]) == (START + 8, START + 4 | 1, 1)

    def test_blx_by_register_returns_behind_two_bytes(self) -> None:
        made = board()
        made.core.r[0] = START + 0x40
        core = made.thumb("blx r0")
        assert (core.pc, core.r[14], core.state["context"]) == (START + 0x40, START + 2 | 1, 0)

    def test_pop_of_the_pc_may_lead_to_arm(self) -> None:
        made = board()
        made.core.r[13] = DATA
        made.poke(DATA, 4, START + 0x40)
        core = made.thumb("pop {r4, pc}")
        assert (core.pc, core.r[13], core.state["context"]) == (START + 0x40, DATA + 8, 0)

    def test_tbb_from_a_table_behind_it(self) -> None:
        made = board()
        made.core.r[0] = 1
        made.poke(START + 4, 0x0000_0800)
        core = made.thumb("tbb [pc, r0]")
        assert core.pc == START + 4 + 2 * 8


class TestHost:
    def test_an_image_may_begin_in_thumb_state(self) -> None:
        made = board()
        made.core.start_pc = START | 1
        made.core.reset()
        core = made.thumb("movs r0, #1")
        assert (core.r[0], core.pc) == (1, START + 2)

    def test_svc_ab_is_a_semihosting_call(self) -> None:
        made = board()
        made.poke(DATA, 0x2_0026, 7)
        made.core.r[0], made.core.r[1] = 0x20, DATA
        made.thumb("svc #0xab")
        assert made.exit_code == 7

    def test_a_board_may_have_no_semihosting(self) -> None:
        made = Board(semihosting=False)
        made.handlers()
        assert made.thumb("svc #0xab").pc == VECTORS["svc"]

    def test_a_branch_to_itself_is_waited_out(self) -> None:
        core = board().thumb("b #0", steps=1000)
        assert core.spinning
        assert core.instructions == 1

    @pytest.mark.parametrize(
        ("text", "it", "listing"),
        [
            ("movs r0, #1", 0, "2001  movs r0, #1"),
            ("movs r0, #1", NE_LAST, "2001  movne r0, #1"),
            ("udf.w #0", 0, "f7f0a000  udf.w #0"),
        ],
    )
    def test_listings_have_the_width_and_the_condition(self, text, it, listing) -> None:
        made = board()
        core = made.thumb(text, it=it, steps=0)
        assert core.disassemble_at(START) == listing

    def test_the_report_of_a_fault_shows_a_halfword(self) -> None:
        made = Board()
        made.thumb("udf #1")
        assert f"pc 0x{START:08x}: de01  udf #1" in made.report


class TestEndianness:
    """CPSR.E turns data round; instructions stay little-endian (A3.3)."""

    @pytest.mark.parametrize("run", [Board.run, Board.thumb], ids=["arm", "thumb"])
    def test_setend(self, run) -> None:
        made = board()
        made.core.r[0] = DATA
        made.poke(DATA, 0x1122_3344)
        core = run(made, "setend be", "ldr r1, [r0]")
        assert core.r[1] == 0x4433_2211
        core.state["pc"] = START
        assert run(made, "setend le", "ldr r1, [r0]").r[1] == 0x1122_3344

    def test_stores_and_halfwords(self) -> None:
        made = board()
        made.core.r[0], made.core.r[1] = DATA, 0x1122_3344
        made.run("setend be", "strh r1, [r0]")
        assert made.peek(DATA) == 0x4433

    def test_a_change_of_state_keeps_it(self) -> None:
        made = board()
        made.core.r[0] = START + 0x40 | 1
        core = made.run("setend be", "bx r0")
        assert core.state["context"] == 3
        assert made.cpsr & 0x220 == 0x220

    def test_an_exception_clears_it_and_the_return_restores_it(self) -> None:
        made = board()
        made.place(VECTORS["svc"], "movs pc, lr")
        core = made.run("setend be", "svc #7", steps=2)
        assert (core.state["context"], core.state["spsr_svc"] & 0x200) == (0, 0x200)
        assert made.go(1).state["context"] == 2

    def test_msr_writes_it_in_an_it_block_too(self) -> None:
        made = board()
        made.core.r[0] = 0x200
        core = made.thumb("msr cpsr_x, r0", it=NE_NE)
        assert core.state["context"] == 1 | 2 | NE_LAST << 8


class TestSwap:
    """SWP and SWPB are there while SCTLR.SW is set (B4.1.130)."""

    def test_undefined_at_reset(self) -> None:
        made = board()
        assert made.run("swp r2, r1, [r0]").pc == VECTORS["undefined"]

    @pytest.mark.parametrize(
        ("text", "loaded", "left"),
        [
            ("swp r2, r1, [r0]", 0x1122_3344, 0xAABB_CCDD),
            ("swpb r2, r1, [r0]", 0x44, 0x1122_33DD),
        ],
    )
    def test_exchange(self, text: str, loaded: int, left: int) -> None:
        made = board()
        made.core.state["sctlr"] |= 1 << 10
        made.core.r[0], made.core.r[1] = DATA, 0xAABB_CCDD
        made.poke(DATA, 0x1122_3344)
        core = made.run(text)
        assert (core.r[2], made.peek(DATA)) == (loaded, left)

    def test_an_unaligned_word_aborts(self) -> None:
        made = board()
        made.core.state["sctlr"] |= 1 << 10
        made.core.r[0] = DATA + 2
        assert made.run("swp r2, r1, [r0]").pc == VECTORS["data"]

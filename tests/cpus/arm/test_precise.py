"""Precise exceptions: every register, fault register and count after a fault, in any slices.

The rules, as docs/design.md has them: an instruction that faults changes no register (base and
targets are as they were), its stores before the fault are made; it takes its cycle and does not
retire, except SVC, which does.
"""

from __future__ import annotations

import random
from functools import partial

import pytest

from cosim.cpus.arm.registers import IT_SHIFT, THUMB, Mode
from tests.cpus.arm.board import START, VECTORS
from tests.cpus.arm.paged import (
    BAD,
    EDGE,
    FRAME,
    UNMAPPED,
    WINDOW,
    WRITE,
    Paged,
)
from tests.cpus.slices import differences, settled

USR, SVC, SYS = Mode.USR, Mode.SVC, Mode.SYS
END = FRAME - START + 0x1000
"""Of the good page, in the memory."""

# fmt: off
# The instruction, the base registers, and the registers that are stored before the fault at EDGE.
A32_LOADS = [
    ("ldm r0, {r1, r2, r3, r4}",      {"r0": EDGE - 8}),
    ("ldm r0!, {r1, r2, r3, r4}",     {"r0": EDGE - 12}),
    ("ldm r0, {r0, r1, r2, r3}",      {"r0": EDGE - 8}),
    ("ldm r1, {r0, r1, r2, r3}",      {"r1": EDGE - 8}),
    ("ldmib r0!, {r1, r2, r3, r4}",   {"r0": EDGE - 8}),
    ("ldmda r0!, {r1, r2, r3, r4}",   {"r0": EDGE}),
    ("ldmdb r0!, {r1, r2, r3, r4}",   {"r0": EDGE + 12}),
    ("ldm r0!, {r1, r2, r3, pc}",     {"r0": EDGE - 12}),
    ("pop {r4, r5, r6, pc}",          {"r13": EDGE - 12}),
    ("ldrd r2, r3, [r0], #8",         {"r0": EDGE - 4}),
    ("ldrd r2, r3, [r0, #4]!",        {"r0": EDGE - 8}),
    ("ldrd r0, r1, [r0]",             {"r0": EDGE - 4}),
    ("ldr r0, [r0]",                  {"r0": EDGE}),
    ("ldr r0, [r0]",                  {"r0": EDGE - 2}),
    ("ldr r1, [r0], #4",              {"r0": EDGE - 1}),
    ("ldr r1, [r0, r2]!",             {"r0": EDGE - 64, "r2": 64}),
    ("ldr pc, [r0], #4",              {"r0": EDGE}),
    ("ldrh r1, [r0]",                 {"r0": EDGE - 1}),
    ("ldrt r1, [r0], #4",             {"r0": EDGE - 3}),
    ("ldrex r1, [r0]",                {"r0": EDGE}),
    ("ldrexd r2, r3, [r0]",           {"r0": EDGE}),
    ("vldmia r0!, {d0, d1, d2, d3}",  {"r0": EDGE - 20}),
    ("vldmdb r0!, {d0, d1, d2, d3}",  {"r0": EDGE + 12}),
    ("vldmia r0, {s1, s2, s3, s4}",   {"r0": EDGE - 12}),
    ("vldr d0, [r0]",                 {"r0": EDGE - 4}),
    ("vpop {d8, d9}",                 {"r13": EDGE - 12}),
]
A32_STORES = [
    ("stm r0, {r1, r2, r3, r4}",      {"r0": EDGE - 8},           ["r1", "r2"]),
    ("stm r0!, {r1, r2, r3, r4}",     {"r0": EDGE - 12},          ["r1", "r2", "r3"]),
    ("stm r0!, {r0, r1, r2, r3}",     {"r0": EDGE - 4},           ["r0"]),
    ("stmib r0!, {r1, r2, r3, r4}",   {"r0": EDGE - 8},           ["r1"]),
    ("stmda r0!, {r1, r2, r3, r4}",   {"r0": EDGE},               ["r1", "r2", "r3"]),
    ("stmdb r0!, {r1, r2, r3, r4}",   {"r0": EDGE + 12},          ["r1"]),
    ("push {r4, r5, r6, lr}",         {"r13": EDGE + 8},          ["r4", "r5"]),
    ("strd r2, r3, [r0], #8",         {"r0": EDGE - 4},           ["r2"]),
    ("strd r2, r3, [r0, #4]!",        {"r0": EDGE - 8},           ["r2"]),
    ("str r1, [r0]",                  {"r0": EDGE - 3},           []),
    ("str r1, [r0, #4]!",             {"r0": EDGE - 4},           []),
    ("strh r1, [r0]",                 {"r0": EDGE - 1},           []),
    ("strb r1, [r0], #1",             {"r0": EDGE},               []),
    ("strt r1, [r0], #4",             {"r0": EDGE - 2},           []),
    ("vstmia r0!, {d0, d1, d2, d3}",  {"r0": EDGE - 12},          ["s0", "s1", "s2"]),
    ("vstmdb r0!, {s1, s2, s3, s4}",  {"r0": EDGE + 12},          ["s1"]),
    ("vstr d0, [r0]",                 {"r0": EDGE - 4},           ["s0"]),
    ("vpush {d8, d9}",                {"r13": EDGE + 4},          ["s16", "s17", "s18"]),
]
T32_LOADS = [
    ("ldm r0!, {r1, r2, r3, r4}",     {"r0": EDGE - 8}),
    ("ldm r0, {r0, r1, r2, r3}",      {"r0": EDGE - 8}),
    ("ldm.w r0!, {r1, r2, r3, r4}",   {"r0": EDGE - 4}),
    ("ldmdb r0!, {r1, r2, r3, r4}",   {"r0": EDGE + 4}),
    ("pop {r4, r5, r6, pc}",          {"r13": EDGE - 12}),
    ("ldrd r2, r3, [r0], #8",         {"r0": EDGE - 4}),
    ("ldr r1, [r0], #4",              {"r0": EDGE - 2}),
    ("ldrt r1, [r0]",                 {"r0": EDGE}),
    ("ldrex r1, [r0]",                {"r0": EDGE}),
    ("vldmia r0!, {d0, d1, d2, d3}",  {"r0": EDGE - 28}),
]
T32_STORES = [
    ("stm r0!, {r1, r2, r3, r4}",     {"r0": EDGE - 8},           ["r1", "r2"]),
    ("stmdb r0!, {r1, r2, r3, r4}",   {"r0": EDGE + 4},           ["r1", "r2", "r3"]),
    ("push {r4, r5, r6, lr}",         {"r13": EDGE + 4},          ["r4", "r5", "r6"]),
    ("strd r2, r3, [r0, #4]!",        {"r0": EDGE - 8},           ["r2"]),
    ("str r1, [r0], #4",              {"r0": EDGE - 1},           []),
    ("strt r1, [r0]",                 {"r0": EDGE},               []),
    ("vstmia r0!, {d0, d1, d2, d3}",  {"r0": EDGE - 4},           ["s0"]),
]
# fmt: on
ACROSS = [
    *((False, text, registers, None) for text, registers in A32_LOADS),
    *((False, *case) for case in A32_STORES),
    *((True, text, registers, None) for text, registers in T32_LOADS),
    *((True, *case) for case in T32_STORES),
]


def behind_two_nops(
    bad: str,
    thumb: bool,
    text: str,
    registers: dict[str, int],
    mode: Mode = USR,
    sctlr: int = 0,
) -> Paged:
    board = Paged(bad, mode, sctlr)
    board.code("nop", "nop", text, thumb=thumb)
    for name, value in registers.items():
        board.core.state[name] = value
    return board


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize(("thumb", "text", "registers", "stored"), ACROSS)
def test_an_access_that_faults_in_the_second_page(bad, thumb, text, registers, stored) -> None:
    board = settled(partial(behind_two_nops, bad, thumb, text, registers), 3)
    pc = START + (4 if thumb else 8)
    status = board.status | (0 if stored is None else WRITE)
    expected = board.entered("data", pc + 8, dfsr=status, dfar=EDGE)
    assert differences(board.core, expected) == {}
    assert (board.core.instructions, board.core.cycle) == (2, 3)
    if not (bad == "bus error" and stored == []):  # see below
        check_stores(board, stored)


def check_stores(board: Paged, stored: list[str] | None) -> None:
    """The registers `stored` are in memory up to EDGE, and all the rest is as it was."""
    memory = bytearray(board.memory_before)
    values = b"".join(board.before[name].to_bytes(4, "little") for name in stored or [])
    memory[END - len(values) : END] = values
    assert board.ram.buffer == memory


def test_an_unaligned_store_stores_the_bytes_before_a_bus_error() -> None:
    """The MMU is asked for both pages before, the bus is not."""
    board = settled(
        partial(behind_two_nops, "bus error", False, "str r1, [r0]", {"r0": EDGE - 3}), 3
    )
    expected = board.entered("data", START + 16, dfsr=board.status | WRITE, dfar=EDGE)
    assert differences(board.core, expected) == {}
    memory = bytearray(board.memory_before)
    memory[END - 3 : END] = board.before["r1"].to_bytes(4, "little")[:3]
    assert board.ram.buffer == memory


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize(
    ("mode", "text", "registers", "stored"),
    [
        (SVC, "ldm r0!, {r1, r2, r3, pc} ^", {"r0": EDGE - 12}, None),
        (SVC, "ldm r0, {r1, r8, sp, lr} ^", {"r0": EDGE - 8}, None),
        (SVC, "rfeia r0!", {"r0": EDGE - 4}, None),
        (SVC, "stm r0, {r1, r8, sp, lr} ^", {"r0": EDGE - 8}, ["r1", "r8"]),
        (SVC, "srsdb sp!, #0x1f", {"r13_usr": EDGE + 4}, ["r14"]),
        (Mode.FIQ, "ldm r0, {r1, r8, sp, lr} ^", {"r0": EDGE - 8}, None),
        (Mode.FIQ, "stm r0, {r1, r8, sp, lr} ^", {"r0": EDGE - 8}, ["r1", "r8_usr"]),
        (Mode.ABT, "ldm r0!, {r1, r2, r3, r4}", {"r0": EDGE - 8}, None),
    ],
)
def test_an_access_of_privileged_code(bad, mode, text, registers, stored) -> None:
    def prepare() -> Paged:
        board = behind_two_nops(bad, False, text, registers, mode)
        board.core.state["spsr_fiq"] = 0x10
        return board

    board = settled(prepare, 3)
    status = board.status | (0 if stored is None else WRITE)
    expected = board.entered("data", START + 16, dfsr=status, dfar=EDGE)
    assert differences(board.core, expected) == {}
    check_stores(board, stored)


@pytest.mark.parametrize(("first", "access"), [("ldrt", 0), ("strt", WRITE)])
def test_user_rights_of_privileged_code(first: str, access: int) -> None:
    def prepare() -> Paged:
        board = behind_two_nops("translation", False, f"{first} r1, [r0], #4", {"r0": EDGE}, SVC)
        board.poke(START + 0x8004, FRAME | 0x5E)  # AP 001
        return board

    board = settled(prepare, 3)
    expected = board.entered("data", START + 16, dfsr=0x3F | access, dfar=EDGE)
    assert differences(board.core, expected) == {}


def test_a_swap_that_may_not_write_says_so() -> None:
    def prepare(descriptor: int) -> Paged:
        registers = {"r0": EDGE}
        board = behind_two_nops("translation", False, "swp r2, r1, [r0]", registers, sctlr=1 << 10)
        board.poke(START + 0x8004, descriptor)
        return board

    for descriptor, status in ((FRAME | 0x27E, 0x3F | WRITE), (FRAME | 0x4E, 0x3F), (0, 0x37)):
        board = settled(partial(prepare, descriptor), 3)
        expected = board.entered("data", START + 16, dfsr=status, dfar=EDGE)
        assert differences(board.core, expected) == {}
        assert board.ram.buffer == board.memory_before


@pytest.mark.parametrize("bad", BAD)
def test_a_store_exclusive_that_faults_keeps_its_status_register(bad: str) -> None:
    """The reservation is for the page while it was good. What faults is not a failed store."""

    def prepare() -> Paged:
        board = Paged(bad)
        board.core.r[0] = EDGE
        board.poke(START + 0x8004, FRAME | 0x7E)
        board.code("ldrex r1, [r0]")
        board.go(1)
        board.poke(START + 0x8004, descriptor(bad))
        board.core.mmu.invalidate_all()
        board.code("strex r2, r1, [r0]")
        return board

    board = prepare()
    board.photograph()
    board.go(1)
    expected = board.entered("data", START + 8, dfsr=board.status | WRITE, dfar=EDGE)
    assert differences(board.core, expected) == {}
    assert board.core.instructions == 1


def test_a_store_exclusive_without_reservation_does_not_ask_the_mmu() -> None:
    """IMPLEMENTATION DEFINED (A8.8.212): the local monitor is looked at first."""
    board = settled(
        partial(behind_two_nops, "translation", False, "strex r2, r1, [r0]", {"r0": EDGE}), 3
    )
    assert board.core.r[2] == 1
    assert board.core.instructions == 3


@pytest.mark.parametrize("line", ["irq", "fiq"])
def test_entry_of_an_interrupt_takes_no_time(line: str) -> None:
    def prepare() -> Paged:
        board = behind_two_nops("translation", False, "nop", {})
        board.raise_line(line)
        return board

    board = settled(prepare, 2)
    assert board.core.pc == VECTORS[line]
    assert board.core.state["r14"] == START + 4
    assert board.core.instructions == board.core.cycle == 1  # the handler's branch to itself


def descriptor(bad: str) -> int:
    return BAD[bad][0]


# Alignment


@pytest.mark.parametrize(
    ("thumb", "text", "access"),
    [
        (False, "ldm r0!, {r1, r2, r3, r4}", 0),
        (False, "stm r0!, {r1, r2, r3, r4}", WRITE),
        (False, "ldrd r2, r3, [r0], #8", 0),
        (False, "ldrex r1, [r0]", 0),
        (False, "ldrexd r2, r3, [r0]", 0),
        (False, "strex r2, r1, [r0]", WRITE),
        (False, "strexd r1, r4, r5, [r0]", WRITE),
        (False, "ldr pc, [r0], #4", 0),
        (False, "vldr d0, [r0]", 0),
        (False, "vstmia r0!, {d0, d1, d2, d3}", WRITE),
        (True, "ldm r0!, {r1, r2, r3, r4}", 0),
        (True, "strd r2, r3, [r0, #4]!", WRITE),
        (True, "strex r2, r1, [r0]", WRITE),
    ],
)
@pytest.mark.parametrize("where", [WINDOW + 2, EDGE + 1])
def test_alignment_comes_before_the_mmu(thumb: bool, text: str, access: int, where: int) -> None:
    board = settled(partial(behind_two_nops, "translation", thumb, text, {"r0": where}), 3)
    address = where + (4 if "#4]!" in text else 0)
    lr = START + (12 if thumb else 16)
    expected = board.entered("data", lr, dfsr=0b00001 | access, dfar=address)
    assert differences(board.core, expected) == {}
    assert board.ram.buffer == board.memory_before
    assert board.core.instructions == 2


@pytest.mark.parametrize("text", ["ldrh r1, [r0]", "strh r1, [r0]", "ldr r1, [r0], #4"])
def test_with_strict_alignment_words_and_halfwords_fault_too(text: str) -> None:
    def prepare() -> Paged:
        return behind_two_nops("translation", False, text, {"r0": WINDOW + 1}, sctlr=2)

    board = settled(prepare, 3)
    status = 1 | (WRITE if text.startswith("str") else 0)
    expected = board.entered("data", START + 16, dfsr=status, dfar=WINDOW + 1)
    assert differences(board.core, expected) == {}


# Instructions that raise exceptions themselves


@pytest.mark.parametrize(
    ("thumb", "text", "vector", "mode", "lr", "retired", "slots"),
    [
        (False, "udf #0", "undefined", Mode.UND, 12, 2, {}),
        (False, "svc #7", "svc", Mode.SVC, 12, 3, {}),
        (False, "bkpt #0", "prefetch", Mode.ABT, 12, 2, {"ifsr": 2}),
        (True, "udf #1", "undefined", Mode.UND, 6, 2, {}),
        (True, "udf.w #0", "undefined", Mode.UND, 6, 2, {}),
        (True, "svc #7", "svc", Mode.SVC, 6, 3, {}),
        (True, "bkpt #0", "prefetch", Mode.ABT, 8, 2, {"ifsr": 2}),
    ],
)
def test_instructions_that_trap(thumb, text, vector, mode, lr, retired, slots) -> None:
    board = settled(partial(behind_two_nops, "translation", thumb, text, {}), 3)
    expected = board.entered(vector, START + lr, mode=mode, **slots)
    assert differences(board.core, expected) == {}
    assert (board.core.instructions, board.core.cycle) == (retired, 3)


# Prefetch aborts


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("thumb", [False, True])
def test_running_off_a_page(bad: str, thumb: bool) -> None:
    def prepare() -> Paged:
        board = Paged(bad)
        step = 2 if thumb else 4
        board.code("nop", address=FRAME + 0x1000 - 4) if not thumb else None
        if thumb:
            board.code("nop", "nop", address=FRAME + 0x1000 - 4, thumb=True)
        board.core.state["pc"] = EDGE - step
        return board

    board = settled(prepare, 2)
    expected = board.entered("prefetch", EDGE + 4, ifsr=board.status & 0x40F, ifar=EDGE)
    assert differences(board.core, expected) == {}
    assert (board.core.instructions, board.core.cycle) == (1, 2)


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("text", ["ldr r1, [r0], #4", "udf.w #0", "bl #8"])
def test_a_thumb_instruction_whose_second_half_is_not_there(bad: str, text: str) -> None:
    """IFAR has the half that faulted, LR the instruction."""

    def prepare() -> Paged:
        board = Paged(bad)
        board.code("nop", text, address=FRAME + 0x1000 - 4, thumb=True)
        board.core.state["pc"] = EDGE - 4
        board.core.r[0] = WINDOW
        return board

    board = settled(prepare, 2)
    status = board.status & 0x40F
    expected = board.entered("prefetch", EDGE - 2 + 4, ifsr=status, ifar=EDGE)
    assert differences(board.core, expected) == {}
    assert (board.core.instructions, board.core.cycle) == (1, 2)


@pytest.mark.parametrize("bad", BAD)
def test_a_narrow_instruction_at_the_end_of_a_page_needs_no_other(bad: str) -> None:
    def prepare() -> Paged:
        board = Paged(bad)
        board.code("nop", "b #0", address=FRAME + 0x1000 - 4, thumb=True)
        board.core.state["pc"] = EDGE - 4
        return board

    board = settled(prepare, 5)
    assert board.core.pc == EDGE - 2
    assert board.core.instructions == 2


@pytest.mark.parametrize("target", [UNMAPPED, 0xFFFF_FFFC])
def test_a_branch_to_nowhere_retires_and_its_target_aborts(target: int) -> None:
    board = settled(partial(behind_two_nops, "translation", False, "bx r0", {"r0": target}), 4)
    expected = board.entered("prefetch", (target + 4) & 0xFFFF_FFFF, ifsr=0x5, ifar=target)
    assert differences(board.core, expected) == {}
    assert (board.core.instructions, board.core.cycle) == (3, 4)


# IT blocks

ITTTT, ITEEE, ITETE = (
    ("itttt eq", [1, 2, 4, 8]),
    ("iteee eq", [0xF, 0x1E, 0x1C, 0x18]),
    (
        "itete eq",
        [0xB, 0x16, 0xC, 0x18],
    ),
)


@pytest.mark.parametrize(
    ("text", "vector", "mode", "lr", "retires", "slots"),
    [
        ("ldr r1, [r0]", "data", Mode.ABT, 8, 0, {"dfsr": 0x37, "dfar": EDGE}),
        ("ldm r0!, {r1, r2, r3, r4}", "data", Mode.ABT, 8, 0, {"dfsr": 0x37, "dfar": EDGE}),
        ("str r1, [r0], #4", "data", Mode.ABT, 8, 0, {"dfsr": 0x37 | WRITE, "dfar": EDGE}),
        ("udf #1", "undefined", Mode.UND, 2, 0, {}),
        ("svc #7", "svc", Mode.SVC, 2, 1, {}),
        ("bkpt #0", "prefetch", Mode.ABT, 4, 0, {"ifsr": 2}),
    ],
)
@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("block", [ITTTT, ITEEE, ITETE], ids=["tttt", "teee", "tete"])
def test_an_it_block(block, place, text, vector, mode, lr, retires, slots) -> None:
    """SPSR has the ITSTATE of the instruction that faulted; SVC that of the next one."""
    opening, states = block
    base = EDGE - 4 if "ldm" in text else EDGE

    def prepare() -> Paged:
        board = Paged()
        inside = ["nop"] * place + [text] + ["nop"] * (3 - place)
        board.code("nop", opening, *inside, thumb=True)
        board.core.r[0] = base
        board.core.state["z"] = states[place] >> 4 & 1 ^ 1  # so that it executes
        return board

    board = settled(prepare, place + 3)
    after = [*states, 0]
    it = after[place + retires]
    expected = board.entered(vector, START + 4 + 2 * place + lr, it=it, mode=mode, **slots)
    assert differences(board.core, expected) == {}
    assert board.core.instructions == place + 2 + retires


@pytest.mark.parametrize("text", ["ldr r1, [r0]", "svc #7", "udf #1", "udf.w #0"])
@pytest.mark.parametrize("place", range(4))
def test_what_its_condition_skips_does_not_fault(place: int, text: str) -> None:
    def prepare() -> Paged:
        board = Paged()
        inside = ["nop"] * place + [text] + ["nop"] * (3 - place)
        board.code("itttt eq", *inside, "nop", thumb=True)
        board.core.r[0] = EDGE
        return board

    board = settled(prepare, 6)
    assert board.core.instructions == 6
    assert board.it == 0
    assert board.core.pc == START + 12 + (2 if text == "udf.w #0" else 0)


def test_a_page_end_within_an_it_block() -> None:
    def prepare() -> Paged:
        board = Paged()
        board.code("itttt eq", "nop", address=FRAME + 0x1000 - 4, thumb=True)
        board.core.state["pc"] = EDGE - 4
        board.core.state["z"] = 1
        return board

    board = settled(prepare, 3)
    expected = board.entered("prefetch", EDGE + 4, it=2, ifsr=0x7, ifar=EDGE)
    assert differences(board.core, expected) == {}


@pytest.mark.parametrize("place", range(4))
def test_a_handler_that_mends_the_base_goes_on_in_the_it_block(place: int) -> None:
    def prepare() -> Paged:
        board = Paged()
        inside = ["ldr r1, [r0]" if at == place else "adds r0, r0, #1" for at in range(4)]
        board.code("itttt eq", *inside, "b #0", thumb=True)
        board.place(VECTORS["data"], "ldr r0, [sp]", "subs pc, lr, #8")
        board.core.state["r13_abt"] = WINDOW
        board.poke(FRAME, WINDOW + 4)
        board.core.r[0] = EDGE
        board.core.state["z"] = 1
        return board

    board = settled(prepare, 12)
    core = board.core
    assert core.pc == START + 10
    assert core.state["context"] == THUMB
    assert core.r[0] == WINDOW + 4 + 3 - place
    assert core.r[1] == 0xF000_0001
    assert core.instructions == 1 + 4 + 2 + 1
    assert (
        core.state["spsr_abt"] >> 25 & 3 | (core.state["spsr_abt"] >> 10 & 0x3F) << 2 == 1 << place
    )
    assert core.state["context"] >> IT_SHIFT == 0


# Random lists


@pytest.mark.parametrize("count", range(1, 17))
def test_a_fault_anywhere_in_a_list_leaves_registers_and_stores_the_words_before(count) -> None:
    rng = random.Random(count)
    for place in range(count):
        for loads in (True, False):
            check_list(rng, count, place, loads)


def check_list(rng: random.Random, count: int, place: int, loads: bool) -> None:
    """`count` registers from the one end or the other, the access at `place` being at EDGE."""
    numbers = sorted(rng.sample(range(16), count))
    base = rng.randrange(15)
    writeback = base not in numbers and rng.random() < 0.7
    before, up = rng.randrange(2), rng.randrange(2)
    first = EDGE - 4 * place
    start = first - (4 if before else 0) if up else first + 4 * count - (0 if before else 4)
    word = 0xE800_0000 | before << 24 | up << 23 | writeback << 21 | loads << 20 | base << 16
    word |= sum(1 << number for number in numbers)

    def prepare() -> Paged:
        board = Paged(rng.choice(["translation", "bus error"]), SYS)
        board.code("nop", "nop")
        board.poke(START + 8, word)
        board.core.r[base] = start
        return board

    board = prepare()
    board.photograph()
    for length in [1, 2] if place % 2 else [3]:
        board.go(length)
    status = board.status | (0 if loads else WRITE)
    expected = board.entered("data", START + 16, dfsr=status, dfar=EDGE)
    assert differences(board.core, expected) == {}, f"0x{word:08x}"
    assert (board.core.instructions, board.core.cycle) == (2, 3)
    memory = bytearray(board.memory_before)
    if not loads:
        for at, number in enumerate(numbers[:place]):
            value = START + 16 if number == 15 else board.before[f"r{number}"]
            offset = FRAME - START + 0x1000 - 4 * (place - at)
            memory[offset : offset + 4] = value.to_bytes(4, "little")
    assert board.ram.buffer == memory, f"0x{word:08x}"


# Conditions of what is undefined

UNALLOCATED, VFP_OFF = 0x07F0_00F0, 0x0E30_0A81  # udf; vadd.f32 s0, s1, s2


@pytest.mark.parametrize("word", [UNALLOCATED, VFP_OFF])
@pytest.mark.parametrize("z", [0, 1])
def test_an_undefined_instruction_is_undefined_if_its_condition_holds(word: int, z: int) -> None:
    def prepare() -> Paged:
        board = behind_two_nops("translation", False, "nop", {"z": z, "cpacr": 0, "fp_guard": 1})
        board.poke(START + 8, word)
        return board

    board = settled(prepare, 3)
    if z:
        expected = board.entered("undefined", START + 12, mode=Mode.UND)
        assert differences(board.core, expected) == {}
    assert board.core.instructions == (2 if z else 3)
    assert board.core.pc == (VECTORS["undefined"] if z else START + 12)

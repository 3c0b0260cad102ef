"""The MMU as software sees it: TLB, address spaces, domains, memory types, VA to PA, faults."""

from __future__ import annotations

import pytest

from cosim.cpus.arm import cp15
from cosim.cpus.arm.core import CortexA7, CortexA9
from cosim.cpus.arm.memory_type import (
    DEVICE,
    NORMAL,
    STRONGLY_ORDERED,
    MemoryType,
    remapped,
    without_remap,
)
from cosim.cpus.arm.registers import Mode
from cosim.cpus.faults import MemoryFault
from tests.cpus.arm.board import START, VECTORS, Board

TABLE, PAGES = START, START + 0x4000  # first and second level
FRAME, OTHER = START + 0x8000, START + 0x9000
WINDOW = 0x4000_0000
SECTION, PAGE = 0xC02, 0x32  # everybody may read and write
NOT_GLOBAL, NORMAL_SECTION, NORMAL_PAGE = 0x800, 0x100C, 0x4C
BY_NAME = {one.name: one for one in cp15.BY_ENCODING.values()}
SCTLR_M, SCTLR_TRE, SCTLR_AFE = 1, 1 << 28, 1 << 29


def write(board: Board, name: str, value: int) -> None:
    """As MCR does."""
    BY_NAME[name].write(board.core, value)


def read(board: Board, name: str) -> int:
    return BY_NAME[name].read(board.core)


def mapped(cls=CortexA9, sctlr: int = 0, page: int = FRAME | PAGE | NORMAL_PAGE) -> Board:
    """The board's memories where they are, and one page in the window."""
    board = Board(cls)
    board.handlers()
    board.poke(TABLE, SECTION | NORMAL_SECTION)
    board.poke(TABLE + (START >> 20) * 4, START | SECTION | NORMAL_SECTION)
    board.poke(TABLE + (WINDOW >> 20) * 4, PAGES | 1)
    board.poke(PAGES, page)
    board.poke(FRAME, 0x1111)
    board.poke(OTHER, 0x2222)
    write(board, "TTBR0", TABLE)
    write(board, "DACR", 1)
    write(board, "SCTLR", read(board, "SCTLR") | SCTLR_M | sctlr)
    return board


def remap(board: Board) -> None:
    """Change the page in memory only."""
    offset = PAGES - START
    word = (OTHER | PAGE | NORMAL_PAGE | NOT_GLOBAL).to_bytes(4, "little")
    board.ram.buffer[offset : offset + 4] = word


def fault(board: Board, access: str, address: int = WINDOW) -> int:
    """The status of the fault that an access gives."""
    with pytest.raises(MemoryFault) as caught:
        if access == "store":
            board.core.port.store(address, 0, 4)
        else:
            board.core.port.load(address, 4, access)
    assert caught.value.cause == "translation"
    return caught.value.status


# The TLB


@pytest.mark.parametrize(
    ("operation", "value", "forgets"),
    [
        ("TLBIALL", 0, True),
        ("TLBIALLIS", 0, True),
        ("ITLBIALL", 0, True),
        ("DTLBIALL", 0, True),
        ("TLBIMVA", WINDOW | 5, True),
        ("TLBIMVA", WINDOW | 6, False),  # another ASID
        ("TLBIMVA", WINDOW + 0x1000 | 5, False),  # another page
        ("TLBIMVAIS", WINDOW | 5, True),
        ("DTLBIMVA", WINDOW | 5, True),
        ("ITLBIMVA", WINDOW | 5, True),
        ("TLBIMVAA", WINDOW, True),
        ("TLBIMVAAIS", WINDOW | 0x77, True),
        ("TLBIASID", 5, True),
        ("TLBIASID", 6, False),
        ("TLBIASIDIS", 5, True),
    ],
)
def test_a_translation_stays_until_it_is_invalidated(operation, value, forgets) -> None:
    board = mapped(page=FRAME | PAGE | NORMAL_PAGE | NOT_GLOBAL)
    write(board, "CONTEXTIDR", 5)
    assert board.core.port.load(WINDOW, 4) == 0x1111
    remap(board)
    assert board.core.port.load(WINDOW, 4) == 0x1111
    write(board, operation, value)
    assert board.core.port.load(WINDOW, 4) == (0x2222 if forgets else 0x1111)


def test_an_asid_does_not_invalidate_what_is_global() -> None:
    board = mapped()
    write(board, "CONTEXTIDR", 5)
    board.core.port.load(WINDOW, 4)
    remap(board)
    write(board, "TLBIASID", 5)
    assert board.core.port.load(WINDOW, 4) == 0x1111
    write(board, "TLBIMVA", WINDOW | 9)  # but its address does, with any ASID
    assert board.core.port.load(WINDOW, 4) == 0x2222


def test_a_fault_is_not_kept() -> None:
    board = mapped(page=0)
    assert fault(board, "load") == 0x7
    board.ram.buffer[PAGES - START : PAGES - START + 4] = (FRAME | PAGE).to_bytes(4, "little")
    assert board.core.port.load(WINDOW, 4) == 0x1111


def test_address_spaces_are_apart_and_share_what_is_global() -> None:
    board = mapped(page=FRAME | PAGE | NORMAL_PAGE | NOT_GLOBAL)
    port = board.core.port
    assert port.load(WINDOW, 4) == 0x1111
    write(board, "CONTEXTIDR", 1)
    remap(board)
    assert port.load(WINDOW, 4) == 0x2222
    write(board, "CONTEXTIDR", 0)
    assert port.load(WINDOW, 4) == 0x1111
    entries = len(board.core.mmu.tlb)
    write(board, "CONTEXTIDR", 2)
    port.load(START, 4)
    port.load(START + 4, 4)
    assert len(board.core.mmu.tlb) == entries + 1  # START's section is there for all


def test_maintenance_is_told_to_the_other_cores_too() -> None:
    board = mapped()
    beside = Board(beside=board)
    write(beside, "TTBR0", TABLE)
    write(beside, "DACR", 1)
    for address, word in ((TABLE + (WINDOW >> 20) * 4, PAGES | 1), (PAGES, FRAME | PAGE)):
        beside.poke(address, word)
    write(beside, "SCTLR", read(beside, "SCTLR") | SCTLR_M)
    beside.core.port.load(WINDOW, 4)
    board.core.port.load(WINDOW, 4)
    write(board, "TLBIALL", 0)
    assert len(beside.core.mmu.tlb) == 1
    write(board, "TLBIALLIS", 0)
    assert len(beside.core.mmu.tlb) == 0


# Rights


def test_user_mode_and_user_accesses_have_user_rights() -> None:
    board = mapped(page=FRAME | 0x12)  # AP 001
    port = board.core.port
    assert port.load(WINDOW, 4) == 0x1111
    with pytest.raises(MemoryFault) as caught:
        port.load(WINDOW, 4, user=True)
    assert caught.value.status == 0xF
    board.core.state["mode"] = Mode.USR
    board.core.mmu.update()
    assert fault(board, "load") == 0xF
    assert fault(board, "store") == 0xF


def test_a_domain_changes_without_maintenance() -> None:
    board = mapped(page=FRAME | PAGE | 1)  # XN
    assert board.core.port.load(WINDOW, 4) == 0x1111
    assert fault(board, "fetch") == 0xF
    write(board, "DACR", 0)
    assert fault(board, "load") == 0xB
    write(board, "DACR", 2)  # reserved: no access
    assert fault(board, "load") == 0xB
    write(board, "DACR", 3)  # manager: XN is not asked for
    assert board.core.port.load(WINDOW, 4, "fetch") == 0x1111


def test_access_flags() -> None:
    board = mapped(sctlr=SCTLR_AFE, page=FRAME | 0x22)  # AP 010: AP[0] clear
    board.core.state["dacr"] = 3
    assert fault(board, "load") == 0x6  # whatever the domain says
    board.ram.buffer[PAGES - START] |= 0x10
    assert board.core.port.load(WINDOW, 4) == 0x1111


def test_privileged_execute_never_where_there_is_pxn() -> None:
    for cls, status in ((CortexA9, None), (CortexA7, 0xF)):
        board = mapped(cls)
        board.poke(TABLE + (WINDOW >> 20) * 4, PAGES | 4 | 1)
        if status is None:
            assert board.core.port.load(WINDOW, 4, "fetch") == 0x1111
        else:
            assert fault(board, "fetch") == status


# Faults


def test_the_fault_registers_of_a_store() -> None:
    board = mapped(page=FRAME | 0x232)  # AP 111: read-only
    board.poke(TABLE + (WINDOW >> 20) * 4, PAGES | 7 << 5 | 1)
    write(board, "DACR", 1 | 1 << 14)
    board.core.r[0] = WINDOW + 4
    board.core.state["pc"] = START + 0xA000
    board.place(START + 0xA000, "str r1, [r0, #4]!")
    board.go(1)
    assert board.core.pc == VECTORS["data"]
    assert board.core.state["dfsr"] == 1 << 11 | 7 << 4 | 0xF
    assert board.core.state["dfar"] == WINDOW + 8
    assert board.core.r[0] == WINDOW + 4
    assert any("permission fault, level 2, domain 7" in one for one in board.reports["mmu"])


def test_tables_that_nothing_answers_for() -> None:
    board = mapped()
    board.poke(TABLE + (WINDOW >> 20) * 4, 0x2000_0000 | 3 << 5 | 1)
    assert fault(board, "load") == 3 << 4 | 0xE
    write(board, "TTBCR", 1)
    write(board, "TTBR1", 0x2000_0000)
    assert fault(board, "load", 0x8000_0000) == 0xC


def test_cache_maintenance_by_address_needs_a_translation() -> None:
    board = mapped(page=0)
    for name in ("DCCMVAC", "DCIMVAC", "DCCMVAU", "DCCIMVAC", "ICIMVAU"):
        write(board, name, START)
        with pytest.raises(MemoryFault) as caught:
            write(board, name, WINDOW)
        assert (caught.value.access, caught.value.status) == ("store", 0x7)


# VA to PA


def test_par_has_address_and_memory_type() -> None:
    board = mapped(page=FRAME | PAGE | NORMAL_PAGE | 1 << 10)  # shareable, write-back, allocating
    write(board, "ATS1CPR", WINDOW + 0x123)
    assert read(board, "PAR") == FRAME | 1 << 7 | 0b101 << 4 | 0b01 << 2
    board.poke(TABLE + (WINDOW >> 20) * 4, START | 1 << 18 | SECTION)
    write(board, "TLBIALL", 0)
    write(board, "ATS1CUW", WINDOW + 0x3456)
    assert read(board, "PAR") == START & 0xFF00_0000 | 1 << 7 | 0b001 << 4 | 2


def test_par_has_the_fault_and_nothing_is_taken() -> None:
    board = mapped(page=FRAME | 0x12)
    write(board, "ATS1CUR", WINDOW)
    assert read(board, "PAR") == 0xF << 1 | 1
    write(board, "ATS1CPW", 0x3000_0000)
    assert read(board, "PAR") == 0x5 << 1 | 1
    assert board.core.state["dfsr"] == 0


def test_an_external_abort_of_a_translation_is_taken() -> None:
    board = mapped()
    board.poke(TABLE + (WINDOW >> 20) * 4, 0x2000_0000 | 1)
    with pytest.raises(MemoryFault):
        write(board, "ATS1CPR", WINDOW)


# Memory types


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        (0b000_00, MemoryType(STRONGLY_ORDERED)),
        (0b000_01, MemoryType(DEVICE)),
        (0b010_00, MemoryType(DEVICE, shareable=False)),
        (0b001_00, MemoryType(NORMAL, shareable=False)),
        (0b001_11, MemoryType(NORMAL, 1, 1, shareable=False)),
        (0b110_01, MemoryType(NORMAL, 1, 2, shareable=False)),
    ],
)
def test_types_without_remap(bits: int, expected: MemoryType) -> None:
    assert without_remap(bits, shareable=False) == expected


def test_types_through_the_remap_registers() -> None:
    """With the reset values of PRRR and NMRR, TEX[0], C and B mean what they do without remap."""
    prrr, nmrr = cp15.PRRR_RESET, cp15.NMRR_RESET
    for bits in (0, 1, 2, 3, 4, 7):
        kind, inner, outer = without_remap(bits, True)[:3]
        assert remapped(bits, True, prrr, nmrr)[:3] == (kind, inner, outer)
    assert remapped(3, True, prrr, nmrr).shareable
    assert not remapped(3, False, prrr, nmrr).shareable
    assert remapped(0b111, False, 0b01 << 14, 0).kind == DEVICE


def test_device_memory_is_not_for_unaligned_accesses() -> None:
    board = mapped(page=FRAME | PAGE | 4)  # shareable device
    assert board.core.port.load(WINDOW, 4) == 0x1111
    with pytest.raises(MemoryFault) as caught:
        board.core.port.load(WINDOW + 1, 4)
    assert caught.value.cause == "alignment"
    write(board, "PRRR", 0b10 << 2)  # that type is normal memory now
    write(board, "SCTLR", read(board, "SCTLR") | SCTLR_TRE)
    assert board.core.port.load(WINDOW + 1, 4) == 0x11

"""The MMU: its registers, page sizes, zones and exceptions (UG984, Memory Management)."""

from __future__ import annotations

import random
from typing import NamedTuple

import pytest

from cosim.cpus.faults import MemoryFault
from cosim.cpus.microblaze.config import MicroBlazeConfig
from cosim.cpus.microblaze.mmu import Entry, Mmu
from tests.cpus.microblaze.board import DATA, HANDLERS, START, Board

EE, EIP, UM, UMS, VM, VMS = 0x100, 0x200, 0x800, 0x1000, 0x2000, 0x4000
DATA_STORAGE, INSTRUCTION_STORAGE, DATA_MISS, INSTRUCTION_MISS = 16, 17, 18, 19
STORE, ZONE, SLOT = 0x400, 0x800, 0x1000
HANDLER = "mfs r20, resr\nmfs r21, rear\nmfs r22, rbtr\nmfs r23, rmsr\nbri 0"
VIRTUAL = 0x4000_0000


def entry(index: int, virtual: int, physical: int, size: int = 1, more: str = "0x300") -> str:
    """Code that writes a TLB entry."""
    return f"""
        addik r30, r0, {index}
        mts rtlbx, r30
        li r30, {physical | int(more, 0)}
        mts rtlblo, r30
        li r30, {virtual | size << 7 | 0x40}
        mts rtlbhi, r30
    """


CODE = entry(63, START, START, 7, "0x3F0")  # zone 15
OPEN = "addik r30, r0, 3\nmts rzpr, r30\n"  # zone 15 has all access


def translated(text: str, *, msr: int = VM, setup: str = "", **options: object) -> Board:
    """A board that ran `text` with translation on."""
    board = Board(**options)
    board.handler(0x20, HANDLER)
    board.run(f"{CODE}{OPEN}{setup}addik r30, r0, {msr}\nmts rmsr, r30\n{text}")
    assert not board.fault
    return board


@pytest.mark.parametrize("size", range(8))
def test_page_sizes_from_1_kib_to_16_mib(size: int) -> None:
    """QEMU gives up on pages of 1 KiB (D7, 9)."""
    span = 1024 << 2 * size
    board = Board()
    board.handler(0x20, HANDLER)
    inside, outside = VIRTUAL + (DATA - START) % span, VIRTUAL + span
    board.poke(DATA, 0xCAFE)
    board.run(f"""
        {CODE}{OPEN}{entry(0, VIRTUAL, DATA & -span, size)}
        addik r30, r0, {VM}
        mts rmsr, r30
        li r4, {inside}
        lwi r3, r4, 0
        li r4, {outside}
        lwi r5, r4, 0
    """)
    assert board.core.r[3] == 0xCAFE
    assert (board.core.r[20], board.core.r[21]) == (DATA_MISS, outside)


def test_a_store_across_pages_of_1_kib_goes_to_both() -> None:
    setup = entry(0, VIRTUAL, DATA, 0) + entry(1, VIRTUAL + 1024, DATA + 4096, 0)
    board = translated(
        f"li r4, {VIRTUAL}\nli r3, 0x11223344\nswi r3, r4, 0x3FC\nswi r3, r4, 0x400", setup=setup
    )
    assert board.peek(DATA + 0x3FC) == board.peek(DATA + 4096) == 0x1122_3344


@pytest.mark.parametrize(
    ("text", "esr"),
    [
        ("lwi r5, r4, 0", DATA_MISS),
        ("swi r5, r4, 0", DATA_MISS | STORE),
        ("lwx r5, r4, r0", DATA_MISS),
        ("lhui r5, r4, 1", DATA_MISS),  # before the unaligned address: QEMU has it the other way
    ],
)
def test_a_miss_comes_before_alignment_and_cannot_be_masked(text: str, esr: int) -> None:
    board = translated(f"li r4, {VIRTUAL}\naddik r5, r0, 6\n{text}")
    core = board.core
    assert (core.r[20], core.r[21], core.r[5]) == (esr, VIRTUAL + int(text[-1] == "1"), 6)
    assert core.r[23] & (VM | VMS | EIP) == VMS | EIP
    assert core.r[17] == core.pc_of_fault


@pytest.fixture(autouse=True)
def _pc_of_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the address of the instruction that trapped last."""
    from cosim.cpus.microblaze.core import MicroBlaze

    take = MicroBlaze.take

    def taking(self: MicroBlaze, exception: Exception) -> bool:
        self.pc_of_fault = self.pc
        return take(self, exception)

    monkeypatch.setattr(MicroBlaze, "take", taking, raising=True)


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("lwi r5, r4, 0", 0),
        (f"imm {VIRTUAL >> 16}\nlwi r5, r0, 0", 4),
        ("brid 8\nlwi r5, r4, 0", 4),
        ("imm 0\nbrid 8\nlwi r5, r4, 0", 8),
        ("imm 0\nbeqid r0, 8\nlwi r5, r4, 0", 8),
    ],
)
def test_the_handler_can_start_the_instruction_again_with_its_prefix_and_branch(text, back) -> None:
    core = translated(f"li r4, {VIRTUAL}\n{text}").core
    assert core.r[17] == core.pc_of_fault - back
    assert bool(core.r[20] & SLOT) == ("br" in text or "be" in text)


@pytest.mark.parametrize(
    ("rights", "text", "esr"),
    [
        ("0x200", "swi r5, r4, 0", DATA_STORAGE | STORE),
        ("0x300", "swi r5, r4, 0", 0),
        ("0x000", "lwi r5, r4, 0", 0),
        ("0x100", "brald r15, r4\nor r0, r0, r0", INSTRUCTION_STORAGE),
    ],
)
def test_protection(rights: str, text: str, esr: int) -> None:
    core = translated(f"li r4, {VIRTUAL}\n{text}", setup=entry(0, VIRTUAL, DATA, 1, rights)).core
    assert core.r[20] == esr
    if esr:
        assert core.r[21] == VIRTUAL


def test_a_fetch_that_misses() -> None:
    core = translated(f"li r4, {VIRTUAL + 8}\nbra r4").core
    assert (core.r[20], core.r[21], core.r[17]) == (INSTRUCTION_MISS, VIRTUAL + 8, VIRTUAL + 8)


@pytest.mark.parametrize(
    ("zone", "user", "load", "store"),
    [
        (0, False, 0, DATA_STORAGE | STORE),
        (0, True, DATA_STORAGE | ZONE, DATA_STORAGE | STORE | ZONE),  # to QEMU it is a miss
        (1, False, 0, DATA_STORAGE | STORE),
        (1, True, 0, DATA_STORAGE | STORE),
        (2, False, 0, 0),
        (2, True, 0, DATA_STORAGE | STORE),
        (3, False, 0, 0),
        (3, True, 0, 0),
    ],
)
def test_zones(zone: int, user: bool, load: int, store: int) -> None:
    """An entry without rights, in zone 2."""
    setup = entry(0, VIRTUAL, DATA, 1, "0x020")
    setup += f"li r30, {zone << 26 | 3}\nmts rzpr, r30\n"
    msr = VM | EE | (UM if user else 0)
    for text, esr in (("lwi r5, r4, 0", load), ("swi r5, r4, 0", store)):
        assert translated(f"li r4, {VIRTUAL}\n{text}", setup=setup, msr=msr).core.r[20] == esr


def test_a_zone_that_is_not_there_changes_nothing() -> None:
    setup = entry(0, VIRTUAL, DATA, 1, "0x320") + entry(63, START, START, 7, "0x300")
    board = translated(f"li r4, {VIRTUAL}\nswi r4, r4, 0", setup=setup, mmu_zones=2, msr=VM)
    assert board.peek(DATA) == VIRTUAL
    assert Board(mmu_zones=2).run("addik r3, r0, -1\nmts rzpr, r3\nmfs r4, rzpr").r[4] == 0xF << 28


def test_entries_belong_to_a_process_or_to_all() -> None:
    setup = "addik r30, r0, 5\nmts rpid, r30\n" + entry(0, VIRTUAL, DATA)
    text = f"li r4, {VIRTUAL}\nlwi r5, r4, 0\nmts rpid, r0\nlwi r6, r4, 0"
    board = translated(text, setup=setup)
    assert board.core.r[20] == DATA_MISS
    assert board.core.pc_of_fault == board.core.r[17]


def test_two_address_spaces() -> None:
    setup = "".join(
        f"addik r30, r0, {pid}\nmts rpid, r30\n" + entry(pid, VIRTUAL, DATA + 4096 * pid)
        for pid in (1, 2)
    )
    text = f"li r4, {VIRTUAL}\naddik r6, r0, 1\naddik r7, r0, 2\n"
    text += "mts rpid, r6\nswi r6, r4, 0\nmts rpid, r7\nswi r7, r4, 0\nmts rpid, r6\nlwi r3, r4, 0"
    board = translated(text, setup=setup)
    assert board.core.r[3] == 1
    assert (board.peek(DATA + 4096), board.peek(DATA + 8192)) == (1, 2)


def test_searching_the_tlb() -> None:
    core = Board().run(f"""
        addik r3, r0, 9
        mts rpid, r3
        {entry(7, VIRTUAL, DATA, 2)}
        mts rtlbx, r0
        li r4, {VIRTUAL + 0x3FFF}
        mts rtlbsx, r4
        mfs r5, rtlbx
        li r4, {VIRTUAL + 0x4000}
        mts rtlbsx, r4
        mfs r6, rtlbx
        mts rpid, r0
        mfs r7, rtlbhi
        mfs r8, rpid
        mfs r9, rtlblo
        mts rtlbx, r0
        mfs r10, rtlbx
    """)
    assert (core.r[5], core.r[6]) == (7, 0x8000_0007)
    assert (core.r[7], core.r[8]) == (VIRTUAL | 2 << 7 | 0x40, 9)
    assert (core.r[9], core.r[10]) == (DATA | 0x300, 0)


@pytest.mark.parametrize(
    ("access", "read", "written"), [(0, 0, 0), (1, 0, 0), (2, 0, 7), (3, 7, 7)]
)
def test_access_to_the_registers_can_be_left_out(access: int, read: int, written: int) -> None:
    core = Board(mmu_tlb_access=access).run("addik r3, r0, 7\nmts rpid, r3\nmfs r4, rpid")
    assert (core.r[4], core.state["pid"]) == (read, written)


@pytest.mark.parametrize(("access", "index"), [(0, 0), (1, 7), (2, 7), (3, 7)])
def test_with_minimal_access_the_index_is_that_of_a_search(access: int, index: int) -> None:
    core = Board(mmu_tlb_access=access).run("addik r3, r0, 7\nmts rtlbx, r3\nmfs r4, rtlbx")
    assert (core.r[4], core.state["tlbx"]) == (index, index)


def test_protection_without_translation_leaves_addresses_alone() -> None:
    setup = entry(0, DATA, DATA + 0x1000, 1, "0x300")
    board = translated(f"li r4, {DATA}\nswi r4, r4, 0", mmu=2, setup=setup)
    assert (board.peek(DATA), board.peek(DATA + 0x1000)) == (DATA, 0)


def test_a_reset_leaves_the_tlb() -> None:
    board = translated("or r0, r0, r0", setup=entry(3, VIRTUAL, DATA))
    board.core.reset()
    assert board.core.mmu.search(VIRTUAL, 0) == 3
    assert board.core.port.translator is None


def test_demand_paging_by_a_handler() -> None:
    """The handler enters a page and starts the store again."""
    board = Board()
    board.handler(
        0x20,
        "mfs r18, rear\nandi r18, r18, -4096\nori r18, r18, 0xC0\naddik r19, r19, 1\n"
        f"mts rtlbx, r19\nli r20, {DATA + 0x300}\nmts rtlblo, r20\nmts rtlbhi, r18\n"
        "rted r17, 0\nor r0, r0, r0",
    )
    board.run(f"{CODE}{OPEN}addik r30, r0, {VM}\nmts rmsr, r30\nli r4, {VIRTUAL + 8}\nimm 0\n"
              "brid 8\nswi r4, r4, 0\nlwi r5, r4, 0")  # fmt: skip
    assert board.core.r[5] == VIRTUAL + 8
    assert board.core.r[19] == 1
    assert board.core.msr & VM
    assert board.peek(DATA + 8) == VIRTUAL + 8


def test_a_system_call_leaves_translation_and_comes_back_to_it() -> None:
    board = Board()
    board.handler(0x08, "mfs r20, rmsr\nrtbd r14, 4\naddik r21, r0, 1")
    core = board.run(f"{CODE}{OPEN}addik r30, r0, {VM | UM}\nmts rmsr, r30\nbrki r14, 8\nbri 4")
    assert core.r[20] & (UM | UMS | VM | VMS) == UMS | VMS
    assert core.msr & (UM | VM) == UM | VM
    assert board.core.pc > START
    assert HANDLERS


def test_an_interrupt_leaves_translation_and_comes_back_to_it() -> None:
    board = Board()
    board.handler(0x10, "mfs r20, rmsr\nrtid r14, 0\nor r0, r0, r0")
    board.run(f"{CODE}{OPEN}addik r30, r0, {VM | UM | 2}\nmts rmsr, r30\nbri 0", steps=40)
    line = board.core.lines["interrupt"]
    line.write(True)
    board.go(steps=1)
    line.write(False)
    board.go()
    assert board.core.r[20] & (UM | UMS | VM | VMS) == UMS | VMS
    assert board.core.msr & (UM | VM) == UM | VM


# A second model, written from the manual's tables, with no thought of speed.


class Page(NamedTuple):
    first: int
    last: int
    physical: int
    pid: int
    zone: int
    write: bool
    execute: bool


def expected(
    pages: list[Page], address: int, access: str, pid: int, zpr: int, user: bool
) -> int | str:
    """The physical address, "miss", "zone" or "protected"."""
    for page in pages:
        if page.first <= address <= page.last and page.pid in (0, pid):
            digits = format(zpr, "032b")[2 * page.zone :][:2]
            if user and digits == "00":
                return "zone"
            override = digits == "11" or (digits == "10" and not user)
            allowed = {"load": True, "store": page.write, "fetch": page.execute}[access]
            if not (allowed or override):
                return "protected"
            return page.physical + address - page.first
    return "miss"


def test_a_thousand_random_tables_against_a_slow_model() -> None:
    rng = random.Random(4)
    config = MicroBlazeConfig.model_validate({"type": "xilinx.microblaze", "clock": "1MHz"})
    seen = set()
    for _ in range(1000):
        mmu, pages = Mmu(config), []
        for index in sorted(rng.sample(range(64), rng.randrange(12))):
            size = rng.randrange(8)
            span = 1024 * 4**size
            first = rng.getrandbits(26) // span * span
            physical = rng.getrandbits(32) // span * span
            rights, zone, pid = rng.getrandbits(2), rng.randrange(16), rng.choice([0, 1, 2])
            valid = rng.random() < 0.9
            mmu.entries[index] = Entry(
                first | size << 7 | valid << 6, physical | rights << 8 | zone << 4, pid
            )
            if valid:
                page = Page(first, first + span - 1, physical, pid, zone, bool(rights & 1),
                            bool(rights & 2))  # fmt: skip
                pages.append(page)
        for _ in range(20):
            pid, zpr, user = rng.randrange(3), rng.getrandbits(32), rng.random() < 0.5
            near = rng.choice(pages).first if pages and rng.random() < 0.8 else 0
            address = (near ^ rng.getrandbits(rng.choice([8, 14, 26]))) & 0xFFFF_FFFF
            access = rng.choice(["load", "store", "fetch"])
            mmu.pid, mmu.zones, mmu.user = pid, zpr, user
            try:
                found: int | str = mmu.translate(address, access, False).physical
            except MemoryFault as fault:
                found = ("miss", "protected", "zone")[fault.status]
            wanted = expected(pages, address, access, pid, zpr, user)
            assert found == wanted
            seen.add(wanted if isinstance(wanted, str) else "hit")
    assert seen == {"hit", "miss", "zone", "protected"}

"""Precise exceptions: what each one leaves, plain, after imm and in delay slots, in any slices.

The rules, as docs/design.md has them: an instruction that faults writes no register but those that
say why; it takes its cycle and does not retire. The whole state is compared, so what is not named
in a case has not changed.
"""

# ruff: noqa: E501  one exception per line
from __future__ import annotations

from functools import partial
from typing import NamedTuple

import pytest

from cosim.cpus.isa.state import State
from cosim.cpus.microblaze.mmu import Entry
from cosim.cpus.microblaze.registers import (
    EC_DATA_BUS,
    EC_DATA_STORAGE,
    EC_DATA_TLB_MISS,
    EC_DIVIDE,
    EC_FPU,
    EC_ILLEGAL_OPCODE,
    EC_INSTRUCTION_BUS,
    EC_INSTRUCTION_STORAGE,
    EC_INSTRUCTION_TLB_MISS,
    EC_PRIVILEGED,
    EC_STREAM,
    EC_UNALIGNED,
    ESR_DELAY_SLOT,
    ESR_DIVIDE_OVERFLOW,
    ESR_STORE,
    ESR_WORD,
    ESR_ZONE,
    FSR_DZ,
    FSR_IO,
    LAYOUT,
    MSR_DZO,
    MSR_EE,
    MSR_EIP,
    MSR_FSL,
    MSR_UM,
    MSR_UMS,
    MSR_VM,
    MSR_VMS,
)
from cosim.kernel.fifo import Fifo
from tests.cpus.microblaze.board import DATA, SIZE, START, Board
from tests.cpus.slices import differences, settled

EDGE = START + 0x1000  # of the page that is mapped
END = START + SIZE  # of the memory
NOWHERE = 0x8000_0004
VIRTUAL = 0x4000_0000  # not mapped; the next pages are read-only, and out of user mode's zone
READ_ONLY, FORBIDDEN = VIRTUAL + 0x1000, VIRTUAL + 0x2000
R3 = 3 << 5


class Kind(NamedTuple):
    """An exception of one instruction.

    Attributes:
        text: the instruction. It uses r28 and r29, or r1 with stack protection.
        esr: what the ESR gets, but for the delay slot.
        ear: what the EAR gets; None leaves it.
        again: whether r17 leads back to the instruction, its imm and its branch.
        at: where the instruction is, if that matters.
        r28: an address.
        msr: besides EE.
        prefixed: imm and the instruction, where the immediate matters.
        slots: what else changes.
        options: of the core.
    """

    text: str
    esr: int
    ear: int | None = None
    again: bool = False
    at: int = 0
    r28: int = NOWHERE
    msr: int = 0
    prefixed: str = ""
    slots: dict[str, int] = {}
    options: dict[str, object] = {}


VIRTUALLY = {"mmu": 3}
DIVIDES = {"div_zero_exception": True}
FLOATS = {"fpu_exception": True}
GUARDED = {"mmu": 0, "stack_protection": True}
STREAMS = {"stream_links": 1, "stream_exception": True}
NOP = "or r0, r0, r0"

# fmt: off
KINDS = {
    "unaligned load": Kind("lwi r3, r29, 2", EC_UNALIGNED | ESR_WORD | R3, DATA + 2,
                           prefixed=f"imm {DATA >> 16}\nlwi r3, r0, {DATA + 2 & 0xFFFF}"),
    "unaligned store": Kind("shi r3, r29, 1", EC_UNALIGNED | ESR_STORE | R3, DATA + 1,
                            prefixed=f"imm {DATA >> 16}\nshi r3, r0, {DATA + 1 & 0xFFFF}"),
    "unaligned by registers": Kind("sw r3, r29, r28", EC_UNALIGNED | ESR_WORD | ESR_STORE | R3, DATA + 3, r28=3),
    "illegal opcode": Kind(".word 0xFC000000", EC_ILLEGAL_OPCODE),
    "missing instruction": Kind("fadd r3, r4, r5", EC_ILLEGAL_OPCODE, options={"fpu": 0}),
    "data bus load": Kind("lwi r3, r28, 0", EC_DATA_BUS, NOWHERE, prefixed="imm 0x8000\nlwi r3, r0, 4"),
    "data bus store": Kind("sb r3, r28, r0", EC_DATA_BUS, NOWHERE),
    "data bus lwx": Kind("lwx r3, r28, r0", EC_DATA_BUS, NOWHERE),
    "data bus swx": Kind("swx r3, r28, r0", EC_DATA_BUS, NOWHERE),
    "divide by zero": Kind("idivu r3, r0, r4", EC_DIVIDE, slots={"msr": MSR_DZO}, options=DIVIDES),
    "divide overflow": Kind("idiv r3, r28, r29", EC_DIVIDE | ESR_DIVIDE_OVERFLOW, r28=0xFFFF_FFFF,
                            slots={"msr": MSR_DZO, "r29": 0x8000_0000}, options=DIVIDES),
    "float divide": Kind("fdiv r3, r0, r28", EC_FPU, r28=0x3F80_0000, slots={"fsr": FSR_DZ}, options=FLOATS),
    "float invalid": Kind("fsqrt r3, r28", EC_FPU, r28=0xBF80_0000, slots={"fsr": FSR_IO}, options=FLOATS),
    "privileged": Kind("mts rmsr, r28", EC_PRIVILEGED, msr=MSR_UM),
    "privileged stream": Kind("put r3, rfsl0", EC_PRIVILEGED, msr=MSR_UM, options=STREAMS),
    "stack protection load": Kind("lwi r3, r1, -4", EC_PRIVILEGED, DATA - 4, options=GUARDED,
                                  prefixed="imm 0xFFFF\nlwi r3, r1, 0xFFFC"),
    "stack protection store": Kind("swi r3, r1, 0x100", EC_PRIVILEGED, DATA + 0x100, options=GUARDED,
                                   prefixed="imm 0\nswi r3, r1, 0x100"),
    "stream": Kind("eget r3, rfsl0", EC_STREAM, slots={"edr": 0x1234, "msr": MSR_FSL}, options=STREAMS),
    "data TLB miss load": Kind("lwi r3, r28, 0", EC_DATA_TLB_MISS, VIRTUAL, True, r28=VIRTUAL, msr=MSR_VM,
                               prefixed=f"imm {VIRTUAL >> 16}\nlwi r3, r0, 0"),
    "data TLB miss store": Kind("sw r3, r28, r0", EC_DATA_TLB_MISS | ESR_STORE, VIRTUAL, True, r28=VIRTUAL, msr=MSR_VM),
    "data TLB miss unaligned": Kind("lw r3, r28, r0", EC_DATA_TLB_MISS, VIRTUAL + 1, True, r28=VIRTUAL + 1, msr=MSR_VM),
    "data storage": Kind("swi r3, r28, 8", EC_DATA_STORAGE | ESR_STORE, READ_ONLY + 8, True, r28=READ_ONLY, msr=MSR_VM,
                         prefixed="imm 0\nswi r3, r28, 8"),
    "data storage zone": Kind("lw r3, r28, r0", EC_DATA_STORAGE | ESR_ZONE, FORBIDDEN, True, r28=FORBIDDEN, msr=MSR_VM | MSR_UM),
    "instruction bus": Kind("", EC_INSTRUCTION_BUS, at=END),
    "instruction TLB miss": Kind("", EC_INSTRUCTION_TLB_MISS, EDGE, True, at=EDGE, msr=MSR_VM),
    "instruction TLB miss user": Kind("", EC_INSTRUCTION_TLB_MISS, EDGE, True, at=EDGE, msr=MSR_VM | MSR_UM),
    "instruction storage": Kind("", EC_INSTRUCTION_STORAGE, EDGE + 0x1000, True, at=EDGE + 0x1000, msr=MSR_VM,
                                options={"mmu": 2}),
}
# In front of the instruction; where its branch is, from it; the branch's target, from the branch.
POSITIONS = {
    "plain":                 (NOP,                     None, None),
    "after imm":             ("imm 0x1234",            None, None),
    "slot":                  ("brid 12",               -4,   12),
    "slot, taken":           ("beqid r0, 12",          -4,   12),
    "slot, not taken":       ("bneid r0, 12",          -4,   8),
    "slot with imm":         ("imm 0\nbrid 12",        -4,   12),
    "slot with imm, not taken": ("imm 0\nbltid r0, 12", -4,  8),
    "slot of a call":        ("brlid r15, 12",         -4,   12),
    "slot of a return":      ("rtsd r27, 8",           -4,   None),
}
# fmt: on
RETURN = 0x1234_5678  # r27


class Precise(Board):
    """The board with `kind` in front of it, every register with a value of its own."""

    def __init__(
        self, kind: Kind, text: str, endian: str = "little", handler: str = "bri 0"
    ) -> None:
        super().__init__(endian, **kind.options)
        core, state = self.core, self.core.state
        for number in range(1, 32):
            state[f"r{number}"] = 0x1010_0001 * number
        for name in ("ear", "esr", "btr", "btarget", "edr"):
            state[name] = 0x0101_0000 + LAYOUT[name]
        state["r1"] = state["r29"] = DATA
        state["r28"], state["r27"] = kind.r28, RETURN - 8
        state["r29"] = kind.slots.get("r29", DATA)
        state["reservation"] = state["carry"] = 1
        state["slr"], state["shr"] = DATA, DATA + 0xFF
        state["zpr"] = 0x4000_0000  # zone 0: as the entry says; zone 1: nothing for user mode
        self.place(handler, 0x20)
        self.poke(DATA, 0xCAFE)
        core.mmu.entries[:4] = [
            Entry(START | 1 << 7 | 0x40, START | 0x300),
            Entry(READ_ONLY | 1 << 7 | 0x40, DATA),
            Entry(FORBIDDEN | 1 << 7 | 0x40, DATA | 0x310),
            Entry(EDGE + 0x1000 | 1 << 7 | 0x40, EDGE + 0x1000 | 0x100),
        ]
        if kind.at == EDGE + 0x1000:
            core.mmu.entries[4] = Entry(EDGE | 1 << 7 | 0x40, EDGE | 0x300)
        if core.settings.stream_links:
            fifo: Fifo[tuple[int, bool]] = Fifo(self.kernel, 4, "words")
            fifo.nb_write((0x1234, True))
            fifo.update()
            core.stream_inputs[0] = core.stream_outputs[0] = fifo
        core.msr = MSR_EE | kind.msr
        state["carry"] = 1
        lines = len([line for line in text.splitlines() if line])
        self.at = kind.at or START + 4 * (lines - 1)
        self.steps = lines + (1 if kind.at else 0)
        start = kind.at - 4 * lines if kind.at else START
        self.place(text, start)
        state["pc"] = start

    def photograph(self) -> None:
        """Keep what there is before the run."""
        self.before = State(LAYOUT)
        self.before.words[:] = self.core.state.words
        self.memory_before = self.memory()

    def memory(self) -> tuple[bytes, bytes]:
        read = self.core.port.read_debug
        return read(0, SIZE, physical=True), read(START, SIZE, physical=True)

    def outcome(self) -> tuple[object, ...]:
        """All that a run may change."""
        core = self.core
        counts = core.instructions, core.cycle, self.kernel.now
        return core.state.snapshot(), core.msr, counts, self.memory()

    def entered(self, kind: Kind, r17: int, slot: int, btarget: int | None, **slots: int) -> State:
        """The whole state in front of the handler's first instruction."""
        state = State(LAYOUT)
        state.words[:] = self.before.words
        msr = MSR_EE | kind.msr | kind.slots.get("msr", 0)
        for name, value in {**kind.slots, **slots}.items():
            state[name] = value
        if btarget is not None:
            state["btarget"] = btarget
        state["btr"] = state["btarget"]
        state["r17"] = r17
        state["esr"] = kind.esr | slot
        if kind.ear is not None:
            state["ear"], state["ear_high"] = kind.ear, 0
        saved = (MSR_UMS if msr & MSR_UM else 0) | (MSR_VMS if msr & MSR_VM else 0)
        state["msr"] = msr & ~(MSR_EE | MSR_UM | MSR_VM) | MSR_EIP | saved
        state["reservation"] = state["context"] = 0
        state["pc"] = 0x20
        return state


@pytest.mark.parametrize("endian", ["little", "big"])
@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("name", KINDS)
def test_an_exception_leaves_exactly_this(name: str, position: str, endian: str) -> None:
    kind = KINDS[name]
    front, branch, target = POSITIONS[position]
    text = f"{front}\n{kind.text}"
    if position == "after imm" and kind.prefixed:
        text = kind.prefixed
    board = Precise(kind, text, endian)
    board = settled(partial(Precise, kind, text, endian), board.steps)
    at, prefix = board.at, 4 if "imm" in text.splitlines()[0] else 0
    slots = {}
    if position == "slot of a call":
        slots["r15"] = at - 4
    if branch is None:
        r17 = at - prefix if kind.again else at + 4
        expected = board.entered(kind, r17, 0, None, **slots)
    else:
        r17 = at + branch - prefix if kind.again else at + 4
        btarget = RETURN if target is None else at + branch + target
        expected = board.entered(kind, r17, ESR_DELAY_SLOT, btarget, **slots)
    assert differences(board.core, expected) == {}
    assert (board.core.instructions, board.core.cycle) == (board.steps - 1, board.steps)
    assert board.memory() == board.memory_before


@pytest.mark.parametrize("text", ["brid 8", "imm 1", "rtsd r15, 8", "brki r16, 0x18", "mbar 1"])
@pytest.mark.parametrize("front", ["brid 12", "imm 0\nbrid 12", "bneid r0, 12"])
def test_what_must_not_be_in_a_slot_is_an_illegal_opcode_with_ds(front: str, text: str) -> None:
    kind = KINDS["illegal opcode"]
    board = Precise(kind, f"{front}\n{text}")
    board = settled(partial(Precise, kind, f"{front}\n{text}"), board.steps)
    btarget = board.at - 4 + (8 if "bne" in front else 12)
    expected = board.entered(kind, board.at + 4, ESR_DELAY_SLOT, btarget)
    assert differences(board.core, expected) == {}
    assert board.core.instructions == board.steps - 1


@pytest.mark.parametrize("name", ["data bus load", "data TLB miss store", "illegal opcode"])
@pytest.mark.parametrize("leave", ["rtid", "rtbd", "rted"])
def test_a_return_whose_slot_faults_has_not_changed_the_msr(leave: str, name: str) -> None:
    kind, text = KINDS[name], f"{leave} r27, 8\n{KINDS[name].text}"
    board = settled(partial(Precise, kind, text), 2)
    r17 = board.at - 4 if kind.again else board.at + 4
    expected = board.entered(kind, r17, ESR_DELAY_SLOT, RETURN)
    assert differences(board.core, expected) == {}


@pytest.mark.parametrize("position", [name for name in POSITIONS if "return" not in name])
def test_a_handler_that_mends_the_translation_starts_it_all_again(position: str) -> None:
    """The branch and its imm retire twice, the access once."""
    front, branch, target = POSITIONS[position]
    kind = KINDS["data TLB miss load"]
    access = "lw r3, r28, r0"

    def prepare() -> Precise:
        handler = f"mts rtlbx, r0\nmts rtlblo, r26\nmts rtlbhi, r25\nrted r17, 0\n{NOP}"
        code = f"{front}\n{access}\nbri 0\nbri 0\nbri 0"
        board = Precise(kind, code, handler=handler)
        core = board.core
        core.mmu.entries[5] = core.mmu.entries[0]  # index 0 is the handler's
        core.state["r26"], core.state["r25"] = DATA | 0x300, VIRTUAL | 1 << 7 | 0x40
        return board

    board = settled(prepare, 20)
    core = board.core
    before = len(front.splitlines())
    again = before if branch is not None or "imm" in front else 0
    assert core.r[3] == 0xCAFE
    assert core.instructions == before + 5 + again + 1 + 1  # and one branch to itself
    slot = START + 4 * before
    assert core.pc == (slot + 4 if target is None else slot + branch + target)
    assert core.msr & (MSR_EE | MSR_EIP | MSR_VM) == MSR_EE | MSR_VM


@pytest.mark.parametrize("kind", ["data bus load", "data TLB miss load", "illegal opcode"])
def test_in_a_handler_btr_is_kept(kind: str) -> None:
    """A second exception with EIP set leaves BTR, whatever was branched since the first."""
    what = KINDS[kind]

    def prepare() -> Precise:
        board = Precise(what, f"brid 12\n{what.text}")
        board.core.msr |= MSR_EIP
        board.core.state["btr"] = 0xB000
        return board

    board = settled(prepare, 2)
    assert board.core.state["btr"] == 0xB000
    assert board.core.state["esr"] == what.esr | ESR_DELAY_SLOT
    assert board.core.msr & MSR_EIP

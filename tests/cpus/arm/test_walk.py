"""Translation agrees with a second model, for random tables, registers and accesses."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cosim.bus.memory import Memory
from cosim.cpus.arm.core import CortexA7, CortexA9
from cosim.cpus.arm.registers import Mode
from cosim.cpus.faults import MemoryFault
from tests.cpus.arm.board import SIZE, START, Board
from tests.cpus.arm.slow_walk import Outcome, translate

BOARDS = {cls: Board(cls) for cls in (CortexA9, CortexA7)}
WORD = 0xFFFF_FFFF
SCTLR_M, SCTLR_AFE = 1, 1 << 29

words = st.integers(0, WORD)
near = st.integers(0, SIZE // 4 - 1).map(lambda index: START + 4 * index)
somewhere = st.one_of(words, near)
firsts = st.one_of(
    words,
    st.tuples(words, near).map(lambda t: (t[1] & ~0x3FF) | (t[0] & 0x3FC) | 1),  # a page table
    words.map(lambda word: word & ~3 | 2),
)


def memory_at(board: Board, place: int) -> Memory | None:
    if place < SIZE:
        return board.low
    return board.ram if START <= place < START + SIZE else None


def outcome(board: Board, address: int, access: str, user: bool) -> Outcome:
    """What our MMU says, in the other model's terms."""
    try:
        return Outcome(board.core.mmu.translate(address, access, user).physical)
    except MemoryFault as fault:
        fs = fault.status >> 6 & 0x10 | fault.status & 0xF
        return Outcome(None, f"{fs:05b}", fault.status >> 4 & 15)


@settings(max_examples=800, deadline=None)
@given(
    cls=st.sampled_from([CortexA9, CortexA7]),
    ttbcr=st.tuples(st.integers(0, 7), st.sampled_from([0, 0, 0, 0, 0x10, 0x20])),
    ttbr0=somewhere,
    ttbr1=somewhere,
    dacr=st.one_of(words, st.just(0x5555_5555)),
    access_flags=st.booleans(),
    address=words,
    first=firsts,
    second=st.one_of(words, words.map(lambda word: word | 2)),
    access=st.sampled_from(["load", "store", "fetch"]),
    user=st.booleans(),
    user_mode=st.booleans(),
)
def test_translation_is_as_the_other_model_says(
    cls, ttbcr, ttbr0, ttbr1, dacr, access_flags, address, first, second, access, user, user_mode
) -> None:
    board = BOARDS[cls]
    n, off = ttbcr
    registers = {
        "ttbr0": ttbr0,
        "ttbr1": ttbr1,
        "ttbcr": n | off,
        "dacr": dacr,
        "sctlr": SCTLR_M | (SCTLR_AFE if access_flags else 0),
    }
    for name, value in registers.items():
        board.core.state[name] = value
    board.core.state["mode"] = Mode.USR if user_mode else Mode.SVC
    board.core.mmu.update()
    board.core.mmu.invalidate_all()

    asked: list[int] = []

    def read(place: int) -> int | None:
        """The descriptors are put wherever they are looked for, if there is memory."""
        word = first if not asked else second
        asked.append(place)
        return word if memory_at(board, place) else None

    expected = translate(
        registers, read, address, access, not (user or user_mode), board.core.model.pxn
    )
    if len(asked) == 2 and asked[0] == asked[1]:
        return  # one word cannot be both descriptors
    for place, word in zip(asked, (first, second), strict=False):
        memory = memory_at(board, place)
        if memory is not None:
            memory.buffer[place % SIZE : place % SIZE + 4] = word.to_bytes(4, "little")
    ours = outcome(board, address, access, user)
    if expected.domain is None:  # not valid, so not compared
        ours = ours._replace(domain=None)
    assert ours == expected
    assert (
        outcome(board, address, access, user)._replace(domain=ours.domain) == ours
    )  # from the TLB
    assert expected.physical in (None, board.core.mmu.probe(address))

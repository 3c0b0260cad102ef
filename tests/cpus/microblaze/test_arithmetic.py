"""Carry, comparison, division: where the manual is particular, and where QEMU departs from it."""

from __future__ import annotations

import pytest

from cosim.cpus.microblaze.registers import MSR_DZO
from tests.cpus.microblaze.board import Board

ONES = 0xFFFF_FFFF
LEAST = 0x8000_0000


def carry_after(source: str) -> int:
    return Board().run(source).state["carry"]


@pytest.mark.parametrize(
    ("source", "result", "carry"),
    [
        ("add r3, r4, r5", 0, 1),  # -1 + 1
        ("addk r3, r4, r5", 0, 0),  # K keeps the carry
        ("rsub r3, r5, r4", ONES - 1, 1),  # -1 - 1: no borrow
        ("rsub r3, r4, r5", 2, 0),  # 1 - -1: borrow
        ("addi r3, r4, 1", 0, 1),
        ("rsubi r3, r4, 1", 2, 0),
    ],
)
def test_carry_out(source, result, carry):
    core = Board().run(f"addik r4, r0, -1\naddik r5, r0, 1\n{source}")
    assert (core.r[3], core.state["carry"]) == (result, carry)


@pytest.mark.parametrize(("source", "result"), [("addc r3, r4, r5", 8), ("rsubc r3, r4, r5", 2)])
def test_carry_in(source, result):
    setup = "addik r4, r0, 3\naddik r5, r0, 5\n"
    assert Board().run(f"{setup}msrclr r0, 4\n{source}").r[3] == result - (source[0] == "r")
    assert Board().run(f"{setup}msrset r0, 4\n{source}").r[3] == result + (source[0] == "a")


def test_a_64_bit_sum_by_the_carry():
    core = Board().run("""
        li r3, 0xFFFFFFFF
        li r4, 0x00000001
        add r5, r3, r3
        addc r6, r4, r4
    """)
    assert core.r[6] << 32 | core.r[5] == 2 * 0x1_FFFF_FFFF


@pytest.mark.parametrize(
    ("a", "b", "signed", "unsigned"),
    [(1, 2, 0, 0), (2, 1, 1, 1), (ONES, 1, 0, 1), (1, ONES, 1, 0), (LEAST, 0x7FFF_FFFF, 0, 1)],
)
def test_cmp_tells_in_the_sign_whether_ra_is_greater(a, b, signed, unsigned):
    core = Board().run(f"li r4, {a}\nli r5, {b}\ncmp r6, r4, r5\ncmpu r7, r4, r5")
    assert core.r[6] >> 31 == signed
    assert core.r[7] >> 31 == unsigned
    assert core.r[6] & 0x7FFF_FFFF == (b - a) & 0x7FFF_FFFF


@pytest.mark.parametrize("shift", ["sra", "src", "srl"])
def test_a_shift_to_r0_still_shifts_into_the_carry(shift):
    """QEMU drops the whole instruction."""
    assert carry_after(f"addik r4, r0, 1\n{shift} r0, r4") == 1


def test_division_is_of_rb_by_ra():
    core = Board().run("addik r4, r0, 7\naddik r5, r0, -50\nidiv r6, r4, r5\nidivu r7, r4, r5")
    assert core.r[6] == -7 & ONES
    assert core.r[7] == (-50 & ONES) // 7


@pytest.mark.parametrize("divide", ["idiv r3, r4, r5", "idivu r3, r4, r5"])
def test_division_by_zero_gives_zero_and_sets_dzo(divide):
    core = Board().run(f"addik r3, r0, 1\naddik r5, r0, 9\n{divide}")
    assert core.r[3] == 0
    assert core.msr & MSR_DZO


def test_division_overflow_gives_the_most_negative_and_sets_dzo():
    """QEMU divides on the host, which may end QEMU."""
    core = Board().run(f"addik r4, r0, -1\nli r5, {LEAST}\nidiv r3, r4, r5")
    assert core.r[3] == LEAST
    assert core.msr & MSR_DZO


def test_a_division_to_r0_still_sets_dzo():
    """QEMU drops the whole instruction."""
    assert Board().run("idivu r0, r0, r0").msr & MSR_DZO


def test_bit_fields():
    core = Board().run("""
        li r3, 0x12345678
        addik r4, r0, -1
        .word 0x64A34204    # bsefi r5, r3, 8, 4
        .word 0x648382C4    # bsifi r4, r3, 8, 4
    """)
    assert core.r[5] == 0x67
    assert core.r[4] == 0xFFFF_F78F


def test_r0_stays_zero():
    core = Board().run(
        "addik r0, r0, 5\naddk r3, r0, r0\nlwi r0, r0, 0\nbrlid r0, 8\nor r0, r0, r0"
    )
    assert core.r[0] == core.r[3] == 0


@pytest.mark.parametrize(
    ("a", "b", "place"),
    [(0x11223344, 0x11000000, 1), (0x11223344, 0xFF22FF44, 2), (0x44, 0xFFFFFF44, 4), (0, ONES, 0)],
)
def test_pcmpbf_finds_the_first_equal_byte(a, b, place):
    assert Board().run(f"li r4, {a}\nli r5, {b}\npcmpbf r3, r4, r5").r[3] == place

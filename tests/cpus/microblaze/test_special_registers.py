"""mfs, mts, msrset, msrclr, user mode, and the version registers."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cosim.cpus.microblaze.registers import MSR_PVR, MSR_UM
from tests.cpus.microblaze.board import HANDLERS, START, Board

TO_USER_MODE = "addik r3, r0, 0x800\nmts rmsr, r3\n"
PRIVILEGED = [
    "mts rmsr, r3",
    "msrset r4, 2",
    "msrclr r4, 2",
    "rtid r3, 0",
    "rtbd r3, 0",
    "rted r3, 0",
    "brk r4, r3",
    "brki r4, 0x100",
    "mbar 16",
    "wic r3, r4",
    "wdc r3, r4",
]


def test_mfs_reads_the_address_of_itself():
    assert Board().run("or r0, r0, r0\nmfs r3, rpc").r[3] == START + 4


def test_the_carry_is_in_the_msr_twice():
    assert Board(pvr=0).run("msrset r0, 4\nmfs r3, rmsr").r[3] == 0x8000_0004


def test_mts_writes_the_carry_and_discards_the_rest():
    core = Board(mmu=0).run("li r3, 0xFFFF9FFF\nmts rmsr, r3\nmfs r4, rmsr\naddc r5, r0, r0")
    assert core.r[4] == 0x8000_07FE
    assert core.r[5] == 1


def test_msrset_and_msrclr_give_the_old_value():
    core = Board(pvr=0).run("msrset r3, 0x46\nmsrclr r4, 0x44\nmfs r5, rmsr")
    assert (core.r[3], core.r[4], core.r[5]) == (0, 0x8000_0046, 2)


@pytest.mark.parametrize("name", ["rfsr", "redr", "rslr", "rpid", "rtlbx"])
def test_registers_of_absent_units_read_as_zero(name):
    assert Board(fpu=0, mmu=0).run(f"addik r3, r0, 1\nmfs r3, {name}").r[3] == 0


@pytest.mark.parametrize("name", ["rfsr", "rslr", "rshr", "rpid", "rzpr", "rtlbhi", "rtlbsx"])
def test_writing_registers_of_absent_units_is_reported(name):
    board = Board(fpu=0, mmu=0)
    board.run(f"addik r3, r0, 1\nmts {name}, r3")
    assert f"mts {name} of 0x00000001" in board.reports["unimp"][0]


def test_asking_for_translation_is_reported():
    board = Board(mmu=1)
    board.run("addik r3, r0, 0x2000\nmts rmsr, r3")
    assert "no address translation" in board.reports["unimp"][0]


@pytest.mark.parametrize("word", [0x9460_8002, 0x9460_9005, 0x9403_C003, 0x9403_E000])
def test_a_special_register_that_is_not_there_is_undefined(word):
    board = Board()
    board.run(f".word {word}")
    assert "undefined instruction" in board.fault


@pytest.mark.parametrize("text", PRIVILEGED)
def test_privileged_instructions_are_exceptions_in_user_mode(text):
    board = Board()
    board.handler(0x20, "mfs r20, resr\nbri 0")
    core = board.run(TO_USER_MODE + text)
    assert core.pc == HANDLERS + 0x20 * 0x20 + 4
    assert core.r[20] == 7
    assert core.r[17] == START + 12
    assert core.r[4] == 0


@pytest.mark.parametrize("text", ["msrset r4, 4", "msrclr r4, 4", "mfs r4, rmsr", "mbar 2"])
def test_these_are_not_privileged(text):
    board = Board()
    board.run(TO_USER_MODE + text)
    assert not board.fault


def test_a_core_without_mmu_has_no_user_mode():
    core = Board(mmu=0).run(f"{TO_USER_MODE}msrset r0, 2")
    assert not core.msr & MSR_UM


def test_pvr0_and_pvr2_of_the_full_core():
    core = Board(pvr_user1=0xAB).run("mfs r3, rpvr0\nmfs r4, rpvr2\nmfs r5, rpvr11")
    assert core.r[3] == 0xFCA4_25AB
    assert core.r[4] == 0xA403_7E3C
    assert core.r[5] == 3 << 30 | 1 << 27 | 2 << 24 | 3 << 22 | 16 << 17


def test_pvrs_by_level():
    source = "mfs r3, rpvr0\nmfs r4, rpvr1\nmfs r5, rmsr"
    none = Board(pvr=0, pvr_user2=7).run(source)
    assert (none.r[3], none.r[4], none.r[5] & MSR_PVR) == (0, 0, 0)
    basic = Board(pvr=1, pvr_user2=7).run(source)
    assert basic.r[3] >> 31 == 0
    assert basic.r[3]
    assert (basic.r[4], basic.r[5] & MSR_PVR) == (0, MSR_PVR)
    assert Board(pvr=2, pvr_user2=7).run(source).r[4] == 7


@pytest.mark.parametrize(
    ("key", "value"),
    [("base_vectors", 4), ("version", "12.3"), ("hw_mul", 3), ("pvr_user1", 256), ("mmu", 4)],
)
def test_impossible_parameters_are_refused(key, value):
    with pytest.raises(ValidationError):
        Board(**{key: value})


def test_a_core_without_image_starts_at_the_reset_vector():
    board = Board(base_vectors=0x80)
    board.core.reset()
    assert board.core.pc == 0x80

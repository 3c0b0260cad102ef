"""Blocks lead to each other without Python, until the guest's code changes."""

from __future__ import annotations

import pytest

from cosim.cpus.engines.chain import NO_KEY, JumpCache
from cosim.cpus.engines.runtime_block import JUMP_ENTRIES, RuntimeBlock, place
from tests.cpus.engines.bench import PINNED, PLAIN, Bench, assembled, both, native

pytestmark = [native, pytest.mark.parametrize("isa", [PLAIN, PINNED], ids=["memory", "pins"])]

LOOP = """
    addi r1, r1, 1
    b 8
    trap
    addi r2, r2, 1
    b -16
"""
CALLS = """
    addi r3, r3, 0x40
    addi r2, r2, 1
    jr r3
"""
ROUTINE = """
    addi r1, r1, 1
    addi r3, r0, 4
    jr r3
"""


class TestLinks:
    def test_after_its_first_round_a_loop_does_not_come_back(self, isa) -> None:
        bench = Bench(LOOP, isa=isa)
        bench.run(20)
        with bench.entries() as entered:
            bench.run(40_000)
        assert len(entered) <= 2
        assert bench.core.r[1] == 10_005

    def test_each_is_made_once(self, isa) -> None:
        bench = Bench(LOOP, isa=isa)
        bench.run(10)
        count = len(bench.block(12).incoming)
        bench.run(1000)
        assert len(bench.block(12).incoming) == count == 2  # of the loop, and of where it began

    def test_a_run_that_ends_within_a_block_goes_on_there_and_makes_none(self, isa) -> None:
        bench, other = Bench(LOOP, isa=isa), Bench(LOOP, "reference", isa)
        bench.run(1000)
        made = set(bench.translator.cache.regimes[0].blocks)
        for cycles in (1, 2, 3, 7, 5, 1, 1, 1, 11) * 3:
            bench.run(cycles)
        other.run(1000 + 3 * 32)
        assert set(bench.translator.cache.regimes[0].blocks) == made
        assert bench.outcome() == other.outcome()

    def test_a_way_out_leads_to_its_stub_until_then(self, isa) -> None:
        bench = Bench(LOOP, isa=isa)
        bench.run(10)
        arena = bench.translator.arena.bytes
        target = bench.block(12)
        for at, stub in target.incoming:
            jump = int.from_bytes(arena[at : at + 4], "little", signed=True)
            assert at + 4 + jump == target.code
            assert bytes(arena[stub : stub + 1]) == b"\xb8"  # says which way out it is


class TestChanges:
    @pytest.mark.parametrize("who", ["debugger", "device", "the core"])
    def test_what_is_written_over_is_not_executed_any_more(self, isa, who) -> None:
        bench = Bench(LOOP, isa=isa)
        bench.run(1000)
        before = bench.core.r[2]
        new = assembled("addi r4, r4, 1")
        if who == "debugger":
            bench.core.port.write_debug(12, new)
        elif who == "device":
            bench.ram.buffer[12:16] = new
            bench.ram.watch.wrote(12, 4)
        else:
            bench.core.port.store(12, int.from_bytes(new, "little"), 4)
        bench.run(1000)
        assert (bench.core.r[2], bench.core.r[4]) == (before, 250)

    def test_nothing_leads_to_it_until_there_is_a_new_one(self, isa) -> None:
        bench = Bench(LOOP, isa=isa)
        bench.run(1000)
        old = bench.block(12)
        incoming = list(old.incoming)
        bench.write(12, "addi r4, r4, 1")
        assert not old.valid
        assert old.incoming == []
        arena = bench.translator.arena.bytes
        for at, stub in incoming:
            assert int.from_bytes(arena[at : at + 4], "little", signed=True) == stub - at - 4

    def test_a_program_that_patches_itself_in_every_round_is_right(self, isa) -> None:
        program = """
            ld r5, r0, 0x100
            add r5, r5, r6
            addi r6, r0, 1
            st r5, r0, 0x14
            st r5, r0, 0x100
            addi r1, r1, 0
            b -20
        """
        benches = []
        for engine in ("reference", "translator"):
            bench = Bench(program, engine, isa)
            bench.put(0x100, bench.word(0x14))
            bench.run(2000)
            benches.append(bench)
        assert benches[0].outcome() == benches[1].outcome()
        assert benches[1].core.r[1] > 10_000  # 1 + 2 + 3 + ...

    def test_an_instruction_that_writes_over_the_next_one_is_seen(self, isa) -> None:
        program = "b 4\nld r5, r0, 0x100\nst r5, r0, 12\naddi r1, r1, 1\nb 0"
        for engine in ("reference", "translator"):
            bench = Bench(program, engine, isa)
            bench.core.port.write_debug(0x100, assembled("addi r2, r2, 7"))
            bench.run(50)
            assert (bench.core.r[1], bench.core.r[2]) == (0, 7)


class TestComputedJumps:
    def bench(self, isa) -> Bench:
        bench = Bench(CALLS, isa=isa)
        bench.write(0x40, ROUTINE)
        bench.write(0x48, "addi r3, r0, 0\njr r3")
        return bench

    def test_find_where_they_lead_without_python(self, isa) -> None:
        bench = self.bench(isa)
        bench.run(50)
        with bench.entries() as entered:
            bench.run(50_000)
        assert len(entered) <= 3

    def test_but_not_what_is_written_over(self, isa) -> None:
        bench = self.bench(isa)
        bench.run(1000)
        before = bench.core.r[1]
        bench.write(0x40, "addi r5, r5, 1")
        bench.run(1000)
        assert bench.core.r[1] == before
        assert bench.core.r[5] >= 140

    def test_two_that_share_an_entry_are_both_right(self, isa) -> None:
        far = 2 * JUMP_ENTRIES
        program = f"addi r1, r1, 1\naddi r3, r0, {far}\njr r3"
        benches = []
        for engine in ("reference", "translator"):
            bench = Bench(program, engine, isa)
            bench.write(far, "addi r2, r2, 1\naddi r3, r0, 0\njr r3")
            bench.run(997)
            benches.append(bench.outcome())
        assert benches[0] == benches[1]


def test_the_jump_cache_knows_what_it_was_told_and_no_more(isa) -> None:
    runtime = RuntimeBlock()
    jumps = JumpCache(runtime, 3)
    keys, codes = (place(name, 3) // 8 for name in ("jump key", "jump code"))
    jumps.remember(0x1_0000_0004, 0x7777)
    assert (runtime.longs[keys + 2], runtime.longs[codes + 2]) == (0x1_0000_0004, 0x7777)
    jumps.forget(4)  # another decode context
    assert runtime.longs[keys + 2] == 0x1_0000_0004
    jumps.forget(0x1_0000_0004)
    assert runtime.longs[keys + 2] == NO_KEY
    jumps.remember(8, 1)
    jumps.clear()
    assert set(runtime.longs[keys : keys + JUMP_ENTRIES]) == {NO_KEY}


def test_both_engines_agree_on_all_of_it(isa) -> None:
    both(LOOP, 999, isa=isa)

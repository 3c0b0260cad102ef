"""A block's code: its budget, the ways out of it and what they give back."""

from __future__ import annotations

import pytest

from cosim.cpus.engines.block import CUT, ESCAPE, LINK, STOP
from cosim.cpus.engines.patch import BUDGET, OUT
from tests.cpus.engines.bench import DEVICE, PINNED, PLAIN, Bench, both, native

pytestmark = native

SETS = pytest.mark.parametrize("isa", [PLAIN, PINNED], ids=["memory", "pins"])
BLOCK = "addi r1, r1, 1\naddi r2, r2, 2\naddi r3, r3, 3\naddi r4, r4, 4\nb -16"
FORKS = """
    addi r1, r1, 1
    bnz r2, 12
    addi r2, r2, 1
    bnz r3, 8
    addi r3, r3, 1
    addi r4, r4, 1
    b -24
"""


def host(bench: Bench, pc: int) -> list[str]:
    """The mnemonics of the block's code, without its ways out."""
    capstone = pytest.importorskip("capstone")
    found = []

    def watcher(block, at, code, parts) -> None:
        if block.key == pc and not found:
            end = next(start for start, number in parts if number == OUT)
            cs = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
            found.append([one.mnemonic for one in cs.disasm(bytes(code[:end]), at)])

    bench.core.code_watchers.append(watcher)
    bench.run(100)
    return found[0]


@SETS
class TestBudget:
    @pytest.mark.parametrize("cycles", range(1, 24))
    def test_a_run_ends_after_just_as_many_instructions(self, isa, cycles) -> None:
        assert both(BLOCK, cycles, isa=isa).core.instructions == cycles

    @pytest.mark.parametrize("step", [1, 2, 3, 7])
    def test_and_goes_on_from_there(self, isa, step) -> None:
        benches = [Bench(BLOCK, engine, isa) for engine in ("reference", "translator")]
        for _ in range(20):
            for bench in benches:
                bench.run(step)
            assert benches[0].outcome() == benches[1].outcome()
        assert benches[1].core.instructions == 20 * step

    @pytest.mark.parametrize("quantum", ["10ns", "70ns", "1us", "1ms"])
    def test_whatever_the_quantum_is(self, isa, quantum) -> None:
        assert both(FORKS, 1003, isa=isa, quantum=quantum).core.instructions == 1003

    def test_a_block_counts_once(self, isa) -> None:
        counted = []
        bench = Bench(BLOCK, isa=isa)
        bench.core.code_watchers.append(
            lambda block, at, code, parts: counted.append([n for _, n in parts].count(BUDGET))
        )
        bench.run(1003)
        assert counted.count(1) >= 2  # the blocks
        assert max(counted) == 5  # where the budget ended: each of 5

    def test_its_second_copy_is_made_once(self, isa) -> None:
        bench = Bench(BLOCK, isa=isa)
        for cycles in (12, 5):
            bench.run(cycles)
        used = bench.translator.patcher.used
        for _ in range(50):
            bench.run(5)
        assert bench.translator.patcher.used == used


@SETS
class TestWaysOut:
    @pytest.mark.parametrize("cycles", [1, 2, 3, 5, 8, 13, 100, 1001])
    def test_one_in_the_middle_gives_back_what_was_not_executed(self, isa, cycles) -> None:
        bench = both(FORKS, cycles, isa=isa)
        assert bench.core.instructions == bench.core.cycle == cycles

    def test_each_knows_what_it_gives_back(self, isa) -> None:
        bench = Bench(f"{FORKS}", isa=isa)
        bench.run(100)
        block = bench.block(0)
        leaves = [one for one in bench.translator.patcher.leaves if one.block is block]
        for leave in leaves:
            expected = {CUT: {0}, STOP: {1}, LINK: {0}}  # of links native code does it itself
            if leave.kind in expected:
                assert leave.refund in expected[leave.kind]

    def test_going_on_is_no_jump(self, isa) -> None:
        """Of a branch forward the condition is inverted, so that not to take it is to fall."""
        code = host(Bench("bnz r1, 16\naddi r2, r2, 1\nb -8", isa=isa), 0)
        jumps = [mnemonic for mnemonic in code if mnemonic.startswith("j")]
        assert jumps == ["js", "jne", "jmp"]  # the budget, the branch, back to the begin

    def test_a_block_that_does_nothing_has_no_code_but_that(self, isa) -> None:
        assert host(Bench("b 4\nb -4", isa=isa), 0)[:2] == ["add", "js"]


@SETS
class TestEscapes:
    """Whatever native code does not do, the interpreter does, at its time and just once."""

    PROGRAM = f"""
        addi r1, r0, {DEVICE - 0x8000}
        addi r1, r1, 0x7ff0
        addi r5, r5, 1
        ld r2, r1, 0x10
        addi r6, r6, 1
        st r2, r1, 0x14
        addi r7, r7, 1
        b -20
    """

    @pytest.mark.parametrize("cycles", [3, 4, 5, 6, 50, 997])
    def test_a_device_is_accessed_at_the_exact_time(self, isa, cycles) -> None:
        bench = both(self.PROGRAM, cycles, isa=isa)
        assert bench.core.r[1] == DEVICE - 0x10
        first = [time for _, time in bench.probe.log][:3]
        assert first == [time for time in (30_000, 50_000, 90_000) if time < cycles * 10_000]

    def test_it_gives_back_itself_and_what_is_behind_it(self, isa) -> None:
        bench = Bench(self.PROGRAM, isa=isa)
        bench.run(100)
        block = bench.block(8)
        refunds = {
            leave.at: leave.refund
            for leave in bench.translator.patcher.leaves
            if leave.block is block and leave.kind == ESCAPE and leave.refund > 1
        }
        assert refunds == {at: block.count - at for at in refunds}
        assert set(refunds) >= {1, 3}

    def test_a_fault_finds_the_registers_of_its_instruction(self, isa) -> None:
        program = "addi r1, r0, 2\naddi r2, r2, 1\naddi r3, r3, 1\nld r2, r1, 0\nb -12"
        ends = []
        for engine in ("reference", "translator"):
            bench = Bench("b 4\n" + program, engine, isa)
            bench.run(100)
            ends.append((bench.core.pc, list(bench.core.r), bench.core.instructions))
            assert bench.core.halted
        assert ends[0] == ends[1]
        assert ends[0][0] == 0x10

    def test_a_branch_to_itself_sleeps(self, isa) -> None:
        bench = both("addi r1, r1, 1\naddi r1, r1, 1\nb 0", 1000, isa=isa)
        assert bench.core.spinning
        assert bench.core.instructions == 3

"""A branch and what it depends on are one: for native code, not for what anybody can see."""

from __future__ import annotations

import pytest

from cosim.cpus.engines.joint import LONGEST
from cosim.cpus.engines.kind import Kind
from tests.cpus.engines.bench import DEVICE, PINNED, PLAIN, Bench, InstructionSet, both, native

pytestmark = native
SETS = pytest.mark.parametrize("isa", [PLAIN, PINNED], ids=["memory", "pins"])

LOOP = "addi r1, r1, 5\nadd r2, r2, r1\naddi r3, r3, 0xFFFF\nbnz r3, -12\nb -16"


class Flagged(InstructionSet):
    """r8 to r10 are flags as far as it says."""

    BITS = (8, 9, 10)


FLAGGED = Flagged("flagged", PINNED.rows)


def joined(program: str, isa: InstructionSet = PINNED) -> list[int]:
    """How many instructions each of the block's units has."""
    block = Bench(program, isa=isa).read()
    counts = []
    number = 0
    while number < len(block):
        kind = block[number].joint or block[number].kind
        counts.append(kind.count)
        number += kind.count
    return counts


class TestWhatIsJoined:
    def test_a_branch_and_what_makes_its_condition(self) -> None:
        assert joined("addi r1, r1, 5\naddi r3, r3, 1\nbnz r3, -8") == [1, 2]

    def test_not_one_that_makes_something_else(self) -> None:
        assert joined("addi r1, r1, 5\nbnz r3, -4") == [1, 1]

    def test_not_a_load_which_may_have_to_be_left_to_the_interpreter(self) -> None:
        assert joined("ld r3, r3, 0\nbnz r3, -4") == [1, 1]

    def test_an_instruction_and_the_one_that_goes_where_it_says(self) -> None:
        assert joined("addi r1, r1, 5\nprep 0x40\ngo") == [1, 2]

    def test_what_makes_flags_and_what_looks_at_them_later(self) -> None:
        assert joined("addi r9, r1, 0\naddi r2, r2, 1\naddi r3, r9, 0", FLAGGED) == [3]

    def test_what_makes_them_again(self) -> None:
        assert joined("addi r9, r1, 0\naddi r2, r2, 1\naddi r9, r3, 0", FLAGGED) == [3]

    def test_not_what_adds_to_them(self) -> None:
        assert joined("addi r9, r1, 0\naddi r9, r9, 0", FLAGGED) == [1, 1]

    def test_not_a_computed_jump(self) -> None:
        assert joined("addi r9, r1, 0\njr r9", FLAGGED) == [1, 1]

    def test_not_more_than_a_few(self) -> None:
        text = "addi r9, r1, 0\n" + "addi r2, r9, 1\n" * LONGEST
        assert max(joined(text, FLAGGED)) == LONGEST

    def test_not_an_access_to_memory(self) -> None:
        assert joined("addi r9, r1, 0\nst r9, r2, 0\naddi r9, r3, 0", FLAGGED) == [1, 1, 1]

    @pytest.mark.parametrize("loads", [1, 2, 3])
    def test_what_makes_flags_again_behind_loads(self, loads) -> None:
        text = "addi r9, r1, 0\n" + "ld r2, r3, 0\n" * loads + "addi r9, r3, 0\nld r4, r3, 0"
        assert joined(text, FLAGGED) == [2 + loads, 1]

    @pytest.mark.parametrize(
        "behind",
        [
            "addi r4, r9, 0",  # it looks at them
            "addi r9, r9, 0",
            "addi r8, r3, 0",  # it does not make all of them
            "st r4, r3, 0\naddi r9, r3, 0",
            "addi r4, r3, 0\njr r2",
        ],
    )
    def test_nothing_else_behind_loads(self, behind) -> None:
        text = f"addi r9, r1, 0\nld r2, r3, 0\n{behind}"
        assert joined(text, FLAGGED) == [1] * len(text.split("\n"))


class TestAJoint:
    def joint(self, program: str) -> Kind:
        (found,) = [one.joint for one in Bench(program).read() if one.joint is not None]
        return found

    def test_has_the_leaves_of_all_and_the_contexts_of_those_behind(self) -> None:
        kind = self.joint("addi r3, r3, 1\nbnz r3, -4")
        assert kind.leaves == [3, 3, 1, 3, 0xFFFF_FFFC, 0]

    def test_leads_where_its_last_one_does(self) -> None:
        kind = self.joint("addi r3, r3, 1\nbnz r3, -4")
        assert [way.target.at(0x100, {}) for way in kind.exits] == [0x100]
        assert (kind.size, kind.last_at) == (8, 4)


@SETS
class TestIsExact:
    @pytest.mark.parametrize("cycles", [*range(1, 24), 1000])
    def test_wherever_the_time_ends(self, isa, cycles) -> None:
        both(LOOP, cycles, isa=isa)

    @pytest.mark.parametrize("quantum", ["10ns", "70ns", "1us"])
    def test_whatever_the_quantum_is(self, isa, quantum) -> None:
        both(LOOP, 500, isa=isa, quantum=quantum)

    def test_where_a_branch_to_itself_waits(self, isa) -> None:
        both("addi r3, r3, 1\nbnz r3, 0", 300, isa=isa)

    def test_where_one_says_where_the_next_one_goes(self, isa) -> None:
        both("addi r4, r4, 1\nlsl r5, r4, r6\nprep -8\ngo", 300, isa=isa)

    @pytest.mark.parametrize("offset", [0, 2, DEVICE])
    def test_where_it_loads_from_anywhere(self, isa, offset) -> None:
        """From memory, across its words, from a device: whoever sees it sees the flags before."""
        program = f"""
            addi r3, r0, {0x2000 if offset < DEVICE else DEVICE >> 1}
            add r3, r3, r3
            addi r9, r1, 1
            ldu r2, r3, {offset % DEVICE}
            addi r9, r2, 3
            add r1, r1, r9
            bnz r1, -16
        """
        both(program, 500, isa=Flagged("flagged", isa.rows))

    def test_where_it_loads_from_nowhere(self, isa) -> None:
        """The fault is the load's, with what was made before it, and without what comes after."""
        ends = []
        for engine in ("reference", "translator"):
            program = "addi r3, r3, 0x4000\naddi r9, r3, 1\nld r2, r3, 0\naddi r9, r3, 3\nb -16"
            bench = Bench(program, engine, Flagged("flagged", isa.rows))
            bench.run(100)
            ends.append((bench.core.halted, bench.core.pc, list(bench.core.r)))
        assert ends[0] == ends[1]
        assert ends[0][:2] == (True, 8)

    def test_when_its_second_word_is_written_over(self, isa) -> None:
        for engine in ("reference", "translator"):
            bench = Bench(LOOP, engine, isa=isa)
            bench.run(40)
            bench.write(12, "bnz r3, 8")
            bench.run(40)
            if engine == "reference":
                outcome = bench.outcome()
        assert bench.outcome() == outcome

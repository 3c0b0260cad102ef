"""Which instructions make a block, and where it may lead."""

from __future__ import annotations

import pytest

from cosim.cpus.engines.decode import LONGEST, TURNS, Placed
from tests.cpus.engines.bench import PINNED, WAY, Bench, native

pytestmark = native

ADD = "addi r1, r1, 1\n"


def places(block: list[Placed]) -> list[int]:
    return [one.pc for one in block]


def length_of(program: str) -> int:
    return len(Bench(program).read())


class TestABlockEnds:
    def test_after_so_many_instructions(self) -> None:
        assert length_of(ADD * (LONGEST + 8)) == LONGEST

    def test_at_the_end_of_its_page_for_the_next_may_come_to_be_elsewhere(self) -> None:
        bench = Bench("")
        bench.write(0xFF0, ADD * 8)
        assert places(bench.read(0xFF0)) == [0xFF0, 0xFF4, 0xFF8, 0xFFC]

    @pytest.mark.parametrize("branch", ["b 8", "b -4", "jr r1", "bnz r1, -4", "go"])
    def test_with_a_branch_that_is_taken_probably(self, branch) -> None:
        assert length_of(f"{ADD}{ADD}{branch}\n{ADD}") == 3

    @pytest.mark.parametrize("other", ["sleep", "trap"])
    def test_before_an_instruction_that_only_the_interpreter_executes(self, other) -> None:
        assert length_of(f"{ADD}{other}\n{ADD}") == 1

    def test_before_a_word_that_is_no_instruction(self) -> None:
        assert length_of(ADD * 3) == 3

    def test_before_it_began_where_nothing_can_be_native(self) -> None:
        assert length_of("sleep") == 0
        assert Bench(ADD).read(2) == []


class TestABlockGoesOn:
    def test_behind_a_branch_forward_if_that_is_not_taken(self) -> None:
        assert length_of(f"bnz r1, 16\n{ADD * 3}") == 4

    def test_behind_a_few_of_them(self) -> None:
        block = Bench(f"bnz r1, 64\n{ADD}" * 10).read()
        assert len(block) == 2 * TURNS + 1
        assert block[-1].pc == 8 * TURNS


class TestFacts:
    """What an instruction leaves for the next one is known when both are in one block."""

    def test_a_prepared_way_is_no_computed_jump(self) -> None:
        bench = Bench("prep 0x40\ngo")
        _, second = bench.read()
        assert second.facts == {WAY: (0x40,)}
        assert not second.kind.computed
        ways = second.kind.exits
        assert [way.target.at(second.pc, second.facts) for way in ways] == [0x40]

    def test_elsewhere_it_is_one(self) -> None:
        bench = Bench("go")
        (only,) = bench.read()
        assert only.kind.computed

    def test_another_instruction_between_them_ends_it(self) -> None:
        bench = Bench(f"prep 0x40\n{ADD}go")
        last = bench.read()[-1]
        assert last.kind.computed


class TestForms:
    def test_instructions_that_differ_in_registers_and_numbers_are_of_one_form(self) -> None:
        block = Bench("addi r1, r2, 3\naddi r4, r5, 6\naddi r9, r10, 7\naddi r1, r1, 1").read()
        forms = [one.kind.key[0] for one in block]
        assert forms[0] == forms[1]
        assert len(set(forms)) == 3  # pinned, not pinned, one register twice

    def test_pins_and_immediates_fill_its_holes(self) -> None:
        (one,) = Bench("addi r4, r5, 6").read()
        assert one.kind.key[1] == (4, 5)
        assert one.kind.leaves == [4, 5, 6]

    def test_reading_the_same_twice_gives_the_same(self) -> None:
        bench = Bench(f"bnz r1, 64\n{ADD}" * 3)
        assert bench.read() == bench.read()


def test_nothing_is_known_of_an_instruction_set_but_what_it_says() -> None:
    assert PINNED.HALFWORDS == 0
    assert places(Bench(ADD * 2).read()) == [0, 4]

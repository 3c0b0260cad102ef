"""Descriptions of instructions: patterns, overlap, decoding, operands."""

from __future__ import annotations

import random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import InstructionSet, check_overlaps, random_word
from cosim.cpus.isa.operands import Immediate, Operand, Register, Unallocated, lift
from cosim.cpus.isa.pattern import Pattern
from tests.cpus.toy import ROWS, TOY


def nothing(m) -> None:
    """Does nothing."""


def row(syntax: str, pattern: str, function=nothing, operands=(), **more) -> Row:
    fields = "".join(sorted({char for char in pattern if char.isalpha()}))
    guard = fields if function is nothing else ""
    return Row(syntax, pattern, function, "", operands=operands, guard=guard, **more)


def test_a_field_may_be_scattered() -> None:
    field = Pattern("0 aa 1 aaa 0").fields["a"]
    assert field.width == 5
    assert field.extract(0b0_10_1_011_0) == 0b10011
    assert field.insert(0b10011) == 0b0_10_0_011_0


@given(st.integers(0, 255))
def test_fields_and_fixed_bits_make_the_word(value: int) -> None:
    pattern = Pattern("1010 ab ba ccc 0 ccc")
    word = pattern.value
    for field in pattern.fields.values():
        word |= field.insert(value & ((1 << field.width) - 1))
    assert pattern.matches(word)
    for field in pattern.fields.values():
        assert field.extract(word) == value & ((1 << field.width) - 1)


def test_a_pattern_has_no_other_characters() -> None:
    with pytest.raises(ValueError, match="neither 0, 1 nor a letter"):
        Pattern("01*a")


def test_two_rows_may_not_match_one_word() -> None:
    with pytest.raises(ValueError, match="both match some words"):
        check_overlaps([row("one", "0 a 1 a"), row("two", "0 0 a a")])


def test_a_row_that_refines_another_wins() -> None:
    general, special = row("general", "01aa"), row("special", "0111")
    check_overlaps([general, special])
    isa = InstructionSet("x", [general, special])
    assert [isa.decode(word).mnemonic for word in (0b0110, 0b0111)] == ["general", "special"]


def test_an_excluded_value_belongs_to_the_other_row() -> None:
    conditional = row("conditional", "cc 01", unless={"c": 3})
    unconditional = row("unconditional", "11 0a")
    check_overlaps([conditional, unconditional])
    isa = InstructionSet("x", [conditional, unconditional])
    assert [isa.decode(w).mnemonic for w in (0b1001, 0b1101)] == ["conditional", "unconditional"]


def test_a_row_of_an_absent_option_is_not_there() -> None:
    rows = [row("always", "00"), row("fast", "01", requires="barrel")]
    assert InstructionSet("x", rows).decode(1) is None
    assert InstructionSet("x", rows, ["barrel"]).decode(1).mnemonic == "fast"


def test_every_field_is_used_and_every_parameter_is_found() -> None:
    with pytest.raises(ValueError, match="nothing uses field b"):
        Row("x", "ab", nothing, "", operands=(), guard="a").check()
    with pytest.raises(ValueError, match="no operand 'imm' fits"):
        Row("x", "ab", lambda m, imm: None, "", operands=()).check()


def test_the_mnemonic_is_derived_from_the_fields() -> None:
    made = row("add{I}{K}{C} rd", "IKC0")
    assert [made.mnemonic(word) for word in (0b0000, 0b1010, 0b1110)] == ["add", "addic", "addikc"]


def test_an_unallocated_combination_is_no_instruction() -> None:
    def even(value: int) -> Register:
        if value % 2:
            raise Unallocated
        return Register(value)

    made = row("x", "10 ddd", lambda m, rd: None, [Operand("rd", "d", even)])
    isa = InstructionSet("x", [made])
    assert isa.decode(0b10010).operands == (2,)
    assert isa.decode(0b10011) is None


def test_the_context_takes_part_in_decoding() -> None:
    operand = Operand("imm", "i@", lambda i, context: Immediate(context << 2 | i))
    isa = InstructionSet("x", [row("x", "1 ii", lambda m, imm: None, [operand])])
    assert isa.decode(0b110, context=5).operand("imm") == 0b10110


def test_lift_reaches_into_composites() -> None:
    class Shifted(NamedTuple):
        rm: Register
        kind: str
        amount: Immediate

    lifted = lift(Shifted(Register(3), "lsl", Immediate(7)), lambda leaf: f"<{int(leaf)}>")
    assert lifted == Shifted("<3>", "lsl", "<7>")
    assert lift(True, lambda leaf: "never") is True


def test_decoding_agrees_with_a_linear_search() -> None:
    rng = random.Random(1)
    for _ in range(5000):
        word = rng.getrandbits(32) & 0x0FFF_FFFF
        matching = [one for one in ROWS if one.matches(word)]
        decoded = TOY.decode(word)
        assert (decoded.row if decoded else None) == (matching[0] if matching else None)


@pytest.mark.parametrize("one", ROWS, ids=lambda one: one.template)
def test_random_words_come_back_to_their_row(one: Row) -> None:
    rng = random.Random(2)
    assert all(TOY.decode(random_word(one, rng)).row is one for _ in range(100))

"""Native code of each form of instruction: numbers left out, registers exchanged, no guess."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations, product

import pytest

import cosim
from cosim.cpus.arm.instruction_set import OPTIONS as ARM_OPTIONS
from cosim.cpus.arm.instruction_set import ArmInstructionSet
from cosim.cpus.config import CoreConfig
from cosim.cpus.core import Core
from cosim.cpus.engines.runtime_block import SIZE
from cosim.cpus.engines.stencils.compiler import compile_as_they_are, compile_forms, magic, rename
from cosim.cpus.engines.stencils.convention import HOST, PINS, SPECIAL
from cosim.cpus.engines.stencils.forms import Form, FormBuilder
from cosim.cpus.engines.stencils.library import Library
from cosim.cpus.engines.stencils.object_file import Rejected
from cosim.cpus.engines.stencils.static import NO_FACTS
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import InstructionSet, random_word
from cosim.cpus.microblaze.instruction_set import ROWS as MICROBLAZE_ROWS
from cosim.cpus.microblaze.instruction_set import MicroBlazeSet
from tests.cpus.engines.bench import PINNED, PLAIN, WAY, assembled, both, native
from tests.cpus.engines.interpreted import INTERPRETED
from tests.cpus.toy import ToyCore

pytestmark = native
SETS = pytest.mark.parametrize("isa", [PLAIN, PINNED], ids=["memory", "pins"])


def library(isa: InstructionSet, core: type[Core] = ToyCore, config: object = None) -> Library:
    """The templates of that instruction set, of which there are none yet."""
    layout = core.LAYOUT
    builder = FormBuilder(
        isa,
        config or CoreConfig.model_validate({"type": "toy", "clock": "1MHz"}),
        isa.BUSY,
        [layout[name] for name in core.REGISTERS],
        layout["context"],
        layout["pc"],
        False,
    )
    return Library(builder, core.TYPE)


def form_of(made: Library, text: str) -> tuple[Form, list[int]]:
    """The form of an instruction, and its leaves."""
    instruction = made.builder.isa.decode(int.from_bytes(assembled(text), "little"))
    parts = [instruction]
    form = made.builder.build(parts, NO_FACTS) or made.builder.build(parts, NO_FACTS)
    assert form is not None
    return form, made.builder.signature(parts, NO_FACTS).leaves


class TestForms:
    @SETS
    def test_numbers_are_holes(self, isa) -> None:
        made = library(isa)
        form, leaves = form_of(made, "addi r9, r10, 0x1234")
        assert "@H0@" in form.body
        assert "4660" not in form.body
        statics = [hole.what for hole in form.holes if hole.kind == "static"]
        values = {static.bound(leaves, 0).constant for static in statics}
        assert values == {0x1234}

    def test_registers_in_memory_are_holes_and_pins_are_parameters(self) -> None:
        plain, _ = form_of(library(PLAIN), "addi r1, r2, 3")
        pinned, _ = form_of(library(PINNED), "addi r1, r2, 3")
        assert [hole.kind for hole in plain.holes] == ["slot", "static", "slot"]
        assert [hole.kind for hole in pinned.holes] == ["static"]
        assert "load" not in pinned.body

    def test_what_is_for_the_interpreter_has_no_text(self) -> None:
        assert [form_of(library(PINNED), text)[0].body for text in ("sleep", "trap")] == ["", ""]

    def test_registers_are_written_when_nothing_can_fail_any_more(self) -> None:
        form, _ = form_of(library(PLAIN), "sum4 r9, r9, 0")
        before, _, behind = form.body.rpartition("store i32")
        assert "escape" not in behind.split("@CONT")[0]
        assert "store i32" not in before

    @pytest.mark.parametrize("access", ["ld r9, r10, 0", "st r9, r10, 0", "stb r9, r10, 0"])
    def test_what_is_done_for_other_memory_than_the_window_is_apart(self, access) -> None:
        form, _ = form_of(library(PLAIN), access)
        assert "@FAR(" in form.body
        assert "@ESCAPE(" not in form.body
        assert "@FAR(" not in form.far
        assert "@ESCAPE(" in form.far

    def test_and_costs_what_is_done_for_the_window_nothing(self) -> None:
        made = library(PLAIN)
        key, _ = made.want([PLAIN.decode(int.from_bytes(assembled("st r9, r10, 0"), "little"))], {})
        made.make()
        stencil = made.templates[key].stencil
        assert stencil is not None
        assert stencil.cold is not None
        assert not {0x50, 0x55} & {*stencil.hot.code[:1]}  # push
        assert len(stencil.hot.code) < 80

    def test_accesses_that_follow_each_other_are_looked_up_once(self) -> None:
        one, _ = form_of(library(PLAIN), "ld r9, r10, 0")
        four, _ = form_of(library(PLAIN), "sum4 r9, r10, 0")
        assert four.far.count("lshr i32") == one.far.count("lshr i32")


class TestNumbers:
    """While LLVM compiles, numbers that are not known yet have stand-ins."""

    def test_those_of_words_have_nothing_in_common_when_they_are_compared(self) -> None:
        for hole in range(12):
            assert magic("static", hole, 0) ^ magic("static", hole, 1) == 0xFFFF_FFFF
        numbers = [magic("static", hole, 0) for hole in range(12)]
        assert all((a ^ b).bit_count() > 4 for a, b in combinations(numbers, 2))

    def test_those_of_places_are_no_words(self) -> None:
        places = {magic("slot", hole, 0) for hole in range(40)}
        words = {magic("static", hole, variant) for hole in range(40) for variant in (0, 1)}
        assert len(places) == 40
        assert places.isdisjoint(words)
        assert min(places) > SIZE >> 2

    def test_a_form_whose_number_llvm_works_into_something_else_is_rejected(self) -> None:
        form, _ = form_of(library(PINNED), "divi r1, r2, 10")
        other, _ = form_of(library(PINNED), "addi r1, r2, 10")
        assert compile_as_they_are([form.draft]) == [None]
        assert compile_as_they_are([other.draft]) != [None]

    def test_and_compiled_with_its_number_hidden(self) -> None:
        made = library(PINNED)
        instruction = PINNED.decode(int.from_bytes(assembled("divi r1, r2, 10"), "little"))
        key, _ = made.want([instruction], NO_FACTS)
        made.make()
        assert made.templates[key].stencil is not None
        form, _ = form_of(library(PINNED), "divi r1, r2, 10")
        assert compile_forms([form.draft]) == compile_as_they_are([form.draft.hidden()]) != [None]

    @SETS
    @pytest.mark.parametrize("divisor", [0, 1, 2, 3, 7, 10, 641, 0x7FFF, 0x8000, 0xFFFF])
    def test_and_right(self, isa, divisor) -> None:
        program = f"addi r1, r1, 0x7654\nlsl r2, r1, r1\ndivi r3, r2, {divisor}\nadd r4, r4, r3\n"
        both(program + "b -16", 400, isa=isa)

    @SETS
    @pytest.mark.parametrize("number", [0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF])
    def test_numbers_that_have_shorter_encodings_are_right_too(self, isa, number) -> None:
        program = f"addi r1, r1, {number}\naddi r9, r1, {number}\nst r9, r0, 0x200\nbnz r1, -12"
        both(program, 300, isa=isa)


class TestPins:
    def test_registers_in_the_text_of_a_stencil_are_exchanged(self) -> None:
        first, second = HOST[0], HOST[1]
        text = f"movl %{first}d, %{second}d\nmovb %{first}b, (%rdi)"
        assert rename(text, (1, 0)) == f"movl %{second}d, %{first}d\nmovb %{second}b, (%rdi)"

    def test_all_their_names_are(self) -> None:
        assert HOST.index("rsi") == 3
        text = "addq %r13, %rsi\naddl %r13d, %esi\naddw %r13w, %si\naddb %r13b, %sil"
        swapped = "addq %rsi, %r13\naddl %esi, %r13d\naddw %si, %r13w\naddb %sil, %r13b"
        assert rename(text, (3, 1, 2, 0)) == swapped

    def test_nothing_is_changed_where_they_are_in_their_places(self) -> None:
        text = "shll %cl, %r13d"
        assert rename(text, (0, 1, 2)) == text

    @pytest.mark.parametrize("text", ["shll %cl, %r13d", "divl %r14d", "cltd", "movb %ch, %al"])
    def test_not_where_an_instruction_needs_just_these(self, text) -> None:
        with pytest.raises(Rejected):
            rename(text, (min(SPECIAL),))

    @pytest.mark.parametrize(("a", "b", "c"), list(product((0, 7, 8, 9), repeat=3)))
    def test_divisions_and_shifts_are_right_whatever_their_registers(self, a, b, c) -> None:
        names = f"r{a}, r{b}, r{c}"
        both(
            f"addi r{b}, r{b}, 0x7654\nlsl r{b}, r{b}, r{b}\naddi r{c}, r{c}, 3\n"
            f"div {names}\nadd r5, r5, r{a}\nlsl {names}\nadd r6, r6, r{a}\nb -28",
            200,
        )

    @pytest.mark.parametrize("number", range(PINS + 1))
    def test_each_pin_holds_what_it_was_given(self, number) -> None:
        others = "\n".join(f"addi r{other}, r{other}, {other + 1}" for other in range(PINS + 1))
        both(f"{others}\nst r{number}, r15, 0x400\nld r11, r15, 0x400\nb -48", 500)

    def test_a_register_that_the_semantics_names_is_the_operands_too(self) -> None:
        """`prep` leaves its target in r14, which `addi` may use as well."""
        assert WAY == 14
        for isa in (PLAIN, PINNED):
            both("prep 0x8\naddi r14, r14, 4\ngo\naddi r1, r1, 1\nb -16", 100, isa=isa)


# Every row of the real tables


def arm() -> tuple[type[Core], object, list[tuple[str, InstructionSet, list[Row], int]]]:
    core = cosim.load("platforms/vexpress_a9.yaml", engine="reference").core("cpu0")
    isa = ArmInstructionSet(ARM_OPTIONS)
    sets = [("A32", isa, isa.rows, 0), ("T32", isa, isa.thumb.rows, isa.HALFWORDS)]
    return type(core), core.config, sets


def microblaze() -> tuple[type[Core], object, list[tuple[str, InstructionSet, list[Row], int]]]:
    core = cosim.load("platforms/petalogix_s3adsp1800.yaml", engine="reference").core("cpu0")
    isa = MicroBlazeSet({row.requires for row in MICROBLAZE_ROWS})
    return type(core), core.config, [("MicroBlaze", isa, isa.rows, 0)]


def words(name: str, isa: InstructionSet, row: Row, context: int) -> Iterator[int]:
    """Some words of the row, those of A32 without a condition."""
    rng = random.Random(row.identity)
    left = 2
    for _ in range(3000):
        word = random_word(row, rng)
        if name == "A32" and word >> 28 < 14:
            word = word & 0x0FFF_FFFF | 0xE000_0000
        found = isa.decode(word, context)
        if found is not None and found.row is row:
            yield word
            left -= 1
            if not left:
                return


@pytest.mark.parametrize("architecture", [arm, microblaze])
def test_every_row_is_native_or_meant_to_be_interpreted(architecture) -> None:
    core, config, sets = architecture()
    for name, isa, rows, context in sets:
        made = library(isa, core, config)
        keys = {}
        for row in rows:
            found = [isa.decode(word, context) for word in words(name, isa, row, context)]
            keys[row] = [made.want([instruction], NO_FACTS)[0] for instruction in found]
        made.make()
        native_rows, others = set(), set()
        for row, its_keys in keys.items():
            templates = [made.templates[key] for key in its_keys]
            text = f"{row.template} {row.operand_text}".strip()
            if any(template.stencil is not None for template in templates):
                native_rows.add(text)
            elif templates:
                others.add(text)
        meant = {text for texts in INTERPRETED[name].values() for text in texts}
        assert others - meant == set(), f"{name}: not native, and not meant to be interpreted"
        assert meant - others == set(), f"{name}: native now; take them off the list"
        assert len(native_rows) > len(others) or name != "MicroBlaze"

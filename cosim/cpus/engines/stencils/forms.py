"""Instruction forms: what instructions share that differ in registers and constants only."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cosim.cpus.engines.runtime_block import BUDGET, EXIT, JUMP_ENTRIES, STACK
from cosim.cpus.engines.stencils.access import Request, Span, spans_of
from cosim.cpus.engines.stencils.emitter import Emitter
from cosim.cpus.engines.stencils.identity import Unstable, text
from cosim.cpus.engines.stencils.static import CONTEXT, PC, Static
from cosim.cpus.engines.stencils.text import Hole
from cosim.cpus.engines.stencils.values import ZERO, Concrete, Escape, Fork, Place, Way, Word
from cosim.cpus.isa.instruction import Instruction
from cosim.cpus.isa.instruction_set import InstructionSet
from cosim.cpus.isa.operands import Immediate, Register

PINS = 9
"""Guest registers that live in host registers while translated code runs."""

ORDER = (
    "i64 %b", "i32 %p0", "i32 %p1", "i32 %p2", "ptr %s", "i32 %p3", "i32 %p7", "i32 %p8",
    "i32 %p4", "i32 %p5", "i32 %p6",
)  # fmt: skip
"""What stencils hand on, in the order of `preserve_nonecc`'s registers; the 5th is C's first."""

HOST = ("r13", "r14", "r15", "rsi", "r8", "r9", "r11", "rdx", "rcx")
"""The host register of each pin."""

SPECIAL = frozenset({7, 8})
"""Pins whose host registers some instructions of the host want for themselves."""

ARGUMENTS = ", ".join(ORDER)
PARAMETERS = ARGUMENTS

SYMBOLS = ("CONT", "ESCAPE", "MISS", "EXIT0", "EXIT1", "EXIT2", "EXIT3")


class Exit(NamedTuple):
    """One way out of an instruction to a place that is known when it is patched.

    Attributes:
        target: None: the next instruction.
        jump: whether a branch to itself there is a wait.
    """

    target: Static | None
    context: Static
    jump: bool


@dataclass
class Form:
    """One form as LLVM text, and what a block has to know of it.

    Attributes:
        body: the text of the function's body, with `@H0@` for hole 0; "" where every instruction
            of the form is left to the reference interpreter.
        holes: what is filled in.
        exits: by number of their symbol; a way to the next instruction is `CONT` with `following`.
        following: the decode context of the next instruction; None if no way leads there.
        facts: what is left in tracked slots.
        named_pins: pins that it uses whatever the operands name; their numbers in the form follow
            those of the operands.
        computed: whether it may lead to a place that only its execution knows.
        special: whether its code may need the host registers of `SPECIAL` pins.
    """

    body: str
    holes: list[Hole]
    exits: list[Exit]
    following: Static | None
    ends: bool
    facts: dict[int, tuple[Static, ...]]
    named_pins: tuple[int, ...] = ()
    computed: bool = False
    special: bool = False


class Signature(NamedTuple):
    """The key of a form, the pins that stand where it has 0, 1, ..., and the operands' leaves."""

    key: Hashable
    pins: tuple[int, ...]
    leaves: list[int]


class Group(NamedTuple):
    """What distinguishes forms of one row and control, as far as it is known.

    Attributes:
        concrete: operands whose number is part of the form.
        settings: names in the core's configuration that the semantics looks up.
        used: whether there are forms that were made when this was known.
        before: what was known when earlier forms were made. They stay good, and come first, so
            that every process finds the same form.
    """

    concrete: frozenset[int] = frozenset()
    settings: tuple[str, ...] = ()
    used: bool = False
    before: tuple[Group, ...] = ()

    def grown(self, concrete: Iterable[int], settings: Iterable[str]) -> Group:
        """With that added."""
        return Group(
            self.concrete.union(concrete),
            tuple(sorted({*self.settings, *settings})),
            before=(*self.before, self._replace(before=())) if self.used else self.before,
        )


NOTHING_KNOWN = Group()


class Groups(dict[Hashable, Group]):
    """Groups by row and control."""

    def __missing__(self, key: Hashable) -> Group:
        return NOTHING_KNOWN


class Settings:
    """A core's configuration, which notes what is looked up."""

    def __init__(self, config: Any) -> None:
        self._config = config
        self.looked_up: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.looked_up.add(name)
        return getattr(self._config, name)


class FormBuilder:
    """Makes forms of one core's instructions."""

    def __init__(
        self,
        isa: InstructionSet,
        config: Any,
        pinned: Sequence[int],
        nameable: Iterable[int],
        context_slot: int,
        pc_slot: int,
        big: bool,
    ) -> None:
        self.isa = isa
        self.config = config
        self.pins = {slot: pin for pin, slot in enumerate(pinned)}
        self.zeros = frozenset(isa.ZEROS)
        self.tracked = frozenset(isa.TRACKED)
        self.bits = frozenset(isa.BITS)
        self.nameable = frozenset(nameable)
        self.context_slot = context_slot
        self.pc_slot = pc_slot
        self.big = big
        self.groups = Groups()
        self._settings: dict[str, Hashable] = {}

    def place(self, slot: int) -> Place:
        """Of a slot with a fixed number."""
        if slot in self.zeros:
            return ZERO
        pin = self.pins.get(slot)
        return Place("fixed", slot) if pin is None else Place("pin", pin)

    def signature(
        self,
        instruction: Instruction,
        facts: Mapping[int, tuple[int, ...]],
        literal: bool = False,
        known: Group | None = None,
    ) -> Signature:
        """What the instruction has in common with others.

        Args:
            literal: whether the form is for the very pins that the operands name.
            known: what to hold for known of its group.
        """
        leaves: list[int] = []
        slots: dict[int, int] = {}
        pins: list[int] = []
        control = self.isa.form(instruction)
        group = (instruction.row.identity, control)
        concrete, settings, _, _ = known or self.groups[group]

        def kind(leaf: Register | Immediate) -> Hashable:
            index = len(leaves)
            leaves.append(leaf)
            if isinstance(leaf, Register):
                if leaf in self.zeros:
                    return "zero"
                pin = self.pins.get(leaf)
                if pin is None:
                    if index in concrete:
                        return f"f{int(leaf)}"
                    return f"s{slots.setdefault(leaf, index)}"
                if literal:
                    return f"l{pin}"
                if pin not in pins:
                    pins.append(pin)
                return f"p{pins.index(pin)}"
            return f"={int(leaf)}" if index in concrete else "i"

        operands = tuple([_shape(operand, kind) for operand in instruction.operands])
        shape = tuple([(slot, len(facts[slot])) for slot in sorted(facts)])
        key: Hashable = group, operands, shape, literal
        if settings:
            key = key, tuple([self.setting(name) for name in settings])
        return Signature(key, tuple(pins), leaves)

    def stages(self, instruction: Instruction) -> Sequence[Group]:
        """What has been known of its group, when there were forms made, and what is known now."""
        group = self.groups[instruction.row.identity, self.isa.form(instruction)]
        return (*group.before, group)

    def setting(self, name: str) -> Hashable:
        """What the core's configuration has under that name."""
        if name not in self._settings:
            try:
                self._settings[name] = f"{name}: {text(getattr(self.config, name))}"
            except Unstable:  # it is the same in this process, and no other may know the key
                self._settings[name] = name, Settings
        return self._settings[name]

    def build(
        self, instruction: Instruction, facts: Mapping[int, tuple[int, ...]], literal: bool = False
    ) -> Form | None:
        """The form; None if something more turned out to be part of it: sign it again."""
        found = self._build(instruction, facts, literal, {})
        if found is None:
            return None
        form, requests = found
        spans = spans_of(requests)
        if spans:  # now that it is known what follows an access
            again = self._build(instruction, facts, literal, spans)
            if again is None:
                return None
            form, _ = again
        return form

    def _build(
        self,
        instruction: Instruction,
        facts: Mapping[int, tuple[int, ...]],
        literal: bool,
        spans: Mapping[int, Span],
    ) -> tuple[Form, Sequence[Request]] | None:
        looked_up = Settings(self.config)
        emitter = Emitter(looked_up, self.place, self.context_slot, self.big)
        emitter.spans = spans
        emitter.facts = {slot: len(values) for slot, values in facts.items()}
        emitter.nameable = self.nameable
        emitter.bits = self.bits
        group = (instruction.row.identity, self.isa.form(instruction))
        known = self.groups[group]
        concrete = known.concrete
        slots: dict[int, Place] = {}
        pins: list[int] = []
        count = 0

        def leaf(one: int) -> Any:
            nonlocal count
            index, count = count, count + 1
            if isinstance(one, Register):
                place = self.place(one)
                if place.kind == "pin" and not literal:
                    if place.number not in pins:
                        pins.append(place.number)
                    return Place("pin", pins.index(place.number))
                if place.kind != "fixed" or index in concrete:
                    return place
                return slots.setdefault(one, Place("slot", index))
            if index in concrete:
                return Static("const", (int(one),))
            return Static("leaf", (index,))

        try:
            semantics = self.isa.stage(emitter, instruction, leaf)
            if not literal:
                emitter.first_named = len(pins)
            semantics()
            form = self._finish(emitter)
        except Concrete as need:
            self.groups[group] = known.grown((need.leaf,), ())
            return None
        except Escape:
            form = Form("", [], [], None, True, {})
            emitter.requests.clear()
        if not looked_up.looked_up <= {*known.settings}:
            self.groups[group] = known.grown((), looked_up.looked_up)
            return None
        if not known.used:
            self.groups[group] = known._replace(used=True)
        return form, emitter.requests

    def _finish(self, emitter: Emitter) -> Form:
        paths = emitter.paths
        facts = {
            slot: made
            for slot in self.tracked
            if (value := emitter.left_in(slot)) is not None
            if (made := _fact(value))
        }
        pins = {}
        stores = []
        for place, value in paths.written.items():
            if place.kind == "pin":
                pins[place.number] = emitter.name(value)
            elif emitter.is_flag(place):
                stores.append((place, "i8", emitter.byte(value)))
            else:
                stores.append((place, "i32", emitter.name(value)))
        for place, width, name in stores:
            emitter.line(f"store {width} {name}, ptr {emitter.slot_address(place)}")
        writer = _Ending(emitter, pins, self)
        writer.way(paths.way)
        if emitter.escapes:
            emitter.begin("escape")
            emitter.line(f"musttail call preserve_nonecc void @ESCAPE({ARGUMENTS})")
            emitter.line("ret void")
        return Form(
            "\n".join(emitter.lines),
            emitter.holes,
            writer.exits,
            writer.following,
            writer.ends,
            facts,
            tuple(emitter.named_pins),
            writer.computed,
            emitter.special,
        )


class _Ending:
    """Writes where an instruction leads, and collects the exits."""

    def __init__(self, emitter: Emitter, pins: Mapping[int, str], builder: FormBuilder) -> None:
        self.emitter = emitter
        self.builder = builder
        self.exits: list[Exit] = []
        self.following: Static | None = None
        self.ends = self.computed = False
        self.arguments = ARGUMENTS
        if pins:
            self.arguments = ", ".join(
                f"i32 {pins[int(one[6:])]}" if one[:6] == "i32 %p" and int(one[6:]) in pins else one
                for one in ORDER
            )

    def way(self, way: Way | Fork) -> None:
        emitter = self.emitter
        if isinstance(way, Fork):
            self.ends = True
            taken, other = emitter.label(), emitter.label()
            test = way.condition.name
            emitter.line(f"br i1 {test}, label %{taken}, label %{other}")
            emitter.begin(taken)
            self.way(way.taken)
            emitter.begin(other)
            self.way(way.other)
            return
        context = CONTEXT if way.context is None else way.context
        if isinstance(way.target, Word) or isinstance(context, Word):
            self.ends = self.computed = True
            assert way.target is not None
            self.indirect(emitter.name(way.target), emitter.name(context))
        elif way.target is None and not self._other_context(context):
            self.following = context
            self._tail("CONT")
        else:
            self.ends = True
            self._tail(f"EXIT{len(self.exits)}")
            self.exits.append(Exit(way.target, context, way.jump))

    def _other_context(self, context: Static) -> bool:
        return self.following is not None and self.following != context

    def _tail(self, symbol: str) -> None:
        self.emitter.line(f"musttail call preserve_nonecc void @{symbol}({self.arguments})")
        self.emitter.line("ret void")

    def indirect(self, target: str, context: str) -> None:
        """Through the jump cache to a target that only this execution knows."""
        emitter, builder = self.emitter, self.builder
        for slot, value in ((builder.pc_slot, target), (builder.context_slot, context)):
            at = emitter.slot_address(Place("fixed", slot))
            emitter.line(f"store i32 {value}, ptr {at}")
        low = emitter.fresh(f"zext i32 {target} to i64").name
        key = low
        if context != "0":
            high = emitter.fresh(f"zext i32 {context} to i64").name
            high = emitter.fresh(f"shl i64 {high}, 32").name
            key = emitter.fresh(f"or i64 {low}, {high}").name
        place = emitter.fresh(f"lshr i64 {low}, 1").name
        place = emitter.fresh(f"and i64 {place}, {JUMP_ENTRIES - 1}").name

        def entry(table: str) -> str:
            at = emitter.fresh(f"getelementptr i8, ptr %s, i64 {emitter.hole('table', table)}")
            return emitter.fresh(f"getelementptr i64, ptr {at.name}, i64 {place}").name

        found = emitter.fresh(f"load i64, ptr {entry('jump key')}").name
        same = emitter.fresh(f"icmp eq i64 {found}, {key}").name
        hit, miss = emitter.label(), emitter.label()
        emitter.line(f"br i1 {same}, label %{hit}, label %{miss}, !prof !0")
        emitter.begin(hit)
        code = emitter.fresh(f"load ptr, ptr {entry('jump code')}").name
        emitter.line(f"musttail call preserve_nonecc void {code}({self.arguments})")
        emitter.line("ret void")
        emitter.begin(miss)
        self._tail("MISS")


def _shape(operand: Any, kind: Callable[[Register | Immediate], Hashable]) -> Hashable:
    """The operand with `kind` in the places of its leaves; tuples of different types differ."""
    if isinstance(operand, Register | Immediate):
        return kind(operand)
    if isinstance(operand, tuple):
        return (type(operand).__name__, *[_shape(part, kind) for part in operand])
    control: Hashable = operand
    return control


def _fact(value: Word | Static) -> tuple[Static, ...]:
    """The one or two values that `value` is known to be one of."""
    if isinstance(value, Static):
        return (value,)
    if value.choice is not None:
        _, first, second = value.choice
        if isinstance(first, Static) and isinstance(second, Static):
            return (first, second)
    return ()


def far_jump(builder: FormBuilder) -> Form:
    """A jump through the jump cache to leaf 0 under context leaf 1: to another page of an MMU."""
    emitter = Emitter(builder.config, builder.place, builder.context_slot, builder.big)
    target, context = Static("leaf", (0,)), Static("leaf", (1,))
    ending = _Ending(emitter, {}, builder)
    ending.indirect(emitter.fresh(f"add i32 {emitter.name(target)}, 0").name, emitter.name(context))
    return Form("\n".join(emitter.lines), emitter.holes, [], None, True, {})


ENTRY = Form(
    "\n".join(
        [
            "  %n = add i64 %b, @H0@",
            "  %over = icmp slt i64 %n, 0",
            "  br i1 %over, label %escape, label %go, !prof !1",
            "go:",
            "  musttail call preserve_nonecc void @CONT("
            + ARGUMENTS.replace("%b", "%n")
            + ")\n  ret void",
            "escape:",
            "  musttail call preserve_nonecc void @ESCAPE("
            + ARGUMENTS.replace("%b", "%n")
            + ")\n  ret void",
        ]
    ),
    [Hole("count", PC)],
    [],
    None,
    False,
    {},
)
"""The begin of a block: takes its instructions off the budget, or escapes.

The complement of their number is in the place of its pc.
"""


def enter_and_leave(pinned: Sequence[int]) -> str:
    """The functions that get in and out of translated code: `enter(state, code)`, `leave`."""
    lines = ["declare ptr @llvm.stacksave.p0()", "define void @enter(ptr %s, ptr %code) {"]
    lines += ["  %sp = call ptr @llvm.stacksave.p0()"]
    lines += ["  %in = getelementptr i8, ptr %sp, i64 -8"]  # behind the call's return address
    lines += [f"  %as = getelementptr i8, ptr %s, i64 {STACK}", "  store ptr %in, ptr %as"]
    lines += [f"  %ab = getelementptr i8, ptr %s, i64 {BUDGET}", "  %b = load i64, ptr %ab"]
    for pin in range(PINS):
        slot = pinned[pin] if pin < len(pinned) else 0
        lines += [
            f"  %a{pin} = getelementptr i8, ptr %s, i64 {4 * slot}",
            f"  %p{pin} = load i32, ptr %a{pin}",
        ]
    lines += [f"  call preserve_nonecc void %code({ARGUMENTS})", "  ret void", "}"]
    lines += [f"define preserve_nonecc void @leave({PARAMETERS}, i32 %exit) {{"]
    lines += [f"  %ab = getelementptr i8, ptr %s, i64 {BUDGET}", "  store i64 %b, ptr %ab"]
    lines += [f"  %ae = getelementptr i8, ptr %s, i64 {EXIT}", "  store i32 %exit, ptr %ae"]
    for pin, slot in enumerate(pinned):
        lines += [
            f"  %a{pin} = getelementptr i8, ptr %s, i64 {4 * slot}",
            f"  store i32 %p{pin}, ptr %a{pin}",
        ]
    return "\n".join([*lines, "  ret void", "}"])

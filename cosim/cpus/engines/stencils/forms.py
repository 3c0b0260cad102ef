"""Instruction forms: what instructions share that differ in registers and constants only."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cosim.cpus.engines.stencils.access import Request, Span, spans_of
from cosim.cpus.engines.stencils.convention import ARGUMENTS, FAR
from cosim.cpus.engines.stencils.draft import Draft
from cosim.cpus.engines.stencils.emitter import Emitter
from cosim.cpus.engines.stencils.ending import Ending, Exit
from cosim.cpus.engines.stencils.groups import Group, Groups, Settings
from cosim.cpus.engines.stencils.identity import Unstable, text
from cosim.cpus.engines.stencils.static import Static
from cosim.cpus.engines.stencils.text import Hole
from cosim.cpus.engines.stencils.values import ZERO, Concrete, Escape, Place, Word
from cosim.cpus.isa.instruction import Instruction
from cosim.cpus.isa.instruction_set import InstructionSet
from cosim.cpus.isa.operands import Immediate, Register


@dataclass
class Form:
    """One form as LLVM text, and what a block has to know of it.

    Attributes:
        body: the text of the function's body, with `@H0@` for hole 0; "" where every instruction
            of the form is left to the reference interpreter.
        far: the same of the function `FAR`, which `body` leads to when an access is not to the
            window; "" if it never does.
        holes: what is filled in.
        exits: by number of their symbol; a way to the next instruction is `CONT` with `following`.
        following: the decode context of the next instruction; None if no way leads there.
        facts: what is left in tracked slots.
        named_pins: pins that it uses whatever the operands name; their numbers in the form follow
            those of the operands.
        computed: whether it may lead to a place that only its execution knows.
        special: whether its code may need the host registers of `SPECIAL` pins.
        reads, writes: the registers whose values from before it uses, and those that it writes.
        pure: whether it does nothing but write registers, and never escapes.
        loads: whether it reads a word of memory besides, and escapes where it cannot.
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
    far: str = ""
    reads: Sequence[Place] = ()
    writes: Sequence[Place] = ()
    pure: bool = False
    loads: bool = False

    @property
    def draft(self) -> Draft:
        """What LLVM is given of it."""
        return Draft(self.body, self.far, tuple([hole.kind for hole in self.holes]))


class Signature(NamedTuple):
    """The key of a form, the pins that stand where it has 0, 1, ..., and the operands' leaves."""

    key: Hashable
    pins: tuple[int, ...]
    leaves: list[int]


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
        parts: Sequence[Instruction],
        facts: Mapping[int, tuple[int, ...]],
        literal: bool = False,
        known: Group | None = None,
    ) -> Signature:
        """What the instruction has in common with others.

        Args:
            parts: the instruction; or several that follow each other, to be one.
            literal: whether the form is for the very pins that the operands name.
            known: what to hold for known of its group.
        """
        leaves: list[int] = []
        slots: dict[int, int] = {}
        pins: list[int] = []
        group = self.group(parts)
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

        operands: tuple[Hashable, ...] = ()
        for number, part in enumerate(parts):
            operands += tuple([_shape(operand, kind) for operand in part.operands])
            if number:
                operands += (kind(Immediate(part.context)),)
        shape = tuple([(slot, len(facts[slot])) for slot in sorted(facts)])
        key: Hashable = group, operands, shape, literal
        if settings:
            key = key, tuple([self.setting(name) for name in settings])
        return Signature(key, tuple(pins), leaves)

    def group(self, parts: Sequence[Instruction]) -> Hashable:
        """The key of the group that it is of."""
        keys = tuple([(part.row.identity, self.isa.form(part)) for part in parts])
        return keys if len(keys) > 1 else keys[0]

    def stages(self, parts: Sequence[Instruction]) -> Sequence[Group]:
        """What has been known of its group, when there were forms made, and what is known now."""
        group = self.groups[self.group(parts)]
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
        self,
        parts: Sequence[Instruction],
        facts: Mapping[int, tuple[int, ...]],
        literal: bool = False,
    ) -> Form | None:
        """The form; None if something more turned out to be part of it: sign it again."""
        found = self._build(parts, facts, literal, {})
        if found is None:
            return None
        form, requests = found
        spans = spans_of(requests)
        if spans:  # now that it is known what follows an access
            again = self._build(parts, facts, literal, spans)
            if again is None:
                return None
            form, _ = again
        if f"@{FAR}(" in form.body:
            other = self._build(parts, facts, literal, spans, form)
            assert other is not None  # all is known
            form.far = other[0].body
            form.special |= other[0].special
        return form

    def _build(
        self,
        parts: Sequence[Instruction],
        facts: Mapping[int, tuple[int, ...]],
        literal: bool,
        spans: Mapping[int, Span],
        near: Form | None = None,
    ) -> tuple[Form, Sequence[Request]] | None:
        """The form with its accesses; of `near`, which is made already, the code that is far."""
        looked_up = Settings(self.config)
        emitter = Emitter(looked_up, self.place, self.context_slot, self.big)
        emitter.spans = spans
        if near is not None:
            emitter.far = True
            emitter.share(near.holes)
        emitter.facts = {slot: len(values) for slot, values in facts.items()}
        emitter.nameable = self.nameable
        emitter.bits = self.bits
        group = self.group(parts)
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
            staged = []
            for number, part in enumerate(parts):
                semantics = self.isa.stage(emitter, part, leaf)
                staged.append((semantics, leaf(Immediate(part.context)) if number else None))
            if not literal:
                emitter.first_named = len(pins)
            distance = 0
            for part, (semantics, context) in zip(parts, staged, strict=True):
                if context is not None and not emitter.go_on(distance, context):
                    raise Escape
                semantics()
                distance += self.isa.size(part)
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
        writer = Ending(emitter, self.pc_slot)
        writer.write(paths.written, paths.way)
        if emitter.escapes:
            emitter.begin("escape")
            emitter.line(f"musttail call preserve_nonecc void @ESCAPE({ARGUMENTS})")
            emitter.line("ret void")
        if emitter.leads_far:
            emitter.begin("far")
            emitter.line(f"musttail call preserve_nonecc void @{FAR}({ARGUMENTS})")
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
            reads=sorted(emitter.reads),
            writes=sorted(paths.written),
            pure=not (emitter.escapes or emitter.requests),
            loads=[one.table for one in emitter.requests] == ["read"],
        )


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

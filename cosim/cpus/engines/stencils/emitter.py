"""The verbs as LLVM text: one instruction form, with registers and immediates left as holes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from cosim.cpus.engines.stencils.access import Access
from cosim.cpus.engines.stencils.static import CONTEXT, PC, Static, const, fold
from cosim.cpus.engines.stencils.values import (
    ZERO,
    Concrete,
    Escape,
    Fork,
    Paths,
    Place,
    Way,
    Word,
)
from cosim.cpus.isa.inlining import recipe_of
from cosim.cpus.isa.machine import Value


class Emitter(Access):
    """A machine whose verbs write LLVM instructions: registers and control.

    Registers are written when the instruction is complete. Whatever cannot be done in line (a
    system register, a fault, a device) *escapes*: nothing has happened yet that doing it again
    would change, and the reference interpreter executes the instruction from its begin.

    Args:
        config: the core's configuration.
        place_of: where the state's slots with fixed numbers are.
        context_slot: the slot that is known at every instruction and kept out of the state.
        big: whether the core's data are big-endian.

    Attributes:
        facts: slots that the instruction before left with known values, and of how many one.
        nameable: slots that operands can name.
        bits: slots that hold 0 or 1.
        named_pins: pins that the form uses whatever its operands are, in the order of first use.
        first_named: the number that the first of them has in the form; None: its own.
        here, context: the pc and the decode context of the present one of several instructions.
        reads: registers whose values from before are used.
    """

    def __init__(
        self, config: Any, place_of: Callable[[int], Place], context_slot: int, big: bool
    ) -> None:
        super().__init__(big)
        self.config = config
        self.paths = Paths()
        self.facts: dict[int, int] = {}
        self.nameable: frozenset[int] = frozenset()
        self.bits: frozenset[int] = frozenset()
        self.named_pins: list[int] = []
        self.first_named: int | None = None
        self.here, self.context = PC, CONTEXT
        self.reads: set[Place] = set()
        self._place_of = place_of
        self.context_slot = context_slot

    # Registers

    @property
    def pc(self) -> Value:
        return self.here

    def go_on(self, distance: int, context: Static) -> bool:
        """Let the verbs that follow be those of the instruction behind, `distance` from the first.

        Returns:
            Whether what was before leads there, and has done nothing that is seen outside.
        """
        way = self.paths.way
        if isinstance(way, Fork) or way.target is not None:
            return False
        if any(request.table == "write" for request in self.requests):
            return False
        self.here = fold("add", PC, const(distance))
        self.context = context
        self.paths.way = Way()
        return True

    def place(self, slot: Any) -> Place:
        if isinstance(slot, Place):
            return slot
        place = self._place_of(slot)
        if place.kind == "pin":
            if place.number not in self.named_pins:
                self.named_pins.append(place.number)
            if self.first_named is not None:
                return Place("pin", self.first_named + self.named_pins.index(place.number))
        return place

    def get(self, slot: Any) -> Value:
        if type(slot) is int and slot == self.context_slot:
            return self._context_of(self.paths.way)
        place = self.place(slot)
        if place is ZERO:
            return const(0)
        if place in self.paths.written:
            return self.paths.written[place]
        self._apart(place)
        return self._fact(slot, place) if slot in self.facts else self._present(place)

    def _context_of(self, way: Way | Fork) -> Value:
        """The decode context where `way` leads."""
        if isinstance(way, Fork):
            first, second = self._context_of(way.taken), self._context_of(way.other)
            chosen = self.select(way.condition, first, second)
            chosen.parted = True
            return chosen
        return self.context if way.context is None else way.context

    def _fact(self, slot: int, place: Place) -> Value:
        """A register that the instruction before left with one or two known values."""
        first = Static("fact", (slot, 0))
        if self.facts[slot] == 1:
            return first
        second = Static("fact", (slot, 1))
        word = self._present(place)
        is_first = self.fresh(f"icmp eq i32 {word.name}, {self.name(first)}", True)
        word.choice = (is_first, first, second)
        return word

    def left_in(self, slot: int) -> Word | Static | None:
        """What the instruction has written to the register, if anything."""
        place = self._place_of(slot)
        if place.kind == "pin" and place.number not in self.named_pins:
            return None
        return self.paths.written.get(self.place(slot))

    def slot_address(self, place: Place) -> str:
        if place.kind == "fixed":
            offset = str(4 * place.number)
        else:
            offset = self.hole("slot", place.number)
        return self.fresh(f"getelementptr i8, ptr %s, i64 {offset}").name

    def set(self, slot: Any, value: Value) -> None:
        if type(slot) is int and slot == self.context_slot:
            self._redirect(context=value)
            return
        place = self.place(slot)
        if place is not ZERO:
            self._apart(place)
            self.paths.written[place] = value

    def _apart(self, place: Place) -> None:
        """Make sure that a register the form names and one that an operand names are two."""
        if place.kind not in ("slot", "fixed"):
            return
        for other in self.paths.written:
            pair = {place.kind: place.number, other.kind: other.number}
            if "slot" in pair and pair.get("fixed") in self.nameable:
                raise Concrete(pair["slot"])

    # Control

    def escape(self, *_: object, **__: object) -> NoReturn:
        raise Escape

    load_exclusive = store_exclusive = clear_exclusive = escape
    trap = system = sleep = escape

    def call(self, function: Callable[..., Any], *arguments: Value, results: int = 1) -> Any:
        recipe = recipe_of(function)
        return self.escape() if recipe is None else recipe(self, *arguments)

    def branch(self, target: Value) -> None:
        self._redirect(target=target)

    def jump(self, target: Value) -> None:
        if isinstance(target, Word):  # to itself it is a wait
            other = self.fresh(f"icmp ne i32 {target.name}, {self.name(self.here)}").name
            go = self.label()
            self.escape_unless(other, go)
            self.begin(go)
        self._redirect(target=target, jump=True)

    def _redirect(
        self, target: Value | None = None, context: Value | None = None, jump: bool = False
    ) -> None:
        """Change where the present path leads, or the decode context there."""

        def changed(way: Way | Fork, context: Value | None) -> Way | Fork:
            if isinstance(way, Fork):
                parts = (context, context)
                if isinstance(context, Word) and context.parted and context.choice:
                    assert context.choice[0] is way.condition
                    parts = context.choice[1:]
                return Fork(
                    way.condition, changed(way.taken, parts[0]), changed(way.other, parts[1])
                )
            return Way(
                way.target if target is None else target,
                way.context if context is None else context,
                way.jump or jump,
            )

        paths = self.paths
        choice = target.choice if isinstance(target, Word) else None
        if choice is None:
            paths.way = changed(paths.way, context)
            return
        condition, first, second = choice
        before = paths.way
        self._redirect(first, context, jump)
        taken, paths.way = paths.way, before
        self._redirect(second, context, jump)
        paths.way = Fork(condition, taken, paths.way)

    def when(self, condition: Value, body: Callable[[], None]) -> None:
        if isinstance(condition, Static):
            if self.concrete(condition):
                body()
            return
        test = self.bit(condition)
        before = self.paths
        came_from, inside, after = self.block, self.label(), self.label()
        mark = len(self.lines)
        self.paths = before.copy()
        self.stretch += 1
        self.line("")  # the branch, when it is known where the body leads
        self.begin(inside)
        try:
            body()
        except Escape:
            self.stretch += 1
            del self.lines[mark:]
            self.block = came_from
            self.paths = before
            self.escapes = True
            self.line(f"br i1 {test}, label %escape, label %{after}, !prof !1")
            self.begin(after)
            return
        self.stretch += 1
        done, end = self.paths, self.block
        changed = [
            place for place, value in done.written.items() if value is not before.written.get(place)
        ]
        # Values of both paths have to be there before they part or join.
        taken = {place: self._name_in(place, done.written[place]) for place in changed}
        straight = end == inside and done.way is before.way and len(changed) <= 1
        if straight:  # no branch is cheaper
            del self.lines[mark : mark + 2]
            self.block = came_from
        else:
            self.lines[mark] = f"  br i1 {test}, label %{inside}, label %{after}"
            self.line(f"br label %{after}")
        body_lines = self.lines[mark:]
        del self.lines[mark:]
        old = {
            place: self._name_in(
                place,
                before.written[place] if place in before.written else self._present(place),
            )
            for place in changed
        }
        self.lines += body_lines
        if not straight:
            self.begin(after)
        merged = before.copy()
        for place in changed:
            flag = self.is_flag(place)
            kind = "i1" if flag else "i32"
            if straight:
                text = f"select i1 {test}, {kind} {taken[place]}, {kind} {old[place]}"
            else:
                text = f"phi {kind} [ {taken[place]}, %{end} ], [ {old[place]}, %{came_from} ]"
            merged.written[place] = self.fresh(text, flag)
        if done.way is not before.way:
            way = self._carried(done.way, end, came_from)
            merged.way = Fork(Word(test, True), way, before.way)
        self.paths = merged

    def _carried(self, way: Way | Fork, inside: str, around: str) -> Way | Fork:
        """The way with its values carried from `inside` to where the paths have joined."""

        def carried(value: Any) -> Any:
            if not isinstance(value, Word):
                return value
            kind = "i1" if value.bit else "i32"
            text = f"phi {kind} [ {value.name}, %{inside} ], [ poison, %{around} ]"
            return self.fresh(text, value.bit)

        if isinstance(way, Fork):
            condition = carried(way.condition)
            taken = self._carried(way.taken, inside, around)
            return Fork(condition, taken, self._carried(way.other, inside, around))
        return Way(carried(way.target), carried(way.context), way.jump)

    def is_flag(self, place: Place) -> bool:
        """Whether the register is 0 or 1: only its lowest byte is accessed."""
        return place.kind == "fixed" and place.number in self.bits

    def byte(self, value: Value) -> str:
        """0 or 1 as an i8 operand."""
        if isinstance(value, Static):
            number = value.constant
            if number is not None:
                return str(number)
            return self.fresh(f"trunc i32 {self.name(value)} to i8").name
        if value.bit:
            return self.fresh(f"zext i1 {value.name} to i8").name
        return self.fresh(f"trunc i32 {value.name} to i8").name

    def _present(self, place: Place) -> Word:
        self.reads.add(place)
        if place.kind == "pin":
            return Word(f"%p{place.number}")
        if self.is_flag(place):
            flag = self.fresh(f"load i8, ptr {self.slot_address(place)}, !range !2")
            return self.fresh(f"trunc i8 {flag.name} to i1", True)
        return self.fresh(f"load i32, ptr {self.slot_address(place)}")

    def _name_in(self, place: Place, value: Value) -> str:
        """`value` as an operand of the width that `place` has: i1 or i32."""
        if not self.is_flag(place):
            return self.name(value)
        if isinstance(value, Static) and value.constant is not None:
            return str(value.constant)
        return self.bit(value)

"""The verbs as LLVM text: one instruction form, with registers and immediates left as holes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from cosim.cpus.engines.stencils.access import Access
from cosim.cpus.engines.stencils.static import CONTEXT, PC, Static, const
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
        facts: slots that the instruction before left with known values, and how many.
        nameable: slots that operands can name.
        named_pins: pins that the form uses whatever its operands are.
    """

    def __init__(
        self, config: Any, place_of: Callable[[int], Place], context_slot: int, big: bool
    ) -> None:
        super().__init__(big)
        self.config = config
        self.paths = Paths()
        self.facts: dict[Place, int] = {}
        self.nameable: frozenset[int] = frozenset()
        self.named_pins: set[int] = set()
        self._place_of = place_of
        self._context_slot = context_slot

    # Registers

    @property
    def pc(self) -> Value:
        return PC

    def place(self, slot: Any) -> Place:
        if isinstance(slot, Place):
            return slot
        place = self._place_of(slot)
        if place.kind == "pin":
            self.named_pins.add(place.number)
        return place

    def get(self, slot: Any) -> Value:
        if type(slot) is int and slot == self._context_slot:
            return self._context_of(self.paths.way)
        place = self.place(slot)
        if place is ZERO:
            return const(0)
        if place in self.paths.written:
            return self.paths.written[place]
        self._apart(place)
        return self._fact(place) if place in self.facts else self._present(place)

    def _context_of(self, way: Way | Fork) -> Value:
        """The decode context where `way` leads."""
        if isinstance(way, Fork):
            first, second = self._context_of(way.taken), self._context_of(way.other)
            chosen = self.select(way.condition, first, second)
            chosen.parted = True
            return chosen
        return CONTEXT if way.context is None else way.context

    def _fact(self, place: Place) -> Value:
        """A register that the instruction before left with one or two known values."""
        first = Static("fact", (place.number, 0))
        if self.facts[place] == 1:
            return first
        second = Static("fact", (place.number, 1))
        word = self._present(place)
        is_first = self.fresh(f"icmp eq i32 {word.name}, {self.name(first)}", True)
        word.choice = (is_first, first, second)
        return word

    def slot_address(self, place: Place) -> str:
        if place.kind == "fixed":
            offset = str(4 * place.number)
        else:
            offset = self.hole("slot", place.number)
        return self.fresh(f"getelementptr i8, ptr %s, i64 {offset}").name

    def set(self, slot: Any, value: Value) -> None:
        if type(slot) is int and slot == self._context_slot:
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
    trap = system = call = sleep = escape

    def branch(self, target: Value) -> None:
        self._redirect(target=target)

    def jump(self, target: Value) -> None:
        if isinstance(target, Word):  # to itself it is a wait
            other = self.fresh(f"icmp ne i32 {target.name}, {self.name(PC)}").name
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
        self.line("")  # the branch, when it is known where the body leads
        self.begin(inside)
        try:
            body()
        except Escape:
            del self.lines[mark:]
            self.block = came_from
            self.paths = before
            self.escapes = True
            self.line(f"br i1 {test}, label %escape, label %{after}, !prof !1")
            self.begin(after)
            return
        done, end = self.paths, self.block
        self.lines[mark] = f"  br i1 {test}, label %{inside}, label %{after}"
        merged = before.copy()
        # Values of both paths have to be there before they part or join.
        taken = {place: self._materialized(value) for place, value in done.written.items()}
        self.line(f"br label %{after}")
        old = {}
        insert = self.lines
        head, self.lines = insert[:mark], []
        tail = insert[mark:]
        for place in taken:
            if done.written[place] is not before.written.get(place):
                old[place] = self._materialized(
                    before.written[place] if place in before.written else self._present(place)
                )
        self.lines = head + self.lines + tail
        self.begin(after)
        for place, previous in old.items():
            merged.written[place] = self.fresh(
                f"phi i32 [ {taken[place]}, %{end} ], [ {previous}, %{came_from} ]"
            )
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

    def _present(self, place: Place) -> Word:
        if place.kind == "pin":
            return Word(f"%p{place.number}")
        return self.fresh(f"load i32, ptr {self.slot_address(place)}")

    def _materialized(self, value: Value) -> str:
        return self.name(value)

"""Where an instruction leads, as LLVM text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cosim.cpus.engines.runtime_block import JUMP_ENTRIES
from cosim.cpus.engines.stencils.convention import ARGUMENTS, ORDER
from cosim.cpus.engines.stencils.emitter import Emitter
from cosim.cpus.engines.stencils.static import Static
from cosim.cpus.engines.stencils.values import Fork, Place, Way, Word


class Exit(NamedTuple):
    """One way out of an instruction to a place that is known when it is patched.

    Attributes:
        target: None: the next instruction.
        jump: whether a branch to itself there is a wait.
    """

    target: Static | None
    context: Static
    jump: bool


class Ending:
    """Writes where an instruction leads, and collects the exits."""

    def __init__(self, emitter: Emitter, pc_slot: int) -> None:
        self.emitter = emitter
        self.pc_slot = pc_slot
        self.exits: list[Exit] = []
        self.following: Static | None = None
        self.ends = self.computed = False
        self.arguments = ARGUMENTS

    def write(self, written: Mapping[Place, Word | Static], way: Way | Fork) -> None:
        """Write the registers, and where that leads.

        What depends on the same condition as the way is written for the way taken, and once more
        on the other: so a loop goes round without a detour.
        """
        emitter = self.emitter
        first_values = dict(written)
        others = {}
        if isinstance(way, Fork):
            for place, value in written.items():
                if isinstance(value, Word) and value.choice is not None:
                    condition, first, second = value.choice
                    if condition is way.condition:
                        first_values[place] = first
                        others[place] = second
        before = self.arguments
        self._registers(first_values)
        if isinstance(way, Fork):
            self.ends = True
            taken, other = emitter.label(), emitter.label()
            test = way.condition.name
            near = ", !prof !1" if others else ""
            emitter.line(f"br i1 {test}, label %{taken}, label %{other}{near}")
            emitter.begin(taken)
            self.write({}, way.taken)
            emitter.begin(other)
            self.write(others, way.other)
        else:
            self._way(way)
        self.arguments = before

    def _registers(self, written: Mapping[Place, Word | Static]) -> None:
        emitter = self.emitter
        pins = {}
        stores = []
        for place, value in written.items():
            if place.kind == "pin":
                pins[f"i32 %p{place.number}"] = f"i32 {emitter.name(value)}"
            elif emitter.is_flag(place):
                stores.append((place, "i8", emitter.byte(value)))
            else:
                stores.append((place, "i32", emitter.name(value)))
        for place, width, name in stores:
            emitter.line(f"store {width} {name}, ptr {emitter.slot_address(place)}")
        if pins:
            names = dict(zip(ORDER, self.arguments.split(", "), strict=True))
            self.arguments = ", ".join((names | pins).values())

    def _way(self, way: Way) -> None:
        emitter = self.emitter
        context = emitter.context if way.context is None else way.context
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
        emitter = self.emitter
        for slot, value in ((self.pc_slot, target), (emitter.context_slot, context)):
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

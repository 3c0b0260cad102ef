"""The verbs as LLVM text: one instruction form, with registers and immediates left as holes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

from cosim.bus.write_watch import GRANULE_BITS
from cosim.cpus.engines.runtime_block import UNALIGNED_LIMIT, WATCH_BITS
from cosim.cpus.engines.static import CONTEXT, PC, Static, const, fold
from cosim.cpus.isa.machine import Value

SIGN = 0x8000_0000


class Concrete(Exception):
    """A verb needs the number itself of an immediate: the form is for that number only."""

    def __init__(self, leaf: int) -> None:
        self.leaf = leaf


class Escape(Exception):
    """The rest of this path is left to the reference interpreter."""


class Place(NamedTuple):
    """Where a register is: "pin" and its number, "slot" and a hole's, "fixed" and a state slot."""

    kind: str
    number: int


ZERO = Place("zero", 0)
"""A register that reads as zero and takes nothing."""


@dataclass(eq=False)
class Word:
    """A value of the instruction while it runs: an i32, or an i1 that is the number 0 or 1."""

    name: str
    bit: bool = False
    inverse: Word | None = None  # of which it is the complement
    choice: tuple[Word, Any, Any] | None = None  # condition, and the values of both cases
    parted: bool = False  # whether it is a decode context that differs between two ways


@dataclass
class Way:
    """Where an instruction leads: a target (None: the next instruction) and its decode context."""

    target: Word | Static | None = None
    context: Word | Static | None = None
    jump: bool = False


@dataclass
class Fork:
    """Two ways, by a condition."""

    condition: Word
    taken: Way | Fork
    other: Way | Fork


@dataclass
class Paths:
    """What an instruction has done on the present path: registers not yet written, and its end."""

    written: dict[Place, Word | Static] = field(default_factory=dict)
    way: Way | Fork = field(default_factory=Way)

    def copy(self) -> Paths:
        return Paths(dict(self.written), self.way)


class Emitter:
    """A machine whose verbs write LLVM instructions.

    Registers are written when the instruction is complete. Whatever cannot be done in line (a
    system register, a fault, a device) *escapes*: nothing has happened yet that doing it again
    would change, and the reference interpreter executes the instruction from its begin.

    Args:
        config: the core's configuration.
        place_of: where the state's slots with fixed numbers are.
        context_slot: the slot that is known at every instruction and kept out of the state.
        big: whether the core's data are big-endian.
    """

    def __init__(
        self, config: Any, place_of: Callable[[int], Place], context_slot: int, big: bool
    ) -> None:
        self.config = config
        self.lines: list[str] = []
        self.holes: list[tuple[str, Hashable]] = []
        self._place_of = place_of
        self._context_slot = context_slot
        self._big = big
        self._count = 0
        self._label = "entry"
        self.paths = Paths()
        self._hole_names: dict[tuple[str, Hashable], str] = {}
        self.escapes = False
        self.facts: dict[Place, int] = {}
        self.nameable: frozenset[int] = frozenset()  # slots that operands can name
        self.named_pins: set[int] = set()  # that the form uses whatever its operands are

    # Text

    def line(self, text: str) -> None:
        self.lines.append("  " + text)

    def fresh(self, text: str, bit: bool = False) -> Word:
        self._count += 1
        name = f"%v{self._count}"
        self.line(f"{name} = {text}")
        return Word(name, bit)

    def label(self) -> str:
        self._count += 1
        return f"l{self._count}"

    def begin(self, label: str) -> None:
        self.lines.append(f"{label}:")
        self._label = label

    def hole(self, kind: str, what: Hashable) -> str:
        """The text of a number that is filled in when the form is patched."""
        key = (kind, what)
        if key not in self._hole_names:
            self._hole_names[key] = f"@H{len(self.holes)}@"
            self.holes.append(key)
        return self._hole_names[key]

    def name(self, value: Value) -> str:
        """`value` as an i32 operand."""
        if isinstance(value, Static):
            number = value.constant
            if number is not None:
                return str(number)
            return self.hole("static", value)
        assert isinstance(value, Word), value
        if value.bit:
            return self.fresh(f"zext i1 {value.name} to i32").name
        return value.name

    def bit(self, value: Value) -> str:
        """`value` as an i1 operand: whether it is not 0."""
        if isinstance(value, Word) and value.bit:
            return value.name
        return self.fresh(f"icmp ne i32 {self.name(value)}, 0", True).name

    # Values

    @property
    def pc(self) -> Value:
        return PC

    def const(self, number: int) -> Value:
        return const(number)

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

    def _binary(self, verb: str, text: str, a: Value, b: Value) -> Value:
        if isinstance(a, Static) and isinstance(b, Static):
            return fold(verb, a, b)
        return self.fresh(f"{text} i32 {self.name(a)}, {self.name(b)}")

    def _logic(self, verb: str, text: str, a: Value, b: Value) -> Value:
        """Bits stay bits."""
        if isinstance(a, Static) and isinstance(b, Static):
            return fold(verb, a, b)
        if isinstance(a, Word) and a.parted and isinstance(b, Static):
            condition, first, second = a.choice or ()
            parts = [self._logic(verb, text, part, b) for part in (first, second)]
            chosen = self.select(condition, *parts)
            chosen.parted = True
            return chosen
        if is_bit(a) and is_bit(b):
            return self.fresh(f"{text} i1 {bit_text(a)}, {bit_text(b)}", True)
        return self.fresh(f"{text} i32 {self.name(a)}, {self.name(b)}")

    def add(self, a: Value, b: Value) -> Value:
        return self._binary("add", "add", a, b)

    def sub(self, a: Value, b: Value) -> Value:
        if isinstance(b, Static) and not isinstance(a, Static):  # LLVM would do so itself
            return self.add(a, fold("sub", 0, b))
        return self._binary("sub", "sub", a, b)

    def mul(self, a: Value, b: Value) -> Value:
        return self._binary("mul", "mul", a, b)

    def and_(self, a: Value, b: Value) -> Value:
        return self._logic("and_", "and", a, b)

    def or_(self, a: Value, b: Value) -> Value:
        return self._logic("or_", "or", a, b)

    def xor(self, a: Value, b: Value) -> Value:
        return self._logic("xor", "xor", a, b)

    def not_(self, a: Value) -> Value:
        if isinstance(a, Static):
            return fold("not_", a)
        result = self.fresh(f"xor i32 {self.name(a)}, -1")
        result.inverse = a if not a.bit else None
        return result

    def _upper(self, a: Value, b: Value, left: str, right: str) -> Value:
        x = self.fresh(f"{left} i32 {self.name(a)} to i64").name
        y = self.fresh(f"{right} i32 {self.name(b)} to i64").name
        product = self.fresh(f"mul i64 {x}, {y}").name
        top = self.fresh(f"lshr i64 {product}, 32").name
        return self.fresh(f"trunc i64 {top} to i32")

    def mulhu(self, a: Value, b: Value) -> Value:
        return self._upper(a, b, "zext", "zext")

    def mulhs(self, a: Value, b: Value) -> Value:
        return self._upper(a, b, "sext", "sext")

    def mulhsu(self, a: Value, b: Value) -> Value:
        return self._upper(a, b, "sext", "zext")

    def udiv(self, a: Value, b: Value) -> Value:
        divisor = self.name(b)
        zero = self.fresh(f"icmp eq i32 {divisor}, 0").name
        safe = self.fresh(f"select i1 {zero}, i32 1, i32 {divisor}").name
        quotient = self.fresh(f"udiv i32 {self.name(a)}, {safe}").name
        return self.fresh(f"select i1 {zero}, i32 0, i32 {quotient}")

    def sdiv(self, a: Value, b: Value) -> Value:
        # In 64 bits the most negative number by -1 does not overflow.
        divisor = self.name(b)
        zero = self.fresh(f"icmp eq i32 {divisor}, 0").name
        safe = self.fresh(f"select i1 {zero}, i32 1, i32 {divisor}").name
        x = self.fresh(f"sext i32 {self.name(a)} to i64").name
        y = self.fresh(f"sext i32 {safe} to i64").name
        wide = self.fresh(f"sdiv i64 {x}, {y}").name
        quotient = self.fresh(f"trunc i64 {wide} to i32").name
        return self.fresh(f"select i1 {zero}, i32 0, i32 {quotient}")

    def _shift(self, verb: str, text: str, a: Value, amount: Value) -> Value:
        if isinstance(amount, Static):
            if isinstance(a, Static):
                return fold(verb, a, amount)
            number = self.concrete(amount)
            if number >= 32:
                if verb != "sar":
                    return const(0)
                number = 31
            return self.fresh(f"{text} i32 {self.name(a)}, {number}") if number else a
        # In 64 bits amounts up to 63 are defined; more are clamped.
        size = self.name(amount)
        limit = 31 if verb == "sar" else 63
        large = self.fresh(f"icmp ugt i32 {size}, {limit}").name
        clamped = self.fresh(f"select i1 {large}, i32 {limit}, i32 {size}").name
        if verb == "sar":
            return self.fresh(f"ashr i32 {self.name(a)}, {clamped}")
        x = self.fresh(f"zext i32 {self.name(a)} to i64").name
        n = self.fresh(f"zext i32 {clamped} to i64").name
        wide = self.fresh(f"{text} i64 {x}, {n}").name
        return self.fresh(f"trunc i64 {wide} to i32")

    def concrete(self, value: Static) -> int:
        """The number of a static value that LLVM has to know.

        Raises:
            Concrete: it depends on an immediate, which thereby becomes part of the form.
        """
        number = value.constant
        if number is None:
            raise Concrete(_leaf_of(value))
        return number

    def shl(self, a: Value, amount: Value) -> Value:
        return self._shift("shl", "shl", a, amount)

    def shr(self, a: Value, amount: Value) -> Value:
        return self._shift("shr", "lshr", a, amount)

    def sar(self, a: Value, amount: Value) -> Value:
        return self._shift("sar", "ashr", a, amount)

    def ror(self, a: Value, amount: Value) -> Value:
        if isinstance(amount, Static):
            if isinstance(a, Static):
                return fold("ror", a, amount)
            size = str(self.concrete(amount) & 31)
        else:
            size = self.name(amount)
        x = self.name(a)
        return self.fresh(f"call i32 @llvm.fshr.i32(i32 {x}, i32 {x}, i32 {size})")

    def _compare(self, verb: str, text: str, a: Value, b: Value) -> Value:
        if isinstance(a, Static) and isinstance(b, Static):
            return fold(verb, a, b)
        return self.fresh(f"icmp {text} i32 {self.name(a)}, {self.name(b)}", True)

    def eq(self, a: Value, b: Value) -> Value:
        return self._compare("eq", "eq", a, b)

    def ne(self, a: Value, b: Value) -> Value:
        return self._compare("ne", "ne", a, b)

    def ult(self, a: Value, b: Value) -> Value:
        return self._compare("ult", "ult", a, b)

    def ule(self, a: Value, b: Value) -> Value:
        return self._compare("ule", "ule", a, b)

    def slt(self, a: Value, b: Value) -> Value:
        return self._compare("slt", "slt", a, b)

    def sle(self, a: Value, b: Value) -> Value:
        return self._compare("sle", "sle", a, b)

    def select(self, condition: Value, a: Value, b: Value) -> Value:
        if isinstance(condition, Static):
            if isinstance(a, Static) and isinstance(b, Static):
                return fold("select", condition, a, b)
            return a if self.concrete(condition) else b
        test = self.bit(condition)
        if is_bit(a) and is_bit(b):
            return self.fresh(f"select i1 {test}, i1 {bit_text(a)}, i1 {bit_text(b)}", True)
        chosen = self.fresh(f"select i1 {test}, i32 {self.name(a)}, i32 {self.name(b)}")
        chosen.choice = (condition, a, b)
        return chosen

    def sext(self, a: Value, bits: int) -> Value:
        if isinstance(a, Static):
            return fold("sext", a, bits)
        narrow = self.fresh(f"trunc i32 {self.name(a)} to i{bits}").name
        return self.fresh(f"sext i{bits} {narrow} to i32")

    def zext(self, a: Value, bits: int) -> Value:
        if isinstance(a, Static):
            return fold("zext", a, bits)
        return self.fresh(f"and i32 {self.name(a)}, {(1 << bits) - 1}")

    def _intrinsic(self, verb: str, text: str, a: Value) -> Value:
        if isinstance(a, Static):
            return fold(verb, a)
        return self.fresh(text.format(self.name(a)))

    def bswap(self, a: Value) -> Value:
        return self._intrinsic("bswap", "call i32 @llvm.bswap.i32(i32 {})", a)

    def bitrev(self, a: Value) -> Value:
        return self._intrinsic("bitrev", "call i32 @llvm.bitreverse.i32(i32 {})", a)

    def clz(self, a: Value) -> Value:
        return self._intrinsic("clz", "call i32 @llvm.ctlz.i32(i32 {}, i1 false)", a)

    def add_carry(self, a: Value, b: Value, carry: Value) -> tuple[Value, Value, Value]:
        constant = carry.constant if isinstance(carry, Static) else None
        if constant == 0:
            return self._flagged("add", self.name(a), self.name(b))
        subtrahend = _complement(b)
        if constant == 1 and subtrahend is not None:
            result, borrow, overflow = self._flagged("sub", self.name(a), self.name(subtrahend))
            return result, self.fresh(f"xor i1 {borrow.name}, true", True), overflow
        first, second = self.name(a), self.name(b)
        x = self.fresh(f"zext i32 {first} to i64").name
        y = self.fresh(f"zext i32 {second} to i64").name
        c = self.fresh(f"zext i32 {self.name(carry)} to i64").name
        partial = self.fresh(f"add i64 {x}, {y}").name
        total = self.fresh(f"add i64 {partial}, {c}").name
        result = self.fresh(f"trunc i64 {total} to i32")
        top = self.fresh(f"lshr i64 {total}, 32").name
        out = self.fresh(f"trunc i64 {top} to i1", True)
        left = self.fresh(f"xor i32 {first}, {result.name}").name
        right = self.fresh(f"xor i32 {second}, {result.name}").name
        both = self.fresh(f"and i32 {left}, {right}").name
        return result, out, self.fresh(f"icmp slt i32 {both}, 0", True)

    def _flagged(self, operation: str, a: str, b: str) -> tuple[Word, Word, Word]:
        pair = "{i32, i1}"
        unsigned = self.fresh(f"call {pair} @llvm.u{operation}.with.overflow.i32(i32 {a}, i32 {b})")
        signed = self.fresh(f"call {pair} @llvm.s{operation}.with.overflow.i32(i32 {a}, i32 {b})")
        result = self.fresh(f"extractvalue {pair} {unsigned.name}, 0")
        carry = self.fresh(f"extractvalue {pair} {unsigned.name}, 1", True)
        overflow = self.fresh(f"extractvalue {pair} {signed.name}, 1", True)
        return result, carry, overflow

    # Memory

    def _host(self, table: str, address: Value, size: int, align: int) -> str:
        """The host's address, or an escape: no direct memory there, or not aligned as it must."""
        at = self.name(address)
        page = self.fresh(f"lshr i32 {at}, 12").name
        index = self.fresh(f"zext i32 {page} to i64").name
        base = self.fresh(f"getelementptr i8, ptr %s, i64 {self.hole('table', table)}").name
        entry_at = self.fresh(f"getelementptr i64, ptr {base}, i64 {index}").name
        entry = self.fresh(f"load i64, ptr {entry_at}").name
        present = self.fresh(f"icmp sgt i64 {entry}, 0").name
        go = self.label()
        if table == "write":
            watched, self._label_before = self.label(), self._label
            self.line(f"br i1 {present}, label %{go}, label %{watched}, !prof !0")
            self.begin(watched)
            entry = self._unwatched(at, entry, size, go)
        else:
            self.escape_unless(present, go)
            self.begin(go)
        if size > 1:
            self._aligned(at, size, align)
        wide = self.fresh(f"zext i32 {at} to i64").name
        host = self.fresh(f"add i64 {wide}, {entry}").name
        return self.fresh(f"inttoptr i64 {host} to ptr").name

    def _unwatched(self, at: str, entry: str, size: int, go: str) -> str:
        """Of a page with translated code: the entry, unless the bytes are code."""
        before = self._label_before
        watched = self.fresh(f"icmp slt i64 {entry}, 0").name
        inside = self.label()
        self.escape_unless(watched, inside)
        self.begin(inside)
        base = self.fresh(f"getelementptr i8, ptr %s, i64 {self.hole('table', 'watched')}").name
        part = self.fresh(f"lshr i32 {at}, {WATCH_BITS}").name
        part = self.fresh(f"zext i32 {part} to i64").name
        mask_at = self.fresh(f"getelementptr i64, ptr {base}, i64 {part}").name
        mask = self.fresh(f"load i64, ptr {mask_at}").name
        granule = self.fresh(f"lshr i32 {at}, {GRANULE_BITS}").name
        granule = self.fresh(f"and i32 {granule}, 63").name
        wide = self.fresh(f"zext i32 {granule} to i64").name
        shifted = self.fresh(f"lshr i64 {mask}, {wide}").name
        low = self.fresh(f"and i64 {shifted}, 1").name
        free = self.fresh(f"icmp eq i64 {low}, 0").name
        if size > 1:
            last = self.fresh(f"add i32 {at}, {size - 1}").name
            moved = self.fresh(f"xor i32 {last}, {at}").name
            within = self.fresh(f"icmp ult i32 {moved}, {1 << GRANULE_BITS}").name
            free = self.fresh(f"and i1 {free}, {within}").name
        addend = self.fresh(f"and i64 {entry}, {(1 << 63) - 1}").name
        inside = self._label
        self.escape_unless(free, go)
        self.begin(go)
        return self.fresh(f"phi i64 [ {entry}, %{before} ], [ {addend}, %{inside} ]").name

    def _aligned(self, at: str, size: int, align: int) -> None:
        low = self.fresh(f"and i32 {at}, {size - 1}").name
        aligned = self.fresh(f"icmp eq i32 {low}, 0").name
        go = self.label()
        if align >= size:
            self.escape_unless(aligned, go)
        else:
            odd = self.label()
            self.line(f"br i1 {aligned}, label %{go}, label %{odd}, !prof !0")
            self.begin(odd)
            offset = self.fresh(f"and i32 {at}, 4095").name
            end = self.fresh(f"add i32 {offset}, {size}").name
            limit_at = self.fresh(f"getelementptr i8, ptr %s, i64 {UNALIGNED_LIMIT}").name
            limit = self.fresh(f"load i32, ptr {limit_at}").name
            inside = self.fresh(f"icmp ule i32 {end}, {limit}").name
            self.escape_unless(inside, go)
        self.begin(go)

    def load(self, address: Value, size: int, align: int = 1, user: bool = False) -> Value:
        if user:
            self.escape()
        host = self._host("read", address, size, align)
        width = 8 * size
        value = self.fresh(f"load i{width}, ptr {host}, align 1")
        if size > 1 and self._big:
            value = self.fresh(f"call i{width} @llvm.bswap.i{width}(i{width} {value.name})")
        return value if size == 4 else self.fresh(f"zext i{width} {value.name} to i32")

    def store(
        self, address: Value, value: Value, size: int, align: int = 1, user: bool = False
    ) -> None:
        if user:
            self.escape()
        host = self._host("write", address, size, align)
        width, text = 8 * size, self.name(value)
        if size < 4:
            text = self.fresh(f"trunc i32 {text} to i{width}").name
        if size > 1 and self._big:
            text = self.fresh(f"call i{width} @llvm.bswap.i{width}(i{width} {text})").name
        self.line(f"store i{width} {text}, ptr {host}, align 1")

    # Control

    def escape(self, *_: object, **__: object) -> NoReturn:
        raise Escape

    load_exclusive = store_exclusive = clear_exclusive = escape
    trap = system = call = sleep = escape

    def escape_unless(self, condition: str, go: str) -> None:
        self.escapes = True
        self.line(f"br i1 {condition}, label %{go}, label %escape, !prof !0")

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
        came_from, inside, after = self._label, self.label(), self.label()
        mark = len(self.lines)
        self.paths = before.copy()
        self.line("")  # the branch, when it is known where the body leads
        self.begin(inside)
        try:
            body()
        except Escape:
            del self.lines[mark:]
            self._label = came_from
            self.paths = before
            self.escapes = True
            self.line(f"br i1 {test}, label %escape, label %{after}, !prof !1")
            self.begin(after)
            return
        done, end = self.paths, self._label
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


def is_bit(value: Value) -> bool:
    """Whether it is 0 or 1 and known to be."""
    if isinstance(value, Static):
        return value.constant in (0, 1)
    return bool(value.bit)


def bit_text(value: Value) -> str:
    return str(value.constant) if isinstance(value, Static) else value.name


def _complement(value: Value) -> Value | None:
    """Of what `value` is the complement, if it is made so."""
    if isinstance(value, Static):
        constant = value.constant
        if constant is not None:
            return const(~constant)
        return value.arguments[0] if value.verb == "not_" else fold("not_", value)
    return value.inverse


def _leaf_of(value: Static) -> int:
    """The first immediate that `value` depends on."""
    if value.verb == "leaf":
        return int(value.arguments[0])
    for argument in value.arguments:
        if isinstance(argument, Static):
            leaf = _leaf_of(argument)
            if leaf >= 0:
                return leaf
    return -1

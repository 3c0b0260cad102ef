"""The verbs on values, as LLVM instructions. Static values are folded when a block is patched."""

from __future__ import annotations

from cosim.cpus.engines.stencils.static import Static, const, fold
from cosim.cpus.engines.stencils.text import Text
from cosim.cpus.engines.stencils.values import Word, bit_text, is_bit
from cosim.cpus.isa.machine import Value


class Arithmetic(Text):
    """The pure verbs."""

    def const(self, number: int) -> Value:
        return const(number)

    def _binary(self, verb: str, text: str, a: Value, b: Value) -> Value:
        if isinstance(a, Static) and isinstance(b, Static):
            return fold(verb, a, b)
        return self.fresh(f"{text} i32 {self.name(a)}, {self.name(b)}")

    def _logic(self, verb: str, text: str, a: Value, b: Value) -> Value:
        """Bits stay bits."""
        if isinstance(a, Static) and isinstance(b, Static):
            return fold(verb, a, b)
        if isinstance(a, Word) and a.parted and isinstance(b, Static):
            assert a.choice is not None
            condition, first, second = a.choice
            parts = [self._logic(verb, text, part, b) for part in (first, second)]
            chosen = self.select(condition, *parts)
            chosen.parted = True
            return chosen
        if is_bit(a) and is_bit(b):
            return self.fresh(f"{text} i1 {bit_text(a)}, {bit_text(b)}", True)
        result = self.fresh(f"{text} i32 {self.name(a)}, {self.name(b)}")
        mask = b.constant if isinstance(b, Static) and verb == "and_" else None
        result.below_32 = mask is not None and mask < 32
        return result

    def add(self, a: Value, b: Value) -> Value:
        total = self._binary("add", "add", a, b)
        number = b.constant if isinstance(b, Static) else None
        if isinstance(total, Word) and number is not None:
            root, offset = self.origin(a)
            total.root, total.offset = root, _signed(offset + number)
        return total

    def origin(self, value: Value) -> tuple[str, int]:
        """Of what it is the sum with which constant."""
        if isinstance(value, Word) and value.root:
            return value.root, value.offset
        return self.name(value), 0

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
        self.special = True
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
        self.special = True
        divisor = self.name(b)
        zero = self.fresh(f"icmp eq i32 {divisor}, 0").name
        safe = self.fresh(f"select i1 {zero}, i32 1, i32 {divisor}").name
        quotient = self.fresh(f"udiv i32 {self.name(a)}, {safe}").name
        return self.fresh(f"select i1 {zero}, i32 0, i32 {quotient}")

    def sdiv(self, a: Value, b: Value) -> Value:
        # In 64 bits the most negative number by -1 does not overflow.
        self.special = True
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
            if verb == "shr" and number == 31:  # the sign
                return self.fresh(f"icmp slt i32 {self.name(a)}, 0", True)
            return self.fresh(f"{text} i32 {self.name(a)}, {number}") if number else a
        self.special = True
        size = self.name(amount)
        if isinstance(amount, Word) and amount.below_32:
            return self.fresh(f"{text} i32 {self.name(a)}, {size}")
        # In 64 bits amounts up to 63 are defined; more are clamped.
        limit = 31 if verb == "sar" else 63
        large = self.fresh(f"icmp ugt i32 {size}, {limit}").name
        clamped = self.fresh(f"select i1 {large}, i32 {limit}, i32 {size}").name
        if verb == "sar":
            return self.fresh(f"ashr i32 {self.name(a)}, {clamped}")
        x = self.fresh(f"zext i32 {self.name(a)} to i64").name
        n = self.fresh(f"zext i32 {clamped} to i64").name
        wide = self.fresh(f"{text} i64 {x}, {n}").name
        return self.fresh(f"trunc i64 {wide} to i32")

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
            self.special = True
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


def _signed(number: int) -> int:
    return (number + 0x8000_0000 & 0xFFFF_FFFF) - 0x8000_0000


def _complement(value: Value) -> Value | None:
    """Of what `value` is the complement, if it is made so."""
    if isinstance(value, Static):
        constant = value.constant
        if constant is not None:
            return const(~constant)
        return value.arguments[0] if value.verb == "not_" else fold("not_", value)
    return value.inverse

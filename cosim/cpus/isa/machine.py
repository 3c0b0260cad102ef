"""The verbs that semantics are written in: what every engine offers as `m`.

**Staging rule.** In a semantics function Python's `if` and `for` may test control values only (see
`operands`). What is known only when the instruction runs - anything a verb returned, registers,
immediates, `m.pc` - is opaque: choose with `select`, do conditionally with `when`, jump with
`branch`. Values have no truth value and no int in a translator, so a break of the rule fails there.

Values are words of the core's width, unsigned, and every verb wraps. Comparisons give 0 or 1.
All memory accesses come before the first `set` of an instruction, so that a fault in the middle
leaves the registers as they were; an instruction that stops for a device access is started again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

Value: TypeAlias = Any
"""A word: an int in the interpreter, something else in a translator."""


class Machine(Protocol):
    """What a semantics function may do. Shift amounts of the width or more shift everything out."""

    @property
    def config(self) -> Any:
        """The core's configuration: control, fixed for the life of the core."""

    @property
    def pc(self) -> Value:
        """The address of this instruction."""

    # Values
    def const(self, number: int) -> Value: ...
    def get(self, slot: int) -> Value: ...
    def set(self, slot: int, value: Value) -> None: ...
    def add(self, a: Value, b: Value) -> Value: ...
    def sub(self, a: Value, b: Value) -> Value: ...
    def mul(self, a: Value, b: Value) -> Value: ...
    def mulhu(self, a: Value, b: Value) -> Value:
        """The upper word of the unsigned product."""

    def mulhs(self, a: Value, b: Value) -> Value:
        """The upper word of the signed product."""

    def mulhsu(self, a: Value, b: Value) -> Value:
        """The upper word of signed `a` times unsigned `b`."""

    def udiv(self, a: Value, b: Value) -> Value:
        """Unsigned quotient; 0 when b is 0."""

    def sdiv(self, a: Value, b: Value) -> Value:
        """Signed quotient towards zero; 0 when b is 0; the most negative by -1 is itself."""

    def and_(self, a: Value, b: Value) -> Value: ...
    def or_(self, a: Value, b: Value) -> Value: ...
    def xor(self, a: Value, b: Value) -> Value: ...
    def not_(self, a: Value) -> Value: ...
    def shl(self, a: Value, amount: Value) -> Value: ...
    def shr(self, a: Value, amount: Value) -> Value: ...
    def sar(self, a: Value, amount: Value) -> Value: ...
    def ror(self, a: Value, amount: Value) -> Value:
        """Rotate right by `amount` modulo the width."""

    def eq(self, a: Value, b: Value) -> Value: ...
    def ne(self, a: Value, b: Value) -> Value: ...
    def ult(self, a: Value, b: Value) -> Value: ...
    def ule(self, a: Value, b: Value) -> Value: ...
    def slt(self, a: Value, b: Value) -> Value: ...
    def sle(self, a: Value, b: Value) -> Value: ...
    def select(self, condition: Value, a: Value, b: Value) -> Value:
        """`a` where `condition` is not 0, else `b`."""

    def sext(self, a: Value, bits: int) -> Value:
        """The low `bits` (control) of `a`, sign-extended."""

    def zext(self, a: Value, bits: int) -> Value:
        """The low `bits` (control) of `a`, zero-extended."""

    def bswap(self, a: Value) -> Value:
        """The bytes of `a` reversed."""

    def bitrev(self, a: Value) -> Value:
        """The bits of `a` reversed."""

    def clz(self, a: Value) -> Value:
        """Leading zero bits of `a`; the width for 0."""

    def add_carry(self, a: Value, b: Value, carry: Value) -> tuple[Value, Value, Value]:
        """a + b + carry as (sum, carry out, signed overflow)."""

    # Memory
    def load(self, address: Value, size: int, align: int = 1, user: bool = False) -> Value:
        """`size` (control) bytes in the core's endianness, zero-extended.

        An address that is not a multiple of `align` (control) is an alignment fault. With `user`
        (control) the access has user rights, whatever the mode.
        """

    def store(
        self, address: Value, value: Value, size: int, align: int = 1, user: bool = False
    ) -> None: ...
    def load_exclusive(self, address: Value, size: int) -> Value:
        """Load and open a reservation for the address."""

    def store_exclusive(self, address: Value, value: Value, size: int) -> Value:
        """Store if the reservation still holds; 0 done, 1 not. Closes it either way."""

    def clear_exclusive(self) -> None: ...

    # Control
    def branch(self, target: Value) -> None:
        """The next instruction is at `target`."""

    def jump(self, target: Value) -> None:
        """Branch, in an instruction that does nothing else.

        Such a branch to itself changes nothing until an interrupt comes: it is waited out.
        """

    def when(self, condition: Value, body: Callable[[], None]) -> None:
        """Do `body` if `condition` is not 0."""

    def trap(self, kind: str, value: Value = 0) -> None:
        """Raise the architecture's exception `kind` here; the instruction has no other effect."""

    def system(self, function: Callable[..., Any], *arguments: Value) -> Value:
        """Call `function(core, *ints)`: rare work on the core itself, never inlined.

        It may change modes, banks and interrupt masks, and may raise what `trap` raises.
        """

    def call(self, function: Callable[..., Any], *arguments: Value, results: int = 1) -> Any:
        """`function(*ints)`, a pure function: long arithmetic such as floating point.

        Returns:
            its value, or with more than one of `results` (control) a tuple of them.
        """

    def sleep(self) -> None:
        """Complete this instruction, then wait until the core is woken."""

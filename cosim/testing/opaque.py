"""A machine whose values show nothing: it proves that semantics keep the staging rule.

Run every row over it: a semantics function that looks at a run-time value - as a truth value, a
number, a key - raises `StagingError`, as it would fail in a translator.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn


class StagingError(TypeError):
    """A semantics function looked at a value that only exists when the instruction runs."""


class Opaque:
    """A run-time value: it can be handed on, and nothing else."""

    __slots__ = ()

    def _look(self, *_: object) -> NoReturn:
        raise StagingError("a run-time value was looked at; use select, when or branch")

    __bool__ = __int__ = __index__ = __float__ = __len__ = __iter__ = __contains__ = _look
    __lt__ = __le__ = __gt__ = __ge__ = _look
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _look
    __floordiv__ = __rfloordiv__ = __truediv__ = __rtruediv__ = __mod__ = __rmod__ = _look
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = _look
    __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = __pow__ = __rpow__ = _look
    __neg__ = __pos__ = __invert__ = __abs__ = __getitem__ = __call__ = _look
    __format__ = __str__ = _look

    def __eq__(self, other: object) -> NoReturn:
        self._look()

    def __ne__(self, other: object) -> NoReturn:
        self._look()

    def __hash__(self) -> NoReturn:
        self._look()


class Hole(Opaque):
    """What a register or an immediate becomes; as a register it is a slot, never a number."""

    __slots__ = ()


VALUE = Opaque()


class OpaqueMachine:
    """Every verb, checking only what it is given: values must be opaque, the rest control.

    Attributes:
        verbs: how many were called, so that a test can see that a body did run.
    """

    def __init__(self, config: Any = None) -> None:
        self.config = config
        self.verbs = 0
        self.sets = 0

    @property
    def pc(self) -> Opaque:
        return VALUE

    def const(self, number: int) -> Opaque:
        self._control(number)
        return VALUE

    def get(self, slot: int | Hole) -> Opaque:
        self._slot(slot)
        return VALUE

    def set(self, slot: int | Hole, value: Opaque) -> None:
        self._slot(slot)
        self._values(value)
        self.sets += 1

    def _pure(self, *values: Opaque) -> Opaque:
        self._values(*values)
        return VALUE

    def _unary(self, a: Opaque) -> Opaque:
        return self._pure(a)

    def _binary(self, a: Opaque, b: Opaque) -> Opaque:
        return self._pure(a, b)

    add = sub = mul = mulhu = mulhs = mulhsu = udiv = sdiv = and_ = or_ = xor = _binary
    shl = shr = sar = ror = eq = ne = ult = ule = slt = sle = _binary
    not_ = bswap = bitrev = clz = _unary

    def select(self, condition: Opaque, a: Opaque, b: Opaque) -> Opaque:
        return self._pure(condition, a, b)

    def _extend(self, a: Opaque, bits: int) -> Opaque:
        self._control(bits)
        return self._pure(a)

    sext = zext = _extend

    def add_carry(self, a: Opaque, b: Opaque, carry: Opaque) -> tuple[Opaque, Opaque, Opaque]:
        self._values(a, b, carry)
        return VALUE, VALUE, VALUE

    def load(self, address: Opaque, size: int, align: int = 1, user: bool = False) -> Opaque:
        self._access(address, size, align)
        self._control(user)
        return VALUE

    def store(
        self, address: Opaque, value: Opaque, size: int, align: int = 1, user: bool = False
    ) -> None:
        self._access(address, size, align)
        self._control(user)
        self._values(value)

    def load_exclusive(self, address: Opaque, size: int) -> Opaque:
        self._access(address, size)
        return VALUE

    def store_exclusive(self, address: Opaque, value: Opaque, size: int) -> Opaque:
        self._access(address, size)
        return self._pure(value)

    def clear_exclusive(self) -> None:
        self.verbs += 1

    def branch(self, target: Opaque) -> None:
        self._values(target)

    jump = branch

    def when(self, condition: Opaque, body: Callable[[], None]) -> None:
        self._values(condition)
        body()

    def trap(self, kind: str, value: Opaque | None = None) -> None:
        if not isinstance(kind, str):
            raise StagingError("the kind of a trap is control")
        if value is not None:
            self._values(value)

    def system(self, function: Callable[..., Any], *arguments: Opaque) -> Opaque:
        if not callable(function):
            raise StagingError("system calls a function")
        return self._pure(*arguments)

    def call(self, function: Callable[..., Any], *arguments: Opaque, results: int = 1) -> Any:
        self._control(results)
        if not callable(function):
            raise StagingError("call takes a function")
        self._values(*arguments)
        return VALUE if results == 1 else (VALUE,) * results

    def sleep(self) -> None:
        self.verbs += 1

    def _values(self, *values: object) -> None:
        self.verbs += 1
        for value in values:
            if not isinstance(value, Opaque):
                raise StagingError(f"{value!r} is control where a value belongs: use const")

    def _control(self, *numbers: object) -> None:
        self.verbs += 1
        for number in numbers:
            if not isinstance(number, int):
                raise StagingError("a run-time value where only control can be")

    def _slot(self, slot: object) -> None:
        if not isinstance(slot, int | Hole):
            raise StagingError("a slot is a register operand or a number")

    def _access(self, address: Opaque, size: int, align: int = 1) -> None:
        """Checks an access; loads and stores come before the first `set`."""
        if self.sets:
            raise StagingError("a memory access after a register was set")
        self._control(size, align)
        self._values(address)

"""What floating-point operations give: (result, bits of the FSR), by the bits of single precision.

UG984, Floating-Point Unit: IEEE 754 single precision, rounded to nearest, ties to even; a
denormalized operand gives a NaN and FSR[DO], a denormalized result a zero and FSR[UF]; every NaN
that comes out is the same one.

Sums, products, quotients and roots of single-precision numbers, computed in double precision and
rounded once more, are correctly rounded, for 53 bits are at least 2 * 24 + 2 (Figueroa 1995).
"""

from __future__ import annotations

from collections.abc import Callable
from math import copysign, inf, sqrt
from struct import Struct

from cosim.cpus.isa.inlining import inline
from cosim.cpus.microblaze import floating_inline
from cosim.cpus.microblaze.registers import FSR_DO, FSR_DZ, FSR_IO, FSR_OF, FSR_UF

Outcome = tuple[int, int]

QUIET_NAN = 0xFFC0_0000
INFINITY = 0x7F80_0000
QUIET_BIT = 0x0040_0000
SIGN = 0x8000_0000

_SINGLE = Struct("<f")
_WORD = Struct("<I")


def add(b: int, a: int) -> Outcome:
    """b + a."""
    return _operand_fault(a, b) or _sum(_value(b), _value(a))


def subtract(b: int, a: int) -> Outcome:
    """b - a."""
    return _operand_fault(a, b) or _sum(_value(b), -_value(a))


def multiply(b: int, a: int) -> Outcome:
    """b * a."""
    if fault := _operand_fault(a, b):
        return fault
    x, y = _value(b), _value(a)
    if (x == 0 and abs(y) == inf) or (abs(x) == inf and y == 0):
        return QUIET_NAN, FSR_IO
    return _rounded(x * y, finite=abs(x) != inf and abs(y) != inf, zero=x == 0 or y == 0)


def divide(b: int, a: int) -> Outcome:
    """b / a."""
    if fault := _operand_fault(a, b):
        return fault
    x, y = _value(b), _value(a)
    if (x == 0 and y == 0) or (abs(x) == inf and abs(y) == inf):
        return QUIET_NAN, FSR_IO
    if y == 0:
        return INFINITY | (a ^ b) & SIGN, 0 if abs(x) == inf else FSR_DZ
    return _rounded(x / y, finite=abs(x) != inf, zero=x == 0 or abs(y) == inf)


def root(a: int) -> Outcome:
    """The square root of a."""
    if fault := _operand_fault(a):
        return fault
    x = _value(a)
    if x < 0:
        return QUIET_NAN, FSR_IO
    return _bits(x if x in (0, inf) else sqrt(x)), 0


def to_float(a: int) -> Outcome:
    """The signed number a."""
    return _bits(float((a ^ SIGN) - SIGN)), 0


def to_integer(a: int) -> Outcome:
    """a towards zero, as a signed number; the NaN for what is none (UG984, fint)."""
    if _denormalized(a):
        return QUIET_NAN, FSR_DO
    x = _value(a)
    if not -(2.0**31) <= x < 2.0**31:  # nor a NaN
        return QUIET_NAN, FSR_IO
    return int(x) & 0xFFFF_FFFF, 0


def _comparison(
    test: Callable[[float, float], bool], of_nan: int, invalid: Callable[[int], bool]
) -> Callable[[int, int], Outcome]:
    """1 where `test(b, a)` holds.

    Args:
        of_nan: the result if one of them is a NaN.
        invalid: the NaNs that set FSR[IO].
    """

    def compare(b: int, a: int) -> Outcome:
        if _denormalized(a) or _denormalized(b):
            return 0, FSR_DO
        if _nan(a) or _nan(b):
            return of_nan, FSR_IO if invalid(a) or invalid(b) else 0
        return int(test(_value(b), _value(a))), 0

    return compare


def _nan(a: int) -> bool:
    return a & ~SIGN > INFINITY


def _signaling(a: int) -> bool:
    return _nan(a) and not a & QUIET_BIT


# fmt: off
unordered = _comparison(lambda b, a: False,  1, _signaling)
less      = _comparison(lambda b, a: b < a,  0, _nan)
equal     = _comparison(lambda b, a: b == a, 0, _signaling)
at_most   = _comparison(lambda b, a: b <= a, 0, _nan)
greater   = _comparison(lambda b, a: b > a,  0, _nan)
not_equal = _comparison(lambda b, a: b != a, 1, _signaling)
at_least  = _comparison(lambda b, a: b >= a, 0, _nan)
# fmt: on


def _denormalized(a: int) -> bool:
    return 0 < a & ~SIGN < 0x0080_0000


def _operand_fault(*operands: int) -> Outcome | None:
    """What denormalized operands and NaNs give, before anything is computed."""
    if any(map(_denormalized, operands)):
        return QUIET_NAN, FSR_DO
    if any(map(_signaling, operands)):
        return QUIET_NAN, FSR_IO
    return (QUIET_NAN, 0) if any(map(_nan, operands)) else None


def _sum(x: float, y: float) -> Outcome:
    if abs(x) == abs(y) == inf and x != y:
        return QUIET_NAN, FSR_IO
    total = x + y
    return _rounded(total, finite=abs(x) != inf and abs(y) != inf, zero=total == 0)


def _rounded(x: float, *, finite: bool, zero: bool) -> Outcome:
    """`x` in single precision.

    Args:
        finite: whether the operands were, so that an infinity is an overflow.
        zero: whether the exact result is 0, so that 0 is no underflow.
    """
    result = _bits(x)
    if result & ~SIGN == INFINITY:
        return result, FSR_OF if finite else 0
    if not zero and result & ~SIGN < 0x0080_0000:
        return result & SIGN, FSR_UF
    return result, 0


def _value(a: int) -> float:
    number: float = _SINGLE.unpack(_WORD.pack(a))[0]
    return number


def _bits(x: float) -> int:
    """The nearest single-precision number."""
    try:
        packed = _SINGLE.pack(x)
    except OverflowError:
        packed = _SINGLE.pack(copysign(inf, x))
    word: int = _WORD.unpack(packed)[0]
    return word


# fmt: off
for _function, _recipe in (
    (add,        floating_inline.add),
    (subtract,   floating_inline.subtract),
    (multiply,   floating_inline.multiply),
    (divide,     floating_inline.divide),
    (root,       floating_inline.root),
    (unordered,  floating_inline.unordered),
    (less,       floating_inline.less),
    (equal,      floating_inline.equal),
    (at_most,    floating_inline.at_most),
    (greater,    floating_inline.greater),
    (not_equal,  floating_inline.not_equal),
    (at_least,   floating_inline.at_least),
    (to_float,   floating_inline.to_float),
    (to_integer, floating_inline.to_integer),
):
    inline(_function, _recipe)
# fmt: on

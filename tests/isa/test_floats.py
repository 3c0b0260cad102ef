"""Floating point against exact fractions in every rounding direction, and against the host."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable
from fractions import Fraction

import pytest

from cosim.cpus.isa.floats import (
    BINARY16,
    BINARY16_ALTERNATIVE,
    BINARY32,
    BINARY64,
    DIVIDE_BY_ZERO,
    EQUAL,
    GREATER,
    INEXACT,
    INPUT_DENORMAL,
    INVALID,
    LESS,
    OVERFLOW,
    UNDERFLOW,
    UNORDERED,
    Format,
    Mode,
    Rounding,
    add,
    compare,
    convert,
    default_nan,
    div,
    from_integer,
    mul,
    mul_add,
    sqrt,
    sub,
    to_integer,
)

FORMATS = (BINARY16, BINARY32, BINARY64)
NEAREST = Mode()
ROUNDS = 60


def value(form: Format, bits: int) -> Fraction:
    """The number a finite pattern stands for; one past the largest finite counts on."""
    field, fraction = (bits & form.magnitude) >> form.fraction_bits, bits & form.fraction
    scale = Fraction(2) ** (form.least_exponent - form.fraction_bits)
    size = fraction * scale if not field else (fraction | form.hidden) * scale * 2 ** (field - 1)
    return -size if bits & form.sign else size


def nearest(form: Format, size: Fraction, sign: bool, rounding: Rounding) -> tuple[int, bool]:
    """The pattern for a number of that size and sign by search, and whether it is exact."""
    low, high = 0, form.infinity
    if size >= value(form, high):
        inward = {Rounding.TO_ZERO, Rounding.UP if sign else Rounding.DOWN}
        return form.infinity - (rounding in inward), False
    while high - low > 1:  # value(low) <= size < value(high)
        middle = (low + high) // 2
        low, high = (middle, high) if value(form, middle) <= size else (low, middle)
    below, above = size - value(form, low), value(form, high) - size
    if not below:
        return low, True
    if rounding is Rounding.NEAREST_EVEN:
        return (low if below < above or (below == above and low % 2 == 0) else high), False
    if rounding is Rounding.NEAREST_AWAY:
        return (low if below < above else high), False
    return (high if rounding is (Rounding.DOWN if sign else Rounding.UP) else low), False


def expected(form: Format, exact: Fraction, mode: Mode) -> tuple[int, int]:
    """The result and flags of an operation whose exact result is not zero."""
    sign, size = exact < 0, abs(exact)
    bits, is_exact = nearest(form, size, sign, mode.rounding)
    tiny = size < value(form, form.hidden)
    if not mode.tiny_before_rounding:
        wide = Format("wide", form.exponent_bits + 3, form.fraction_bits)
        tiny = value(wide, nearest(wide, size, sign, mode.rounding)[0]) < value(form, form.hidden)
    flags = 0 if is_exact else INEXACT | (UNDERFLOW if tiny else 0)
    if (
        size >= value(form, form.largest)
        and not is_exact
        and (bits == form.infinity or size >= value(form, form.infinity))
    ):
        flags |= OVERFLOW
    return bits | (form.sign if sign else 0), flags


def finite(form: Format, rng: random.Random) -> int:
    """A pattern of a finite number; often small, large, subnormal or with few bits."""
    while True:
        bits = rng.getrandbits(form.width)
        kind = rng.randrange(6)
        if kind == 0:
            bits &= ~form.infinity
        elif kind == 1:
            bits &= ~form.fraction | 3 << form.fraction_bits - 2
        elif kind == 2:
            bits |= form.fraction & ~3
        elif kind == 3:  # near one another
            bits = bits & (form.sign | form.fraction) | (form.infinity >> 1) & form.infinity
        elif kind == 4:
            bits = rng.choice((1, form.hidden, form.largest, form.hidden - 1)) | bits & form.sign
        if bits & form.infinity != form.infinity:
            return bits


def modes(rng: random.Random) -> Mode:
    return Mode(rounding=rng.choice(list(Rounding)), tiny_before_rounding=rng.random() < 0.5)


@pytest.mark.parametrize("form", FORMATS, ids=repr)
@pytest.mark.parametrize(
    ("operation", "exactly"),
    [
        (add, lambda a, b: a + b),
        (sub, lambda a, b: a - b),
        (mul, lambda a, b: a * b),
        (div, lambda a, b: a / b if b else None),
    ],
)
def test_arithmetic_rounds_the_exact_result_once(
    form: Format,
    operation: Callable[[Format, int, int, Mode], tuple[int, int]],
    exactly: Callable[[Fraction, Fraction], Fraction | None],
) -> None:
    rng = random.Random(form.width)
    for _ in range(ROUNDS):
        a, b, mode = finite(form, rng), finite(form, rng), modes(rng)
        exact = exactly(value(form, a), value(form, b))
        if exact:
            assert operation(form, a, b, mode) == expected(form, exact, mode), (a, b, mode)


@pytest.mark.parametrize("form", FORMATS, ids=repr)
def test_fused_multiply_add_rounds_once(form: Format) -> None:
    rng = random.Random(form.width)
    for _ in range(ROUNDS):
        c, a, b, mode = finite(form, rng), finite(form, rng), finite(form, rng), modes(rng)
        exact = value(form, c) + value(form, a) * value(form, b)
        if exact:
            assert mul_add(form, c, a, b, mode) == expected(form, exact, mode), (c, a, b, mode)


@pytest.mark.parametrize("form", FORMATS, ids=repr)
@pytest.mark.parametrize("rounding", Rounding)
def test_square_root_is_the_number_whose_square_is_next(form: Format, rounding: Rounding) -> None:
    rng = random.Random(form.width)
    for _ in range(ROUNDS):
        a = finite(form, rng) & form.magnitude
        result, flags = sqrt(form, a, Mode(rounding=rounding))
        exact, root = value(form, a), value(form, result)
        assert flags == (0 if root * root == exact else INEXACT)
        if a == 0:
            continue
        before, after = value(form, result - 1), value(form, result + 1)
        if rounding is Rounding.UP:
            assert before * before < exact <= root * root
        elif rounding in (Rounding.DOWN, Rounding.TO_ZERO):
            assert root * root <= exact < after * after
        else:  # no square root lies half-way
            assert ((before + root) / 2) ** 2 < exact < ((root + after) / 2) ** 2


@pytest.mark.parametrize("form", FORMATS, ids=repr)
@pytest.mark.parametrize("source", [*FORMATS, BINARY16_ALTERNATIVE], ids=repr)
def test_conversions_between_formats_round_once(source: Format, form: Format) -> None:
    rng = random.Random(form.width)
    for _ in range(ROUNDS):
        a, mode = finite(source, rng), modes(rng)
        if value(source, a):
            assert convert(source, form, a, mode) == expected(form, value(source, a), mode)


@pytest.mark.parametrize("form", FORMATS, ids=repr)
def test_integers_and_fixed_point(form: Format) -> None:
    rng = random.Random(form.width)
    for _ in range(ROUNDS):
        number, places, mode = rng.getrandbits(33) - (1 << 32), rng.randrange(33), modes(rng)
        exact = Fraction(number, 1 << places)
        assert from_integer(form, number, mode, fraction_bits=places) == (
            expected(form, exact, mode) if number else (0, 0)
        )
        a, signed, width = finite(form, rng), rng.random() < 0.5, rng.choice((16, 32))
        scaled = value(form, a) * (1 << places)
        floor = math.floor(scaled)
        rest = scaled - floor
        integer = {
            Rounding.NEAREST_EVEN: round(scaled),
            Rounding.UP: math.ceil(scaled),
            Rounding.DOWN: floor,
            Rounding.TO_ZERO: math.trunc(scaled),
            Rounding.NEAREST_AWAY: floor
            + (rest > Fraction(1, 2) or (rest * 2 == 1 and floor >= 0)),
        }[mode.rounding]
        least, most = (-(1 << width - 1), (1 << width - 1) - 1) if signed else (0, (1 << width) - 1)
        flags = INEXACT if rest else 0
        if not least <= integer <= most:
            integer, flags = (least if integer < 0 else most), INVALID
        result = to_integer(form, a, width, signed, mode, fraction_bits=places)
        assert result == (integer % (1 << width), flags), (a, places, mode)


def as_double(bits: int) -> float:
    number: float = struct.unpack("<d", bits.to_bytes(8, "little"))[0]
    return number


def as_bits(number: float) -> int:
    return int.from_bytes(struct.pack("<d", number), "little")


def test_doubles_are_the_hosts() -> None:
    rng = random.Random(0)
    for _ in range(2000):
        a, b = finite(BINARY64, rng), finite(BINARY64, rng)
        x, y = as_double(a), as_double(b)
        assert add(BINARY64, a, b, NEAREST)[0] == as_bits(x + y)
        assert sub(BINARY64, a, b, NEAREST)[0] == as_bits(x - y)
        assert mul(BINARY64, a, b, NEAREST)[0] == as_bits(x * y)
        if y:
            assert div(BINARY64, a, b, NEAREST)[0] == as_bits(x / y)
        if x >= 0:
            assert sqrt(BINARY64, a, NEAREST)[0] == as_bits(math.sqrt(x))
        relation = LESS if x < y else EQUAL if x == y else GREATER
        assert compare(BINARY64, a, b, NEAREST) == (relation, 0)
        assert to_integer(BINARY64, a, 2048, True, Mode(rounding=Rounding.TO_ZERO))[0] == (
            int(x) % (1 << 2048)
        )


def test_halves_and_singles_are_the_hosts() -> None:
    for bits in range(1 << 16):
        if bits & 0x7C00 != 0x7C00:
            (number,) = struct.unpack("<e", bits.to_bytes(2, "little"))
            wide = as_bits(number)
            assert convert(BINARY16, BINARY64, bits, NEAREST) == (wide, 0)
            assert convert(BINARY64, BINARY16, wide, NEAREST) == (bits, 0)


ONE, TWO, INF, NAN, SNAN = 0x3F80_0000, 0x4000_0000, 0x7F80_0000, 0x7FC1_2345, 0xFFA0_0001
MINUS_ONE, MINUS_ZERO, MINUS_INF = 0xBF80_0000, 0x8000_0000, 0xFF80_0000
DEFAULT = 0x7FC0_0000


@pytest.mark.parametrize(
    ("result", "flags", "want"),
    [
        (add(BINARY32, INF, MINUS_INF, NEAREST), INVALID, DEFAULT),
        (sub(BINARY32, INF, INF, NEAREST), INVALID, DEFAULT),
        (add(BINARY32, INF, MINUS_ONE, NEAREST), 0, INF),
        (mul(BINARY32, INF, MINUS_ZERO, NEAREST), INVALID, DEFAULT),
        (mul(BINARY32, INF, MINUS_ONE, NEAREST), 0, MINUS_INF),
        (mul(BINARY32, MINUS_ONE, 0, NEAREST), 0, MINUS_ZERO),
        (div(BINARY32, 0, MINUS_ZERO, NEAREST), INVALID, DEFAULT),
        (div(BINARY32, INF, INF, NEAREST), INVALID, DEFAULT),
        (div(BINARY32, MINUS_ONE, 0, NEAREST), DIVIDE_BY_ZERO, MINUS_INF),
        (div(BINARY32, INF, 0, NEAREST), 0, INF),
        (div(BINARY32, ONE, MINUS_INF, NEAREST), 0, MINUS_ZERO),
        (sqrt(BINARY32, MINUS_ONE, NEAREST), INVALID, DEFAULT),
        (sqrt(BINARY32, MINUS_ZERO, NEAREST), 0, MINUS_ZERO),
        (sqrt(BINARY32, INF, NEAREST), 0, INF),
        (sub(BINARY32, ONE, ONE, NEAREST), 0, 0),
        (sub(BINARY32, ONE, ONE, Mode(rounding=Rounding.DOWN)), 0, MINUS_ZERO),
        (add(BINARY32, MINUS_ZERO, MINUS_ZERO, NEAREST), 0, MINUS_ZERO),
        (add(BINARY32, 0, MINUS_ZERO, Mode(rounding=Rounding.DOWN)), 0, MINUS_ZERO),
        (mul_add(BINARY32, NAN, INF, 0, NEAREST), INVALID, DEFAULT),
        (mul_add(BINARY32, SNAN, INF, 0, NEAREST), INVALID, SNAN | 1 << 22),
        (mul_add(BINARY32, MINUS_INF, INF, ONE, NEAREST), INVALID, DEFAULT),
        (mul_add(BINARY32, ONE, NAN, ONE, NEAREST), 0, NAN),
        (to_integer(BINARY32, NAN, 32, True, NEAREST), INVALID, 0),
        (to_integer(BINARY32, MINUS_INF, 32, True, NEAREST), INVALID, 0x8000_0000),
        (to_integer(BINARY32, MINUS_ONE, 32, False, NEAREST), INVALID, 0),
    ],
)  # fmt: skip
def test_special_results(result: tuple[int, int], flags: int, want: int) -> None:
    assert result == (want, flags)


def test_nans_are_chosen_by_rule() -> None:
    other = 0xFFC0_0007
    assert add(BINARY32, NAN, other, NEAREST) == (NAN, 0)
    assert add(BINARY32, NAN, SNAN, NEAREST) == (SNAN | 1 << 22, INVALID)
    assert add(BINARY32, NAN, ONE, Mode(nan=default_nan)) == (DEFAULT, 0)
    assert convert(BINARY32, BINARY64, SNAN, NEAREST) == (0xFFFC_0000_2000_0000, INVALID)
    assert convert(BINARY32, BINARY16, NAN, NEAREST) == (0x7E09, 0)
    assert convert(BINARY32, BINARY16_ALTERNATIVE, NAN, NEAREST) == (0, INVALID)
    assert convert(BINARY32, BINARY16_ALTERNATIVE, MINUS_INF, NEAREST) == (0xFFFF, INVALID)
    assert convert(BINARY64, BINARY16_ALTERNATIVE, as_bits(1e9), NEAREST) == (0x7FFF, INVALID)


def test_comparisons_with_nans_are_unordered_and_signal_as_told() -> None:
    assert compare(BINARY32, NAN, ONE, NEAREST) == (UNORDERED, 0)
    assert compare(BINARY32, NAN, ONE, NEAREST, signalling=True) == (UNORDERED, INVALID)
    assert compare(BINARY32, ONE, SNAN, NEAREST) == (UNORDERED, INVALID)
    assert compare(BINARY32, 0, MINUS_ZERO, NEAREST) == (EQUAL, 0)
    assert compare(BINARY32, MINUS_INF, INF, NEAREST) == (LESS, 0)


def test_flushing_takes_subnormals_for_zeros() -> None:
    flush = Mode(flush_inputs=True, flush_outputs=True)
    tiny = 0x8000_0001
    assert add(BINARY32, tiny, tiny, flush) == (MINUS_ZERO, INPUT_DENORMAL)
    assert add(BINARY32, NAN, tiny, flush) == (NAN, INPUT_DENORMAL)
    assert div(BINARY32, ONE, tiny, flush) == (MINUS_INF, INPUT_DENORMAL | DIVIDE_BY_ZERO)
    assert compare(BINARY32, tiny, 0, flush) == (EQUAL, INPUT_DENORMAL)
    assert sqrt(BINARY32, tiny, flush) == (MINUS_ZERO, INPUT_DENORMAL)
    assert div(BINARY32, 0x0080_0000, TWO, flush) == (0, UNDERFLOW)
    # Just below the least normal number, which it would be rounded to.
    almost, scale = as_bits(2.0**-126 * (1 - 2.0**-30)), BINARY64
    assert convert(scale, BINARY32, almost, NEAREST) == (0x0080_0000, INEXACT | UNDERFLOW)
    assert convert(scale, BINARY32, almost, flush) == (0, UNDERFLOW)
    after = Mode(tiny_before_rounding=False)
    assert convert(scale, BINARY32, almost, after) == (0x0080_0000, INEXACT)

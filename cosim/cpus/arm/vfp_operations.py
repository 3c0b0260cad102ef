"""VFP arithmetic as pure functions on words: operands, then the FPSCR without N, Z, C, V (A2.7).

Each returns the result's words, lowest first, and the cumulative exception flags last.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import product

from cosim.cpus.arm import vfp_inline
from cosim.cpus.isa import floats
from cosim.cpus.isa.floats import (
    BINARY16,
    BINARY16_ALTERNATIVE,
    BINARY32,
    BINARY64,
    Format,
    Mode,
    Rounding,
)
from cosim.cpus.isa.inlining import Recipe, inline

WORD = 0xFFFF_FFFF
AHP = 1 << 26

ROUNDINGS = (Rounding.NEAREST_EVEN, Rounding.UP, Rounding.DOWN, Rounding.TO_ZERO)
"""By FPSCR.RMode."""


def _mode(dn: int, fz: int, rounding: Rounding, half: bool = False) -> Mode:
    nan = floats.default_nan if dn else floats.first_operand_nan
    return Mode(rounding, nan, flush_inputs=bool(fz), flush_outputs=bool(fz) and not half)


MODES = [_mode(dn, fz, way) for dn, fz, way in product((0, 1), (0, 1), ROUNDINGS)]
"""By DN:FZ:RMode, FPSCR[25:22]."""

TO_HALF = [_mode(dn, fz, way, half=True) for dn, fz, way in product((0, 1), (0, 1), ROUNDINGS)]
"""Half-precision results are not flushed."""

FROM_HALF = [_mode(dn, 0, way) for dn, fz, way in product((0, 1), (0, 1), ROUNDINGS)]
"""Nor are half-precision operands."""

NEAREST = [_mode(dn, fz, Rounding.NEAREST_EVEN) for dn, fz, _ in product((0, 1), (0, 1), range(4))]
"""The mode of fixed-point operands, whatever RMode says."""

Result = tuple[int, int]
Plain = Callable[..., Result]
"""(format, operands..., mode) -> (bits, flags)."""


_inline: dict[Plain, Callable[[int], Recipe]] = {
    floats.add: vfp_inline.add,
    floats.sub: vfp_inline.sub,
    floats.mul: vfp_inline.mul,
    floats.div: vfp_inline.div,
    floats.sqrt: vfp_inline.sqrt,
}
"""How operations can be computed in line, by the width of their operands."""


def negated(form: Format, bits: int) -> int:
    return bits ^ form.sign


def multiply_accumulate(negate_addend: bool, negate_product: bool) -> Plain:
    """A product rounded, then a sum rounded."""

    def operation(form: Format, d: int, n: int, m: int, mode: Mode) -> Result:
        factor, first = floats.mul(form, n, m, mode)
        if negate_product:
            factor ^= form.sign
        if negate_addend:
            d ^= form.sign
        result, second = floats.add(form, d, factor, mode)
        return result, first | second

    _inline[operation] = partial(
        vfp_inline.multiply_accumulate,
        negate_addend=negate_addend,
        negate_product=negate_product,
    )
    return operation


def fused(negate_addend: bool, negate_product: bool) -> Plain:
    def operation(form: Format, d: int, n: int, m: int, mode: Mode) -> Result:
        if negate_product:
            n ^= form.sign
        if negate_addend:
            d ^= form.sign
        return floats.mul_add(form, d, n, m, mode)

    _inline[operation] = partial(
        vfp_inline.fused, negate_addend=negate_addend, negate_product=negate_product
    )
    return operation


def negated_product(form: Format, n: int, m: int, mode: Mode) -> Result:
    result, flags = floats.mul(form, n, m, mode)
    return result ^ form.sign, flags


_inline[negated_product] = partial(vfp_inline.mul, negate=True)


# On words


def on_singles(operation: Plain) -> Callable[..., tuple[int, ...]]:
    def function(*arguments: int) -> tuple[int, ...]:
        mode = MODES[arguments[-1] >> 22 & 15]
        return operation(BINARY32, *arguments[:-1], mode)

    return function


def on_doubles(operation: Plain) -> Callable[..., tuple[int, ...]]:
    def function(*arguments: int) -> tuple[int, ...]:
        mode = MODES[arguments[-1] >> 22 & 15]
        numbers = [
            arguments[at] | arguments[at + 1] << 32 for at in range(0, len(arguments) - 1, 2)
        ]
        result, flags = operation(BINARY64, *numbers, mode)
        return result & WORD, result >> 32, flags

    return function


def of_width(width: int, operation: Plain) -> Callable[..., tuple[int, ...]]:
    function = on_singles(operation) if width == 32 else on_doubles(operation)
    if operation in _inline:
        inline(function, _inline[operation](width))
    return function


def _number(words: tuple[int, ...]) -> int:
    return words[0] if len(words) == 1 else words[0] | words[1] << 32


def _words(width: int, number: int) -> tuple[int, ...]:
    return (number,) if width == 32 else (number & WORD, number >> 32)


def _format(width: int) -> Format:
    return BINARY32 if width == 32 else BINARY64


RELATION_FLAGS = {
    floats.LESS: (1, 0, 0, 0),
    floats.EQUAL: (0, 1, 1, 0),
    floats.GREATER: (0, 0, 1, 0),
    floats.UNORDERED: (0, 0, 1, 1),
}
"""N, Z, C, V (A2.7.4)."""


def comparison(width: int, signalling: bool, with_zero: bool) -> Callable[..., tuple[int, ...]]:
    form, count = _format(width), width // 32

    def function(*arguments: int) -> tuple[int, ...]:
        mode = MODES[arguments[-1] >> 22 & 15]
        a = _number(arguments[:count])
        b = 0 if with_zero else _number(arguments[count:-1])
        relation, flags = floats.compare(form, a, b, mode, signalling)
        return *RELATION_FLAGS[relation], flags

    inline(function, vfp_inline.comparison(width, with_zero))
    return function


def to_integer(width: int, signed: bool, to_zero: bool) -> Callable[..., tuple[int, ...]]:
    form = _format(width)
    rounding = Rounding.TO_ZERO if to_zero else None

    def function(*arguments: int) -> tuple[int, ...]:
        mode, number = MODES[arguments[-1] >> 22 & 15], _number(arguments[:-1])
        return floats.to_integer(form, number, 32, signed, mode, rounding=rounding)

    if to_zero:
        inline(function, vfp_inline.to_integer(width, signed))
    return function


def _signed(number: int, width: int) -> int:
    top = 1 << (width - 1)
    return ((number & (2 * top - 1)) ^ top) - top


def from_integer(width: int, signed: bool) -> Callable[..., tuple[int, ...]]:
    form = _format(width)

    def function(word: int, fpscr: int) -> tuple[int, ...]:
        number = _signed(word, 32) if signed else word
        result, flags = floats.from_integer(form, number, MODES[fpscr >> 22 & 15])
        return *_words(width, result), flags

    inline(function, vfp_inline.from_integer(width, signed))
    return function


def to_fixed(width: int, size: int, signed: bool) -> Callable[..., tuple[int, ...]]:
    """(words..., fraction bits, FPSCR): towards zero, extended to the register's width."""
    form = _format(width)

    def function(*arguments: int) -> tuple[int, ...]:
        *words, places, fpscr = arguments
        mode, number = MODES[fpscr >> 22 & 15], _number(tuple(words))
        result, flags = floats.to_integer(
            form, number, size, signed, mode, rounding=Rounding.TO_ZERO, fraction_bits=places
        )
        if signed:
            result = _signed(result, size) & ((1 << width) - 1)
        return *_words(width, result), flags

    return function


def from_fixed(width: int, size: int, signed: bool) -> Callable[..., tuple[int, ...]]:
    """(words..., fraction bits, FPSCR): to nearest."""
    form = _format(width)

    def function(*arguments: int) -> tuple[int, ...]:
        *words, places, fpscr = arguments
        number = words[0] & ((1 << size) - 1)
        if signed:
            number = _signed(number, size)
        mode = NEAREST[fpscr >> 22 & 15]
        result, flags = floats.from_integer(form, number, mode, fraction_bits=places)
        return *_words(width, result), flags

    return function


def widen(word: int, fpscr: int) -> tuple[int, ...]:
    """Single to double."""
    result, flags = floats.convert(BINARY32, BINARY64, word, MODES[fpscr >> 22 & 15])
    return result & WORD, result >> 32, flags


def narrow(low: int, high: int, fpscr: int) -> tuple[int, ...]:
    """Double to single."""
    return floats.convert(BINARY64, BINARY32, low | high << 32, MODES[fpscr >> 22 & 15])


inline(widen, vfp_inline.widen)
inline(narrow, vfp_inline.narrow)


def half_to_single(half: int, fpscr: int) -> tuple[int, ...]:
    source = BINARY16_ALTERNATIVE if fpscr & AHP else BINARY16
    return floats.convert(source, BINARY32, half, FROM_HALF[fpscr >> 22 & 15])


def single_to_half(word: int, fpscr: int) -> tuple[int, ...]:
    target = BINARY16_ALTERNATIVE if fpscr & AHP else BINARY16
    return floats.convert(BINARY32, target, word, TO_HALF[fpscr >> 22 & 15])

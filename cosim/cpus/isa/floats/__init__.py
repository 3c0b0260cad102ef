"""IEEE 754 binary floating point on Python ints: exact, and free of any instruction set.

Every operation takes bit patterns and returns (bit pattern, flags); what differs between
processors is in a `Mode`: rounding, NaN rule, flush to zero, when a result counts as tiny.
"""

from __future__ import annotations

from cosim.cpus.isa.floats.arithmetic import add, div, mul, mul_add, sqrt, sub
from cosim.cpus.isa.floats.comparison import EQUAL, GREATER, LESS, UNORDERED, compare
from cosim.cpus.isa.floats.conversion import convert, from_integer, to_integer
from cosim.cpus.isa.floats.formats import (
    BINARY16,
    BINARY16_ALTERNATIVE,
    BINARY32,
    BINARY64,
    Format,
)
from cosim.cpus.isa.floats.mode import (
    DIVIDE_BY_ZERO,
    INEXACT,
    INPUT_DENORMAL,
    INVALID,
    OVERFLOW,
    UNDERFLOW,
    Mode,
    Rounding,
    default_nan,
    first_operand_nan,
)
from cosim.cpus.isa.floats.number import Kind, classify

__all__ = [
    "BINARY16",
    "BINARY16_ALTERNATIVE",
    "BINARY32",
    "BINARY64",
    "DIVIDE_BY_ZERO",
    "EQUAL",
    "GREATER",
    "INEXACT",
    "INPUT_DENORMAL",
    "INVALID",
    "LESS",
    "OVERFLOW",
    "UNDERFLOW",
    "UNORDERED",
    "Format",
    "Kind",
    "Mode",
    "Rounding",
    "add",
    "classify",
    "compare",
    "convert",
    "default_nan",
    "div",
    "first_operand_nan",
    "from_integer",
    "mul",
    "mul_add",
    "sqrt",
    "sub",
    "to_integer",
]

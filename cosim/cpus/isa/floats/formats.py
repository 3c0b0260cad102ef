"""The binary interchange formats: field widths, and the constants that follow (IEEE 754, 3.4)."""

from __future__ import annotations


class Format:
    """A binary floating-point format.

    Args:
        name: for messages.
        exponent_bits: width of the exponent field.
        fraction_bits: width of the fraction field.
        specials: whether the largest exponent means infinities and NaNs; without them it is one
            more exponent of normal numbers.

    Attributes:
        width: bits in all.
        sign: the sign bit; `infinity`, `largest`, `quiet` likewise patterns of the positive number.
        precision: bits of a significand, the leading one included.
        least_exponent: of the smallest normal number, 2 ** least_exponent.
    """

    def __init__(
        self, name: str, exponent_bits: int, fraction_bits: int, specials: bool = True
    ) -> None:
        self.name = name
        self.exponent_bits = exponent_bits
        self.fraction_bits = fraction_bits
        self.specials = specials
        self.width = 1 + exponent_bits + fraction_bits
        self.precision = fraction_bits + 1
        self.least_exponent = 2 - (1 << (exponent_bits - 1))
        self.sign = 1 << (self.width - 1)
        self.magnitude = self.sign - 1
        self.fraction = (1 << fraction_bits) - 1
        self.hidden = 1 << fraction_bits
        self.quiet = self.hidden >> 1
        # Without specials this pattern is a number; `beyond` is the first that is too large.
        self.infinity = ((1 << exponent_bits) - 1) << fraction_bits
        self.beyond = self.infinity if specials else self.sign
        self.largest = self.beyond - 1
        self.default_nan = self.infinity | self.quiet

    def __repr__(self) -> str:
        return self.name


BINARY16 = Format("binary16", 5, 10)
BINARY32 = Format("binary32", 8, 23)
BINARY64 = Format("binary64", 11, 52)
BINARY16_ALTERNATIVE = Format("binary16 without infinities and NaNs", 5, 10, specials=False)

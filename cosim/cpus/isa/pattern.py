"""A bit pattern such as "cccc 001 0100 S nnnn dddd iiiiiiiiiiii": fixed bits and fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from string import ascii_letters

FIXED = str.maketrans("01" + ascii_letters, "11" + "0" * len(ascii_letters))
ONES = str.maketrans(ascii_letters, "0" * len(ascii_letters))


@dataclass(frozen=True)
class Field:
    """One letter of a pattern: its bits, most significant first, need not be adjacent."""

    letter: str
    runs: tuple[tuple[int, int, int], ...]  # (shift in the word, shift in the value, mask)
    width: int

    def extract(self, word: int) -> int:
        value = 0
        for shift, place, mask in self.runs:
            value |= (word >> shift & mask) << place
        return value

    def insert(self, value: int) -> int:
        """The word's bits for `value` of this field."""
        word = 0
        for shift, place, mask in self.runs:
            word |= (value >> place & mask) << shift
        return word


class Pattern:
    """The fixed bits (`mask`, `value`) and the fields of an encoding, most significant bit first.

    `0` and `1` are fixed, any letter is a bit of the field of that name, blanks only group.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._bits = bits = text.replace(" ", "")
        self.width = len(bits)
        self.letters = set(bits) - {"0", "1"}
        for char in self.letters:
            if not (char.isascii() and char.isalpha()):
                raise ValueError(f"pattern {text!r}: {char!r} is neither 0, 1 nor a letter")
        self.mask = int("0" + bits.translate(FIXED), 2)
        self.value = int("0" + bits.translate(ONES), 2)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The fields by letter, made when they are first needed."""
        top = self.width - 1
        return {
            letter: _field(
                letter, tuple([top - at for at, char in enumerate(self._bits) if char == letter])
            )
            for letter in dict.fromkeys(self._bits)
            if letter not in "01"
        }

    def matches(self, word: int) -> bool:
        return word & self.mask == self.value

    def overlaps(self, other: Pattern) -> bool:
        """Whether some word matches both."""
        return (self.value ^ other.value) & self.mask & other.mask == 0

    def refines(self, other: Pattern) -> bool:
        """Whether every word of this pattern is one of `other`, which has more."""
        return (
            self.overlaps(other)
            and self.mask != other.mask
            and (self.mask & other.mask == other.mask)
        )

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"


@cache
def _field(letter: str, positions: tuple[int, ...]) -> Field:
    """`positions` from the most significant bit down, folded into runs of adjacent bits."""
    runs: list[tuple[int, int, int]] = []
    end = len(positions)
    start = 0
    while start < end:
        stop = start + 1
        while stop < end and positions[stop] == positions[stop - 1] - 1:
            stop += 1
        runs.append((positions[stop - 1], end - stop, (1 << (stop - start)) - 1))
        start = stop
    return Field(letter, tuple(runs), end)

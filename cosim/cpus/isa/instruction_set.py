"""A table of rows made into an instruction set: overlap check, decoder, staging."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial, reduce
from operator import and_
from typing import Any, Literal

from cosim.cpus.isa.instruction import Instruction, Row
from cosim.cpus.isa.operands import Unallocated, lift


class InstructionSet:
    """The rows that one configuration of a core has, ready to decode.

    Args:
        name: for messages.
        rows: the encodings, a table that passes `check_table`.
        options: the configuration options that are on; a row that requires another is left out.

    Attributes:
        HALFWORDS: the bit of the decode context under which instructions are one halfword or two;
            two make a word with the first one on top, and what begins with less than `WIDE` is one.
        LASTING: the bits of the decode context that stay as they are from one instruction to the
            next, unless one says otherwise.
        BUSY: the slots that programs use most, for a translator to keep in host registers.
        ZEROS: slots that read as zero whatever is written to them.
        TRACKED: slots that an instruction prepares for the next one, as a delay slot's target.
        BITS: slots that are never anything but 0 or 1: flags.
    """

    HALFWORDS = 0
    LASTING = 0
    WIDE = 0xE800
    BUSY: Sequence[int] = ()
    ZEROS: Sequence[int] = ()
    TRACKED: Sequence[int] = ()
    BITS: Sequence[int] = ()

    def __init__(self, name: str, rows: Iterable[Row], options: Iterable[str] = ()) -> None:
        self.name = name
        self.options = frozenset(options)
        enabled = self.options | {""}
        self.rows: Sequence[Row] = [row for row in rows if row.requires in enabled]
        # The most specific row wins; a stable sort keeps the manual's order otherwise.
        ordered = sorted(self.rows, key=lambda row: -row.pattern.mask.bit_count())
        self._tree = _Node(ordered)

    def decode(self, word: int, context: int = 0) -> Instruction | None:
        """The instruction, or None where the architecture (or this core) defines none."""
        for row in self._tree.candidates(word):
            if row.matches(word):
                try:
                    return row.decode(word, context)
                except Unallocated:
                    return None
        return None

    def read_word(self, data: bytes, endian: Literal["little", "big"], context: int) -> int | None:
        """The instruction that `data` begins with; None if there is not all of it."""
        if not context & self.HALFWORDS:
            return int.from_bytes(data[:4], endian) if len(data) >= 4 else None
        first = int.from_bytes(data[:2], "little")
        if first < self.WIDE:
            return first if len(data) >= 2 else None
        return first << 16 | int.from_bytes(data[2:4], "little") if len(data) >= 4 else None

    def size(self, instruction: Instruction) -> int:
        """In bytes."""
        halfword = instruction.context & self.HALFWORDS and instruction.word < 0x1_0000
        return 2 if halfword else 4

    def hex(self, word: int, context: int) -> str:
        """`word` as it is written in listings, 4 or 8 digits."""
        return f"{word:0{4 if context & self.HALFWORDS and word < 0x1_0000 else 8}x}"

    def form(self, instruction: Instruction) -> Hashable:
        """All that `stage` looks at besides the row and the operands."""
        return instruction.context

    def stage(self, machine: Any, instruction: Instruction, leaf: Callable[[int], Any]) -> Any:
        """The semantics of `instruction` as a callable without arguments over `machine`.

        `leaf` turns each register and immediate into what the machine's verbs take (an int for the
        interpreter, a hole for a translator). Instruction sets override this to wrap what surrounds
        every instruction: a condition, a delay slot.
        """
        operands = [lift(operand, leaf) for operand in instruction.operands]
        return partial(instruction.row.semantics, machine, *operands)

    def stage_undefined(
        self, machine: Any, word: int, context: int, refuse: Callable[[], None]
    ) -> Callable[[], None]:
        """As `stage`, for a word that is no instruction: where `refuse` is to be called."""
        return refuse


def check_table(rows: Sequence[Row]) -> None:
    """Raise ValueError if a row is wrong in itself, or two of them contradict each other."""
    for row in rows:
        row.check()
    check_overlaps(rows)


def check_overlaps(rows: Sequence[Row]) -> None:
    """Raise ValueError if two rows match a common word and neither refines the other."""
    # Sets of rows as numbers, for there are a hundred thousand pairs: bit n stands for row n.
    masks, values = [row.pattern.mask for row in rows], [row.pattern.value for row in rows]
    bits = [1 << position for position in range(max(masks, default=0).bit_length())]
    ones = {bit: _set_of(value & bit for value in values) for bit in bits}
    zeros = {
        bit: _set_of(mask & bit & ~value for mask, value in zip(masks, values, strict=True))
        for bit in bits
    }
    for index, row in enumerate(rows):
        apart = 0
        for bit in bits:
            if masks[index] & bit:
                apart |= zeros[bit] if values[index] & bit else ones[bit]
        common = ~apart & (1 << len(rows)) - 1 & -2 << index
        while common:
            place = common.bit_length() - 1
            common ^= 1 << place
            one, two = masks[index], masks[place]
            refined = one != two and one & two in (one, two)
            if not refined and not _excluded(row, rows[place]):
                raise ValueError(f"{row} and {rows[place]} both match some words")


def _set_of(members: Iterable[int]) -> int:
    """The set of the places that are not 0."""
    return int("0" + "".join(["1" if member else "0" for member in members])[::-1], 2)


def _excluded(row: Row, other: Row) -> bool:
    """Whether a field value that one row excludes is fixed in the other."""
    for one, two in ((row, other), (other, row)):
        for field, value in one.unless:
            bits = field.insert((1 << field.width) - 1)
            if two.pattern.mask & bits == bits and two.pattern.value & bits == field.insert(value):
                return True
    return False


def random_word(row: Row, rng: random.Random) -> int:
    """A word of `row` with random fields (excluded values avoided)."""
    while True:
        word = row.pattern.value | (rng.getrandbits(row.pattern.width) & ~row.pattern.mask)
        if row.matches(word):
            return word


class _Node:
    """A decoder tree: splits on bits that the remaining rows fix, down to a short list."""

    LEAF = 4

    def __init__(self, rows: Sequence[Row], used: int = 0) -> None:
        self.rows = rows
        self.mask = 0
        self._used = used
        self._grown = len(rows) <= self.LEAF
        self.children: dict[int, _Node] = {}

    def grow(self) -> None:
        """Split, when a word first gets here: most programs need few of the branches."""
        rows, used = self.rows, self._used
        self._grown = True
        mask = reduce(and_, (row.pattern.mask for row in rows)) & ~used
        if not mask:
            mask = _best_bit(rows, used)
        if not mask:
            return  # special cases of each other
        keys = {row.pattern.value & mask for row in rows}
        if any(mask & ~row.pattern.mask for row in rows):
            keys = {0, mask}  # a single bit, which some rows leave open
        for key in keys:
            below = [r for r in rows if not (r.pattern.value ^ key) & r.pattern.mask & mask]
            self.children[key] = _Node(below, used | mask)
        self.mask = mask

    def candidates(self, word: int) -> Sequence[Row]:
        node = self
        while node.mask or not node._grown:
            if not node._grown:
                node.grow()
                continue
            child = node.children.get(word & node.mask)
            if child is None:
                return ()
            node = child
        return node.rows


def _best_bit(rows: Sequence[Row], used: int) -> int:
    """The one bit that splits the rows most evenly; 0 if none separates any."""
    best, smallest = 0, len(rows)
    for position in range(rows[0].pattern.width):
        bit = 1 << position
        if not used & bit:
            ones = sum(1 for r in rows if not r.pattern.mask & bit or r.pattern.value & bit)
            zeros = sum(1 for r in rows if not r.pattern.mask & bit or not r.pattern.value & bit)
            if max(ones, zeros) < smallest:
                best, smallest = bit, max(ones, zeros)
    return best

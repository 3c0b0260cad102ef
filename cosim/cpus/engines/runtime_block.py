"""The memory that translated code of one core works in: state, tables, caches, at fixed places.

Stencils reach all of it by displacements from one base register, the state block at its begin.
"""

from __future__ import annotations

import mmap

from cosim.bus.write_watch import GRANULE_BITS
from cosim.cpus.engines.code_memory import address_of

UNALIGNED_LIMIT = 0x1000
"""A word: 4096 where unaligned accesses within a page are done in line, 0 where they fault."""

BUDGET = 0x1008
"""8 bytes: instruction times left, signed."""

EXIT = 0x1010
"""A word: by which exit translated code was left."""

STACK = 0x1018
"""8 bytes: where the stack is while translated code runs."""

CRASHED_AT = 0x10A0
"""8 bytes: the host's address of an instruction that crashed."""

FREE_PART, FREE_ADDEND = 0x10A8, 0x10B0
"""8 bytes each: the part of a page, as long as an entry of the table of watched words is for, that
was the last to be found without such words; and what leads from its addresses to the host's."""

SPARE = 0x10B8
"""8 bytes for a number that code would otherwise need a register more for."""

NO_PART = (1 << 64) - 1

READ_WINDOW, WRITE_WINDOW = 0x1020, 0x1060
"""Windows: a range of virtual addresses that is one piece of the host's memory (see `Window`)."""

WINDOW_ADDEND, WINDOW_START, WINDOW_SIZES = 0, 8, 12
"""Within a window: what leads from the guest's addresses to the host's (8 bytes), and where it
begins in the guest's memory; then, for each of `WINDOW_LIMITS`, how much an address may be beyond
that, plus one."""

LONGEST_SPAN = 64
"""Bytes that several accesses of an instruction may share a look-up for."""

WINDOW_LIMITS = ((1, 1), (2, 1), (4, 1), (2, 2), (4, 4), (LONGEST_SPAN, 4))
"""Size and alignment of the accesses that each of the window's limits is for.

Where alignment is asked for, address and limit are rotated right by its bits.
"""

WINDOW_MASKS = WINDOW_SIZES + 4 * len(WINDOW_LIMITS)
"""Within a window, for each of `MASKED`: bits of the complement of an address, and what they have
to be (a word each). That is for a part of the window only, as large as a power of two, but it is
half the work."""

MASKED = (1, 2, 4)
"""Sizes of aligned accesses."""

PAGES = 1 << 20
JUMP_ENTRIES = 1 << 12
WATCH_BITS = GRANULE_BITS + 6
"""An entry of the table of watched words has a bit for each word of 256 bytes."""

SIZES = {
    "read": 8 * PAGES,
    "write": 8 * PAGES,
    "watched": 8 << 32 - WATCH_BITS,
    "jump key": 8 * JUMP_ENTRIES,
    "jump code": 8 * JUMP_ENTRIES,
}
REGIMES_AT = 0x10_0000
REGIME_SIZE = sum(SIZES.values())
REGIMES = 8
SIZE = REGIMES_AT + REGIMES * REGIME_SIZE
NO_RESERVE = 0x4000


def place(table: str, regime: int) -> int:
    """The displacement of a regime's table."""
    if table == "watched next":  # the second of two entries
        return place("watched", regime) + 8
    at = REGIMES_AT + regime * REGIME_SIZE
    for name, size in SIZES.items():
        if name == table:
            return at
        at += size
    raise KeyError(table)


class RuntimeBlock:
    """That memory. Pages of it that nobody has touched cost nothing."""

    def __init__(self) -> None:
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | NO_RESERVE
        self.memory = mmap.mmap(-1, SIZE, flags=flags)
        self.view = memoryview(self.memory)
        self.words = self.view[:REGIMES_AT].cast("I")
        self.longs = self.view.cast("Q")
        self.address = address_of(self.view)

    @property
    def budget(self) -> int:
        left = self.longs[BUDGET // 8]
        return left - (1 << 64) if left >> 63 else left

    @budget.setter
    def budget(self, value: int) -> None:
        self.longs[BUDGET // 8] = value

    @property
    def exit(self) -> int:
        return self.words[EXIT // 4]

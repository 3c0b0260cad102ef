"""What memory a region is: TEX, C, B and S, with and without TEX remap (B3.8)."""

from __future__ import annotations

from typing import NamedTuple

STRONGLY_ORDERED, DEVICE, NORMAL = range(3)
UNCACHED, ALLOCATING, THROUGH, BACK = range(4)
"""Cacheability as TEX, C, B, NMRR and PAR.Outer encode it: write-back that allocates on writes,
write-through, write-back that does not."""


class MemoryType(NamedTuple):
    """Kept for PAR only, but that unaligned accesses to what is not normal memory fault."""

    kind: int
    inner: int = UNCACHED
    outer: int = UNCACHED
    shareable: bool = True
    outer_shareable: bool = True  # as against only within the inner domain

    @property
    def par(self) -> int:
        """NOS, SH, Inner and Outer in their places of the PAR (B4.1.112)."""
        inner = 0b001
        if self.kind == DEVICE:
            inner = 0b011
        elif self.kind == NORMAL:
            inner = (0b000, 0b101, 0b110, 0b111)[self.inner]
        outer = self.outer if self.kind == NORMAL else 0
        inside = self.shareable and not self.outer_shareable
        return inside << 10 | self.shareable << 7 | inner << 4 | outer << 2


# fmt: off
PLAIN = {  # TEX[2:0], C, B
    0b000_00: (STRONGLY_ORDERED, UNCACHED,   UNCACHED),
    0b000_01: (DEVICE,           UNCACHED,   UNCACHED),
    0b000_10: (NORMAL,           THROUGH,    THROUGH),
    0b000_11: (NORMAL,           BACK,       BACK),
    0b001_00: (NORMAL,           UNCACHED,   UNCACHED),
    0b001_11: (NORMAL,           ALLOCATING, ALLOCATING),
    0b010_00: (DEVICE,           UNCACHED,   UNCACHED),
}
# fmt: on
NOT_SHAREABLE_DEVICE = 0b010_00


def without_remap(bits: int, shareable: bool) -> MemoryType:
    """Of TEX, C and B (B3.8.2); the reserved values are normal memory that is not cached."""
    if bits & 0b100_00:
        return MemoryType(NORMAL, bits & 3, bits >> 2 & 3, shareable)
    kind, inner, outer = PLAIN.get(bits, (NORMAL, UNCACHED, UNCACHED))
    if kind != NORMAL:
        shareable = bits != NOT_SHAREABLE_DEVICE
    return MemoryType(kind, inner, outer, shareable)


def remapped(bits: int, shareable: bool, prrr: int, nmrr: int) -> MemoryType:
    """Of TEX[0], C and B through PRRR and NMRR (B3.8.3); a reserved type is strongly-ordered."""
    n = bits & 7
    kind = (STRONGLY_ORDERED, DEVICE, NORMAL, STRONGLY_ORDERED)[prrr >> 2 * n & 3]
    outer_shareable = not prrr >> 24 + n & 1
    if kind == NORMAL:
        shared = bool(prrr >> 18 + shareable & 1)
        inner, outer = nmrr >> 2 * n & 3, nmrr >> 16 + 2 * n & 3
        return MemoryType(kind, inner, outer, shared, outer_shareable)
    shared = kind == STRONGLY_ORDERED or bool(prrr >> 16 + shareable & 1)
    return MemoryType(kind, shareable=shared, outer_shareable=outer_shareable)

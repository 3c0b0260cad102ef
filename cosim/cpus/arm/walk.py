"""The translation table walk: short descriptors of VMSAv7, and the faults they give (B3.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

WRITE = 1 << 11  # DFSR.WnR
DOMAIN_SHIFT = 4
ALL_DOMAINS = 0xF << DOMAIN_SHIFT

# FS[4], at bit 10, and FS[3:0] of a fault status register, by level of the table (B3.13.3).
EXTERNAL_ABORT = {1: 0b01100, 2: 0b01110}
TRANSLATION = {1: 0b00101, 2: 0b00111}
ACCESS_FLAG = {1: 0b00011, 2: 0b00110}
DOMAIN = {1: 0b01001, 2: 0b01011}
PERMISSION = {1: 0b01101, 2: 0b01111}

TTBCR_N, TTBCR_PD0, TTBCR_PD1 = 7, 1 << 4, 1 << 5

FAULTS = {
    status: f"{name}, level {level}"
    for name, statuses in (
        ("external abort on a table walk", EXTERNAL_ABORT),
        ("translation fault", TRANSLATION),
        ("access flag fault", ACCESS_FLAG),
        ("domain fault", DOMAIN),
        ("permission fault", PERMISSION),
    )
    for level, status in statuses.items()
}


class WalkFault(Exception):
    """The tables have no translation.

    Args:
        status: FS and the domain as in DFSR.
    """

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Unreadable(Exception):
    """Nothing answers at the address of a descriptor."""


class Entry(NamedTuple):
    """What a TLB keeps of a walk: the block around the address, and its attributes as they are.

    Attributes:
        base: the physical address of the block, which has 2 ** `shift` bytes.
        level: 1 for sections and supersections, 2 for pages.
        ap: AP[2:0].
        kind: TEX, C, B.
    """

    base: int
    shift: int
    level: int
    domain: int
    ap: int
    kind: int
    shareable: bool
    not_global: bool
    xn: bool
    pxn: bool

    def status(self, faults: dict[int, int]) -> int:
        """The fault status of a fault at this entry's level, with the domain."""
        return faults[self.level] | self.domain << DOMAIN_SHIFT

    def physical(self, address: int) -> int:
        return self.base | address & ((1 << self.shift) - 1)


def walk(
    address: int, ttbr0: int, ttbr1: int, ttbcr: int, pxn: bool, read: Callable[[int], int]
) -> Entry:
    """Look `address` up.

    Args:
        pxn: whether the core knows PXN; without it a first-level type of 0b11 is reserved.
        read: a descriptor by its physical address; raises Unreadable.

    Raises:
        WalkFault: there is no translation, or a table cannot be read.
    """
    n = ttbcr & TTBCR_N
    if address >> 32 - n:
        table, off, n = ttbr1 & ~0x3FFF, ttbcr & TTBCR_PD1, 0
    else:
        table, off = ttbr0 & ~((1 << 14 - n) - 1), ttbcr & TTBCR_PD0
    if off:
        raise WalkFault(TRANSLATION[1])
    try:
        first = read(table | address >> 20 << 2)
    except Unreadable:
        raise WalkFault(EXTERNAL_ABORT[1]) from None
    kind = first & 3
    if kind == 0 or (kind == 3 and not pxn):
        raise WalkFault(TRANSLATION[1])
    if kind != 1:
        return _section(first)
    domain = first >> 5 & 15
    try:
        second = read(first & ~0x3FF | address >> 10 & 0x3FC)
    except Unreadable:
        raise WalkFault(EXTERNAL_ABORT[2] | domain << DOMAIN_SHIFT) from None
    if not second & 3:
        raise WalkFault(TRANSLATION[2] | domain << DOMAIN_SHIFT)
    return _page(second, domain, pxn and bool(first & 4))


def _section(word: int) -> Entry:
    """A section of 1 MiB, or a supersection of 16 MiB, which is in domain 0."""
    big = bool(word & 1 << 18)
    base, shift, domain = word & 0xFFF0_0000, 20, word >> 5 & 15
    if big:
        base = word & 0xFF00_0000 | (word >> 20 & 15) << 32 | (word >> 5 & 15) << 36
        shift, domain = 24, 0
    return Entry(
        base,
        shift,
        level=1,
        domain=domain,
        ap=word >> 13 & 4 | word >> 10 & 3,
        kind=word >> 10 & 0b111_00 | word >> 2 & 3,
        shareable=bool(word & 1 << 16),
        not_global=bool(word & 1 << 17),
        xn=bool(word & 1 << 4),
        pxn=bool(word & 1),
    )


def _page(word: int, domain: int, pxn: bool) -> Entry:
    """A small page of 4 KiB, or a large one of 64 KiB."""
    small = word & 2
    tex = word >> 6 & 7 if small else word >> 12 & 7
    return Entry(
        word & (0xFFFF_F000 if small else 0xFFFF_0000),
        12 if small else 16,
        level=2,
        domain=domain,
        ap=word >> 7 & 4 | word >> 4 & 3,
        kind=tex << 2 | word >> 2 & 3,
        shareable=bool(word & 1 << 10),
        not_global=bool(word & 1 << 11),
        xn=bool(word & (1 if small else 1 << 15)),
        pxn=pxn,
    )

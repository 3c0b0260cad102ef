"""The configurations of the ARM core: what each names itself and has (their TRMs, chapter 4)."""

from __future__ import annotations

from typing import NamedTuple


class Model(NamedTuple):
    """One core type: values of its identification registers, and what is there.

    The values are those of the technical reference manuals, changed where they announce what is not
    modelled: no Security or Virtualization Extensions, no Large Physical Address Extension, no
    debug registers, no ThumbEE, Jazelle trivial.

    Attributes:
        divide: SDIV and UDIV in both instruction sets.
        timer: the Generic Timer.
        pxn: privileged execute never, in translation tables.
        counters: event counters of the performance monitor.
        pmu: PMCR's implementer, identification and N fields, in place.
    """

    name: str
    midr: int
    ctr: int
    tlbtr: int
    pfr0: int
    pfr1: int
    dfr0: int
    mmfr: tuple[int, int, int, int]
    isar: tuple[int, int, int, int, int, int]
    clidr: int
    ccsidr: tuple[int, ...]  # by CSSELR: level 1 data, level 1 instruction, level 2
    divide: bool
    timer: bool
    pxn: bool
    counters: int
    pmu: int
    cortex_a9: bool = False

    @property
    def event_filters(self) -> bool:
        """Whether counters can leave out modes: PMUv2, says ID_DFR0 (B4.1.82)."""
        return self.dfr0 >> 24 & 15 == 2

    @property
    def second_level_cache(self) -> bool:
        return len(self.ccsidr) > 2


CORTEX_A9 = Model(
    name="Cortex-A9 r3p0",
    midr=0x413F_C090,
    ctr=0x8333_8003,
    tlbtr=0x0000_0402,
    pfr0=0x0000_0131,
    pfr1=0x0000_0001,
    dfr0=0x0000_0000,
    mmfr=(0x0010_0103, 0x2000_0000, 0x0123_0000, 0x0010_2111),
    isar=(0x0010_1111, 0x1311_2111, 0x2123_2041, 0x0111_2131, 0x0011_0142, 0),
    clidr=0x0920_0003,
    ccsidr=(0x700F_E019, 0x200F_E019),
    divide=False,
    timer=False,
    pxn=False,
    counters=6,
    pmu=0x4109_3000,
    cortex_a9=True,
)

CORTEX_A7 = Model(
    name="Cortex-A7 r0p5",
    midr=0x410F_C075,
    ctr=0x8444_8003,
    tlbtr=0x0000_0000,
    pfr0=0x0000_0131,
    pfr1=0x0001_0001,
    dfr0=0x0200_0000,
    mmfr=(0x1010_1104, 0x4000_0000, 0x0124_0000, 0x0210_2211),
    isar=(0x0210_1110, 0x1311_2111, 0x2123_2041, 0x0111_2131, 0x1001_0142, 0),
    clidr=0x0A20_0023,
    ccsidr=(0x701F_E00A, 0x201F_E00A, 0x711F_E07A),
    divide=True,
    timer=True,
    pxn=True,
    counters=4,
    pmu=0x4107_2000,
)

CORTEX_A15 = Model(
    name="Cortex-A15 r2p1",
    midr=0x412F_C0F1,
    ctr=0x8444_C004,
    tlbtr=0x0000_0000,
    pfr0=0x0000_0131,
    pfr1=0x0001_0001,
    dfr0=0x0200_0000,
    mmfr=(0x1020_1104, 0x2000_0000, 0x0124_0000, 0x0210_2211),
    isar=(0x0210_1110, 0x1311_2111, 0x2123_2041, 0x0111_2131, 0x1001_0142, 0),
    clidr=0x0A20_0023,
    ccsidr=(0x701F_E00A, 0x201F_E00A, 0x711F_E07A),
    divide=True,
    timer=True,
    pxn=True,
    counters=6,
    pmu=0x410F_3000,
)

"""QEMU's answers for 1000 random sets of translation tables: PAR, accesses, faults; and PXN."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.isa.arm_tables import PROBES, TABLES, explained, recorded, run_here

PRIVILEGED_FETCH = 10
WITH_PXN = "arm.cortex-a7", "arm.cortex-a15"


def compare(tables: int, core_type: str = "arm.cortex-a9") -> Counter[str]:
    """How many differences each explanation has; fails on one that has none."""
    reasons: Counter[str] = Counter()
    ours = run_here(tables, core_type)
    for number, (here, there) in enumerate(zip(ours, recorded(core_type), strict=False)):
        if here != there:
            why = explained(here, there)
            assert why, f"probe {number % PROBES} of table {number // PROBES}: {here}, {there}"
            reasons[why] += 1
    return reasons


def test_the_recording_is_whole_and_has_every_outcome() -> None:
    results = recorded()
    assert len(results) == TABLES * PROBES
    faults = Counter(result.fault for result in results)
    assert min(faults[fs] for fs in (0, 0x3, 0x5, 0x6, 0x7, 0x9, 0xB, 0xD, 0xF)) > 50


def test_our_answers_are_those_of_qemu() -> None:
    reasons = compare(TABLES)
    assert len(reasons) == 4
    assert sum(reasons.values()) < TABLES * PROBES // 5


def test_the_recording_with_pxn_refuses_what_the_other_lets() -> None:
    """B3.5.1: a first-level type of 0b11 is a section with PXN, bit 2 of 0b01 PXN of the table."""
    pairs = list(zip(recorded(), recorded("arm.cortex-a15"), strict=True))
    differ = [(a9, a15) for a9, a15 in pairs if a9 != a15]
    assert len(differ) > 500
    fetches = [(a9.fault, a15.fault) for a9, a15 in differ if a9.kind == PRIVILEGED_FETCH]
    assert fetches.count((0, 0xF)) > 50  # by the table's bit
    assert fetches.count((0x5, 0xD)) > 50  # by the section's
    assert all(a9.fault == 0x5 for a9, a15 in differ if a9.kind != PRIVILEGED_FETCH)


def test_our_answers_with_pxn_are_those_of_qemu() -> None:
    assert len(compare(TABLES // 2, "arm.cortex-a15")) == 4


@pytest.mark.campaign
@pytest.mark.parametrize("core_type", WITH_PXN)
def test_all_our_answers_with_pxn_are_those_of_qemu(core_type: str) -> None:
    assert len(compare(TABLES, core_type)) == 4

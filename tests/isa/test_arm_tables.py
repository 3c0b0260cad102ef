"""QEMU's answers for 1000 random sets of translation tables: PAR, accesses, faults."""

from __future__ import annotations

from collections import Counter

from tests.isa.arm_tables import PROBES, TABLES, explained, recorded, run_here


def compare(tables: int) -> Counter[str]:
    """How many differences each explanation has; fails on one that has none."""
    reasons: Counter[str] = Counter()
    for number, (ours, theirs) in enumerate(zip(run_here(tables), recorded(), strict=False)):
        if ours != theirs:
            why = explained(ours, theirs)
            assert why, f"probe {number % PROBES} of table {number // PROBES}: {ours}, {theirs}"
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

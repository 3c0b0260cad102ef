"""Every numbered rule of IEEE 1666 that the kernel and the bus keep has a test with its number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

# Groups and how many rules each has: kernel phases, times, events, processes, signals, fifos,
# mutexes; payload, blocking and non-blocking transport, direct memory, debug, quantum.
GROUPS = {"K": 12, "T": 6, "E": 17, "P": 11, "S": 9, "F": 6, "X": 1}
GROUPS |= {"G": 8, "B": 4, "N": 5, "D": 9, "DB": 1, "Q": 11}

RULES = [f"{group}{number:02}" for group, count in GROUPS.items() for number in range(1, count + 1)]


def covered() -> dict[str, list[str]]:
    """The tests of each rule, as "folder/file.py::test"."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for name in re.findall(r"^\s*def (test_\w+)", path.read_text(), re.MULTILINE):
            for rule in re.findall(r"_([A-Z]{1,2}\d\d)(?=_|$)", name):
                found.setdefault(rule, []).append(f"{path.relative_to(TESTS)}::{name}")
    return found


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_test_with_its_number(rule: str) -> None:
    assert covered().get(rule), f"no test carries the number {rule}"


def test_every_number_is_a_rule() -> None:
    assert set(covered()) <= set(RULES)

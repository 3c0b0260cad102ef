"""Fixtures of the platform tests: the bench, and the good platform file to change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from platform_bench import GOOD, Bench
from platform_bench import but as change


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture(name="but")
def but_fixture() -> Callable[[str, str], str]:
    return change


@pytest.fixture
def good() -> str:
    return GOOD

"""A kernel for every test."""

from __future__ import annotations

import pytest

from cosim.kernel.kernel import Kernel


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()

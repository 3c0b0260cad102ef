"""What all tests have in common: the engine that cores get which do not ask for one."""

from __future__ import annotations

import pytest

from cosim.cpus.engines import choice


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=["reference", "translator"],
        help="the engine of every core that does not ask for one",
    )


def pytest_configure(config: pytest.Config) -> None:
    engine = config.getoption("--engine")
    if engine:
        choice.preferred = engine

"""What all tests have in common: where compiled code is kept, and the engine of cores."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

from cosim.cpus.engines import choice, patience

CACHE = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=["reference", "translator"],
        help="the engine of every core that does not ask for one",
    )


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # workers have it from here
        config.stash[CACHE] = os.environ["COSIM_CACHE"] = tempfile.mkdtemp(prefix="cosim-tests-")
    patience.EXECUTIONS = 0  # code of tests is short: all that can be native code shall be
    engine = config.getoption("--engine")
    if engine:
        choice.preferred = engine


def pytest_unconfigure(config: pytest.Config) -> None:
    place = config.stash.get(CACHE, None)
    if place is not None:
        shutil.rmtree(place, ignore_errors=True)

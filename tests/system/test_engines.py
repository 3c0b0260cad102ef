"""`--engine` and `--engine-switch` of the command."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.system.command import ROOT, cosim, platform

BOARD = platform("arm_mb")


def summary(done) -> str:
    """The last line without how long it took."""
    return done.stderr.decode().strip().splitlines()[-1].partition("; host")[0]


def test_the_same_with_every_engine_and_with_changes() -> None:
    limit = "--timeout", "300us"
    judge = cosim("run", BOARD, *limit, "--engine", "reference")
    assert judge.returncode == 4
    for options in (
        ["--engine", "lockstep"],
        ["--engine", "translator", "--engine-switch", "arm0=reference@70us",
         "--engine-switch", "mb0=lockstep@100us", "--engine-switch", "arm0=lockstep@250us"],
    ):  # fmt: skip
        done = cosim("run", BOARD, *limit, *options)
        assert done.returncode == 4, done.stderr
        assert done.stdout == judge.stdout
        assert summary(done) == summary(judge)


@pytest.mark.parametrize(
    ("switch", "message"),
    [
        ("arm1=reference@1ms", "no core 'arm1', did you mean 'arm0'?"),
        ("arm0=fast@1ms", "no engine 'fast' (there are: auto, reference, translator, lockstep)"),
        ("arm0=reference@5", "time 5 needs a unit"),
        ("arm0=reference@-5ms", "'-5ms' is not a time"),
        ("arm0=reference", "'arm0=reference' is not CORE=ENGINE@TIME, as in arm0=reference@5ms"),
        ("=reference@5ms", "'=reference@5ms' is not CORE=ENGINE@TIME"),
    ],
)
def test_a_switch_that_cannot_be(switch: str, message: str) -> None:
    done = cosim("run", BOARD, "--engine-switch", switch)
    assert done.returncode == 2
    assert f"Invalid value for --engine-switch: {message}" in done.stderr.decode()
    assert b"Traceback" not in done.stderr


WRONG = """
from cosim.cli import main
from cosim.cpus.engines.translator import Translator

right = Translator._run_native

def wrong(self, block, code, left):
    result = right(self, block, code, left)
    self.core.state["r4"] ^= 1
    return result

Translator._run_native = wrong
main()
"""


def test_a_difference_is_our_bug() -> None:
    """The report without a traceback, and exit code 70."""
    command = [sys.executable, "-c", WRONG, "run", BOARD, "--engine", "lockstep"]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=300)
    text = done.stderr.decode()
    assert done.returncode == 70, text
    assert ": the translator differs from the reference interpreter\n  pc 0x" in text
    assert "  r4: native 0x" in text
    assert "Traceback" not in text
    assert text.strip().endswith("cosim: this is a bug of cosim, please report it")

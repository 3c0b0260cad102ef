"""Models of a plugin that fail: their own traceback, the right exit code, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.command import IMAGES, cosim

PLATFORM = """
name: models
plugins: [./models.py]
cores:
  cpu0: {type: arm.cortex-a9, clock: 400MHz, image: IMAGE}
memories:
  ram: {at: 0x6000_0000, size: 128MiB}
peripherals:
  uart0: {type: arm.pl011, at: 0x1000_9000, console: stdio}
  dev:   {type: test.model, at: 0x5000_0000}
"""

MODEL = """
import json

from cosim.kernel.events import Event
from cosim.kernel.report import KernelError
from cosim.peripherals.peripheral import Peripheral, PeripheralConfig


class Model(Peripheral):
    TYPE = "test.model"
    Config = PeripheralConfig

    def __init__(self, name, config, kernel):
        super().__init__(name, config, kernel)
        self.thread(self.live, "live")
        self.changed = Event(self, "changed")

    def live(self):
        yield 5_000_000
        self.helper()

    def helper(self):
        BODY
"""


@pytest.fixture
def run(tmp_path: Path):
    def run(body: str, *options: object, model: str = MODEL):
        board = tmp_path / "board.yaml"
        image = IMAGES / "vexpress_hello.elf"
        board.write_text(PLATFORM.replace("IMAGE", str(image)))
        (tmp_path / "models.py").write_text(model.replace("BODY", body))
        return cosim("run", board, *options)

    return run


@pytest.mark.parametrize(
    ("body", "last"),
    [
        ("raise LookupError('no such thing')", "LookupError: no such thing"),
        ("assert 1 == 2, 'the model checks itself'", "AssertionError: the model checks itself"),
        ("json.loads('{')", "json.decoder.JSONDecodeError: Expecting property name"),
        ("self.changed.notify(-1)", "ValueError: event dev.changed: delay -1 ps is in the past"),
        ("self.irq.nothing()", "AttributeError: 'Signal' object has no attribute 'nothing'"),
    ],
)
def test_a_model_that_raises_ends_the_run_with_its_own_frames(run, body: str, last: str) -> None:
    done = run(body)
    told = done.stderr.decode()
    assert done.returncode == 1
    assert last in told
    assert "in process dev.live at 5 us" in told
    assert 'models.py", line' in told and "in helper" in told
    assert "cosim/kernel" not in told and "simpy" not in told
    assert told.strip().splitlines()[-1] == "cosim: a model failed; exit code 1"


def test_a_model_that_breaks_a_rule_in_no_frame_of_its_own(run) -> None:
    done = run("pass", model=MODEL.replace("yield 5_000_000", "yield 'soon'"))
    assert done.returncode == 1
    assert "KernelError: process dev.live yielded 'soon'" in done.stderr.decode()


def test_a_simpy_process_that_raises(run) -> None:
    model = MODEL.replace('self.thread(self.live, "live")', "kernel.env.process(self.plain())")
    model += "\n    def plain(self):\n        yield self.kernel.env.timeout(5)\n        1 / 0\n"
    done = run("pass", model=model)
    told = done.stderr.decode()
    assert done.returncode == 1
    assert "in plain" in told and "ZeroDivisionError" in told and "site-packages" not in told


def test_a_model_that_cannot_be_made_is_an_error_of_the_platform(run) -> None:
    model = MODEL.replace('self.changed = Event(self, "changed")', "self.changed = missing")
    done = run("pass", model=model)
    assert done.returncode == 2
    assert "NameError: name 'missing' is not defined" in done.stderr.decode()
    assert "in __init__" in done.stderr.decode()


def test_what_breaks_in_the_simulator_itself_is_our_bug(run) -> None:
    done = run("self.kernel.objects = None; self.thread(lambda: None, 'child')")
    assert done.returncode == 70
    assert "this is a bug of cosim" in done.stderr.decode()


def test_a_warning_about_a_model_is_one_line(run) -> None:
    done = run("self.thread(lambda: None, 'live')", "--timeout", "6us")
    told = done.stderr.decode()
    assert "cosim: warning: the name dev.live is taken: the second is called dev.live_0\n" in told


def test_stop_and_pause_of_a_model_end_the_run(run) -> None:
    for call in ("stop", "pause"):
        done = run(f"self.kernel.{call}()")
        assert done.returncode == 0
        assert f"a model {call}" in done.stderr.decode().splitlines()[-1]
        assert run(f"self.kernel.{call}()", "--expect", "never").returncode == 1


class TestShuffle:
    RACE = "self.values = []; [self.thread(lambda n=n: self.note(n), f't{n}') for n in range(6)]"
    MODEL = MODEL + (
        "\n    def note(self, n):\n        self.values.append(n)\n"
        "        if len(self.values) == 6:\n            raise LookupError(str(self.values))\n"
    )

    def order(self, run, *options: object) -> str:
        told = run(self.RACE, *options, model=self.MODEL).stderr.decode()
        return next(line for line in told.splitlines() if line.startswith("LookupError"))

    def test_the_same_seed_is_the_same_run(self, run) -> None:
        plain = self.order(run)
        assert plain == "LookupError: [0, 1, 2, 3, 4, 5]"
        one = self.order(run, "--shuffle", "1")
        assert one == self.order(run, "--shuffle", "1") != plain

    def test_a_seed_is_a_number(self, run) -> None:
        done = run("pass", "--shuffle", "x")
        assert done.returncode == 2
        assert "'x' is not a valid integer" in done.stderr.decode()

"""Forms are compiled here and by a helper at the same time; who does it makes no difference."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cosim.cpus.engines import choice
from cosim.cpus.engines.stencils import compiler
from cosim.cpus.engines.stencils.convention import ARGUMENTS
from cosim.cpus.engines.stencils.draft import Draft
from cosim.cpus.engines.stencils.helper import LONGEST, QUESTIONS, Helper
from cosim.cpus.engines.stencils.workshop import AT_ONCE, Workshop

pytestmark = [
    pytest.mark.skipif(bool(choice.why_no_translator()), reason="there is no native code here"),
    pytest.mark.filterwarnings("error"),
]

two_processors = pytest.mark.skipif(
    len(os.sched_getaffinity(0)) < 2, reason="there is one processor only, and so no helper"
)


def draft(number: int) -> Draft:
    """Adds a number to a register."""
    way = f"@CONT({ARGUMENTS.replace('%p0', '%v1')})"
    body = f"%v1 = add i32 %p0, {number}\n musttail call preserve_nonecc void {way}\n ret void"
    return Draft(body, "", ())


def told(*_: int) -> None:
    pass


DRAFTS = [draft(number) for number in range(100, 100 + 5 * AT_ONCE)]


class Pretended(Helper):
    """One that answers when it is told to, or dies.

    Attributes:
        ready: how many answers it has; each can be taken once.
        dead: whether it has gone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ready, self.dead = 0, False
        self.questions: list[list[Draft]] = []

    @property
    def there(self) -> bool:
        return not self.dead

    @property
    def free(self) -> bool:
        return not self.dead and self.asked < QUESTIONS

    def start(self) -> None:
        pass

    def ask(self, drafts) -> None:
        self.asked += 1
        self.questions.append(list(drafts))

    def answer(self, wait):
        if self.dead or not (wait or self.ready):
            return None
        self.ready -= not wait
        self.asked -= 1
        return [f"by the helper: {one.body}" for one in self.questions.pop(0)]


@pytest.fixture
def workshop() -> Workshop:
    made = Workshop()
    made.helper = Pretended()
    return made


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[Draft]:
    """What is compiled by this process."""
    compiled: list[Draft] = []

    def compile_forms(drafts):
        compiled.extend(drafts)
        return [f"here: {one.body}" for one in drafts]

    monkeypatch.setattr(compiler, "compile_forms", compile_forms)
    return compiled


class TestDivision:
    def test_each_form_is_compiled_once(self, workshop, here) -> None:
        made = workshop.make(DRAFTS, told)
        there = [one for one in DRAFTS if made[one].startswith("by the helper")]
        assert len(there) + len(here) == len(DRAFTS)
        assert len(there) >= AT_ONCE
        assert set(there).isdisjoint(here)

    def test_once_only(self, workshop, here) -> None:
        first = dict(workshop.make(DRAFTS, told))
        count = len(here)
        assert workshop.make(DRAFTS, told) == first
        assert len(here) == count

    def test_one_form_is_made_here(self, workshop, here) -> None:
        workshop.make(DRAFTS[:1], told)
        assert here == DRAFTS[:1]

    def test_what_is_needed_soon_is_the_helpers(self, workshop, here) -> None:
        workshop.make_soon(DRAFTS)
        assert workshop.helper.questions == [DRAFTS[:AT_ONCE], DRAFTS[AT_ONCE : 2 * AT_ONCE]]
        assert here == []

    def test_and_the_next_when_it_has_answered(self, workshop) -> None:
        workshop.make_soon(DRAFTS)
        workshop.helper.ready = 1
        workshop.make_soon(())
        assert workshop.helper.questions[-1] == DRAFTS[2 * AT_ONCE : 3 * AT_ONCE]

    def test_what_it_has_is_waited_for(self, workshop, here) -> None:
        workshop.make_soon(DRAFTS[:3])
        made = workshop.make(DRAFTS[:3], told)
        assert here == []
        assert all(made[one].startswith("by the helper") for one in DRAFTS[:3])

    def test_what_it_has_not_begun_is_made_here_when_it_is_needed(self, workshop, here) -> None:
        workshop.make_soon(DRAFTS)
        workshop.make(DRAFTS[-1:], told)
        assert here == DRAFTS[-1:]
        assert DRAFTS[-1] not in workshop._soon

    def test_a_very_long_form_is_made_here(self, workshop, here) -> None:
        long = Draft(" " * LONGEST, "", ())
        workshop.make_soon([long])
        assert workshop.helper.questions == []
        workshop.make([*DRAFTS[:3], long], told)
        assert long in here

    def test_whoever_waits_hears_how_far_it_is(self, workshop) -> None:
        heard: list[tuple[int, int]] = []
        workshop.make(DRAFTS, lambda *one: heard.append(one))
        assert heard[0] == (0, len(DRAFTS))
        assert heard[-1] == (len(DRAFTS), len(DRAFTS))
        assert heard == sorted(heard)

    def test_without_it_all_is_made_here(self, workshop, here) -> None:
        workshop.helper.dead = True
        workshop.make_soon(DRAFTS)
        workshop.make(DRAFTS, told)
        assert here == DRAFTS

    def test_what_it_has_when_it_dies_is_made_here(self, workshop, here) -> None:
        workshop.make_soon(DRAFTS)
        workshop.helper.dead = True
        made = workshop.make(DRAFTS, told)
        assert sorted(here) == sorted(DRAFTS)
        assert all(made[one].startswith("here") for one in DRAFTS)


@pytest.fixture
def helper() -> Iterator[Helper]:
    made = Helper()
    made.start()
    yield made
    made.stop()


def until(condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@two_processors
class TestProcess:
    def test_it_compiles_as_this_process_does(self, helper) -> None:
        until(lambda: helper.answer(False) is None and helper.free)
        helper.ask(DRAFTS[:3])
        helper.ask(DRAFTS[3:5])
        assert not helper.free
        assert helper.answer(True) == compiler.compile_forms(DRAFTS[:3])
        assert helper.answer(True) == compiler.compile_forms(DRAFTS[3:5])
        assert helper.free

    def test_one_that_is_killed_is_not_asked_any_more(self, helper) -> None:
        until(lambda: helper.answer(False) is None and helper.free)
        helper.ask(DRAFTS)
        helper._process.kill()
        until(lambda: helper.answer(True) is None and not helper.free)
        helper.ask(DRAFTS)
        assert helper.answer(True) is None

    def test_a_workshop_needs_no_more_than_that(self, helper) -> None:
        made = Workshop()
        made.helper = helper
        helper._process.kill()
        made.make_soon(DRAFTS)
        assert all(made.make(DRAFTS, told)[one] for one in DRAFTS)

    def test_it_is_not_started_twice(self, helper) -> None:
        process = helper._process
        helper.start()
        assert helper._process is process

    def test_it_ends_with_the_process_that_has_started_it(self) -> None:
        code = (
            "from cosim.cpus.engines.stencils.helper import Helper\n"
            "helper = Helper(); helper.start(); print(helper._process.pid, flush=True)\n"
            "import time; time.sleep(100)\n"
        )
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
            child = int(process.stdout.readline())
            process.send_signal(signal.SIGKILL)
        until(lambda: not runs(child))

    def test_a_program_that_ends_at_once_leaves_none(self) -> None:
        code = (
            "from cosim.cpus.engines.stencils.helper import Helper\n"
            "helper = Helper(); helper.start(); print(helper._process.pid, flush=True)\n"
        )
        ended = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True)
        assert ended.stderr == b""
        assert not runs(int(ended.stdout))


def runs(process: int) -> bool:
    """Whether it does anything yet; one that nobody has waited for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except FileNotFoundError:
        return False

"""Our kernel does what the SystemC reference implementation does, scenario by scenario.

Each scenario is a C++ program (`scenarios/NAME.cpp`) and a twin on our kernel (`twins_*.py`). The
order of processes within one evaluate phase is not promised (IEEE 1666-2011, 4.2.1.2), so notes of
one time and delta count are compared in any order, unless the model itself fixes it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.systemc import (
    judge,
    twins_channels,
    twins_clocks,
    twins_control,
    twins_events,
    twins_runs,
    twins_states,
    twins_waiting,
)
from tests.systemc.differences import DIFFERENCES
from tests.systemc.model import ORDERED, TWINS, Line, play

RECORDED = judge.load(judge.RECORDED.read_text())
TOPICS = (
    twins_channels,
    twins_clocks,
    twins_control,
    twins_events,
    twins_runs,
    twins_states,
    twins_waiting,
)


def comparable(name: str, lines: list[Line]) -> list[Line]:
    return lines if name in ORDERED else sorted(lines)


def scenarios() -> list[object]:
    return [
        pytest.param(name, marks=pytest.mark.xfail(reason=DIFFERENCES[name], strict=True))
        if name in DIFFERENCES
        else name
        for name in sorted(TWINS)
    ]


@pytest.mark.parametrize("name", scenarios())
def test_twin_agrees_with_the_judge(name: str) -> None:
    assert comparable(name, play(name)) == comparable(name, RECORDED[name])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_scenario_depends_on_the_order_of_processes(seed: int) -> None:
    for name in TWINS:
        assert comparable(name, play(name, seed)) == comparable(name, play(name)), name


def test_every_scenario_has_a_twin_and_a_recording() -> None:
    assert set(TWINS) == set(judge.names()) == set(RECORDED)
    assert {topic.__name__ for topic in TOPICS} == {twin.__module__ for twin in TWINS.values()}
    assert set(DIFFERENCES) <= set(TWINS)
    assert all(RECORDED.values())


@pytest.mark.parametrize("name", sorted(set(TWINS) - set(DIFFERENCES)))
def test_a_doctored_recording_is_noticed(name: str) -> None:
    played, recorded = comparable(name, play(name)), RECORDED[name]
    for at, line in enumerate(recorded):
        for changed in (
            [line._replace(time=line.time + 1)],
            [line._replace(delta=line.delta + 1)],
            [line._replace(what=f"{line.what}?")],
            [line, line],
            [],
        ):
            text = judge.dump({name: [*recorded[:at], *changed, *recorded[at + 1 :]]})
            assert comparable(name, judge.load(text)[name]) != played


def test_the_recording_is_what_the_judge_says_today(tmp_path: Path) -> None:
    if judge.missing():
        pytest.skip(f"recorded results only: {judge.missing()}")
    binary = judge.build(tmp_path)
    for name in judge.names():
        assert comparable(name, judge.run(binary, name)) == comparable(name, RECORDED[name]), name

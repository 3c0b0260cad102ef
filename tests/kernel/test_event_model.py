"""The kernel runs random programs as the event rules say (see `event_model`)."""

from __future__ import annotations

from event_model import judge
from event_programs import PROGRAMS, Bench
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=10_000, deadline=None, derandomize=True, database=None)
@given(PROGRAMS, st.none() | st.integers(0, 9), st.lists(st.integers(0, 4), max_size=3))
def test_the_kernel_runs_programs_as_the_rules_say(program, shuffle_seed, slices):
    judge(program, Bench(program, shuffle_seed).run(*slices))

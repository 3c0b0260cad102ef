"""Scenarios in which our kernel differs from the judge, and why.

The judge is the reference implementation, not the standard: what the standard leaves open may stay.
A row that no longer differs fails its test.
"""

from __future__ import annotations

_COUNT = "we count a delta cycle after its evaluate phase, SystemC at its end and not when stopped"
_END = "we notify the end of a process in the next delta cycle, SystemC immediately"
_RESET = "reset starts a thread again that has ended; in SystemC it has no effect"
_EXIT = (
    "we go on to the end of the run when something is due later, SystemC stays at the last event"
)

# fmt: off
DIFFERENCES: dict[str, str] = {
    "event_immediate_in_update": _COUNT,
    "kill_waiting":              _END,
    "reset_terminated":          _RESET,
    "run_exit_beyond":           _EXIT,
    "spawn_join":                _END,
    "stop_finish_delta":         _COUNT,
    "stop_immediate":            _COUNT,
    "stop_restart":              _COUNT,
    "terminated_event":          _END,
}
# fmt: on

"""What can be recorded of a run: `open_trace` writes waveforms and bus logs, `Log` code."""

from __future__ import annotations

from cosim.trace.tracing import Trace, open_trace

__all__ = ["Trace", "open_trace"]

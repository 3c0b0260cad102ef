"""Which instructions native code leaves to the reference interpreter, and why."""

from __future__ import annotations

INTERPRETED = {"A32": {}, "T32": {}, "MicroBlaze": {}}

"""Which instructions native code leaves to the reference interpreter, and why."""

INTERPRETED = {"A32": {}, "T32": {}, "MicroBlaze": {}}

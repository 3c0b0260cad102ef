"""Scenarios in which our kernel differs from the judge, and why.

The judge is the reference implementation, not the standard: what the standard leaves open may stay.
A row that no longer differs fails its test.
"""

from __future__ import annotations

DIFFERENCES: dict[str, str] = {}

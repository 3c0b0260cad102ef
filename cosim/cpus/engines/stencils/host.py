"""The host's processor: what machine code is made for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LEVEL = "x86-64-v3"
"""What code is made for wherever it can be, so that it is the same code: the third level of the
x86-64 psABI, which processors have since 2013 (Intel) and 2015 (AMD)."""

# fmt: off
FEATURES = frozenset((
    "cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3",                     # level 2
    "abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave",
))
# fmt: on
"""Of that level, as Linux names them."""


@cache
def processor() -> Mapping[str, str]:
    """What Linux says of a processor; nothing elsewhere."""
    try:
        with Path("/proc/cpuinfo").open("rb") as stream:  # of one: there may be many
            start = os.read(stream.fileno(), 16384).decode("utf-8", "replace")
    except OSError:
        return {}
    lines = start.split("\n\n")[0].replace("\t", "").split("\n")
    return dict(line.split(": ", 1) for line in lines if ": " in line)


@cache
def level() -> str | None:
    """`LEVEL` if this processor is known to have it."""
    return LEVEL if set(processor().get("flags", "").split()) >= FEATURES else None

"""Which host registers hold what while translated code runs, and where stencils lead."""

from __future__ import annotations

PINS = 9
"""Guest registers that live in host registers while translated code runs."""

ORDER = (
    "i64 %b", "i32 %p0", "i32 %p1", "i32 %p2", "ptr %s", "i32 %p3", "i32 %p7", "i32 %p8",
    "i32 %p4", "i32 %p5", "i32 %p6",
)  # fmt: skip
"""What stencils hand on, in the order of `preserve_nonecc`'s registers; the 5th is C's first."""

HOST = ("r13", "r14", "r15", "rsi", "r8", "r9", "r11", "rdx", "rcx")
"""The host register of each pin."""

SPECIAL = frozenset({7, 8})
"""Pins whose host registers some instructions of the host want for themselves."""

ARGUMENTS = ", ".join(ORDER)
PARAMETERS = ARGUMENTS

FAR = "FAR"
"""Of a stencil: its code for accesses that are not to the window."""

SYMBOLS = ("CONT", "ESCAPE", FAR, "MISS", "EXIT0", "EXIT1", "EXIT2", "EXIT3")

"""Which engine a core gets, and why it is not the translator where that cannot run."""

from __future__ import annotations

import os
import platform
from functools import cache
from importlib.util import find_spec
from typing import Literal

EngineName = Literal["auto", "reference", "translator"]

preferred = "translator"
"""What `auto` means where it can run; the test suites run with each."""


@cache
def why_no_translator() -> str:
    """Why the translator cannot run on this machine; "" where it can."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return f"it makes code for x86-64, and this machine is {platform.machine()}"
    if not hasattr(os, "memfd_create"):
        return "this system has no memory that is mapped twice (memfd_create)"
    if find_spec("llvmlite") is None:
        return "llvmlite is not installed"
    return ""


def chosen(name: EngineName) -> Literal["reference", "translator"]:
    """The engine that `name` stands for here."""
    if name != "auto":
        return name
    return "translator" if preferred == "translator" and not why_no_translator() else "reference"

"""Which engine a core gets, and why it is not the translator where that cannot run."""

from __future__ import annotations

import mmap
import os
import platform
from functools import cache
from importlib.util import find_spec
from typing import Literal, cast, get_args

from cosim.cpus.engines.code_memory import CodeMemory

EngineName = Literal["auto", "reference", "translator", "lockstep"]

preferred = "translator"
"""What `auto` means where it can run; test suites run with each."""


@cache
def why_no_translator() -> str:
    """Why the translator cannot run on this machine; "" where it can."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return f"it makes code for x86-64, and this machine is {platform.machine()}"
    if not hasattr(os, "memfd_create"):
        return "this system has no memory that is mapped twice (memfd_create)"
    if find_spec("llvmlite") is None:
        return "llvmlite is not installed"
    try:
        CodeMemory(mmap.PAGESIZE)
    except OSError as error:
        return f"this system gives no memory for code: {error.strerror}"
    return ""


def check_engine(name: str) -> EngineName:
    """`name`, which is an engine that cores can have here.

    Raises:
        ValueError: it is not; the text says why.
    """
    if name not in get_args(EngineName):
        raise ValueError(f"no engine '{name}' (there are: {', '.join(get_args(EngineName))})")
    if name in ("translator", "lockstep") and why_no_translator():
        raise ValueError(f"the engine '{name}' cannot run here: {why_no_translator()}")
    return cast("EngineName", name)


def chosen(name: EngineName) -> Literal["reference", "translator", "lockstep"]:
    """The engine that `name` stands for here."""
    if name != "auto":
        return name
    return "translator" if preferred == "translator" and not why_no_translator() else "reference"

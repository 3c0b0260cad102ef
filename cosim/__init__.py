"""Runs processors of different instruction sets in one process and one simulated time.

    import cosim
    platform = cosim.load("platforms/arm_mb.yaml")
    result = platform.run(timeout="10ms", expect="done")

The names below are imported when they are first used: `import cosim` itself loads nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cosim.platform.board import Platform
    from cosim.platform.builder import load
    from cosim.platform.diagnostics import PlatformError
    from cosim.platform.runner import Reason, RunResult

__all__ = ["Platform", "PlatformError", "Reason", "RunResult", "load"]

__version__ = "0.1.0"

_HOMES = {
    "Platform": "cosim.platform.board",
    "PlatformError": "cosim.platform.diagnostics",
    "Reason": "cosim.platform.runner",
    "RunResult": "cosim.platform.runner",
    "load": "cosim.platform.builder",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'cosim' has no attribute '{name}'")

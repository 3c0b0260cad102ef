"""Compiling without a helper, as in a process that has compiled nothing yet."""

from __future__ import annotations

from functools import cache

import pytest

from cosim.cpus.engines.stencils import workshop
from cosim.cpus.engines.stencils.workshop import Workshop


def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process know no more of compiled forms than a new one, and have no helper."""

    @cache
    def shared() -> Workshop:
        made = Workshop()
        monkeypatch.setattr(made.helper, "start", lambda: None)
        return made

    monkeypatch.setattr(workshop, "shared", shared)

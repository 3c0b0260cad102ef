"""Changes of engine during a run: `--engine-switch arm0=reference@5ms`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cosim.cpus.engines.choice import EngineName, check_engine
from cosim.kernel.units import SimTime, parse_time

if TYPE_CHECKING:
    from cosim.platform.board import Platform


class EngineSwitch(NamedTuple):
    """The core named `core` changes to `engine` at `time` ps."""

    core: str
    engine: EngineName
    time: SimTime

    def plan(self, platform: Platform) -> None:
        """Let it happen in the run that begins now.

        Raises:
            ValueError: there is no such core.
        """
        try:
            core = platform.core(self.core)
        except KeyError as error:
            raise ValueError(error.args[0]) from None
        core.use_engine(self.engine, at=platform.time + self.time)


def parse_engine_switch(text: str) -> EngineSwitch:
    """The parts of CORE=ENGINE@TIME.

    Raises:
        ValueError: it is not that, there is no such engine, or TIME is no time.
    """
    core, equals, rest = text.partition("=")
    engine, at, time = rest.partition("@")
    if not (core.strip() and equals and at):
        raise ValueError(f"'{text}' is not CORE=ENGINE@TIME, as in arm0=reference@5ms")
    return EngineSwitch(core.strip(), check_engine(engine.strip()), parse_time(time.strip()))

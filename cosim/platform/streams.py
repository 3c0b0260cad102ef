"""Stream links of a platform: FIFOs from one core's link to another's, or to the outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cosim.cpus.core import Core
from cosim.kernel.fifo import Fifo
from cosim.kernel.kernel import Kernel
from cosim.platform.diagnostics import suggest

_END = r"^\w+\.\d+$"


class StreamKeys(BaseModel):
    """A FIFO between stream links (AXI4-Stream, FSL); an end that is left out is for Python."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    source: str | None = Field(
        None, alias="from", pattern=_END, description="the core and link that put, as CORE.NUMBER"
    )
    to: str | None = Field(
        None, pattern=_END, description="the core and link that get, as CORE.NUMBER"
    )
    depth: int = Field(16, ge=1, description="words that it holds")

    @model_validator(mode="after")
    def _leads_somewhere(self) -> StreamKeys:
        if self.source is None and self.to is None:
            raise ValueError("a stream needs 'from' or 'to'")
        return self


def problem_with(
    end: str,
    output: bool,
    taken: set[tuple[str, bool]],
    classes: Mapping[str, type[Any] | None],
    settings: Mapping[str, Any],
) -> str:
    """Why a stream cannot end at the link `end`, or ""; if it can, it is `taken` from then on.

    Args:
        output: whether the core puts there.
        classes: of the cores, None where it is not known.
        settings: the configurations of the cores, as far as they are right.
    """
    core, _, link = end.partition(".")
    if core not in classes:
        return f"no core '{core}'{suggest(core, classes)}"
    cls = classes[core]
    if cls is None:
        return ""
    if not hasattr(cls, "STREAM_LINKS"):
        return f"core '{core}' has no stream links"
    config = settings.get(core)
    count = getattr(config, cls.STREAM_LINKS) if config is not None else 16
    if int(link) >= count:
        return f"core '{core}' has {count} stream links (its key '{cls.STREAM_LINKS}')"
    if (end, output) in taken:
        return f"there is already a stream {'from' if output else 'to'} {end}"
    taken.add((end, output))
    return ""


def connect(name: str, keys: StreamKeys, kernel: Kernel, cores: Mapping[str, Core]) -> Fifo[Any]:
    """The FIFO of the stream `name`, as its cores have it from then on."""
    fifo: Fifo[Any] = Fifo(kernel, keys.depth, name)
    for end, links in ((keys.source, "stream_outputs"), (keys.to, "stream_inputs")):
        if end is not None:
            core, _, link = end.partition(".")
            getattr(cores[core], links)[int(link)] = fifo
    return fifo

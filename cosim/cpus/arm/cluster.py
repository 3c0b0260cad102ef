"""The ARM cores of one simulation: who hears SEV and broadcast TLB maintenance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import ReferenceType, WeakKeyDictionary, ref

from cosim.kernel.kernel import Kernel

if TYPE_CHECKING:
    from cosim.cpus.arm.core import ArmCore


class Cluster:
    """One inner shareable domain: all ARM cores of a kernel, in the order of their making."""

    _of: WeakKeyDictionary[Kernel, Cluster] = WeakKeyDictionary()

    def __init__(self) -> None:
        self._cores: list[ReferenceType[ArmCore]] = []  # weak, as a core keeps its kernel

    @classmethod
    def join(cls, core: ArmCore) -> Cluster:
        """The cluster of the core's kernel, with the core in it."""
        cluster = cls._of.setdefault(core.kernel, cls())
        cluster._cores.append(ref(core))
        return cluster

    def __iter__(self) -> Iterator[ArmCore]:
        return (core for one in self._cores if (core := one()) is not None)

    def __len__(self) -> int:
        return len(self._cores)


def send_event(core: ArmCore) -> None:
    """SEV: sets the event register of every core, which wakes those that wait in WFE (B1.8.13)."""
    if len(core.cluster) > 1:
        core.synchronize()
    for one in core.cluster:
        one.state["event"] = 1
        if one.waits_for_event:
            one.waits_for_event = False
            one.wake()


def wait_for_event(core: ArmCore) -> None:
    """WFE: clears the event register if it is set, or sleeps until an event or an interrupt."""
    state = core.state
    masks = {"irq": "i_mask", "fiq": "f_mask"}
    pending = any(core.lines[line].read() and not state[mask] for line, mask in masks.items())
    if state["event"]:
        state["event"] = 0
    elif not pending:
        core.synchronize()  # an event that another core has sent by now counts
        core.waits_for_event = True
        core.doze()

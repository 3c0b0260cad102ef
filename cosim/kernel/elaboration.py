"""Elaboration: the objects of a simulation, their names, and what is checked before it starts."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cosim.kernel.hierarchy import Module, Scope
from cosim.kernel.report import KernelWarning
from cosim.kernel.stages import Phase, Stage

if TYPE_CHECKING:
    from cosim.kernel.ports import Export, Port
    from cosim.kernel.processes import Process


class Elaboration:
    """The part of a kernel that knows what there is; `Kernel` runs it.

    Attributes:
        objects: modules, processes, channels and ports by their paths ("board.cpu.irq").
        phase: what the kernel does at this moment.
    """

    def __init__(self) -> None:
        self.objects: dict[str, object] = {}
        self.phase = Phase.ELABORATION
        self.elaborated = False
        self.ports: list[Port[Any]] = []
        self.exports: list[Export[Any]] = []
        self.initial: list[Process] = []  # to be run first
        self.sensitivities: list[Callable[[], None]] = []  # to be found when ports are bound
        self.stage_callbacks: dict[Stage, list[Callable[[], None]]] = {}

    def path(self, name: str) -> str:
        """The full name of a top object."""
        return name

    def register(self, path: str, item: object) -> str:
        """Enter `item`; returns the path it got, which is another if that one is taken."""
        if path in self.objects:
            taken, path = path, self.unique(path)
            warnings.warn(
                f"the name {taken} is taken: the second is called {path}",
                KernelWarning,
                stacklevel=4,
            )
        self.objects[path] = item
        return path

    def name_channel(self, owner: Scope, name: str | None, kind: str, item: object) -> str:
        """Enter a channel, under a path made from `kind` if it has no name."""
        path = self.unique(owner.path(kind)) if name is None else owner.path(name)
        return self.register(path, item)

    def unique(self, path: str) -> str:
        """A free path that begins like this (`sc_gen_unique_name`)."""
        number = 0
        while f"{path}_{number}" in self.objects:
            number += 1
        return f"{path}_{number}"

    def modules(self) -> list[Module]:
        return [one for one in self.objects.values() if isinstance(one, Module)]

    def on_stage(self, stage: Stage, callback: Callable[[], None]) -> None:
        """Call `callback` at each `stage` from now on."""
        self.stage_callbacks.setdefault(stage, []).append(callback)

    def call_back(self, stage: Stage) -> None:
        """Call what `on_stage` was given for `stage`. For the kernel."""
        callbacks = self.stage_callbacks.get(stage)
        if not callbacks:
            return
        phase, self.phase = self.phase, Phase.CALLBACK
        for callback in callbacks:
            callback()
        self.phase = phase

    def elaborate(self) -> None:
        """Complete the hierarchy, bind and check the ports (IEEE 1666-2011, 4.2).

        Raises:
            KernelError: a port or an export is not bound as it demands.
        """
        called: set[int] = set()
        while waiting := [one for one in self.modules() if id(one) not in called]:
            for module in waiting:  # which may make more modules
                called.add(id(module))
                module.before_end_of_elaboration()
        self.call_back(Stage.POST_BEFORE_END_OF_ELABORATION)
        for export in self.exports:
            export.complete()
        for port in self.ports:
            port.complete()
        for find in self.sensitivities:
            find()
        self.sensitivities.clear()
        for module in self.modules():
            module.end_of_elaboration()
        self.call_back(Stage.POST_END_OF_ELABORATION)
        for module in self.modules():
            module.start_of_simulation()
        self.call_back(Stage.POST_START_OF_SIMULATION)
        self.elaborated = True

"""The hierarchy: modules that own processes, channels, ports and modules, by unique path names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cosim.kernel.kernel import Kernel
    from cosim.kernel.methods import Method
    from cosim.kernel.processes import Sensitive
    from cosim.kernel.threads import Thread
    from cosim.kernel.waits import ThreadBody


class Scope(Protocol):
    """What can own a named object: the kernel itself (the top) or a module."""

    @property
    def kernel(self) -> Kernel: ...

    def path(self, name: str) -> str:
        """The full name of an object called `name` in here."""


class Module:
    """A part of a model with a place in the hierarchy (IEEE 1666-2011, 5.2).

    Args:
        owner: the kernel, for a top module, or the module it is part of.
        name: in the owner; the attribute `name` is the whole path, as "board.cpu".
    """

    def __init__(self, owner: Scope, name: str) -> None:
        self._kernel = owner.kernel
        self.name = self._kernel.register(owner.path(name), self)

    @property
    def kernel(self) -> Kernel:
        return self._kernel

    def path(self, name: str) -> str:
        return f"{self.name}.{name}"

    def thread(
        self,
        body: ThreadBody | Callable[[], object],
        name: str,
        *sensitive: Sensitive,
        initialize: bool = True,
    ) -> Thread:
        """A thread process of this module; see `Kernel.thread`."""
        return self._kernel.thread(body, self.path(name), *sensitive, initialize=initialize)

    def method(
        self,
        function: Callable[[], object],
        *sensitive: Sensitive,
        name: str,
        initialize: bool = True,
    ) -> Method:
        """A method process of this module; see `Kernel.method`."""
        return self._kernel.method(
            function, *sensitive, name=self.path(name), initialize=initialize
        )

    # Called by the kernel, once, in this order (IEEE 1666-2011, 4.4)

    def before_end_of_elaboration(self) -> None:
        """The hierarchy may still grow and ports may still be bound."""

    def end_of_elaboration(self) -> None:
        """Every port is bound."""

    def start_of_simulation(self) -> None:
        """The first evaluate phase comes next."""

    def end_of_simulation(self) -> None:
        """`Kernel.stop` has ended the simulation."""

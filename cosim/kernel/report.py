"""Reports: what models say about a run (an interrupt taken, a register nobody models).

A category costs one dictionary look-up while nobody listens. The categories are the words of the
`-d` option.
"""

from __future__ import annotations

from collections.abc import Callable

Listener = Callable[[str, str, str], None]
"""Called with (category, the module's name, the message)."""

CATEGORIES = {
    "int": "exceptions and interrupts taken",
    "mmu": "address translation",
    "unimp": "what the guest used and this simulator does not model",
    "guest_errors": "what the guest did that the hardware does not define",
}


class KernelError(RuntimeError):
    """A model breaks a rule of the kernel; the message names the object, by its path."""


class KernelWarning(UserWarning):
    """A model does what is legal and surely not meant."""


class Reports:
    """Listeners by category."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {}

    def listen(self, category: str, listener: Listener) -> None:
        """Call `listener` for each report of `category`."""
        self._listeners.setdefault(category, []).append(listener)

    def wanted(self, category: str) -> bool:
        """Whether anybody listens, so that a model can skip building the message."""
        return category in self._listeners

    def emit(self, category: str, source: str, message: str) -> None:
        for listener in self._listeners.get(category, ()):
            listener(category, source, message)

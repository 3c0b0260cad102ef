"""When a core does nothing any more but raise exceptions, over and over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cosim.cpus.core import Core


class FaultLoop:
    """Finds the loop by states that come back; asked at each exception before it is entered.

    What it finds is certain: nothing that the core itself does can end the loop. There are two:

    - No instruction completes from one exception to the next. Then only the entries change the
      core, and a state that comes back does so for ever.
    - A handler's instruction raises an exception in a state that was there at an earlier such
      exception, and in between no store has changed memory and nothing that is not in the state
      was used: devices, time, translations. `MemoryPort.effects` counts these.

    An interrupt that handlers do not mask, or what others do to memory, might still end it; a
    program that waits for that has instructions to wait with.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._entries: set[bytes] = set()  # the states of exceptions with nothing in between
        self._completed = 0
        self._mark = b""  # a state to come back
        self._effects: int | None = None  # when it was back; None while nobody counts
        self._count = 0

    def goes_round(self, in_handler: bool, retires: bool) -> bool:
        """Whether the core will raise this exception for ever.

        Args:
            in_handler: whether a handler's instruction raised it, with interrupts masked.
            retires: whether that instruction is a call, which completes.
        """
        state, completed = self._state(), self._core.retired
        if completed != self._completed:
            self._entries.clear()
        again = state in self._entries
        self._entries.add(state)
        self._completed = completed + retires
        return again or (in_handler and self._comes_back(state))

    def _state(self) -> bytes:
        """The core's state, without what nobody can read."""
        words = memoryview(bytearray(self._core.state.words)).cast("I")
        for slot in self._core.isa.ZEROS:  # engines need not write it
            words[slot] = 0
        return words.tobytes()

    def _comes_back(self, state: bytes) -> bool:
        """Brent's way to find a cycle: the mark moves on after 1, 2, 4, 8, ... exceptions."""
        port = self._core.port
        self._count += 1
        if state == self._mark:
            if self._effects == port.effects:
                return True
            port.watch(True)
            self._effects = port.effects
        elif self._count & self._count - 1 == 0:
            self._mark, self._effects = state, None
            port.watch(False)
        return False

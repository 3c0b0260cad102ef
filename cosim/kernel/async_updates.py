"""Updates that other OS threads ask for (IEEE 1666-2023, `async_request_update`)."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

POLL_SECONDS = 0.05
"""How often a wait for another thread looks whether it shall end, as by Ctrl-C."""


class Updatable(Protocol):
    """A primitive channel with a pending update."""

    def update(self) -> None: ...


class AsyncUpdates:
    """A mailbox between OS threads and the kernel; `request` alone may be called by any thread.

    Attributes:
        requests: what is not taken yet.
        suspending: the channels for which the kernel waits instead of starving.
    """

    def __init__(self) -> None:
        self.requests: deque[Updatable] = deque()  # append and popleft are atomic
        self._arrived = threading.Event()
        self.suspending: list[Updatable] = []

    def request(self, channel: Updatable) -> None:
        """Ask for `channel.update()` in the next update phase."""
        self.requests.append(channel)
        self._arrived.set()

    def take(self) -> list[Updatable]:
        """What has been asked for since the last call, each channel once."""
        self._arrived.clear()
        taken: dict[Updatable, None] = {}
        while self.requests:
            taken[self.requests.popleft()] = None
        return list(taken)

    def wait(self, ended: Callable[[], bool]) -> None:
        """Block until there is a request, or `ended()`."""
        while not self.requests and not ended():
            self._arrived.wait(POLL_SECONDS)

"""Consoles: what a device prints is kept, and passed on to stdio or a file."""

from __future__ import annotations

import os
import select
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Protocol


class Backend(Protocol):
    """Where a console's characters go to and come from."""

    def write(self, data: bytes) -> None: ...
    def read(self, limit: int) -> bytes: ...


class Console:
    """The characters of one device.

    Attributes:
        data: everything written so far.
        watchers: called after each write.
        on_input: called when `feed` brings input.
    """

    def __init__(self, name: str, backend: Backend | None = None) -> None:
        self.name = name
        self.data = bytearray()
        self.watchers: list[Callable[[], None]] = []
        self.on_input: Callable[[], None] | None = None
        self._backend = backend
        self._input = bytearray()

    @property
    def text(self) -> str:
        """Everything written so far."""
        return self.data.decode("utf-8", "replace")

    def write(self, data: bytes) -> None:
        """Print `data`, byte for byte."""
        self.data += data
        if self._backend is not None:
            self._backend.write(data)
        for watcher in self.watchers:
            watcher()

    def read(self, limit: int) -> bytes:
        """Up to `limit` bytes of input that is there now."""
        if not self._input and self._backend is not None:
            self._input += self._backend.read(limit)
        data = bytes(self._input[:limit])
        del self._input[:limit]
        return data

    def feed(self, data: bytes | str) -> None:
        """Type `data` into the console."""
        self._input += data.encode() if isinstance(data, str) else data
        if self.on_input is not None:
            self.on_input()


class StdioBackend:
    """The process's standard input and output, as bytes and unbuffered."""

    def write(self, data: bytes) -> None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    def read(self, limit: int) -> bytes:
        try:
            descriptor = sys.stdin.fileno()
        except (AttributeError, ValueError, OSError):
            return b""  # no standard input (closed, or replaced by a test)
        ready, _, _ = select.select([descriptor], [], [], 0)
        return os.read(descriptor, limit) if ready else b""


class FileBackend:
    """A file for the output; there is no input."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        weakref.finalize(self, os.close, self._descriptor)

    def write(self, data: bytes) -> None:
        os.write(self._descriptor, data)

    def read(self, limit: int) -> bytes:
        return b""

"""What was compiled, kept on disk from one run to the next: records by key, in one file per core.

Nothing is executed that is not the user's own: the directory and the files in it have to belong to
the user, and nobody else may write them. A file is used if its checksum is right and it says that
it was made for the same things; whatever else is there is ignored, with one line.
"""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import stat
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from struct import Struct
from typing import Any, NamedTuple

from cosim.kernel.report import KernelWarning

VARIABLE = "COSIM_CACHE"
"""Of the environment: the directory, or `OFF`."""

OFF = "off"
SUFFIX = ".stencils"
TEMPORARY = ".part"

MAGIC = b"cosim stencils 1\n"
"""What a file begins with; the number is that of the format."""

CHECKSUM = 32
COUNTS = Struct("<II")
"""Bytes of the description that follows, and how many records there are."""

ENTRY = Struct("<16sII")
"""Of the index: a record's key, its place behind the index, its length in bytes."""

GREATEST = 32 << 20
"""Bytes of a file's records; of a larger one half is kept, what was used last."""

UNUSED_DAYS = 30
"""After which a file is removed."""

ALL = 256 << 20
"""Bytes of all files: beyond it those go that have not been used for longest."""

DAY = 86400
PATIENCE = 2.0
"""Seconds to wait for another process that is writing."""

BATCH = 64
"""New records that are written without waiting for the end of the run."""


class CacheWarning(KernelWarning):
    """What was compiled cannot be kept, or what was kept cannot be used."""


class Refused(Exception):
    """The directory, or a file in it, is not to be used; the message says why."""


def directory() -> Path | None:
    """Where compiled code is kept; None if it is not.

    That is `COSIM_CACHE`, or `cosim` in the user's directory of caches (`XDG_CACHE_HOME`, or
    `~/.cache`).
    """
    chosen = os.environ.get(VARIABLE, "")
    if chosen == OFF:
        return None
    if chosen:
        return Path(chosen).absolute()
    caches = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        return (caches if caches.is_absolute() else Path.home() / ".cache") / "cosim"
    except RuntimeError:  # a user without a home
        return None


class Store:
    """Records by key: JSON values. Those of the file, and those that are new.

    Args:
        place: the directory; None: nothing is kept.
        description: what the records depend on; a file that was made for anything else is not used.
        greatest: how many bytes of records a file may have; None: `GREATEST`.
    """

    def __init__(
        self, place: Path | None, description: Mapping[str, Any], greatest: int | None = None
    ) -> None:
        self.place = place
        self.greatest = greatest
        self.description = json.dumps(description, sort_keys=True).encode()
        self.name = blake2b(self.description, digest_size=12).hexdigest() + SUFFIX
        self._kept: dict[bytes, bytes] = {}
        self._new: dict[bytes, bytes] = {}
        self._used: set[bytes] = set()
        self.at_the_end: list[Callable[[], None]] = []  # of the process: who has more to keep
        self._seen: tuple[int, ...] = ()  # which file it was that `_kept` is from
        if place is not None:
            try:
                with _opened(place, create=False) as folder:
                    self._read(folder)
            except FileNotFoundError:
                pass
            except (OSError, Refused) as error:
                self._give_up(f"compiled code is not kept: {_reason(error)}")

    def get(self, key: str) -> Any:
        """The record of that key; None if there is none."""
        place = _digest(key)
        text = self._new.get(place) or self._kept.get(place)
        if text is None:
            return None
        self._used.add(place)
        return json.loads(text)

    def put(self, key: str, record: Any) -> None:
        self._new[_digest(key)] = json.dumps(record, separators=(",", ":")).encode()

    @property
    def pending(self) -> int:
        """How many records are not in the file."""
        return len(self._new)

    def save(self) -> None:
        """Write what is new. What another process has written meanwhile stays."""
        if self.place is None or not self._new:
            return
        try:
            with _opened(self.place, create=True) as folder:
                _lock(folder)
                self._read(folder)
                self._kept = self._bounded({**self._kept, **self._new})
                self._write(folder)
                _sweep(folder)
                self._new = {}
        except (OSError, Refused) as error:
            self._give_up(f"compiled code is not kept: {_reason(error)}")

    def _bounded(self, records: dict[bytes, bytes]) -> dict[bytes, bytes]:
        """What to write of `records`: what was used last comes last, and is what is kept."""
        self._used.update(self._new)
        records = {key: records[key] for key in sorted(records, key=self._used.__contains__)}
        left = sum(map(len, records.values()))
        greatest = GREATEST if self.greatest is None else self.greatest
        if left > greatest:
            for key in list(records):
                if left <= greatest // 2:
                    break
                left -= len(records.pop(key))
        return records

    def _give_up(self, why: str) -> None:
        _warn(f"{self.place}: {why}")
        self.place = None

    def _read(self, folder: int) -> None:
        """Take what the file has, if there is one and it has changed since."""
        try:
            file = os.open(self.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        except FileNotFoundError:
            return
        except OSError as error:
            _warn(f"{self.place}/{self.name} is ignored: {error.strerror}")
            return
        with os.fdopen(file, "rb") as stream:
            status = os.fstat(file)
            seen = (status.st_ino, status.st_mtime_ns, status.st_size)
            if seen == self._seen:
                return
            self._seen = seen
            try:
                if not stat.S_ISREG(status.st_mode):
                    raise Refused("it is not a file")
                _check_owner(status)
                self._kept = records_of(stream.read(), self.description)
            except Refused as refused:
                _warn(f"{self.place}/{self.name} is ignored: {refused}")
                return
            if time.time() - status.st_mtime > DAY:
                with suppress(OSError):
                    os.utime(file)  # it is in use

    def _write(self, folder: int) -> None:
        temporary = f"{self.name}.{os.getpid()}{TEMPORARY}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        file = os.open(temporary, flags, 0o600, dir_fd=folder)
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(file_of(self._kept, self.description))
            os.replace(temporary, self.name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=folder)
            raise
        status = os.stat(self.name, dir_fd=folder)
        self._seen = (status.st_ino, status.st_mtime_ns, status.st_size)


def file_of(records: Mapping[bytes, bytes], description: bytes) -> bytes:
    """The content of a file."""
    index, place = bytearray(), 0
    for key, record in records.items():
        index += ENTRY.pack(key, place, len(record))
        place += len(record)
    counts = COUNTS.pack(len(description), len(records))
    body = b"".join([counts, description, index, *records.values()])
    return MAGIC + _checksum(body) + body


def records_of(content: bytes, description: bytes | None = None) -> dict[bytes, bytes]:
    """The records in a file's content.

    Raises:
        Refused: it is none of ours, damaged, or (if `description` is given) for something else.
    """
    made_for, start, count = _begin(content)
    if description is not None and made_for != description:
        raise Refused("it is for another core or another version")
    index = content[start : start + count * ENTRY.size]
    begin = start + len(index)
    return {
        key: content[begin + place : begin + place + length]
        for key, place, length in ENTRY.iter_unpack(index)
    }


def _begin(content: bytes) -> tuple[bytes, int, int]:
    """The description, where the index is, and how many entries it has."""
    if not content.startswith(MAGIC):
        raise Refused("it is not of this version's format")
    body = len(MAGIC) + CHECKSUM
    if content[len(MAGIC) : body] != _checksum(content[body:]):
        raise Refused("it is damaged")
    length, count = COUNTS.unpack_from(content, body)
    body += COUNTS.size
    return content[body : body + length], body + length, count


def _checksum(body: bytes) -> bytes:
    return blake2b(body, digest_size=CHECKSUM).digest()


def _digest(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=16).digest()


# The directory


@contextmanager
def _opened(place: Path, create: bool) -> Iterator[int]:
    """The directory, of which it is sure that only the user can have written there."""
    if create:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.mkdir(mode=0o700, exist_ok=True)
    folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _check_owner(os.fstat(folder))
        yield folder
    finally:
        os.close(folder)


def _check_owner(status: os.stat_result) -> None:
    if status.st_uid != os.geteuid():
        raise Refused("it belongs to another user")
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Refused("others may write it (chmod go-w)")


def _lock(folder: int) -> None:
    """Wait for other processes that write, but not for ever: files are replaced as a whole."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.01)
        except OSError:  # a file system that has no locks
            return
        else:
            return


def _sweep(folder: int) -> None:
    """Remove what nobody has used for long, and what a process has left that was ended."""
    files = []
    for name in os.listdir(folder):
        with suppress(OSError):
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if name.endswith(SUFFIX):
                files.append((status.st_mtime, status.st_size, name))
            elif name.endswith(TEMPORARY) and time.time() - status.st_mtime > DAY:
                os.unlink(name, dir_fd=folder)
    total = 0
    for used, size, name in sorted(files, reverse=True):
        total += size
        if total > ALL or time.time() - used > UNUSED_DAYS * DAY:
            with suppress(OSError):
                os.unlink(name, dir_fd=folder)


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


_warned: set[str] = set()


def _warn(text: str) -> None:
    """Say it once."""
    if text not in _warned:
        _warned.add(text)
        warnings.warn(text, CacheWarning, stacklevel=2)


# All stores of this process

_stores: dict[tuple[Path | None, str], Store] = {}


def open_store(description: Mapping[str, Any], greatest: int | None = None) -> Store:
    """The store of cores of that description; cores that are alike share it."""
    key = directory(), json.dumps(description, sort_keys=True)
    if key not in _stores:
        _stores[key] = Store(key[0], description, greatest)
    return _stores[key]


def save_all() -> None:
    """Write what has been compiled and is not on disk yet."""
    for store in _stores.values():
        store.save()


@atexit.register
def finish() -> None:
    """Write all that there is to keep."""
    for store in _stores.values():
        for more in store.at_the_end:
            more()
    save_all()


# What the command line says about it


class Entry(NamedTuple):
    """A file of the cache.

    Attributes:
        what: what it holds for which cores, or why it is not used.
        used: when it was last written, or used (to the day), as seconds of `time.time()`.
    """

    name: str
    what: str
    records: int
    size: int
    used: float


def entries(place: Path) -> list[Entry]:
    """The files of the cache.

    Raises:
        OSError: the directory cannot be read.
    """
    found = []
    for path in sorted(place.glob(f"*{SUFFIX}")):
        records = 0
        try:
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode):
                raise Refused("it is not a file")
            _check_owner(status)
            made_for, _, records = _begin(path.read_bytes())
            description = json.loads(made_for)
            what = f"{description['core']}, {description['endian']}-endian"
            what = ": ".join(filter(None, [what, description.get("holds", "")]))
        except FileNotFoundError:  # it has just been removed
            continue
        except Refused as refused:
            what = f"ignored: {refused}"
        found.append(Entry(path.name, what, records, status.st_size, status.st_mtime))
    return found


def clear(place: Path) -> int:
    """Remove the files of the cache; returns how many bytes they had.

    Raises:
        OSError: one cannot be removed.
    """
    freed = 0
    for path in [*place.glob(f"*{SUFFIX}"), *place.glob(f"*{TEMPORARY}")]:
        with suppress(FileNotFoundError):  # another process was faster
            size = path.lstat().st_size
            path.unlink()
            freed += size
    return freed

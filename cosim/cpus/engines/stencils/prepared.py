"""Assembly text of forms that are common, which comes with the package: nobody waits for LLVM.

`make -C firmware prepared` makes the file of it, from libraries that most firmware has parts of. It
counts as long as the sources are those that made it, on processors that it was made for.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path

from cosim.cpus.engines.stencils.draft import Draft
from cosim.cpus.engines.stencils.host import LEVEL, level
from cosim.cpus.engines.stencils.store import Refused, file_of, records_of

FILE = Path(__file__).with_name("prepared.bin")

MAKERS = ("compiler.py", "convention.py", "draft.py", "flags.py")
"""The sources that say what text is made of a draft."""


def find(draft: Draft) -> tuple[str | None] | None:
    """The text of a form, or None in its place if LLVM can make none; None if that is not known."""
    text = _records().get(_key(draft))
    return None if text is None else (text.decode() or None,)


def content(texts: Mapping[Draft, str | None]) -> bytes:
    """The content of the file that has these."""
    records = {_key(draft): (text or "").encode() for draft, text in texts.items()}
    return zlib.compress(file_of(dict(sorted(records.items())), description()), 9)


def description() -> bytes:
    """What the texts depend on, the drafts aside."""
    digest = blake2b(digest_size=16)
    for name in MAKERS:
        digest.update(FILE.with_name(name).read_bytes())
    return json.dumps({"level": LEVEL, "makers": digest.hexdigest()}).encode()


def records(file: Path) -> Mapping[bytes, bytes]:
    """What is in the file; nothing if it does not count."""
    try:
        return records_of(zlib.decompress(file.read_bytes()), description())
    except (OSError, zlib.error, Refused):  # as in an archive, or while sources are being changed
        return {}


@cache
def _records() -> Mapping[bytes, bytes]:
    return records(FILE) if level() else {}


def _key(draft: Draft) -> bytes:
    return blake2b(
        "\0".join([draft.body, draft.far, *draft.kinds]).encode(), digest_size=16
    ).digest()

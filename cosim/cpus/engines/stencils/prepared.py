"""Assembly text of forms that are common, which comes with the package: nobody waits for LLVM.

`make -C firmware prepared` makes the file of it, from libraries that most firmware has parts of. It
counts as long as the sources are those that made it, on processors that it was made for. In it are
one line that says what it is for; the number of texts; their keys, sorted; where each begins, and
where the last one ends; the texts. A run needs a few of ten thousand: so it is no `Store`'s file,
whose records are all read, which takes 20 ms.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from struct import Struct, error

from cosim.cpus.engines.stencils.draft import Draft
from cosim.cpus.engines.stencils.host import LEVEL, level

FILE = Path(__file__).with_name("prepared.bin")

MAKERS = ("compiler.py", "convention.py", "draft.py", "flags.py")
"""The sources that say what text is made of a draft."""

KEY = 16
"""Bytes of a digest of a draft."""

NUMBER = Struct("<I")


class Prepared:
    """The texts in the content of a file; none if it does not count."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._count = 0
        begin = len(description())
        try:
            (count,) = NUMBER.unpack_from(content, begin)
            self._keys = begin + NUMBER.size
            self._places = self._keys + KEY * count
            self._texts = self._places + NUMBER.size * (count + 1)
            whole = self._texts + self._place(count) == len(content)
        except error:
            return
        if whole and content.startswith(description()):
            self._count = count

    def __len__(self) -> int:
        return self._count

    def find(self, draft: Draft) -> tuple[str | None] | None:
        """The text of a form, or None in its place if LLVM can make none; None: not known."""
        key = _key(draft)
        number = bisect_left(range(self._count), key, key=self._key)
        if number == self._count or self._key(number) != key:
            return None
        start, end = self._place(number), self._place(number + 1)
        return (self._content[self._texts + start : self._texts + end].decode() or None,)

    def _key(self, number: int) -> bytes:
        at = self._keys + KEY * number
        return self._content[at : at + KEY]

    def _place(self, number: int) -> int:
        place: int = NUMBER.unpack_from(self._content, self._places + NUMBER.size * number)[0]
        return place


def content(made: Mapping[Draft, str | None]) -> bytes:
    """The content of the file that has these."""
    texts = dict(sorted((_key(draft), (text or "").encode()) for draft, text in made.items()))
    places = accumulate(map(len, texts.values()), initial=0)
    numbers = [NUMBER.pack(number) for number in (len(texts), *places)]
    return b"".join([description(), numbers[0], *texts, *numbers[1:], *texts.values()])


@cache
def description() -> bytes:
    """What the texts depend on, the drafts aside: a line."""
    digest = blake2b(digest_size=KEY)
    for name in MAKERS:
        digest.update(FILE.with_name(name).read_bytes())
    return json.dumps({"level": LEVEL, "makers": digest.hexdigest()}).encode() + b"\n"


@cache
def shared() -> Prepared:
    """That of the package, for this processor."""
    try:
        return Prepared(FILE.read_bytes() if level() else b"")
    except OSError:  # as in an archive
        return Prepared(b"")


def _key(draft: Draft) -> bytes:
    text = "\0".join([draft.body, draft.far, *draft.kinds])
    return blake2b(text.encode(), digest_size=KEY).digest()

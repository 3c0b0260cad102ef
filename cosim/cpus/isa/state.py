"""The architectural state block: one row of words that every engine reads and writes in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


class StateLayout:
    """Names of the slots of a state block, in order; every core has `pc` and `context`.

    `context` is what earlier instructions prepared for decoding the next one (an IMM prefix, a
    delay slot, an IT block); 0 means nothing.
    """

    def __init__(self, names: Sequence[str]) -> None:
        missing = {"pc", "context"} - set(names)
        if missing or len(set(names)) != len(names):
            raise ValueError(f"state needs unique slots with pc and context: {names}")
        self.names = tuple(names)
        self.slots = {name: slot for slot, name in enumerate(names)}

    def __getitem__(self, name: str) -> int:
        return self.slots[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


class State:
    """The words of one core: 32-bit slots in one buffer, by name or, in `words`, by index."""

    def __init__(self, layout: StateLayout) -> None:
        self.layout = layout
        self.words = memoryview(bytearray(4 * len(layout))).cast("I")

    def __getitem__(self, name: str) -> int:
        return self.words[self.layout.slots[name]]

    def __setitem__(self, name: str, value: int) -> None:
        self.words[self.layout.slots[name]] = value & 0xFFFF_FFFF

    def move(self, buffer: memoryview) -> None:
        """From now on keep the words at the begin of `buffer`."""
        words = buffer[: 4 * len(self.layout)].cast("I")
        words[:] = self.words
        self.words = words

    def clear(self) -> None:
        """Set every slot to 0."""
        for slot in range(len(self.words)):
            self.words[slot] = 0

    def snapshot(self) -> dict[str, int]:
        """All slots by name."""
        return dict(zip(self.layout.names, self.words, strict=True))

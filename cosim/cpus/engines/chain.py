"""How blocks lead to each other without Python: linked jumps, and the cache of computed jumps."""

from __future__ import annotations

from struct import pack_into

from cosim.cpus.engines.block import Block, Leave
from cosim.cpus.engines.code_memory import CodeMemory
from cosim.cpus.engines.runtime_block import JUMP_ENTRIES, RuntimeBlock, place

NO_KEY = (1 << 64) - 1
NO_KEYS = NO_KEY.to_bytes(8, "little") * JUMP_ENTRIES


def lead(arena: CodeMemory, at: int, target: int) -> None:
    """Let the jump whose displacement is at `at` lead to `target`."""
    pack_into("<i", arena.bytes, at, target - (at + 4))


def link(arena: CodeMemory, leave: Leave, block: Block) -> None:
    """Let that way out lead to `block`."""
    lead(arena, leave.place, block.code)
    block.incoming.append((leave.place, leave.stub))


def unlink(arena: CodeMemory, block: Block) -> None:
    """Let nothing lead to `block` any more."""
    for at, stub in block.incoming:
        lead(arena, at, stub)
    block.incoming.clear()


class JumpCache:
    """Where computed jumps lead: the code at a key, by some bits of the key.

    Args:
        runtime: where it is.
        number: of the set of pages whose jumps these are.
    """

    def __init__(self, runtime: RuntimeBlock, number: int) -> None:
        self._longs = runtime.longs
        self._view = runtime.view
        self._keys = place("jump key", number)
        self._codes = place("jump code", number)
        self.clear()

    def remember(self, key: int, code: int) -> None:
        """The code at `key` is at the host's address `code`."""
        entry = _entry(key)
        self._longs[self._keys // 8 + entry] = key
        self._longs[self._codes // 8 + entry] = code

    def forget(self, key: int) -> None:
        """There is no code at `key`."""
        entry = self._keys // 8 + _entry(key)
        if self._longs[entry] == key:
            self._longs[entry] = NO_KEY

    def clear(self) -> None:
        self._view[self._keys : self._keys + 8 * JUMP_ENTRIES] = NO_KEYS


def _entry(key: int) -> int:
    return (key & 0xFFFF_FFFF) >> 1 & JUMP_ENTRIES - 1

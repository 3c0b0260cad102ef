"""The `-d` log: executed code of all cores in one stream, and what models report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TextIO

from cosim.cpus.core import Core
from cosim.cpus.engines.block import Block
from cosim.cpus.engines.patch import BUDGET
from cosim.kernel.report import CATEGORIES as REPORT_CATEGORIES
from cosim.kernel.units import SimTime
from cosim.platform.board import Platform
from cosim.trace.code_listing import code_listing

CODE_CATEGORIES = {
    "in_asm": "each instruction when a core first executes it",
    "exec": "each instruction each time",
    "cpu": "the registers before each instruction",
}

NATIVE_CATEGORIES = {
    "out_asm": "native code of each block when it is made (not with the three above)",
}

CATEGORIES = {**CODE_CATEGORIES, **NATIVE_CATEGORIES, **REPORT_CATEGORIES}
"""The words of `-d` and what each prints; the words are QEMU's."""


class Log:
    """Writes the chosen categories to `stream`, one line an entry but for `cpu`."""

    def __init__(self, platform: Platform, categories: Iterable[str], stream: TextIO) -> None:
        self._stream = stream
        self._platform = platform
        self._seen: set[tuple[str, int, int]] = set()
        self._texts: dict[tuple[str, int, int, int], str] = {}
        self._width = max(len(name) for name in platform.cores)
        wanted = set(categories)
        observers = {"in_asm": self._in_asm, "exec": self._exec, "cpu": self._cpu}
        for core in platform.cores.values():
            for category, observer in observers.items():
                if category in wanted:
                    core.observers.append(observer)
            if "out_asm" in wanted:
                core.code_watchers.append(partial(self._out_asm, core))
        for category in REPORT_CATEGORIES:
            if category in wanted:
                platform.kernel.reports.listen(category, self._report)

    def _in_asm(self, core: Core, pc: int, word: int, context: int) -> None:
        key = (core.name, pc, word)
        if key not in self._seen:
            self._seen.add(key)
            self._print(f"{core.name:{self._width}}  {self._line(core, pc, word, context)}")

    def _exec(self, core: Core, pc: int, word: int, context: int) -> None:
        line = self._line(core, pc, word, context)
        self._print(f"{_stamp(core.local_time)} {core.name:{self._width}}  {line}")

    def _cpu(self, core: Core, pc: int, word: int, context: int) -> None:
        for line in core.describe_state():
            self._print(f"{core.name:{self._width}}  {line}")

    def _out_asm(
        self,
        core: Core,
        block: Block,
        at: int,
        code: bytes | bytearray,
        parts: Sequence[tuple[int, int]],
    ) -> None:
        symbol = core.symbols.locate(block.key & 0xFFFF_FFFF)
        counted = [number for _, number in parts].count(BUDGET)
        kind = "block" if counted == 1 else "block, counting each,"
        head = f"{kind} of {block.count}, {len(code)} bytes  {symbol}".rstrip()
        for line in [head, *code_listing(core, block, at, code, parts)]:
            self._print(f"{core.name:{self._width}}  {line}".rstrip())

    def _report(self, category: str, source: str, message: str) -> None:
        core = self._platform.cores.get(source)
        now = core.local_time if core else self._platform.kernel.now
        self._print(f"{_stamp(now)} {source:{self._width}}  {category}: {message}")

    def _line(self, core: Core, pc: int, word: int, context: int) -> str:
        """Address, instruction word, text and symbol."""
        key = (core.name, pc, word, context)
        if key not in self._texts:
            symbol = core.symbols.locate(pc)
            line = f"0x{pc:08x}  {core.listing(pc, word, context)}"
            self._texts[key] = f"{line:56}  {symbol}".rstrip()
        return self._texts[key]

    def _print(self, line: str) -> None:
        self._stream.write(line + "\n")


def _stamp(time: SimTime) -> str:
    """Simulated time in nanoseconds, exact, aligned."""
    return f"[{time // 1000:>10}.{time % 1000:03} ns]"

"""The translator: native code from the same rows as the reference interpreter's."""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Hashable
from struct import pack_into
from typing import TYPE_CHECKING, Any, NamedTuple

from cosim.bus.write_watch import GRANULE_BITS, PER_PAGE, WriteWatch
from cosim.cpus.engines.block import PAGE_BITS, GuestCode, Placed
from cosim.cpus.engines.host_memory import CodeMemory, address_of
from cosim.cpus.engines.interpreter import Interpreter
from cosim.cpus.engines.runtime_block import (
    JUMP_ENTRIES,
    PAGES,
    REGIMES,
    UNALIGNED_LIMIT,
    RuntimeBlock,
    place,
)
from cosim.cpus.engines.stencils.compiler import compile_functions
from cosim.cpus.engines.stencils.forms import FormBuilder, enter_and_leave
from cosim.cpus.engines.stencils.library import Library
from cosim.cpus.engines.stencils.static import Site, Static
from cosim.cpus.translation import Page, PageSet

if TYPE_CHECKING:
    from cosim.cpus.core import Core

CUT, ESCAPE, LINK, MISS, STOP = range(5)
EXPLORED = 4000
"""Instructions that are read ahead when forms have to be compiled."""
WATCHED = 1 << 63


class Block:
    """A translated block."""

    __slots__ = ("code", "count", "incoming", "key", "placed", "sites", "steps", "valid")

    def __init__(self, key: int, placed: list[Placed], code: int) -> None:
        self.key = key
        self.placed = placed
        self.sites = [one.site for one in placed]
        self.count = len(placed)
        self.steps = 0  # where it is translated once more, instruction by instruction
        self.code = code
        self.incoming: list[tuple[int, int]] = []  # place of the jump, place of its stub
        self.valid = True


class Leave(NamedTuple):
    """A way out of translated code: what the exit number stands for."""

    kind: int
    block: Block
    index: int
    refund: int  # instruction times that were taken off the budget and not used
    place: int = 0  # of the jump to link
    stub: int = 0
    target: int = 0  # pc | context << 32


class Regime:
    """The blocks and tables of one set of pages."""

    def __init__(self, runtime: RuntimeBlock, number: int) -> None:
        self.runtime = runtime
        self.number = number
        self.blocks: dict[int, Block | None] = {}
        self._longs = runtime.longs
        self._at = {
            name: place(name, number) // 8
            for name in ("read", "write", "watched", "jump key", "jump code")
        }
        self._filled: set[int] = set()
        self._watched: dict[tuple[int, int], list[int]] = {}

    # What follows the set of pages

    def admit(self, number: int, page: Page, readable: bool, writable: bool) -> None:
        if number >= PAGES:
            return
        try:
            addend = address_of(page[0]) + page[1]
        except TypeError:
            return
        self._filled.add(number)
        if readable:
            self._longs[self._at["read"] + number] = addend
        offset = (number << PAGE_BITS) + page[1]
        if writable and not offset & 0xFFF:
            watch = page[3]
            self._longs[self._at["write"] + number] = addend
            if watch is not None:
                self._watched.setdefault((id(watch), offset >> PAGE_BITS), []).append(number)
                self.page_watched(watch, offset >> PAGE_BITS)

    def page_watched(self, watch: WriteWatch, page: int) -> None:
        mask = watch.pages.get(page, 0)
        for number in self._watched.get((id(watch), page), ()):
            at = self._at["write"] + number
            entry = self._longs[at]
            if not entry:
                continue
            self._longs[at] = entry | WATCHED if mask else entry & ~WATCHED
            base = self._at["watched"] + (number << PAGE_BITS - GRANULE_BITS - 6)
            for part in range(PER_PAGE // 64):
                self._longs[base + part] = mask >> 64 * part & 0xFFFF_FFFF_FFFF_FFFF

    def forget(self, number: int) -> None:
        if number >= PAGES:
            return
        self._longs[self._at["read"] + number] = 0
        self._longs[self._at["write"] + number] = 0

    def clear(self) -> None:
        for number in self._filled:
            self.forget(number)
        self._filled.clear()
        self._watched.clear()
        self.forget_jumps()
        self.blocks.clear()

    # Jump cache

    def remember(self, key: int, code: int) -> None:
        entry = (key & 0xFFFF_FFFF) >> 1 & JUMP_ENTRIES - 1
        self._longs[self._at["jump key"] + entry] = key
        self._longs[self._at["jump code"] + entry] = code

    def forget_jumps(self) -> None:
        at = 8 * self._at["jump key"]
        self.runtime.view[at : at + 8 * JUMP_ENTRIES] = b"\xff" * (8 * JUMP_ENTRIES)


class Translator:
    """Executes a core's instructions as native code, and what that cannot do by the interpreter."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.runtime = RuntimeBlock()
        core.state.move(self.runtime.view)
        self.interpreter = Interpreter(core)
        layout = core.state.layout
        self._pc_slot, self._context_slot = layout["pc"], layout["context"]
        isa = core.isa
        builder = FormBuilder(
            isa,
            core.config,
            isa.BUSY,
            [layout[name] for name in core.REGISTERS],
            self._context_slot,
            self._pc_slot,
            core.port.endian == "big",
        )
        self.library = Library(builder)
        self.guest = GuestCode(isa, self.library, core.port.endian)
        self.arena = CodeMemory(64 << 20)
        self._used = 0
        self._leaves: list[Leave] = []
        self._regimes: dict[int, Regime] = {}
        self._sets: list[PageSet] = []
        self._by_word: dict[tuple[int, int], list[Block]] = {}
        self._watches: dict[int, WriteWatch] = {}
        self.executed_before = 0
        self.faulted = 0
        functions = compile_functions(enter_and_leave(isa.BUSY), ("enter", "leave"))
        self._enter_at = self._install(functions["enter"])
        self._leave_at = self._install(functions["leave"])
        prototype = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
        self._enter = prototype(self.arena.address + self._enter_at)

    # What a core expects of an engine

    @property
    def executed(self) -> int:
        return self.executed_before + self.interpreter.executed

    @executed.setter
    def executed(self, value: int) -> None:
        self.executed_before = value
        self.interpreter.executed = 0

    @property
    def out_of_time(self) -> bool:
        return self.interpreter.out_of_time

    @property
    def pc(self) -> int:
        return self.interpreter.pc

    @pc.setter
    def pc(self, value: int) -> None:
        self.interpreter.pc = value

    def stop_after_this(self) -> None:
        self.interpreter.stop_after_this()

    def run(self, budget: int) -> None:
        core, interpreter, runtime = self.core, self.interpreter, self.runtime
        self.executed_before = self.faulted = 0
        words, leaves = core.state.words, self._leaves
        pc_slot, context_slot = self._pc_slot, self._context_slot
        left = budget
        link: Leave | None = None
        interpreter.executed = interpreter.faulted = 0
        if interpreter.out_of_time:
            left -= self._interpret(1)
            if interpreter._leave:
                return
        runtime.words[UNALIGNED_LIMIT // 4] = 0 if core.strict_alignment else 4096
        while left > 0:
            if core.observers or core.port.hidden:
                self._interpret(left)
                return
            regime = self._regime()
            key = words[pc_slot] | words[context_slot] << 32
            block = regime.blocks.get(key, False)
            if block is False:
                block = self._translate(regime, key)
            if block is None:
                left -= self._interpret(1)
                if interpreter._leave:
                    return
                link = None
                continue
            if link is not None:
                if link.kind == MISS:
                    regime.remember(key, self.arena.address + block.code)
                elif link.block.valid:
                    self._link(link, block)
                link = None
            runtime.budget = left
            self._enter(runtime.address, self.arena.address + block.code)
            leave = leaves[runtime.exit]
            after = runtime.budget
            if leave.kind in (LINK, MISS):
                interpreter.pc = leave.block.sites[leave.index].pc
            if leave.kind == LINK:
                words[pc_slot] = leave.target & 0xFFFF_FFFF
                words[context_slot] = leave.target >> 32
                link = leave
            elif leave.kind == MISS:
                link = leave
            else:
                site = leave.block.sites[leave.index]
                words[pc_slot], words[context_slot] = site.pc, site.context
                after += leave.refund
            self.executed_before += left - after
            left = after
            if leave.kind == ESCAPE:
                left -= self._interpret(1)
            elif leave.kind == CUT:
                self._cut(regime, leave)
                continue
            else:
                continue
            if interpreter._leave:
                return

    def _interpret(self, count: int) -> int:
        interpreter = self.interpreter
        interpreter.run(count)
        done = interpreter.executed
        self.executed_before += done
        interpreter.executed = 0
        self.faulted += interpreter.faulted
        return done

    def _regime(self) -> Regime:
        pages = self.core.port.pages
        regime = pages.mirror
        if regime is None:
            number = len(self._sets)
            if number == REGIMES:  # the one that came first makes room
                given_up = self._sets.pop(0)
                number = given_up.mirror.number
                given_up.mirror.clear()
                given_up.mirror = None
            self._sets.append(pages)
            regime = pages.mirror = Regime(self.runtime, number)
            regime.forget_jumps()
            for one, page in pages.read.items():
                regime.admit(one, page, True, one in pages.write)
        return regime

    # Translation

    def _translate(self, regime: Regime, key: int) -> Block | None:
        pc, context = key & 0xFFFF_FFFF, key >> 32
        page = self.core.port.fetch_pages.get(pc >> PAGE_BITS)
        if page is None:
            return None
        placed = self.guest.read(pc, context, page)
        if not placed:
            regime.blocks[key] = None
            self._watch(page, pc, 4, None)
            return None
        if self.library.wanted:
            self._explore(placed)
            self.library.make()
        templates = self.library.templates
        for index, one in enumerate(placed):
            if templates[one.key].stencil is None:
                placed = placed[:index]
                break
        if not placed:
            regime.blocks[key] = None
            self._watch(page, pc, 4, None)
            return None
        block = self._place(regime, key, placed)
        regime.blocks[key] = block
        last = placed[-1]
        self._watch(page, pc, last.site.pc + last.size - pc, block)
        return block

    def _explore(self, placed: list[Placed]) -> None:
        """Read on from a block, wherever it leads, so that many forms are compiled at once."""
        pages = self.core.port.fetch_pages
        queue: deque[list[Placed]] = deque([placed])
        seen: set[int] = set()
        left = EXPLORED
        while queue and left > 0:
            block = queue.popleft()
            left -= len(block)
            last = block[-1]
            form = self.library.forms[last.key[0]]
            ways = [
                (way.target.value(last.site), way.context.value(last.site))
                for way in form.exits
                if way.target is not None
            ]
            after = last.site.pc + last.size & 0xFFFF_FFFF
            following = form.following
            lasting = last.site.context & self.core.isa.LASTING
            ways.append((after, lasting if following is None else following.value(last.site)))
            for pc, context in ways:
                page = pages.get(pc >> PAGE_BITS)
                if page is not None and pc | context << 32 not in seen:
                    seen.add(pc | context << 32)
                    found = self.guest.read(pc, context, page)
                    if found:
                        queue.append(found)

    def _watch(self, page: Page, pc: int, length: int, block: Block | None) -> None:
        watch = page[3]
        if watch is None:
            return
        if id(watch) not in self._watches:
            self._watches[id(watch)] = watch
            watch.join(self)
        start = pc + page[1]
        watch.watch(start, start + length - 1)
        for word in range(start >> GRANULE_BITS, (start + length - 1 >> GRANULE_BITS) + 1):
            self._by_word.setdefault((id(watch), word), []).append(block)

    def _install(self, code: bytes) -> int:
        at = self._used = self._used + 15 & ~15
        self.arena.bytes[at : at + len(code)] = code
        self._used += len(code)
        return at

    def _place(self, regime: Regime, key: int, placed: list[Placed]) -> Block:
        base = self._used = self._used + 15 & ~15
        block = Block(key, placed, base)
        self._write(block, regime, base, steps=False)
        return block

    def _cut(self, regime: Regime, leave: Leave) -> None:
        """Translate a block for budgets that end within it, and let its begin lead there."""
        block = leave.block
        base = block.steps = self._used = self._used + 15 & ~15
        self._write(block, regime, base, steps=True)
        pack_into("<i", self.arena.bytes, leave.place, base - (leave.place + 4))

    def _write(self, block: Block, regime: Regime, base: int, steps: bool) -> None:
        templates = self.library.templates
        code = bytearray()
        placed = block.placed
        pending: list[tuple[int, int, int, Any]] = []  # place, kind, index, target

        def check(count: int, kind: int, index: int) -> None:
            site = Site(-count & 0xFFFF_FFFF, 0)
            for at, *_ in self._copy(code, self.library.entry, site, 0, regime):
                pending.append((at, kind, index, None))

        if not steps:
            check(len(placed), CUT, 0)
        for index, one in enumerate(placed):
            if steps:
                check(1, STOP, index)
            template = templates[one.key]
            pending += self._copy(code, template, one.site, index, regime)
        last = placed[-1]
        form = templates[last.key].form
        if form.following is not None:  # on to the next instruction
            target = last.site.pc + last.size & 0xFFFF_FFFF
            target |= form.following.value(last.site) << 32
            code += b"\xe9\0\0\0\0"
            pending.append((len(code) - 4, LINK, len(placed) - 1, target))
        stubs: dict[tuple[int, int, Any], int] = {}
        if self.core.port.translator is not None:
            pending = self._through_cache(code, pending, block, regime)
        for at, kind, index, target in pending:
            stub = stubs.get((kind, index, target))
            if stub is None or kind == LINK:
                stub = stubs[kind, index, target] = len(code)
                number = len(self._leaves)
                place = base + at
                refund = 1 if kind == STOP else 0
                if kind == ESCAPE:
                    refund = 1 if steps else len(placed) - index
                if kind == CUT:  # give the instructions back, and go where they are counted singly
                    code += b"\x49\x81\xc4" + len(placed).to_bytes(4, "little") + b"\xe9\0\0\0\0"
                    place = base + len(code) - 4
                self._leaves.append(
                    Leave(kind, block, index, refund, place, base + stub, target or 0)
                )
                code += b"\xb8" + number.to_bytes(4, "little") + b"\xe9\0\0\0\0"
                pack_into("<i", code, len(code) - 4, self._leave_at - (base + len(code)))
            pack_into("<i", code, at, stub - (at + 4))
        self.arena.bytes[base : base + len(code)] = bytes(code)
        self._used = base + len(code)

    def _copy(
        self, code: bytearray, template: Any, site: Site, index: int, regime: Regime
    ) -> list[tuple[int, int, int, Any]]:
        form, stencil = template
        start = len(code)
        code += stencil.code
        for patch in stencil.patches:
            kind, what = form.holes[patch.hole]
            if kind == "static" or kind == "count":
                number = what.value(site)
            elif kind == "slot":
                number = 4 * site.leaves[what]
            else:
                number = place(what, regime.number)
            pack_into("<I", code, start + patch.offset, number)
        links = stencil.links
        if links and links[-1].symbol == "CONT" and links[-1].offset == len(stencil.code) - 4:
            if code[-5] == 0xE9:
                del code[-5:]
                links = links[:-1]
        end = len(code)
        pending = []
        for link in links:
            at = start + link.offset
            symbol = link.symbol
            if symbol == "CONT":
                pack_into("<i", code, at, end - (at + 4))
            elif symbol == "ESCAPE":
                pending.append((at, ESCAPE, index, None))
            elif symbol == "MISS":
                pending.append((at, MISS, index, None))
            else:
                way = form.exits[int(symbol[4:])]
                target = way.target
                where = site.pc + 4 if target is None else target.value(site)
                context = way.context.value(site)
                if way.jump and where == site.pc and not site.context & ~self.core.isa.LASTING:
                    pending.append((at, ESCAPE, index, None))
                else:
                    pending.append((at, LINK, index, where & 0xFFFF_FFFF | context << 32))
        return pending

    def _through_cache(
        self,
        code: bytearray,
        pending: list[tuple[int, int, int, Any]],
        block: Block,
        regime: Regime,
    ) -> list[tuple[int, int, int, Any]]:
        """Lead the ways to other pages, which may come to mean other memory, by the jump cache."""
        left = []
        for at, kind, index, target in pending:
            if kind != LINK or not (target ^ block.key) & 0xFFFF_FFFF >> PAGE_BITS << PAGE_BITS:
                left.append((at, kind, index, target))
                continue
            pack_into("<i", code, at, len(code) - (at + 4))
            site = Site(0, 0, (target & 0xFFFF_FFFF, target >> 32))
            left += [
                (where, MISS, index, None)
                for where, *_ in self._copy(code, self.library.far, site, index, regime)
            ]
        return left

    def _link(self, leave: Leave, block: Block) -> None:
        pack_into("<i", self.arena.bytes, leave.place, block.code - (leave.place + 4))
        block.incoming.append((leave.place, leave.stub))

    # Code that changes

    def page_watched(self, watch: WriteWatch, page: int) -> None:
        for pages in self._sets:
            pages.mirror.page_watched(watch, page)

    def written(self, watch: WriteWatch, start: int, end: int) -> None:
        for word in range(start >> GRANULE_BITS, (end >> GRANULE_BITS) + 1):
            for block in self._by_word.pop((id(watch), word), ()):
                if block is not None and block.valid:
                    block.valid = False
                    for at, stub in block.incoming:
                        pack_into("<i", self.arena.bytes, at, stub - (at + 4))
        for pages in self._sets:
            regime = pages.mirror
            regime.forget_jumps()
            for key in [k for k, b in regime.blocks.items() if b is None or not b.valid]:
                del regime.blocks[key]


__all__ = ["Hashable", "Static", "Translator"]

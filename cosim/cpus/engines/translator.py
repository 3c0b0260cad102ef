"""The translator: runs native code, and leaves what that cannot do to the reference interpreter."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import finalize

from cosim.bus.write_watch import PAGE_BITS
from cosim.cpus.engines.block import CUT, ESCAPE, LINK, MISS, Block, Leave
from cosim.cpus.engines.chain import lead
from cosim.cpus.engines.code_cache import NOT_YET, CodeCache, Regime
from cosim.cpus.engines.code_memory import CodeMemory, OutOfCodeMemory
from cosim.cpus.engines.crash import CRASHED, Code, NativeCodeCrashed, guard
from cosim.cpus.engines.decode import LONGEST, GuestCode
from cosim.cpus.engines.kept_blocks import KeptBlock, KeptBlocks
from cosim.cpus.engines.kind import Placed
from cosim.cpus.engines.patch import Patcher
from cosim.cpus.engines.patience import Patience
from cosim.cpus.engines.runtime_block import CRASHED_AT, UNALIGNED_LIMIT, RuntimeBlock
from cosim.cpus.engines.stencils.forms import FormBuilder
from cosim.cpus.engines.stencils.frame import enter_and_leave
from cosim.cpus.engines.stencils.library import Library
from cosim.cpus.engines.written import Written
from cosim.cpus.translation import Page

if TYPE_CHECKING:
    from cosim.cpus.core import Core

PAGE_SIZE = 1 << PAGE_BITS


class Translator:
    """Executes a core's instructions as native code.

    Whatever native code does not do (a device, a fault, a system register, an instruction that
    somebody observes) it leaves before anything has happened, and the interpreter executes that
    one instruction. The state is the same for both.
    """

    def __init__(self, core: Core) -> None:
        self.core = core
        self.interpreter = core.interpreter
        self.runtime = RuntimeBlock()
        core.state.move(self.runtime.view)
        self.interpreter.rebind()
        layout, isa = core.state.layout, core.isa
        self._pc_slot, self._context_slot = layout["pc"], layout["context"]
        builder = FormBuilder(
            isa,
            core.config,
            isa.BUSY,
            [layout[name] for name in core.REGISTERS],
            self._context_slot,
            self._pc_slot,
            core.port.endian == "big",
        )
        self.library = Library(builder, core.TYPE)
        self.guest = GuestCode(isa, self.library, core.port.endian)
        arena = CodeMemory(core.config.code_cache)
        functions = self.library.functions(enter_and_leave(isa.BUSY), ("enter", "leave"))
        arena.write(0, functions["enter"])
        leave_at = len(functions["enter"]) + 15 & ~15
        arena.write(leave_at, functions["leave"])
        start = leave_at + len(functions["leave"])
        self.patcher = Patcher(isa, self.library, arena, start, leave_at)
        self.patcher.watchers = core.code_watchers
        self.cache = CodeCache(self.runtime, arena)
        self.patience = Patience(self.library)
        self.kept = KeptBlocks(self.library.kept.blocks, core.config)
        address = arena.address
        code = Code(address, address + arena.size, address + leave_at, self.runtime.address)
        watcher = guard(self.library.functions)
        watcher.watch(code)
        finalize(self, watcher.forget, code)
        self.arena = arena
        self._enter = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(arena.address)
        self._opened: tuple[Regime | None, bool] = None, False  # whose windows are open
        self._kept = self._pc_slot, self._context_slot, *isa.TRACKED
        self._ended: Leave | None = None  # how the last run ended, if in native code
        self._ended_with: list[int] = []  # what `_kept` had then
        self._native = 0  # executed as native code in the present run
        self._faulted = 0

    # What a core expects of an engine

    @property
    def executed(self) -> int:
        return self._native + self.interpreter.executed

    @executed.setter
    def executed(self, value: int) -> None:
        self._native = value
        self.interpreter.executed = 0

    @property
    def faulted(self) -> int:
        return self._faulted + self.interpreter.faulted

    @faulted.setter
    def faulted(self, value: int) -> None:
        self._faulted = value
        self.interpreter.faulted = 0

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
        self.executed = self.faulted = 0
        words = core.state.words
        pc_slot, context_slot = self._pc_slot, self._context_slot
        left = budget
        link: Leave | None = None
        if interpreter.out_of_time:
            self._ended = None
            left -= self._interpret(1)
            if interpreter.leaves:
                return
        ended, self._ended = self._ended, None
        again = 0
        if ended is not None and self._goes_on(ended):
            again = ended.again
            if ended.kind in (LINK, MISS):
                link = ended
        while left > 0:
            if core.observers or core.port.hidden:
                self._interpret(left)
                return
            regime = self.cache.regime(core.port.pages, core.port.translator is not None)
            block: Block | bool | None
            if ended is not None and again:  # so no block has to begin within another one
                block, code, again = ended.block, again, 0
            else:
                key = words[pc_slot] | words[context_slot] << 32
                block = regime.find(key)
                if block is NOT_YET:
                    block = self._translate(regime, key)
                if not isinstance(block, Block):
                    left -= self._interpret(1) if block is None else self._interpret_block(left)
                    if interpreter.leaves:
                        return
                    link = None
                    continue
                if link is not None:
                    if link.kind == MISS:
                        regime.remember(key, block)
                    else:
                        self.cache.link(link, block)
                    link = None
                code = block.code
            # Only now: translating has closed windows on what it read.
            opened = regime, core.strict_alignment
            if regime.tables.changed or opened != self._opened:
                self._opened = opened
                runtime.words[UNALIGNED_LIMIT // 4] = 0 if core.strict_alignment else PAGE_SIZE
                regime.tables.open(core.strict_alignment)
            leave, after = self._run_native(block, code, left)
            self._native += left - after
            left = after
            if not left:
                self._end(leave)
            if leave.kind in (LINK, MISS):
                link = leave
            elif leave.kind == ESCAPE:
                left -= self._interpret(1)
                if interpreter.leaves:
                    return
            elif leave.kind == CUT and left > 0:
                self._cut(regime, leave)

    def _run_native(self, block: Block, code: int, left: int) -> tuple[Leave, int]:
        """Execute native code of `block`, and what follows, from its place `code` on.

        Returns:
            How it ended, and the times still left.
        """
        runtime = self.runtime
        runtime.budget = left
        self._enter(runtime.address, self.arena.address + code)
        return self._left()

    def _left(self) -> tuple[Leave, int]:
        """How native code was left, and the times that are left; the state follows."""
        runtime, words = self.runtime, self.core.state.words
        if runtime.exit == CRASHED:
            raise NativeCodeCrashed(self._crash_report())
        leave = self.patcher.leaves[runtime.exit]
        after = runtime.budget
        if leave.kind in (LINK, MISS):
            self.interpreter.pc = leave.block.where(leave.at)[0]
            if leave.kind == LINK:
                words[self._pc_slot] = leave.target & 0xFFFF_FFFF
                words[self._context_slot] = leave.target >> 32
            return leave, after
        words[self._pc_slot], words[self._context_slot] = leave.block.where(leave.at)
        return leave, after + leave.refund

    # Turns that are taken without Python, one after the other: see `rounds`

    def _end(self, leave: Leave) -> None:
        """Note how native code was left, for whoever goes on there."""
        words = self.core.state.words
        self._ended, self._ended_with = leave, [words[slot] for slot in self._kept]

    def _goes_on(self, leave: Leave) -> bool:
        """Whether the core is still where native code was left by `leave`, the last time.

        An interrupt, a reset or a debugger may have led it elsewhere meanwhile.
        """
        regime, block = self._opened[0], leave.block
        words = self.core.state.words
        return (
            regime is not None
            and regime is self.core.port.pages.mirror
            and block.valid
            and regime.blocks.get(block.key) is block
            and [words[slot] for slot in self._kept] == self._ended_with
        )

    @property
    def resumable(self) -> bool:
        """Whether the last run has ended with its budget, in code that is still good."""
        leave, core = self._ended, self.core
        if leave is None or not leave.again or core.port.hidden or self.interpreter.out_of_time:
            return False
        regime, strict = self._opened
        return (
            regime is not None
            and not regime.tables.changed
            and strict is core.strict_alignment
            and self._goes_on(leave)
        )

    def resumption(self, budgets: int) -> tuple[int, int, int, int, int]:
        """What the loop of `rounds` needs; `budgets` is where it finds those of the turns."""
        assert self._ended is not None
        address = self.arena.address
        agains = self.patcher.agains.buffer_info()[0]
        return self.runtime.address, address, address + self._ended.again, budgets, agains

    def ended_turn(self, budget: int) -> int:
        """The last turn, of that budget, has ended; returns the times that it has used."""
        self._ended = None  # should native code have crashed
        leave, after = self._left()
        self._end(leave)
        return budget - after

    def _crash_report(self) -> str:
        """Where native code has crashed."""
        core = self.core
        at = self.runtime.longs[CRASHED_AT // 8] - self.arena.address
        lines = [f"{core.name}: native code crashed at offset 0x{at:x} of the code memory"]
        block, number = self._crashed_block(at)
        if block is not None:
            pc, context = block.where(number)
            core.state["pc"], core.state["context"] = pc, context
            self.interpreter.pc = pc
            lines.append(f"  pc {core.where(pc)}: {core.disassemble_at(pc)}")
            lines.append(f"  in the block at {core.where(block.where(0)[0])}")
        return "\n".join(lines + [f"  {line}" for line in core.describe_state()])

    def _crashed_block(self, at: int) -> tuple[Block | None, int]:
        """The block whose code is at that offset, and the number of the instruction there."""
        places = [
            (start, block, regime, steps)
            for regime in self.cache.regimes
            for block in regime.blocks.values()
            if block is not None
            for start, steps in ((block.code, False), (block.steps, True))
            if 0 < start <= at
        ]
        if not places:
            return None, 0
        start, block, regime, steps = max(places, key=lambda place: place[0])
        if not block.placed and not self._read_again(block):
            return block, 0
        return block, self.patcher.number_at(block, regime.number, steps, at - start)

    def _interpret(self, count: int) -> int:
        """Let the interpreter execute up to `count` instructions; returns the times it used."""
        interpreter = self.interpreter
        interpreter.run(count)
        done = interpreter.executed
        self._native += done
        self._faulted += interpreter.faulted
        interpreter.executed = interpreter.faulted = 0
        return done

    def _interpret_block(self, left: int) -> int:
        """Interpret what could be a block, to where it branches; returns the times it used."""
        interpreter = self.interpreter
        interpreter.straight = True
        try:
            return self._interpret(min(left, LONGEST))
        finally:
            interpreter.straight = False

    # Translation

    def _translate(self, regime: Regime, key: int) -> Block | bool | None:
        """The block at `key`; None if its first instruction is for the interpreter.

        Or `NOT_YET`, as long as that would not pay. Of what changes often nothing but the first
        instruction is interpreted: what follows may be as it was.
        """
        pc, context = key & 0xFFFF_FFFF, key >> 32
        page = self.core.port.fetch_pages.get(pc >> PAGE_BITS)
        if page is None:
            return None
        patience, number, paged = self.patience, regime.number, regime.paged
        at_once = bool(self.patcher.watchers)
        not_yet = None if patience.changes(key) else NOT_YET
        if patience.waits(key):
            return not_yet
        if not patience.knows(key):
            kept = self.kept.find(key, page, number, paged)
            if kept is not None and not kept.seldom:
                patience.made(key)
                return self._bring_back(regime, key, page, kept)
            if not at_once and patience.begins(key, kept is not None):
                return not_yet
        read = self.guest.read(pc, context, page)
        if not at_once and patience.begins_without(key, patience.missing(read)):
            self.kept.keep_seldom(key, page, number, paged, read[-1].pc + read[-1].size - pc)
            return NOT_YET
        patience.made(key)
        placed = self._native_part(read)
        if not placed:
            self.cache.add(regime, key, page, 4, None)
            self.kept.keep(key, page, number, paged, 4, None, None)
            return None
        block = Block(key, placed, page)
        written = self.patcher.write(block, number, paged)
        block.code = self._put(block, written)
        last = placed[-1]
        length = last.pc + last.size - pc
        self.cache.add(regime, key, page, length, block)
        self.kept.keep(key, page, number, paged, length, block, written)
        return block

    def _bring_back(self, regime: Regime, key: int, page: Page, kept: KeptBlock) -> Block | None:
        """A block as it was in an earlier run."""
        block = None
        if kept.written is not None:
            block = Block(key, (), page, kept.places)
            block.steps_written = kept.steps
            block.code = self._put(block, kept.written)
        self.cache.add(regime, key, page, len(kept.guest), block)
        return block

    def _put(self, block: Block, written: Written) -> int:
        try:
            return self.patcher.put(block, written)
        except OutOfCodeMemory:
            self._empty()
            return self.patcher.put(block, written)

    def _native_part(self, placed: list[Placed]) -> Sequence[Placed]:
        """The instructions up to the first that has no stencil."""
        missing = self.patience.missing(placed)
        if missing:
            self.patience.end(missing)
        templates = self.library.templates
        for index, one in enumerate(placed):
            kind = one.kind
            if kind.template is None:
                kind.template = templates[kind.key]
            if kind.template.stencil is None:
                return placed[:index]
            if one.joint is not None and one.joint.template is None:
                one.joint.template = templates[one.joint.key]
        return placed

    def _cut(self, regime: Regime, leave: Leave) -> None:
        """See that a budget can end within a block."""
        block = leave.block
        written = block.steps_written
        if written is None:
            if not block.placed and not self._read_again(block):
                self.kept.forget(block, regime.number, regime.paged)
                regime.drop(block.key, block)
                return
            written = self.patcher.write_steps(block, regime.number, regime.paged)
            self.kept.keep_steps(block, regime.number, regime.paged, written)
        try:
            block.steps = self.patcher.put(block, written)
        except OutOfCodeMemory:
            self._empty()
            return
        lead(self.arena, leave.place, block.steps)

    def _read_again(self, block: Block) -> bool:
        """Read the instructions of a block of an earlier run; returns whether they are the same."""
        pc, context = block.where(0)
        placed = self._native_part(self.guest.read(pc, context, block.page))[: block.count]
        same = [(one.pc, one.context) for one in placed] == [tuple(one) for one in block.places]
        if same:
            block.placed = placed
        return same

    def _empty(self) -> None:
        """Forget all that has been translated."""
        self.cache.clear()
        self.patcher.clear()
        self.guest.clear()
        self.patience.clear()

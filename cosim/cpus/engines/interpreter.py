"""The reference interpreter: the verbs on Python ints, right by inspection."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from struct import Struct
from typing import TYPE_CHECKING, Any, NoReturn

from cosim.cpus.faults import (
    GuestException,
    MemoryFault,
    SyncNeeded,
    Trap,
    UndefinedInstruction,
)
from cosim.cpus.memory_port import OFFSET, PAGE_BITS, PAGE_SIZE

if TYPE_CHECKING:
    from cosim.cpus.core import Core

WIDTH = 32
MASK = 0xFFFF_FFFF
SIGN = 0x8000_0000
HALFWORDS = Struct("<I").unpack_from
"""Two halfwords of instructions, the first one below; little-endian wherever they exist."""


class Interpreter:
    """Executes a core's instructions one by one.

    What an instruction does is staged once per (word, decode context) and kept: the cache is
    keyed by the word itself, so code may change under it at any time.

    Attributes:
        executed: instruction times used in the present run, finished instructions and exceptions.
        faulted: how many of these did not retire an instruction.
        pc: the present instruction; while one is fetched, the last one executed.
        out_of_time: the run ended before a device access that simulated time has not reached.
        leaves: the run ends, or ended, before the budget does.
        straight: whether a run ends with a branch that is taken.
    """

    def __init__(self, core: Core) -> None:
        self.core = core
        self.config = core.config
        self.port = core.port
        self.rebind()
        self.executed = self.faulted = 0
        self.out_of_time = self.leaves = self.straight = self._pause = False
        self.pc = self.next_pc = self.context = 0
        order = "<" if core.port.endian == "little" else ">"
        formats = {size: Struct(order + code) for size, code in ((1, "B"), (2, "H"), (4, "I"))}
        self._unpack = {size: one.unpack_from for size, one in formats.items()}
        self._pack = {size: one.pack_into for size, one in formats.items()}
        self._reservation: tuple[int, int, int] | None = None  # physical, size, as the core sees it
        self.port.on_select = self._reselect

    def rebind(self) -> None:
        """Follow the state to where it is now."""
        self.words = self.core.state.words
        self.get = self.words.__getitem__
        self.set = self.words.__setitem__
        self._staged: dict[int, Callable[[], None]] = {}

    # Execution

    def run(self, budget: int) -> None:
        """Execute for `budget` instruction times, or less: see `stop_after_this`, `out_of_time`."""
        core, words = self.core, self.words
        pc_slot, context_slot = core.state.layout["pc"], core.state.layout["context"]
        unpack = self._unpack[4]
        halfwords, wide = core.isa.HALFWORDS, core.isa.WIDE
        staged, observers = self._staged, core.observers
        observed = self.out_of_time  # the first instruction, when it was begun before
        self.executed = self.faulted = 0
        self.out_of_time = self.leaves = False
        pc = words[pc_slot]
        while self.executed < budget and not self.leaves:
            fetch_pages = self.port.fetch_pages
            self._pause = False
            try:
                for self.executed in range(self.executed, budget):  # noqa: B020 - it goes on
                    context = words[context_slot]
                    page = fetch_pages.get(pc >> PAGE_BITS)
                    size = 4
                    if context & halfwords:
                        if page is None or pc & OFFSET > PAGE_SIZE - 4:
                            word = self._fetch_halfwords(pc)
                        else:
                            word = HALFWORDS(page[0], pc + page[1])[0]
                            word = word & 0xFFFF if word & 0xFFFF < wide else ror16(word)
                        if word < 0x1_0000:
                            size = 2
                    elif page is None or pc & 3:
                        word = self._fetch(pc)
                    else:
                        word = unpack(page[0], pc + page[1])[0]
                    body = staged.get(word | context << 32 if context else word)
                    self.pc, self.next_pc, self.context = pc, pc + size & MASK, context
                    if observers:
                        words[pc_slot] = pc
                        if not observed:
                            core.observe(pc, word, context)
                        observed = False
                    if body is None:
                        body = self._stage(word, context)
                    body()
                    pc = self.next_pc
                    if self._pause:
                        break
                self.executed += 1
                if self._pause and self.straight:
                    break
            except SyncNeeded:
                self.out_of_time = self.leaves = True
            except GuestException as exception:
                words[pc_slot] = pc
                if self.take(exception):
                    self.faulted += 1
                self.executed += 1
                pc = words[pc_slot]
        words[pc_slot] = pc

    def take(self, exception: GuestException) -> bool:
        """Let the core take `exception`; returns whether the instruction did not retire."""
        return self.core.take(exception)

    def stop_after_this(self) -> None:
        """End the run when the present instruction is complete."""
        self.leaves = self._pause = True

    def _reselect(self) -> None:
        """Other pages are fetched from the next instruction on."""
        self._pause = True

    def _fetch(self, pc: int) -> int:
        if pc & 3:
            raise MemoryFault("fetch", pc, 4, "alignment")
        return self.port.load(pc, 4, "fetch")

    def _fetch_halfwords(self, pc: int) -> int:
        """One or two halfwords, the first one on top."""
        first = self.port.load(pc, 2, "fetch")
        if first < self.core.isa.WIDE:
            return first
        return first << 16 | self.port.load(pc + 2 & MASK, 2, "fetch")

    def _stage(self, word: int, context: int) -> Callable[[], None]:
        isa = self.core.isa
        instruction = isa.decode(word, context)
        body: Callable[[], None]
        if instruction is None:
            refuse = partial(_refuse, word, len(isa.hex(word, context)))
            body = isa.stage_undefined(self, word, context, refuse)
        else:
            body = isa.stage(self, instruction, int)
        self._staged[word | context << 32] = body
        return body

    # Values. Where Python's own operator is the verb, it is used as it is: no call is faster.

    and_ = staticmethod(operator.and_)
    or_ = staticmethod(operator.or_)
    xor = staticmethod(operator.xor)
    shr = staticmethod(operator.rshift)
    eq = staticmethod(operator.eq)
    ne = staticmethod(operator.ne)
    ult = staticmethod(operator.lt)
    ule = staticmethod(operator.le)

    def const(self, number: int) -> int:
        return number & MASK

    def add(self, a: int, b: int) -> int:
        return (a + b) & MASK

    def sub(self, a: int, b: int) -> int:
        return (a - b) & MASK

    def mul(self, a: int, b: int) -> int:
        return a * b & MASK

    def mulhu(self, a: int, b: int) -> int:
        return a * b >> WIDTH

    def mulhs(self, a: int, b: int) -> int:
        return signed(a) * signed(b) >> WIDTH & MASK

    def mulhsu(self, a: int, b: int) -> int:
        return signed(a) * b >> WIDTH & MASK

    def udiv(self, a: int, b: int) -> int:
        return a // b if b else 0

    def sdiv(self, a: int, b: int) -> int:
        if not b:
            return 0
        x, y = signed(a), signed(b)
        quotient = abs(x) // abs(y)
        return (quotient if (x < 0) == (y < 0) else -quotient) & MASK

    def not_(self, a: int) -> int:
        return a ^ MASK

    def shl(self, a: int, amount: int) -> int:
        return a << amount & MASK if amount < WIDTH else 0

    def sar(self, a: int, amount: int) -> int:
        return signed(a) >> amount & MASK

    def ror(self, a: int, amount: int) -> int:
        amount &= WIDTH - 1
        return (a >> amount | a << (WIDTH - amount)) & MASK

    def slt(self, a: int, b: int) -> int:
        return 1 if a ^ SIGN < b ^ SIGN else 0

    def sle(self, a: int, b: int) -> int:
        return 1 if a ^ SIGN <= b ^ SIGN else 0

    def select(self, condition: int, a: int, b: int) -> int:
        return a if condition else b

    def sext(self, a: int, bits: int) -> int:
        top = 1 << (bits - 1)
        return (((a & ((1 << bits) - 1)) ^ top) - top) & MASK

    def zext(self, a: int, bits: int) -> int:
        return a & ((1 << bits) - 1)

    def bswap(self, a: int) -> int:
        return int.from_bytes(a.to_bytes(4, "little"), "big")

    def bitrev(self, a: int) -> int:
        return int(f"{a:032b}"[::-1], 2)

    def clz(self, a: int) -> int:
        return WIDTH - a.bit_length()

    def add_carry(self, a: int, b: int, carry: int) -> tuple[int, int, int]:
        total = a + b + carry
        result = total & MASK
        return result, total >> WIDTH, ((a ^ result) & (b ^ result)) >> (WIDTH - 1)

    # Memory

    def load(self, address: int, size: int, align: int = 1, user: bool = False) -> int:
        if address & (align - 1) or (address & (size - 1) and self.core.strict_alignment):
            raise MemoryFault("load", address, size, "alignment")
        page = self.port.read_pages.get(address >> PAGE_BITS)
        if page is None or user or (address & OFFSET) + size > PAGE_SIZE:
            return self.port.load(address, size, "load", user)
        value: int = self._unpack[size](page[0], address + page[1])[0]
        return value

    def store(
        self, address: int, value: int, size: int, align: int = 1, user: bool = False
    ) -> None:
        if address & (align - 1) or (address & (size - 1) and self.core.strict_alignment):
            raise MemoryFault("store", address, size, "alignment")
        page = self.port.write_pages.get(address >> PAGE_BITS)
        if page is None or user or (address & OFFSET) + size > PAGE_SIZE:
            self.port.store(address, value, size, user)
        elif size == 4:
            self._pack[4](page[0], address + page[1], value)
        else:
            self._pack[size](page[0], address + page[1], value & ((1 << 8 * size) - 1))

    # The reservation is the local monitor; the bus has the global one, which other writes clear.

    def load_exclusive(self, address: int, size: int) -> int:
        if address & (size - 1):
            raise MemoryFault("load", address, size, "alignment")
        value = self.port.load_exclusive(address, size)
        self._reservation = (self.port.physical(address, "load"), size, address)
        return value

    def store_exclusive(self, address: int, value: int, size: int) -> int:
        if address & (size - 1):
            raise MemoryFault("store", address, size, "alignment")
        if self._reservation is None or self._reservation[1:] != (size, address):
            self.clear_exclusive()
            return 1
        done = self.port.store_exclusive(address, value, size)
        self._reservation = None
        return 0 if done else 1

    def clear_exclusive(self) -> None:
        if self._reservation is not None:
            self.port.drop_exclusive(*self._reservation[:2])
            self._reservation = None

    # Control

    def branch(self, target: int) -> None:
        if self.straight and target != self.next_pc:
            self._pause = True
        self.next_pc = target

    def jump(self, target: int) -> None:
        # Under a decode context the same word may mean something else the second time.
        if target == self.pc and not self.context & ~self.core.isa.LASTING:
            self.core.spin()
        self.branch(target)

    def when(self, condition: int, body: Callable[[], None]) -> None:
        if condition:
            body()

    def trap(self, kind: str, value: int = 0) -> NoReturn:
        raise Trap(kind, value)

    def system(self, function: Callable[..., Any], *arguments: int) -> Any:
        result = function(self.core, *arguments)
        if self.core.interrupted or self.core.kernel.stopping:
            self.stop_after_this()  # it may have unmasked the interrupt, or ended the run
        return result

    def call(self, function: Callable[..., Any], *arguments: int, results: int = 1) -> Any:
        return function(*arguments)

    def sleep(self) -> None:
        self.core.sleep()


def _refuse(word: int, digits: int) -> NoReturn:
    raise UndefinedInstruction(word, digits)


def ror16(word: int) -> int:
    """A word with its halves exchanged."""
    return word >> 16 | word << 16 & MASK


def signed(word: int) -> int:
    """A 32-bit word as a signed number."""
    return (word ^ SIGN) - SIGN

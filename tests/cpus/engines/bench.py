"""One toy core with native code, and what tests of the translator's parts want to know of it.

Its instruction set has more memory accesses than the toy's own, a computed jump, divisions and
shifts, and a pair of instructions of which one prepares where the other leads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.cpus.config import CoreConfig
from cosim.cpus.engines.block import Block
from cosim.cpus.engines.choice import why_no_translator
from cosim.cpus.engines.decode import Placed
from cosim.cpus.engines.translator import Translator
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import InstructionSet, check_overlaps
from cosim.cpus.isa.operands import Operand, Register
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from cosim.kernel.units import parse_time
from tests.cpus.toy import OPERANDS, ROWS, Probe, ToyCore, assemble

native = pytest.mark.skipif(bool(why_no_translator()), reason="there is no native code here")

WAY = 14
"""The slot (r14) that `prep` leaves a target in and `go` leads to."""

DEVICE = 0x1_0000
SIZE = 0x8000


def jr(m, rn):
    m.jump(m.get(rn))


def ldu(m, rd, rn, imm):
    m.set(rd, m.load(m.add(m.get(rn), imm), 4))


def stu(m, rd, rn, imm):
    m.store(m.add(m.get(rn), imm), m.get(rd), 4)


def stb(m, rd, rn, imm):
    m.store(m.add(m.get(rn), imm), m.get(rd), 1)


def sum4(m, rd, rn, imm):
    """The sum of four words that follow each other."""
    first = m.add(m.get(rn), imm)
    total = m.load(first, 4, 4)
    for number in (1, 2, 3):
        total = m.add(total, m.load(m.add(first, m.const(4 * number)), 4, 4))
    m.set(rd, total)


def st4(m, rd, rn, imm):
    """Four words that follow each other become rd."""
    for number in range(4):
        m.store(m.add(m.add(m.get(rn), imm), m.const(4 * number)), m.get(rd), 4, 4)


def divi(m, rd, rn, imm):
    m.set(rd, m.udiv(m.get(rn), imm))


def div(m, rd, rn, rm):
    m.set(rd, m.udiv(m.get(rn), m.get(rm)))


def lsl(m, rd, rn, rm):
    m.set(rd, m.shl(m.get(rn), m.and_(m.get(rm), m.const(31))))


def add(m, rd, rn, rm):
    m.set(rd, m.add(m.get(rn), m.get(rm)))


def prep(m, offset):
    m.set(WAY, m.add(m.pc, offset))


def go(m):
    m.branch(m.get(WAY))


MORE = [
    Row(
        f"{function.__name__} {text}",
        pattern,
        function,
        "",
        operands=[*OPERANDS, Operand("rm", "m", Register)],
    )
    for text, pattern, function in (
        ("rn", "00001000 0000 nnnn 0000000000000000", jr),
        ("rd, rn, imm", "00001001 dddd nnnn iiiiiiiiiiiiiiii", ldu),
        ("rd, rn, imm", "00001010 dddd nnnn iiiiiiiiiiiiiiii", stu),
        ("rd, rn, imm", "00001011 dddd nnnn iiiiiiiiiiiiiiii", stb),
        ("rd, rn, imm", "00001100 dddd nnnn iiiiiiiiiiiiiiii", sum4),
        ("rd, rn, imm", "00001101 dddd nnnn iiiiiiiiiiiiiiii", st4),
        ("rd, rn, imm", "00001110 dddd nnnn iiiiiiiiiiiiiiii", divi),
        ("rd, rn, rm", "00001111 dddd nnnn mmmm 000000000000", div),
        ("rd, rn, rm", "00010000 dddd nnnn mmmm 000000000000", lsl),
        ("rd, rn, rm", "00010001 dddd nnnn mmmm 000000000000", add),
        ("offset", "00010010 0000 0000 iiiiiiiiiiiiiiii", prep),
        ("", "00010011 0000 0000 0000000000000000", go),
    )
]
ALL = [*ROWS, *MORE]
check_overlaps(ALL)


class Plain(InstructionSet):
    """Every register in memory."""

    TRACKED = (WAY,)


class Pinned(Plain):
    """r0 to r8 in registers of the host."""

    BUSY = tuple(range(9))


PLAIN, PINNED = Plain("plain", ALL), Pinned("pinned", ALL)


def assembled(program: str) -> bytes:
    return assemble(program, ALL)


class Bench:
    """A core with 32 KiB of RAM at 0 and a device at `DEVICE`; an instruction takes 10 ns."""

    def __init__(
        self,
        program: str,
        engine: str = "translator",
        isa: InstructionSet = PINNED,
        code_cache: int = 1 << 20,
        quantum: str = "1ms",
        size: int = SIZE,
    ) -> None:
        self.kernel = Kernel()
        router = Router()
        config = CoreConfig.model_validate(
            {"type": "toy", "clock": "100MHz", "engine": engine, "code_cache": code_cache}
        )
        self.core = ToyCore("a", config, self.kernel, GlobalQuantum(parse_time(quantum)), isa)
        router.attach(self.core.port.socket)
        self.ram = Memory("ram", size)
        router.map("ram", self.ram.socket, 0, size)
        self.probe = Probe(self.kernel)
        router.map("probe", self.probe.socket, DEVICE, 0x100)
        self.write(0, program)

    def write(self, at: int, program: str) -> None:
        """Put a program there in the RAM, as a device does."""
        self.overwrite(at, assembled(program))

    def put(self, at: int, word: int) -> None:
        self.overwrite(at, word.to_bytes(4, "little"))

    def overwrite(self, at: int, data: bytes) -> None:
        self.ram.buffer[at : at + len(data)] = data
        self.ram.watch.wrote(at, len(data))

    def word(self, at: int) -> int:
        return int.from_bytes(self.ram.buffer[at : at + 4], "little")

    def run(self, cycles: int) -> None:
        """Go on for that long."""
        self.kernel.run(cycles * 10_000)

    @property
    def translator(self) -> Translator:
        assert isinstance(self.core.engine, Translator)
        return self.core.engine

    def outcome(self) -> tuple[object, ...]:
        """All that a run leaves and that every engine has to leave alike."""
        core = self.core
        state = core.state.snapshot()
        return (state, core.instructions, core.cycle, bytes(self.ram.buffer), tuple(self.probe.log))

    def read(self, pc: int = 0) -> list[Placed]:
        """The block at `pc`; some of the memory's first page must have been executed."""
        if not self.core.port.fetch_pages:
            self.core.port.load(pc, 4, "fetch")
        return self.translator.guest.read(pc, 0, self.core.port.fetch_pages[pc >> 12])

    def block(self, pc: int) -> Block:
        """The translated block at `pc`."""
        (regime,) = self.translator.cache.regimes
        block = regime.blocks[pc]
        assert block is not None
        return block

    @contextmanager
    def entries(self) -> Iterator[list[int]]:
        """The places at which native code is entered from Python meanwhile."""
        translator, seen = self.translator, []
        original = translator._run_native

        def counted(block, code, left):
            seen.append(block.key & 0xFFFF_FFFF)
            return original(block, code, left)

        translator._run_native = counted
        try:
            yield seen
        finally:
            del translator._run_native


def both(
    program: str, cycles: int, prepare: Callable[[Bench], None] = lambda _: None, **options: object
) -> Bench:
    """Run under both engines, which must leave the same; returns the one with native code.

    Args:
        prepare: what else to put into memory first.
    """
    benches = [Bench(program, engine, **options) for engine in ("reference", "translator")]
    for bench in benches:
        prepare(bench)
        bench.run(cycles)
    reference, translated = (bench.outcome() for bench in benches)
    assert reference == translated
    return benches[1]

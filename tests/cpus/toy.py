"""An instruction set of seven instructions, for tests of what is common to all cores."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.bus.sockets import TargetSocket
from cosim.bus.transaction import Command, Response, Transaction
from cosim.cpus.config import CoreConfig
from cosim.cpus.core import Core
from cosim.cpus.faults import GuestException
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import InstructionSet, check_overlaps
from cosim.cpus.isa.operands import Immediate, Operand, Register
from cosim.cpus.isa.state import StateLayout
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from cosim.kernel.units import parse_time

OPERANDS = [
    Operand("rd", "d", Register),
    Operand("rn", "n", Register),
    Operand("imm", "i", Immediate),
    Operand("offset", "i", lambda i: Immediate((i ^ 0x8000) - 0x8000 & 0xFFFF_FFFF)),
]


def addi(m, rd, rn, imm):
    m.set(rd, m.add(m.get(rn), imm))


def b(m, offset):
    m.jump(m.add(m.pc, offset))


def bnz(m, rn, offset):
    m.when(m.ne(m.get(rn), m.const(0)), lambda: m.jump(m.add(m.pc, offset)))


def ld(m, rd, rn, imm):
    m.set(rd, m.load(m.add(m.get(rn), imm), 4, 4))


def st(m, rd, rn, imm):
    m.store(m.add(m.get(rn), imm), m.get(rd), 4, 4)


def sleep(m):
    m.sleep()


def trap(m):
    m.trap("asked for")


ROWS = [
    Row(f"{function.__name__} {text}", pattern, function, "", operands=OPERANDS)
    for text, pattern, function in (
        ("rd, rn, imm", "00000001 dddd nnnn iiiiiiiiiiiiiiii", addi),
        ("offset", "00000010 0000 0000 iiiiiiiiiiiiiiii", b),
        ("rn, offset", "00000011 0000 nnnn iiiiiiiiiiiiiiii", bnz),
        ("rd, rn, imm", "00000100 dddd nnnn iiiiiiiiiiiiiiii", ld),
        ("rd, rn, imm", "00000101 dddd nnnn iiiiiiiiiiiiiiii", st),
        ("", "00000110 0000 0000 0000000000000000", sleep),
        ("", "00000111 0000 0000 0000000000000000", trap),
    )
]
check_overlaps(ROWS)
TOY = InstructionSet("toy", ROWS)


def assemble(text: str, rows: Sequence[Row] = ROWS) -> bytes:
    """`text`, an instruction a line: a mnemonic and the pattern's fields d, n, i as they come."""
    code = b""
    for line in filter(None, map(str.strip, text.splitlines())):
        mnemonic, *values = line.replace(",", " ").split()
        row = next(row for row in rows if row.template == mnemonic)
        word = row.pattern.value
        for field, value in zip(row.pattern.fields.values(), values, strict=True):
            word |= field.insert(int(value.lstrip("r"), 0) & ((1 << field.width) - 1))
        code += word.to_bytes(4, "little")
    return code


class ToyCore(Core):
    """Sixteen registers, one interrupt line whose handler is at 0x200."""

    LAYOUT = StateLayout([*(f"r{number}" for number in range(16)), "pc", "context"])
    REGISTERS = LAYOUT.names[:16]
    LINES = ("irq",)

    def take(self, exception: GuestException) -> bool:
        self.unhandled(exception)
        return True

    def poll_interrupts(self) -> None:
        if self.lines["irq"].read() and self.pc < 0x200:
            self.state["r15"] = self.pc
            self.state["pc"] = 0x200

    def disassemble(self, address: int, word: int, context: int) -> str:
        instruction = self.isa.decode(word, context)
        return instruction.mnemonic if instruction else ".word"

    def describe_state(self) -> list[str]:
        return [" ".join(f"{value:x}" for value in self.r)]


class Probe:
    """A device that notes the simulated time of each access; a store starts its timer.

    The timer asserts `line` after as many nanoseconds as were stored. `on_store` is called at once.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.socket = TargetSocket("probe", self)
        self.log: list[tuple[str, int]] = []
        self.line = None
        self.on_store: Callable[[], None] = lambda: None
        self.wait = 0

    def b_transport(self, txn: Transaction, delay: int) -> int:
        self.log.append((txn.initiator, self.kernel.now + delay))
        value = int.from_bytes(txn.data, "little")
        if txn.command is Command.WRITE:
            self.on_store()
        if self.line is not None and value:
            alarm = self.kernel.env.timeout(value * 1000)
            alarm.callbacks.append(lambda _: self.line.write(True))
        txn.response = Response.OK
        return delay + self.wait

    def transport_dbg(self, txn: Transaction) -> int:
        return 0

    def get_direct_mem_ptr(self, txn: Transaction) -> None:
        return None


class Board:
    """Cores with a private memory of code each, shared RAM at 0x1000 and a probe at 0x8000."""

    def __init__(self, quantum: str | int = "1us", **programs: tuple[str, str]) -> None:
        self.kernel = Kernel()
        self.router = Router()
        self.cores: dict[str, ToyCore] = {}
        for name, (clock, program) in programs.items():
            config = CoreConfig(type="toy", clock=clock)
            core = ToyCore(name, config, self.kernel, GlobalQuantum(parse_time(quantum)), TOY)
            self.router.attach(core.port.socket)
            code = Memory(f"code_{name}", 0x1000)
            self.router.map(code.name, code.socket, 0, 0x1000, seen_by=[name])
            core.port.write_debug(0, assemble(program))
            self.cores[name] = core
        self.ram = Memory("ram", 0x1000)
        self.router.map("ram", self.ram.socket, 0x1000, 0x1000)
        self.probe = Probe(self.kernel)
        self.router.map("probe", self.probe.socket, 0x8000, 0x100)

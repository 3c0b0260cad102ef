"""One ARM core with vectors at 0 and RAM at 0x6000_0000, for the specifications in this folder."""

from __future__ import annotations

from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.cpus.arm.core import ArmCore, CortexA9
from cosim.cpus.arm.registers import IT_SHIFT, THUMB, switch_mode
from cosim.cpus.arm.status import read_cpsr
from cosim.kernel.ending import GuestExit, GuestFault
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from tests.cpus.arm.assembled import assemble, assemble_thumb

START = 0x6000_0000
DATA = 0x6000_8000
SIZE = 0x1_0000
CYCLE = 10_000  # ps
VECTORS = {"undefined": 4, "svc": 8, "prefetch": 12, "data": 16, "irq": 24, "fiq": 28}


class Console:
    """What the program wrote, and what it may read."""

    def __init__(self) -> None:
        self.written = b""
        self.typed = b""

    def write(self, data: bytes) -> None:
        self.written += data

    def read(self, limit: int) -> bytes:
        data, self.typed = self.typed[:limit], self.typed[limit:]
        return data


class Board:
    """Runs a few instructions from START. Reports are kept by category in `reports`."""

    def __init__(
        self, cls: type[ArmCore] = CortexA9, beside: Board | None = None, **options: object
    ) -> None:
        self.kernel = Kernel() if beside is None else beside.kernel
        self.reports: dict[str, list[str]] = {"int": [], "unimp": [], "guest_errors": [], "mmu": []}
        for category in self.reports:
            self.kernel.reports.listen(
                category, lambda kind, _, text: self.reports[kind].append(text)
            )
        settings = {"type": cls.TYPE, "clock": "100MHz", **options}
        name = "cpu0" if beside is None else "cpu1"
        self.core = cls(
            name, cls.Config.model_validate(settings), self.kernel, GlobalQuantum(10**9)
        )
        self.core.console = self.console = Console()
        router = Router()
        router.attach(self.core.port.socket)
        self.low, self.ram = Memory("low", SIZE), Memory("ram", SIZE)
        router.map("low", self.low.socket, 0, SIZE)
        router.map("ram", self.ram.socket, START, SIZE)
        self.core.start_pc = START
        self.core.reset()

    def _note(self, category: str, source: str, text: str) -> None:
        self.reports[category].append(text)

    def handlers(self, base: int = 0) -> None:
        """Fill the vectors at `base`: each handler stays where it is."""
        self.place(base, *["b #0"] * 8)

    def place(self, address: int, *texts: str) -> None:
        self.core.port.write_debug(address, assemble(*texts))

    def run(self, *texts: str, steps: int | None = None) -> ArmCore:
        """Run `texts` at START for as many instruction times as there are texts, or `steps`."""
        self.place(START, *texts)
        return self.go(len(texts) if steps is None else steps)

    def thumb(self, *texts: str, it: int = 0, steps: int | None = None) -> ArmCore:
        """The same in Thumb state, with `it` as ITSTATE."""
        self.core.port.write_debug(START, assemble_thumb(*texts))
        self.core.state["context"] |= THUMB | it << IT_SHIFT
        return self.go(len(texts) if steps is None else steps)

    def go(self, steps: int) -> ArmCore:
        self.kernel.run(steps * CYCLE)
        return self.core

    def settle(self) -> None:
        """Let a line change, and the core see it at its next instruction."""
        self.kernel.run(1)

    def mode(self, mode: int) -> None:
        switch_mode(self.core.state, mode)

    def poke(self, address: int, *words: int) -> None:
        data = b"".join(word.to_bytes(4, "little") for word in words)
        self.core.port.write_debug(address, data)

    def peek(self, address: int) -> int:
        return int.from_bytes(self.core.port.read_debug(address, 4), "little")

    def raise_line(self, line: str, level: bool = True) -> None:
        self.core.lines[line].write(level)

    @property
    def cpsr(self) -> int:
        return read_cpsr(self.core)

    @property
    def report(self) -> str:
        """Why the run ended: the report of an unhandled fault."""
        assert isinstance(self.kernel.ending, GuestFault)
        return self.kernel.ending.report

    @property
    def exit_code(self) -> int:
        assert isinstance(self.kernel.ending, GuestExit)
        return self.kernel.ending.code

"""One MicroBlaze with RAM at 0 and at 0x9000_0000, for the specifications in this folder."""

from __future__ import annotations

from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.cpus.microblaze.core import MicroBlaze
from cosim.kernel.ending import GuestFault
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from tests.isa.microblaze_assembler import assemble

START = 0x9000_0000
DATA = 0x9000_8000
HANDLERS = 0x9000_4000
SIZE = 0x10000


class Board:
    """Runs assembly text. Reports are kept by category in `reports`."""

    def __init__(self, endian: str = "little", **options: object) -> None:
        self.kernel = Kernel()
        self.reports: dict[str, list[str]] = {}
        for category in ("int", "unimp", "guest_errors"):
            texts = self.reports.setdefault(category, [])
            self.kernel.reports.listen(
                category, lambda _category, _name, text, texts=texts: texts.append(text)
            )
        settings = {"type": MicroBlaze.TYPE, "clock": "100MHz", "endian": endian, **options}
        self.core = MicroBlaze(
            "mb0",
            MicroBlaze.Config.model_validate(settings),
            self.kernel,
            GlobalQuantum(10**9),
        )
        self.router = router = Router()
        router.attach(self.core.port.socket)
        for name, start in (("low", 0), ("ram", START)):
            router.map(name, Memory(name, SIZE).socket, start, SIZE)
        self.endian = endian
        self.core.state["pc"] = START

    def place(self, source: str, address: int = START) -> int:
        """Assemble `source` at `address`; returns the address after it."""
        for word in assemble(source):
            self.poke(address, word)
            address += 4
        return address

    def handler(self, vector: int, source: str) -> None:
        """Make the vector at `vector` branch to a handler of its own."""
        address = HANDLERS + 0x20 * vector
        self.place(f"imm {address >> 16}\nbrai {address & 0xFFFF}", vector)
        self.place(source, address)

    def run(self, source: str, steps: int | None = None) -> MicroBlaze:
        """Run `source` from START up to its end, or for `steps` instructions."""
        end = self.place(source)
        self.place("bri 0", end)
        return self.go(steps)

    def go(self, steps: int | None = None) -> MicroBlaze:
        """Run until the core waits for ever, or for `steps` instructions."""
        limit = 10**8 if steps is None else steps * 10_000
        self.kernel.run(limit)
        return self.core

    def poke(self, address: int, value: int, size: int = 4) -> None:
        self.core.port.write_debug(address, value.to_bytes(size, self.endian))

    def peek(self, address: int, size: int = 4) -> int:
        return int.from_bytes(self.core.port.read_debug(address, size), self.endian)

    @property
    def fault(self) -> str:
        """The report that ended the run, or ""."""
        ending = self.kernel.ending
        return ending.report if isinstance(ending, GuestFault) else ""

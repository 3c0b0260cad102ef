"""One core of any type with low memory, RAM and a device with a timer, and all that it changes."""

from __future__ import annotations

import hashlib
from typing import Any

from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.bus.sockets import TargetSocket
from cosim.bus.transaction import Command, Response, Transaction
from cosim.cpus.core import Core
from cosim.kernel.ending import GuestFault
from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum

CYCLE = 10_000  # ps, at 100 MHz
START, SIZE = 0x6000_0000, 0x4_0000
LOW_SIZE = 0x4000
DEVICE = 0x4000_0000
TIMER, ACKNOWLEDGE, CONSOLE, TIME = 0, 4, 8, 12


class Device:
    """A store to TIMER asserts the line as many cycles later (10 bits), until it is answered."""

    def __init__(self, core: Core, line: str, endian: str) -> None:
        self.kernel = core.kernel
        self.line = core.lines[line]
        self.endian: Any = endian
        self.socket = TargetSocket("device", self)
        self.written = b""
        self.log: list[tuple[int, int, int]] = []
        self.alarm = Event(core, "alarm")
        core.method(lambda: self.line.write(True), self.alarm, name="ring", initialize=False)
        self.on_access = lambda: None

    def b_transport(self, txn: Transaction, delay: int) -> int:
        at = txn.address & 15
        value = int.from_bytes(txn.data, self.endian)
        now = self.kernel.now + delay
        if txn.command is Command.READ:
            value = now // CYCLE & 0xFFFF if at == TIME else len(self.log)
            txn.data[:] = (value & (1 << 8 * len(txn.data)) - 1).to_bytes(
                len(txn.data), self.endian
            )
        elif at == TIMER:
            self.alarm.notify(((value & 0x3FF) + 1) * CYCLE)
        elif at == ACKNOWLEDGE:
            self.line.write(False)
        elif at == CONSOLE:
            self.written += bytes([value & 0xFF])
        self.log.append((now, txn.address, value))
        self.on_access()
        txn.response = Response.OK
        return delay

    def transport_dbg(self, txn: Transaction) -> int:
        return 0

    def get_direct_mem_ptr(self, txn: Transaction) -> None:
        return None


class Board:
    """A core, executed by `engine`.

    Args:
        quantum: instructions.
    """

    def __init__(
        self, cls: type[Core], engine: str, quantum: int, line: str, **options: object
    ) -> None:
        self.kernel = Kernel()
        settings = {"type": cls.TYPE, "clock": "100MHz", "engine": engine, **options}
        config = cls.Config.model_validate(settings)
        make: Any = cls
        self.core: Core = make("cpu", config, self.kernel, GlobalQuantum(quantum * CYCLE))
        router = Router()
        router.attach(self.core.port.socket)
        self.low, self.ram = Memory("low", LOW_SIZE), Memory("ram", SIZE)
        self.device = Device(self.core, line, config.endian)
        router.map("low", self.low.socket, 0, LOW_SIZE)
        router.map("ram", self.ram.socket, START, SIZE)
        router.map("device", self.device.socket, DEVICE, 0x1000)
        self.core.start_pc = START
        self.core.reset()

    def go(self, instructions: int) -> None:
        """Run for as many instruction times."""
        if not self.kernel.ending:
            self.kernel.run(instructions * CYCLE)

    def outcome(self) -> dict[str, object]:
        """All that a run may change."""
        core, device = self.core, self.device
        ending = self.kernel.ending
        hidden = [core.LAYOUT.names[slot] for slot in core.isa.ZEROS]  # nobody can read them
        return {
            **{name: word for name, word in core.state.snapshot().items() if name not in hidden},
            "instructions": core.instructions,
            "cycle": core.cycle,
            "now": self.kernel.now,
            "asleep": core.asleep,
            "console": device.written,
            "accesses": list(device.log),
            "ram": hashlib.sha256(self.ram.buffer).hexdigest(),
            "low": hashlib.sha256(self.low.buffer).hexdigest(),
            "ending": ending.report if isinstance(ending, GuestFault) else str(ending),
        }

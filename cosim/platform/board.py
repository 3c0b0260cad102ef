"""The connected modules of one platform, and what a user does with them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TypeVar

from cosim.bus import transaction
from cosim.bus.checker import ProtocolChecker
from cosim.bus.router import Router
from cosim.bus.sockets import InitiatorSocket
from cosim.cpus.core import Core
from cosim.cpus.engines.stencils.store import save_all
from cosim.kernel.fifo import Fifo
from cosim.kernel.kernel import Kernel
from cosim.kernel.quantum import GlobalQuantum
from cosim.kernel.units import parse_time
from cosim.peripherals.console import Console
from cosim.peripherals.peripheral import Peripheral
from cosim.platform import runner
from cosim.platform.diagnostics import Diagnostic
from cosim.platform.runner import Progress, RunResult

Named = TypeVar("Named")

DEBUG_INITIATOR = "debug"


class Platform:
    """A board, ready to run; made by `cosim.load`.

    Attributes:
        name: from the platform file.
        kernel: the simulation.
        quantum: `quantum.value`, in ps, may be set between runs and during one; the cores follow
            at their next grant.
        cores, peripherals, consoles, streams: by name.
        warnings: what was found while loading and is no error.
    """

    def __init__(self, name: str, kernel: Kernel, quantum: GlobalQuantum, router: Router) -> None:
        self.name = name
        self.kernel = kernel
        self.quantum = quantum
        self.router = router
        self.cores: dict[str, Core] = {}
        self.peripherals: dict[str, Peripheral] = {}
        self.consoles: dict[str, Console] = {}
        self.streams: dict[str, Fifo[tuple[int, bool]]] = {}
        self.warnings: list[Diagnostic] = []
        self.checker: ProtocolChecker | None = None  # with `check: true`
        # The map without any core's private memories: what is shared by all.
        self._debug = InitiatorSocket(DEBUG_INITIATOR)
        router.attach(self._debug)
        self.slices = runner.Slices(kernel, quantum)

    @property
    def time(self) -> int:
        """Simulated time in ps."""
        return self.kernel.now

    def core(self, name: str) -> Core:
        """The core of that name; KeyError, with the names there are, if there is none."""
        return _named(self.cores, name, "core")

    def peripheral(self, name: str) -> Peripheral:
        """The device of that name; KeyError if there is none."""
        return _named(self.peripherals, name, "peripheral")

    def console(self, name: str) -> Console:
        """The console of that device, or of that core's semihosting; KeyError if there is none."""
        return _named(self.consoles, name, "console")

    def stream(self, name: str) -> Fifo[tuple[int, bool]]:
        """The FIFO of that stream, of (word, control bit); KeyError if there is none."""
        return _named(self.streams, name, "stream")

    def read(self, address: int, length: int, core: str | None = None) -> bytes:
        """`length` bytes of memory without side effects, as `core` or, without one, all see it.

        Raises:
            ValueError: part of it is not mapped.
        """
        data = b""
        while len(data) < length:
            txn = transaction.read(address + len(data), length - len(data))
            moved = self._socket(core).transport_dbg(txn)
            if moved <= 0:
                raise ValueError(f"nothing is mapped at 0x{address + len(data):08x}")
            data += bytes(txn.data[:moved])
        return data

    def write(self, address: int, data: bytes, core: str | None = None) -> None:
        """Write `data` to memory, ROM included; the counterpart of `read`.

        Raises:
            ValueError: part of it is not mapped memory.
        """
        done = 0
        while done < len(data):
            txn = transaction.write(address + done, data[done:])
            moved = self._socket(core).transport_dbg(txn)
            if moved <= 0:
                raise ValueError(f"no memory is mapped at 0x{address + done:08x}")
            done += moved

    def run(
        self,
        timeout: str | int | None = None,
        *,
        expect: str | None = None,
        fail: str | None = None,
        wall_timeout: float | None = None,
        progress: Progress | None = None,
    ) -> RunResult:
        """Run until the guest ends it, a condition is met, or nothing can happen any more.

        May be called again to go on.

        Args:
            timeout: simulated time from now ("10ms"; an int is ps).
            expect: a regular expression; the run passes when a console has printed a match.
            fail: a regular expression; the run fails when a console has printed a match.
            wall_timeout: seconds of host time.
            progress: called about ten times a second with the result so far.
        """
        limit = parse_time(timeout) if isinstance(timeout, str) else timeout
        try:
            return runner.run(
                self, limit, expect=expect, fail=fail, wall_timeout=wall_timeout, progress=progress
            )
        finally:
            save_all()  # what was compiled

    def _socket(self, core: str | None) -> InitiatorSocket:
        return self._debug if core is None else self.core(core).port.socket


def _named(table: dict[str, Named], name: str, kind: str) -> Named:
    if name not in table:
        near = get_close_matches(name, table, 1)
        hint = f", did you mean '{near[0]}'?" if near else f" (there are: {', '.join(table)})"
        raise KeyError(f"no {kind} '{name}'{hint}")
    return table[name]

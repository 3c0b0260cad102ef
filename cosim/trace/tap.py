"""The tap: sees every blocking transaction of one socket, and passes everything on."""

from __future__ import annotations

from collections.abc import Callable

from cosim.bus.dmi import DirectMemory
from cosim.bus.exclusive import Exclusive
from cosim.bus.phases import Answer, AnyPhase
from cosim.bus.sockets import Backward, InitiatorSocket, NonBlockingTarget, ProtocolError, Target
from cosim.bus.transaction import Transaction
from cosim.cpus.memory_port import InstructionFetch
from cosim.kernel.kernel import Kernel
from cosim.kernel.units import SimTime
from cosim.trace.records import Access, AccessKind

COMMANDS: tuple[AccessKind, ...] = ("READ", "WRITE", "IGNORE")


class Tap:
    """Gives `record` an `Access` for each transaction when it is complete.

    One that ends in an exception of the target is recorded too, with the response it has then.
    """

    def __init__(
        self, socket: InitiatorSocket, kernel: Kernel, record: Callable[[Access], None]
    ) -> None:
        self.name = socket.name
        self._kernel = kernel
        self._record = record
        self._target: Target = socket.target
        socket.tap(self, lambda start, end: None, self._phase_back)

    def b_transport(self, txn: Transaction, delay: SimTime) -> SimTime:
        time = self._kernel.now + delay
        address, after = txn.address, delay  # interconnect changes the address
        try:
            after = self._target.b_transport(txn, delay)
            return after
        finally:
            access = Access(
                time,
                self.name,
                COMMANDS[txn.command],
                address,
                bytes(txn.data),
                txn.response,
                after - delay,
            )
            if txn.extensions:
                _add_extensions(access, txn)
            if not txn.plain:
                access.byte_enable = txn.byte_enable
                access.streaming_width = txn.streaming_width
            self._record(access)

    def nb_transport_fw(self, txn: Transaction, phase: AnyPhase, delay: SimTime) -> Answer:
        if not isinstance(self._target, NonBlockingTarget):
            raise ProtocolError(f"the target of {self.name} has no nb_transport_fw")
        return self._target.nb_transport_fw(txn, phase, delay)

    def transport_dbg(self, txn: Transaction) -> int:
        return self._target.transport_dbg(txn)

    def get_direct_mem_ptr(self, txn: Transaction) -> DirectMemory | None:
        return self._target.get_direct_mem_ptr(txn)

    def _phase_back(
        self, initiator: Backward, txn: Transaction, phase: AnyPhase, delay: SimTime
    ) -> Answer:
        return initiator(txn, phase, delay)


def _add_extensions(access: Access, txn: Transaction) -> None:
    exclusive = txn.get_extension(Exclusive)
    if exclusive is not None:
        access.exclusive = exclusive.succeeded
    if txn.get_extension(InstructionFetch) is not None:
        access.command = "FETCH"

"""The protocol checker: a tap on a socket that reports each broken rule by its number.

The rules are those of IEEE 1666-2011 as `RULES` lists them. A socket without a checker runs the
same code as ever: a tap stands in its way only when it has been put there.

Rules that a tap cannot see are not in the list: G7 (what happens to an extension object), D1 and
D2 (a descriptor is made anew for each answer), D6 and D8 (what an initiator does with its grants),
and that `nb_transport` needs a memory manager (14.5 i), which Python's references make pointless.
D4 goes as far as is sound: a target may change its mind about a hint whenever it is called or time
goes by, and about a grant not before it has invalidated it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cosim.bus.dmi import DirectMemory
from cosim.bus.exclusive import Exclusive
from cosim.bus.phases import BACKWARD, FORWARD, Answer, AnyPhase, Phase, Sync
from cosim.bus.router import View
from cosim.bus.sockets import Backward, InitiatorSocket, NonBlockingTarget, ProtocolError, Target
from cosim.bus.transaction import (
    ENABLED,
    Command,
    GpOption,
    Response,
    Transaction,
)
from cosim.kernel.units import SimTime, format_time

# fmt: off
RULES = {
    "G1":  "the initiator sets data, streaming width, byte enables, response, hint and option (14)",
    "G2":  "nothing but the address changes on the way (14.7)",
    "G3":  "interconnect does not set OK itself (14.7)",
    "G4":  "bytes that are not enabled stay as they are (14.14)",
    "G5":  "an error response survives to the initiator (14.17)",
    "G6":  "IGNORE moves no data (14.10)",
    "G8":  "a payload is held, comes back as it was lent, and is not reused too early (14.5)",
    "B1":  "b_transport returns a delay and does not wait (11.1.1)",
    "B2":  "one transaction is not blocking and non-blocking at once (15.2.10)",
    "B3":  "a delay never becomes less (15.2.7)",
    "B4":  "a response is not INCOMPLETE on return, and from BEGIN_RESP on (14.17)",
    "N1":  "phases come in order, each in its direction (15.2.3, 15.2.4)",
    "N2":  "one request and one response at a time on a hop (15.2.6)",
    "N3":  "UPDATED carries a new phase (11.1.2.5)",
    "N4":  "a response takes the request's way back (15.2.11)",
    "D3":  "a grant holds the address asked for, and its buffer all of the grant (11.2.5)",
    "D4":  "the hint is given exactly where a request succeeds (14.16)",
    "D5":  "a grant whose answer changes is invalidated first (11.2.5)",
    "D7":  "direct memory is not asked for during an invalidation (11.2.5)",
    "DB1": "a debug access moves no more than its length and has data (11.3.4)",
}
# fmt: on


@dataclass(frozen=True)
class Violation:
    """One broken rule: when (ps), at which socket, by which transaction."""

    rule: str
    time: SimTime
    module: str
    transaction: str
    problem: str

    def __str__(self) -> str:
        return (
            f"{self.rule} broken at {format_time(self.time)}, {self.module}: {self.problem} "
            f"({self.transaction}; {RULES[self.rule]})"
        )


class ProtocolChecker:
    """Watches the sockets it is put on, hop by hop.

    Args:
        now: the simulated time in ps.
        report: called with each violation.

    Attributes:
        violations: all of them, in order.
    """

    def __init__(
        self, now: Callable[[], SimTime], report: Callable[[Violation], None] | None = None
    ) -> None:
        self.violations: list[Violation] = []
        self._now = now
        self._report = report
        # The blocking calls under way, innermost last: each with what its inner hops answered.
        self.calls: list[Call] = []
        self.watched: set[InitiatorSocket] = set()
        self.taps: list[Tap] = []
        self.count = 0  # of calls: each may change what a target would grant

    def watch(self, socket: InitiatorSocket) -> None:
        """Put a tap on `socket`, which is bound."""
        self.watched.add(socket)
        tap = Tap(self, socket)
        self.taps.append(tap)
        socket.tap(tap, tap.invalidated, tap.phase_back, tap.broken)

    @property
    def moment(self) -> tuple[SimTime, int]:
        """Changes whenever a target may have done something: time went by, or it was called."""
        return self._now(), self.count

    def responding(self, txn: Transaction) -> bool:
        """Whether the response of `txn` is under way on some hop."""
        return any(tap.phase_of(txn) is Phase.BEGIN_RESP for tap in self.taps)

    def broken(self, rule: str, module: str, txn: Transaction, problem: str) -> None:
        text = f"{txn.command.name} of {len(txn.data)} bytes at 0x{txn.address:08x}"
        by = f" by {txn.initiator}" if txn.initiator else ""
        found = Violation(rule, self._now(), module, text + by, problem)
        self.violations.append(found)
        if self._report is not None:
            self._report(found)


@dataclass
class Call:
    """A blocking call under way; `inner` is the response of the hop behind, if there was one."""

    txn: Transaction
    inner: Response | None = None


class Tap:
    """The checker at one socket: passes everything on, and compares before with after."""

    def __init__(self, checker: ProtocolChecker, socket: InitiatorSocket) -> None:
        self.checker = checker
        self.name = socket.name
        self.target: Target = socket.target
        self.behind = socket.peer.target
        self._grants: list[DirectMemory] = []
        self._hint: tuple[Command, int, tuple[SimTime, int]] | None = None
        self._phases: dict[int, tuple[Transaction, Phase]] = {}
        self._sent: dict[int, _Snapshot] = {}  # what had begun its request, by transaction

    # Blocking transport

    def b_transport(self, txn: Transaction, delay: SimTime) -> SimTime:
        before = _Snapshot(txn)
        self._check_request(txn, first=not self._inside(txn))
        if id(txn) in self._phases:
            self.broken("B2", txn, "b_transport of a transaction with phases under way")
        call = Call(txn)
        calls = self.checker.calls
        calls.append(call)
        self.checker.count += 1
        try:
            after = self.target.b_transport(txn, delay)
        finally:
            calls.pop()
        before.compare(txn, self.broken)
        before.compare_loan(txn, self.broken)
        if not isinstance(after, int):
            self.broken("B1", txn, f"b_transport returned a {type(after).__name__}, not a delay")
        elif after < delay:
            self.broken("B3", txn, f"the delay went from {delay} to {after} ps")
        if isinstance(after, int) and txn.response is Response.INCOMPLETE:
            self.broken("B4", txn, "the response is INCOMPLETE")
        if call.inner is not None and call.inner < 0 < txn.response:
            self.broken("G5", txn, f"{call.inner.name} became {txn.response.name}")
        exclusive = txn.get_extension(Exclusive) is not None  # a monitor's answer is its own
        if txn.ok and call.inner is None and not exclusive and self._sees_all_forwarding():
            self.broken("G3", txn, "interconnect answered OK without forwarding")
        if calls and calls[-1].txn is txn:
            calls[-1].inner = txn.response
        self._check_hint(txn, before.address, exclusive)
        return after

    def _check_hint(self, txn: Transaction, address: int, exclusive: bool) -> None:
        """Note the hint of a transaction that was at `address` here, or its absence."""
        self._hint = None
        if txn.ok and txn.dmi_allowed:
            self._hint = txn.command, address, self.checker.moment
        elif txn.ok and not exclusive and any(_serves(one, txn, address) for one in self._grants):
            self.broken("D4", txn, "no hint where direct memory is granted")

    def _sees_all_forwarding(self) -> bool:
        """Whether interconnect is behind this socket, with taps on all it forwards to."""
        view = self.behind
        watched = self.checker.watched
        return isinstance(view, View) and all(one.socket in watched for one in view.regions)

    def _inside(self, txn: Transaction) -> bool:
        return any(call.txn is txn for call in self.checker.calls)

    def _check_request(self, txn: Transaction, *, first: bool) -> None:
        faults = {
            "no data": not txn.data,
            "the streaming width is not positive": txn.streaming_width <= 0,
            "the byte enables are empty": txn.byte_enable == b"",
            "the response is not INCOMPLETE": txn.response is not Response.INCOMPLETE,
            "the DMI hint is set": first and txn.dmi_allowed,
            "the option is not MIN_PAYLOAD": txn.option is not GpOption.MIN_PAYLOAD,
        }
        for problem, wrong in faults.items():
            if wrong:
                self.broken("G1", txn, problem)
        if txn.on_free is not None and txn.references <= 0:
            self.broken("G8", txn, "nobody holds the payload")

    # Non-blocking transport

    def nb_transport_fw(self, txn: Transaction, phase: AnyPhase, delay: SimTime) -> Answer:
        self.checker.count += 1
        if phase is Phase.BEGIN_REQ:
            self._check_request(txn, first=True)
            self._sent[id(txn)] = _Snapshot(txn)
            if self._inside(txn):
                self.broken("B2", txn, "phases of a transaction in b_transport")
        self._phase(txn, phase, FORWARD, "forward")
        if not isinstance(self.target, NonBlockingTarget):
            raise ProtocolError(f"the target of {self.name} has no nb_transport_fw")
        answer = self.target.nb_transport_fw(txn, phase, delay)
        self._answered(txn, phase, answer, delay, BACKWARD)
        return answer

    def phase_back(
        self, initiator: Backward, txn: Transaction, phase: AnyPhase, delay: SimTime
    ) -> Answer:
        """A phase on its way back to the initiator."""
        self._phase(txn, phase, BACKWARD, "backward")
        answer = initiator(txn, phase, delay)
        self._answered(txn, phase, answer, delay, FORWARD)
        return answer

    def _answered(
        self,
        txn: Transaction,
        sent: AnyPhase,
        answer: Answer,
        delay: SimTime,
        allowed: tuple[Phase, ...],
    ) -> None:
        sync, phase, after = answer
        if sync is Sync.UPDATED and phase == sent:
            self.broken("N3", txn, "UPDATED with the phase that was sent")
        elif sync is Sync.UPDATED:
            self._phase(txn, phase, allowed, "returned")
            if after < delay:
                self.broken("B3", txn, f"the delay went from {delay} to {after} ps")
        elif sync is Sync.COMPLETED:
            self._responded(txn)
            self._phases.pop(id(txn), None)

    def _responded(self, txn: Transaction) -> None:
        """The response is there: hold it against the request; once for each transaction."""
        before = self._sent.pop(id(txn), None)
        if before is None:
            return
        before.compare(txn, self.broken)
        if txn.response is Response.INCOMPLETE:
            self.broken("B4", txn, "the response is INCOMPLETE")

    def phase_of(self, txn: Transaction) -> Phase | None:
        """Where `txn` is on this hop; None when it is not under way."""
        known = self._phases.get(id(txn))
        return known[1] if known else None

    def _phase(
        self, txn: Transaction, phase: AnyPhase, allowed: tuple[Phase, ...], way: str
    ) -> None:
        if not isinstance(phase, Phase):
            return  # an extended phase: ignorable
        last = self.phase_of(txn)
        if phase is Phase.BEGIN_REQ and self.checker.responding(txn):
            self.broken("G8", txn, "BEGIN_REQ of a payload that is on its response path")
        elif phase not in allowed:
            self.broken("N1", txn, f"{phase.name} {way}")
        elif last is None and phase is not Phase.BEGIN_REQ:
            rule = "N4" if phase in BACKWARD else "N1"
            self.broken(rule, txn, f"{phase.name} without a BEGIN_REQ on this hop")
        elif last is not None and not _follows(last, phase):
            self.broken("N1", txn, f"{phase.name} after {last.name}")
        others = [(one, at) for one, at in self._phases.values() if one is not txn]
        if phase is Phase.BEGIN_REQ and any(at is Phase.BEGIN_REQ for _, at in others):
            self.broken("N2", txn, "a second request before END_REQ")
        if phase is Phase.BEGIN_RESP and any(at is Phase.BEGIN_RESP for _, at in others):
            self.broken("N2", txn, "a second response before END_RESP")
        if phase is Phase.BEGIN_RESP:
            self._responded(txn)
        if phase is Phase.END_RESP:
            self._phases.pop(id(txn), None)
        else:
            self._phases[id(txn)] = (txn, phase)

    # Debug and direct memory

    def transport_dbg(self, txn: Transaction) -> int:
        if not txn.data:
            self.broken("DB1", txn, "no data")
        self.checker.count += 1
        moved = self.target.transport_dbg(txn)
        if not 0 <= moved <= len(txn.data):
            self.broken("DB1", txn, f"{moved} bytes moved")
        return moved

    def get_direct_mem_ptr(self, txn: Transaction) -> DirectMemory | None:
        address, hint = txn.address, self._hint
        grant = self.target.get_direct_mem_ptr(txn)
        writes = txn.command is Command.WRITE
        allowed = grant is not None and (grant.writable if writes else grant.readable)
        if hint == (txn.command, address, self.checker.moment) and not allowed:
            self.broken("D4", txn, "the hint was given and the request refused")
        if grant is None:
            return None
        if not grant.start <= address <= grant.end:
            self.broken("D3", txn, f"0x{grant.start:x}..0x{grant.end:x} is elsewhere")
        size = grant.end - grant.start + 1
        if grant.granted and not 0 <= grant.offset <= len(grant.buffer) - size:
            self.broken("D3", txn, "the grant is larger than its buffer")
        for old in self._grants:
            if old.start <= address <= old.end and not _still_holds(old, grant, writes):
                self.broken("D5", txn, "an earlier grant here was not invalidated")
                break
        if grant.granted and grant not in self._grants:
            self._grants.append(grant)
        return grant

    def invalidated(self, start: int, end: int) -> None:
        """Grants in `start`..`end` are void."""
        self._hint = None
        self._grants = [one for one in self._grants if one.end < start or end < one.start]

    def broken(self, rule: str, txn: Transaction, problem: str) -> None:
        self.checker.broken(rule, self.name, txn, problem)


class _Snapshot:
    """What a transaction must still have when it comes back."""

    def __init__(self, txn: Transaction) -> None:
        self.address = txn.address
        self.command, self.data, self.enable = txn.command, txn.data, txn.byte_enable
        self.width, self.bytes = txn.streaming_width, bytes(txn.data)
        self.managed, self.extensions = txn.on_free is not None, set(txn.extensions or ())

    def compare(self, txn: Transaction, broken: Callable[[str, Transaction, str], None]) -> None:
        now = {
            "command": txn.command is self.command,
            "data object": txn.data is self.data,
            "data length": len(txn.data) == len(self.bytes),
            "byte enables": txn.byte_enable == self.enable,
            "streaming width": txn.streaming_width == self.width,
        }
        for name, same in now.items():
            if not same:
                broken("G2", txn, f"the {name} changed")
        if not all(now.values()):
            return
        if self.command is Command.WRITE and txn.data != self.bytes:
            broken("G2", txn, "the write data changed")
        if self.command is Command.IGNORE and txn.data != self.bytes:
            broken("G6", txn, "the data changed")
        enable = self.enable
        if self.command is Command.READ and enable:
            for index, byte in enumerate(self.bytes):
                if enable[index % len(enable)] != ENABLED and txn.data[index] != byte:
                    broken("G4", txn, f"byte {index} changed")
                    return

    def compare_loan(
        self, txn: Transaction, broken: Callable[[str, Transaction, str], None]
    ) -> None:
        """A payload without a manager comes back without one, and with no more extensions."""
        if self.managed:
            return
        if txn.on_free is not None:
            broken("G8", txn, "a memory manager was added and not removed")
            return
        for kind in set(txn.extensions or ()) - self.extensions:
            broken("G8", txn, f"the extension {kind.__name__} was added and not removed")


def _serves(grant: DirectMemory, txn: Transaction, address: int) -> bool:
    """Whether `grant` would do for all of `txn` at `address`."""
    rights = {Command.READ: grant.readable, Command.WRITE: grant.writable}
    inside = grant.start <= address and address + txn.span - 1 <= grant.end
    return inside and rights.get(txn.command, False)


def _follows(last: Phase, phase: Phase) -> bool:
    """END_REQ may be left out: BEGIN_RESP implies it (15.2.4)."""
    return phase == last + 1 or (last, phase) == (Phase.BEGIN_REQ, Phase.BEGIN_RESP)


def _still_holds(old: DirectMemory, new: DirectMemory, writes: bool) -> bool:
    """Whether the answer `new`, in the range of `old`, leaves `old` true."""
    if not new.granted:
        return not (old.writable if writes else old.readable)
    same_place = old.buffer is new.buffer and old.offset - old.start == new.offset - new.start
    rights = new.readable >= old.readable and new.writable >= old.writable
    return same_place and rights

"""What the bus costs: routers, direct memory, the protocol checker. `python benchmarks/bus.py`."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from cosim.bus import transaction
from cosim.bus.checker import ProtocolChecker
from cosim.bus.direct_access import DirectAccess
from cosim.bus.memory import Memory
from cosim.bus.router import Router

CALLS = 50_000
REPEATS = 3


def initiator(routers: int, *, check: bool = False) -> DirectAccess:
    """An initiator with a memory behind so many routers."""
    target = Memory("ram", 0x1000).socket
    checker = ProtocolChecker(lambda: 0)
    for level in range(routers):
        router = Router(f"bus{level}")
        region = router.map("below", target, 0, 0x1000)
        if check:
            checker.watch(region.socket)
        target = router.view("up").socket
    access = DirectAccess("cpu")
    access.socket.bind(target)
    if check:
        checker.watch(access.socket)
    return access


def seconds(call: Callable[[transaction.Transaction], object]) -> float:
    """The best time of one 4-byte read."""
    best = float("inf")
    for _ in range(REPEATS):
        start = perf_counter()
        for _ in range(CALLS):
            call(transaction.read(0x100, 4))
        best = min(best, (perf_counter() - start) / CALLS)
    return best


def main() -> None:
    rows = {
        f"b_transport, {count} routers": seconds(initiator(count).socket.b_transport)
        for count in (0, 1, 3)
    }
    rows["direct memory, 1 router"] = seconds(initiator(1).transport)
    checked = initiator(1, check=True)
    rows["b_transport, 1 router, checked"] = seconds(checked.socket.b_transport)
    base = rows["b_transport, 1 routers"]
    print(f"{'4-byte read':32} {'us':>7} {'against 1 router':>17}")
    for name, time in rows.items():
        print(f"{name:32} {time * 1e6:7.2f} {time / base:17.2f}")


if __name__ == "__main__":
    main()

"""What the kernel and the bus cost, against bare simpy and against each other.

    python benchmarks/kernel.py

One table, everything measured in this run: rounds of all rows in turn, so that what else the
machine does falls on all of them alike; processor time, the median of the rounds. The ratio is the
median of each round's: how many times as fast as the row that it names.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Any

import simpy

from cosim.bus import transaction
from cosim.bus.checker import ProtocolChecker
from cosim.bus.direct_access import DirectAccess
from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.kernel.clock import Clock
from cosim.kernel.events import Event
from cosim.kernel.kernel import Kernel
from cosim.kernel.signals import Signal
from cosim.kernel.waits import ThreadBody

ROUNDS = 7
COUNT = 20_000  # what is counted, of each row, in one round
PROCESSES = 10  # that wait for times

Run = Callable[[], object]
"""One round; everything it needs has been made before."""


def waits_of_simpy() -> Run:
    env = simpy.Environment()

    def body(step: int) -> Generator[simpy.Event, Any, None]:
        for _ in range(COUNT // PROCESSES):
            yield env.timeout(step)

    for number in range(PROCESSES):
        env.process(body(10 + number))
    return env.run


def waits_of_threads() -> Run:
    kernel = Kernel()

    def body(step: int) -> ThreadBody:
        for _ in range(COUNT // PROCESSES):
            yield step

    for number in range(PROCESSES):
        kernel.thread(body(10 + number), f"t{number}")
    return kernel.run


def waits_of_simpy_in_the_kernel() -> Run:
    kernel = Kernel()

    def body(step: int) -> Generator[simpy.Event, Any, None]:
        for _ in range(COUNT // PROCESSES):
            yield kernel.env.timeout(step)

    for number in range(PROCESSES):
        kernel.env.process(body(10 + number))
    return kernel.run


def pingpong_of_simpy() -> Run:
    """Two processes take turns; each event of simpy happens once, so each turn makes one."""
    env = simpy.Environment()
    turns = [env.event(), env.event()]

    def body(mine: int) -> Generator[simpy.Event, Any, None]:
        for _ in range(COUNT // 2):
            yield turns[mine]
            turns[mine] = env.event()
            turns[1 - mine].succeed()

    env.process(body(0))
    env.process(body(1))
    turns[0].succeed()
    return env.run


def pingpong(delay: int | None) -> Run:
    kernel = Kernel()
    turns = Event(kernel, "ping"), Event(kernel, "pong")

    def body(mine: int) -> ThreadBody:
        for _ in range(COUNT // 2):
            yield turns[mine]
            turns[1 - mine].notify(delay)

    kernel.thread(body(0), "first")
    kernel.thread(body(1), "second")
    turns[0].notify(1)
    return kernel.run


def signal_writes() -> Run:
    """Each written value makes one method run."""
    kernel = Kernel()
    signal = Signal(kernel, 0, "signal")

    def body() -> ThreadBody:
        for value in range(COUNT):
            signal.write(value + 1)
            yield 0

    kernel.thread(body(), "writer")
    kernel.method(signal.read, signal, name="reader", initialize=False)
    return kernel.run


def clock_cycles() -> Run:
    """A process that runs at each rising edge."""
    kernel = Kernel()
    clock = Clock(kernel, 10, "clock")
    kernel.method(lambda: None, clock.posedge, name="clocked", initialize=False)
    return lambda: kernel.run(10 * COUNT)


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


def reads(transport: Callable[[transaction.Transaction], object]) -> Run:
    def run() -> None:
        for _ in range(COUNT):
            transport(transaction.read(0x100, 4))

    return run


def blocking(routers: int, *, check: bool = False) -> Callable[[], Run]:
    return lambda: reads(initiator(routers, check=check).socket.b_transport)


@dataclass(frozen=True)
class Row:
    """What is measured, and the row it is compared with."""

    what: str
    prepare: Callable[[], Run]
    against: str


WAITS = "simpy: waits for a time"
TURNS = "simpy: event ping-pong"
THREADS = "threads: waits for a time"
READS = "4-byte read, b_transport, 1 router"

# fmt: off
ROWS = [
    Row(WAITS,                                     waits_of_simpy,                         WAITS),
    Row(THREADS,                                   waits_of_threads,                       WAITS),
    Row("simpy processes in our kernel",           waits_of_simpy_in_the_kernel,           WAITS),
    Row(TURNS,                                     pingpong_of_simpy,                      TURNS),
    Row("threads: notify() ping-pong",             lambda: pingpong(None),                 TURNS),
    Row("threads: notify(0) ping-pong",            lambda: pingpong(0),                    TURNS),
    Row("threads: notify(10) ping-pong",           lambda: pingpong(10),                   TURNS),
    Row("signal write, one method sensitive",      signal_writes,                          THREADS),
    Row("clock cycle, one method at posedge",      clock_cycles,                           THREADS),
    Row("4-byte read, b_transport, no router",     blocking(0),                            READS),
    Row(READS,                                     blocking(1),                            READS),
    Row("4-byte read, b_transport, 3 routers",     blocking(3),                            READS),
    Row("4-byte read, direct memory, 1 router",    lambda: reads(initiator(1).transport),  READS),
    Row("4-byte read, 1 router, --check-tlm",      blocking(1, check=True),                READS),
]
# fmt: on


def measure() -> dict[str, list[float]]:
    """Seconds for one of what each row counts, in each round."""
    times: dict[str, list[float]] = {row.what: [] for row in ROWS}
    for _ in range(ROUNDS):
        for row in ROWS:
            run = row.prepare()
            start = process_time()
            run()
            times[row.what].append((process_time() - start) / COUNT)
    return times


def main() -> None:
    times = measure()
    print(f"{'':38} {'a second':>10} {'us each':>8} {'ratio':>6}  to")
    for row in ROWS:
        one = median(times[row.what])
        ratio = median(
            base / mine for base, mine in zip(times[row.against], times[row.what], strict=True)
        )
        to = row.against if row.against != row.what else ""
        print(f"{row.what:38} {1 / one:10,.0f} {one * 1e6:8.2f} {ratio:6.2f}  {to}")


if __name__ == "__main__":
    main()

"""CP15: the system control registers that are there; every other one is undefined (B3.17)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from cosim.cpus.arm import vfp_state
from cosim.cpus.arm.registers import Mode
from cosim.cpus.faults import Trap

if TYPE_CHECKING:
    from cosim.cpus.core import Core

MIDR = 0x413F_C090  # Cortex-A9 r3p0
CTR = 0x8333_8003  # 32-byte lines, VIPT instruction cache
MPIDR = 0x8000_0000  # multiprocessing extensions, cluster 0, core 0

SCTLR_RESET = 0x00C5_0078
SCTLR_M, SCTLR_A, SCTLR_V = 1 << 0, 1 << 1, 1 << 13
SCTLR_EE, SCTLR_TE = 1 << 25, 1 << 30
SCTLR_KEPT = SCTLR_A | SCTLR_V | 1 << 2 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 14
"""A, V, and the bits of caches and branch prediction, which change nothing here (C SW Z I RR)."""

UNMODELLED = {SCTLR_M: "the MMU", SCTLR_EE: "big-endian exceptions", SCTLR_TE: "Thumb exceptions"}


class SystemRegister(NamedTuple):
    """A register's name and access; without a function for an access, that is undefined.

    `user` says what User mode may do: "rw", "r", "w" or nothing.
    """

    name: str
    reader: Callable[[Core], int] | None
    writer: Callable[[Core, int], None] | None
    user: str = ""

    def read(self, core: Core) -> int:
        if self.reader is None or (core.state["mode"] == Mode.USR and "r" not in self.user):
            raise Trap("undefined")
        return self.reader(core)

    def write(self, core: Core, value: int) -> None:
        if self.writer is None or (core.state["mode"] == Mode.USR and "w" not in self.user):
            raise Trap("undefined")
        self.writer(core, value)


def constant(name: str, value: int) -> SystemRegister:
    return SystemRegister(name, lambda core: value, None)


def kept(name: str, mask: int = 0xFFFF_FFFF, user: str = "") -> SystemRegister:
    """A register that only remembers what is written, in the slot of its name."""
    slot = name.lower()

    def write(core: Core, value: int) -> None:
        core.state[slot] = value & mask

    return SystemRegister(name, lambda core: core.state[slot], write, user)


def operation(name: str, user: str = "") -> SystemRegister:
    """Cache, branch predictor and barrier operations: there is nothing to clean or to wait for."""
    return SystemRegister(name, None, lambda core, value: None, user)


def write_sctlr(core: Core, value: int) -> None:
    """Traps where a bit switches on what is not modelled."""
    for bit, what in UNMODELLED.items():
        if value & bit:
            core.kernel.reports.emit("unimp", core.name, f"SCTLR = 0x{value:08x}: {what}")
            raise Trap("unmodelled", bit)
    core.state["sctlr"] = (value & SCTLR_KEPT) | SCTLR_RESET
    core.strict_alignment = bool(value & SCTLR_A)


SCTLR = SystemRegister("SCTLR", lambda core: core.state["sctlr"], write_sctlr)
CPACR = SystemRegister("CPACR", lambda core: core.state["cpacr"], vfp_state.write_cpacr)

# fmt: off
BY_ENCODING = {  # opc1, CRn, CRm, opc2
    (0, 0,  0,  0): constant("MIDR", MIDR),
    (0, 0,  0,  1): constant("CTR", CTR),
    (0, 0,  0,  5): constant("MPIDR", MPIDR),
    (0, 1,  0,  0): SCTLR,
    (0, 1,  0,  1): kept("ACTLR"),
    (0, 1,  0,  2): CPACR,
    (0, 5,  0,  0): kept("DFSR"),
    (0, 5,  0,  1): kept("IFSR"),
    (0, 6,  0,  0): kept("DFAR"),
    (0, 6,  0,  2): kept("IFAR"),
    (0, 7,  1,  0): operation("ICIALLUIS"),
    (0, 7,  1,  6): operation("BPIALLIS"),
    (0, 7,  5,  0): operation("ICIALLU"),
    (0, 7,  5,  1): operation("ICIMVAU"),
    (0, 7,  5,  4): operation("CP15ISB", "w"),
    (0, 7,  5,  6): operation("BPIALL"),
    (0, 7,  5,  7): operation("BPIMVA"),
    (0, 7,  6,  1): operation("DCIMVAC"),
    (0, 7,  6,  2): operation("DCISW"),
    (0, 7, 10,  1): operation("DCCMVAC"),
    (0, 7, 10,  2): operation("DCCSW"),
    (0, 7, 10,  4): operation("CP15DSB", "w"),
    (0, 7, 10,  5): operation("CP15DMB", "w"),
    (0, 7, 11,  1): operation("DCCMVAU"),
    (0, 7, 14,  1): operation("DCCIMVAC"),
    (0, 7, 14,  2): operation("DCCISW"),
    (0, 12, 0,  0): kept("VBAR", 0xFFFF_FFE0),
    (0, 13, 0,  2): kept("TPIDRURW", user="rw"),
    (0, 13, 0,  3): kept("TPIDRURO", user="r"),
    (0, 13, 0,  4): kept("TPIDRPRW"),
}
# fmt: on

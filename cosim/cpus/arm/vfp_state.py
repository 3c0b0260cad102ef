"""VFP system registers, and when VFP instructions are undefined (B1.11, B4.1.40, B6.1).

Whether an instruction may execute is one word, `fp_guard`: 0 where all may. It is kept up to date
by what can change it: CPACR, FPEXC.EN and FPSCR.LEN. The mode is looked at where it matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosim.cpus.arm.registers import LAYOUT, THUMB, Mode
from cosim.cpus.faults import Trap, UndefinedInstruction
from cosim.cpus.isa.machine import Machine, Value

if TYPE_CHECKING:
    from cosim.cpus.core import Core

GUARD = LAYOUT["fp_guard"]
FPSCR = LAYOUT["fpscr"]
"""Its control bits; the condition flags and the cumulative exception flags have own slots."""
FP_FLAGS = LAYOUT["fp_flags"]
FP_N, FP_Z, FP_C, FP_V = (LAYOUT[f"fp_{flag}"] for flag in "nzcv")
FIRST_WORD = LAYOUT["s0"]

# Bits of the guard
OFF, PRIVILEGED_ONLY, LOWER_HALF_ONLY, VECTORS = 1, 2, 4, 8

# FPSCR (A2.6.3). Trap enables and QC are not there: no trapped exceptions, no Advanced SIMD.
LEN = 7 << 16
CONTROL = 0x07F0_0000 | LEN
"""AHP, DN, FZ, RMode, Stride and Len."""
CUMULATIVE = 0x9F
"""IDC, IXC, UFC, OFC, DZC, IOC: the flags' values are those of the floats package."""

# FPEXC (B6.1.38)
EN, DEX = 1 << 30, 1 << 29

# CPACR (B4.1.40)
ASEDIS, D32DIS = 1 << 31, 1 << 30
CP10, CP11 = 3 << 20, 3 << 22
DENIED, PRIVILEGED, RESERVED = 0, 1, 2


def words_of(core: Core) -> str:
    """The core's floating-point unit by its option."""
    fpu: str = core.config.fpu  # type: ignore[attr-defined]  # every ARM core has the key
    return fpu


def has_upper_half(core: Core) -> bool:
    """Whether D16-D31 are there."""
    return not words_of(core).endswith("d16")


def reset(core: Core) -> None:
    core.state["cpacr"] = core.state["fpexc"] = 0
    write_cpacr(core, 0)


# Access


def check(m: Machine, mask: int) -> None:
    """Undefined if the guard has one of the bits that count for this instruction."""
    m.when(m.and_(m.get(GUARD), m.const(mask)), lambda: m.system(refuse, m.const(mask)))


def refuse(core: Core, mask: int) -> None:
    """Raise what the guard's bits ask for; in a privileged mode there may be none."""
    guard = core.state["fp_guard"] & mask
    if guard == PRIVILEGED_ONLY and core.state["mode"] != Mode.USR:
        return
    if guard == VECTORS or (guard == VECTORS | PRIVILEGED_ONLY and core.state["mode"] != Mode.USR):
        core.kernel.reports.emit("unimp", core.name, "VFP short vectors (FPSCR.LEN)")
        core.state["fpexc"] |= DEX
    raise UndefinedInstruction(_present_word(core))


def _present_word(core: Core) -> int:
    data = core.port.read_debug(core.engine.pc, 4)
    if core.state["context"] & THUMB:
        data = data[2:] + data[:2]  # halfwords, the first one on top
    return int.from_bytes(data, "little")


def _update(core: Core) -> None:
    """Work out the guard."""
    state = core.state
    access = state["cpacr"] >> 20 & 3
    guard = 0
    # The reserved value, and different ones for CP10 and CP11, are UNPREDICTABLE: no access.
    if access in (DENIED, RESERVED) or access != state["cpacr"] >> 22 & 3:
        guard |= OFF
    elif access == PRIVILEGED:
        guard |= PRIVILEGED_ONLY
    if not state["fpexc"] & EN:
        guard |= OFF
    if state["cpacr"] & D32DIS:
        guard |= LOWER_HALF_ONLY
    if state["fpscr"] & LEN:
        guard |= VECTORS
    state["fp_guard"] = guard


def write_cpacr(core: Core, value: int) -> None:
    """Without a floating-point unit all is zero; without Advanced SIMD ASEDIS is one."""
    if words_of(core) == "none":
        return
    fixed = ASEDIS if has_upper_half(core) else ASEDIS | D32DIS
    core.state["cpacr"] = value & (CP10 | CP11 | D32DIS) | fixed
    _update(core)


# Status registers


def read_fpscr(m: Machine) -> Value:
    word = m.or_(m.get(FPSCR), m.get(FP_FLAGS))
    for slot, bit in ((FP_N, 31), (FP_Z, 30), (FP_C, 29), (FP_V, 28)):
        word = m.or_(word, m.shl(m.get(slot), m.const(bit)))
    return word


def write_fpscr(core: Core, value: int) -> None:
    state = core.state
    state["fpscr"] = value & CONTROL
    state["fp_flags"] = value & CUMULATIVE
    for name, bit in (("fp_n", 31), ("fp_z", 30), ("fp_c", 29), ("fp_v", 28)):
        state[name] = value >> bit & 1
    _update(core)


def _require_access(core: Core) -> None:
    """FPEXC and the ID registers: a privileged mode and CPACR's permission, but not FPEXC.EN."""
    state = core.state
    allowed = state["cpacr"] >> 20 & 3 in (PRIVILEGED, 3)
    if state["mode"] == Mode.USR or not allowed:
        raise Trap("undefined")


def read_fpexc(core: Core) -> int:
    _require_access(core)
    return core.state["fpexc"]


def write_fpexc(core: Core, value: int) -> None:
    _require_access(core)
    core.state["fpexc"] = value & (EN | DEX)
    _update(core)


def write_nothing(core: Core, value: int) -> None:
    """FPSID: a write is ignored."""
    _require_access(core)


def read_fpsid(core: Core) -> int:
    _require_access(core)
    return FPSID[core.TYPE]


def read_mvfr0(core: Core) -> int:
    """Square root, division, both precisions, no short vectors, no traps; 16 or 32 registers."""
    _require_access(core)
    return 0x1011_0222 if has_upper_half(core) else 0x1011_0221


def read_mvfr1(core: Core) -> int:
    """Half precision conversions, NaN propagation and subnormals; FMA with VFPv4; no SIMD."""
    _require_access(core)
    return 0x1100_0011 if words_of(core).startswith("vfpv4") else 0x0100_0011


FPSID = {
    "arm.cortex-a9": 0x4103_3093,  # VFPv3 by ARM, part 0x30, variant 9, revision 3 (r3p0)
    "arm.cortex-a7": 0x4102_3075,
    "arm.cortex-a15": 0x4104_30F0,
}

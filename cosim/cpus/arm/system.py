"""System instructions: status registers, calls, hints, barriers (A5.2.11, A5.7, B9.3)."""

# ruff: noqa: E501  one instruction per line
from __future__ import annotations

from typing import TYPE_CHECKING

from cosim.cpus.arm import cluster, semihosting, status
from cosim.cpus.arm.operands import Long, StateChange, row, unconditional
from cosim.cpus.arm.registers import C, N, V, Z, switch_mode
from cosim.cpus.arm.shifts import Constant
from cosim.cpus.arm.system_register import SystemRegister
from cosim.cpus.isa.instruction import Semantics
from cosim.cpus.isa.machine import Machine, Value

if TYPE_CHECKING:
    from cosim.cpus.arm.core import ArmCore as Core


def mrs(m: Machine, R: int, rd: Value) -> None:
    m.set(rd, m.system(status.read_spsr if R else status.read_visible_cpsr))


def msr_register(m: Machine, R: int, byte_mask: int, rn: Value) -> None:
    m.system(status.write_spsr if R else status.write_cpsr, m.get(rn), m.const(byte_mask))


def msr_immediate(m: Machine, R: int, byte_mask: int, op2: Constant) -> None:
    m.system(status.write_spsr if R else status.write_cpsr, op2.value(m), m.const(byte_mask))


def cps(m: Machine, change: StateChange) -> None:
    m.system(_change_state, *(m.const(part) for part in change))


def _change_state(core: Core, to_set: int, to_clear: int, mode: int) -> None:
    if not status.privileged(core):
        return  # no effect in User mode
    if mode:
        status.check(core, mode, status.CONTROL_BYTE)
    for name, bit in (("a_mask", 4), ("i_mask", 2), ("f_mask", 1)):
        if (to_set | to_clear) & bit:
            core.state[name] = to_set & bit != 0
    if mode:
        switch_mode(core.state, mode)
        core.mode_changed()


def supervisor_call(host_call: int) -> Semantics:
    """SVC; with `host_call` as its number it asks the simulator for a service."""

    def semantics(m: Machine, i: int) -> None:
        if i == host_call and m.config.semihosting:
            m.system(semihosting.call)
        else:
            m.trap("svc", m.const(i))

    return semantics


svc = supervisor_call(semihosting.CALL)


def setend(m: Machine, E: int) -> None:
    m.system(status.set_endianness, m.const(E))


def bkpt(m: Machine) -> None:
    m.trap("breakpoint")


def nop(m: Machine) -> None:
    """Hints and barriers: accesses are in order, and there are no caches."""


def wfi(m: Machine) -> None:
    m.sleep()


def wfe(m: Machine) -> None:
    m.system(cluster.wait_for_event)


def sev(m: Machine) -> None:
    m.system(cluster.send_event)


def mrc(m: Machine, rt: Value, system_register: SystemRegister) -> None:
    m.set(rt, m.system(system_register.read))


def mrc_flags(m: Machine, system_register: SystemRegister) -> None:
    """With r15 as the target the upper bits become the condition flags."""
    value = m.system(system_register.read)
    for flag, bit in ((N, 31), (Z, 30), (C, 29), (V, 28)):
        m.set(flag, m.and_(m.shr(value, m.const(bit)), m.const(1)))


def mcr(m: Machine, rt: Value, system_register: SystemRegister) -> None:
    m.system(system_register.write, m.get(rt))


def mrc_debug(m: Machine, rt: Value, debug_register: SystemRegister) -> None:
    mrc(m, rt, debug_register)


def mcr_debug(m: Machine, rt: Value, debug_register: SystemRegister) -> None:
    mcr(m, rt, debug_register)


def mrrc(m: Machine, rd_long: Long, long_register: SystemRegister) -> None:
    low, high = m.system(long_register.read_low), m.system(long_register.read_high)
    m.set(rd_long.low, low)
    m.set(rd_long.high, high)


def mcrr(m: Machine, source_long: Long, long_register: SystemRegister) -> None:
    m.system(long_register.write_pair, m.get(source_long.low), m.get(source_long.high))


# fmt: off
ROWS = [
    row("mrs rd, sr",         "cccc 0001 0R00 1111 dddd 0000 0000 0000", mrs,           "A8.8.109"),
    row("msr sr, rn",         "cccc 0001 0R10 ffff 1111 0000 0000 nnnn", msr_register,  "A8.8.112"),
    row("msr sr, op2",        "cccc 0011 0R10 ffff 1111 rrrr iiii iiii", msr_immediate, "A8.8.111"),
    row("bkpt i",             "1110 0001 0010 iiii iiii iiii 0111 iiii", bkpt,          "A8.8.24",  guard="i"),
    row("svc i",              "cccc 1111 iiii iiii iiii iiii iiii iiii", svc,           "A8.8.228"),
    row("hint i",             "cccc 0011 0010 0000 1111 0000 iiii iiii", nop,           "A5.2.11",  guard="ci"),
    row("nop",                "cccc 0011 0010 0000 1111 0000 0000 0000", nop,           "A8.8.119"),
    row("yield",              "cccc 0011 0010 0000 1111 0000 0000 0001", nop,           "A8.8.426"),
    row("wfe",                "cccc 0011 0010 0000 1111 0000 0000 0010", wfe,           "A8.8.424"),
    row("wfi",                "cccc 0011 0010 0000 1111 0000 0000 0011", wfi,           "A8.8.425"),
    row("sev",                "cccc 0011 0010 0000 1111 0000 0000 0100", sev,           "A8.8.168"),
    row("dbg i",              "cccc 0011 0010 0000 1111 0000 1111 iiii", nop,           "A8.8.42",  guard="ci"),
    row("mcr p15, reg, rt",   "cccc 1110 ooo0 nnnn tttt 1111 ppp1 mmmm", mcr,           "A8.8.98"),
    row("mrc p15, reg, rt",   "cccc 1110 ooo1 nnnn tttt 1111 ppp1 mmmm", mrc,           "A8.8.107"),
    row("mrc p15, reg, apsr", "cccc 1110 ooo1 nnnn 1111 1111 ppp1 mmmm", mrc_flags,     "A8.8.107"),
    row("mcr p14, reg, rt",   "cccc 1110 ooo0 nnnn tttt 1110 ppp1 mmmm", mcr_debug,     "A8.8.98"),
    row("mrc p14, reg, rt",   "cccc 1110 ooo1 nnnn tttt 1110 ppp1 mmmm", mrc_debug,     "A8.8.107"),
    row("mcrr p15, o, rt, rt2", "cccc 1100 0100 hhhh llll 1111 oooo mmmm", mcrr,        "A8.8.99"),
    row("mrrc p15, o, rt, rt2", "cccc 1100 0101 hhhh llll 1111 oooo mmmm", mrrc,        "A8.8.108"),
    unconditional("cps",      "1111 0001 0000 iiM0 0000 000A IF0o oooo", cps,           "B9.3.2"),
    unconditional("setend",   "1111 0001 0000 0001 0000 00E0 0000 0000", setend,        "A8.8.167"),
    unconditional("dsb o",    "1111 0101 0111 1111 1111 0000 0100 oooo", nop,           "A8.8.44",  guard="o"),
    unconditional("dmb o",    "1111 0101 0111 1111 1111 0000 0101 oooo", nop,           "A8.8.43",  guard="o"),
    unconditional("isb o",    "1111 0101 0111 1111 1111 0000 0110 oooo", nop,           "A8.8.53",  guard="o"),
]
# fmt: on

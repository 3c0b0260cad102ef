"""Special registers, barriers, caches, and the imm prefix."""

from __future__ import annotations

from functools import partial

from cosim.cpus.isa.machine import Machine, Value
from cosim.cpus.microblaze import mmu_registers
from cosim.cpus.microblaze.exceptions import write_absent, write_fsr, write_limit, write_msr
from cosim.cpus.microblaze.operands import row
from cosim.cpus.microblaze.privilege import privileged
from cosim.cpus.microblaze.registers import (
    BTARGET,
    BTR,
    CARRY,
    CONTEXT,
    IMM_PENDING,
    LAYOUT,
    MSR,
    MSR_C,
    MSR_CC,
    MSR_EIP,
    MSR_PVR,
)
from cosim.cpus.microblaze.version import version_register

# The option that each special register belongs to; the others are always there.
MMU_REGISTERS = ("rpid", "rzpr", "rtlbx", "rtlblo", "rtlbhi", "rtlbsx")
UNITS = {
    "rfsr": "fpu",
    "redr": "streams",
    "rslr": "stack_protection",
    "rshr": "stack_protection",
    **dict.fromkeys(MMU_REGISTERS, "protection"),
}


def imm(m: Machine, i: int) -> None:
    m.set(CONTEXT, m.const(IMM_PENDING | i))


def mfs(m: Machine, rd: int, special: str) -> None:
    if special == "rpc":
        m.set(rd, m.pc)
    elif special == "rmsr":
        m.set(rd, _msr(m))
    elif special == "rbtr":
        m.set(rd, branch_target(m))
    elif special.startswith("rpvr"):
        number = version_register(m.config, int(special[4:]))
        m.set(rd, m.const(number & 0xFFFF_FFFF))
    elif special in UNITS and UNITS[special] not in m.config.options:
        m.set(rd, m.const(0))
    elif special in MMU_REGISTERS:
        m.set(rd, m.system(partial(mmu_registers.read, name=special)))
    else:
        m.set(rd, m.get(LAYOUT[special[1:]]))


def mfse(m: Machine, rd: int, special_high: str) -> None:
    """The upper half of a register that has one."""
    if special_high == "rear":
        m.set(rd, m.get(LAYOUT["ear_high"]))
    elif special_high.startswith("rpvr"):
        number = version_register(m.config, int(special_high[4:]))
        m.set(rd, m.const(number >> 32))
    elif "translation" in m.config.options:
        m.set(rd, m.system(partial(mmu_registers.read, name=special_high, high=True)))
    else:
        m.set(rd, m.const(0))


def branch_target(m: Machine) -> Value:
    """BTR: the target of the last delayed branch that was executed while MSR[EIP] was 0."""
    return m.select(m.and_(m.get(MSR), m.const(MSR_EIP)), m.get(BTR), m.get(BTARGET))


def _msr(m: Machine) -> Value:
    carry = m.select(m.get(CARRY), m.const(MSR_C | MSR_CC), m.const(0))
    value = m.or_(m.get(MSR), carry)
    return m.or_(value, m.const(MSR_PVR)) if m.config.pvr else value


def mts(m: Machine, special: str, ra: int) -> None:
    privileged(m)
    value = m.get(ra)
    if special == "rmsr":
        m.system(write_msr, value)
    elif UNITS[special] not in m.config.options:
        m.system(partial(write_absent, special=special), value)
    elif special in MMU_REGISTERS:
        m.system(partial(mmu_registers.write, name=special), value)
    elif special == "rfsr":
        m.system(write_fsr, value)
    else:
        m.system(partial(write_limit, name=special[1:]), value)


def mtse(m: Machine, special_high: str, ra: int) -> None:
    privileged(m)
    value = m.get(ra)
    if "translation" in m.config.options:
        m.system(partial(mmu_registers.write, name=special_high, high=True), value)
    else:
        m.system(partial(write_absent, special=special_high), value)


def msrset(m: Machine, rd: int, i: int) -> None:
    if i == MSR_C:
        m.set(rd, _msr(m))
        m.set(CARRY, m.const(1))
    else:
        privileged(m)
        before = _msr(m)
        m.set(rd, before)
        m.system(write_msr, m.or_(before, m.const(i)))


def msrclr(m: Machine, rd: int, i: int) -> None:
    if i == MSR_C:
        m.set(rd, _msr(m))
        m.set(CARRY, m.const(0))
    else:
        privileged(m)
        before = _msr(m)
        m.set(rd, before)
        m.system(write_msr, m.and_(before, m.const(~i)))


def mbar(m: Machine, p: int) -> None:
    """Memory is always in order here; the upper bits ask for sleep, hibernate or suspend."""
    if p & 0b10000:
        privileged(m)
    if p & 0b11000:
        m.sleep()


def sleep(m: Machine) -> None:
    mbar(m, 0b10000)


def cache_operation(m: Machine) -> None:
    """There are no caches."""
    privileged(m)


cache = partial(row, semantics=cache_operation, guard="ab")
extended = partial(row, requires="extended_addresses")
msr_instr = partial(row, requires="msr_instr")

# fmt: off
ROWS = [
    row("imm imm",                "101100 00000 00000 iiiiiiiiiiiiiiii",  imm,           "imm"),
    row("mfs rd, special",        "100101 ddddd 00000 10 rrrrrrrrrrrrrr", mfs,           "mfs"),
    row("mts special, ra",        "100101 00000 aaaaa 11 rrrrrrrrrrrrrr", mts,           "mts"),
    extended("mfse rd, special_high", "100101 ddddd 01000 10 rrrrrrrrrrrrrr", mfse,      "mfs"),
    extended("mtse special_high, ra", "100101 01000 aaaaa 11 rrrrrrrrrrrrrr", mtse,      "mts"),
    msr_instr("msrset rd, mask",  "100101 ddddd 100000 iiiiiiiiiiiiiii",  msrset,        "msrset"),
    msr_instr("msrclr rd, mask",  "100101 ddddd 100010 iiiiiiiiiiiiiii",  msrclr,        "msrclr"),
    row("mbar barrier",           "101110 ppppp 00010 0000000000000100",  mbar,          "mbar"),
    row("sleep",                  "101110 10000 00010 0000000000000100",  sleep,         "mbar"),
    cache("wic ra, rb",           "100100 00000 aaaaa bbbbb 00001101000", section="wic"),
    cache("wdc ra, rb",           "100100 00000 aaaaa bbbbb 00001100100", section="wdc"),
    cache("wdc.flush ra, rb",     "100100 00000 aaaaa bbbbb 00001110100", section="wdc"),
    cache("wdc.clear ra, rb",     "100100 00000 aaaaa bbbbb 00001100110", section="wdc"),
    cache("wdc.ext.flush ra, rb", "100100 00000 aaaaa bbbbb 10001110110", section="wdc"),
    cache("wdc.ext.clear ra, rb", "100100 00000 aaaaa bbbbb 10001100110", section="wdc"),
    cache("wdc.clear.ea ra, rb",  "100100 00000 aaaaa bbbbb 00011100110", section="wdc",
          requires="extended_addresses"),
]
# fmt: on

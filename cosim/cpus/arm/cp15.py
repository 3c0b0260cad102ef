"""CP15, the system control coprocessor, and what is there of CP14 (B3.17, B4.1).

Everything that is not in these tables is undefined. There is no Security Extension: SCR, NSACR and
MVBAR are there for boot code that expects to start in the Secure state, and change nothing.
"""

# ruff: noqa: E501  one register per line
from __future__ import annotations

from typing import TYPE_CHECKING

from cosim.cpus.arm import pmu, timer, vfp_state
from cosim.cpus.arm.maintenance import (
    by_address,
    here,
    invalidate_address,
    invalidate_address_everywhere,
    invalidate_all,
    invalidate_asid,
    shared,
    translation,
)
from cosim.cpus.arm.models import Model
from cosim.cpus.arm.system_register import (
    SystemRegister,
    constant,
    ignored,
    kept,
    of_model,
    operation,
)
from cosim.cpus.core import RegisterText

if TYPE_CHECKING:
    from cosim.cpus.arm.core import ArmCore

SCTLR_RESET = 0x00C5_0078
SCTLR_A, SCTLR_V, SCTLR_EE, SCTLR_TE = 1 << 1, 1 << 13, 1 << 25, 1 << 30
SCTLR_KEPT = SCTLR_A | SCTLR_V | SCTLR_EE | SCTLR_TE | 1 << 0 | 1 << 28 | 1 << 29 | 0x5C04
"""M, A, V, EE, TRE, AFE, TE, and what changes nothing here: C SW Z I RR."""

PRRR_RESET, NMRR_RESET = 0x0009_8AA4, 0x44E0_48E0


def write_sctlr(core: ArmCore, value: int) -> None:
    core.state["sctlr"] = (value & SCTLR_KEPT) | SCTLR_RESET
    core.strict_alignment = bool(value & SCTLR_A)
    core.port.flush()  # AFE and TRE change what TLB entries mean
    core.mmu.update()


def regime(name: str) -> SystemRegister:
    """Part of what decides which pages the memory port uses."""
    slot = name.lower()

    def write(core: ArmCore, value: int) -> None:
        core.state[slot] = value
        core.mmu.update()

    return SystemRegister(name, lambda core: core.state[slot], write)


def attributes(name: str) -> SystemRegister:
    """Part of what decides the memory types of TLB entries."""
    slot = name.lower()

    def write(core: ArmCore, value: int) -> None:
        core.state[slot] = value
        core.port.flush()

    return SystemRegister(name, lambda core: core.state[slot], write)


def read_mpidr(core: ArmCore) -> int:
    """Multiprocessing Extensions; cluster and core as the platform file says."""
    return 1 << 31 | core.config.cluster << 8 | core.config.cpu_index


def read_ccsidr(core: ArmCore) -> int:
    caches, selected = core.model.ccsidr, core.state["csselr"]
    return caches[selected] if selected < len(caches) else 0


def read_isr(core: ArmCore) -> int:
    return core.lines["irq"].read() << 7 | core.lines["fiq"].read() << 6


def read_l2ctlr(core: ArmCore) -> int:
    """The number of cores less one at 25:24, for all that the platform has."""
    return min(len(core.cluster) - 1, 3) << 24


def unmodelled(name: str, value: int) -> SystemRegister:
    """Reads as `value`; writes are reported."""

    def write(core: ArmCore, written: int) -> None:
        core.kernel.reports.emit("unimp", core.name, f"{name} = 0x{written:08x}")

    return SystemRegister(name, lambda core: value, write, doc="no Security Extensions")


SCTLR = SystemRegister("SCTLR", lambda core: core.state["sctlr"], write_sctlr)
NOTHING = "there is no such extension"
CPACR = SystemRegister("CPACR", lambda core: core.state["cpacr"], vfp_state.write_cpacr)

# fmt: off
BY_ENCODING = {  # opc1, CRn, CRm, opc2
    (0, 0,  0,  0): of_model("MIDR",      lambda c: c.model.midr),
    (0, 0,  0,  1): of_model("CTR",       lambda c: c.model.ctr),
    (0, 0,  0,  2): constant("TCMTR", 0),
    (0, 0,  0,  3): of_model("TLBTR",     lambda c: c.model.tlbtr),
    (0, 0,  0,  4): of_model("MIDR",      lambda c: c.model.midr),
    (0, 0,  0,  5): of_model("MPIDR",     read_mpidr),
    (0, 0,  0,  6): constant("REVIDR", 0),
    (0, 0,  0,  7): of_model("MIDR",      lambda c: c.model.midr),
    (0, 0,  1,  0): of_model("ID_PFR0",   lambda c: c.model.pfr0),
    (0, 0,  1,  1): of_model("ID_PFR1",   lambda c: c.model.pfr1),
    (0, 0,  1,  2): of_model("ID_DFR0",   lambda c: c.model.dfr0),
    (0, 0,  1,  3): constant("ID_AFR0", 0),
    (0, 0,  1,  4): of_model("ID_MMFR0",  lambda c: c.model.mmfr[0]),
    (0, 0,  1,  5): of_model("ID_MMFR1",  lambda c: c.model.mmfr[1]),
    (0, 0,  1,  6): of_model("ID_MMFR2",  lambda c: c.model.mmfr[2]),
    (0, 0,  1,  7): of_model("ID_MMFR3",  lambda c: c.model.mmfr[3]),
    (0, 0,  2,  0): of_model("ID_ISAR0",  lambda c: c.model.isar[0]),
    (0, 0,  2,  1): of_model("ID_ISAR1",  lambda c: c.model.isar[1]),
    (0, 0,  2,  2): of_model("ID_ISAR2",  lambda c: c.model.isar[2]),
    (0, 0,  2,  3): of_model("ID_ISAR3",  lambda c: c.model.isar[3]),
    (0, 0,  2,  4): of_model("ID_ISAR4",  lambda c: c.model.isar[4]),
    (0, 0,  2,  5): of_model("ID_ISAR5",  lambda c: c.model.isar[5]),
    (0, 0,  2,  6): constant("ID_ISAR6", 0),
    (0, 0,  2,  7): constant("ID_ISAR7", 0),
    **{(0, 0, crm, opc2): constant("reserved ID", 0, doc="reads as zero") for crm in range(3, 8) for opc2 in range(8)},
    (1, 0,  0,  0): of_model("CCSIDR",    read_ccsidr),
    (1, 0,  0,  1): of_model("CLIDR",     lambda c: c.model.clidr),
    (1, 0,  0,  7): constant("AIDR", 0),
    (2, 0,  0,  0): kept("CSSELR", 0xF),
    (0, 1,  0,  0): SCTLR,
    (0, 1,  0,  1): kept("ACTLR"),
    (0, 1,  0,  2): CPACR,
    (0, 1,  1,  0): unmodelled("SCR", 0),
    (0, 1,  1,  2): unmodelled("NSACR", 0xC00),
    (0, 2,  0,  0): kept("TTBR0"),
    (0, 2,  0,  1): kept("TTBR1"),
    (0, 2,  0,  2): kept("TTBCR", 0x37),
    (0, 3,  0,  0): regime("DACR"),
    (0, 5,  0,  0): kept("DFSR", 0x1CFF),
    (0, 5,  0,  1): kept("IFSR", 0x140F),
    (0, 5,  1,  0): ignored("ADFSR"),
    (0, 5,  1,  1): ignored("AIFSR"),
    (0, 6,  0,  0): kept("DFAR"),
    (0, 6,  0,  2): kept("IFAR"),
    (0, 7,  0,  4): operation("CP15NOP"),
    (0, 7,  1,  0): operation("ICIALLUIS"),
    (0, 7,  1,  6): operation("BPIALLIS"),
    (0, 7,  4,  0): kept("PAR"),
    (0, 7,  5,  0): operation("ICIALLU"),
    (0, 7,  5,  1): by_address("ICIMVAU"),
    (0, 7,  5,  4): operation("CP15ISB", "w"),
    (0, 7,  5,  6): operation("BPIALL"),
    (0, 7,  5,  7): operation("BPIMVA"),
    (0, 7,  6,  1): by_address("DCIMVAC"),
    (0, 7,  6,  2): operation("DCISW"),
    (0, 7,  8,  0): translation("ATS1CPR", "load",  user=False),
    (0, 7,  8,  1): translation("ATS1CPW", "store", user=False),
    (0, 7,  8,  2): translation("ATS1CUR", "load",  user=True),
    (0, 7,  8,  3): translation("ATS1CUW", "store", user=True),
    (0, 7, 10,  1): by_address("DCCMVAC"),
    (0, 7, 10,  2): operation("DCCSW"),
    (0, 7, 10,  4): operation("CP15DSB", "w"),
    (0, 7, 10,  5): operation("CP15DMB", "w"),
    (0, 7, 11,  1): by_address("DCCMVAU"),
    (0, 7, 13,  1): operation("CP15NOP"),
    (0, 7, 14,  1): by_address("DCCIMVAC"),
    (0, 7, 14,  2): operation("DCCISW"),
    (0, 8,  3,  0): shared("TLBIALLIS",  invalidate_all),
    (0, 8,  3,  1): shared("TLBIMVAIS",  invalidate_address),
    (0, 8,  3,  2): shared("TLBIASIDIS", invalidate_asid),
    (0, 8,  3,  3): shared("TLBIMVAAIS", invalidate_address_everywhere),
    (0, 8,  5,  0): here("ITLBIALL",     invalidate_all),
    (0, 8,  5,  1): here("ITLBIMVA",     invalidate_address),
    (0, 8,  5,  2): here("ITLBIASID",    invalidate_asid),
    (0, 8,  6,  0): here("DTLBIALL",     invalidate_all),
    (0, 8,  6,  1): here("DTLBIMVA",     invalidate_address),
    (0, 8,  6,  2): here("DTLBIASID",    invalidate_asid),
    (0, 8,  7,  0): here("TLBIALL",      invalidate_all),
    (0, 8,  7,  1): here("TLBIMVA",      invalidate_address),
    (0, 8,  7,  2): here("TLBIASID",     invalidate_asid),
    (0, 8,  7,  3): here("TLBIMVAA",     invalidate_address_everywhere),
    (1, 9,  0,  2): SystemRegister("L2CTLR", read_l2ctlr, lambda c, v: None, needs="second_level_cache"),
    (1, 9,  0,  3): ignored("L2ECTLR", needs="second_level_cache"),
    (0, 10, 0,  0): ignored("TLBLDR", needs="cortex_a9", doc="no entry is lost anyway"),
    (0, 10, 2,  0): attributes("PRRR"),
    (0, 10, 2,  1): attributes("NMRR"),
    (0, 12, 0,  0): kept("VBAR", 0xFFFF_FFE0),
    (0, 12, 0,  1): unmodelled("MVBAR", 0),
    (0, 12, 1,  0): SystemRegister("ISR", read_isr, None),
    (0, 13, 0,  0): ignored("FCSEIDR", doc=NOTHING),
    (0, 13, 0,  1): regime("CONTEXTIDR"),
    (0, 13, 0,  2): kept("TPIDRURW", user="rw"),
    (0, 13, 0,  3): kept("TPIDRURO", user="r"),
    (0, 13, 0,  4): kept("TPIDRPRW"),
    (0, 15, 0,  0): kept("power control", slot="power")._replace(needs="cortex_a9"),
    (0, 15, 0,  1): kept("diagnostic", slot="diagnostic"),
    (4, 15, 0,  0): of_model("CBAR", lambda c: c.config.periphbase),
    **pmu.REGISTERS,
    **timer.REGISTERS,
}
DOUBLEWORDS = timer.DOUBLEWORDS
"""CP15's registers of 64 bits, by opc1 and CRm."""

CP14 = {  # the debug architecture's version is 0: none that software knows
    (0, 0,  0,  0): constant("DBGDIDR", 0, doc="no debug registers"),
    (0, 0,  1,  0): constant("DBGDSCR", 0, doc="no debug registers"),
    (0, 1,  0,  0): constant("DBGDRAR", 0, doc="no debug registers"),
    (0, 2,  0,  0): constant("DBGDSAR", 0, doc="no debug registers"),
    (6, 0,  0,  0): constant("TEECR",   0, doc="no ThumbEE"),
    (7, 0,  0,  0): ignored("JIDR", doc="trivial Jazelle"),
    (7, 1,  0,  0): ignored("JOSCR", doc="trivial Jazelle"),
    (7, 2,  0,  0): ignored("JMCR", doc="trivial Jazelle"),
}
# fmt: on


def describe(model: Model) -> list[RegisterText]:
    """What a core of `model` has, for reference pages."""
    found = []
    for number, table in ((15, BY_ENCODING), (14, CP14)):
        for (opc1, crn, crm, opc2), one in table.items():
            if one.exists(model):
                place = f"p{number} {opc1} c{crn} c{crm} {opc2}"
                found.append(RegisterText(one.name, place, one.access, one.doc))
    for (opc1, crm), one in DOUBLEWORDS.items():
        if one.exists(model):
            found.append(RegisterText(one.name, f"p15 {opc1} c{crm}, 64 bits", one.access, one.doc))
    return found

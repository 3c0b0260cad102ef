"""What a platform file can say about a MicroBlaze: the parameters of the hardware it models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from cosim.cpus.config import CoreConfig
from cosim.cpus.microblaze.version import VERSIONS, since
from cosim.kernel.units import Address, Size

Line = Literal[4, 8, 16]


class MicroBlazeConfig(CoreConfig):
    """Keys of `xilinx.microblaze`; in brackets the hardware parameter of UG984."""

    # Instructions
    barrel: bool = Field(True, description="barrel shift instructions [C_USE_BARREL]")
    hw_mul: Literal[0, 1, 2] = Field(
        2,
        description="multiplier: 0 none, 1 mul and muli, 2 mulh too [C_USE_HW_MUL]",
    )
    div: bool = Field(True, description="idiv and idivu [C_USE_DIV]")
    fpu: Literal[0, 1, 2] = Field(
        2, description="floating point: 0 none, 1 basic, 2 flt, fint and fsqrt too [C_USE_FPU]"
    )
    pcmp: bool = Field(True, description="pattern compare and clz [C_USE_PCMP_INSTR]")
    reorder: bool = Field(
        True, description="swapb, swaph and reversed loads and stores [C_USE_REORDER_INSTR]"
    )
    msr_instr: bool = Field(True, description="msrset and msrclr [C_USE_MSR_INSTR]")
    stream_links: int = Field(
        0, ge=0, le=16, description="stream links, each with an input and an output [C_FSL_LINKS]"
    )
    extended_stream_instr: bool = Field(
        True,
        description="getd, putd, and the forms t, e and a of get and put "
        "[C_USE_EXTENDED_FSL_INSTR]",
    )
    addr_size: int = Field(
        32,
        ge=32,
        le=64,
        description="bits of a physical address; above 32 there are lbuea and its like "
        "[C_ADDR_SIZE]",
    )

    # Memory management and protection
    mmu: Literal[0, 1, 2, 3] = Field(
        3,
        description="0 none, 1 user mode with privileged instructions, 2 memory protection, "
        "3 virtual memory [C_USE_MMU]",
    )
    mmu_zones: int = Field(16, ge=0, le=16, description="protection zones [C_MMU_ZONES]")
    mmu_tlb_access: Literal[0, 1, 2, 3] = Field(
        3,
        description="MMU registers: 0 minimal, 1 can be read, 2 can be written, 3 both "
        "[C_MMU_TLB_ACCESS]",
    )
    mmu_itlb_size: Literal[1, 2, 4, 8] = Field(
        2, description="as PVR11 tells; without effect [C_MMU_ITLB_SIZE]"
    )
    mmu_dtlb_size: Literal[1, 2, 4, 8] = Field(
        4, description="as PVR11 tells; without effect [C_MMU_DTLB_SIZE]"
    )
    mmu_privileged_instr: Literal[0, 1, 2, 3] = Field(
        0,
        description="in user mode there are: 0 no privileged instructions, 1 those of streams, "
        "2 those of extended addresses, 3 both [C_MMU_PRIVILEGED_INSTR]",
    )
    stack_protection: bool = Field(
        False,
        description="loads and stores by r1 outside SLR..SHR are exceptions; needs mmu 0 "
        "[C_USE_STACK_PROTECTION]",
    )

    # Exceptions, interrupts, reset
    unaligned_exceptions: bool = Field(
        True,
        description="unaligned accesses are exceptions; otherwise the low address bits are "
        "ignored [C_UNALIGNED_EXCEPTIONS]",
    )
    ill_opcode_exception: bool = Field(
        True, description="illegal opcodes are exceptions [C_ILL_OPCODE_EXCEPTION]"
    )
    opcode_0_illegal: bool = Field(
        False, description="the word 0 is an illegal opcode [C_OPCODE_0x0_ILLEGAL]"
    )
    ibus_exception: bool = Field(
        True, description="errors on instruction fetches are exceptions [C_M_AXI_I_BUS_EXCEPTION]"
    )
    dbus_exception: bool = Field(
        True, description="errors on loads and stores are exceptions [C_M_AXI_D_BUS_EXCEPTION]"
    )
    div_zero_exception: bool = Field(
        False, description="division by zero is an exception [C_DIV_ZERO_EXCEPTION]"
    )
    fpu_exception: bool = Field(
        False, description="what sets a bit of the FSR is an exception [C_FPU_EXCEPTION]"
    )
    stream_exception: bool = Field(
        False, description="a wrong control bit is an exception for eget [C_FSL_EXCEPTION]"
    )
    interrupt: Literal[0, 1, 2] = Field(
        1,
        description="interrupt input: 0 none, 1 normal, 2 low latency, with the handler's address "
        "from the controller [C_USE_INTERRUPT]",
    )
    interrupt_is_edge: bool = Field(
        False, description="an edge is latched, instead of the level [C_INTERRUPT_IS_EDGE]"
    )
    edge_is_positive: bool = Field(
        True, description="the rising edge, or the high level [C_EDGE_IS_POSITIVE]"
    )
    exclusive: Literal["internal", "axi"] = Field(
        "internal",
        description="lwx and swx: by the core's own reservation bit alone, or through the bus's "
        "exclusive monitor too [C_M_AXI_D_EXCLUSIVE_ACCESS]",
    )
    base_vectors: Address = Field(
        0, description="address of the reset vector, a multiple of 128 [C_BASE_VECTORS]"
    )
    reset_msr: int = Field(
        0, ge=0, le=0x7FFF, description="MSR after a reset, where it can be written [C_RESET_MSR]"
    )

    # What only the version registers tell, for there are no caches and no debug unit here
    icache: bool = Field(False, description="instruction cache, in PVR0 and PVR4 [C_USE_ICACHE]")
    icache_size: Size = Field(8192, description="its bytes [C_CACHE_BYTE_SIZE]")
    icache_line_len: Line = Field(4, description="its words a line [C_ICACHE_LINE_LEN]")
    icache_base: Address = Field(0, description="first address cached [C_ICACHE_BASEADDR]")
    icache_high: Address = Field(0x3FFF_FFFF, description="last address cached [C_ICACHE_HIGHADDR]")
    icache_always_used: bool = Field(False, description="in PVR4 [C_ICACHE_ALWAYS_USED]")
    icache_writable: bool = Field(True, description="wic exists, in PVR4 [C_ALLOW_ICACHE_WR]")
    dcache: bool = Field(False, description="data cache, in PVR0 and PVR5 [C_USE_DCACHE]")
    dcache_size: Size = Field(8192, description="its bytes [C_DCACHE_BYTE_SIZE]")
    dcache_line_len: Line = Field(4, description="its words a line [C_DCACHE_LINE_LEN]")
    dcache_base: Address = Field(0, description="first address cached [C_DCACHE_BASEADDR]")
    dcache_high: Address = Field(0x3FFF_FFFF, description="last address cached [C_DCACHE_HIGHADDR]")
    dcache_always_used: bool = Field(False, description="in PVR5 [C_DCACHE_ALWAYS_USED]")
    dcache_writable: bool = Field(True, description="wdc exists, in PVR5 [C_ALLOW_DCACHE_WR]")
    dcache_writeback: bool = Field(False, description="in PVR5 [C_DCACHE_USE_WRITEBACK]")
    branch_target_cache: bool = Field(False, description="in PVR0 [C_USE_BRANCH_TARGET_CACHE]")
    branch_target_cache_size: int = Field(
        0, ge=0, le=7, description="in PVR3 [C_BRANCH_TARGET_CACHE_SIZE]"
    )
    area_optimized: Literal[0, 1, 2] = Field(
        0, description="0 performance, 1 area, 2 frequency; in PVR2 [C_AREA_OPTIMIZED]"
    )
    fault_tolerant: bool = Field(False, description="in PVR0 [C_FAULT_TOLERANT]")
    ecc_use_ce_exception: bool = Field(False, description="in PVR2 [C_ECC_USE_CE_EXCEPTION]")
    imprecise_exceptions: bool = Field(False, description="in PVR2 [C_IMPRECISE_EXCEPTIONS]")
    d_axi: bool = Field(True, description="data side AXI, in PVR2 [C_D_AXI]")
    d_lmb: bool = Field(False, description="data side local memory, in PVR2 [C_D_LMB]")
    i_axi: bool = Field(True, description="instruction side AXI, in PVR2 [C_I_AXI]")
    i_lmb: bool = Field(False, description="instruction side local memory, in PVR2 [C_I_LMB]")
    debug_enabled: bool = Field(
        False, description="in PVR3; an imm does not change brki rD, 0x18 [C_DEBUG_ENABLED]"
    )
    pc_breakpoints: int = Field(1, ge=0, le=8, description="in PVR3 [C_NUMBER_OF_PC_BRK]")
    read_watchpoints: int = Field(0, ge=0, le=4, description="in PVR3 [C_NUMBER_OF_RD_ADDR_BRK]")
    write_watchpoints: int = Field(0, ge=0, le=4, description="in PVR3 [C_NUMBER_OF_WR_ADDR_BRK]")
    non_secure: int = Field(
        0, ge=0, le=15, description="AXI non-secure outputs, without effect [C_NON_SECURE]"
    )
    lockstep_slave: bool = Field(False, description="without effect [C_LOCKSTEP_SLAVE]")
    family: int = Field(0, ge=0, le=0xFF, description="the device family, in PVR10 [C_FAMILY]")
    version: str = Field(
        "11.0", description="the version that PVR0 tells; instructions that came later are illegal"
    )
    pvr: Literal[0, 1, 2] = Field(2, description="version registers: 0 none, 1 PVR0, 2 all [C_PVR]")
    pvr_user1: int = Field(0, ge=0, le=0xFF, description="PVR0[USR1] [C_PVR_USER1]")
    pvr_user2: int = Field(0, ge=0, le=0xFFFF_FFFF, description="PVR1[USR2] [C_PVR_USER2]")

    @field_validator("base_vectors")
    @classmethod
    def _aligned(cls, address: int) -> int:
        if address & 0x7F or address >= 1 << 32:
            raise ValueError("must be a multiple of 128 below 2^32")
        return address

    @field_validator("version")
    @classmethod
    def _known(cls, version: str) -> str:
        if version not in VERSIONS:
            raise ValueError(f"no such version; known are {', '.join(VERSIONS)}")
        return version

    @field_validator("icache_size", "dcache_size")
    @classmethod
    def _power_of_2(cls, size: int) -> int:
        if not 64 <= size <= 64 * 1024 or size & (size - 1):
            raise ValueError("must be a power of 2 from 64 to 64 KiB")
        return size

    @model_validator(mode="after")
    def _stack_or_mmu(self) -> MicroBlazeConfig:
        if self.stack_protection and self.mmu:
            raise ValueError("stack_protection is there with mmu: 0 only")
        return self

    @property
    def options(self) -> frozenset[str]:
        """What there is: rows of the instruction table and registers may require it."""
        links = self.stream_links > 0
        features = {
            "barrel": self.barrel,
            "bit_field": self.barrel,
            "mul32": self.hw_mul >= 1,
            "mul64": self.hw_mul >= 2,
            "div": self.div,
            "fpu": self.fpu >= 1,
            "fpu2": self.fpu >= 2,
            "pcmp": self.pcmp,
            "clz": self.pcmp,
            "reorder": self.reorder,
            "msr_instr": self.msr_instr,
            "streams": links,
            "extended_streams": links and self.extended_stream_instr,
            "extended_addresses": self.addr_size > 32,
            "user_mode": self.mmu >= 1,
            "protection": self.mmu >= 2 and self.area_optimized != 1,
            "translation": self.mmu >= 3 and self.area_optimized != 1,
            "stack_protection": self.stack_protection,
        }
        return frozenset(name for name, on in features.items() if on and since(name, self.version))

    @property
    def privileges(self) -> tuple[bool, bool]:
        """Whether stream instructions are privileged, and those with extended addresses."""
        allowed = self.mmu_privileged_instr
        return not allowed & 1, not allowed & 2

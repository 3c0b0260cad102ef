"""What a platform file can say about a MicroBlaze: the parameters of the hardware it models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from cosim.cpus.config import CoreConfig
from cosim.cpus.microblaze.version import VERSIONS
from cosim.kernel.units import Address


class MicroBlazeConfig(CoreConfig):
    """Keys of `xilinx.microblaze`; in brackets the hardware parameter of UG984."""

    barrel: bool = Field(True, description="barrel shift instructions [C_USE_BARREL]")
    hw_mul: Literal[0, 1, 2] = Field(
        2,
        description="multiplier: 0 none, 1 mul and muli, 2 mulh too [C_USE_HW_MUL]",
    )
    div: bool = Field(True, description="idiv and idivu [C_USE_DIV]")
    pcmp: bool = Field(True, description="pattern compare and clz [C_USE_PCMP_INSTR]")
    reorder: bool = Field(
        True, description="swapb, swaph and reversed loads and stores [C_USE_REORDER_INSTR]"
    )
    msr_instr: bool = Field(True, description="msrset and msrclr [C_USE_MSR_INSTR]")
    mmu: Literal[0, 1] = Field(
        1, description="0 none, 1 user mode with privileged instructions [C_USE_MMU]"
    )
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
    exclusive: Literal["internal", "axi"] = Field(
        "internal",
        description="lwx and swx: by the core's own reservation bit alone, or through the bus's "
        "exclusive monitor too [C_M_AXI_D_EXCLUSIVE_ACCESS]",
    )
    base_vectors: Address = Field(
        0, description="address of the reset vector, a multiple of 128 [C_BASE_VECTORS]"
    )
    version: str = Field("11.0", description="the version that PVR0 tells")
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

    @property
    def options(self) -> frozenset[str]:
        """What rows of the instruction table may require."""
        features = {
            "barrel": self.barrel,
            "mul32": self.hw_mul >= 1,
            "mul64": self.hw_mul >= 2,
            "div": self.div,
            "pcmp": self.pcmp,
            "reorder": self.reorder,
            "msr_instr": self.msr_instr,
        }
        return frozenset(name for name, on in features.items() if on)

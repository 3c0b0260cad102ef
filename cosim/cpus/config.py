"""What a platform file can say about any core."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from cosim.cpus.engines.choice import EngineName, check_engine
from cosim.kernel.units import Address, Frequency, Size


class ImageRef(BaseModel):
    """A file to load: an ELF image, or raw bytes if `at` says where they go."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    file: str = Field(description="path, relative to the platform file")
    at: Address | None = Field(None, description="load raw bytes at this address")

    @model_validator(mode="before")
    @classmethod
    def _from_path(cls, value: object) -> object:
        return {"file": value} if isinstance(value, str) else value


class CoreConfig(BaseModel):
    """Keys that every core has."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    type: str = Field(description="the core's type name")
    clock: Frequency = Field(description="one instruction per cycle of this clock")
    image: ImageRef | str | None = Field(None, description="what the core runs")
    images: list[ImageRef | str] = Field([], description="several of them; the first ELF starts")
    pc: Address | None = Field(None, description="where to start instead of the ELF entry")
    endian: Literal["little", "big"] = Field("little", description="byte order of the core's data")
    engine: EngineName = Field(
        "auto",
        description="how instructions are executed: as native code (translator, and auto where it "
        "can run), one by one (reference), or by both, which stops where they differ (lockstep)",
    )

    @field_validator("engine")
    @classmethod
    def _runs_here(cls, value: EngineName) -> EngineName:
        return check_engine(value)

    code_cache: Size = Field(
        64 << 20, ge=1 << 18, description="memory for the core's native code, 256 KiB at least"
    )

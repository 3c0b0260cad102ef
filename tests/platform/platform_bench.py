"""A bench for platform files: writes one, describes it with two fake core types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from elf_writer import Elf

from cosim.cpus.config import CoreConfig
from cosim.cpus.core import Core
from cosim.platform.description import PlatformDescription, describe
from cosim.platform.diagnostics import PlatformError
from cosim.platform.registry import Registry


class FakeArmConfig(CoreConfig):
    """Keys of the first fake core."""

    mode: Literal["fast", "slow"] = "fast"


class FakeArm(Core):
    """A core that no test runs."""

    TYPE = "arm.cortex-a9"
    ELF_MACHINE = "EM_ARM"
    LINES = ("irq", "fiq")
    Config = FakeArmConfig


class FakeMicroBlaze(Core):
    """Another one."""

    TYPE = "xilinx.microblaze"
    ELF_MACHINE = "EM_MICROBLAZE"
    LINES = ("irq",)


CORES = {"arm.cortex-a9": FakeArm, "xilinx.microblaze": FakeMicroBlaze}

GOOD = """\
name: board
cores:
  arm0: {type: arm.cortex-a9, clock: 667MHz, image: arm.elf}
  mb0: {type: xilinx.microblaze, clock: 100MHz}
memories:
  lmb: {at: 0x0000_0000, size: 64KiB, seen_by: [mb0]}
  ddr: {at: 0x1000_0000, size: 64MiB}
peripherals:
  uart0: {type: xilinx.uartlite, at: 0x4060_0000, console: stdio}
"""


def registry() -> Registry:
    """The fake cores, the real devices, and nothing that happens to be installed here."""
    return Registry(cores=CORES, scan=lambda group: ())


class Bench:
    """A directory with a platform file and an image."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.file = directory / "board.yaml"
        self.image(Elf())

    def image(self, image: Elf | bytes, name: str = "arm.elf") -> Path:
        path = self.directory / name
        path.write_bytes(image if isinstance(image, bytes) else image.bytes())
        return path

    def describe(
        self,
        text: str | bytes = GOOD,
        overrides: dict[str, object] | None = None,
        types: Callable[[], Registry] = registry,
    ) -> PlatformDescription:
        self.file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return describe(self.file, overrides, types())

    def errors(
        self,
        text: str | bytes = GOOD,
        overrides: dict[str, object] | None = None,
        types: Callable[[], Registry] = registry,
    ) -> list[str]:
        """Every diagnostic as "line:column: message", or "--set ...: message"."""
        with pytest.raises(PlatformError) as caught:
            self.describe(text, overrides, types)
        return [
            f"{one.line}:{one.column}: {one.message}" if one.line else f"{one.file}: {one.message}"
            for one in caught.value.diagnostics
        ]


def but(old: str, new: str) -> str:
    """The good platform with one change."""
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)

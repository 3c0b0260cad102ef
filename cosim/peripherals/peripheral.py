"""The register bank: a target whose words are registers."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from cosim.bus.dmi import DirectMemory
from cosim.bus.sockets import TargetSocket, refuse
from cosim.bus.transaction import Command, Response, Transaction
from cosim.kernel.hierarchy import Module
from cosim.kernel.kernel import Kernel
from cosim.kernel.signals import Signal, Writers
from cosim.kernel.units import Address, SimTime
from cosim.peripherals.console import Console
from cosim.peripherals.register import Register


class PeripheralConfig(BaseModel):
    """Keys that every device has."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    type: str = Field(description="the device's type name")
    at: Address = Field(description="base address")
    seen_by: list[str] | None = Field(None, description="the cores that see it; all by default")
    endian: str = Field(
        "little", description="byte order of its registers: little, big, or that of a core, by name"
    )


class ConsoleConfig(PeripheralConfig):
    """Keys of a device with a console."""

    console: str = Field(
        "capture",
        pattern=r"^(stdio|capture|file:.+)$",
        description="stdio, file:PATH (output only), or capture (kept for tests)",
    )


class InterruptConfig(BaseModel):
    """Keys of a device with an interrupt output."""

    irq: str | None = Field(
        None, pattern=r"^\w+\.\w+$", description="the core's input, as CORE.LINE"
    )


class Peripheral(Module):
    """A device of registers, each a word at a multiple of 4.

    An access may cover part of a register or several; what it does not cover of a written register
    is written as 0. Offsets without a register read as 0 and ignore writes, with a report.
    """

    TYPE: ClassVar[str] = ""
    SIZE: ClassVar[int] = 0x1000
    Config: ClassVar[type[PeripheralConfig]] = PeripheralConfig
    registers: ClassVar[dict[int, Register]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        found = dict(cls.registers)
        for one in vars(cls).values():
            if isinstance(one, Register):
                found[one.offset] = one
        cls.registers = found

    def __init__(self, name: str, config: PeripheralConfig, kernel: Kernel) -> None:
        super().__init__(kernel, name)
        self.config = config
        self.endian: Literal["little", "big"] = "big" if config.endian == "big" else "little"
        self.socket = TargetSocket(name, self)
        self.values: dict[int, int] = {}
        self.irq = Signal(self, False, "irq", Writers.UNCHECKED)
        self.console: Console | None = None
        self.delay: SimTime = 0
        self.reset()

    def reset(self) -> None:
        """Set every register to its reset value."""
        for offset, register in self.registers.items():
            self.values[offset] = register.reset

    def connect(self, console: Console) -> None:
        """Give the device its console."""
        self.console = console
        console.on_input = self.receive

    def receive(self) -> None:
        """The console has input; a device that takes any overrides this."""

    @property
    def access_time(self) -> SimTime:
        """The simulated time of the access under way, in ps."""
        return self.kernel.now + self.delay

    def b_transport(self, txn: Transaction, delay: SimTime) -> SimTime:
        if not txn.data:
            return refuse(txn, Response.GENERIC_ERROR, delay)
        if txn.byte_enable is not None:
            return refuse(txn, Response.BYTE_ENABLE_ERROR, delay)
        if not txn.plain:
            return refuse(txn, Response.BURST_ERROR, delay)
        self.delay = delay
        if txn.command is Command.READ:
            self._bus_read(txn)
        elif txn.command is Command.WRITE:
            self._bus_write(txn)
        txn.response = Response.OK
        return delay

    def transport_dbg(self, txn: Transaction) -> int:
        if txn.command is not Command.READ:
            return 0  # storing behind a device's back has no meaning in general
        for offset in self._words(txn):
            register = self.registers.get(offset)
            if register is not None:
                self._place(txn, offset, register.peek(self))
        return len(txn.data)

    def get_direct_mem_ptr(self, txn: Transaction) -> DirectMemory | None:
        return None

    def _bus_read(self, txn: Transaction) -> None:
        for offset in self._words(txn):
            register = self.registers.get(offset)
            if register is None:
                self._report(f"read of +0x{offset:x}, where there is no register")
            elif register.access == "wo":
                self._report(f"read of write-only register {register.name}")
            else:
                self._place(txn, offset, register.bus_read(self))

    def _bus_write(self, txn: Transaction) -> None:
        for offset in self._words(txn):
            register = self.registers.get(offset)
            if register is None:
                self._report(f"write of +0x{offset:x}, where there is no register")
            elif register.access == "ro":
                self._report(f"write of read-only register {register.name}")
            else:
                register.bus_write(self, self._gather(txn, offset))

    def _words(self, txn: Transaction) -> range:
        """The offsets of the registers that `txn` touches."""
        return range(txn.address & ~3, txn.address + len(txn.data), 4)

    def _place(self, txn: Transaction, offset: int, value: int) -> None:
        """Put the bytes of the register at `offset` where `txn` reads them."""
        for lane, byte in enumerate(value.to_bytes(4, self.endian)):
            index = offset + lane - txn.address
            if 0 <= index < len(txn.data):
                txn.data[index] = byte

    def _gather(self, txn: Transaction, offset: int) -> int:
        """The value that `txn` writes to the register at `offset`."""
        word = bytearray(4)
        for lane in range(4):
            index = offset + lane - txn.address
            if 0 <= index < len(txn.data):
                word[lane] = txn.data[index]
        return int.from_bytes(word, self.endian)

    def _report(self, message: str) -> None:
        self.kernel.reports.emit("guest_errors", self.name, message)

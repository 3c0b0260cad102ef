"""Loads and stores at physical addresses of more than 32 bits (UG984, lbu, lhu, lw, sb, sh, sw)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cosim.cpus.faults import MemoryFault
from cosim.cpus.isa.instruction import Semantics
from cosim.cpus.isa.machine import Machine
from cosim.cpus.microblaze.operands import row
from cosim.cpus.microblaze.privilege import privileged

if TYPE_CHECKING:
    from cosim.cpus.microblaze.core import MicroBlaze


def load(size: int) -> Semantics:
    """A load of `size` bytes from the address whose upper half is rA."""

    def semantics(m: Machine, rd: int, ra: int, rb: int) -> None:
        _privileged(m)
        m.set(rd, m.system(partial(_load, size=size), m.get(ra), m.get(rb)))

    return semantics


def store(size: int) -> Semantics:
    """A store of `size` bytes to the address whose upper half is rA."""

    def semantics(m: Machine, rs: int, ra: int, rb: int) -> None:
        _privileged(m)
        m.system(partial(_store, size=size), m.get(ra), m.get(rb), m.get(rs))

    return semantics


def _privileged(m: Machine) -> None:
    if m.config.privileges[1]:
        privileged(m)


def _load(core: MicroBlaze, high: int, low: int, *, size: int) -> int:
    return core.port.read_physical(_address(core, "load", high, low, size), size)


def _store(core: MicroBlaze, high: int, low: int, value: int, *, size: int) -> None:
    core.port.write_physical(_address(core, "store", high, low, size), value, size)


def _address(core: MicroBlaze, access: str, high: int, low: int, size: int) -> int:
    address = (high << 32 | low) & (1 << core.settings.addr_size) - 1
    if core.settings.unaligned_exceptions:
        if address & (size - 1):
            raise MemoryFault(access, address, size, "alignment")
        return address
    return address & -size


extended = partial(row, requires="extended_addresses")

# fmt: off
ROWS = [
    extended("lbuea rd, ra, rb", "110000 ddddd aaaaa bbbbb 00010000000", load(1),  "lbu"),
    extended("lhuea rd, ra, rb", "110001 ddddd aaaaa bbbbb 00010000000", load(2),  "lhu"),
    extended("lwea rd, ra, rb",  "110010 ddddd aaaaa bbbbb 00010000000", load(4),  "lw"),
    extended("sbea rd, ra, rb",  "110100 ddddd aaaaa bbbbb 00010000000", store(1), "sb"),
    extended("shea rd, ra, rb",  "110101 ddddd aaaaa bbbbb 00010000000", store(2), "sh"),
    extended("swea rd, ra, rb",  "110110 ddddd aaaaa bbbbb 00010000000", store(4), "sw"),
]
# fmt: on

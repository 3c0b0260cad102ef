"""Names of addresses, from the symbol tables of a core's images."""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import NamedTuple


class Symbol(NamedTuple):
    """A function or object: `size` bytes at `address`."""

    address: int
    size: int
    name: str


class SymbolTable:
    """Symbols in address order."""

    def __init__(self) -> None:
        self._symbols: list[Symbol] = []

    def add(self, address: int, size: int, name: str) -> None:
        insort(self._symbols, Symbol(address, size, name))

    def __getitem__(self, name: str) -> int:
        """The address of `name`.

        Raises:
            KeyError: no such symbol.
        """
        for symbol in self._symbols:
            if symbol.name == name:
                return symbol.address
        raise KeyError(name)

    def locate(self, address: int) -> str:
        """`name+0x10` of the symbol around `address`, or ""."""
        index = bisect_right(self._symbols, (address, 2**64, "")) - 1
        while index >= 0:
            symbol = self._symbols[index]
            if address < symbol.address + symbol.size:
                offset = address - symbol.address
                return f"{symbol.name}+0x{offset:x}" if offset else symbol.name
            if address - symbol.address > 0x10_0000:
                break  # no function is so long
            index -= 1
        return ""

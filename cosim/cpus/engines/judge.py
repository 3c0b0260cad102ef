"""The reference interpreter as a judge: it repeats what native code did, and no more."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NoReturn

from cosim.cpus.engines.interpreter import Interpreter
from cosim.cpus.faults import GuestException
from cosim.cpus.memory_port import PAGE_BITS

FAR = 1 << 62
"""Cycles that end beyond the greatest time: a core so far ahead makes no access to a device."""


class Departed(Exception):
    """The reference does something here that native code leaves to the interpreter."""


class Judge(Interpreter):
    """Executes what was executed as native code, from the same state.

    Attributes:
        given: the virtual pages that it may store to.
        why: what ended its last run before the budget; "" if nothing did.
    """

    def __init__(self, core: Any) -> None:
        told = core.port.on_select
        super().__init__(core)
        core.port.on_select = told
        self.given: Collection[int] = ()
        self.why = ""

    def repeat(self, count: int, given: Collection[int]) -> int:
        """Execute `count` instructions; returns how many it could, see `why`."""
        self.given, self.why = given, ""
        self.core.cycle += FAR
        try:
            self.run(count)
            if self.executed < count:
                self.why = "an access to a device" if self.out_of_time else "a stop"
        except Departed as departed:
            self.why = str(departed)
        finally:
            self.core.cycle -= FAR
            self.out_of_time = False
        return self.executed

    def take(self, exception: GuestException) -> bool:
        raise Departed(exception.describe())

    def store(
        self, address: int, value: int, size: int, align: int = 1, user: bool = False
    ) -> None:
        for byte in (address, address + size - 1):
            if byte >> PAGE_BITS not in self.given:
                raise Departed(f"store of 0x{value:x} ({size} bytes) at 0x{address:08x}")
        super().store(address, value, size, align, user)

    def jump(self, target: int) -> None:
        if target == self.pc and not self.context & ~self.core.isa.LASTING:
            raise Departed("a branch to itself, which waits")
        self.next_pc = target

    def load_exclusive(self, address: int, size: int) -> int:
        raise Departed("an exclusive load")

    def store_exclusive(self, address: int, value: int, size: int) -> int:
        raise Departed("an exclusive store")

    def clear_exclusive(self) -> None:
        raise Departed("a cleared reservation")

    def system(self, function: Callable[..., Any], *arguments: int) -> NoReturn:
        raise Departed(f"a system operation ({getattr(function, '__name__', function)})")

    def sleep(self) -> None:
        raise Departed("sleep")

"""What a coprocessor register is: who may read and write it, and on which core it exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from cosim.cpus.arm.registers import Mode
from cosim.cpus.faults import Trap

if TYPE_CHECKING:
    from cosim.cpus.arm.core import ArmCore

Reader = Callable[[Any], int]
Writer = Callable[..., None]
WORD = 0xFFFF_FFFF


class SystemRegister(NamedTuple):
    """A register's name and access; without a function for an access, that is undefined.

    Attributes:
        user: what User mode may do: "rw", "r", "w" or nothing; or a function of the core and the
            access that tells whether it may now.
        needs: the feature of `Model` without which there is no such register.
        doc: what it does here, where that is not what its name says.
    """

    name: str
    reader: Reader | None
    writer: Writer | None
    user: str | Callable[[Any, str], bool] = ""
    needs: str = ""
    doc: str = ""

    def read(self, core: ArmCore) -> int:
        if self.reader is None or not self._reachable(core, "r"):
            raise Trap("undefined")
        return self.reader(core)

    def write(self, core: ArmCore, value: int) -> None:
        if self.writer is None or not self._reachable(core, "w"):
            raise Trap("undefined")
        self.writer(core, value)

    # The halves of a register of 64 bits, for MRRC and MCRR

    def read_low(self, core: ArmCore) -> int:
        return self.read(core) & WORD

    def read_high(self, core: ArmCore) -> int:
        return self.read(core) >> 32

    def write_pair(self, core: ArmCore, low: int, high: int) -> None:
        self.write(core, high << 32 | low)

    @property
    def access(self) -> str:
        """ "rw", "r" or "w", for reference pages."""
        return "r" * (self.reader is not None) + "w" * (self.writer is not None)

    def exists(self, model: object) -> bool:
        return not self.needs or bool(getattr(model, self.needs))

    def _reachable(self, core: ArmCore, access: str) -> bool:
        if self.needs and not self.exists(core.model):
            return False
        if core.state["mode"] != Mode.USR:
            return True
        return access in self.user if isinstance(self.user, str) else self.user(core, access)


def constant(name: str, value: int, needs: str = "", doc: str = "") -> SystemRegister:
    return SystemRegister(name, lambda core: value, None, "", needs, doc)


def of_model(name: str, reader: Reader, needs: str = "") -> SystemRegister:
    """A constant that the configuration decides."""
    return SystemRegister(name, reader, None, "", needs)


def kept(name: str, mask: int = WORD, user: str = "", slot: str = "") -> SystemRegister:
    """A register that only remembers what is written, in the slot of its name."""
    where = slot or name.lower()

    def write(core: ArmCore, value: int) -> None:
        core.state[where] = value & mask

    return SystemRegister(name, lambda core: core.state[where], write, user)


def ignored(name: str, value: int = 0, needs: str = "", doc: str = "") -> SystemRegister:
    """Reads as `value`; writes change nothing."""
    return SystemRegister(name, lambda core: value, lambda core, written: None, "", needs, doc)


def operation(name: str, user: str = "") -> SystemRegister:
    """Cache, branch predictor and barrier operations: there is nothing to clean or to wait for."""
    return SystemRegister(name, None, lambda core, value: None, user, "", "no effect")

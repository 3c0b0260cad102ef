"""A test's interrupt controller: of Cortex-A9's, what the software generated interrupts need."""

from __future__ import annotations

from cosim.kernel.kernel import Kernel
from cosim.kernel.signals import Signal, Writers
from cosim.peripherals.peripheral import InterruptConfig, Peripheral, PeripheralConfig
from cosim.peripherals.register import Register

SGIS = 16
NONE = 1023
IDLE = 0xFF
ACK_CTL = 1 << 2
FIQ_EN = 1 << 3


class GicConfig(PeripheralConfig, InterruptConfig):
    """Keys of the controller; `irq` is for group 1, the output `fiq` is connected by the test."""


class Gic(Peripheral):
    """GICv1 with Security Extensions, seen by a secure access of one core (Arm IHI 0048).

    Both groups of interrupts 0 to 15. The interface at +0x100, the distributor at +0x1000.
    """

    TYPE = "test.gic"
    SIZE = 0x2000
    Config = GicConfig

    # fmt: off
    interface   = Register(0x0100, doc="EnableGrp0 0, EnableGrp1 1, AckCtl 2, FIQEn 3")
    mask        = Register(0x0104, doc="priorities below it (numerically) get through")
    acknowledge = Register(0x010C, access="ro")
    end         = Register(0x0110, access="wo")
    running     = Register(0x0114, access="ro", reset=IDLE)
    highest     = Register(0x0118, access="ro")
    distributor = Register(0x1000, doc="EnableGrp0 0, EnableGrp1 1")
    group       = Register(0x1080, doc="bit n: interrupt n is in group 1")
    enable      = Register(0x1100, doc="write 1 to enable")
    priority0   = Register(0x1400)
    priority1   = Register(0x1404)
    priority2   = Register(0x1408)
    priority3   = Register(0x140C)
    generate    = Register(0x1F00, access="wo", doc="target filter 25:24, NSATT 15, number 3:0")
    # fmt: on

    def __init__(self, name: str, config: GicConfig, kernel: Kernel) -> None:
        self.pending: set[int] = set()
        self.active: list[tuple[int, int]] = []  # number and the priority it preempted
        super().__init__(name, config, kernel)
        self.fiq = Signal(self, False, "fiq", Writers.UNCHECKED)

    def _priority(self, number: int) -> int:
        word = (self.priority0, self.priority1, self.priority2, self.priority3)[number >> 2]
        return word >> 8 * (number & 3) & 0xF8

    def _in_group_1(self, number: int) -> int:
        return self.group >> number & 1

    def _best(self) -> int:
        """The pending interrupt of highest priority, if the mask lets it through."""
        busy = {number for number, _ in self.active}
        waiting = [n for n in self.pending - busy if self.enable >> n & 1]
        best = min(waiting, key=lambda n: (self._priority(n), n), default=NONE)
        if best == NONE or self._priority(best) >= self.mask:
            return NONE
        enabled = self.distributor & self.interface
        return best if enabled >> self._in_group_1(best) & 1 else NONE

    def _update(self) -> None:
        best = self._best()
        signalled = best != NONE and self._priority(best) < self.running
        fast = best != NONE and not self._in_group_1(best) and bool(self.interface & FIQ_EN)
        self.irq.write(signalled and not fast)
        self.fiq.write(signalled and fast)

    @interface.on_write
    def _set_interface(self, value: int) -> None:
        self.interface = value
        self._update()

    @mask.on_write
    def _set_mask(self, value: int) -> None:
        self.mask = value & 0xF8
        self._update()

    @distributor.on_write
    def _set_distributor(self, value: int) -> None:
        self.distributor = value
        self._update()

    @group.on_write
    def _set_group(self, value: int) -> None:
        self.group = value
        self._update()

    @enable.on_write
    def _enable(self, value: int) -> None:
        self.enable |= value
        self._update()

    @generate.on_write
    def _generate(self, value: int) -> None:
        number = value & 0xF
        # To this core, if the group is the one that the message is for.
        if value >> 24 & 3 == 2 and value >> 15 & 1 == self._in_group_1(number):
            self.pending.add(number)
        self._update()

    @highest.on_peek
    def _highest(self) -> int:
        best = self._best()
        if best != NONE and self._in_group_1(best) and not self.interface & ACK_CTL:
            return 1022
        return best

    @acknowledge.on_read
    def _acknowledge(self) -> int:
        best = self._highest()
        if best >= SGIS or self._priority(best) >= self.running:
            return best if best == 1022 else NONE
        self.pending.discard(best)
        self.active.append((best, self.running))
        self.running = self._priority(best)
        self._update()
        return best

    @end.on_write
    def _end(self, value: int) -> None:
        number = value & 0x3FF
        if number < SGIS and self.active and self.active[-1][0] == number:
            self.running = self.active.pop()[1]
        self._update()

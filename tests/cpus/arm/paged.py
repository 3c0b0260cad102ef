"""A board with the MMU on, for precise faults: one good page with a bad one behind it."""

from __future__ import annotations

from cosim.cpus.arm import cp15, vfp_state
from cosim.cpus.arm.core import CortexA9
from cosim.cpus.arm.registers import IT_SHIFT, LAYOUT, THUMB, Mode, bank, switch_mode
from cosim.cpus.arm.status import read_cpsr
from cosim.cpus.isa.state import State
from tests.cpus.arm.assembled import assemble, assemble_thumb
from tests.cpus.arm.board import START, VECTORS, Board

TABLE, PAGES = START + 0x4000, START + 0x8000  # first and second level
FRAME, BEHIND = START + 0x9000, START + 0xA000
WINDOW = 0x4000_0000
EDGE = WINDOW + 0x1000  # the good page is before it
UNMAPPED = 0x2000_0000
DOMAIN = 3
SECTION, PAGE = 0xC02 | 0x100C, 0x32 | 0x4C  # normal memory that everybody may read and write
BY_NAME = {one.name: one for one in cp15.BY_ENCODING.values()}
AFE = 1 << 29
WRITE = 1 << 11
IT_BITS = 0x0600_FC00

# fmt: off
BAD = {  # descriptor of the page behind the edge, SCTLR besides M, fault status (B3.13.3)
    "translation": (0,                  0,   0b00111 | DOMAIN << 4),
    "permission":  (BEHIND | 0x4E,      0,   0b01111 | DOMAIN << 4),
    "access flag": (BEHIND | 0x6E,      AFE, 0b00110 | DOMAIN << 4),
    "bus error":   (UNMAPPED | PAGE,    0,   0b01000),
}
# fmt: on


def write(board: Board, name: str, value: int) -> None:
    """As MCR does."""
    BY_NAME[name].write(board.core, value)


class Paged(Board):
    """The board in `mode`, every register with a value of its own, and a page `bad` at EDGE."""

    def __init__(self, bad: str = "translation", mode: Mode = Mode.USR, sctlr: int = 0) -> None:
        super().__init__(CortexA9)
        descriptor, enables, self.status = BAD[bad]
        self.handlers()
        self.poke(TABLE, SECTION)
        self.poke(TABLE + (START >> 20) * 4, START | SECTION)
        self.poke(TABLE + (WINDOW >> 20) * 4, PAGES | DOMAIN << 5 | 1)
        self.poke(PAGES, FRAME | PAGE, descriptor)
        self.poke(FRAME, *(0xF000_0000 + place for place in range(1024)))
        state = self.core.state
        for slot, name in enumerate(LAYOUT):
            if name[0] in "rs" and name[1].isdigit():
                state[name] = 0x1000_0001 * (slot + 1)
        write(self, "TTBR0", TABLE)
        write(self, "DACR", 1 | 1 << 2 * DOMAIN)
        write(self, "CPACR", 0xF << 20)
        vfp_state.write_fpexc(self.core, vfp_state.EN)
        write(self, "SCTLR", BY_NAME["SCTLR"].read(self.core) | 1 | enables | sctlr)
        state["a_mask"] = state["i_mask"] = state["f_mask"] = 0
        state["n"] = state["q"] = 1
        state["spsr_svc"] = 0x4000_0010
        switch_mode(state, mode)
        self.core.mmu.update()

    def code(self, *texts: str, address: int = START, thumb: bool = False) -> None:
        """Place `texts`, to be executed next."""
        data = assemble_thumb(*texts) if thumb else assemble(*texts)
        self.core.port.write_debug(address, data)
        self.core.state["pc"] = address
        if thumb:
            self.core.state["context"] |= THUMB

    def photograph(self) -> None:
        """Keep what there is before the run."""
        self.before = State(LAYOUT)
        self.before.words[:] = self.core.state.words
        self.cpsr_before = read_cpsr(self.core)
        self.memory_before = bytes(self.ram.buffer)

    def entered(
        self, vector: str, lr: int, it: int | None = None, mode: Mode = Mode.ABT, **slots: int
    ) -> State:
        """The whole state that an exception leaves, of which only `slots` had changed before.

        Args:
            it: ITSTATE in the SPSR; None for what it was before the run.
        """
        state = State(LAYOUT)
        state.words[:] = self.before.words
        for name, value in slots.items():
            state[name] = value
        cpsr = self.cpsr_before
        if it is not None:
            cpsr = cpsr & ~IT_BITS | (it & 3) << 25 | it >> 2 << 10
        switch_mode(state, mode)
        state["r14"], state[f"spsr_{bank(mode)}"] = lr, cpsr
        state["a_mask"] |= mode == Mode.ABT
        state["i_mask"] = 1
        state["context"], state["pc"] = 0, VECTORS[vector]
        return state

    @property
    def it(self) -> int:
        return self.core.state["context"] >> IT_SHIFT

    def outcome(self) -> tuple[object, ...]:
        """All that a run may change."""
        core = self.core
        memory = bytes(self.ram.buffer), bytes(self.low.buffer)
        return core.state.snapshot(), core.instructions, core.cycle, self.kernel.now, memory

"""The state block of an ARM core: registers, flags, banks by mode (B1.3)."""

from __future__ import annotations

from enum import IntEnum

from cosim.cpus.isa.state import State, StateLayout


class Mode(IntEnum):
    """Processor modes by their CPSR encoding (B1.3.1); Monitor and Hyp are not there."""

    USR = 0b10000
    FIQ = 0b10001
    IRQ = 0b10010
    SVC = 0b10011
    ABT = 0b10111
    UND = 0b11011
    SYS = 0b11111


GENERAL = tuple(f"r{number}" for number in range(15))
FLAGS = ("n", "z", "c", "v", "q", "ge")
MASKS = ("a_mask", "i_mask", "f_mask")
BANKS = ("usr", "fiq", "irq", "svc", "abt", "und")
CP15 = (
    "sctlr", "actlr", "cpacr", "vbar", "dfsr", "ifsr", "dfar", "ifar",
    "tpidrurw", "tpidruro", "tpidrprw", "ttbr0", "ttbr1", "ttbcr", "dacr", "contextidr", "par",
    "prrr", "nmrr", "csselr", "power", "diagnostic", "event",
)  # fmt: skip

VFP = (
    *(f"s{number}" for number in range(64)),  # D0-D31 are pairs of them
    "fp_n", "fp_z", "fp_c", "fp_v", "fpscr", "fp_flags", "fpexc", "fp_guard",
)  # fmt: skip

LAYOUT = StateLayout(
    [*GENERAL, "pc", "context", *FLAGS, "mode", *MASKS]
    + [f"r{number}_{bank}" for bank in ("usr", "fiq") for number in range(8, 13)]
    + [f"r{number}_{bank}" for bank in BANKS for number in (13, 14)]
    + [f"spsr_{bank}" for bank in BANKS if bank != "usr"]
    + [*CP15, *VFP]
)
"""r0-r14 are those of the present mode; `*_<bank>` are the others while that bank is out of use.

`context` is the execution state (A2.5): `THUMB`, `BIG_ENDIAN` (CPSR.E), and from `IT_SHIFT` on
the eight bits of ITSTATE.
"""

THUMB, BIG_ENDIAN = 1, 2
IT_SHIFT = 8
CONTEXT = LAYOUT["context"]
SP, LR = LAYOUT["r13"], LAYOUT["r14"]
N, Z, C, V, Q, GE = (LAYOUT[flag] for flag in FLAGS)


def bank(mode: int) -> str:
    """The register bank of `mode`; System mode has the User mode's."""
    return "usr" if mode == Mode.SYS else Mode(mode).name.lower()


def banked_slot(mode: int, number: int, present: int) -> str:
    """Where r`number` of `mode` is while the core is in mode `present`."""
    owner, active = _owner(mode, number), _owner(present, number)
    return f"r{number}" if owner == active else f"r{number}_{owner}"


def switch_mode(state: State, mode: int) -> None:
    """Exchange the banked registers for those of `mode`."""
    present = state["mode"]
    for number in range(8, 15):
        old, new = _owner(present, number), _owner(mode, number)
        if old != new:
            state[f"r{number}_{old}"] = state[f"r{number}"]
            state[f"r{number}"] = state[f"r{number}_{new}"]
    state["mode"] = mode


def _owner(mode: int, number: int) -> str:
    """The bank that r`number` of `mode` is in; "" for a register that has no banks."""
    if number < 8:
        return ""
    return bank(mode) if number > 12 or mode == Mode.FIQ else "usr"

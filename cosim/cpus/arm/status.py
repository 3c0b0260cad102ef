"""The program status registers: reading, writing, exception return (B1.3.3, B1.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosim.cpus.arm.registers import (
    BIG_ENDIAN,
    IT_SHIFT,
    THUMB,
    Mode,
    bank,
    banked_slot,
    switch_mode,
)
from cosim.cpus.faults import Trap
from cosim.cpus.isa.machine import Machine, Value

if TYPE_CHECKING:
    from cosim.cpus.arm.core import ArmCore as Core

FLAG_BITS = {"n": 31, "z": 30, "c": 29, "v": 28, "q": 27}
MASK_BITS = {"a_mask": 8, "i_mask": 7, "f_mask": 6}
GE_SHIFT = 16
J_BIT, E_BIT, T_BIT = 1 << 24, 1 << 9, 1 << 5
IT_BITS = 0x0600_FC00
MODE_BITS = 0x1F

FLAGS_BYTE, GE_BYTE, MASK_BYTE, CONTROL_BYTE = 8, 4, 2, 1
"""The bits of an MSR's mask field."""

WRITABLE = 0xF80F_03DF
"""What MSR may write: the flags, GE, E, the masks and the mode."""

RESERVED = 0x00F0_0000
"""Bits of an SPSR that are none of MSR's."""


def privileged(core: Core) -> bool:
    return core.state["mode"] != Mode.USR


def require_privilege(core: Core) -> None:
    """The instruction is UNPREDICTABLE or UNDEFINED in User mode: it traps."""
    if not privileged(core):
        raise Trap("undefined")


def require_spsr(core: Core) -> None:
    """The instruction needs the SPSR, which User and System mode do not have: it traps."""
    if core.state["mode"] in (Mode.USR, Mode.SYS):
        core.kernel.reports.emit("guest_errors", core.name, "there is no SPSR in this mode")
        raise Trap("undefined")


def read_cpsr(core: Core) -> int:
    """The whole CPSR, put together from its slots."""
    state = core.state
    word = state["mode"] | state["ge"] << GE_SHIFT
    for slots in (FLAG_BITS, MASK_BITS):
        for name, bit in slots.items():
            word |= state[name] << bit
    context = state["context"]
    it = context >> IT_SHIFT
    word |= (context & BIG_ENDIAN) << 8
    return word | (context & THUMB) << 5 | (it & 3) << 25 | it >> 2 << 10


def read_visible_cpsr(core: Core) -> int:
    """What MRS shows: the execution state bits read as zero, in User mode only the flags."""
    word = read_cpsr(core)
    return word & (WRITABLE if privileged(core) else 0xF80F_0000)


def write_cpsr(core: Core, word: int, mask: int) -> None:
    """MSR: bytes of the CPSR by mask; User mode reaches the flags only."""
    state = core.state
    if privileged(core):
        check(core, word, mask)
    if mask & FLAGS_BYTE:
        for name, bit in FLAG_BITS.items():
            state[name] = word >> bit & 1
    if mask & GE_BYTE:
        state["ge"] = word >> GE_SHIFT & 15
    if mask & MASK_BYTE:
        set_endianness(core, word >> 9 & 1)  # the one bit of its byte that User mode may write
    if not privileged(core):
        return
    if mask & MASK_BYTE:
        state["a_mask"] = word >> 8 & 1
    if mask & CONTROL_BYTE:
        state["i_mask"], state["f_mask"] = word >> 7 & 1, word >> 6 & 1
        switch_mode(state, word & MODE_BITS)
        core.mode_changed()


def set_endianness(core: Core, big: int) -> None:
    """CPSR.E."""
    context = core.state["context"] & ~BIG_ENDIAN
    core.state["context"] = context | (BIG_ENDIAN if big else 0)


def advance_it(context: int) -> int:
    """`context` with ITSTATE for the next instruction (A2.5.2: ITAdvance)."""
    it = context >> IT_SHIFT
    following = it & 0xE0 | it << 1 & 0x1F if it & 7 else 0
    return context & (1 << IT_SHIFT) - 1 | following << IT_SHIFT


def check_return(core: Core, word: int) -> int:
    """`word`, which an exception return is going to make the CPSR; traps if it can not."""
    if word & J_BIT:
        core.kernel.reports.emit("unimp", core.name, "Jazelle and ThumbEE states")
        raise Trap("undefined")
    if word & IT_BITS and not word & T_BIT:
        core.kernel.reports.emit("guest_errors", core.name, "a return to ARM state with IT bits")
        raise Trap("undefined")
    check(core, word, CONTROL_BYTE)
    return word


def restore_cpsr(core: Core, word: int) -> int:
    """All of the CPSR, execution state included.

    Returns:
        the mask of the address bits that count in the new instruction set state.
    """
    write_cpsr(core, word, FLAGS_BYTE | GE_BYTE | MASK_BYTE | CONTROL_BYTE)
    big = BIG_ENDIAN if word & E_BIT else 0
    core.state["event"] = 1  # a WFE goes on after an exception return, as the manual allows
    if word & T_BIT:
        it = (word >> 25 & 3) | (word >> 10 & 0x3F) << 2
        core.state["context"] = THUMB | big | it << IT_SHIFT
        return 0xFFFF_FFFE
    core.state["context"] = big
    return 0xFFFF_FFFC


def check(core: Core, word: int, mask: int) -> None:
    """Trap where the manual says UNPREDICTABLE: a mode that is none."""
    if mask & CONTROL_BYTE and word & MODE_BITS not in set(Mode):
        mode = word & MODE_BITS
        core.kernel.reports.emit("guest_errors", core.name, f"there is no mode 0x{mode:02x}")
        raise Trap("undefined")


def read_spsr(core: Core) -> int:
    require_spsr(core)
    return core.state[f"spsr_{bank(core.state['mode'])}"]


def write_spsr(core: Core, word: int, mask: int) -> None:
    require_spsr(core)
    bits = sum(0xFF << 8 * byte for byte in range(4) if mask >> byte & 1) & ~RESERVED
    slot = f"spsr_{bank(core.state['mode'])}"
    core.state[slot] = (core.state[slot] & ~bits) | (word & bits)


def return_word(core: Core) -> int:
    """The SPSR, checked to be a CPSR to return to."""
    return check_return(core, read_spsr(core))


def return_from_exception(m: Machine, target: Value) -> None:
    """Branch to `target` with the CPSR from the SPSR."""
    return_with(m, target, m.system(return_word))


def return_with(m: Machine, target: Value, word: Value) -> None:
    """Branch to `target` with `word`, checked before, as the CPSR."""
    m.branch(m.and_(target, m.system(restore_cpsr, word)))


# Other modes' registers


def read_user_register(core: Core, number: int) -> int:
    return core.state[banked_slot(Mode.USR, number, core.state["mode"])]


def write_user_register(core: Core, number: int, value: int) -> None:
    core.state[banked_slot(Mode.USR, number, core.state["mode"])] = value


def read_stack_pointer(core: Core, mode: int) -> int:
    """SP of `mode`, which traps if there is none such."""
    check(core, mode, CONTROL_BYTE)
    return core.state[banked_slot(mode, 13, core.state["mode"])]


def write_stack_pointer(core: Core, mode: int, value: int) -> None:
    core.state[banked_slot(mode, 13, core.state["mode"])] = value

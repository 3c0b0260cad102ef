"""MicroBlaze images that need options of the core: which, and what QEMU is told for them."""

from __future__ import annotations

from typing import NamedTuple

from tests.system.record_consoles import PETALOGIX, PETALOGIX_BE, Recording

TRAPS = ("unaligned-exceptions", "ill-opcode-exception", "div-zero-exception")


class Case(NamedTuple):
    """An image, and the core it runs on."""

    recording: Recording
    settings: dict[str, object]


def _case(
    image: str, settings: dict[str, object], *properties: str, endian: str = "little"
) -> Case:
    board = PETALOGIX if endian == "little" else PETALOGIX_BE
    extra = tuple(part for one in properties for part in ("-global", f"microblaze-cpu.{one}=on"))
    return Case(Recording(image, board, extra), {"endian": endian, **settings})


# The core has exactly what the compiler was told of.
WITHOUT: dict[str, dict[str, object]] = {
    "barrel": {"barrel": False},
    "mul": {"hw_mul": 0},
    "mulhigh": {"hw_mul": 1},
    "div": {"div": False},
    "pcmp": {"pcmp": False},
    "reorder": {"reorder": False},
    "fpu": {"fpu": 0},
    "fpu2": {"fpu": 1},
}
NOTHING: dict[str, object] = {
    "barrel": False,
    "hw_mul": 0,
    "div": False,
    "pcmp": False,
    "reorder": False,
    "fpu": 0,
    "mmu": 0,
    "msr_instr": False,
}
LEVELS = ("O0", "O1", "O2", "O3", "Os")

OPTIONS = [
    *(_case(f"mb_options_{level}", {}) for level in LEVELS),
    *(_case(f"mb_options_be_{level}", {}, endian="big") for level in LEVELS),
    *(_case(f"mb_options_no_{name}", settings) for name, settings in WITHOUT.items()),
    _case("mb_options_none_be", NOTHING, endian="big"),
]
SYSTEM = [
    _case("mb_system", {"div_zero_exception": True}, *TRAPS),
    _case("mb_system_be", {"div_zero_exception": True}, *TRAPS, endian="big"),
    _case("mb_stack", {"mmu": 0, "stack_protection": True}, "use-stack-protection"),
]

"""Floating point in native code: the same words and flags as by the functions, or left to them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

import cosim
from cosim.cpus.arm import vfp, vfp_state
from cosim.cpus.core import Core
from cosim.cpus.engines import choice
from cosim.cpus.engines.translator import Translator
from cosim.cpus.isa import floats
from cosim.cpus.isa.instruction import Row
from cosim.cpus.microblaze import floating_point
from tests.cpus.engines.interpreted import INTERPRETED

ROOT = Path(__file__).parents[3]
CODE = {"arm": 0x6000_0000, "xilinx": 0x9000_0000}
FZ, RMODE, DN = 1 << 24, 3 << 22, 1 << 25
OPERANDS = 250

pytestmark = pytest.mark.skipif(
    bool(choice.why_no_translator()), reason="there is no native code here"
)

SINGLES = [
    0x0000_0000, 0x0000_0001, 0x0040_0000, 0x007F_FFFF, 0x0080_0000, 0x0080_0001, 0x00FF_FFFF,
    0x0100_0000, 0x3380_0000, 0x3F00_0000, 0x3F7F_FFFF, 0x3F80_0000, 0x3F80_0001, 0x4000_0000,
    0x4B00_0000, 0x4B7F_FFFF, 0x4EFF_FFFF, 0x4F00_0000, 0x4F7F_FFFF, 0x4F80_0000, 0x5F00_0000,
    0x7F00_0000, 0x7F7F_FFFF, 0x7F80_0000, 0x7F80_0001, 0x7FC0_0000, 0x7FFF_FFFF,
]  # fmt: skip
"""Zero, subnormal, the smallest, around one, around 2**31, the largest, infinity, NaNs."""


def double_of(single: int) -> int:
    """A double with something like that exponent and fraction."""
    exponent = single >> 23 & 0xFF
    wide = {0: 0, 1: 1, 2: 2, 0xFE: 0x7FE, 0xFF: 0x7FF}.get(exponent, exponent - 127 + 1023)
    return (single >> 31) << 63 | wide << 52 | (single & 0x7F_FFFF) << 29 | single & 1


def operand(rng: Random, width: int) -> int:
    """Special, ordinary, a small integer (whose results are exact), or any bits at all."""
    kind = rng.randrange(4)
    if kind == 0:
        single = rng.choice(SINGLES) | rng.getrandbits(1) << 31
    elif kind == 1:
        single = int.from_bytes(struct.pack("<f", rng.uniform(-1e6, 1e6)), "little")
    elif kind == 2:
        single = int.from_bytes(struct.pack("<f", rng.randrange(-64, 65)), "little")
    else:
        single = rng.getrandbits(32)
    if width == 32:
        return single
    low = rng.getrandbits(29) if kind in (1, 3) else 0
    return double_of(single) | low


def arm() -> Core:
    board = cosim.load(
        ROOT / "platforms" / "vexpress_a9.yaml", {"cores.cpu0.fpu": "vfpv4"}, engine="translator"
    )
    core = board.core("cpu0")
    vfp_state.write_cpacr(core, vfp_state.CP10 | vfp_state.CP11)
    vfp_state.write_fpexc(core, vfp_state.EN)
    return core


def microblaze() -> Core:
    board = cosim.load(
        ROOT / "platforms" / "petalogix_s3adsp1800.yaml", {"cores.cpu0.fpu": 2}, engine="translator"
    )
    return board.core("cpu0")


def arm_states(rng: Random, width: int) -> Iterator[dict[str, int]]:
    """Registers 0 to 2 with operands, and the FPSCR: most often the mode that C programs have."""
    for _ in range(OPERANDS):
        state = {"pc": CODE["arm"], "context": 0}
        for number in range(3):
            value = operand(rng, width)
            if width == 32:
                state[f"s{number}"] = value
            else:
                state[f"s{2 * number}"] = value & 0xFFFF_FFFF
                state[f"s{2 * number + 1}"] = value >> 32
        state["fpscr"] = rng.choice([0, 0, 0, FZ, FZ | DN, DN, rng.getrandbits(4) << 22])
        state["fp_flags"] = rng.choice([0, floats.INEXACT, floats.INEXACT | floats.INVALID])
        yield state


ARITHMETIC = [
    row
    for row in vfp.ROWS
    if row.template.startswith(("vadd", "vsub", "vmul", "vdiv", "vsqrt", "vcvt", "vcmp"))
    or row.template.startswith(("vnm", "vml", "vfm", "vfn"))
]


def arm_word(row: Row) -> int:
    """The row's instruction on registers 0, 1 and 2, always executed."""
    wide = {"n": "dn" in row.operand_text, "m": "dm" in row.operand_text}
    numbers = {"c": 14, "d": 0, "i": 4, "n": 2 if wide["n"] else 1, "m": 2 if wide["m"] else 1}
    word = row.pattern.value
    for letter, field in row.pattern.fields.items():
        word |= field.insert(numbers[letter])
    return word


def compare(core: Core, word: int, states: Iterator[dict[str, int]]) -> tuple[int, int]:
    """How many states the instruction is executed with, and with how many as native code."""
    engine = core.engine
    assert isinstance(engine, Translator)
    start = CODE[core.TYPE.partition(".")[0]]
    core.port.write_debug(start, word.to_bytes(4, "little"))
    tried = native = 0
    for state in states:
        for name, value in state.items():
            core.state[name] = value
        core.interpreter.run(1)
        expected = core.state.snapshot()
        for name, value in state.items():
            core.state[name] = value
        left_to_it = 0
        interpret = engine._interpret

        def counted(count: int, interpret: Callable[[int], int] = interpret) -> int:
            nonlocal left_to_it
            left_to_it += 1
            return interpret(count)

        engine._interpret = counted  # type: ignore[method-assign]
        engine.run(1)
        del engine._interpret
        assert core.state.snapshot() == expected, state
        tried += 1
        native += not left_to_it
    return tried, native


@pytest.fixture(scope="module")
def arm_core() -> Core:
    return arm()


@pytest.mark.parametrize("row", ARITHMETIC, ids=lambda row: f"{row.template} {row.operand_text}")
def test_arm(arm_core: Core, row: Row) -> None:
    rng = Random(row.identity)
    width = 64 if "dm" in row.operand_text or row.operand_text.startswith("dd, 0") else 32
    tried, native = compare(arm_core, arm_word(row), arm_states(rng, width))
    assert tried == OPERANDS
    text = f"{row.template} {row.operand_text}"
    assert (native == 0) is (text in INTERPRETED["A32"]["floating point of rare kinds"])


def microblaze_states(rng: Random) -> Iterator[dict[str, int]]:
    for _ in range(OPERANDS):
        state = {f"r{number}": operand(rng, 32) for number in (3, 20, 21)}
        yield {"pc": CODE["xilinx"], "context": 0, "fsr": 0, **state}


@pytest.fixture(scope="module")
def microblaze_core() -> Core:
    return microblaze()


@pytest.mark.parametrize("row", floating_point.ROWS, ids=lambda row: row.template)
def test_microblaze(microblaze_core: Core, row: Row) -> None:
    word = row.pattern.value
    for letter, field in row.pattern.fields.items():
        word |= field.insert({"d": 3, "a": 20, "b": 21}[letter])
    tried, native = compare(microblaze_core, word, microblaze_states(Random(row.identity)))
    assert tried == OPERANDS
    assert 0 < native

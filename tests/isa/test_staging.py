"""Semantics never look at run-time values: every row of every instruction set keeps the rule."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import pytest

from cosim.cpus.arm.core import ArmConfig
from cosim.cpus.arm.instruction_set import OPTIONS, ArmInstructionSet
from cosim.cpus.arm.registers import BIG_ENDIAN, IT_SHIFT, THUMB
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import InstructionSet, random_word
from cosim.cpus.isa.operands import Unallocated
from cosim.cpus.microblaze.config import MicroBlazeConfig
from cosim.cpus.microblaze.instruction_set import ROWS as MICROBLAZE_ROWS
from cosim.cpus.microblaze.instruction_set import MicroBlazeSet
from cosim.cpus.microblaze.registers import (
    AFTER_RTED,
    AFTER_RTID,
    ATOMIC,
    BRANCH_HAD_IMM,
    DELAY_SLOT,
    IMM_PENDING,
)
from cosim.testing.opaque import VALUE, Hole, Opaque, OpaqueMachine, StagingError

WORDS_PER_ROW = 40
DRAWS = 20_000  # few encodings of a system register access are registers


class Subject(NamedTuple):
    """An instruction set with everything switched on, and the decode contexts it knows."""

    isa: InstructionSet
    config: Any
    contexts: tuple[int, ...]


ARM = ArmInstructionSet(OPTIONS)
ARM_CONFIG = ArmConfig(type="arm.cortex-a9", clock="1GHz")
NE_LAST = 0x18 << IT_SHIFT  # in an IT block, its last instruction


def microblaze(**options: object) -> MicroBlazeConfig:
    settings = {"type": "xilinx.microblaze", "clock": "1GHz", **options}
    return MicroBlazeConfig.model_validate(settings)


SUBJECTS = {
    "arm": Subject(ARM, ARM_CONFIG, (0, BIG_ENDIAN)),
    "thumb": Subject(ARM.thumb, ARM_CONFIG, (THUMB, THUMB | BIG_ENDIAN, THUMB | NE_LAST)),
    "microblaze": Subject(
        MicroBlazeSet({row.requires for row in MICROBLAZE_ROWS}),
        microblaze(addr_size=64, stream_links=16),
        (0, IMM_PENDING | 0xFFFF, DELAY_SLOT, ATOMIC),
    ),
    "microblaze-guarded": Subject(
        MicroBlazeSet({row.requires for row in MICROBLAZE_ROWS}, low_latency=True),
        microblaze(mmu=0, stack_protection=True, exclusive="axi", unaligned_exceptions=False),
        (0, IMM_PENDING | 0xFFFF, AFTER_RTID, AFTER_RTED | BRANCH_HAD_IMM),
    ),
}
ROWS = [
    pytest.param(subject, row, id=f"{name}-{row.template}-{number}")
    for name, subject in SUBJECTS.items()
    for number, row in enumerate(subject.isa.rows)
]


@pytest.mark.parametrize(("subject", "row"), ROWS)
def test_semantics_use_verbs_only(subject: Subject, row: Row) -> None:
    rng = random.Random(row.pattern.text)
    staged = 0
    for _ in range(DRAWS):
        word = random_word(row, rng)
        instructions = []
        for context in subject.contexts:
            try:
                instructions.append(row.decode(word, context))
            except Unallocated:
                continue
        if not instructions:
            continue
        for instruction in instructions:
            machine = OpaqueMachine(subject.config)
            subject.isa.stage(machine, instruction, lambda operand: Hole())()
        staged += 1
        if staged == WORDS_PER_ROW:
            break
    assert staged, f"no word of {row} decodes"


@pytest.mark.parametrize(
    "look",
    [bool, int, str, hash, list, lambda v: v + 1, lambda v: v == 0, lambda v: v < 1, "{:x}".format],
)
def test_a_value_that_is_looked_at_fails(look: Any) -> None:
    with pytest.raises(StagingError):
        look(VALUE)


def test_a_number_where_a_value_belongs_fails() -> None:
    with pytest.raises(StagingError, match="use const"):
        OpaqueMachine().add(VALUE, 1)  # type: ignore[arg-type]


def test_a_value_where_control_belongs_fails() -> None:
    with pytest.raises(StagingError, match="only control"):
        OpaqueMachine().sext(VALUE, Opaque())  # type: ignore[arg-type]


def test_a_load_after_a_register_was_set_fails() -> None:
    m = OpaqueMachine()
    m.set(0, VALUE)
    with pytest.raises(StagingError, match="after a register"):
        m.load(VALUE, 4)

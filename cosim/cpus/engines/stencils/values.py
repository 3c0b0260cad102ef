"""What the verbs work on while a form is written: words, places of registers, ways out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cosim.cpus.engines.stencils.static import Static
from cosim.cpus.isa.machine import Value


class Concrete(Exception):
    """A verb needs the number itself of an immediate: the form is for that number only."""

    def __init__(self, leaf: int) -> None:
        self.leaf = leaf


class Escape(Exception):
    """The rest of this path is left to the reference interpreter."""


class Place(NamedTuple):
    """Where a register is: "pin" and its number, "slot" and a hole's, "fixed" and a state slot."""

    kind: str
    number: int


ZERO = Place("zero", 0)
"""A register that reads as zero and takes nothing."""


@dataclass(eq=False)
class Word:
    """A value of the instruction while it runs: an i32, or an i1 that is the number 0 or 1."""

    name: str
    bit: bool = False
    inverse: Word | None = None  # of which it is the complement
    choice: tuple[Word, Any, Any] | None = None  # condition, and the values of both cases
    root: str = ""  # of what it is a sum
    offset: int = 0  # with this constant
    below_32: bool = False  # whether it is known to be
    parted: bool = False  # whether it is a decode context that differs between two ways


@dataclass
class Way:
    """Where an instruction leads: a target (None: the next instruction) and its decode context."""

    target: Word | Static | None = None
    context: Word | Static | None = None
    jump: bool = False


@dataclass
class Fork:
    """Two ways, by a condition."""

    condition: Word
    taken: Way | Fork
    other: Way | Fork


@dataclass
class Paths:
    """What an instruction has done on the present path: registers not yet written, and its end."""

    written: dict[Place, Word | Static] = field(default_factory=dict)
    way: Way | Fork = field(default_factory=Way)

    def copy(self) -> Paths:
        return Paths(dict(self.written), self.way)


def is_bit(value: Value) -> bool:
    """Whether it is 0 or 1 and known to be."""
    if isinstance(value, Static):
        return value.constant in (0, 1)
    return bool(value.bit)


def bit_text(value: Value) -> str:
    return str(value.constant) if isinstance(value, Static) else value.name

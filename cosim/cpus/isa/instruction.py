"""One row of an instruction table, and the instruction decoded from a word by it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, reduce
from operator import or_
from types import FunctionType
from typing import Any, NamedTuple

from cosim.cpus.isa.operands import Operand, Unallocated
from cosim.cpus.isa.pattern import Field, Pattern

Semantics = Callable[..., None]
"""A function over the machine `m` and the operands its parameters name."""


class Row:
    """An encoding: its syntax, its pattern, what it does, and where the manual says so.

    The parameters of `semantics` after `m` choose the operands: a name of the operand table, or a
    single letter of the pattern for the raw field as a control value. `check` says if pattern and
    parameters do not match: of a table that does not change, that is for a test to ask.

    Args:
        syntax: "addi{K}{C} rd, ra, imm": the mnemonic, where `{K}` prints a lower-case k if field
            K is set, then the operands in assembler order.
        pattern: see `Pattern`.
        semantics: what the instruction does.
        section: the manual's section.
        requires: the configuration option without which the encoding is undefined, or "".
        guard: letters consumed by the instruction set itself (a condition), not by `semantics`.
        unless: excluded field values, as {"c": 15}.
    """

    def __init__(
        self,
        syntax: str,
        pattern: str,
        semantics: Semantics,
        section: str,
        *,
        operands: Sequence[Operand],
        requires: str = "",
        guard: str = "",
        unless: Mapping[str, int] | None = None,
    ) -> None:
        self.template, _, self.operand_text = syntax.partition(" ")
        self.identity = f"{syntax} | {pattern}"
        self.pattern = Pattern(pattern)
        self.semantics = semantics
        self.section = section
        self.requires = requires
        self.guard = guard
        self.table = operands
        self._unless = unless or {}

    # Found when they are first needed: a program uses few of the rows.

    @cached_property
    def unless(self) -> Sequence[tuple[Field, int]]:
        """The excluded values, by field."""
        fields = self.pattern.fields
        return [(fields[one], value) for one, value in self._unless.items() if one in fields]

    @cached_property
    def operands(self) -> Sequence[Operand]:
        """What `semantics` is called with, after the machine.

        Raises:
            ValueError: a parameter is neither an operand nor a field.
        """
        return [_find(name, self.pattern, self.table) for name in _parameters(self.semantics)[1:]]

    @cached_property
    def _decoded(self) -> Sequence[dict[int, Any]]:
        return [{} for _ in self.operands]

    def check(self) -> None:
        """Raise ValueError if a parameter is neither an operand nor a field, or a field unused."""
        used = {letter for operand in self.operands for letter in operand.letters}
        used |= {*self.guard, *re.findall(r"\{(\w)\}", self.template)}
        unused = self.pattern.letters - used
        if unused:
            raise ValueError(f"{self}: nothing uses field {''.join(sorted(unused))}")

    def matches(self, word: int) -> bool:
        if word & self.pattern.mask != self.pattern.value:
            return False
        return not self._unless or all(field.extract(word) != value for field, value in self.unless)

    def mnemonic(self, word: int) -> str:
        """The mnemonic of `word`, derived from the template."""

        def letter(match: re.Match[str]) -> str:
            name = match.group(1)
            return name.lower() if self.pattern.fields[name].extract(word) else ""

        return re.sub(r"\{(\w)\}", letter, self.template)

    def decode(self, word: int, context: int) -> Instruction:
        """The instruction `word` is under `context`.

        Raises:
            Unallocated: the fields have values that the architecture does not define.
        """
        values = []
        for raw, known, operand in zip(
            self.raw(word, context), self._decoded, self.operands, strict=True
        ):
            if raw not in known:
                fields = self.pattern.fields
                known[raw] = operand.decode(
                    *[
                        context if letter == "@" else fields[letter].extract(word)
                        for letter in operand.letters
                    ]
                )
            values.append(known[raw])
        return Instruction(self, word, context, tuple(values))

    def raw(self, word: int, context: int) -> list[int]:
        """For each operand all that it is decoded from, as one number."""
        return [word & bits | context << 64 & above for bits, above in self._sources]

    @cached_property
    def _sources(self) -> Sequence[tuple[int, int]]:
        """For each operand its bits of the word, and of the context behind it."""
        fields = self.pattern.fields
        return [
            (
                reduce(or_, [fields[one].insert(-1) for one in operand.letters if one != "@"], 0),
                -1 << 64 if "@" in operand.letters else 0,
            )
            for operand in self.operands
        ]

    def __repr__(self) -> str:
        return f"Row({self.template!r}, {self.pattern.text!r})"


class Instruction(NamedTuple):
    """A decoded word: the row, and the operands in the order of the semantics' parameters."""

    row: Row
    word: int
    context: int
    operands: tuple[Any, ...]

    @property
    def mnemonic(self) -> str:
        return self.row.mnemonic(self.word)

    def field(self, letter: str) -> int:
        """The raw value of a field of the pattern."""
        return self.row.pattern.fields[letter].extract(self.word)

    def operand(self, name: str) -> Any:
        """The decoded operand of that name.

        Raises:
            KeyError: the row has no operand of that name.
        """
        for operand, value in zip(self.row.operands, self.operands, strict=True):
            if operand.name == name:
                return value
        raise KeyError(name)


def _parameters(function: Callable[..., Any]) -> Sequence[str]:
    """The names of its parameters. Of a plain function this is 20 times faster than `inspect`."""
    if isinstance(function, FunctionType) and not vars(function):  # as `wraps` leaves something
        code = function.__code__
        if not code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
            return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return list(inspect.signature(function).parameters)


def _find(name: str, pattern: Pattern, table: Sequence[Operand]) -> Operand:
    """The operand of that name whose fields the pattern has; a single letter is the raw field."""
    for operand in table:
        if operand.name == name and set(operand.letters) - {"@"} <= pattern.letters:
            return operand
    if name in pattern.letters:
        return Operand(name, name, int)
    raise ValueError(f"no operand '{name}' fits pattern {pattern.text!r}")


__all__ = ["Instruction", "Row", "Semantics", "Unallocated"]

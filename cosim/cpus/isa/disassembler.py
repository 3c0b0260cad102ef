"""Assembler text of instructions, from the syntax of their rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import InstructionSet
from cosim.cpus.isa.operands import Operand

_NAME = re.compile(r"[a-z]\w*")


class Disassembler:
    """Writes the instructions of `isa` in the assembler's words.

    Args:
        isa: what to decode with.
        texts: how the names in a row's syntax are written: an `Operand` whose `decode` gives the
            text. As for semantics, the first one whose fields the pattern has is taken; a name
            that has none stands for itself.
    """

    def __init__(self, isa: InstructionSet, texts: Sequence[Operand]) -> None:
        self.isa = isa
        self.texts = texts
        self._writers: dict[Row, Callable[[int], str]] = {}

    def text(self, word: int, context: int = 0) -> str:
        """`addi r3, r4, -1`, or `.word 0x...` for what is no instruction."""
        instruction = self.isa.decode(word, context)
        if instruction is None:
            return f".word 0x{word:08x}"
        row = instruction.row
        if row not in self._writers:
            self._writers[row] = self._writer(row)
        return f"{row.mnemonic(word)} {self._writers[row](word)}".rstrip()

    def _writer(self, row: Row) -> Callable[[int], str]:
        """What writes the operands of a word of `row`."""
        fields = row.pattern.fields

        def choose(name: str) -> Operand | None:
            return next(
                (one for one in self.texts if one.name == name and set(one.letters) <= set(fields)),
                None,
            )

        chosen = {name: choose(name) for name in _NAME.findall(row.operand_text)}

        def write(word: int) -> str:
            def substitute(match: re.Match[str]) -> str:
                operand = chosen[match.group()]
                if operand is None:
                    return match.group()
                return str(operand.decode(*(fields[x].extract(word) for x in operand.letters)))

            return _NAME.sub(substitute, row.operand_text)

        return write

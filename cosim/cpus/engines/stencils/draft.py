"""What LLVM is given of a form: its text, and the kinds of the holes in it."""

from __future__ import annotations

from typing import NamedTuple


class Draft(NamedTuple):
    """The text of a form.

    Attributes:
        body, far: as in the form.
        kinds: of holes 0, 1, ...
    """

    body: str
    far: str
    kinds: tuple[str, ...]

    @property
    def doubtful(self) -> bool:
        """Whether there are numbers that LLVM may work into something else."""
        return "static" in self.kinds

    def hidden(self) -> Draft:
        """The same with its numbers where LLVM does not see them."""
        static = [number for number, kind in enumerate(self.kinds) if kind == "static"]
        bodies = []
        for body in (self.body, self.far):
            lines = []
            for number in static:
                lines.append(f'  %h{number} = {OPAQUE} "movl $$@H{number}@, $0", "=r"()')
                body = body.replace(f"@H{number}@", f"%h{number}")
            body = body.replace("load i32", "load volatile i32")  # a whole word, at its place
            bodies.append("\n".join([*lines, body]) if body else "")
        return Draft(bodies[0], bodies[1], self.kinds)


OPAQUE = "call i32 asm"
"""In the text of a draft that is hidden."""

"""An instruction as far as that is the same wherever it is in the guest's memory.

Several instructions that follow each other can be one `Kind`: a joint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cosim.cpus.engines.filled import Filled
from cosim.cpus.engines.stencils.ending import Exit
from cosim.cpus.engines.stencils.forms import Form
from cosim.cpus.engines.stencils.library import Template, TemplateKey
from cosim.cpus.engines.stencils.static import Facts, Static
from cosim.cpus.isa.instruction import Instruction

NO_STATICS: Mapping[int, Sequence[Static]] = {}


class Kind:
    """A word under one decode context, its form's values made those of its leaves.

    Attributes:
        parts: the instruction, or those that it joins.
        count: how many these are; 1 for what is no instruction.
        size: in bytes.
        last_at, last_context: of a joint's last part: how far behind the first, and its context.
        native: whether native code of it may exist.
        template: what is copied for it, once it has been looked up.
        filled: its stencil with the leaves filled in, for the set of pages `filled_for`.
        following: the decode context behind it; None if no way leads there.
        simply: the same as a number if that is all that it hands on; else -1.
        exits, facts, ends, computed: as in its form.
    """

    __slots__ = (
        "computed", "context", "count", "ends", "exits", "facts", "filled", "filled_for",
        "following", "key", "last_at", "last_context", "leaves", "native", "parts", "simply",
        "size", "template",
    )  # fmt: skip

    def __init__(
        self,
        form: Form,
        key: TemplateKey,
        leaves: Sequence[int],
        context: int,
        size: int,
        parts: Sequence[Instruction] = (),
        last_at: int = 0,
    ) -> None:
        self.parts = parts
        self.count = max(len(parts), 1)
        self.last_at = last_at
        self.last_context = parts[-1].context if parts else context
        self.key = key
        self.leaves = leaves
        self.context = context
        self.size = size
        self.native = bool(form.body)
        self.ends = form.ends
        self.computed = form.computed
        self.template: Template | None = None
        self.filled: Filled | None = None
        self.filled_for = -1
        following = form.following
        self.following = None if following is None else following.bound(leaves, context)
        self.exits: Sequence[Exit] = ()
        if form.exits:
            self.exits = [
                Exit(
                    None if way.target is None else way.target.bound(leaves, context),
                    way.context.bound(leaves, context),
                    way.jump,
                )
                for way in form.exits
            ]
        self.facts: Mapping[int, Sequence[Static]] = NO_STATICS
        if form.facts:
            self.facts = {
                slot: [one.bound(leaves, context) for one in made]
                for slot, made in form.facts.items()
            }
        self.simply = -1
        if self.following is not None and not (self.ends or self.facts):
            number = self.following.constant
            self.simply = -1 if number is None else number


class Placed(NamedTuple):
    """One instruction of a block.

    Attributes:
        facts: what the instruction before is known to have left in some slots.
        joint: this one and some that follow as one, where each need not be counted by itself.
    """

    kind: Kind
    pc: int
    facts: Facts
    joint: Kind | None = None

    @property
    def context(self) -> int:
        return self.kind.context

    @property
    def size(self) -> int:
        """In bytes."""
        return self.kind.size

"""The stencils of one core's instruction forms, made when they are first needed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from cosim.cpus.engines.stencils.compiler import Stencil, assemble, compile_forms, rename
from cosim.cpus.engines.stencils.forms import ENTRY, SPECIAL, Form, FormBuilder, Signature, far_jump
from cosim.cpus.engines.stencils.object_file import Rejected
from cosim.cpus.engines.stencils.text import Hole
from cosim.cpus.isa.instruction import Instruction

TemplateKey = tuple[Hashable, tuple[int, ...]]
"""A form, and the pins in the places of its registers."""

NO_FACTS: Mapping[int, tuple[int, ...]] = {}


class Template(NamedTuple):
    """A form with its stencil; without one its instructions are interpreted."""

    form: Form
    stencil: Stencil | None


class Wanted(NamedTuple):
    """A form that has to be compiled, and an instruction that is of it."""

    form: Form
    instruction: Instruction
    facts: Mapping[int, tuple[int, ...]]


class Library:
    """Templates by form and pins.

    Args:
        builder: makes the forms.
    """

    def __init__(self, builder: FormBuilder) -> None:
        self.builder = builder
        self.forms: dict[Hashable, Form] = {}
        self.templates: dict[TemplateKey, Template] = {}
        self.wanted: dict[TemplateKey, Wanted] = {}
        self._texts: dict[Hashable, str | None] = {}
        own: dict[Hashable, Form] = {"entry": ENTRY, "far": far_jump(builder)}
        stencils = self._assembled(own, [("entry", ()), ("far", ())])
        self.entry = Template(self.forms["entry"], stencils[0])
        self.far = Template(self.forms["far"], stencils[1])

    def want(
        self, instruction: Instruction, facts: Mapping[int, tuple[int, ...]]
    ) -> tuple[TemplateKey, list[int]]:
        """The key of the instruction's template, which `make` makes, and its leaves."""
        signature, form = self._signed(instruction, facts, literal=False)
        pins = signature.pins + form.named_pins
        if any(pin in form.named_pins for pin in signature.pins) or (
            form.special and not SPECIAL.isdisjoint(pins)
        ):
            signature, form = self._signed(instruction, facts, literal=True)
            pins = ()
        key = signature.key, pins
        if key not in self.templates:
            self.wanted[key] = Wanted(form, instruction, facts)
        return key, signature.leaves

    def _signed(
        self, instruction: Instruction, facts: Mapping[int, tuple[int, ...]], literal: bool
    ) -> tuple[Signature, Form]:
        builder = self.builder
        while True:
            signature = builder.signature(instruction, facts, literal)
            form = self.forms.get(signature.key) or builder.build(instruction, facts, literal)
            if form is not None:
                self.forms[signature.key] = form
                return signature, form

    def make(self) -> None:
        """Compile what is wanted."""
        wanted, self.wanted = self.wanted, {}
        for key, one in wanted.items():
            if not one.form.body:
                self.templates[key] = Template(one.form, None)
        native = {key: one.form for key, one in wanted.items() if one.form.body}
        self._make(native)
        literal: dict[TemplateKey, Form] = {}
        instead: dict[TemplateKey, TemplateKey] = {}
        for key, form in native.items():
            if self.templates[key].stencil is None and self._texts[key[0]] is not None:
                # Its registers cannot be exchanged: compile it for these very ones.
                _, instruction, facts = wanted[key]
                signature, form = self._signed(instruction, facts, literal=True)
                instead[key] = signature.key, ()
                literal[signature.key, ()] = form
        self._make(literal)
        for key, other in instead.items():
            self.templates[key] = self.templates[other]

    def _make(self, wanted: Mapping[TemplateKey, Form]) -> None:
        forms = {key[0]: form for key, form in wanted.items() if key[0] not in self._texts}
        for key, stencil in zip(wanted, self._assembled(forms, list(wanted)), strict=True):
            self.templates[key] = Template(self.forms[key[0]], stencil)

    def _assembled(
        self, forms: Mapping[Hashable, Form], keys: Sequence[TemplateKey]
    ) -> list[Stencil | None]:
        self.forms.update(forms)
        if forms:
            self._texts.update(compile_forms(forms))
            again = {key: hide(form) for key, form in forms.items() if self._texts[key] is None}
            if again:
                self.forms.update(again)
                self._texts.update(compile_forms(again))
        texts: dict[TemplateKey, tuple[str, Sequence[Hole]]] = {}
        for form_key, pins in keys:
            text = self._texts[form_key]
            if text is not None:
                with suppress(Rejected):
                    texts[form_key, pins] = rename(text, pins), self.forms[form_key].holes
        stencils = dict(zip(texts, assemble(list(texts.values())), strict=True)) if texts else {}
        return [stencils.get(key) for key in keys]


def hide(form: Form) -> Form:
    """The form with its numbers where LLVM cannot work them into something else."""
    lines: list[str] = []
    numbers: Iterable[int] = range(len(form.holes))
    static = [number for number in numbers if form.holes[number][0] == "static"]
    names = {f"@H{number}@": f"%h{number}" for number in static}
    body = form.body
    for number in static:
        lines.append(f'  %h{number} = call i32 asm "movl $$@H{number}@, $0", "=r"()')
        body = body.replace(f"@H{number}@", names[f"@H{number}@"])
    body = body.replace("load i32", "load volatile i32")  # a whole word, at its place
    return Form(
        "\n".join([*lines, body]),
        form.holes,
        form.exits,
        form.following,
        form.ends,
        form.facts,
        form.named_pins,
        form.computed,
        form.special,
    )

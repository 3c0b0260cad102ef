"""The stencils of one core's instruction forms, made when they are first needed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple

from cosim.cpus.engines.compiler import Stencil, compile_forms
from cosim.cpus.engines.forms import ENTRY, Form, FormBuilder
from cosim.cpus.isa.instruction import Instruction

NO_FACTS: Mapping[int, tuple[int, ...]] = {}


class Template(NamedTuple):
    """A form with its stencil; without one its instructions are interpreted."""

    form: Form
    stencil: Stencil | None


class Library:
    """Templates by form.

    Args:
        builder: makes the forms.
    """

    def __init__(self, builder: FormBuilder) -> None:
        self.builder = builder
        self.templates: dict[Hashable, Template] = {}
        self.wanted: dict[Hashable, Form] = {}
        stencil = compile_forms({"entry": ENTRY})["entry"]
        assert stencil is not None
        self.entry = Template(ENTRY, stencil)

    def want(
        self, instruction: Instruction, facts: Mapping[int, tuple[int, ...]]
    ) -> tuple[Hashable, list[int], Form]:
        """The key of the instruction's form, its leaves, and the form, which `make` compiles."""
        builder = self.builder
        while True:
            key, leaves = builder.signature(instruction, facts)
            template = self.templates.get(key)
            if template is not None:
                return key, leaves, template.form
            form = self.wanted.get(key) or builder.build(instruction, facts)
            if form is not None:
                self.wanted[key] = form
                return key, leaves, form

    def form(self, key: Hashable) -> Form:
        """The form of a key that `want` has given."""
        template = self.templates.get(key)
        return self.wanted[key] if template is None else template.form

    def make(self) -> None:
        """Compile what is wanted."""
        wanted, self.wanted = self.wanted, {}
        self._compile(wanted)

    def _compile(self, wanted: Mapping[Hashable, Form]) -> None:
        native = {key: form for key, form in wanted.items() if form.body}
        stencils = compile_forms(native) if native else {}
        again = {
            key: native[key]
            for key, stencil in stencils.items()
            if stencil is None and "asm" not in native[key].body
        }
        for key, form in wanted.items():
            self.templates[key] = Template(form, stencils.get(key))
        if again:
            hidden = {key: hide(form) for key, form in again.items()}
            for key, stencil in compile_forms(hidden).items():
                self.templates[key] = Template(hidden[key], stencil)


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
    return Form(
        "\n".join([*lines, body]),
        form.holes,
        form.exits,
        form.following,
        form.ends,
        form.facts,
    )

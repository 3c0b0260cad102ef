"""The stencils of one core's instruction forms, made when they are first needed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from typing import NamedTuple

from cosim.cpus.engines.stencils import workshop
from cosim.cpus.engines.stencils.convention import SPECIAL
from cosim.cpus.engines.stencils.forms import Form, FormBuilder, Signature
from cosim.cpus.engines.stencils.frame import ENTRY, far_jump
from cosim.cpus.engines.stencils.kept import Kept
from cosim.cpus.engines.stencils.likeness import Likeness
from cosim.cpus.engines.stencils.stencil import Stencil
from cosim.cpus.engines.stencils.values import Place
from cosim.cpus.engines.stencils.watchers import watchers
from cosim.cpus.isa.instruction import Instruction

TemplateKey = tuple[Hashable, tuple[int, ...]]
"""A form, and the pins in the places of its registers."""


class Template(NamedTuple):
    """A form with its stencil; without one its instructions are interpreted."""

    form: Form
    stencil: Stencil | None


class Like(NamedTuple):
    """What instructions that are like each other have in common.

    Attributes:
        key, form: their form if it is not for the very pins that they name.
        keys: of their templates, by these pins.
    """

    key: Hashable
    form: Form
    keys: dict[tuple[int, ...], TemplateKey]


class Wanted(NamedTuple):
    """A form that has to be compiled, and an instruction that is of it."""

    form: Form
    parts: Sequence[Instruction]
    facts: Mapping[int, tuple[int, ...]]


class Library:
    """Templates by form and pins.

    Args:
        builder: makes the forms.
        name: of the core's type.
    """

    def __init__(self, builder: FormBuilder, name: str = "core") -> None:
        self.builder = builder
        self.name = name
        self.forms: dict[Hashable, Form] = {}
        self.templates: dict[TemplateKey, Template] = {}
        self.wanted: dict[TemplateKey, Wanted] = {}
        self.kept = Kept(builder, name)
        builder.groups = self.kept.groups
        self._likeness = Likeness(builder.pins, builder.zeros)
        self._like: dict[Hashable, Like] = {}
        self._places: dict[tuple[Hashable, str], tuple[frozenset[int], Sequence[int]]] = {}
        self._texts: dict[Hashable, str | None] = {}
        self.entry = self._own("entry", lambda: ENTRY)
        self.far = self._own("far", lambda: far_jump(builder))

    def functions(self, text: str, names: Sequence[str]) -> dict[str, bytes]:
        """Machine code of the functions of an LLVM module that call nothing."""
        key = blake2b(text.encode()).hexdigest()
        found = self.kept.functions(key)
        if found is None:
            from cosim.cpus.engines.stencils import compiler  # as late as LLVM is needed

            found = compiler.compile_functions(text, names)
            self.kept.keep_functions(key, found)
        return found

    def _own(self, name: str, build: Callable[[], Form]) -> Template:
        """A template that is no instruction's."""
        key: TemplateKey = (name, ())
        form = self._known(name)
        if form is not None and self._find(key, form):
            return self.templates[key]
        self._make({key: build()})
        return self.templates[key]

    def want(
        self, parts: Sequence[Instruction], facts: Mapping[int, tuple[int, ...]]
    ) -> tuple[TemplateKey, list[int]]:
        """The key of an instruction's template, which `make` makes, and its leaves.

        Args:
            parts: the instruction; or several that follow each other, to be one.
        """
        isa, likeness = self.builder.isa, self._likeness
        leaves: list[int] = []
        registers: list[int] = []
        shared = []
        for number, part in enumerate(parts):
            numbers, its, some = likeness.of(part)
            shared.append((part.row, isa.form(part), numbers))
            leaves += [*its, part.context] if number else its
            registers += some
        roles, pins = likeness.order(registers)
        concrete = self.builder.groups[self.builder.group(parts)].concrete
        same = (
            tuple(shared),
            roles,
            tuple([(slot, len(facts[slot])) for slot in sorted(facts)]) if facts else (),
            tuple([leaves[one] for one in sorted(concrete) if one < len(leaves)])
            if concrete
            else (),
        )
        like = self._like.get(same)
        if like is None:
            signature, form = self._signed(parts, facts, literal=False)
            like = self._like[same] = Like(signature.key, form, {})
        key = like.keys.get(pins)
        if key is None:
            key = like.keys[pins] = self._want(like, pins, parts, facts)
        return key, leaves

    def registers(self, key: TemplateKey, leaves: Sequence[int], which: str) -> frozenset[int]:
        """The slots that an instruction of that form "reads" or "writes"."""
        known = self._places.get((key, which))
        if known is None:
            pinned = self.builder.isa.BUSY
            pins = key[1] or range(len(pinned))
            places: Sequence[Place] = getattr(self.forms[key[0]], which)
            fixed = [
                pinned[pins[number]] if kind == "pin" else number
                for kind, number in places
                if kind != "slot"
            ]
            named = [number for kind, number in places if kind == "slot"]
            known = self._places[key, which] = frozenset(fixed), named
        slots, others = known
        return slots.union([leaves[one] for one in others]) if others else slots

    def _want(
        self,
        like: Like,
        pins: tuple[int, ...],
        parts: Sequence[Instruction],
        facts: Mapping[int, tuple[int, ...]],
    ) -> TemplateKey:
        form_key, form, _ = like
        if any(pin in form.named_pins for pin in pins) or (
            form.special and not SPECIAL.isdisjoint(pins + form.named_pins)
        ):
            signature, form = self._signed(parts, facts, literal=True)
            key: TemplateKey = signature.key, ()
        else:
            key = form_key, pins + form.named_pins
        if key not in self.templates:
            one = Wanted(form, parts, facts)
            if not self._find(key, form) or not self._find_literal(key, one):
                self.wanted[key] = one
        return key

    def _find_literal(self, key: TemplateKey, one: Wanted) -> bool:
        """Find the form for the very registers if those of `key`'s form cannot be exchanged.

        Returns:
            Whether nothing has to be compiled.
        """
        if self.templates[key].stencil is not None or not one.form.body or not key[1]:
            return True
        signature, form = self._signed(one.parts, one.facts, literal=True)
        other = signature.key, ()
        if other not in self.templates and not self._find(other, form):
            del self.templates[key]
            return False
        self.templates[key] = self.templates[other]
        return True

    def _find(self, key: TemplateKey, form: Form) -> bool:
        """Whether there is a template without anything to compile."""
        if not form.body:
            self.templates[key] = Template(form, None)
            return True
        if key[0] in self._texts and self._texts[key[0]] is None:
            self.templates[key] = Template(form, None)
            return True
        found = self.kept.stencil(key)
        if found is None:
            return False
        self.templates[key] = Template(form, *found)
        return True

    def _signed(
        self, parts: Sequence[Instruction], facts: Mapping[int, tuple[int, ...]], literal: bool
    ) -> tuple[Signature, Form]:
        builder = self.builder
        while True:
            for stage in builder.stages(parts):
                signature = builder.signature(parts, facts, literal, stage)
                form = self._known(signature.key)
                if form is not None:
                    return signature, form
            form = builder.build(parts, facts, literal)
            if form is not None:
                self.forms[signature.key] = form
                if not form.body:
                    self.kept.keep_form(signature.key, form, None)
                return signature, form

    def _known(self, key: Hashable) -> Form | None:
        form = self.forms.get(key)
        if form is None:
            form = self.kept.form(key)
            if form is not None:
                self.forms[key] = form
        return form

    def make_soon(self, keys: Iterable[TemplateKey]) -> None:
        """Let a helper compile some of what is wanted, if there is one."""
        forms = {key[0]: self.wanted[key].form for key in keys if key in self.wanted}
        workshop.shared().make_soon([form.draft for form in forms.values()])

    def make(self, keys: Iterable[TemplateKey] | None = None) -> None:
        """Compile what is wanted, or some of it."""
        wanted = {
            key: self.wanted.pop(key) for key in (tuple(self.wanted) if keys is None else keys)
        }
        self._make({key: one.form for key, one in wanted.items()})
        literal: dict[TemplateKey, Form] = {}
        instead: dict[TemplateKey, TemplateKey] = {}
        for key, one in wanted.items():
            if self.templates[key].stencil is None and self._texts[key[0]] is not None:
                # Its registers cannot be exchanged: compile it for these very ones.
                signature, form = self._signed(one.parts, one.facts, literal=True)
                other: TemplateKey = (signature.key, ())
                instead[key] = other
                if other not in self.templates and not self._find(other, form):
                    literal[other] = form
        self._make(literal)
        for key, other in instead.items():
            self.templates[key] = self.templates[other]

    def _make(self, wanted: Mapping[TemplateKey, Form]) -> None:
        if not wanted:
            return
        from cosim.cpus.engines.stencils import compiler, object_file  # as late as LLVM is needed

        forms = {}
        for (form_key, _), form in wanted.items():
            text = self._texts.get(form_key) or self.kept.text(form_key)
            if text is not None:
                self._texts[form_key] = text
            elif form_key not in self._texts:
                forms[form_key] = form
        self._compile(forms)
        texts: dict[TemplateKey, tuple[str, Sequence[str]]] = {}
        for form_key, pins in wanted:
            text = self._texts[form_key]
            if text is not None:
                with suppress(object_file.Rejected):
                    kinds = self.forms[form_key].draft.kinds
                    texts[form_key, pins] = compiler.rename(text, pins), kinds
        made = compiler.assemble(list(texts.values())) if texts else ()
        stencils = dict(zip(texts, made, strict=True))
        for key in wanted:
            self.templates[key] = Template(self.forms[key[0]], stencils.get(key))
            self.kept.keep_stencil(key, stencils.get(key))
        self.kept.written()

    def _compile(self, forms: Mapping[Hashable, Form]) -> None:
        """Assembly text of forms; once where they have the same LLVM text, as an ARM instruction
        and its equal in Thumb.
        """
        self.forms.update(forms)
        drafts = {key: form.draft for key, form in forms.items()}
        texts = workshop.shared().make(tuple(drafts.values()), self._tell)
        for key, draft in drafts.items():
            self._texts[key] = texts[draft]
            self.kept.keep_form(key, forms[key], texts[draft])

    def _tell(self, done: int, count: int) -> None:
        for watcher in watchers:
            watcher(self.name, done, count)

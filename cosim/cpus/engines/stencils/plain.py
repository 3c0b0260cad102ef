"""Forms and stencils as plain values that JSON can hold, and back."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from cosim.cpus.engines.stencils.ending import Exit
from cosim.cpus.engines.stencils.forms import Form
from cosim.cpus.engines.stencils.static import CONTEXT, PC, Static
from cosim.cpus.engines.stencils.stencil import Link, Part, Patch, Stencil
from cosim.cpus.engines.stencils.text import Hole
from cosim.cpus.engines.stencils.values import Place

KEPT = "; compiled in an earlier run"
"""In the place of the text of such a form."""

COMMON = {(one.verb, *one.arguments): one for one in (PC, CONTEXT)}


def from_form(form: Form) -> list[Any]:
    """The form without its text."""
    return [
        bool(form.body),
        [[hole.kind, _from_static(hole.what)] for hole in form.holes],
        [[_from_static(way.target), _from_static(way.context), way.jump] for way in form.exits],
        _from_static(form.following),
        form.ends,
        [[slot, [_from_static(one) for one in made]] for slot, made in form.facts.items()],
        list(form.named_pins),
        form.computed,
        form.special,
        form.reads,
        form.writes,
        form.pure,
        form.loads,
    ]


def to_form(record: list[Any]) -> Form:
    native, holes, exits, following, ends, facts, named_pins, computed, special = record[:9]
    reads, writes, pure, loads = record[9:]
    return Form(
        KEPT if native else "",
        [Hole(kind, _to_static(what)) for kind, what in holes],
        [Exit(_to_static(target), _to_static(context), jump) for target, context, jump in exits],
        _to_static(following),
        ends,
        {slot: tuple([_to_static(one) for one in made]) for slot, made in facts},
        tuple(named_pins),
        computed,
        special,
        reads=[Place(kind, number) for kind, number in reads],
        writes=[Place(kind, number) for kind, number in writes],
        pure=pure,
        loads=loads,
    )


def _from_static(value: Any) -> Any:
    """A `Static` as a list; anything else as it is."""
    if isinstance(value, Static):
        return [value.verb, *map(_from_static, value.arguments)]
    return value


def _to_static(value: Any) -> Any:
    if isinstance(value, list):
        verb, *arguments = value
        if not arguments:
            return COMMON[(verb,)]
        return Static(verb, tuple(map(_to_static, arguments)))
    return value


def from_stencil(stencil: Stencil) -> list[Any]:
    return [_from_part(stencil.hot), None if stencil.cold is None else _from_part(stencil.cold)]


def to_stencil(record: list[Any]) -> Stencil:
    hot, cold = record
    return Stencil(_to_part(hot), None if cold is None else _to_part(cold))


def _from_part(part: Part) -> list[Any]:
    return [b64encode(part.code).decode(), part.patches, part.links, part.labels]


def _to_part(record: list[Any]) -> Part:
    code, patches, links, labels = record
    return Part(
        b64decode(code),
        tuple([Patch(offset, hole) for offset, hole in patches]),
        tuple([Link(offset, symbol) for offset, symbol in links]),
        labels,
    )

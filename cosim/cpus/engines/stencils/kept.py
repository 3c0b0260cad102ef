"""What earlier runs have compiled for cores like this one, as forms and stencils."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from cosim.cpus.engines.stencils.convention import HOST
from cosim.cpus.engines.stencils.forms import Form, FormBuilder
from cosim.cpus.engines.stencils.groups import NOTHING_KNOWN, Group, Groups
from cosim.cpus.engines.stencils.identity import description
from cosim.cpus.engines.stencils.plain import from_form, from_stencil, to_form, to_stencil
from cosim.cpus.engines.stencils.stencil import Stencil
from cosim.cpus.engines.stencils.store import BATCH, Store, open_store

if TYPE_CHECKING:
    from cosim.cpus.engines.stencils.library import TemplateKey


GREATEST = 8 << 20
"""Bytes of blocks that are kept, for each program that is changed has others."""


class Kept:
    """Compiled forms by key, of this process and of earlier ones.

    A key is kept as JSON: what that cannot hold may be different in the next process.

    Attributes:
        store: of forms, their text, and stencils.
        blocks: of finished blocks: see `kept_blocks`.
    """

    def __init__(self, builder: FormBuilder, name: str) -> None:
        layout = {
            "pins": builder.pins,
            "host": HOST,
            "zeros": builder.zeros,
            "tracked": builder.tracked,
            "bits": builder.bits,
            "nameable": builder.nameable,
            "context": builder.context_slot,
            "pc": builder.pc_slot,
        }
        endian = "big" if builder.big else "little"
        made_for = description(name, endian, builder.isa, layout)
        self.store = self.blocks = Store(None, {})
        if made_for is not None:
            self.store = open_store(made_for)
            self.blocks = open_store({**made_for, "holds": "blocks"}, GREATEST)
        self.groups = KeptGroups(self.store)

    def form(self, key: Hashable) -> Form | None:
        place = place_of("form", key)
        record = place and self.store.get(place)
        form = to_form(record) if record else None
        if form is not None and form.body and self.text(key) is None:
            return None
        return form

    def text(self, key: Hashable) -> str | None:
        """The assembly text of a form; None if it is not known."""
        place = place_of("text", key)
        text: str | None = self.store.get(place) if place else None
        return text

    def keep_form(self, key: Hashable, form: Form, text: str | None) -> None:
        """Keep it, with its assembly text if it has one."""
        place = place_of("form", key)
        if place is None:
            return
        if text is None:
            form = Form("", [], [], None, True, {})
        else:
            self.store.put(place_of("text", key) or "", text)
        self.store.put(place, from_form(form))

    def stencil(self, key: TemplateKey) -> tuple[Stencil | None] | None:
        """The stencil, or None in its place if there can be none; None if that is not known."""
        place = place_of("stencil", key)
        record = self.store.get(place) if place else None
        if record is None:
            return None
        return (to_stencil(record) if record else None,)

    def keep_stencil(self, key: TemplateKey, stencil: Stencil | None) -> None:
        """Keep it; None: that there can be none."""
        place = place_of("stencil", key)
        if place is not None:
            self.store.put(place, from_stencil(stencil) if stencil else [])

    def functions(self, key: str) -> dict[str, bytes] | None:
        record = self.store.get(f"functions {key}")
        return record and {name: b64decode(code) for name, code in record.items()}

    def keep_functions(self, key: str, functions: Mapping[str, bytes]) -> None:
        record = {name: b64encode(code).decode() for name, code in functions.items()}
        self.store.put(f"functions {key}", record)

    def written(self) -> None:
        """Write what is new if it is much."""
        if self.store.pending >= BATCH:
            self.store.save()


class KeptGroups(Groups):
    """What is known of groups, now and from earlier runs."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def __missing__(self, key: Hashable) -> Group:
        place = place_of("group", key)
        record = place and self.store.get(place)
        group = _to_group(record) if record else NOTHING_KNOWN
        super().__setitem__(key, group)
        return group

    def __setitem__(self, key: Hashable, group: Group) -> None:
        super().__setitem__(key, group)
        place = place_of("group", key)
        if place is not None:
            self.store.put(place, _from_group(group))


def _from_group(group: Group) -> list[Any]:
    before = [_from_group(one) for one in group.before]
    return [sorted(group.concrete), group.settings, group.used, before]


def _to_group(record: list[Any]) -> Group:
    concrete, settings, used, before = record
    return Group(
        frozenset(concrete), tuple(settings), used, tuple([_to_group(one) for one in before])
    )


def place_of(kind: str, key: Hashable) -> str | None:
    """The key of a record; None if it may be another in the next process."""
    try:
        return f"{kind} {json.dumps(key, separators=(',', ':'))}"
    except TypeError:
        return None

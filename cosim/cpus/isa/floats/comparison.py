"""Comparisons (IEEE 754, 5.11): less, equal, greater or unordered."""

from __future__ import annotations

from cosim.cpus.isa.floats.formats import Format
from cosim.cpus.isa.floats.mode import INVALID, Mode
from cosim.cpus.isa.floats.number import Kind, unpack

LESS, EQUAL, GREATER, UNORDERED = range(4)


def compare(form: Format, a: int, b: int, mode: Mode, signalling: bool = False) -> tuple[int, int]:
    """How a relates to b, and flags. With `signalling` quiet NaNs are invalid too."""
    x, flushed_x = unpack(form, a, mode)
    y, flushed_y = unpack(form, b, mode)
    flags = flushed_x | flushed_y
    largest = max(x.kind, y.kind)
    if largest > Kind.INFINITE:
        quiet = largest is Kind.QUIET and not signalling
        return UNORDERED, flags if quiet else flags | INVALID
    left, right = _ordinal(form, x.bits), _ordinal(form, y.bits)
    if left == right:
        return EQUAL, flags
    return (LESS if left < right else GREATER), flags


def _ordinal(form: Format, bits: int) -> int:
    """Numbers are ordered as their magnitudes' patterns are; both zeros are 0."""
    return -(bits & form.magnitude) if bits & form.sign else bits

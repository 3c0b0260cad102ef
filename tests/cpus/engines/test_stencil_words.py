"""A stencil has a place for every word that fills it in; one word never stands for another."""

from __future__ import annotations

from itertools import combinations

from cosim.cpus.engines.stencils.compiler import compile_as_they_are, magic
from cosim.cpus.engines.stencils.forms import ARGUMENTS, Form
from cosim.cpus.engines.stencils.static import Static
from cosim.cpus.engines.stencils.text import Hole

WORDS = 8


def form(one: int, other: int) -> Form:
    """Word `one` counts in all bits, `other` in the highest two: LLVM may use `one` for both."""
    body = f"""
  %v1 = and i32 %p0, @H{one}@
  %v2 = shl i32 %p1, 30
  %v3 = and i32 %v2, @H{other}@
  %v4 = or i32 %v1, %v3
  musttail call preserve_nonecc void @CONT({ARGUMENTS.replace("%p0", "%v4")})
  ret void"""
    holes = [Hole("static", Static("leaf", (number,))) for number in range(WORDS)]
    return Form(body, holes, [], None, False, {})


def test_a_word_that_another_stands_for() -> None:
    """Some of these pairs have the highest two bits in common, in both variants."""
    pairs = list(combinations(range(WORDS), 2))
    texts = dict(
        zip(pairs, compile_as_they_are([form(*pair).draft for pair in pairs]), strict=True)
    )
    alike = [
        pair
        for pair in pairs
        if not (magic("static", pair[0], 0) ^ magic("static", pair[1], 0)) >> 30
    ]
    assert alike
    for pair in pairs:
        text = texts[pair]
        named = text is not None and all(
            str(number) in text or str(number - (1 << 32)) in text
            for number in (magic("static", hole, 0) for hole in pair)
        )
        assert named or text is None, pair
    assert all(texts[pair] is None for pair in alike)

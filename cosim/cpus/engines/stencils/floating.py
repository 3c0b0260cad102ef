"""The host's floating-point unit for recipes (`isa.inlining`), without constants in memory."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from cosim.cpus.engines.stencils.arithmetic import Arithmetic
from cosim.cpus.engines.stencils.static import Static
from cosim.cpus.engines.stencils.values import Escape
from cosim.cpus.isa.machine import Value


class Number(NamedTuple):
    """A number in a host register."""

    name: str
    width: int

    @property
    def kind(self) -> str:
        return "float" if self.width == 32 else "double"


class Floating(Arithmetic):
    """The verbs of `InlineMachine` that a `Machine` does not have."""

    @property
    def fuses(self) -> bool:
        return _host_fuses()

    def need(self, condition: Value) -> None:
        if isinstance(condition, Static):
            if not self.concrete(condition):
                raise Escape
            return
        go = self.label()
        self.escape_unless(self.bit(condition), go)
        self.begin(go)

    def f_number(self, words: Sequence[Value]) -> Number:
        if len(words) == 1:
            return Number(self.fresh(f"bitcast i32 {self.name(words[0])} to float").name, 32)
        low, high = (self.fresh(f"zext i32 {self.name(word)} to i64").name for word in words)
        high = self.fresh(f"shl i64 {high}, 32").name
        whole = self.fresh(f"or i64 {low}, {high}").name
        return Number(self.fresh(f"bitcast i64 {whole} to double").name, 64)

    def f_words(self, number: Number) -> list[Value]:
        if number.width == 32:
            return [self.fresh(f"bitcast float {number.name} to i32")]
        whole = self.fresh(f"bitcast double {number.name} to i64").name
        high = self.fresh(f"lshr i64 {whole}, 32").name
        return [self.fresh(f"trunc i64 {one} to i32") for one in (whole, high)]

    def _of_two(self, verb: str, a: Number, b: Number) -> Number:
        return Number(self.fresh(f"{verb} {a.kind} {a.name}, {b.name}").name, a.width)

    def f_add(self, a: Number, b: Number) -> Number:
        return self._of_two("fadd", a, b)

    def f_sub(self, a: Number, b: Number) -> Number:
        return self._of_two("fsub", a, b)

    def f_mul(self, a: Number, b: Number) -> Number:
        return self._of_two("fmul", a, b)

    def f_div(self, a: Number, b: Number) -> Number:
        return self._of_two("fdiv", a, b)

    def _called(self, verb: str, *numbers: Number) -> Number:
        kind, width = numbers[0].kind, numbers[0].width
        arguments = ", ".join(f"{kind} {one.name}" for one in numbers)
        return Number(self.fresh(f"call {kind} @llvm.{verb}.f{width}({arguments})").name, width)

    def f_sqrt(self, a: Number) -> Number:
        return self._called("sqrt", a)

    def f_fused(self, a: Number, b: Number, c: Number) -> Number:
        return self._called("fma", a, b, c)

    def _related(self, relation: str, a: Number, b: Number) -> Value:
        return self.fresh(f"fcmp {relation} {a.kind} {a.name}, {b.name}", True)

    def f_less(self, a: Number, b: Number) -> Value:
        return self._related("olt", a, b)

    def f_equal(self, a: Number, b: Number) -> Value:
        return self._related("oeq", a, b)

    def f_ordered(self, a: Number, b: Number) -> Value:
        return self._related("ord", a, b)

    def f_convert(self, a: Number, width: int) -> Number:
        verb, kind = ("fpext", "double") if width == 64 else ("fptrunc", "float")
        return Number(self.fresh(f"{verb} {a.kind} {a.name} to {kind}").name, width)

    def f_of_integer(self, word: Value, signed: bool, width: int) -> Number:
        extension = "sext" if signed else "zext"
        wide = self.fresh(f"{extension} i32 {self.name(word)} to i64").name
        kind = "float" if width == 32 else "double"
        return Number(self.fresh(f"sitofp i64 {wide} to {kind}").name, width)

    def f_to_integer(self, a: Number) -> Value:
        wide = self.fresh(f"fptosi {a.kind} {a.name} to i64").name
        return self.fresh(f"trunc i64 {wide} to i32")


@cache
def _host_fuses() -> bool:
    from llvmlite import binding  # as late as LLVM is needed

    return bool(binding.get_host_cpu_features().get("fma"))

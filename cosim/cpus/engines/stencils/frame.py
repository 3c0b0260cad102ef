"""Native code that is no instruction's: what gets in and out, counts, and leads to other pages."""

from __future__ import annotations

from collections.abc import Sequence

from cosim.cpus.engines.runtime_block import BUDGET, EXIT, STACK
from cosim.cpus.engines.stencils.convention import ARGUMENTS, PARAMETERS, PINS
from cosim.cpus.engines.stencils.emitter import Emitter
from cosim.cpus.engines.stencils.ending import Ending
from cosim.cpus.engines.stencils.forms import Form, FormBuilder
from cosim.cpus.engines.stencils.static import PC, Static
from cosim.cpus.engines.stencils.text import Hole


def far_jump(builder: FormBuilder) -> Form:
    """A jump through the jump cache to leaf 0 under context leaf 1: to another page of an MMU."""
    emitter = Emitter(builder.config, builder.place, builder.context_slot, builder.big)
    target, context = Static("leaf", (0,)), Static("leaf", (1,))
    ending = Ending(emitter, builder.pc_slot)
    ending.indirect(emitter.fresh(f"add i32 {emitter.name(target)}, 0").name, emitter.name(context))
    return Form("\n".join(emitter.lines), emitter.holes, [], None, True, {})


ENTRY = Form(
    "\n".join(
        [
            "  %n = add i64 %b, @H0@",
            "  %over = icmp slt i64 %n, 0",
            "  br i1 %over, label %escape, label %go, !prof !1",
            "go:",
            "  musttail call preserve_nonecc void @CONT("
            + ARGUMENTS.replace("%b", "%n")
            + ")\n  ret void",
            "escape:",
            "  musttail call preserve_nonecc void @ESCAPE("
            + ARGUMENTS.replace("%b", "%n")
            + ")\n  ret void",
        ]
    ),
    [Hole("count", PC)],
    [],
    None,
    False,
    {},
)
"""The begin of a block: takes its instructions off the budget, or escapes.

The complement of their number is in the place of its pc.
"""


def enter_and_leave(pinned: Sequence[int]) -> str:
    """The functions that get in and out of translated code: `enter(state, code)`, `leave`."""
    lines = ["declare ptr @llvm.stacksave.p0()", "define void @enter(ptr %s, ptr %code) {"]
    lines += ["  %sp = call ptr @llvm.stacksave.p0()"]
    lines += ["  %in = getelementptr i8, ptr %sp, i64 -8"]  # behind the call's return address
    lines += [f"  %as = getelementptr i8, ptr %s, i64 {STACK}", "  store ptr %in, ptr %as"]
    lines += [f"  %ab = getelementptr i8, ptr %s, i64 {BUDGET}", "  %b = load i64, ptr %ab"]
    for pin in range(PINS):
        slot = pinned[pin] if pin < len(pinned) else 0
        lines += [
            f"  %a{pin} = getelementptr i8, ptr %s, i64 {4 * slot}",
            f"  %p{pin} = load i32, ptr %a{pin}",
        ]
    lines += [f"  call preserve_nonecc void %code({ARGUMENTS})", "  ret void", "}"]
    lines += [f"define preserve_nonecc void @leave({PARAMETERS}, i32 %exit) {{"]
    lines += [f"  %ab = getelementptr i8, ptr %s, i64 {BUDGET}", "  store i64 %b, ptr %ab"]
    lines += [f"  %ae = getelementptr i8, ptr %s, i64 {EXIT}", "  store i32 %exit, ptr %ae"]
    for pin, slot in enumerate(pinned):
        lines += [
            f"  %a{pin} = getelementptr i8, ptr %s, i64 {4 * slot}",
            f"  store i32 %p{pin}, ptr %a{pin}",
        ]
    return "\n".join([*lines, "  ret void", "}"])

"""LLVM makes stencils of forms: machine code with holes, many forms at a time.

A form is compiled once, to assembly text, with the lowest pins in the places of its registers. For
other pins the registers in that text are exchanged and it is assembled again, which is 30 times
faster.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from struct import pack
from typing import Any

from cosim.cpus.engines.stencils.convention import (
    ARGUMENTS,
    FAR,
    HOST,
    PARAMETERS,
    SPECIAL,
    SYMBOLS,
)
from cosim.cpus.engines.stencils.draft import OPAQUE, Draft
from cosim.cpus.engines.stencils.flags import with_flags
from cosim.cpus.engines.stencils.host import level
from cosim.cpus.engines.stencils.object_file import Function, Rejected, functions_of
from cosim.cpus.engines.stencils.stencil import Part, Patch, Stencil

DECLARATIONS = "\n".join(
    [f"declare preserve_nonecc void @{symbol}({PARAMETERS})" for symbol in SYMBOLS]
    + [
        f"declare {{i32, i1}} @llvm.{kind}{verb}.with.overflow.i32(i32, i32)"
        for kind in "us"
        for verb in ("add", "sub")
    ]
    + ["declare i32 @llvm.fshr.i32(i32, i32, i32)"]
    + [f"declare i{width} @llvm.bswap.i{width}(i{width})" for width in (16, 32)]
    + ["declare i32 @llvm.bitreverse.i32(i32)", "declare i32 @llvm.ctlz.i32(i32, i1)"]
    + [
        f"declare {kind} @llvm.{verb}.{name}({', '.join([kind] * count)})"
        for kind, name in (("float", "f32"), ("double", "f64"))
        for verb, count in (("sqrt", 1), ("fma", 3))
    ]
    + ['!0 = !{!"branch_weights", i32 1048575, i32 1}']
    + ['!1 = !{!"branch_weights", i32 1, i32 1048575}']
    + ["!2 = !{i8 0, i8 2}"]
)

DIRECTIVE = re.compile(r"\s*\.(?!L)|\s*#|\s*$")
LABEL = re.compile(r"\.L(\w+)")
NUMBER = re.compile(r"(?<![\w.])-?\d+")
NEAR = 4096
HOT, COLD = ".text", '.section .cold,"ax",@progbits'
UNNAMED = re.compile(
    r"\b(?:i?div|mul|mulx|cltd|cqto|rep|cmpxchg)[bwlq]?\b"
    r"|\b(?:s[ah]|r[oc])[lr]d?[bwlq]? %cl|%[cd]h\b"
)
"""Instructions with registers that they do not name, or that cannot be others."""
SECOND_BYTE = re.compile(r"movzbl %([abcd])h, %e(\w+)")
"""Of a register to another: none of r8 to r15 can be named beside the second byte of one."""
UNENCODED = re.compile(r"%[abcd]h\b.*%(?:r\d|sil|dil|bpl)|%(?:r\d|sil|dil|bpl).*%[abcd]h\b")
REGISTER = re.compile(r"%(\w+)")


def magic(kind: str, hole: int, variant: int) -> int:
    """The number that stands for a hole while LLVM compiles.

    The two numbers for a word differ in every bit, so that whatever is made of one shows.
    """
    if kind == "static":  # two of them differ from each other in bits everywhere
        number = 0x9E37_79B1 * (hole + 1) & 0xFFFF_FFFF
        return ~number & 0xFFFF_FFFF if variant else number
    return 0x2722_0A95 + 0x0102_0305 * hole & 0x7FFF_FFFF


def compile_forms(drafts: Sequence[Draft]) -> list[str | None]:
    """Assembly text of forms, of many at once, for each costs less then.

    Returns:
        None for one of which LLVM cannot make any.
    """
    texts = compile_as_they_are(drafts)
    again = [place for place, text in enumerate(texts) if text is None]
    for place, text in zip(
        again, compile_as_they_are([drafts[one].hidden() for one in again]), strict=True
    ):
        texts[place] = text
    return texts


def compile_as_they_are(drafts: Sequence[Draft]) -> list[str | None]:
    """The same; also None where LLVM worked a number into something else.

    That is found by compiling those with numbers twice.
    """
    if not drafts:
        return []
    text = [DECLARATIONS]
    parts: list[list[tuple[str, list[str]]]] = []
    for number, draft in enumerate(drafts):
        bodies = []
        for place, original in enumerate(filter(None, (draft.body, draft.far))):
            names = [f"f{number}_{place}_{variant}" for variant in range(1 + draft.doubtful)]
            bodies.append((original, names))
            for variant, name in enumerate(names):
                body = original
                for hole, kind in enumerate(draft.kinds):
                    body = body.replace(f"@H{hole}@", str(magic(kind, hole, variant)))
                head = f"define preserve_nonecc void @{name}({PARAMETERS})"
                text.append(f"{head} {{\nentry:\n{body}\n}}")
        parts.append(bodies)
    binding, machine = _llvm()
    module = binding.parse_assembly("\n".join(text))
    module.verify()
    functions = _functions(machine.emit_assembly(module))
    made: list[str | None] = []
    for draft, bodies in zip(drafts, parts, strict=True):
        intact = all(
            _intact(body, [functions[name] for name in names], draft.kinds)
            for body, names in bodies
        )
        made.append(_joined([functions[names[0]] for _, names in bodies]) if intact else None)
    return made


def _intact(body: str, texts: Sequence[str], kinds: Sequence[str]) -> bool:
    """Whether the numbers in the texts are those of the body, in all its variants."""
    named = {_with_names(text, kinds, place) for place, text in enumerate(texts)}
    return len(named) == 1 and not _moved(texts[0], kinds) and not _merged(named.pop(), body, kinds)


def _joined(parts: Sequence[str]) -> str:
    """One text, in which the first function leads to the second one."""
    if len(parts) == 1:
        return _with_own_labels(_direct(with_flags(parts[0])))
    near, far = parts
    jump = re.sub(rf"\b{FAR}\b(@PLT)?", ".LFAR", near)
    return _with_own_labels(_direct("\n".join([jump, ".LFAR:", LABEL.sub(r".Lfar_\1", far)])))


def _direct(text: str) -> str:
    """The text without jumps to jumps."""
    lines = text.split("\n")
    leads = {
        label[:-1]: jump.split()[1]
        for before, label, jump in zip(lines, lines[1:], lines[2:], strict=False)
        if label.startswith(".L") and jump.startswith("jmp ") and "*" not in jump
        if before.startswith("jmp")
    }
    kept: list[str] = []
    skipped = False
    for line in lines:
        if line[:-1] in leads:
            skipped = True
        elif skipped:
            skipped = False
        else:
            mnemonic, _, target = line.partition(" ")
            while mnemonic.startswith("j") and target in leads:
                target = leads[target]
            kept.append(f"{mnemonic} {target}" if mnemonic.startswith("j") else line)
    return "\n".join(kept)


def _moved(text: str, kinds: Sequence[str]) -> bool:
    """Whether a displacement is used that is not a hole's but near it: of a part of a word."""
    places = {magic(kind, hole, 0) for hole, kind in enumerate(kinds) if kind != "static"}
    numbers = {int(number) for number in NUMBER.findall(text)} - places
    return any(abs(number - place) < NEAR for number in numbers for place in places)


def _merged(text: str, body: str, kinds: Sequence[str]) -> bool:
    """Whether a word is missing, for which there may be another: alike where its bits count.

    Two words that have some bits in common have them in common in both variants.
    """
    if OPAQUE in body:
        return False
    words = [hole for hole, kind in enumerate(kinds) if kind == "static"]
    return any(f"@H{hole}@" in body and not re.search(rf"H{hole}\b", text) for hole in words)


def _with_names(text: str, kinds: Sequence[str], variant: int) -> str:
    """The text with a name for each magic number, to compare."""
    for hole, kind in enumerate(kinds):
        number = magic(kind, hole, variant)
        for form in (str(number - (1 << 32)), str(number)):  # as a signed number, or not
            text = text.replace(form, f"H{hole}")
    return text


def _functions(text: str) -> dict[str, str]:
    """The instructions and labels of every function of an assembly text, without directives."""
    functions: dict[str, str] = {}
    name = ""
    lines: list[str] = []
    for line in text.split("\n"):
        if line.startswith("f") and line.endswith(":"):
            name, lines = line[:-1], []
        elif line.startswith(".Lfunc_end"):
            functions[name] = _with_own_labels("\n".join(lines))
        elif not DIRECTIVE.match(line):
            lines += _without_second_byte(line.split("#")[0].strip().replace("\t", " "))
    return functions


def _without_second_byte(line: str) -> Sequence[str]:
    """The same by instructions that can have any registers, where the host has them."""
    found = SECOND_BYTE.fullmatch(line)
    if found is None or not _rotates():
        return (line,)
    source, target = found.groups()
    low = f"{target.removesuffix('x')}l"
    return (f"rorxl $8, %e{source}x, %e{target}", f"movzbl %{low}, %e{target}")


@cache
def _rotates() -> bool:
    """Whether the host has RORX, which changes no flags."""
    if level():
        return True
    import llvmlite.binding as binding

    return bool(binding.get_host_cpu_features().get("bmi2"))


def _with_own_labels(body: str) -> str:
    """The text with labels by number: .L0, .L1, ..."""
    labels: dict[str, str] = {}
    return LABEL.sub(lambda match: f".L{labels.setdefault(match[1], str(len(labels)))}", body)


def rename(text: str, pins: Sequence[int]) -> str:
    """The stencil's text with pin `pins[n]` for pin n.

    Raises:
        Rejected: an instruction has a register that it does not name, or that cannot be another.
    """
    order = list(pins)
    order += [pin for pin in range(len(HOST)) if pin not in order]
    moved = {pin for pin, other in enumerate(order) if pin != other}
    if not moved:
        return text
    if not SPECIAL.isdisjoint(moved) and UNNAMED.search(text):
        raise Rejected("registers that are not named")
    names: dict[str, str] = {}
    for pin, other in enumerate(order):
        names.update(zip(_sizes(HOST[pin]), _sizes(HOST[other]), strict=True))
    renamed = REGISTER.sub(lambda match: "%" + names.get(match[1], match[1]), text)
    if UNENCODED.search(renamed):
        raise Rejected("a second byte beside a register of the other kind")
    return renamed


def _sizes(register: str) -> tuple[str, ...]:
    """The names of a register's lowest 8, 4, 2 and 1 bytes."""
    if register[1:].isdigit():
        return tuple(register + suffix for suffix in ("", "d", "w", "b"))
    name = register[1:]
    return (register, f"e{name}", name, f"{name.removesuffix('x')}l")


def assemble(texts: Sequence[tuple[str, Sequence[str]]]) -> list[Stencil]:
    """Stencils of assembly texts, whose holes are of these kinds."""
    lines = []
    names = []
    for number, (text, _) in enumerate(texts):
        hot, cold = _parted(text.replace("@PLT", "").split("\n"))
        crossing = _labels(hot) & _mentioned(cold) | _labels(cold) & _mentioned(hot)
        for name, section, part in ((f"s{number}", HOT, hot), (f"c{number}", COLD, cold)):
            if part:
                names.append(name)
                lines += [section, f".globl {name}", f"{name}:"]
                lines += [_relabelled(line, number, crossing) for line in part]
        lines += [f".globl {_crossing(label, number)}" for label in sorted(crossing)]
    binding, machine = _llvm()
    quoted = (line.replace('"', "\\22") for line in lines)
    module = binding.parse_assembly("\n".join(f'module asm "{line}"' for line in quoted))
    functions = functions_of(machine.emit_object(module), names)
    return [
        Stencil(
            _part(functions[f"s{number}"], kinds),
            _part(functions[f"c{number}"], kinds) if f"c{number}" in functions else None,
        )
        for number, (_, kinds) in enumerate(texts)
    ]


def _parted(lines: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The text up to its first jump away, and the rest, which LLVM holds for improbable."""
    for index, line in enumerate(lines):
        if line.startswith("jmp") and ".L" not in line:
            return lines[: index + 1], lines[index + 1 :]
    return lines, ()


def _labels(lines: Sequence[str]) -> set[str]:
    return {line[2:-1] for line in lines if line.startswith(".L")}


def _mentioned(lines: Sequence[str]) -> set[str]:
    return {label for line in lines for label in LABEL.findall(line) if not line.startswith(".L")}


def _crossing(label: str, number: int) -> str:
    """The name of a label that both parts of stencil `number` know."""
    return f"x{number}_{label}"


def _relabelled(line: str, number: int, crossing: Collection[str]) -> str:
    """The line with labels that no other stencil has."""
    return LABEL.sub(
        lambda match: (
            _crossing(match[1], number) if match[1] in crossing else f".L{number}_{match[1]}"
        ),
        line,
    )


def compile_functions(text: str, names: Sequence[str]) -> dict[str, bytes]:
    """Machine code of the functions of an LLVM module that call nothing."""
    binding, machine = _llvm()
    module = binding.parse_assembly(text)
    module.verify()
    functions = functions_of(machine.emit_object(module), names)
    return {name: functions[name].code for name in names}


def get_ready() -> None:
    """Do what the first call takes long for."""
    compile_forms(
        [Draft(f"musttail call preserve_nonecc void @CONT({ARGUMENTS}) ret void", "", ())]
    )


@cache
def _llvm() -> tuple[Any, Any]:
    import llvmlite.binding as binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    binding.initialize_native_asmparser()
    target = binding.Target.from_default_triple()
    made_for = level()
    host = (binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten())
    processor, features = (made_for, "") if made_for else host
    machine = target.create_target_machine(
        cpu=processor,
        features=features,
        opt=2,
        reloc="static",
        codemodel="small",
    )
    return binding, machine


def _part(function: Function, kinds: Sequence[str]) -> Part:
    """The code with zeros for the magic numbers."""
    code, links, labels = function
    found = bytearray(code)
    patches = []
    for hole, kind in enumerate(kinds):
        pattern = pack("<I", magic(kind, hole, 0))
        at = code.find(pattern)
        while at >= 0:
            patches.append(Patch(at, hole))
            found[at : at + 4] = bytes(4)
            at = code.find(pattern, at + 4)
    return Part(bytes(found), tuple(patches), tuple(links), labels)

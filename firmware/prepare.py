"""Makes `prepared.bin`, the forms that come with the package: `make -C firmware prepared`.

    python firmware/prepare.py ELF...

Reads every function of the programs as the translator would, from each place where a block may
begin, and compiles the forms that it finds at least `OFTEN` times. The programs are libraries that
most firmware has parts of, and the images here, but none that a benchmark measures.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple

from elftools.elf.elffile import ELFFile

import cosim
from cosim.cpus.core import Core
from cosim.cpus.engines.stencils import prepared
from cosim.cpus.engines.stencils.compiler import compile_forms
from cosim.cpus.engines.stencils.draft import Draft
from cosim.cpus.engines.stencils.frame import ENTRY, far_jump
from cosim.cpus.engines.stencils.host import LEVEL, level
from cosim.cpus.engines.stencils.library import TemplateKey
from cosim.cpus.engines.translator import Translator

PLATFORMS = Path(__file__).parents[1] / "platforms"
BOARDS = {"EM_ARM": "vexpress_a9", "EM_MICROBLAZE": "petalogix_s3adsp1800"}
OFTEN = 3
AT_ONCE = 50


class Function(NamedTuple):
    """One of a program.

    Attributes:
        halfwords: whether it is of T32.
    """

    start: int
    end: int
    halfwords: bool


def functions_of(elf: ELFFile) -> list[Function]:
    """The functions that its symbols name."""
    found = set()
    arm = elf["e_machine"] == "EM_ARM"
    for symbol in elf.get_section_by_name(".symtab").iter_symbols():
        at, size = symbol["st_value"], symbol["st_size"]
        if symbol["st_info"]["type"] == "STT_FUNC" and size:
            start = at & ~1
            found.add(Function(start, start + size, arm and bool(at & 1)))
    return sorted(found)


def drafts_of(path: Path) -> Iterator[Draft]:
    """The forms in a program, as often as they are there."""
    with path.open("rb") as stream:
        elf = ELFFile(stream)
        endian = "little" if elf.little_endian else "big"
        settings = {"cores.cpu0.image": str(path), "cores.cpu0.endian": endian}
        board = PLATFORMS / f"{BOARDS[elf['e_machine']]}.yaml"
        core = cosim.load(board, set=settings, engine="translator").cores["cpu0"]
        functions = functions_of(elf)
    assert isinstance(core, Core) and isinstance(core.engine, Translator)
    library = core.engine.library
    for form in (ENTRY, far_jump(library.builder)):  # what every program needs
        yield from [form.draft] * OFTEN
    for function in functions:
        for key in keys_of(core, core.engine, function):
            wanted = library.wanted.get(key)
            if wanted is not None and wanted.form.body:
                yield wanted.form.draft


def keys_of(core: Core, engine: Translator, function: Function) -> Iterator[TemplateKey]:
    """The templates that the blocks of a function need."""
    context = core.isa.HALFWORDS if function.halfwords else 0
    begins, seen = [function.start], set()
    while begins:
        pc = begins.pop()
        if pc in seen or not function.start <= pc < function.end:
            continue
        seen.add(pc)
        if pc >> 12 not in core.port.fetch_pages:
            core.port.load(pc, 4, "fetch")
        block = engine.guest.read(pc, context, core.port.fetch_pages[pc >> 12])
        if not block:  # an instruction for the interpreter
            begins.append(pc + (2 if function.halfwords else 4))
            continue
        for one in block:
            yield from (kind.key for kind in (one.kind, one.joint) if kind is not None)
            targets = [way.target for way in one.kind.exits if way.target is not None]
            begins += [target.at(one.pc, one.facts) & 0xFFFF_FFFF for target in targets]
        begins.append(block[-1].pc + block[-1].kind.size)


def main(paths: Sequence[str]) -> None:
    if level() is None:
        raise SystemExit(f"only a processor of {LEVEL} can make them")
    found: Counter[Draft] = Counter()
    for path in paths:
        before = len(found)
        found.update(drafts_of(Path(path)))
        print(f"{path}: {len(found) - before} new forms")
    drafts = [draft for draft, count in found.items() if count >= OFTEN]
    portions = [drafts[start : start + AT_ONCE] for start in range(0, len(drafts), AT_ONCE)]
    with Pool() as pool:
        texts = [text for made in pool.imap(compile_forms, portions) for text in made]
    content = prepared.content(dict(zip(drafts, texts, strict=True)))
    prepared.FILE.write_bytes(content)
    print(f"{len(drafts)} of {len(found)} forms, {len(content)} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])

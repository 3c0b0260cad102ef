"""The lock-step engine finds what native code does wrong, and says so."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from cosim.cpus.engines.block import Block, Leave
from cosim.cpus.engines.code_cache import CodeCache
from cosim.cpus.engines.difference import EnginesDiffer
from cosim.cpus.engines.kept_blocks import KeptBlocks
from cosim.cpus.engines.kind import Kind
from cosim.cpus.engines.lockstep import LockStep
from cosim.cpus.engines.stencils.compiler import rename
from cosim.cpus.engines.stencils.forms import Form
from cosim.cpus.engines.stencils.library import TemplateKey
from cosim.cpus.engines.stencils.object_file import Rejected
from cosim.cpus.engines.translator import Translator
from cosim.cpus.isa.operands import Immediate
from cosim.cpus.microblaze.core import MicroBlaze
from tests.cpus.engines import microblaze_programs
from tests.cpus.engines.board import START, Board
from tests.cpus.engines.duel import compare
from tests.isa.microblaze_assembler import assemble

DATA = START + 0x2_0000
PROGRAM = f"""
    li r3, {DATA}
    addik r4, r0, 100
    swi r4, r3, 8           # 12
    addik r5, r5, 3
    lwi r6, r3, 8
    addk r5, r5, r6
    addik r4, r4, -1
    bnei r4, -20
    bri 0
"""


def board(engine: str = "lockstep", quantum: int = 1000) -> Board:
    made = Board(MicroBlaze, engine, quantum, "interrupt")
    code = b"".join(word.to_bytes(4, "little") for word in assemble(PROGRAM))
    made.core.port.write_debug(START, code)
    made.core.symbols.add(START, len(code), "main")
    return made


def report(made: Board) -> str:
    with pytest.raises(EnginesDiffer) as caught:
        made.go(2000)
    return str(caught.value)


def wrong(patch: pytest.MonkeyPatch, number: int, other: int) -> None:
    """Let native code have `other` where an instruction says `number`."""
    make = Kind.__init__

    def changed(self: Kind, form: Form, key: TemplateKey, leaves: Sequence[int], *rest: int):
        numbers = [
            other if leaf == number and isinstance(leaf, Immediate) else leaf for leaf in leaves
        ]
        make(self, form, key, numbers, *rest)

    patch.setattr(Kind, "__init__", changed)
    for name in ("find", "keep", "keep_steps"):  # it is for this test only
        patch.setattr(KeptBlocks, name, lambda *_: None)


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    made = board()
    made.go(2000)
    assert made.core.r[4] == 0
    assert made.core.asleep


def test_a_wrong_result(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong(monkeypatch, 3, 7)
    lines = report(board()).splitlines()
    assert lines[:2] == [
        "cpu: the translator differs from the reference interpreter",
        "  pc 0x60000010 main+0x10: 30a50003  addik r5, r5, 3",
    ]
    assert re.fullmatch(r"  instruction \d+ of \d+ in native code, 5 in all", lines[2])
    assert lines[3] == "  r5: native 0x00000007, reference 0x00000003"
    assert lines[4] == "  before the instruction:"
    assert "    -> 0x60000010  30a50003  addik r5, r5, 3" in lines
    assert "       0x60000014  e8c30008  lwi r6, r3, 8" in lines
    assert not any("memory" in line for line in lines)


def test_a_store_to_the_wrong_place(monkeypatch: pytest.MonkeyPatch) -> None:
    made = board()
    made.go(20)  # so that native code may store there
    wrong(monkeypatch, 8, 12)
    assert isinstance(made.core.engine, LockStep)
    made.core.engine.guest.clear()
    made.core.port.write_debug(START + 12, made.core.port.read_debug(START + 12, 16))
    text = report(made)
    assert "swi r4, r3, 8" in text
    assert re.search(r"memory 0x60020008: native .. .. .. .., reference", text)
    assert re.search(r"memory 0x6002000c: native .. .. .. .., reference 00 00 00 00", text)


def test_a_store_that_native_code_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    made = board()
    made.go(20)
    wrong(monkeypatch, 8, 0x1008)
    engine = made.core.engine
    assert isinstance(engine, LockStep)
    engine.guest.clear()
    tables = engine.cache.regimes[0].tables
    tables.restrict()
    tables.give((DATA >> 12) + 1)
    made.core.port.write_debug(START + 12, made.core.port.read_debug(START + 12, 16))
    assert re.search(r"reference: store of 0x6. \(4 bytes\) at 0x60020008", report(made))


def test_a_wrong_count(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Translator._run_native

    def miscounting(self: Translator, block: Block, code: int, left: int) -> tuple[Leave, int]:
        leave, after = run(self, block, code, left)
        return leave, after + (after < left)

    monkeypatch.setattr(Translator, "_run_native", miscounting)
    assert re.search(r"pc: native 0x600000.., reference 0x600000..", report(board()))


def test_code_that_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CodeCache, "written", lambda *arguments: None)
    with pytest.raises(AssertionError, match="translator and reference after quantum"):
        for seed in range(4):
            compare(
                lambda engine, quantum, seed=seed: microblaze_programs.prepare(
                    seed, "patching", engine, quantum, "little"
                ),
                1000,
                ("translator",),
            )


def test_the_right_state_is_left_for_a_debugger(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong(monkeypatch, 3, 7)
    made = board()
    report(made)
    assert made.core.r[5] == 3


def test_a_second_byte_cannot_be_beside_a_newer_register() -> None:
    """LLVM's assembler ends the process when it finds that."""
    with pytest.raises(Rejected):
        rename("movzbl %ah, %r13d\njmp CONT@PLT", (2, 1, 0))

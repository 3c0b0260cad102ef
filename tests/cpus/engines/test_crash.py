"""Native code that does what the host does not allow ends in a report, not in the end of Python."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cosim.cpus.engines import choice
from cosim.cpus.engines.crash import NativeCodeCrashed
from cosim.cpus.engines.translator import Translator
from tests.cpus.toy import Board

PROGRAM = """
    addi r1, r1, 1
    st r1, r2, 0x1000
    ld r3, r2, 0x1000
    bnz r3, -12
"""
ILLEGAL = b"\x0f\x0b"
NULL = b"\x31\xc0\x8b\x00"  # xor eax, eax; mov eax, [rax]
DIVISION = b"\x31\xc9\xf7\xf1"  # xor ecx, ecx; div ecx
PUSHED = b"\x55\x55" + NULL  # with something more on the stack

pytestmark = pytest.mark.skipif(
    bool(choice.why_no_translator()), reason="there is no native code here"
)


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Board:
    """A core whose program has been translated."""
    monkeypatch.setattr(choice, "preferred", "translator")
    board = Board(a=("100MHz", PROGRAM))
    board.kernel.run(10_000_000)
    return board


def sabotage(board: Board, code: bytes) -> Translator:
    """Put `code` where each block begins, behind the test of its budget."""
    engine = board.cores["a"].engine
    assert isinstance(engine, Translator)
    for regime in engine.cache.regimes:
        for block in regime.blocks.values():
            if block is not None:
                at = block.code + 13
                engine.arena.bytes[at : at + len(code)] = code
    return engine


@pytest.mark.parametrize("code", [ILLEGAL, NULL, DIVISION, PUSHED])
def test_the_report_says_which_core_and_where(board: Board, code: bytes) -> None:
    sabotage(board, code)
    with pytest.raises(NativeCodeCrashed, match=r"a: native code crashed.*\n  pc 0x00000000"):
        board.kernel.run(10_000_000)


def test_the_process_goes_on(board: Board) -> None:
    sabotage(board, NULL)
    with pytest.raises(NativeCodeCrashed):
        board.kernel.run(10_000_000)
    other = Board(a=("100MHz", PROGRAM))
    other.kernel.run(10_000_000)
    assert other.cores["a"].r[1] == 250


def test_a_crash_elsewhere_is_not_taken_for_one_of_native_code() -> None:
    program = (
        "import faulthandler, ctypes; faulthandler.enable()\n"
        "from cosim.cpus.engines import choice; choice.preferred = 'translator'\n"
        "from tests.cpus.toy import Board\n"
        f"board = Board(a=('100MHz', {PROGRAM!r})); board.kernel.run(10_000_000)\n"
        "ctypes.string_at(8)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode < 0
    assert "Fatal Python error: Segmentation fault" in done.stderr
    assert "string_at" in done.stderr

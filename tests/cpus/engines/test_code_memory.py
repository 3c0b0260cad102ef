"""Memory for machine code: nowhere both writable and executable."""

from __future__ import annotations

import ctypes
import gc
import importlib
from pathlib import Path

import pytest

from cosim.cpus.engines.code_memory import CodeMemory, OutOfCodeMemory, address_of
from tests.cpus.engines.bench import Bench, native

MAPS = Path("/proc/self/maps")

pytestmark = [native, pytest.mark.skipif(not MAPS.exists(), reason="there is no /proc")]

CODE = b"\xb8\x2a\x00\x00\x00\xc3"
"""mov eax, 42; ret"""


def mapped() -> list[tuple[int, int, str]]:
    """Begin, end and rights of what this process has in its memory."""
    found = []
    for line in MAPS.read_text().splitlines():
        places, rights = line.split()[:2]
        start, end = (int(one, 16) for one in places.split("-"))
        found.append((start, end, rights))
    return found


def rights_of(address: int) -> str:
    return next(rights for start, end, rights in mapped() if start <= address < end)


def test_what_is_written_at_one_address_is_executed_at_another() -> None:
    arena = CodeMemory(1 << 16)
    arena.write(64, CODE)
    assert ctypes.CFUNCTYPE(ctypes.c_int)(arena.address + 64)() == 42
    assert rights_of(arena.address)[:3] == "r-x"
    assert rights_of(address_of(arena.bytes))[:3] == "rw-"


def test_no_address_has_both_rights_while_a_guest_runs() -> None:
    """But for a page that libffi has for callbacks of llvmlite."""
    importlib.import_module("llvmlite.binding")
    before = {one for one in mapped() if "wx" in one[2]}
    bench = Bench("addi r1, r1, 1\nst r1, r0, 0x100\nb -8")
    bench.run(1000)
    arena = bench.translator.arena
    assert rights_of(arena.address)[:3] == "r-x"
    assert {one for one in mapped() if "wx" in one[2]} <= before


def test_the_memory_that_native_code_works_in_is_not_executable() -> None:
    bench = Bench("b 4\nb -4")
    assert rights_of(bench.translator.runtime.address)[:3] == "rw-"


def test_it_is_given_back() -> None:
    before = len(mapped())
    for _ in range(20):
        CodeMemory(1 << 16)
    gc.collect()
    assert len(mapped()) <= before + 2


def test_more_than_there_is_room_for_is_not_written() -> None:
    arena = CodeMemory(4096)
    arena.write(4096 - len(CODE), CODE)
    with pytest.raises(OutOfCodeMemory):
        arena.write(4096 - len(CODE) + 1, CODE)
    assert bytes(arena.bytes[-len(CODE) :]) == CODE


def test_a_read_only_buffer_has_no_address() -> None:
    with pytest.raises(TypeError):
        address_of(memoryview(b"1234"))

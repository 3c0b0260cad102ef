"""`-d out_asm`: native code beside the guest's instructions that it is for."""

from __future__ import annotations

import io
from types import SimpleNamespace

from cosim.trace.log import Log
from tests.cpus.engines.bench import Bench, native

pytestmark = native

PROGRAM = "addi r1, r1, 1\nst r1, r0, 0x100\nb -8"


def logged(bench: Bench, cycles: int) -> list[str]:
    core = bench.core
    stream = io.StringIO()
    Log(SimpleNamespace(cores={core.name: core}, kernel=bench.kernel), ["out_asm"], stream)
    bench.run(cycles)
    return stream.getvalue().splitlines()


def test_each_instruction_begins_a_line() -> None:
    lines = logged(Bench(PROGRAM), 100)
    start = lines.index(next(line for line in lines if "block of 3" in line))
    guest = [line[3:13] for line in lines[start:] if line[3:5] == "0x"]
    assert guest[:3] == ["0x00000000", "0x00000004", "0x00000008"]
    assert any("00000000  01110001  addi" in line for line in lines)


def test_all_of_a_block_is_there_in_the_order_of_addresses() -> None:
    sizes = []
    bench = Bench(PROGRAM)
    bench.core.code_watchers.append(lambda block, at, code, parts: sizes.append((at, len(code))))
    lines = logged(bench, 100)
    places = [int(line[53:59], 16) for line in lines if line[53:59].strip()]
    assert places == sorted(places)
    assert {at for at, _ in sizes} <= set(places)


def test_parts_that_are_no_instructions_say_what_they_are() -> None:
    lines = logged(Bench(PROGRAM), 100)
    assert any("(budget)" in line and "add r12, -3" in line for line in lines)
    assert any("(ways out)" in line for line in lines)
    assert any("(seldom)" in line for line in lines)
    assert any("counting each" in line for line in lines)


def test_it_changes_nothing() -> None:
    quiet, loud = Bench(PROGRAM), Bench(PROGRAM)
    quiet.run(1000)
    logged(loud, 1000)
    assert quiet.outcome() == loud.outcome()

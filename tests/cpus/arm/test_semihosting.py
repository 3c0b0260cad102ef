"""Semihosting: what SVC 0x123456 does for a program."""

from __future__ import annotations

import pytest

from cosim.cpus.arm.registers import BIG_ENDIAN
from tests.cpus.arm.board import DATA, START, VECTORS, Board

FAILED = 0xFFFF_FFFF
CALL = "svc #0x123456"


def call(board: Board, number: int, *block: int, parameter: int | None = None) -> int:
    """One call with a parameter block at DATA, or with a plain parameter; returns r0."""
    board.poke(DATA, *block)
    core = board.core
    core.r[0], core.r[1] = number, DATA if parameter is None else parameter
    core.state["pc"] = START
    board.run(CALL, steps=2)
    return core.r[0]


def text(board: Board, data: bytes) -> int:
    board.core.port.write_debug(DATA + 0x100, data)
    return DATA + 0x100


def console(board: Board, mode: int) -> int:
    return call(board, 0x01, text(board, b":tt\0"), mode, 3)


def test_the_console_opens_by_mode() -> None:
    assert [console(Board(), mode) for mode in (0, 4, 8)] == [1, 2, 3]


def test_other_files_do_not_open() -> None:
    board = Board()
    assert call(board, 0x01, text(board, b"data.txt\0"), 0, 8) == FAILED
    assert call(board, 0x13) == 2  # ENOENT


def test_writing() -> None:
    board = Board()
    handle = console(board, 4)
    assert call(board, 0x05, handle, text(board, b"hello"), 5) == 0
    call(board, 0x04, parameter=text(board, b" world\0"))
    call(board, 0x03, parameter=text(board, b"!"))
    assert board.console.written == b"hello world!"


def test_writing_to_a_handle_that_is_not_open_writes_nothing() -> None:
    board = Board()
    assert call(board, 0x05, 9, text(board, b"hello"), 5) == 5
    assert board.console.written == b""


def test_reading_gives_what_is_there() -> None:
    board = Board()
    handle = console(board, 0)
    board.console.typed = b"abc"
    assert call(board, 0x06, handle, DATA + 0x200, 8) == 5  # bytes not read
    assert board.core.port.read_debug(DATA + 0x200, 3) == b"abc"
    assert call(board, 0x06, handle, DATA + 0x200, 8) == 8
    board.console.typed = b"x"
    assert call(board, 0x07) == ord("x")


def test_the_console_is_a_terminal_without_a_length() -> None:
    board = Board()
    assert call(board, 0x09, 1) == 1
    assert call(board, 0x0C, 1) == FAILED
    assert call(board, 0x0A, 1, 0) == FAILED
    assert call(board, 0x02, 1) == 0


@pytest.mark.parametrize(("status", "result"), [(0, 0), (5, 0), (FAILED, 1)])
def test_iserror(status: int, result: int) -> None:
    assert call(Board(), 0x08, status) == result


def test_clocks_tell_simulated_time() -> None:
    board = Board()
    board.run("wfi")
    board.kernel.run(3 * 10**12 - board.kernel.now)
    board.raise_line("irq")
    board.settle()
    assert call(board, 0x10) == 300
    assert call(board, 0x11) == 3
    assert call(board, 0x31) == 10**9
    assert call(board, 0x30) == 0
    ticks = board.peek(DATA + 4) << 32 | board.peek(DATA)
    assert 3 * 10**9 <= ticks <= board.kernel.now // 1000


def test_the_command_line() -> None:
    board = Board(command_line="program one two")
    assert call(board, 0x15, DATA + 0x200, 64) == 0
    assert board.core.port.read_debug(DATA + 0x200, 16) == b"program one two\0"
    assert board.peek(DATA + 4) == 15
    assert call(board, 0x15, DATA + 0x200, 8) == FAILED


def test_heap_from_the_programs_end_to_the_end_of_its_memory() -> None:
    board = Board()
    board.core.symbols.add(START + 0x4000, 0, "end")
    assert call(board, 0x16, DATA + 0x200) == 0
    answer = [board.peek(DATA + 0x200 + offset) for offset in (0, 4, 8, 12)]
    assert answer == [START + 0x4000, START + 0x1_0000, START + 0x1_0000, 0]


def test_heap_of_an_unknown_program_is_left_to_the_library() -> None:
    board = Board()
    call(board, 0x16, DATA + 0x200)
    assert [board.peek(DATA + 0x200 + offset) for offset in (0, 4, 8, 12)] == [0, 0, 0, 0]


def big(value: int) -> int:
    """As a big-endian program has it in memory."""
    return int.from_bytes(value.to_bytes(4, "little"), "big")


def test_a_big_endian_program_has_big_endian_blocks() -> None:
    board = Board(command_line="program one two")
    board.core.symbols.add(START + 0x4000, 0, "end")
    board.core.state["context"] |= BIG_ENDIAN
    handle = call(board, 0x01, big(text(board, b":tt\0")), big(4), big(3))
    assert handle == 2
    assert call(board, 0x05, big(handle), big(text(board, b"hello")), big(5)) == 0
    assert board.console.written == b"hello"
    assert call(board, 0x15, big(DATA + 0x200), big(64)) == 0
    assert board.core.port.read_debug(DATA + 0x200, 16) == b"program one two\0"
    assert board.peek(DATA + 4) == big(15)
    assert call(board, 0x16, big(DATA + 0x200)) == 0
    answer = [big(board.peek(DATA + 0x200 + offset)) for offset in (0, 4, 8, 12)]
    assert answer == [START + 0x4000, START + 0x1_0000, START + 0x1_0000, 0]
    assert call(board, 0x30) == 0
    assert 0 < big(board.peek(DATA)) <= board.kernel.now // 1000  # the low word
    assert board.peek(DATA + 4) == 0
    call(board, 0x20, big(0x2_0026), big(42))
    assert board.exit_code == 42


@pytest.mark.parametrize(("reason", "code"), [(0x2_0026, 0), (0x2_0023, 1)])
def test_exit(reason: int, code: int) -> None:
    board = Board()
    call(board, 0x18, parameter=reason)
    assert board.exit_code == code


def test_exit_with_a_code() -> None:
    board = Board()
    call(board, 0x20, 0x2_0026, 42)
    assert board.exit_code == 42


def test_an_unknown_service_fails_and_is_reported() -> None:
    board = Board()
    assert call(board, 0x0F) == FAILED
    assert board.reports["unimp"] == ["semihosting call 0xf"]


def test_switched_off_it_is_a_supervisor_call() -> None:
    board = Board(semihosting=False)
    board.handlers()
    board.run(CALL, steps=1)
    assert board.core.pc == VECTORS["svc"]


def test_a_bad_parameter_block_is_a_data_abort() -> None:
    board = Board()
    call(board, 0x05, parameter=0x2000_0000)
    assert "load of 4 bytes at 0x20000000" in board.report

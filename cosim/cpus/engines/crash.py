"""What happens if native code crashes: the signal becomes a way out of it, and an exception.

The handler looks up which core's code it was, and lets that core leave as code does that ends
properly. A signal from anywhere else goes to whoever had it before.
"""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Callable, Sequence
from struct import pack_into
from typing import NamedTuple

from cosim.cpus.engines.code_memory import CodeMemory
from cosim.cpus.engines.runtime_block import CRASHED_AT, STACK

CRASHED = 0xFFFF_FFFF
"""The exit number that is no exit's."""

SIGNALS = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)
CORES = 256
"""Of which native code can be looked up."""

# Data behind the handler: start, end, leave, runtime block of each core; the handlers before it, by
# signal; where `sigaction` is; an action that is the default.
RECORD, HANDLER = 32, 8
TABLE = 0
OTHERS = TABLE + RECORD * (CORES + 1)
SIGACTION = OTHERS + HANDLER * 65
DEFAULT = SIGACTION + 8
DATA = DEFAULT + 152

# Linux on x86-64: where a signal handler's third argument has the registers.
RDI, RAX, RSP, RIP = 104, 144, 160, 168
SA_SIGINFO, SA_ONSTACK = 4, 0x0800_0000

HANDLER_TEXT = f"""
.globl crashed
crashed:
movq {RIP}(%rdx), %rax
leaq data+{TABLE}(%rip), %rcx
1:
movq (%rcx), %r8
testq %r8, %r8
je 3f
cmpq %r8, %rax
jb 2f
cmpq 8(%rcx), %rax
jae 2f
movq 24(%rcx), %r9
movq %rax, {CRASHED_AT}(%r9)
movq %r9, {RDI}(%rdx)
movq {STACK}(%r9), %r10
movq %r10, {RSP}(%rdx)
movq 16(%rcx), %r10
movq %r10, {RIP}(%rdx)
movl ${CRASHED}, %r10d
movq %r10, {RAX}(%rdx)
ret
2:
addq ${RECORD}, %rcx
jmp 1b
3:
movl %edi, %edi
leaq data+{OTHERS}(%rip), %rcx
movq (%rcx,%rdi,8), %rax
cmpq $1, %rax
jbe 4f
jmp *%rax
4:
leaq data+{DEFAULT}(%rip), %rsi
xorl %edx, %edx
jmp *data+{SIGACTION}(%rip)
.balign 8
data:
.zero {DATA}
"""
"""In assembly: for AT&T's sake the only place where the host's instructions are written by hand."""


class NativeCodeCrashed(Exception):
    """Native code has done what the host does not allow: a bug of ours, or of LLVM's."""


class Action(ctypes.Structure):
    """`struct sigaction` of Linux on x86-64, as its C library has it."""

    _fields_ = (
        ("handler", ctypes.c_void_p),
        ("mask", ctypes.c_char * 128),
        ("flags", ctypes.c_int),
        ("restorer", ctypes.c_void_p),
    )


class Code(NamedTuple):
    """One core's native code: its addresses, where it leaves, and its runtime block."""

    start: int
    end: int
    leave: int
    runtime: int


class Guard:
    """The handler, for all cores of this process.

    Args:
        compiled: the machine code of `HANDLER_TEXT`.
    """

    def __init__(self, compiled: bytes) -> None:
        self._memory = CodeMemory(len(compiled) + 4095 & ~4095)
        self._memory.write(0, compiled)
        self._data = len(compiled) - DATA
        self._codes: list[Code] = []
        libc = ctypes.CDLL(None, use_errno=True)
        self._write(SIGACTION, ctypes.cast(libc.sigaction, ctypes.c_void_p).value or 0)
        for number in SIGNALS:
            before, action = Action(), Action(self._memory.address, b"", SA_SIGINFO | SA_ONSTACK)
            if libc.sigaction(int(number), ctypes.byref(action), ctypes.byref(before)):
                raise OSError(ctypes.get_errno(), "sigaction")
            self._write(OTHERS + HANDLER * number, before.handler or 0)

    def _write(self, at: int, *values: int) -> None:
        pack_into(f"<{len(values)}Q", self._memory.bytes, self._data + at, *values)

    def watch(self, code: Code) -> None:
        """From now on crashes in that code are its core's."""
        self._set([*self._codes, code][-CORES:])

    def forget(self, code: Code) -> None:
        """That code is gone."""
        self._set([one for one in self._codes if one != code])

    def _set(self, codes: Sequence[Code]) -> None:
        self._codes = list(codes)
        for place, code in enumerate([*codes, Code(0, 0, 0, 0)]):
            self._write(TABLE + RECORD * place, *code)


_guard: list[Guard] = []


def guard(functions: Callable[[str, Sequence[str]], dict[str, bytes]]) -> Guard:
    """This process's guard.

    Args:
        functions: compiles the functions of an LLVM module.
    """
    if not _guard:
        lines = (f'module asm "{line}"' for line in HANDLER_TEXT.strip().split("\n"))
        _guard.append(Guard(functions("\n".join(lines), ("crashed",))["crashed"]))
    return _guard[0]

"""The FPU: UG984's rules for NaNs, denormalized numbers and the FSR (D7, 6), and its exceptions."""

from __future__ import annotations

import math
import random
import struct

import pytest

from cosim.cpus.microblaze import floating_rules as fp
from cosim.cpus.microblaze.registers import FSR_DO, FSR_DZ, FSR_IO, FSR_OF, FSR_UF
from tests.cpus.microblaze.board import START, Board

NAN = 0xFFC0_0000
QUIET, SIGNALING, DENORMAL = 0x7FC1_2345, 0x7F80_0001, 0x0000_0001
ZERO, ONE, TWO, INF, LEAST, MOST = (
    0,
    0x3F80_0000,
    0x4000_0000,
    0x7F80_0000,
    0x0080_0000,
    0x7F7F_FFFF,
)
SIGN = 0x8000_0000


def after(text: str, a: int, b: int = 0, **options: object) -> Board:
    """A board that ran `text` with r4 = a and r5 = b."""
    board = Board(**options)
    board.run(f"li r4, {a}\nli r5, {b}\n{text}\nmfs r6, rfsr")
    return board


@pytest.mark.parametrize(
    ("name", "b", "a", "result", "flags"),
    [
        ("fadd", ONE, ONE, TWO, 0),
        ("frsub", ONE, TWO, ONE | SIGN, 0),  # rB - rA
        ("fdiv", ONE, TWO, 0x3F00_0000, 0),  # rB / rA
        ("fadd", INF, INF | SIGN, NAN, FSR_IO),
        ("frsub", INF, INF, NAN, FSR_IO),
        ("fmul", INF, ZERO, NAN, FSR_IO),
        ("fdiv", ZERO, ZERO, NAN, FSR_IO),
        ("fdiv", INF, INF, NAN, FSR_IO),
        ("fdiv", ONE | SIGN, ZERO, INF | SIGN, FSR_DZ),
        ("fdiv", INF, ZERO, INF, 0),
        ("fadd", MOST, MOST, INF, FSR_OF),
        ("fmul", MOST | SIGN, TWO, INF | SIGN, FSR_OF),
        ("fmul", LEAST | SIGN, 0x3F00_0000, SIGN, FSR_UF),
        ("frsub", 0x0080_0001, LEAST, ZERO, FSR_UF),
        ("fmul", LEAST, LEAST, ZERO, FSR_UF),
        ("fadd", ONE, QUIET, NAN, 0),
        ("fmul", SIGNALING, ONE, NAN, FSR_IO),
        ("fadd", DENORMAL, ONE, NAN, FSR_DO),
        ("fdiv", QUIET, DENORMAL | SIGN, NAN, FSR_DO),
        ("fadd", ZERO, SIGN, ZERO, 0),
        ("fadd", SIGN, SIGN, SIGN, 0),
    ],
)
def test_arithmetic(name: str, b: int, a: int, result: int, flags: int) -> None:
    core = after(f"{name} r3, r4, r5", a, b).core
    assert (core.r[3], core.r[6]) == (result, flags)


@pytest.mark.parametrize(
    ("name", "operand", "result", "flags"),
    [
        ("flt", 0xFFFF_FFFF, ONE | SIGN, 0),
        ("flt", 0x7FFF_FFFF, 0x4F00_0000, 0),  # to the nearest
        ("flt", 0x0100_0001, 0x4B80_0000, 0),  # ties to even
        ("fint", 0x4020_0000, 2, 0),  # 2.5: towards zero, where QEMU rounds
        ("fint", 0xC060_0000, -3 & 0xFFFF_FFFF, 0),  # -3.5
        ("fint", 0xCF00_0000, 0x8000_0000, 0),
        ("fint", 0x4F00_0000, NAN, FSR_IO),  # 2^31, where QEMU has 0x7FFFFFFF
        ("fint", 0xCF00_0001, NAN, FSR_IO),
        ("fint", 0x4EFF_FFFF, 0x7FFF_FF80, 0),
        ("fint", INF, NAN, FSR_IO),
        ("fint", INF | SIGN, NAN, FSR_IO),
        ("fint", QUIET, NAN, FSR_IO),
        ("fint", SIGNALING, NAN, FSR_IO),
        ("fint", DENORMAL, NAN, FSR_DO),
        ("fsqrt", 0x4080_0000, TWO, 0),
        ("fsqrt", SIGN, SIGN, 0),
        ("fsqrt", ONE | SIGN, NAN, FSR_IO),
        ("fsqrt", INF, INF, 0),
        ("fsqrt", QUIET, NAN, 0),
        ("fsqrt", DENORMAL, NAN, FSR_DO),
    ],
)
def test_conversions_and_root(name: str, operand: int, result: int, flags: int) -> None:
    core = after(f"{name} r3, r4", operand).core
    assert (core.r[3], core.r[6]) == (result, flags)


# fmt: off
@pytest.mark.parametrize(
    ("name", "greater", "less", "equal", "signaling", "quiet"),  # rB against rA; result and FSR
    [
        ("un", 0, 0, 0, (1, FSR_IO), (1, 0)),
        ("lt", 0, 1, 0, (0, FSR_IO), (0, FSR_IO)),
        ("eq", 0, 0, 1, (0, FSR_IO), (0, 0)),
        ("le", 0, 1, 1, (0, FSR_IO), (0, FSR_IO)),  # QEMU 7.2 compares the other way round
        ("gt", 1, 0, 0, (0, FSR_IO), (0, FSR_IO)),
        ("ne", 1, 1, 0, (1, FSR_IO), (1, 0)),
        ("ge", 1, 0, 1, (0, FSR_IO), (0, FSR_IO)),  # and so
    ],
)
def test_comparison(name, greater, less, equal, signaling, quiet) -> None:
    def compare(b: int, a: int) -> tuple[int, int]:
        core = after(f"fcmp.{name} r3, r4, r5", a, b).core
        return core.r[3], core.r[6]

    assert compare(TWO, ONE) == (greater, 0)
    assert compare(ONE | SIGN, ONE) == (less, 0)
    assert compare(ZERO, SIGN) == (equal, 0)
    assert compare(SIGNALING, ONE) == signaling
    assert compare(ONE, QUIET) == quiet
    assert compare(DENORMAL, QUIET) == (0, FSR_DO)


def test_the_flags_stay_until_they_are_written() -> None:
    text = "fdiv r3, r0, r4\nfadd r3, r5, r5\nmfs r7, rfsr\nmts rfsr, r0"
    core = after(text, ONE, DENORMAL).core
    assert (core.r[7], core.r[6]) == (FSR_DZ | FSR_DO, 0)


@pytest.mark.parametrize(("enabled", "taken"), [(0x100, True), (0, False)])
def test_an_exception_keeps_the_register(enabled: int, taken: bool) -> None:
    board = Board(fpu_exception=True)
    board.handler(0x20, "mfs r20, resr\nmfs r21, rfsr\nbri 0")
    core = board.run(f"addik r3, r0, 9\nmsrset r0, {enabled}\nfdiv r3, r0, r0")
    assert core.r[3] == (9 if taken else NAN)
    assert core.state["fsr"] == FSR_IO
    if taken:
        assert (core.r[20], core.r[21], core.r[17]) == (6, FSR_IO, START + 12)


def test_results_are_those_of_exact_arithmetic() -> None:
    """By integers, with no rounding but one."""
    rng = random.Random(7)
    for _ in range(20_000):
        a, b = (rng.getrandbits(1) << 31 | rng.randrange(60, 200) << 23 | rng.getrandbits(23)
                for _ in "ab")  # fmt: skip
        (sa, ma, ea), (sb, mb, eb) = _parts(a), _parts(b)
        assert fp.multiply(b, a) == (_round(sa ^ sb, ma * mb, ea + eb), 0) or not 1 <= _field(
            ma * mb, ea + eb
        ) <= 254
        low = min(ea, eb)
        total = (-1) ** sa * (ma << ea - low) + (-1) ** sb * (mb << eb - low)
        if total:
            assert fp.add(b, a)[0] == _round(int(total < 0), abs(total), low)
        root = math.isqrt(ma << 64 + (ea & 1))
        sticky = root << 1 | (root * root != ma << 64 + (ea & 1))
        assert sa or fp.root(a)[0] == _round(0, sticky, (ea - (ea & 1) - 64) // 2 - 1)
        quotient, rest = divmod(mb << 60, ma)
        assert fp.divide(b, a)[0] == _round(
            sa ^ sb, quotient << 1 | (rest != 0), eb - ea - 61
        ) or not 1 <= _field(quotient << 1, eb - ea - 61) <= 254


def _parts(a: int) -> tuple[int, int, int]:
    """Sign, significand and exponent: the number is significand * 2**exponent."""
    return a >> 31, a & 0x7F_FFFF | 0x80_0000, (a >> 23 & 0xFF) - 150


def _field(significand: int, exponent: int) -> int:
    return significand.bit_length() - 24 + exponent + 150


def _round(sign: int, significand: int, exponent: int) -> int:
    """To 24 bits, ties to even."""
    drop = significand.bit_length() - 24
    if drop > 0:
        half, rest = 1 << drop - 1, significand & (1 << drop) - 1
        significand >>= drop
        significand += rest > half or (rest == half and significand & 1)
    else:
        significand <<= -drop
    exponent += drop
    return (sign << 31) + (exponent + 149 << 23) + significand


def test_the_host_agrees_on_single_precision() -> None:
    assert struct.unpack("<f", struct.pack("<I", ONE))[0] == 1.0

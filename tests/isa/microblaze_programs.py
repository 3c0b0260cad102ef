"""Programs of random MicroBlaze instructions, and what is left when they have run.

A program starts with random registers and a patterned scratch area, runs about a hundred random
units (an instruction; a branch with its slot; a prefix with its instruction), and stores r1..r31,
the MSR and, by having worked on it, the scratch area. Every branch goes forward.
"""

from __future__ import annotations

import random
import struct
from typing import NamedTuple

from cosim.cpus.isa.instruction_set import random_word
from cosim.cpus.microblaze import arithmetic, load_store, logic
from tests.isa.microblaze_assembler import assemble, encode

START = 0x9000_0000
STRIDE = 0x1000  # bytes of code for one program
RESULTS = 0x9010_0000
SCRATCH_WORDS = 16
RESULT_WORDS = 31 + 1 + SCRATCH_WORDS
UNITS = 100

# r29 points to the middle of the scratch area, r30 is set to an offset or target before its use.
BASE, HELPER = 29, 30
SPECIAL_VALUES = (0, 1, 2, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x8000, 0xFFFF_8000, 0xFF)

PLAIN = [
    row
    for row in (*arithmetic.ROWS, *logic.ROWS)
    if row.template not in ("idiv", "idivu", "bsefi", "bsifi")
]
IMMEDIATE = [row for row in PLAIN if "i" in row.pattern.fields]
MEMORY = [row for row in load_store.ROWS if row.template not in ("lwx", "swx")]
CACHE = ("wic", "wdc", "wdc.flush", "wdc.clear", "wdc.ext.flush", "wdc.ext.clear")
CONDITIONS = ("eq", "ne", "lt", "le", "gt", "ge")
MSR_MASK = 0x2 | 0x4 | 0x8 | 0x20 | 0x40 | 0x80 | 0x100 | 0x200  # IE C BIP ICE DZO DCE EE EIP


class Program(NamedTuple):
    """The registers r1..r31 at the start, and the random part of the code."""

    registers: list[int]
    body: list[int]


class Branch(NamedTuple):
    """A branch to be placed: how it is written, how far it goes, its delay slot."""

    kind: str
    condition: str
    register: int
    skip: int
    slot: int | None


def scratch_of(index: int) -> int:
    """The address of the scratch area of program `index`; its other results are before it."""
    return RESULTS + index * 4 * RESULT_WORDS + 4 * 32


def code_of(index: int) -> int:
    return START + index * STRIDE


def scratch_pattern(index: int) -> list[int]:
    """What the scratch area holds before the program."""
    return [
        (index * 0x9E37_79B9 + word * 0x0123_4567) & 0xFFFF_FFFF for word in range(SCRATCH_WORDS)
    ]


def generate(index: int, rng: random.Random) -> Program:
    """Program number `index`; its code is good for that place only."""
    registers = [
        rng.choice(SPECIAL_VALUES) if rng.random() < 0.3 else rng.getrandbits(32) for _ in range(31)
    ]
    registers[BASE - 1] = scratch_of(index) + 4 * SCRATCH_WORDS // 2
    units = [_unit(index, rng) for _ in range(UNITS)]
    return Program(registers, _place(code_of(index) + 4 * _HEAD_WORDS, units))


def code(index: int, program: Program, after: int) -> list[int]:
    """All words of a program that goes on at address `after`."""
    head = ["mts rmsr, r0"]
    head += [f"li r{number}, {value}" for number, value in enumerate(program.registers, 1)]
    end = code_of(index) + 4 * (_HEAD_WORDS + len(program.body))
    results = RESULTS + index * 4 * RESULT_WORDS
    tail = []
    for number in range(1, 32):
        tail += _at(results + 4 * (number - 1), f"swi r{number}, r0, {{}}")
    tail += ["mfs r31, rmsr", *_at(results + 4 * 31, "swi r31, r0, {}")]
    # A taken branch over the very last unit lands one after the body.
    tail += [f"imm {after >> 16}", f"brai {after & 0xFFFF}"]
    words = assemble("\n".join(head)) + program.body + assemble("\n".join(tail))
    assert end + 4 * len(words) < code_of(index + 1) + 4 * (_HEAD_WORDS + len(program.body))
    return words


_HEAD_WORDS = 1 + 2 * 31


def _at(address: int, text: str) -> list[str]:
    return [f"imm {address >> 16}", text.format(address & 0xFFFF)]


def _unit(index: int, rng: random.Random) -> list[int] | Branch:
    choice = rng.random()
    if choice < 0.50:
        return _prefixed([_destination(random_word(rng.choice(PLAIN), rng), rng)], rng)
    if choice < 0.75:
        return _memory(index, rng)
    if choice < 0.90:
        return _branch(rng)
    return _rare(rng)


def _prefixed(words: list[int], rng: random.Random) -> list[int]:
    """Sometimes with an imm before it, which an instruction without immediate ignores."""
    chance = 0.3 if words[0] >> 26 & 0b001000 else 0.05
    return [encode(f"imm {rng.getrandbits(16)}"), *words] if rng.random() < chance else words


def _destination(word: int, rng: random.Random) -> int:
    """`word` with a destination register that no unit relies on."""
    # QEMU drops a one-bit shift to r0 whole, also what it does to the carry.
    zero = [] if word >> 26 == 0x24 else [0]
    return word & ~(31 << 21) | rng.choice([*zero, *range(1, BASE), 31]) << 21


def _free(rng: random.Random) -> int:
    return rng.randrange(1, BASE)


def _memory(index: int, rng: random.Random) -> list[int]:
    row = rng.choice(MEMORY)
    size = {"b": 1, "h": 2, "w": 4}[row.template.lstrip("ls")[0]]
    reach = 4 * SCRATCH_WORDS // 2
    offset = rng.randrange(-reach, reach, size)
    register = _free(rng)
    if "i" not in row.pattern.fields:
        return assemble(
            f"addik r{HELPER}, r0, {offset}\n{row.template} r{register}, r{BASE}, r{HELPER}"
        )
    if rng.random() < 0.3:
        address = scratch_of(index) + reach + offset
        return assemble("\n".join(_at(address, f"{row.template} r{register}, r0, {{}}")))
    return [encode(f"{row.template} r{register}, r{BASE}, {offset}")]


def _rare(rng: random.Random) -> list[int]:
    rd, ra, rb = _free(rng), _free(rng), rng.randrange(32)
    mask = rng.getrandbits(15) & MSR_MASK
    width = rng.randrange(1, 32)
    shift = rng.randrange(0, 33 - width) & 31
    last = min(31, shift + width - 1)
    field = 0x6400_0000 | rd << 21 | ra << 16
    texts = {
        # Never 0 or -1 as divisor: QEMU sets MSR[DZO] only in some of the cases, and divides the
        # most negative number by -1 on the host, which traps.
        "idiv": f"andni r{ra}, r{ra}, 1\nori r{ra}, r{ra}, 2\nidiv r{rd}, r{ra}, r{rb}",
        "idivu": f"ori r{ra}, r{ra}, 2\nidivu r{rd}, r{ra}, r{rb}",
        "pc": f"mfs r{rd}, rpc",
        "msr": f"mfs r{rd}, rmsr\nandi r{rd}, r{rd}, {MSR_MASK}",
        "set": f"msrset r{rd}, {mask}\nandi r{rd}, r{rd}, {MSR_MASK}",
        "clear": f"msrclr r{rd}, {mask}\nandi r{rd}, r{rd}, {MSR_MASK}",
        "carry": f"msr{rng.choice(['set', 'clr'])} r0, 4",
        "barrier": f"mbar {rng.randrange(3)}",
        "cache": f"{rng.choice(CACHE)} r{ra}, r{rb}",
        "exclusive": f"lwx r{rd}, r{BASE}, r0\naddik r{ra}, r{rd}, 1\n"
        f"swx r{ra}, r{BASE}, r0\naddc r{rb % BASE}, r0, r0\nswx r{rd}, r{BASE}, r0",
        "extract": f".word {field | 1 << 14 | width << 6 | shift}",
        "insert": f".word {field | 1 << 15 | last << 6 | shift}",
    }
    return assemble(rng.choice(list(texts.values())))


def _branch(rng: random.Random) -> Branch:
    kinds = ("bcc", "bcci", "bcc", "bcci", "br", "bra", "bri", "brai", "link", "linki", "brk")
    kind = rng.choice((*kinds, "brki", "rtsd", "rtid", "rtbd", "rted"))
    delayed = kind.startswith(("link", "rt")) or (rng.random() < 0.5 and not kind.startswith("brk"))
    slot = _slot(rng) if delayed else None
    return Branch(kind, rng.choice(CONDITIONS), _free(rng), rng.randrange(4), slot)


def _slot(rng: random.Random) -> int:
    """A single instruction that may be in a delay slot."""
    if rng.random() < 0.3:
        reach = 4 * SCRATCH_WORDS // 2
        name = rng.choice(["lwi", "swi"])
        return encode(f"{name} r{_free(rng)}, r{BASE}, {rng.randrange(-reach, reach, 4)}")
    return _destination(random_word(rng.choice(PLAIN), rng), rng)


def _size(unit: list[int] | Branch) -> int:
    """The unit's length in words."""
    if isinstance(unit, list):
        return len(unit)
    setup = {"bcci": 0, "bri": 0, "linki": 0, "brai": 1, "brki": 1}.get(unit.kind, 2)
    return setup + 1 + (unit.slot is not None)


def _place(address: int, units: list[list[int] | Branch]) -> list[int]:
    """The words of the units, with branch targets filled in."""
    starts = [address]
    for unit in units:
        starts.append(starts[-1] + 4 * _size(unit))
    words: list[int] = []
    for number, unit in enumerate(units):
        if isinstance(unit, list):
            words += unit
        else:
            target = starts[min(number + 1 + unit.skip, len(units))]
            words += _branch_words(unit, starts[number], target)
    return words


def _branch_words(branch: Branch, start: int, target: int) -> list[int]:
    delayed = "d" if branch.slot is not None else ""
    at = start + 4 * (_size(branch) - 1 - (branch.slot is not None))  # of the branch itself
    offset = target - at
    high, low = target >> 16, target & 0xFFFF
    relative = f"imm 0\naddik r{HELPER}, r0, {offset}\n"
    absolute = f"imm {high}\naddik r{HELPER}, r0, {low}\n"
    ra = branch.register
    texts = {
        "bcc": f"{relative}b{branch.condition}{delayed} r{ra}, r{HELPER}",
        "bcci": f"b{branch.condition}i{delayed} r{ra}, {offset}",
        "br": f"{relative}br{delayed} r{HELPER}",
        "bra": f"{absolute}bra{delayed} r{HELPER}",
        "bri": f"bri{delayed} {offset}",
        "brai": f"imm {high}\nbrai{delayed} {low}",
        "link": f"{relative}brld r{ra}, r{HELPER}",
        "linki": f"brlid r{ra}, {offset}",
        "brk": f"{absolute}brk r{ra}, r{HELPER}",
        "brki": f"imm {high}\nbrki r{ra}, {low}",
    }
    text = texts.get(branch.kind, f"{absolute}{branch.kind} r{HELPER}, 0")
    words = assemble(text)
    return words if branch.slot is None else [*words, branch.slot]


def image(programs: list[Program], endian: str, last: list[int]) -> tuple[bytes, bytes]:
    """The bytes from START (code) and from RESULTS (scratch areas) on; `last` comes at the end."""
    order = "<" if endian == "little" else ">"
    text = bytearray()
    data = bytearray()
    for index, program in enumerate(programs):
        words = code(index, program, code_of(index + 1))
        text += struct.pack(f"{order}{len(words)}I", *words).ljust(STRIDE, b"\0")
        pattern = scratch_pattern(index)
        data += bytes(4 * 32) + struct.pack(f"{order}{SCRATCH_WORDS}I", *pattern)
    return bytes(text + struct.pack(f"{order}{len(last)}I", *last)), bytes(data)

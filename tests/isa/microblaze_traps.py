"""Random programs that trap: exceptions, floating point, user mode and address translation.

Each program runs random units with a handler that writes down what it finds - ESR, EAR, MSR, where
to return to - and goes on behind the instruction. Registers, FSR and this log are the result.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from typing import NamedTuple

from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import random_word
from cosim.cpus.microblaze import arithmetic, floating_point, logic
from tests.isa.microblaze_assembler import assemble, encode

START = 0x9000_0000
STRIDE = 0x1000
RESULTS = 0x9040_0000
BLOCK = 0x400  # bytes of result for each program
LOG = 0xC0  # in the block
ENTRY = 20
PAGES = 0x9050_0000  # physical memory that the pages of a program lead to
WINDOW = 0x4000_0000  # virtual addresses that programs use
UNITS = 40
TRAPS = (BLOCK - LOG) // ENTRY

POINTER, SAVED = 0x1010, 0x1000  # in local memory
IE, BIP, EE, EIP, UM, VM = 0x2, 0x8, 0x100, 0x200, 0x800, 0x2000
SEEN = 0x7A4C  # of the MSR, in the handler: VMS VM UMS UM EIP DZO BIP C; QEMU leaves EE set (D7, 2)
ZONE = 0x800  # of the ESR of a storage exception, which QEMU never sets

VECTORS = f"""
    brai 0x80
    bri 0
    rtsd r14, 4             # 0x08: a break comes here, and stays in privileged real mode
    msrclr r0, {BIP}
    bri 0
    bri 0
    bri 0
    bri 0
    brai 0x100              # 0x20
"""
HANDLER = f"""
    swi r3, r0, {SAVED}
    swi r4, r0, {SAVED + 4}
    lwi r3, r0, {POINTER}
    mfs r4, resr
    swi r4, r3, 0
    mfs r4, rear
    swi r4, r3, 4
    mfs r4, rmsr
    andi r4, r4, {SEEN}
    swi r4, r3, 8
    mfs r4, resr
    andi r4, r4, 0x10       # a fault of the MMU
    bnei r4, 32
    mfs r4, resr            # another
    andi r4, r4, 0x1000
    beqi r4, 56             # not in a delay slot
    mfs r17, rbtr           # in a delay slot
    swi r17, r3, 16
    bri 48                  # to the end
    bri 0
    mfs r4, resr            # MMU
    andi r4, r4, 0x1000
    swi r17, r3, 12
    beqi r4, 16
    mfs r4, rbtr
    swi r4, r3, 16
    addik r17, r17, 4       # the branch too
    addik r17, r17, 4
    bri 8
    swi r17, r3, 12         # neither
    addik r3, r3, {ENTRY}
    swi r3, r0, {POINTER}
    lwi r4, r0, {SAVED + 4}
    lwi r3, r0, {SAVED}
    rted r17, 0
    or r0, r0, r0
"""


class Program(NamedTuple):
    """The registers r1..r28 at the start, the set-up, and the random part of the code."""

    registers: list[int]
    setup: list[int]
    body: list[int]


Unit = Callable[[random.Random], list[int]]

PLAIN = [
    row
    for row in (*arithmetic.ROWS, *logic.ROWS)
    if row.template not in ("idiv", "idivu", "bsefi", "bsifi", "sra", "src", "srl")
]


def block_of(index: int) -> int:
    return RESULTS + index * BLOCK


def code_of(index: int) -> int:
    return START + index * STRIDE


def _free(rng: random.Random) -> int:
    """Not r14 to r17, which traps change, nor what units rely on."""
    return rng.choice([*range(2, 14), *range(18, 28)])


def plain(rng: random.Random) -> list[int]:
    word = random_word(rng.choice(PLAIN), rng) & ~(31 << 21) | _free(rng) << 21
    prefix = [encode(f"imm {rng.getrandbits(16)}")] if rng.random() < 0.2 else []
    return [*prefix, word]


def arithmetic_trap(rng: random.Random) -> list[int]:
    """Illegal, unaligned, a division by zero: alone, after imm, or in a delay slot."""
    rd, ra = _free(rng), _free(rng)
    address = block_of(0) + rng.choice([1, 2, 3])
    pair = f"imm {address >> 16}\naddik r29, r0, {address & 0xFFFF}\n"
    high, low = address >> 16, address & 0xFFFF
    text = rng.choice(
        [
            f"{pair}lw r{rd}, r29, r0",
            f"{pair}sw r{rd}, r29, r0",
            f"{pair}lhui r{rd}, r29, {1 - (address & 1)}",
            f"{pair}shi r{rd}, r29, {1 - (address & 1)}",
            f"imm {high}\nlwi r{rd}, r0, {low}",
            f"imm {high}\nswi r{rd}, r0, {low}",
            f"idiv r{rd}, r0, r{ra}",
            f"idivu r{rd}, r0, r{ra}",
            f".word {0x1F << 26 | rng.getrandbits(26)}",
            f".word {0x3F << 26 | rng.getrandbits(26)}",
        ]
    )
    words = assemble(text)
    if rng.random() < 0.4 and not text.startswith("imm"):
        words = words[:-1] + _branch(rng) + words[-1:]
        words += assemble(f"addik r{_free(rng)}, r0, {rng.getrandbits(15)}")  # jumped over, or not
    return assemble(f"msrset r0, {EE}\nmsrclr r0, {EIP}") + words


def _branch(rng: random.Random) -> list[int]:
    """A branch with a delay slot that jumps over one instruction behind it, or does not."""
    link = rng.randrange(2, 14)
    text = rng.choice(
        [
            "brid 12",
            f"brlid r{link}, 12",
            f"beqid r{_free(rng)}, 12",
            f"bneid r{_free(rng)}, 12",
            f"bltid r{_free(rng)}, 12",
            "imm 0\nbrid 12",
            f"imm 0\nbgeid r{_free(rng)}, 12",
        ]
    )
    return assemble(text)


NUMBERS = (0, 0x8000_0000, 0x7F80_0000, 0xFF80_0000, 0x3F80_0000, 0xBF80_0000, 0x7F7F_FFFF)
PAIRS = ("fadd", "frsub", "fmul", "fdiv", "fcmp.un", "fcmp.lt", "fcmp.eq", "fcmp.le", "fcmp.gt",
         "fcmp.ne", "fcmp.ge")  # fmt: skip


def floating(rng: random.Random) -> list[int]:
    """An operation whose operands and result are neither NaN nor denormalized (D7, 6)."""
    rd, ra, rb = _free(rng), _free(rng), _free(rng)
    name = rng.choice((*PAIRS, *PAIRS[:4], "flt", "fint", "fsqrt"))
    a, b = _number(rng), _number(rng)
    if name == "fdiv" and a == NUMBERS[-1]:  # the quotient could be denormalized
        a = NUMBERS[4]
    if name in ("fadd", "frsub") and a not in NUMBERS and rng.random() < 0.5:
        # Near each other, but not so near that the difference is denormalized.
        b = a & ~0x8000_0000 ^ rng.getrandbits(24) ^ rng.getrandbits(1) << 31
    if name.startswith("fcmp") and rng.random() < 0.2:
        a, b = rng.choice([(a, a), (a, 0x7FC0_0000), (0x7F80_0001, b), (0x7FC0_0000, b)])
    if name in ("fcmp.le", "fcmp.ge") and a in NUMBERS:
        b = a
    elif name in ("fcmp.le", "fcmp.ge"):  # QEMU has rA and rB the wrong way round
        name = {"fcmp.le": "fcmp.lt", "fcmp.ge": "fcmp.gt"}[name]
    if name == "fint":  # of what needs no rounding: QEMU rounds to nearest
        exponent = rng.randrange(127, 158)
        fraction = rng.getrandbits(23) & ~((1 << max(0, 150 - exponent)) - 1)
        a = rng.getrandbits(1) << 31 | exponent << 23 | fraction
    if name == "flt":
        a = rng.getrandbits(rng.randrange(1, 33))
    operands = f"r{rd}, r{ra}" if name in ("flt", "fint", "fsqrt") else f"r{rd}, r{ra}, r{rb}"
    text = f"li r{ra}, {a}\n" + (f"li r{rb}, {b}\n" if rb != ra else "")
    clear = "mts rfsr, r0\n" if rng.random() < 0.3 else ""
    read = f"mfs r{_free(rng)}, rfsr\n" if rng.random() < 0.5 else ""
    return assemble(f"msrclr r0, {EE}\n{clear}{text}{name} {operands}\n{read}")


def _number(rng: random.Random) -> int:
    if rng.random() < 0.2:
        return rng.choice(NUMBERS)
    return rng.getrandbits(1) << 31 | rng.randrange(0x42, 0xBE) << 23 | rng.getrandbits(23)


def privileged(rng: random.Random) -> list[int]:
    """Something in user mode, often what is not allowed there."""
    rd, ra = _free(rng), _free(rng)
    text = rng.choice(
        [
            f"mts rmsr, r{ra}",
            f"msrset r{rd}, {EE}",
            f"msrclr r{rd}, {IE}",
            f"msrset r{rd}, 4",
            f"mfs r{rd}, rmsr\nandi r{rd}, r{rd}, {SEEN}",
            f"wic r{ra}, r{rd}",
            f"wdc r{ra}, r{rd}",
            f"mts rpid, r{ra}",
            f"mts rfsr, r{ra}",
            "rtid r14, 0",
            "rted r17, 0",
            f"addik r{rd}, r{ra}, 5",
            "mbar 1",
        ]
    )
    if rng.random() < 0.25 and not text.startswith(("mbar", "rt", "mfs")):
        text = f"brid 8\n{text}"
    return _within(UM | VM | EE, text)  # QEMU knows no user mode without translation


def _within(msr: int, text: str) -> list[int]:
    """`text` with another MSR, then back through the break vector."""
    return assemble(f"addik r30, r0, {msr}\nmts rmsr, r30\n{text}\nbrki r14, 8")


def translated(rng: random.Random) -> list[int]:
    """Loads, stores and jumps at virtual addresses, in either mode."""
    rd = _free(rng)
    address = (
        WINDOW + rng.choice([0, 0, 1 << 24, 1 << 22]) + rng.getrandbits(rng.choice([13, 18, 24]))
    )
    name, align = rng.choice(
        [("lw", 4), ("lw", 4), ("sw", 4), ("sw", 4), ("lhu", 2), ("sh", 2), ("lbu", 1), ("sb", 1)]
    )
    address &= -align  # QEMU looks at the alignment before the TLB
    high, low = address >> 16, address & 0xFFFF
    text = rng.choice(
        [
            f"li r29, {address}\n{name} r{rd}, r29, r0",
            f"imm {high}\n{name}i r{rd}, r0, {low}",
            f"li r29, {address}\nbrid 8\n{name}i r{rd}, r29, 0",
            f"li r29, {address}\nimm 0\nbrid 8\n{name}i r{rd}, r29, 0",
            f"li r29, {address}\nbneid r29, 8\n{name} r{rd}, r0, r29",
        ]
    )
    return _within(VM | EE | rng.choice([0, UM]), text)


def _zones(rng: random.Random) -> int:
    """A ZPR with all access in zone 15, and no zone closed: to QEMU that is a TLB miss."""
    zones = 0
    for _ in range(15):
        zones = zones << 2 | rng.randrange(1, 4)
    return zones << 2 | 3


def searching(rng: random.Random) -> list[int]:
    """TLBSX, TLBX, entries and PID as registers, and small changes of them."""
    rd = _free(rng)
    address = WINDOW + rng.getrandbits(rng.choice([13, 18, 25]))
    by_pid = f"mts rpid, r0\nmfs r{rd}, rtlbhi\nmfs r{_free(rng)}, rpid"
    return assemble(
        rng.choice(
            [
                f"li r30, {address}\nmts rtlbsx, r30\nmfs r{rd}, rtlbx",
                f"addik r30, r0, {rng.randrange(16)}\nmts rtlbx, r30\nmfs r{rd}, rtlblo",
                # QEMU forgets translations of the old PID when it is written, not by this read.
                f"addik r30, r0, {rng.randrange(16)}\nmts rtlbx, r30\n{by_pid}",
                f"addik r30, r0, {rng.randrange(4)}\nmts rpid, r30",
                f"li r30, {_zones(rng)}\nmts rzpr, r30\nmfs r{rd}, rzpr",
            ]
        )
    )


FLOATS = [row for row in floating_point.ROWS if row.template not in ("fcmp.le", "fcmp.ge", "fint")]


def anything(rng: random.Random) -> list[int]:
    """Any instruction that works on registers, whether the core has it or not."""
    row = rng.choice([*PLAIN, *PLAIN, *FLOATS])
    if row in FLOATS:
        return _optional(row, rng)
    return assemble(f"msrset r0, {EE}") + plain(rng)


def _optional(row: Row, rng: random.Random) -> list[int]:
    """A floating-point operation on 0, with exceptions enabled: it is there and exact, or not."""
    word = random_word(row, rng) & ~(0x3FF << 16 | 31 << 11) | _free(rng) << 21
    return [*assemble(f"msrset r0, {EE}"), word] if row.template != "fdiv" else plain(rng)


HERE = "mfs r29, rpc\naddik r29, r29, {}\n"  # the address so many bytes behind


def breaking(rng: random.Random) -> list[int]:
    """A break to the next instruction, and what it does to the MSR and to a reservation."""
    link, seen, carry = _free(rng), _free(rng), _free(rng)
    state = f"mfs r{seen}, rmsr\nandi r{seen}, r{seen}, {SEEN}\n"
    text = rng.choice(["brk r16, r29\n", f"brk r{link}, r29\n"])
    enter = HERE.format(12) + text + state
    back = HERE.format(12) + f"rtbd r29, 0\n{rng.choice(['or r0, r0, r0', state])}\n" + state
    other = f"msrclr r{_free(rng)}, {BIP}\n" + state
    reserve = f"li r30, {PAGES}\nlwx r30, r30, r0\n" if rng.random() < 0.5 else ""
    store = f"li r30, {PAGES}\nswx r{link}, r30, r0\naddc r{carry}, r0, r0\n" if reserve else ""
    return assemble(reserve + enter + store + rng.choice([back, back, other]))


def extended(rng: random.Random) -> list[int]:
    """Loads and stores at addresses of more than 32 bits, with zeros on top."""
    rd = _free(rng)
    name, align = rng.choice(
        [("lwea", 4), ("swea", 4), ("lhuea", 2), ("shea", 2), ("lbuea", 1), ("sbea", 1)]
    )
    address = PAGES + (rng.getrandbits(10) & -align)
    return assemble(f"li r29, {address}\naddik r30, r0, 0\n{name} r{rd}, r30, r29")


def streams(rng: random.Random) -> list[int]:
    """In user mode all stream instructions are privileged."""
    rd = _free(rng)
    text = rng.choice(
        [
            f"get r{rd}, rfsl{rng.randrange(16)}",
            f"put r{rd}, rfsl{rng.randrange(16)}",
            f"nget r{rd}, rfsl3",
            f"ncput r{rd}, rfsl1",
            f"getd r{rd}, r{_free(rng)}",
            f"putd r{rd}, r{_free(rng)}",
            f"naget r{rd}, rfsl0",
            "tnput rfsl7",
        ]
    )
    return _within(UM | VM | EE, f"brid 8\n{text}" if rng.random() < 0.25 else text)


MIXTURES: dict[str, tuple[Unit, ...]] = {
    "traps": (plain, plain, arithmetic_trap),
    "floating": (plain, floating, floating, floating),
    "modes": (plain, privileged),
    "without": (anything,),
    "less": (anything,),
    "translation": (plain, translated, translated, translated, searching),
    "breaks": (plain, breaking, breaking),
    "extended": (plain, extended, extended),
    "streams": (plain, streams),
}


# For QEMU and for us; the others have everything.
OPTIONS: dict[str, tuple[dict[str, int], dict[str, object]]] = {
    "without": (
        {"use-barrel": 0, "use-hw-mul": 0, "use-div": 0, "use-pcmp-instr": 0, "use-fpu": 0},
        {"barrel": False, "hw_mul": 0, "div": False, "pcmp": False, "fpu": 0},
    ),
    "less": ({"use-hw-mul": 1, "use-fpu": 1}, {"hw_mul": 1, "fpu": 1}),
    "extended": ({"addr-size": 36}, {"addr_size": 36}),
    "streams": ({}, {"stream_links": 16}),
}


def generate(kind: str, index: int, rng: random.Random) -> Program:
    """Program number `index` of that kind; its code is good for that place only."""
    units = MIXTURES[kind]
    body = [word for _ in range(UNITS) for word in rng.choice(units)(rng)]
    if kind in OPTIONS:  # absent instructions trap, which needs EE
        body = assemble(f"msrset r0, {EE}") + body
    setup = _tlb(rng) if kind in ("modes", "translation", "streams") else []
    return Program([rng.getrandbits(32) for _ in range(28)], setup, body)


def _tlb(rng: random.Random) -> list[int]:
    """Entries for the window at random, and those that the code itself needs."""
    entries = [(0, 63, START, 7, START, 0xF, 0x300)]
    for number in range(rng.randrange(2, 12)):
        size = rng.choice([1, 1, 1, 2, 3, 4, 5, 6, 7])
        span = 1024 << 2 * size
        virtual = WINDOW + rng.getrandbits(rng.choice([13, 18, 25])) & -span
        physical = PAGES + rng.getrandbits(20) & -span if size < 6 else START + (1 << 24)
        pid, zone = rng.randrange(4), rng.randrange(16)
        rights = rng.choice([0, 0x100, 0x200, 0x300])
        # Two entries for one address are a program's mistake.
        if not any(
            (one[0] in (0, pid) or not pid)
            and one[2] < virtual + span
            and virtual < one[2] + (1024 << 2 * one[3])
            for one in entries
        ):
            entries.append((pid, number, virtual, size, physical & -span, zone, rights))
    lines = []
    for pid, index, virtual, size, physical, zone, rights in entries:
        high = virtual | size << 7 | 0x40
        low = physical | rights | zone << 4
        lines += [
            f"addik r30, r0, {pid}\nmts rpid, r30\naddik r30, r0, {index}\nmts rtlbx, r30",
            f"li r30, {low}\nmts rtlblo, r30\nli r30, {high}\nmts rtlbhi, r30",
        ]
    lines.append(f"addik r30, r0, {rng.randrange(4)}\nmts rpid, r30")
    lines.append(f"li r30, {_zones(rng)}\nmts rzpr, r30")
    return assemble("\n".join(lines))


def code(index: int, program: Program, after: int) -> list[int]:
    """All words of a program that goes on at address `after`."""
    block = block_of(index)
    head = ["mts rmsr, r0", "mts rfsr, r0"]
    # No entry of an earlier program is left.
    head += [f"addik r1, r0, {number}\nmts rtlbx, r1\nmts rtlbhi, r0" for number in range(12)]
    head += [f"li r1, {block + LOG}\nswi r1, r0, {POINTER}"]
    words = assemble("\n".join(head)) + program.setup
    head = [f"li r{number}, {value}" for number, value in enumerate(program.registers, 1)]
    words += assemble("\n".join(head)) + program.body
    tail = ["mts rmsr, r0", f"li r31, {block}"]
    tail += [f"swi r{number}, r31, {4 * number}" for number in range(1, 29)]
    tail += ["mfs r30, rfsr\nswi r30, r31, 120"]
    tail += [f"imm {after >> 16}", f"brai {after & 0xFFFF}"]
    words += assemble("\n".join(tail))
    assert 4 * len(words) <= STRIDE, len(words)
    return words


def image(programs: list[Program], endian: str, last: list[int]) -> list[tuple[int, bytes]]:
    """The segments of a run of all programs; `last` comes at the end."""
    order = "<" if endian == "little" else ">"

    def pack(words: list[int]) -> bytes:
        return struct.pack(f"{order}{len(words)}I", *words)

    text = b""
    for index, program in enumerate(programs):
        text += pack(code(index, program, code_of(index + 1))).ljust(STRIDE, b"\0")
    low = pack(assemble(VECTORS)).ljust(0x100, b"\0") + pack(assemble(HANDLER))
    return [(0, low), (START, text + pack(last))]


def results_of(data: bytes, endian: str) -> list[list[int]]:
    """The words of each program's block."""
    order = "<" if endian == "little" else ">"
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    return [list(words[at : at + BLOCK // 4]) for at in range(0, len(words), BLOCK // 4)]

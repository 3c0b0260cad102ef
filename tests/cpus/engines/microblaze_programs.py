"""Random MicroBlaze programs of all that an engine can get wrong; they run for ever."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

from cosim.cpus.isa.instruction_set import random_word
from cosim.cpus.microblaze import arithmetic, floating_point, load_store, logic
from cosim.cpus.microblaze.core import MicroBlaze
from tests.cpus.engines.board import (
    ACKNOWLEDGE,
    CONSOLE,
    DEVICE,
    LOW_SIZE,
    START,
    TIME,
    TIMER,
    Board,
)
from tests.isa.microblaze_assembler import assemble, encode

BODY = START + 0x1000
FUNCTIONS = START + 0x1_0000
DATA = START + 0x2_0000  # some pages
WINDOW = 0x5000_0000  # virtual addresses of some of them
SAVED, COUNTS = 0x1000, 0x1100
IE, EE, VM, UMS, DCE = 0x2, 0x100, 0x2000, 0x1000, 0x80
OPTIONS: dict[str, object] = {
    "mmu": 3,
    "fpu": 2,
    "mmu_zones": 16,
    "unaligned_exceptions": True,
    "ill_opcode_exception": True,
    "div_zero_exception": True,
    "fpu_exception": True,
}

VECTORS = f"""
    imm {BODY >> 16}
    brai {BODY & 0xFFFF}
    brai 0x300              # 0x08
    or r0, r0, r0
    brai 0x200              # 0x10
    bri 0
    bri 0
    bri 0
    brai 0x100              # 0x20
"""
# After a fault of the MMU r17 is the instruction, else the one behind it; in a delay slot BTR is
# where the branch leads.
EXCEPTION = f"""
    swi r3, r0, {SAVED}
    swi r4, r0, {SAVED + 4}
    mfs r4, rmsr
    swi r4, r0, {SAVED + 8}
    lwi r3, r0, {COUNTS}
    mfs r4, resr
    bslli r3, r3, 1
    xor r3, r3, r4
    mfs r4, rear
    add r3, r3, r4
    add r3, r3, r17
    swi r3, r0, {COUNTS}
    mfs r4, resr
    andi r4, r4, 0x1000
    beqi r4, 12             # not in a delay slot
    mfs r17, rbtr
    bri 20                  # to the end
    mfs r4, resr
    andi r4, r4, 0x10       # a fault of the MMU
    beqi r4, 8
    addik r17, r17, 4
    lwi r4, r0, {COUNTS + 8}
    addik r4, r4, 1
    swi r4, r0, {COUNTS + 8}
    lwi r4, r0, {SAVED + 4}
    lwi r3, r0, {SAVED}
    rted r17, 0
    or r0, r0, r0
"""
INTERRUPT = f"""
    swi r3, r0, {SAVED + 16}
    imm {DEVICE >> 16}
    swi r0, r0, {ACKNOWLEDGE}
    lwi r3, r0, {COUNTS + 4}
    addik r3, r3, 1
    swi r3, r0, {COUNTS + 4}
    lwi r3, r0, {SAVED + 16}
    rtid r14, 0
    or r0, r0, r0
"""
BASE, HELPER, COUNTER = 29, 30, 28

# brki leaves its own address. In pages it goes on in the other mode.
BREAK = """
    rtbd r16, 4
    or r0, r0, r0
"""
OTHER_MODE = f"""
    mfs r{HELPER}, rmsr
    xori r{HELPER}, r{HELPER}, {UMS}
    mts rmsr, r{HELPER}
    {BREAK}
"""
PLAIN = [*arithmetic.ROWS, *logic.ROWS]
MEMORY = [row for row in load_store.ROWS if "ea" not in row.template]
CONDITIONS = ("eq", "ne", "lt", "le", "gt", "ge")


def free(rng: random.Random) -> int:
    """Not r14 to r17, which traps and calls change, nor what units rely on."""
    return rng.choice([*range(1, 14), *range(18, 28)])


def plain(rng: random.Random) -> list[int]:
    row = rng.choice(PLAIN if rng.random() < 0.95 else floating_point.ROWS)
    word = random_word(row, rng) & ~(31 << 21) | rng.choice([0, free(rng), free(rng)]) << 21
    return [encode(f"imm {rng.getrandbits(16)}"), word] if rng.random() < 0.15 else [word]


def memory(rng: random.Random, spread: float = 1.0) -> list[int]:
    """Mostly where it is aligned; now and then across a page, or outside all memory."""
    row = rng.choice(MEMORY)
    address = DATA + rng.choice([0, 0x1000, 0x2000, 0x3000]) + rng.randrange(-64, 64)
    if rng.random() < 0.8:
        address &= ~3
    if rng.random() < 0.02:
        address = rng.getrandbits(32)
    register = free(rng)
    if "i" in row.pattern.fields:
        offset = rng.randrange(-64, 64) & ~3
        return assemble(
            f"li r{BASE}, {address - offset}\n{row.template} r{register}, r{BASE}, {offset}"
        )
    return assemble(f"li r{BASE}, {address}\n{row.template} r{register}, r{BASE}, r0")


def window(rng: random.Random) -> list[int]:
    name = rng.choice(["lwi", "swi", "lhui", "shi", "lbui", "sbi"])
    address = WINDOW + rng.randrange(0, 0x6000) & ~3
    return assemble(f"li r{BASE}, {address}\n{name} r{free(rng)}, r{BASE}, 0")


def forward(rng: random.Random) -> list[int]:
    """A branch over a few instructions, often with a delay slot."""
    over = [word for _ in range(rng.randrange(1, 4)) for word in plain(rng)]
    delayed = rng.random() < 0.6
    slot = _slot(rng) if delayed else []
    distance = 4 * (1 + len(slot) + len(over))
    d = "d" if delayed else ""
    kind = rng.random()
    if kind < 0.5:
        text = f"b{rng.choice(CONDITIONS)}i{d} r{free(rng)}, {distance}"
        prefix: list[int] = []
    elif kind < 0.7:
        text, prefix = f"bri{d} {distance}", []
    elif kind < 0.85:
        prefix = assemble(f"addik r{HELPER}, r0, {distance}")
        text = f"b{rng.choice(CONDITIONS)}{d} r{free(rng)}, r{HELPER}"
    else:
        prefix = assemble(f"addik r{HELPER}, r0, {distance}")
        text = f"br{d} r{HELPER}"
    return [*prefix, encode(text), *slot, *over]


def _slot(rng: random.Random) -> list[int]:
    if rng.random() < 0.3:
        name = rng.choice(["lwi", "swi", "lw", "sw"])
        last = "r0" if name in ("lw", "sw") else str(rng.randrange(-32, 32) * rng.choice([1, 4]))
        return [encode(f"{name} r{free(rng)}, r{BASE}, {last}")]
    return [random_word(rng.choice(PLAIN), rng) & ~(31 << 21) | free(rng) << 21]


def loop(rng: random.Random) -> list[int]:
    """Backwards, a few times."""
    inner = [word for _ in range(rng.randrange(1, 4)) for word in rng.choice((plain, memory))(rng)]
    words = assemble(f"addik r{COUNTER}, r0, {rng.randrange(1, 12)}") + inner
    words += assemble(f"addik r{COUNTER}, r{COUNTER}, -1")
    back = -4 * (len(inner) + 1)
    if rng.random() < 0.5:
        return words + assemble(f"bgti r{COUNTER}, {back}")
    return [*words, encode(f"bgtid r{COUNTER}, {back}"), *_slot(rng)]


def call(rng: random.Random) -> list[int]:
    target = FUNCTIONS + 0x100 * rng.randrange(8)
    return [*assemble(f"imm {target >> 16}\nbralid r15, {target & 0xFFFF}"), *_slot(rng)]


def device(rng: random.Random) -> list[int]:
    place = rng.choice([TIMER, TIMER, CONSOLE, TIME, TIME])
    if place == TIMER:
        text = (
            f"addik r{HELPER}, r0, {rng.getrandbits(9)}\nimm {DEVICE >> 16}\nswi r{HELPER}, r0, 0"
        )
    elif place == CONSOLE:
        text = f"imm {DEVICE >> 16}\nswi r{free(rng)}, r0, {CONSOLE}"
    else:
        text = f"imm {DEVICE >> 16}\nlwi r{free(rng)}, r0, {TIME}"
    return assemble(text)


def special(rng: random.Random) -> list[int]:
    rd = free(rng)
    return assemble(
        rng.choice(
            [
                f"mfs r{rd}, rmsr",
                f"mfs r{rd}, rpc",
                f"msrset r{rd}, 4",
                f"msrclr r{rd}, {IE}",
                f"msrset r{rd}, {IE}",
                f"mbar {rng.randrange(2)}",
                f"lwx r{rd}, r{BASE}, r0",
                f"swx r{rd}, r{BASE}, r0",
                f"wic r{rd}, r{BASE}",
                "brki r16, 8",
            ]
        )
    )


def patching(rng: random.Random) -> list[int]:
    """A store into this program: over an instruction, or beside them."""
    address = BODY + 4 * rng.randrange(600)
    word = random_word(rng.choice(PLAIN), rng) & ~(31 << 21) | free(rng) << 21
    if rng.random() < 0.5:  # one's own next instruction
        return [
            *assemble(f"li r{HELPER}, {word}\nmfs r{BASE}, rpc\nswi r{HELPER}, r{BASE}, 8"),
            *plain(rng)[-1:],
        ]
    name = rng.choice(["swi", "swi", "sbi", "shi"])
    if rng.random() < 0.3:
        address += 0x800  # beside the code, mostly
    return assemble(f"li r{HELPER}, {word}\nli r{BASE}, {address}\n{name} r{HELPER}, r{BASE}, 0")


def mode(rng: random.Random) -> list[int]:
    """From privileged to user mode, or back."""
    return assemble("brki r16, 8")


def tlb(rng: random.Random) -> list[int]:
    """Another translation of a page of the window, or another PID."""
    if rng.random() < 0.3:
        return assemble(f"addik r{HELPER}, r0, {rng.randrange(3)}\nmts rpid, r{HELPER}")
    return assemble(_entry(rng))


def _entry(rng: random.Random) -> str:
    size = rng.choice([0, 1, 1, 1, 2])
    span = 1024 << 2 * size
    virtual = WINDOW + rng.randrange(0, 0x6000) & -span
    physical = DATA + rng.randrange(0, 0x6000) & -span
    rights = rng.choice([0x300, 0x300, 0x100, 0x000])
    index = (virtual - WINDOW) // 1024  # so that no two are for the same address
    high = virtual | size << 7 | rng.choice([0x40, 0x40, 0x40, 0])
    return f"""
        addik r{HELPER}, r0, {index % 60}
        mts rtlbx, r{HELPER}
        li r{HELPER}, {physical | rights | 0xF0}
        mts rtlblo, r{HELPER}
        li r{HELPER}, {high}
        mts rtlbhi, r{HELPER}
    """


Unit = Callable[[random.Random], list[int]]
UNITS: dict[str, list[Unit]] = {
    "plain": [plain] * 6 + [forward] * 3 + [loop] * 2 + [call, memory, memory],
    "memory": [memory] * 6 + [plain, forward, loop, special],
    "devices": [plain] * 3 + [forward, loop, call, device, device, memory, special],
    "patching": [plain] * 3 + [forward, loop, call, memory, patching, patching],
    "paged": [plain] * 2 + [forward, loop, call, memory, window, window, window, tlb, device, mode],
}


def prepare(seed: int, kind: str, engine: str, quantum: int, endian: str) -> Board:
    """A board with the program of that seed."""
    rng = random.Random(f"{kind} {seed}")
    order = "<" if endian == "little" else ">"

    def pack(words: list[int]) -> bytes:
        return struct.pack(f"{order}{len(words)}I", *words)

    board = Board(MicroBlaze, engine, quantum, "interrupt", endian=endian, **OPTIONS)
    port = board.core.port
    low = bytearray(LOW_SIZE)
    broken = OTHER_MODE if kind == "paged" else BREAK
    for at, text in ((0, VECTORS), (0x100, EXCEPTION), (0x200, INTERRUPT), (0x300, broken)):
        words = pack(assemble(text))
        low[at : at + len(words)] = words
    port.write_debug(0, bytes(low))
    port.write_debug(DATA - 0x1000, rng.randbytes(0x8000))
    body = []
    for _ in range(60):
        body += rng.choice(UNITS[kind])(rng)
    back = -4 * len(body)
    body += assemble(f"imm {back >> 16 & 0xFFFF}\nbri {(back - 4) & 0xFFFF}")
    head = _head(rng, kind)
    port.write_debug(BODY - 4 * len(head), pack(head + body))
    for number in range(8):
        words = [word for _ in range(3) for word in plain(rng)]
        words += [encode("rtsd r15, 8"), *_slot(rng)]
        port.write_debug(FUNCTIONS + 0x100 * number, pack(words))
    for number in range(1, 32):
        board.core.r[number] = rng.choice([rng.getrandbits(32), rng.randrange(-9, 9)]) & 0xFFFF_FFFF
    board.core.r[BASE] = DATA
    board.core.state["pc"] = BODY - 4 * len(head)
    return board


def _head(rng: random.Random, kind: str) -> list[int]:
    """What enables interrupts and exceptions, and translation."""
    if kind != "paged":
        return assemble(f"addik r{HELPER}, r0, {IE | EE}\nmts rmsr, r{HELPER}")
    text = [
        f"addik r{HELPER}, r0, 3\nmts rzpr, r{HELPER}",
        f"addik r{HELPER}, r0, 62\nmts rtlbx, r{HELPER}",
        f"li r{HELPER}, {START | 0x3F0}\nmts rtlblo, r{HELPER}",
        f"li r{HELPER}, {START | 5 << 7 | 0x40}\nmts rtlbhi, r{HELPER}",
        f"addik r{HELPER}, r0, 63\nmts rtlbx, r{HELPER}",
        f"li r{HELPER}, {DEVICE | 0x3F0}\nmts rtlblo, r{HELPER}",
        f"li r{HELPER}, {DEVICE | 1 << 7 | 0x40}\nmts rtlbhi, r{HELPER}",
        *[_entry(rng) for _ in range(4)],
        f"addik r{HELPER}, r0, {IE | EE | VM}\nmts rmsr, r{HELPER}",
    ]
    return assemble("\n".join(text))


def faults(board: Board) -> int:
    """How many exceptions the handler has counted."""
    order = board.core.port.endian
    return int.from_bytes(board.low.buffer[COUNTS + 8 : COUNTS + 12], order)

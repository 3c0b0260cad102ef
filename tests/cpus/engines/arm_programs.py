"""Random ARM and Thumb programs of all that an engine can get wrong; they run for ever."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from cosim.cpus.arm import cp15, vfp_state
from cosim.cpus.arm.addressing import Address
from cosim.cpus.arm.core import CortexA15
from cosim.cpus.arm.disassembly import encode, text
from cosim.cpus.arm.instruction_set import ArmInstructionSet
from cosim.cpus.arm.registers import IT_SHIFT, THUMB, Mode, switch_mode
from cosim.cpus.arm.status import advance_it
from cosim.cpus.isa.instruction import Instruction, Row
from cosim.cpus.isa.instruction_set import random_word
from tests.cpus.engines.board import ACKNOWLEDGE, CONSOLE, DEVICE, START, TIME, TIMER, Board

BODY = START + 0x1000
FUNCTIONS = START + 0x1_0000
DATA = START + 0x2_0000
TABLE, OTHER, PAGES = START + 0x3_0000, START + 0x3_4000, START + 0x3_8000
WINDOW = 0x5000_0000
COUNTER, HELPER, BASE = 7, 4, 5
STACK = 0x1000  # of the data abort handler, which counts in its third word
LR = 14
VARIANTS = ("arm", "thumb")
DOMAIN = 1
BY_NAME = {one.name: one for one in cp15.BY_ENCODING.values()}
APART = re.compile(rf"\b(pc|r{COUNTER}|wfi|wfe|yield)\b")
SYSTEM = {"svc", "bkpt", "mcr", "mrc", "mcrr", "mrrc", "cps", "msr", "b", "bl", "blx", "bx", "cbz",
          "cbnz", "tbb", "tbh", "it", "rfe", "srs", "setend", "ldrexd", "eret", "bxj"}  # fmt: skip
NOP = b"\x00\xbf"  # behind a Thumb instruction of one halfword
SECTION, PAGE = 0xC02 | 0x100C, 0x32 | 0x4C

# A handler is at 0x40 times its vector's number.
HANDLERS = {
    1: [0xE1B0_F00E],  # undefined: movs pc, lr
    2: [0xE1B0_F00E],  # svc
    4: [0xE58D_0000, 0xE59D_0008, 0xE280_0001, 0xE58D_0008, 0xE59D_0000, 0xE25E_F004],  # data
    7: [0xE25E_F004],
}


class Code:
    """A program that is being written, in ARM or in Thumb state."""

    def __init__(self, rng: random.Random, thumb: bool, isa: ArmInstructionSet) -> None:
        self.rng = rng
        self.thumb = THUMB if thumb else 0
        rows = isa.thumb.rows if thumb else isa.rows
        self.isa = isa
        self.rows = [row for row in rows if in_scope(row)]
        self.memory_rows = [row for row in self.rows if _accesses(row)]
        self.data = b""

    def word(self, word: int, context: int | None = None) -> None:
        self.data += encode(word, self.thumb if context is None else context)

    def some(self, rows: list[Row], context: int, avoid: str = "") -> Instruction:
        """A random instruction of these rows that does not leave the program."""
        rng = self.rng
        while True:
            word = random_word(rng.choice(rows), rng)
            if not self.thumb and word >> 28 < 14 and rng.random() < 0.6:
                word = word & 0x0FFF_FFFF | 0xE000_0000
            found = self.isa.decode(word, context)
            if found is None or found.row.template in SYSTEM:
                continue
            written = text(START, word, context)
            if not APART.search(written) and not (avoid and avoid in written):
                return found

    # What stands for an assembler

    def li(self, register: int, value: int) -> None:
        low, high = value & 0xFFFF, value >> 16
        if self.thumb:
            for base, half in ((0xF240_0000, low), (0xF2C0_0000, high)):
                fields = half >> 12 << 16 | (half >> 11 & 1) << 26 | (half >> 8 & 7) << 12
                self.word(base | fields | register << 8 | half & 0xFF)
        else:
            for base, half in ((0xE300_0000, low), (0xE340_0000, high)):
                self.word(base | half >> 12 << 16 | register << 12 | half & 0xFFF)

    def transfer(self, load: bool, register: int, base: int, offset: int = 0) -> None:
        if self.thumb:
            self.word((0xF8D0_0000 if load else 0xF8C0_0000) | base << 16 | register << 12 | offset)
        else:
            self.word((0xE590_0000 if load else 0xE580_0000) | base << 16 | register << 12 | offset)

    def branch(self, target: int, condition: int = 14, link: bool = False) -> None:
        """To `target`, relative to this code's begin."""
        if not self.thumb:
            offset = target - len(self.data) - 8 >> 2 & 0xFF_FFFF
            self.word(condition << 28 | (0x0B00_0000 if link else 0x0A00_0000) | offset)
            return
        offset = target - len(self.data) - 4
        sign, low = offset >> 31 & 1 if offset < 0 else 0, offset >> 1 & 0x7FF
        if condition < 14:
            self.word(
                0xF000_8000 | sign << 26 | condition << 22 | (offset >> 12 & 0x3F) << 16
                | (offset >> 18 & 1) << 13 | (offset >> 19 & 1) << 11 | low
            )  # fmt: skip
            return
        one, two = (offset >> bit & 1 ^ 1 ^ sign for bit in (23, 22))
        self.word(
            (0xF000_D000 if link else 0xF000_9000) | sign << 26 | (offset >> 12 & 0x3FF) << 16
            | one << 13 | two << 11 | low
        )  # fmt: skip

    def count_down(self) -> None:
        self.word(
            0x3801 | COUNTER << 8 if self.thumb else 0xE250_0001 | COUNTER << 16 | COUNTER << 12
        )

    def coprocessor(self, name: str, register: int, read: bool = False) -> None:
        key = next(key for key, one in cp15.BY_ENCODING.items() if one.name == name)
        op1, crn, crm, op2 = key
        self.word(
            0xEE00_0F10 | read << 20 | op1 << 21 | crn << 16 | register << 12 | op2 << 5 | crm
        )


def in_scope(row: Row) -> bool:
    return row.template not in SYSTEM and not row.section.startswith("B9")


def _accesses(row: Row) -> bool:
    names = {operand.name for operand in row.operands}
    return bool(names & {"address", "pair_address", "loaded_pair_address", "registers", "loaded"})


def plain(code: Code) -> None:
    """One instruction, or an IT block."""
    rng = code.rng
    if code.thumb and rng.random() < 0.2:
        mask, condition = rng.randrange(1, 16), rng.randrange(14)
        context = THUMB | (condition << 4 | mask) << IT_SHIFT
        code.word(0xBF00 | condition << 4 | mask)
        while context >> IT_SHIFT:
            code.word(code.some(code.rows, context).word, context)
            context = advance_it(context)
        return
    code.word(code.some(code.rows, code.thumb).word)


def memory(code: Code, area: int = DATA, spread: int = 0x4000) -> None:
    """Mostly aligned; now and then across a page, or outside all memory."""
    rng = code.rng
    one = code.some(code.memory_rows, code.thumb)
    names = [operand.name for operand in one.row.operands]
    found = [operand for operand in one.operands if isinstance(operand, Address)]
    base = found[0].base if found else one.operand("rn") if "rn" in names else 13
    address = area + rng.randrange(0x1000, spread)
    if rng.random() < 0.4:
        address = area + 0x1000 * rng.randrange(1, spread >> 12) + rng.randrange(-32, 32)
    if rng.random() < 0.7:
        address &= ~7
    if rng.random() < 0.02:
        address = rng.getrandbits(32)
    if found and found[0].scaled and int(found[0].offset.rm) != COUNTER:
        code.li(int(found[0].offset.rm), rng.getrandbits(8))
    if type(base) is not str and 0 <= int(base) < 15 and int(base) != COUNTER:
        code.li(int(base), address)
    code.word(one.word)


def window(code: Code) -> None:
    memory(code, WINDOW - 0x1000, 0x9000)


def forward(code: Code) -> None:
    rng = code.rng
    inner = Code(rng, bool(code.thumb), code.isa)
    for _ in range(rng.randrange(1, 4)):
        plain(inner)
    size = 4
    code.branch(len(code.data) + size + len(inner.data), rng.choice([*range(14), 14]))
    code.data += inner.data


def loop(code: Code) -> None:
    rng = code.rng
    code.li(COUNTER, rng.randrange(1, 12))
    begin = len(code.data)
    for _ in range(rng.randrange(1, 4)):
        rng.choice((plain, memory))(code)
    code.count_down()
    code.branch(begin, 1)


def call(code: Code) -> None:
    """By BL, or by a register, also into the other state."""
    rng = code.rng
    number = rng.randrange(8)
    target = FUNCTIONS + 0x200 * number + 0x1000 * rng.getrandbits(1)
    other = target & 0x1000 != 0
    if not other and rng.random() < 0.5:
        code.branch(FUNCTIONS + 0x200 * number + (0x1000 if code.thumb else 0) - BODY, link=True)
        return
    code.li(HELPER, target | other)
    code.word(0x4780 | HELPER << 3 if code.thumb else 0xE12F_FF30 | HELPER)


def device(code: Code) -> None:
    rng = code.rng
    code.li(BASE, DEVICE)
    place = rng.choice([TIMER, TIMER, CONSOLE, TIME, TIME])
    if place == TIMER:
        code.li(HELPER, rng.getrandbits(9))
    code.transfer(place == TIME, HELPER, BASE, place)


def special(code: Code) -> None:
    rng = code.rng
    kind = rng.randrange(8)
    if kind == 0:
        code.word(0xB662 if code.thumb else 0xF108_0080)  # cpsie i
    elif kind == 1:
        code.word(0xB672 if code.thumb else 0xF10C_0080)  # cpsid i
    elif kind == 2:
        code.word(0xDF00 if code.thumb else 0xEF00_0000)
    elif kind == 3:
        code.word(0xDE01 if code.thumb else 0xE7F0_00F0)  # udf
    elif kind == 4:
        code.coprocessor("SCTLR", HELPER, read=True)
        if code.thumb:
            code.word(0xF084_0402)  # eor r4, r4, #2: alignment faults
        else:
            code.word(0xE224_4002)
        code.coprocessor("SCTLR", HELPER)
    elif kind == 5:
        code.li(HELPER, rng.getrandbits(32))
        code.coprocessor("TPIDRURW", HELPER)
        code.coprocessor("TPIDRURW", rng.randrange(4), read=True)
    elif kind == 6:  # a big-endian stretch
        code.word(0xB658 if code.thumb else 0xF101_0200)
        memory(code)
        code.word(0xB650 if code.thumb else 0xF101_0000)
    else:
        code.li(BASE, DATA + 8 * rng.randrange(1, 64))
        if code.thumb:
            code.word(0xE850_0F00 | BASE << 16 | HELPER << 12)
            code.word(0xE840_0000 | BASE << 16 | HELPER << 12 | 3 << 8)
        else:
            code.word(0xE190_0F9F | BASE << 16 | HELPER << 12)
            code.word(0xE180_0F90 | BASE << 16 | 3 << 12 | HELPER)


def patching(code: Code) -> None:
    """A store into this program: over an instruction, or beside them."""
    rng = code.rng
    address = BODY + 2 * rng.randrange(900)
    if not code.thumb:
        address &= ~3
    one = code.some(code.rows, code.thumb)
    data = encode(one.word, code.thumb)
    if rng.random() < 0.4:  # one's own next instruction
        address = BODY + len(code.data) + (16 if not code.thumb else 20) + 4 * rng.randrange(2)
    if rng.random() < 0.2:
        address += 0x800  # beside the code, mostly
    code.li(HELPER, int.from_bytes((data + NOP)[:4], "little"))
    code.li(BASE, address & 0xFFFF_FFFF)
    code.transfer(False, HELPER, BASE)
    plain(code)


def _descriptor(rng: random.Random) -> int:
    page = DATA + 0x1000 * rng.randrange(8)
    kind = rng.random()
    if kind < 0.7:
        return page | PAGE
    if kind < 0.8:
        return page | 0x24E  # read-only
    return 0 if kind < 0.9 else page | 0x1E  # privileged only


def tlb(code: Code) -> None:
    """Another translation of the window, with or without maintenance; or other tables."""
    rng = code.rng
    kind = rng.random()
    if kind < 0.5:
        index = rng.randrange(10)
        code.li(BASE, PAGES + 4 * index + 0x400 * rng.getrandbits(1))
        code.li(HELPER, _descriptor(rng))
        code.transfer(False, HELPER, BASE)
        if rng.random() < 0.3:
            return
        code.li(HELPER, WINDOW + 0x1000 * index)
        code.coprocessor(rng.choice(["TLBIMVA", "TLBIALL", "TLBIMVAA"]), HELPER)
    elif kind < 0.7:
        code.li(HELPER, rng.choice([TABLE, OTHER]))
        code.coprocessor("TTBR0", HELPER)
    elif kind < 0.85:
        code.li(HELPER, rng.randrange(3))
        code.coprocessor("CONTEXTIDR", HELPER)
    else:
        code.li(HELPER, 1 | rng.choice([0, 1, 1, 3]) << 2 * DOMAIN)
        code.coprocessor("DACR", HELPER)


Unit = Callable[[Code], None]
UNITS: dict[str, list[Unit]] = {
    "plain": [plain] * 6 + [forward] * 3 + [loop] * 2 + [call, memory, memory],
    "memory": [memory] * 6 + [plain, forward, loop, special],
    "devices": [plain] * 3 + [forward, loop, call, device, device, memory, special],
    "patching": [plain] * 3 + [forward, loop, call, memory, patching, patching],
    "paged": [plain] * 2 + [forward, loop, call, memory, window, window, window, tlb, device],
}


def prepare(seed: int, kind: str, engine: str, quantum: int, variant: str) -> Board:
    """A board with the program of that seed."""
    rng = random.Random(f"{kind} {seed} {variant}")
    board = Board(CortexA15, engine, quantum, "irq")
    core = board.core
    assert isinstance(core, CortexA15) and isinstance(core.isa, ArmInstructionSet)
    thumb = variant == "thumb"
    code = Code(rng, thumb, core.isa)
    for _ in range(60):
        rng.choice(UNITS[kind])(code)
    code.branch(0)
    port = core.port
    port.write_debug(DATA - 0x1000, rng.randbytes(0xA000))
    port.write_debug(BODY, code.data)
    for number in range(16):
        function = Code(rng, number > 7, core.isa)
        for _ in range(3):
            function.word(function.some(function.rows, function.thumb, "lr").word)
        function.word(0x4770 if number > 7 else 0xE12F_FF1E)
        port.write_debug(FUNCTIONS + 0x200 * number, function.data)
    _handlers(board, thumb, core.isa)
    _system(board, rng, kind)
    for number in range(15):
        core.r[number] = rng.choice([rng.getrandbits(32), rng.randrange(64)])
    core.r[13] = DATA + 0x2000
    core.state["pc"], core.state["context"] = BODY, code.thumb
    return board


def _handlers(board: Board, thumb: bool, isa: ArmInstructionSet) -> None:
    port, again, ring = board.core.port, Code(random.Random(0), False, isa), None
    again.li(LR, BODY)  # a fetch that failed starts the program again
    again.word(0xE36F_F000 | 0x13 | 0x20 * thumb)  # msr spsr_fsxc
    again.word(0xE1B0_F00E)
    ring = Code(random.Random(0), False, isa)
    ring.transfer(False, 0, 13)
    ring.li(0, DEVICE)
    ring.transfer(False, 0, 0, ACKNOWLEDGE)
    ring.transfer(True, 0, 13)
    ring.word(0xE25E_F004)
    handlers = {key: b"".join(encode(word, 0) for word in words) for key, words in HANDLERS.items()}
    for vector, data in {**handlers, 3: again.data, 6: ring.data}.items():
        jump = Code(random.Random(0), False, isa)
        jump.branch(0x40 * vector - 4 * vector)
        port.write_debug(4 * vector, jump.data)
        port.write_debug(0x40 * vector, data)


def _system(board: Board, rng: random.Random, kind: str) -> None:
    core = board.core
    assert isinstance(core, CortexA15)

    def write(name: str, value: int) -> None:
        BY_NAME[name].write(core, value)

    def poke(address: int, *words: int) -> None:
        core.port.write_debug(address, b"".join(word.to_bytes(4, "little") for word in words))

    state = core.state
    state["r13_abt"], state["r13_irq"], state["r13_und"] = STACK, STACK + 0x100, STACK + 0x200
    write("CPACR", 0xF << 20)
    vfp_state.write_fpexc(core, vfp_state.EN)
    if kind == "paged":
        for number, table in enumerate((TABLE, OTHER)):
            poke(table, SECTION)
            poke(table + (START >> 20) * 4, START | SECTION)
            poke(table + (DEVICE >> 20) * 4, DEVICE | 0xC02 | 4)
            poke(table + (WINDOW >> 20) * 4, PAGES + 0x400 * number | DOMAIN << 5 | 1)
            poke(PAGES + 0x400 * number, *(_descriptor(rng) for _ in range(10)))
        write("TTBR0", TABLE)
        write("DACR", 1 | 1 << 2 * DOMAIN)
        write("SCTLR", BY_NAME["SCTLR"].read(core) | 1)
    state["a_mask"] = state["i_mask"] = state["f_mask"] = 0
    switch_mode(state, Mode.USR if rng.random() < 0.2 else Mode.SVC)
    core.mode_changed()


def faults(board: Board) -> int:
    """How many data aborts the handler has counted."""
    return int.from_bytes(board.low.buffer[STACK + 8 : STACK + 12], "little")

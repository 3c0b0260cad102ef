"""Random programs on the performance monitor and the Generic Timer, run here and on QEMU.

Counters that count and a timer that runs give other numbers on each machine. The generator follows
what a program does and looks only at what the architecture settles: values written and read, which
accesses are undefined, whether something moved, what software counted, whether a condition holds.
Record QEMU's results again: python -m tests.isa.arm_counters
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.isa.arm_memory_dump import dump_of_qemu

RECORDED = Path(__file__).parent / "recorded" / "arm_counters.json.gz"
START, RESULTS, BLOCK = 0x6000_0000, 0x6080_0000, 0x800
COUNT, STEPS = 100, 40
PMU, TIMER, MASKS = "counters", "timer", "masks"
UNDEFINED = 0x0BAD_0BAD  # what the log has for an undefined access
DONE = 0x600D_600D
PATIENCE = 10_000_000  # turns of a loop, for QEMU sets ISTATUS from another thread of its own

# With memory where the programs have it.
QEMU_OPTIONS = {
    "arm.cortex-a9": ["-M", "vexpress-a9"],
    "arm.cortex-a7": ["-M", "virt", "-m", "1G", "-cpu", "cortex-a7"],
    "arm.cortex-a15": ["-M", "virt", "-m", "1G", "-cpu", "cortex-a15"],
}
COUNTERS = {"arm.cortex-a9": 6, "arm.cortex-a7": 4, "arm.cortex-a15": 6}
RANDOM = [(PMU, core) for core in QEMU_OPTIONS]
RANDOM += [(TIMER, core) for core in QEMU_OPTIONS if core != "arm.cortex-a9"]
KINDS = [*RANDOM, *((MASKS, core) for core in QEMU_OPTIONS)]

# fmt: off
PLACES = {  # opc1, CRn, CRm, opc2
    "PMCR":       (0, 9, 12, 0), "PMCNTENSET": (0, 9, 12, 1), "PMCNTENCLR": (0, 9, 12, 2),
    "PMOVSR":     (0, 9, 12, 3), "PMSWINC":    (0, 9, 12, 4), "PMSELR":     (0, 9, 12, 5),
    "PMCCNTR":    (0, 9, 13, 0), "PMXEVTYPER": (0, 9, 13, 1), "PMXEVCNTR":  (0, 9, 13, 2),
    "PMUSERENR":  (0, 9, 14, 0), "PMINTENSET": (0, 9, 14, 1), "PMINTENCLR": (0, 9, 14, 2),
    "CNTFRQ":     (0, 14, 0, 0), "CNTKCTL":    (0, 14, 1, 0),
    "CNTP_TVAL":  (0, 14, 2, 0), "CNTP_CTL":   (0, 14, 2, 1),
    "CNTV_TVAL":  (0, 14, 3, 0), "CNTV_CTL":   (0, 14, 3, 1),
}
PAIRS = {"CNTPCT": 0, "CNTVCT": 1, "CNTP_CVAL": 2, "CNTV_CVAL": 3}  # opc1; CRm is 14
# fmt: on
WORD, SIGN = 0xFFFF_FFFF, 1 << 31
CYCLES = 31
SVC, HERE = 0xEF00_0000, 0xEAFF_FFFE


# Words of A32. The log's place is in r12; r4 and r5 are what is logged, r6 and r7 what is written.


def load(register: int, value: int) -> list[int]:
    """MOVW and MOVT (A8.8.102, A8.8.106)."""
    halves = ((0xE300_0000, value & 0xFFFF), (0xE340_0000, value >> 16))
    return [opcode | half >> 12 << 16 | register << 12 | half & 0xFFF for opcode, half in halves]


def access(name: str, reading: bool, register: int) -> int:
    """MRC or MCR; of a pair MRRC or MCRR with this register and the next."""
    if name in PAIRS:
        word = 0xEC50_0F0E if reading else 0xEC40_0F0E
        return word | (register + 1) << 16 | register << 12 | PAIRS[name] << 4
    opc1, crn, crm, opc2 = PLACES[name]
    word = 0xEE10_0F10 if reading else 0xEE00_0F10
    return word | opc1 << 21 | crn << 16 | register << 12 | opc2 << 5 | crm


LOG = [0xE48C_4004]  # str r4, [r12], #4
LOG_PAIR = [*LOG, 0xE48C_5004]
CLEAR = [0xE3A0_4000, 0xE3A0_5000]  # mov r4, #0; mov r5, #0
DIFFERS = [0xE054_4005, 0x13A0_4001]  # subs r4, r4, r5; movne r4, #1
LOOP = [0xE251_1001, 0x1AFF_FFFD]  # subs r1, r1, #1; bne .-4
# By an exception return, for QEMU does not tell its counters of CPS and MSR:
# mrs r4, cpsr; bic r4, r4, #15; msr spsr_fsxc, r4; add lr, pc, #0; movs pc, lr
TO_USER = [0xE10F_4000, 0xE3C4_400F, 0xE16F_F004, 0xE28F_E000, 0xE1B0_F00E]
KEEP = [0xE1A0_6004]  # mov r6, r4
MOVED = [0xE054_4006, 0x13A0_4001]  # subs r4, r4, r6; movne r4, #1


def read(name: str) -> list[int]:
    """Log the register, or that it is undefined."""
    return [*CLEAR, access(name, True, 4), *(LOG_PAIR if name in PAIRS else LOG)]


def write(name: str, value: int) -> list[int]:
    """Write the register and log whether it is undefined."""
    pair = load(7, value >> 32) if name in PAIRS else []
    return [*load(6, value & WORD), *pair, *CLEAR, access(name, False, 6), *LOG]


def moves(name: str, turns: int = 400) -> list[int]:
    """Log whether the register changes within so many turns of a loop."""
    again = access(name, True, 4)
    return [*CLEAR, again, *KEEP, *load(1, turns), *LOOP, again, *MOVED, *LOG]


def as_user(words: list[int]) -> list[int]:
    """In User mode; SVC leads back."""
    return [*TO_USER, *words, SVC]


def prologue() -> list[int]:
    """Vectors, then the log's place; programs come behind."""
    handler = [*load(4, UNDEFINED), 0xE1B0_F00E]  # movs pc, lr
    back = 0xE1A0_F00E  # mov pc, lr: still in Supervisor mode
    vectors = [HERE] * 8
    # branch of A32: offset in words from two words on
    vectors[1] = 0xEA00_0000 | 8 - 1 - 2
    vectors[2] = 0xEA00_0000 | 8 + len(handler) - 2 - 2
    return [*vectors, *handler, back]


Step = Callable[[], list[int]]


class Generator:
    """One program, by steps."""

    def __init__(self, rng: random.Random, core: str) -> None:
        self.rng = rng
        self.core = core

    def program(self) -> list[int]:
        words = self.start()
        for _ in range(STEPS):
            words += self.rng.choice(self.steps())()
        return words

    def start(self) -> list[int]:
        raise NotImplementedError

    def steps(self) -> list[Step]:
        raise NotImplementedError

    def maybe_user(self, words: list[int]) -> list[int]:
        return as_user(words) if self.rng.random() < 0.25 else words


class Monitor(Generator):
    """Programs on the performance monitor."""

    def __init__(self, rng: random.Random, core: str) -> None:
        super().__init__(rng, core)
        self.number = COUNTERS[core]
        self.filters = self.counts = (
            core != "arm.cortex-a9"
        )  # PMUv2; QEMU's Cortex-A9 counts nothing
        self.enabled = self.selected = self.user = 0
        self.on = False
        self.cycles_settled = True

    def start(self) -> list[int]:
        words = write("PMCR", 6) + write("PMCNTENCLR", SIGN | (1 << self.number) - 1)
        words += write("PMOVSR", SIGN | (1 << self.number) - 1)
        words += write("PMINTENCLR", SIGN | (1 << self.number) - 1) + write("PMUSERENR", 0)
        for number in (*range(self.number), *([CYCLES] if self.filters else [])):
            words += write("PMSELR", number) + write("PMXEVTYPER", 0)
        return words + write("PMSELR", 0)

    def steps(self) -> list[Step]:
        return [self.control, self.enable, self.disable, self.increment, self.increment,
                self.select, self.look, self.look, self.type_, self.value, self.value,
                self.interrupts, self.clear, self.let_user, self.cycles, self.watch]  # fmt: skip

    def bits(self) -> int:
        """Of counters, with some that are not there."""
        return self.rng.getrandbits(32) & self.rng.choice([0xFF, SIGN | 0xFF, WORD])

    def change(self, name: str, value: int) -> tuple[list[int], bool]:
        """The write, and whether it has an effect."""
        user = self.rng.random() < 0.2
        words = write(name, value)
        return (as_user(words), bool(self.user)) if user else (words, True)

    def _runs(self) -> None:
        if self.on and self.enabled & SIGN:
            self.cycles_settled = False

    def begin(self) -> list[int]:
        """Often, let all counters count and User mode look."""
        if not self.counts or self.rng.random() < 0.3:
            return []
        self.on, self.enabled, self.user = True, SIGN | (1 << self.number) - 1, 1
        self._runs()
        return write("PMCNTENSET", self.enabled) + write("PMCR", 1) + write("PMUSERENR", 1)

    def control(self) -> list[int]:
        value = self.rng.getrandbits(6) & self.rng.choice([1, 7, 0x3F])
        words, done = self.change("PMCR", value)
        if done:
            if value & 4:
                self.cycles_settled = True
            self.on = bool(value & 1)
            self._runs()
        return words + read("PMCR")

    def enable(self) -> list[int]:
        value = self.bits()
        words, done = self.change("PMCNTENSET", value)
        if done:
            self.enabled |= value & (SIGN | (1 << self.number) - 1)
            self._runs()
        return words + self.maybe_user(read("PMCNTENSET"))

    def disable(self) -> list[int]:
        value = self.bits()
        words, done = self.change("PMCNTENCLR", value)
        if done:
            self.enabled &= ~value
        return words + self.maybe_user(read("PMCNTENCLR"))

    def increment(self) -> list[int]:
        if self.on and not self.counts:
            return []
        begin = self.begin()
        words, _ = self.change("PMSWINC", self.bits() & ~SIGN)
        return begin + words + self.maybe_user(read("PMOVSR"))

    def select(self) -> list[int]:
        # Others than those that are there are UNPREDICTABLE (B4.1.121), and so is 31 without PMUv2.
        numbers = [*range(self.number), *([CYCLES] if self.filters else [])]
        value = self.rng.choice(numbers)
        words, done = self.change("PMSELR", value)
        if done:
            self.selected = value
        return words + self.maybe_user(read("PMSELR"))

    def look(self) -> list[int]:
        names = [
            "PMCR",
            "PMCNTENSET",
            "PMOVSR",
            "PMSELR",
            "PMXEVTYPER",
            "PMUSERENR",
            "PMINTENSET",
            "PMINTENCLR",
            "PMSWINC",
        ]
        if self.selected != CYCLES:
            names += ["PMXEVCNTR"] * 4
        return self.maybe_user(read(self.rng.choice(names)))

    def type_(self) -> list[int]:
        """Events: software's, and one that no core has; with filters where they are."""
        value = 0 if self.selected == CYCLES else self.rng.choice([0, 0, 0, 0x7E])
        if self.filters and self.rng.random() < 0.5:
            value |= self.rng.getrandbits(2) << 30
        words, _ = self.change("PMXEVTYPER", value)
        return words + self.maybe_user(read("PMXEVTYPER"))

    def value(self) -> list[int]:
        if self.selected == CYCLES:
            return []
        value = self.rng.choice([WORD, WORD, WORD - 1, SIGN - 1, self.rng.getrandbits(32)])
        words, _ = self.change("PMXEVCNTR", value)
        return words + self.maybe_user(read("PMXEVCNTR"))

    def interrupts(self) -> list[int]:
        # No line is connected; the bits are only kept.
        words = write(self.rng.choice(["PMINTENSET", "PMINTENCLR"]), self.bits())
        return self.maybe_user(words) + self.maybe_user(read("PMINTENSET"))

    def clear(self) -> list[int]:
        words, _ = self.change("PMOVSR", self.bits())
        return words + read("PMOVSR")

    def let_user(self) -> list[int]:
        value = self.rng.choice([0, 1, 1])
        words = write("PMUSERENR", value)
        if self.rng.random() < 0.3:
            return as_user(words) + as_user(read("PMUSERENR"))  # it can not let itself
        self.user = value
        return words + self.maybe_user(read("PMUSERENR"))

    def cycles(self) -> list[int]:
        """PMCCNTR, where it stands still."""
        if self.on and self.enabled & SIGN:
            return []
        if not self.cycles_settled or self.rng.random() < 0.5:
            words, done = self.change("PMCCNTR", self.rng.getrandbits(28))
            self.cycles_settled |= done
            return words
        return self.maybe_user(read("PMCCNTR"))

    def watch(self) -> list[int]:
        """Whether it moves, in either mode: filters and all."""
        return self.begin() + self.maybe_user(moves("PMCCNTR")) if self.counts else []


class Timers(Generator):
    """Programs on the Generic Timer; both comparators are used alike."""

    def start(self) -> list[int]:
        words = load(1, 2000) + LOOP + write("CNTKCTL", 0)  # some time has gone
        for name in "PV":
            words += write(f"CNT{name}_CTL", 0) + write(f"CNT{name}_CVAL", 0)
        return words

    def steps(self) -> list[Step]:
        return [self.control, self.control, self.compare, self.compare, self.value, self.value,
                self.expire, self.let_user, self.let_user, self.frequency, self.count]  # fmt: skip

    def control(self) -> list[int]:
        name = f"CNT{self.rng.choice('PV')}_CTL"
        words = self.maybe_user(write(name, self.rng.getrandbits(3)))
        return words + self.maybe_user(read(name))

    def compare(self) -> list[int]:
        """A time that is over, or one that never comes."""
        which = self.rng.choice("PV")
        value = self.rng.choice([0, 1, 1 << 63, (1 << 64) - 1, 1 << 52 | self.rng.getrandbits(52)])
        words = write(f"CNT{which}_CVAL", value) + self.maybe_user(read(f"CNT{which}_CTL"))
        words += self.maybe_user(read(f"CNT{which}_CVAL"))
        if value < 2:  # minus what was counted, which is not much yet
            words += [*CLEAR, access(f"CNT{which}_TVAL", True, 4), 0xE1A0_4FA4, *LOG]  # lsr r4, #31
        return words

    def value(self) -> list[int]:
        """A signed offset from now: reached only if negative, but not if that is before 0."""
        which = self.rng.choice("PV")
        value = self.rng.choice([SIGN - 1, SIGN, WORD, SIGN >> 1, SIGN | SIGN >> 1])
        tval, cval, ctl = (f"CNT{which}_{one}" for one in ("TVAL", "CVAL", "CTL"))
        words = write(tval, value) + self.maybe_user(read(ctl))
        high = [*CLEAR, access(cval, True, 4), 0xE1A0_4005, *LOG]  # mov r4, r5
        # How far it went down since, in units of 2^24 counts: 0.
        down = [*load(6, value), *CLEAR, access(tval, True, 4), 0xE046_4004, 0xE1A0_4C24, *LOG]
        # As a pair: CVAL is the count and the sign-extended offset.
        count = "CNTPCT" if which == "P" else "CNTVCT"
        near = [*CLEAR, access(cval, True, 4), 0xE1A0_6004, access(count, True, 4)]
        near += [0xE046_6004, *load(7, value), 0xE047_4006, 0xE1A0_4C24, *LOG]
        return words + high + down + near

    def expire(self) -> list[int]:
        """Wait for the condition; its status outlives a mask, but not the enable bit."""
        which = self.rng.choice("PV")
        ctl = f"CNT{which}_CTL"
        words = write(f"CNT{which}_TVAL", 200) + write(ctl, 1) + load(1, PATIENCE)
        # mrc r4; tst r4, #4; subseq r1, r1, #1; bne back while neither
        words += [access(ctl, True, 4), 0xE314_0004, 0x1A00_0001, 0xE251_1001, 0x1AFF_FFFA]
        return words + LOG + write(ctl, 3) + read(ctl) + write(ctl, 2) + read(ctl) + write(ctl, 0)

    def let_user(self) -> list[int]:
        words = write("CNTKCTL", self.rng.getrandbits(10) & 0x303)
        words += self.maybe_user(read("CNTKCTL"))
        which = self.rng.choice("PV")
        for name in ("CNTPCT", "CNTVCT", "CNTFRQ"):  # only whether they can be read
            words += as_user([*CLEAR, access(name, True, 4), *load(5, UNDEFINED), *DIFFERS, *LOG])
        there = [*CLEAR, access(f"CNT{which}_CVAL", True, 4), *load(6, UNDEFINED), *MOVED, *LOG]
        return words + as_user(there + read(f"CNT{which}_CTL"))

    def frequency(self) -> list[int]:
        words = self.maybe_user(write("CNTFRQ", self.rng.getrandbits(32)))
        # What it was is each board's own until a program says it.
        return words + write("CNTFRQ", self.rng.getrandbits(32)) + self.maybe_user(read("CNTFRQ"))

    def count(self) -> list[int]:
        """It can not be written, it moves, and the two are one."""
        name = self.rng.choice(["CNTPCT", "CNTVCT"])
        words = [access("CNTPCT", True, 4), 0xE1A0_6004, access("CNTVCT", True, 4), 0xE044_4006]
        words += [0xE1A0_4C24, *LOG]  # lsr r4, #24
        return words + self.maybe_user(write(name, 0)) + moves(name)


MASKED = [(0, name) for name in ("PMCR", "PMCNTENSET", "PMSELR", "PMUSERENR", "PMINTENSET")]
MASKED += [(0, "PMXEVTYPER")]
MASKED_TOO = [(CYCLES, "PMXEVTYPER"), (0, "CNTKCTL"), (0, "CNTP_CTL"), (0, "CNTV_CTL")]


def masked(core: str) -> list[tuple[int, str]]:
    """Registers of which some bits can be written, each with the PMSELR for it."""
    return MASKED if core == "arm.cortex-a9" else MASKED + MASKED_TOO


def masks(core: str) -> list[int]:
    """What is left of ones, then of zeros, in each of `masked`."""
    words = []
    for selected, name in masked(core):
        for value in (WORD, 0):
            words += [*load(6, selected), access("PMSELR", False, 6), *load(6, value)]
            words += [access(name, False, 6), *read(name)]
    return words


def programs_of(kind: str, core: str, seed: int, count: int) -> list[list[int]]:
    if kind == MASKS:
        return [masks(core)]
    rng = random.Random(f"{kind} {core} {seed}")
    maker = Monitor if kind == PMU else Timers
    return [maker(rng, core).program() for _ in range(count)]


def digest(programs: list[list[int]]) -> str:
    """Tells whether programs are still those that were recorded."""
    return hashlib.sha256(json.dumps(programs).encode()).hexdigest()[:16]


def size_of(programs: list[list[int]]) -> int:
    """Bytes of results, with the mark at the end."""
    return len(programs) * BLOCK + 4


def image(programs: list[list[int]]) -> bytes:
    """All programs from START on, where the vectors are, too."""
    words = prologue()
    entry = len(words)
    words += [*load(0, START), 0xEE0C_0F10]  # mcr p15, 0, r0, c12, c0, 0
    for index, program in enumerate(programs):
        assert 4 * program.count(*LOG) + 4 * program.count(LOG_PAIR[1]) <= BLOCK
        words += load(12, RESULTS + index * BLOCK) + program
    words += load(12, RESULTS + len(programs) * BLOCK) + load(4, DONE) + LOG + [HERE]
    words[0] = 0xEA00_0000 | entry - 2
    assert 4 * len(words) <= RESULTS - START, len(words)
    return struct.pack(f"<{len(words)}I", *words)


def results_of(data: bytes) -> list[list[int]]:
    """The logs, by program; each is as long as it is."""
    count = (len(data) - 4) // BLOCK
    words = struct.iter_unpack(f"<{BLOCK // 4}I", data[: count * BLOCK])
    return [list(block) for block in words]


def run_on_qemu(programs: list[list[int]], core: str) -> list[list[int]]:
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder) / "code"
        code.write_bytes(image(programs))
        loader = f"loader,file={code},addr={START:#x},force-raw=on,cpu-num=0"
        options = [*QEMU_OPTIONS[core], "-device", loader]
        return results_of(dump_of_qemu(options, RESULTS, size_of(programs)))


def recorded(kind: str, core: str) -> tuple[str, list[list[int]]]:
    """The digest of the programs, and their logs on QEMU."""
    entry = json.loads(gzip.decompress(RECORDED.read_bytes()))[f"{kind} {core}"]
    return entry["digest"], entry["logs"]


def main() -> None:
    found = {}
    for kind, core in KINDS:
        programs = programs_of(kind, core, 0, COUNT)
        logs = run_on_qemu(programs, core)
        found[f"{kind} {core}"] = {"digest": digest(programs), "logs": logs}
        print(kind, core, sum(map(len, logs)))
    RECORDED.write_bytes(gzip.compress(json.dumps(found).encode(), mtime=0))


if __name__ == "__main__":
    main()

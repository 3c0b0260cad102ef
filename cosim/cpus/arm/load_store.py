"""Loads and stores of one register or a pair, and exclusive accesses (A5.3, A5.2.8, A5.2.10)."""

# ruff: noqa: E501  one instruction per line
from __future__ import annotations

from cosim.cpus.arm.access import PC, RegisterOrPc, read, write
from cosim.cpus.arm.addressing import Address
from cosim.cpus.arm.operands import Pair, row, unconditional
from cosim.cpus.faults import MemoryFault
from cosim.cpus.isa.instruction import Semantics
from cosim.cpus.isa.machine import Machine, Value

# Single registers


def ldr(m: Machine, rt_any: RegisterOrPc, address: Address) -> None:
    where, moved = address.resolve(m)
    value = m.load(where, 4, 4 if rt_any is PC else 1)
    address.update(m, moved)
    write(m, rt_any, value)


def str_(m: Machine, rt_any: RegisterOrPc, address: Address) -> None:
    where, moved = address.resolve(m)
    m.store(where, read(m, rt_any), 4)
    address.update(m, moved)


def load(size: int, signed: bool = False, user: bool = False) -> Semantics:
    def semantics(m: Machine, rt: Value, address: Address) -> None:
        where, moved = address.resolve(m)
        value = m.load(where, size, user=user)
        address.update(m, moved)
        m.set(rt, m.sext(value, 8 * size) if signed else value)

    return semantics


def store(size: int, user: bool = False) -> Semantics:
    def semantics(m: Machine, rt: Value, address: Address) -> None:
        where, moved = address.resolve(m)
        m.store(where, m.get(rt), size, user=user)
        address.update(m, moved)

    return semantics


ldrt, strt = load(4, user=True), store(4, user=True)  # LDRT: with User mode's rights
ldrbt, strbt = load(1, user=True), store(1, user=True)
ldrht, strht = load(2, user=True), store(2, user=True)
ldrsbt, ldrsht = load(1, signed=True, user=True), load(2, signed=True, user=True)
ldrb, strb = load(1), store(1)
ldrh, strh = load(2), store(2)
ldrsb, ldrsh = load(1, signed=True), load(2, signed=True)


# Pairs: the halves are words, aligned to a word whatever SCTLR.A says (A3.2.1)


def ldrd(m: Machine, pair: Pair, loaded_pair_address: Address) -> None:
    where, moved = loaded_pair_address.resolve(m)
    first = m.load(where, 4, 4)
    second = m.load(m.add(where, m.const(4)), 4, 4)
    loaded_pair_address.update(m, moved)
    m.set(pair.first, first)
    m.set(pair.second, second)


def strd(m: Machine, pair: Pair, pair_address: Address) -> None:
    where, moved = pair_address.resolve(m)
    m.store(where, m.get(pair.first), 4, 4)
    m.store(m.add(where, m.const(4)), m.get(pair.second), 4, 4)
    pair_address.update(m, moved)


# Exclusive accesses


def load_exclusive(size: int) -> Semantics:
    def semantics(m: Machine, rt: Value, rn: Value) -> None:
        m.set(rt, m.load_exclusive(m.get(rn), size))

    return semantics


def store_exclusive(size: int) -> Semantics:
    def semantics(m: Machine, status: Value, rt: Value, rn: Value) -> None:
        m.set(status, m.store_exclusive(m.get(rn), m.get(rt), size))

    return semantics


def ldrexd(m: Machine, pair: Pair, rn: Value) -> None:
    where = m.get(rn)
    m.load(where, 4, 8)  # a fault leaves no reservation
    second = m.load(m.add(where, m.const(4)), 4)
    m.set(pair.first, m.load_exclusive(where, 4))
    m.set(pair.second, second)


def strexd(m: Machine, pair_status: Value, pair: Pair, rn: Value) -> None:
    where, first, second = m.get(rn), m.get(pair.first), m.get(pair.second)
    m.when(m.and_(where, m.const(7)), lambda: m.system(_misaligned_pair, where))
    failed = m.store_exclusive(where, first, 4)
    m.when(m.xor(failed, m.const(1)), lambda: m.store(m.add(where, m.const(4)), second, 4))
    m.set(pair_status, failed)


def _misaligned_pair(core: object, address: int) -> None:
    raise MemoryFault("store", address, 8, "alignment")


ldrex, ldrexb, ldrexh = (load_exclusive(size) for size in (4, 1, 2))
strex, strexb, strexh = (store_exclusive(size) for size in (4, 1, 2))


def clrex(m: Machine) -> None:
    m.clear_exclusive()


# Hints to the memory system: they change nothing that a program can see


def preload(m: Machine) -> None:
    """PLD, PLDW, PLI with an immediate."""


def preload_base(m: Machine, rn: Value) -> None:
    """PLDW, whose base may not be the PC."""


def preload_register(m: Machine, rm: Value) -> None:
    """PLD, PLI with an index register, which may not be the PC."""


def preload_both(m: Machine, rn: Value, rm: Value) -> None:
    """PLDW with an index register."""


# fmt: off
ROWS = [
    row("str rt, address",     "cccc 010P U0W0 nnnn tttt iiiiiiiiiiii",   str_,  "A8.8.204"),
    row("str rt, address",     "cccc 011P U0W0 nnnn tttt aaaaakk0 mmmm",  str_,  "A8.8.205"),
    row("ldr rt, address",     "cccc 010P U0W1 nnnn tttt iiiiiiiiiiii",   ldr,   "A8.8.63"),
    row("ldr rt, address",     "cccc 011P U0W1 nnnn tttt aaaaakk0 mmmm",  ldr,   "A8.8.66"),
    row("strb rt, address",    "cccc 010P U1W0 nnnn tttt iiiiiiiiiiii",   strb,  "A8.8.207"),
    row("strb rt, address",    "cccc 011P U1W0 nnnn tttt aaaaakk0 mmmm",  strb,  "A8.8.208"),
    row("ldrb rt, address",    "cccc 010P U1W1 nnnn tttt iiiiiiiiiiii",   ldrb,  "A8.8.68"),
    row("ldrb rt, address",    "cccc 011P U1W1 nnnn tttt aaaaakk0 mmmm",  ldrb,  "A8.8.70"),
    row("strt rt, address",    "cccc 0100 U010 nnnn tttt iiiiiiiiiiii",   strt,  "A8.8.220"),
    row("strt rt, address",    "cccc 0110 U010 nnnn tttt aaaaakk0 mmmm",  strt,  "A8.8.220"),
    row("ldrt rt, address",    "cccc 0100 U011 nnnn tttt iiiiiiiiiiii",   ldrt,  "A8.8.92"),
    row("ldrt rt, address",    "cccc 0110 U011 nnnn tttt aaaaakk0 mmmm",  ldrt,  "A8.8.92"),
    row("strbt rt, address",   "cccc 0100 U110 nnnn tttt iiiiiiiiiiii",   strbt, "A8.8.209"),
    row("strbt rt, address",   "cccc 0110 U110 nnnn tttt aaaaakk0 mmmm",  strbt, "A8.8.209"),
    row("ldrbt rt, address",   "cccc 0100 U111 nnnn tttt iiiiiiiiiiii",   ldrbt, "A8.8.71"),
    row("ldrbt rt, address",   "cccc 0110 U111 nnnn tttt aaaaakk0 mmmm",  ldrbt, "A8.8.71"),
    row("strh rt, address",    "cccc 000P U1W0 nnnn tttt iiii 1011 iiii", strh,  "A8.8.217"),
    row("strh rt, address",    "cccc 000P U0W0 nnnn tttt 0000 1011 mmmm", strh,  "A8.8.218"),
    row("ldrh rt, address",    "cccc 000P U1W1 nnnn tttt iiii 1011 iiii", ldrh,  "A8.8.80"),
    row("ldrh rt, address",    "cccc 000P U0W1 nnnn tttt 0000 1011 mmmm", ldrh,  "A8.8.82"),
    row("ldrsb rt, address",   "cccc 000P U1W1 nnnn tttt iiii 1101 iiii", ldrsb, "A8.8.84"),
    row("ldrsb rt, address",   "cccc 000P U0W1 nnnn tttt 0000 1101 mmmm", ldrsb, "A8.8.86"),
    row("ldrsh rt, address",   "cccc 000P U1W1 nnnn tttt iiii 1111 iiii", ldrsh, "A8.8.88"),
    row("ldrsh rt, address",   "cccc 000P U0W1 nnnn tttt 0000 1111 mmmm", ldrsh, "A8.8.90"),
    row("strht rt, address",   "cccc 0000 U110 nnnn tttt iiii 1011 iiii", strht, "A8.8.219"),
    row("strht rt, address",   "cccc 0000 U010 nnnn tttt 0000 1011 mmmm", strht, "A8.8.219"),
    row("ldrht rt, address",   "cccc 0000 U111 nnnn tttt iiii 1011 iiii", ldrht, "A8.8.83"),
    row("ldrht rt, address",   "cccc 0000 U011 nnnn tttt 0000 1011 mmmm", ldrht, "A8.8.83"),
    row("ldrsbt rt, address",  "cccc 0000 U111 nnnn tttt iiii 1101 iiii", ldrsbt, "A8.8.87"),
    row("ldrsbt rt, address",  "cccc 0000 U011 nnnn tttt 0000 1101 mmmm", ldrsbt, "A8.8.87"),
    row("ldrsht rt, address",  "cccc 0000 U111 nnnn tttt iiii 1111 iiii", ldrsht, "A8.8.91"),
    row("ldrsht rt, address",  "cccc 0000 U011 nnnn tttt 0000 1111 mmmm", ldrsht, "A8.8.91"),
    row("ldrd pair, address",  "cccc 000P U1W0 nnnn tttt iiii 1101 iiii", ldrd,  "A8.8.72"),
    row("ldrd pair, address",  "cccc 000P U0W0 nnnn tttt 0000 1101 mmmm", ldrd,  "A8.8.74"),
    row("strd pair, address",  "cccc 000P U1W0 nnnn tttt iiii 1111 iiii", strd,  "A8.8.210"),
    row("strd pair, address",  "cccc 000P U0W0 nnnn tttt 0000 1111 mmmm", strd,  "A8.8.211"),
    row("strex rd, rt, rn",    "cccc 0001 1000 nnnn dddd 1111 1001 tttt", strex,  "A8.8.212"),
    row("ldrex rt, rn",        "cccc 0001 1001 nnnn tttt 1111 1001 1111", ldrex,  "A8.8.75"),
    row("strexd rd, pair, rn", "cccc 0001 1010 nnnn dddd 1111 1001 tttt", strexd, "A8.8.214"),
    row("ldrexd pair, rn",     "cccc 0001 1011 nnnn tttt 1111 1001 1111", ldrexd, "A8.8.77"),
    row("strexb rd, rt, rn",   "cccc 0001 1100 nnnn dddd 1111 1001 tttt", strexb, "A8.8.213"),
    row("ldrexb rt, rn",       "cccc 0001 1101 nnnn tttt 1111 1001 1111", ldrexb, "A8.8.76"),
    row("strexh rd, rt, rn",   "cccc 0001 1110 nnnn dddd 1111 1001 tttt", strexh, "A8.8.215"),
    row("ldrexh rt, rn",       "cccc 0001 1111 nnnn tttt 1111 1001 1111", ldrexh, "A8.8.78"),
    unconditional("clrex",       "1111 0101 0111 1111 1111 0000 0001 1111", clrex,   "A8.8.32"),
    unconditional("pld address", "1111 0101 U101 nnnn 1111 iiiiiiiiiiii",   preload, "A8.8.126", guard="Uni"),
    unconditional("pldw address", "1111 0101 U001 nnnn 1111 iiiiiiiiiiii",  preload_base, "A8.8.126", guard="Ui"),
    unconditional("pli address", "1111 0100 U101 nnnn 1111 iiiiiiiiiiii",   preload, "A8.8.129", guard="Uni"),
    unconditional("pld address", "1111 0111 U101 nnnn 1111 aaaaakk0 mmmm",  preload_register, "A8.8.128", guard="Unak"),
    unconditional("pldw address", "1111 0111 U001 nnnn 1111 aaaaakk0 mmmm", preload_both, "A8.8.128", guard="Uak"),
    unconditional("pli address", "1111 0110 U101 nnnn 1111 aaaaakk0 mmmm",  preload_register, "A8.8.130", guard="Unak"),
]
# fmt: on

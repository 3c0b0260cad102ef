"""The version registers of QEMU's MicroBlaze, with each of its options turned: where bits are.

Record QEMU's answers again: python -m tests.isa.microblaze_identity
"""

# ruff: noqa: E501  tables
from __future__ import annotations

import json
import struct
from pathlib import Path

from tests.isa.microblaze_assembler import assemble
from tests.isa.microblaze_programs import RESULTS, START
from tests.isa.microblaze_qemu import DUMP, dump_of_qemu

RECORDED = Path(__file__).parent / "recorded" / "microblaze_identity.json"
COUNT = 12
"""QEMU has no PVR12."""

# QEMU's property and value, and ours.
# fmt: off
BASE: tuple[dict[str, int], dict[str, object]] = (
    {},
    # as the board and the defaults of its processor are
    {"version": "7.10.d", "ill_opcode_exception": False, "unaligned_exceptions": False,
     "ibus_exception": False, "dbus_exception": False},
)
TURNED: dict[str, tuple[dict[str, int], dict[str, object]]] = {
    "nothing":             ({},                          {}),
    "barrel":              ({"use-barrel": 0},           {"barrel": False}),
    "div":                 ({"use-div": 0},              {"div": False}),
    "hw_mul 0":            ({"use-hw-mul": 0},           {"hw_mul": 0}),
    "hw_mul 1":            ({"use-hw-mul": 1},           {"hw_mul": 1}),
    "fpu 0":               ({"use-fpu": 0},              {"fpu": 0}),
    "fpu 1":               ({"use-fpu": 1},              {"fpu": 1}),
    "msr_instr":           ({"use-msr-instr": 0},        {"msr_instr": False}),
    "pcmp":                ({"use-pcmp-instr": 0},       {"pcmp": False}),
    "mmu":                 ({"use-mmu": 0},              {"mmu": 0}),
    "dbus_exception":      ({"dopb-bus-exception": 1},   {"dbus_exception": True}),
    "ibus_exception":      ({"iopb-bus-exception": 1},   {"ibus_exception": True}),
    "ill_opcode":          ({"ill-opcode-exception": 1}, {"ill_opcode_exception": True}),
    "div_zero":            ({"div-zero-exception": 1},   {"div_zero_exception": True}),
    "unaligned":           ({"unaligned-exceptions": 1}, {"unaligned_exceptions": True}),
    "opcode_0_illegal":    ({"opcode-0x0-illegal": 1},   {"opcode_0_illegal": True}),
    "stack_protection":    ({"use-stack-protection": 1, "use-mmu": 0}, {"stack_protection": True, "mmu": 0}),
    "dcache_writeback":    ({"dcache-writeback": 1},     {"dcache": True, "dcache_writeback": True}),
    "addr_size":           ({"addr-size": 36},           {"addr_size": 36}),
    "user1":               ({"pvr-user1": 0xA5},         {"pvr_user1": 0xA5}),
    "user2":               ({"pvr-user2": 0x1234_5678},  {"pvr_user2": 0x1234_5678}),
}
# fmt: on


def program() -> str:
    lines = [f"li r4, {RESULTS}"]
    lines += [f"mfs r3, rpvr{n}\nswi r3, r4, {4 * n}" for n in range(COUNT)]
    return "\n".join(lines)


def run_on_qemu(properties: dict[str, int], endian: str) -> list[int]:
    order = "<" if endian == "little" else ">"
    words = assemble(program() + DUMP.format(start=RESULTS, end=RESULTS + 4 * COUNT))
    segments = [(START, struct.pack(f"{order}{len(words)}I", *words)), (RESULTS, bytes(4 * COUNT))]
    data = dump_of_qemu(segments, endian, 4 * COUNT, properties)
    return list(struct.unpack(f"{order}{COUNT}I", data))


def recorded() -> dict[str, list[int]]:
    """QEMU's registers by what is turned, and "big" for the other byte order."""
    found = json.loads(RECORDED.read_text())
    return {name: [int(word, 16) for word in words] for name, words in found.items()}


def main() -> None:
    found = {name: run_on_qemu(theirs, "little") for name, (theirs, _) in TURNED.items()}
    found["big"] = run_on_qemu({}, "big")
    text = {name: [f"0x{word:08x}" for word in words] for name, words in found.items()}
    RECORDED.write_text(json.dumps(text, indent=1) + "\n")
    print(f"{len(found)} x {COUNT} registers")


if __name__ == "__main__":
    main()

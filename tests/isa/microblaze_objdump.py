"""What objdump says about MicroBlaze words: the judge of the decoder and of the disassembler."""

from __future__ import annotations

import gzip
import random
import struct
import subprocess
import tempfile
from pathlib import Path

from elftools.elf.elffile import ELFFile

from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import InstructionSet, random_word
from cosim.cpus.microblaze.instruction_set import ROWS
from cosim.cpus.microblaze.registers import SPECIAL

HERE = Path(__file__).parent
RECORDED = HERE / "recorded" / "microblaze_objdump.txt.gz"
IMAGES = sorted(
    path
    for pattern in ("mb_*.elf", "petalogix_*.elf")
    for path in (HERE.parents[1] / "firmware" / "images").glob(pattern)
)
OBJDUMP = "microblaze-elf-objdump"

# What GNU binutils 2.40 has no name for. Each is spelt as in UG984.
UNKNOWN = {
    "bsefi": "since binutils 2.42; 2.40 prints the shift of the same S and T bits",
    "bsifi": "since binutils 2.42; 2.40 prints the shift of the same S and T bits",
    "mbar": "2.40 knows the barriers 0, 1 and 2 and takes any value with the top bit for sleep",
    "wdc.ext.flush": "not in 2.40",
    "wdc.ext.clear": "2.40 ignores the E bit",
    "wdc.clear.ea": "not in 2.40",
    "mfse": "2.40 ignores the E bit",
    "mtse": "2.40 ignores the E bit",
    **dict.fromkeys(("lbuea", "lhuea", "lwea", "sbea", "shea", "swea"), "not in 2.40"),
}

EVERYTHING = InstructionSet("MicroBlaze", ROWS, {row.requires for row in ROWS})


def words_of(row: Row, count: int, rng: random.Random) -> list[int]:
    """Random words that decode to `row` itself."""
    words: list[int] = []
    while len(words) < count:
        word = random_word(row, rng)
        if "r" in row.pattern.fields:  # few special register numbers exist
            word = word & ~0x3FFF | rng.choice(list(SPECIAL))
        instruction = EVERYTHING.decode(word)
        if instruction is not None and instruction.row is row:
            words.append(word)
    return words


def words_of_rows(count: int) -> list[int]:
    """Random words of every row that objdump knows."""
    rng = random.Random(2024)
    known = [row for row in ROWS if row.template not in UNKNOWN]
    barriers = [0xB802_0004 | imm << 21 for imm in (0, 1, 2, 16)]
    return barriers + [word for row in known for word in words_of(row, count, rng)]


def words_of_images() -> list[int]:
    """Every different word in the code of the committed images, except 0, where objdump stops."""
    words: set[int] = set()
    for path in IMAGES:
        with path.open("rb") as file:
            elf = ELFFile(file)
            order = "<" if elf.little_endian else ">"
            for section in elf.iter_sections():
                executable = section["sh_flags"] & 4
                if executable and section["sh_type"] == "SHT_PROGBITS":
                    data = section.data()
                    words.update(struct.unpack(f"{order}{len(data) // 4}I", data[: len(data) & ~3]))
    return sorted(words - {0})


def objdump(words: list[int], program: str = OBJDUMP) -> dict[int, str]:
    """objdump's text for each word, without its comments; "" where it knows no instruction."""
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        file.write(struct.pack(f"<{len(words)}I", *words))
        file.flush()
        command = [program, "-b", "binary", "-m", "MicroBlaze", "-EL", "-D", "-z", file.name]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    texts = {}
    for line in output.splitlines():
        _, *columns = line.split("\t")
        if len(columns) >= 2:
            mnemonic = columns[1].strip()
            text = " ".join(" ".join(columns[1:]).partition("//")[0].split())
            texts[int(columns[0], 16)] = text if mnemonic else ""
    return texts


def recorded() -> dict[int, str]:
    """The texts on file."""
    lines = gzip.decompress(RECORDED.read_bytes()).decode().splitlines()
    return {int(word, 16): text for word, _, text in (line.partition(" ") for line in lines)}


def record(program: str) -> int:
    """Write the file anew; returns the number of words."""
    texts = objdump(words_of_rows(40) + words_of_images(), program)
    lines = [f"{word:08x} {text}\n" for word, text in sorted(texts.items())]
    RECORDED.parent.mkdir(exist_ok=True)
    RECORDED.write_bytes(gzip.compress("".join(lines).encode(), mtime=0))
    return len(lines)

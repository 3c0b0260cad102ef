"""Records what objdump and QEMU say about MicroBlaze, for tests that run without them.

python -m tests.isa.record_microblaze objdump [PATH]
python -m tests.isa.record_microblaze programs
"""

from __future__ import annotations

import sys

from tests.isa import microblaze_objdump, microblaze_qemu


def main(arguments: list[str]) -> None:
    match arguments:
        case ["objdump", *path]:
            count = microblaze_objdump.record(path[0] if path else microblaze_objdump.OBJDUMP)
            print(f"{count} words in {microblaze_objdump.RECORDED}")
        case ["programs"]:
            print(f"{microblaze_qemu.record()} programs in {microblaze_qemu.RECORDED}")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Guest instructions per second of the reference interpreter, for both instruction sets.

    python benchmarks/interpreter.py

One table, everything measured in this run: each program whole, from the first instruction to the
last, without loading; best of three. The last column is relative to the first row.
"""

from __future__ import annotations

from pathlib import Path

import cosim

ROOT = Path(__file__).parents[1]

BIG = {"cores.cpu0.endian": "big"}

# fmt: off
PROGRAMS = [
    # what                    platform                     image                   more settings
    ("A32, -O2",              "vexpress_a9",               "arm_selftest_O2",      {}),
    ("A32, -O0",              "vexpress_a9",               "arm_selftest_O0",      {}),
    ("MicroBlaze, -O2",       "petalogix_s3adsp1800",      "mb_selftest_O2",       {}),
    ("MicroBlaze, -O0",       "petalogix_s3adsp1800",      "mb_selftest_O0",       {}),
    ("MicroBlaze BE, -O2",    "petalogix_s3adsp1800",      "mb_selftest_be_O2",    BIG),
]
# fmt: on


def measure(platform: str, image: str, settings: dict[str, str]) -> tuple[int, float]:
    """Instructions retired, and the best time of three runs in seconds."""
    best = float("inf")
    for _ in range(3):
        path = ROOT / f"firmware/images/{image}.elf"
        board = cosim.load(
            ROOT / f"platforms/{platform}.yaml", set={"cores.cpu0.image": str(path)} | settings
        )
        result = board.run(expect="== end ==", wall_timeout=300)
        if result.reason is not cosim.Reason.EXPECTED:
            raise SystemExit(f"{image}: {result}")
        best = min(best, result.host_seconds)
    return result.executed, best


def measure_pair() -> tuple[int, float]:
    """Both cores of the handshake platform, taking turns."""
    board = cosim.load(ROOT / "platforms/arm_mb.yaml")
    result = board.run(wall_timeout=300)
    if result.exit_code:
        raise SystemExit(f"arm_mb: {result}")
    return result.executed, result.host_seconds


def main() -> None:
    print(f"{'program':22} {'instructions':>13} {'seconds':>8} {'MIPS':>6} {'ratio':>6}")
    first = 0.0
    for what, *where in PROGRAMS:
        instructions, seconds = measure(*where)
        first = show(what, instructions, seconds, first)
    show("arm_mb, both cores", *measure_pair(), first)


def show(what: str, instructions: int, seconds: float, first: float) -> float:
    mips = instructions / seconds / 1e6
    first = first or mips
    print(f"{what:22} {instructions:13,} {seconds:8.2f} {mips:6.2f} {mips / first:6.2f}")
    return first


if __name__ == "__main__":
    main()

"""One ELF runs unchanged here and on the QEMU board of the same name, and prints the same bytes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import cosim
from tests.system.command import IMAGES, platform
from tests.system.microblaze_options import OPTIONS, SYSTEM
from tests.system.record_consoles import (
    PETALOGIX_BE,
    RECORDED,
    RECORDINGS,
    VEXPRESS,
    Recording,
    console_of,
)

EACH_IMAGE = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda one: one.image)
MODELS = Path(__file__).parent / "models"
WITH_CONTROLLER = ("arm_nested", "mb_nested", "mb_nested_be")


def connect_fiq(board: cosim.Platform) -> None:
    """A platform file can say where a controller's `irq` goes; a second output is for us."""
    for device in board.peripherals.values():
        fiq = getattr(device, "fiq", None)
        if fiq is not None:
            line = board.core("cpu0").lines["fiq"]
            board.kernel.method(lambda fiq=fiq, line=line: line.write(fiq.read()), fiq, name="fiq")


def run_here(recording: Recording) -> tuple[bytes, cosim.RunResult]:
    """What the image prints on our board, up to the sentinel or its own end."""
    settings = {"cores.cpu0.image": IMAGES / f"{recording.image}.elf"}
    if recording.board is PETALOGIX_BE:
        settings["cores.cpu0.endian"] = "big"
    if recording.exit_code is not None:
        settings["cores.cpu0.command_line"] = "arm_semihosting first second"
    name = "vexpress_a9" if recording.board is VEXPRESS else "petalogix_s3adsp1800"
    path = platform(name)
    if recording.image in WITH_CONTROLLER:
        path = MODELS / f"{name}_nested.yaml"
    board = cosim.load(path, set=settings)
    connect_fiq(board)
    console = board.console("uart0" if recording.exit_code is None else "cpu0")
    console.feed(recording.typed)
    ends_itself = recording.exit_code is not None
    result = board.run(expect=None if ends_itself else "== end ==\n", wall_timeout=300)
    return bytes(console.data), result


@EACH_IMAGE
def test_the_console_has_the_bytes_that_qemu_recorded(recording: Recording) -> None:
    printed, result = run_here(recording)
    if recording.exit_code is not None:  # one console here, where QEMU has standard error too
        printed = printed.replace(b"written to stderr\n", b"")
    assert printed == (RECORDED / f"{recording.image}.txt").read_bytes(), result
    assert result.guest_code == recording.exit_code


@EACH_IMAGE
def test_the_recording_is_what_qemu_prints(recording: Recording) -> None:
    if shutil.which(recording.board.qemu) is None:
        pytest.skip(f"{recording.board.qemu} is not installed; its recorded answer is used")
    assert console_of(recording) == (RECORDED / f"{recording.image}.txt").read_bytes()


def test_every_image_is_run_somewhere() -> None:
    """Those that misbehave on purpose, and the handshake, are run by the other system tests."""
    others = {"arm_handshake", "mb_handshake", "mb_handshake_be", "arm_count", "mb_count"}
    others.add("arm_mmu_tables")  # tests/isa/test_arm_tables.py
    for path in IMAGES.glob("*.elf"):
        misbehaves = "fault" in path.stem or path.stem.split("_", 1)[1] in ("spin", "thumb", "vfp")
        known = path.stem in {one.image for one in RECORDINGS} | others
        known |= path.stem.startswith("cpu_")  # tests/system/test_cpu_programs.py
        known |= path.stem.startswith("cost_")  # tests/system/test_cost_programs.py
        known |= path.stem in {one.recording.image for one in (*OPTIONS, *SYSTEM)}
        assert known or misbehaves, path.stem

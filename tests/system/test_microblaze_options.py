"""Programs for every option of the core, and small systems of traps, print what QEMU prints."""

from __future__ import annotations

import shutil

import pytest

import cosim
from tests.system.command import IMAGES, platform
from tests.system.microblaze_options import OPTIONS, SYSTEM, Case
from tests.system.record_consoles import RECORDED, console_of

EACH = pytest.mark.parametrize("case", [*OPTIONS, *SYSTEM], ids=lambda one: one.recording.image)


def expected(case: Case) -> bytes:
    """What was recorded; all images of one program print the same."""
    name = case.recording.image
    return (RECORDED / f"{'mb_options' if case in OPTIONS else name}.txt").read_bytes()


@EACH
def test_the_console_has_the_bytes_that_qemu_recorded(case: Case) -> None:
    settings = {f"cores.cpu0.{key}": value for key, value in case.settings.items()}
    settings["cores.cpu0.image"] = IMAGES / f"{case.recording.image}.elf"
    board = cosim.load(platform("petalogix_s3adsp1800"), set=settings)
    result = board.run(expect="== end ==\n", wall_timeout=300)
    assert bytes(board.console("uart0").data) == expected(case), result


@EACH
def test_the_recording_is_what_qemu_prints(case: Case) -> None:
    if shutil.which(case.recording.board.qemu) is None:
        pytest.skip(f"{case.recording.board.qemu} is not installed; its recorded answer is used")
    assert console_of(case.recording) == expected(case)

"""The command line: options, exit codes, logs; and what it says when something is wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.command import IMAGES, cosim, platform

VEXPRESS, PETALOGIX = platform("vexpress_a9"), platform("petalogix_s3adsp1800")


def run_image(image: str, *options: object, board=VEXPRESS):
    return cosim("run", board, "--set", f"cores.cpu0.image={IMAGES / image}.elf", *options)


def last_line(done) -> str:
    return done.stderr.decode().strip().splitlines()[-1]


class TestEndOfARun:
    def test_expected_text_passes(self) -> None:
        done = run_image("vexpress_hello", "--expect", "== end ==")
        assert done.returncode == 0
        assert "uart0 printed '== end =='; simulated" in last_line(done)

    def test_failing_text_fails(self) -> None:
        done = run_image("vexpress_hello", "--fail", r"== \w+")
        assert done.returncode == 1
        assert "uart0 printed '== " in last_line(done)

    def test_guest_exit_before_the_expected_text_fails(self) -> None:
        done = run_image("arm_semihosting", "--expect", "never printed")
        assert done.returncode == 1
        assert "before 'never printed' was printed" in last_line(done)

    def test_guest_exit_code(self) -> None:
        done = run_image("arm_semihosting")
        assert done.returncode == 1
        assert "cpu0 ended the run with code 42" in last_line(done)

    def test_all_cores_asleep(self) -> None:
        done = run_image("vexpress_hello")
        assert done.returncode == 1
        assert "all cores are asleep and nothing is pending" in last_line(done)

    @pytest.mark.parametrize(("image", "board"), [("arm_spin", VEXPRESS), ("mb_spin", PETALOGIX)])
    def test_an_endless_loop_ends_at_the_simulated_limit(self, image, board) -> None:
        done = run_image(image, "--timeout", "100us", board=board)
        assert done.returncode == 4
        assert "simulated-time limit; simulated 100 us" in last_line(done)

    def test_a_branch_to_itself_runs_up_to_the_limit_too(self) -> None:
        done = run_image("vexpress_hello", "--timeout", "5s")
        assert done.returncode == 4
        assert "simulated 5 s" in last_line(done)

    def test_wall_clock_limit(self) -> None:
        done = run_image("arm_spin", "--wall-timeout", "0.5")
        assert done.returncode == 5
        assert "wall-clock limit" in last_line(done)

    def test_statistics(self) -> None:
        done = run_image("vexpress_hello", "--expect", "end", "--stats")
        assert re.search(
            rb"cpu0: [\d,]+ instructions, [\d,]+ cycles at 400 MHz, running at 0x6", done.stderr
        )


class TestInput:
    @pytest.mark.parametrize(
        ("image", "board"), [("vexpress_echo", VEXPRESS), ("petalogix_echo", PETALOGIX)]
    )
    def test_standard_input_is_typed_into_the_console(self, image, board) -> None:
        image_setting = f"cores.cpu0.image={IMAGES / image}.elf"
        done = cosim(
            "run", board, "--set", image_setting, "--expect", "end ==\n", stdin=b"\xe4\x00!\n"
        )
        assert done.returncode == 0
        assert b"heard 3 bytes: \xe4" in done.stdout

    def test_a_console_may_be_a_file(self, tmp_path) -> None:
        path = tmp_path / "uart.txt"
        done = run_image(
            "vexpress_hello", "--set", f"peripherals.uart0.console=file:{path}", "--expect", "end"
        )
        assert (done.returncode, done.stdout) == (0, b"")
        assert path.read_bytes().startswith(b"hello from vexpress-a9\n")


# What the guest does wrong: image, board, what the report must say (regular expressions).
# fmt: off
FAULTS = [
    ("arm_fault_unmapped",        VEXPRESS,  "load of 4 bytes at 0x20000004"),
    ("arm_fault_unmapped",        VEXPRESS,  "nothing is mapped there; nearest region: uart0"),
    ("arm_fault_unmapped",        VEXPRESS,  r"pc 0x6\w+ poke_nothing"),
    ("arm_fault_undef",           VEXPRESS,  "undefined instruction 0xe7f.*"),
    ("arm_fault_undef",           VEXPRESS,  r"pc 0x6\w+ \w+.*: e7f\w+  udf"),
    ("arm_fault_unaligned_ldm",   VEXPRESS,  "the address is not a multiple of 4"),
    ("arm_fault_unaligned_ldm",   VEXPRESS,  r"pc .*  ldm"),
    ("arm_fault_branch_unmapped", VEXPRESS,  "unhandled fetch of 4 bytes at 0x"),
    ("arm_thumb",                 VEXPRESS,  "undefined instruction 0xde01"),
    ("arm_thumb",                 VEXPRESS,  r"pc 0x6\w+ thumb_code.*: de01  udf"),
    ("arm_vfp",                   VEXPRESS,  r"pc .*  vadd\.f32"),
    ("mb_fault_unmapped",         PETALOGIX, "load of 4 bytes at 0x20000004"),
    ("mb_fault_unmapped",         PETALOGIX, "nothing is mapped there; nearest region: lmb"),
    ("mb_fault_unmapped",         PETALOGIX, r"pc 0x\w+ poke_nothing"),
    ("mb_fault_illegal",          PETALOGIX, "undefined instruction 0x"),
    ("mb_fault_branch_unmapped",  PETALOGIX, "unhandled fetch of 4 bytes at 0x"),
]
# fmt: on


@pytest.mark.parametrize(("image", "board", "text"), FAULTS)
def test_an_unhandled_fault_is_reported_with_its_place(image, board, text) -> None:
    done = run_image(image, "--timeout", "1s", board=board)
    report = done.stderr.decode()
    assert done.returncode == 3, report
    assert re.search(text, report), report
    assert "Traceback" not in report
    assert "unhandled guest fault in cpu0" in last_line(done)


def test_a_write_to_rom_is_a_fault() -> None:
    done = run_image("vexpress_hello", "--set", "memories.ram.readonly=true")
    report = done.stderr.decode()
    assert done.returncode == 3, report
    assert re.search(r"unhandled store of \d bytes? at 0x6", report)
    assert "ram 0x60000000..0x67ffffff does not allow it" in report


class TestLog:
    def test_native_code_is_not_listed_where_all_is_interpreted(self) -> None:
        done = cosim("run", platform("arm_mb"), "-d", "out_asm,exec")
        assert done.returncode == 2
        said = "'exec' has every instruction interpreted, so 'out_asm' has nothing"
        assert said in done.stderr.decode()

    def test_in_asm_mixes_both_cores_with_symbols(self, tmp_path) -> None:
        log = tmp_path / "log"
        done = cosim("run", platform("arm_mb"), "-d", "in_asm", "-D", log, "--timeout", "20us")
        assert done.returncode == 4
        lines = log.read_text().splitlines()
        shape = re.compile(r"(arm0|mb0 )  0x[0-9a-f]{8}  [0-9a-f]{8}  \S.*")
        assert all(shape.fullmatch(line) for line in lines)
        assert {line.split()[0] for line in lines} == {"arm0", "mb0"}
        for core in ("arm0", "mb0"):
            assert re.search(rf"^{core} .*  \w+\+0x[0-9a-f]+$", log.read_text(), re.M)
        addresses = [tuple(line.split()[:3]) for line in lines]
        assert len(addresses) == len(set(addresses)), "each instruction once"

    def test_exec_has_every_instruction_at_its_time(self) -> None:
        done = run_image("arm_spin", "-d", "exec", "--timeout", "1us")
        lines = done.stderr.decode().splitlines()[:-1]
        assert len(lines) == 400
        assert lines[0].startswith("[         0.000 ns] cpu0  0x6")
        assert lines[1].startswith("[         2.500 ns] cpu0  0x6")

    def test_cpu_shows_the_registers(self) -> None:
        done = run_image("mb_spin", "-d", "cpu", "--timeout", "100ns", board=PETALOGIX)
        assert b"r31" in done.stderr

    def test_int_and_unimp_name_what_happened(self) -> None:
        done = run_image("arm_vfp", "-d", "int,unimp,guest_errors")
        assert re.search(rb"cpu0  unimp: .*vadd", done.stderr)

    def test_help_lists_the_categories(self) -> None:
        done = cosim("run", VEXPRESS, "-d", "help")
        assert done.returncode == 0
        words = {line.split()[0] for line in done.stdout.decode().splitlines()}
        assert {"in_asm", "exec", "int", "mmu", "cpu", "unimp", "guest_errors"} <= words


class TestOutput:
    def test_a_full_disk_is_told(self) -> None:
        command = [sys.executable, "-m", "cosim", "run", str(VEXPRESS)]
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                command, stdout=full, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
            )
        assert done.returncode == 2
        assert done.stderr == b"cosim: output: No space left on device\n"

    def test_a_reader_that_goes_away_is_no_error_of_ours(self) -> None:
        command = f"{sys.executable} -m cosim run {VEXPRESS} </dev/null | head -c 5"
        done = subprocess.run(command, shell=True, capture_output=True)
        assert (done.stdout, done.stderr) == (b"hello", b"")

    def test_a_console_file_that_cannot_be_made_is_told(self) -> None:
        done = cosim("run", VEXPRESS, "--set", "peripherals.uart0.console=file:/nowhere/uart.txt")
        assert done.returncode == 2
        assert done.stderr == b"cosim: /nowhere/uart.txt: No such file or directory\n"

    def test_nothing_but_the_guest_is_on_standard_output(self) -> None:
        done = run_image("vexpress_hello", "--expect", "end ==\\n", "--stats", "-d", "int")
        assert (
            done.stdout
            == (IMAGES.parents[1] / "tests/system/recorded/vexpress_hello.txt").read_bytes()
        )


class TestUsage:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (["--timeout", "10"], "time 10 needs a unit"),
            (["--timeout", "ten"], "'ten' is not a time"),
            (["--quantum", "1 parsec"], "unknown unit 'parsec'"),
            (["--expect", "("], "not a regular expression"),
            (["-d", "everything"], "no category 'everything'"),
            (["--set", "cores.cpu1.clock=1MHz"], "no core 'cpu1', did you mean 'cpu0'?"),
            (["--set", "nonsense"], "PATH=VALUE"),
            (["--engine", "warp"], "'warp' is not"),
            (["-D", "/nowhere/log", "-d", "int"], "No such file or directory"),
            (["--bogus"], "No such option"),
        ],
    )
    def test_a_wrong_option_is_named(self, options, message) -> None:
        done = cosim("run", VEXPRESS, *options)
        assert done.returncode == 2
        assert message in done.stderr.decode()
        assert b"Traceback" not in done.stderr
        assert done.stdout == b""

    def test_errors_of_a_platform_have_their_place(self, tmp_path) -> None:
        path = tmp_path / "board.yaml"
        path.write_text(
            "name: board\n"
            "cores:\n"
            "  cpu0: {type: arm.cortex-a8, clock: 100}\n"
            "memories:\n"
            "  ram: {at: 0x0, size: 64KB}\n"
        )
        done = cosim("run", path)
        report = done.stderr.decode()
        assert done.returncode == 2
        assert ":3:16: error: unknown core type 'arm.cortex-a8', did you mean" in report
        assert ":5:24: error:" in report and "did you mean 'KiB'" in report
        assert "Traceback" not in report

    def test_check_prints_the_map_of_each_core(self) -> None:
        done = cosim("check", platform("arm_mb"))
        text = done.stdout.decode()
        assert done.returncode == 0
        assert re.search(r"arm0 \(arm.cortex-a9\), starts at 0x10000000", text)
        assert text.index("ocm") < text.index("mb0 (xilinx.microblaze)") < text.index("lmb")

    def test_the_exit_codes_are_in_the_help(self) -> None:
        text = cosim("run", "--help").stdout.decode()
        assert all(f"  {code}  " in text for code in (0, 1, 2, 3, 4, 5, 70, 130))


def test_what_cores_there_are() -> None:
    result = cosim("list", "cores")
    lines = result.stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == sorted(line.split()[0] for line in lines)
    assert any(line.startswith("arm.cortex-a9 ") for line in lines)


@pytest.mark.parametrize(
    ("core", "instruction"), [("arm.cortex-a9", "ldrexd"), ("xilinx.microblaze", "wdc")]
)
def test_what_a_core_implements(core: str, instruction: str) -> None:
    text = cosim("doc", core).stdout.decode()
    assert text.startswith(core)
    assert instruction in text.split()


def test_what_only_one_core_has_is_on_its_page_only() -> None:
    pages = {
        name: cosim("doc", name).stdout.decode() for name in ("arm.cortex-a9", "arm.cortex-a7")
    }
    assert ("CNTPCT" in pages["arm.cortex-a9"], "CNTPCT" in pages["arm.cortex-a7"]) == (False, True)
    assert ("sdiv" in pages["arm.cortex-a9"], "sdiv" in pages["arm.cortex-a7"]) == (False, True)


def test_a_page_of_a_core_that_is_not_there() -> None:
    result = cosim("doc", "arm.cortex-z9")
    assert result.returncode == 2
    assert b"no core type 'arm.cortex-z9' (known: arm.cortex-a15," in result.stderr

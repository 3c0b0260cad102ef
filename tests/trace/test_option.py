"""`--trace` and `open_trace`: what a user asks for, how it ends, and that it changes nothing."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time

import pytest

import cosim
from cosim.trace import open_trace
from tests.system.command import IMAGES, platform
from tests.system.command import cosim as command
from tests.trace.recording import Waves, lines

ARM_MB, VEXPRESS = platform("arm_mb"), platform("vexpress_a9")
SHARED = platform("shared_counter")


def results(board: cosim.Platform, timeout: str) -> tuple:
    """Everything that a run leaves: times, counts, registers, consoles, memory of both cores."""
    result = board.run(timeout, wall_timeout=300)
    cores = board.cores.values()
    return (
        result.message,
        result.time,
        board.time,
        [(one.name, one.instructions, one.cycle, one.describe_state()) for one in cores],
        [board.read(0x1000_0000, 0x2_0000, one.name) for one in cores],
        board.read(0x1300_0000, 0x1000) if board.name == "arm_mb" else b"",
        {name: console.text for name, console in board.consoles.items()},
    )


class TestNothingChanges:
    @pytest.mark.parametrize("quantum", ["100ns", "10us"])
    @pytest.mark.parametrize(("path", "length"), [(ARM_MB, "30us"), (SHARED, "60us")])
    def test_a_run_is_the_same_with_and_without_traces(self, path, length, quantum, tmp_path):
        plain = results(cosim.load(path, set={"quantum": quantum}), length)
        board = cosim.load(path, set={"quantum": quantum})
        with open_trace(board, f"bus+fetch:{tmp_path / 'bus'}", f"vcd:{tmp_path / 'out.vcd'}"):
            traced = results(board, length)
        assert traced == plain

    def test_two_runs_write_the_same_bytes(self, tmp_path) -> None:
        files = ["one.vcd", "one.bus", "two.vcd", "two.bus"]
        for name in ("one", "two"):
            board = cosim.load(ARM_MB)
            with open_trace(board, f"vcd:{tmp_path / name}.vcd", f"bus:{tmp_path / name}.bus"):
                board.run("50us")
        first_vcd, first_bus, *second = [(tmp_path / name).read_bytes() for name in files]
        assert [first_vcd, first_bus] == second

    def test_without_a_trace_nothing_is_in_the_way(self) -> None:
        board = cosim.load(ARM_MB)
        for core in board.cores.values():
            port = core.port
            assert port.socket.target is port.socket.peer.target, "no tap"
            assert port.read_pages is port.fetch_pages, "engines have direct memory in line"
            assert not port.shown
            assert not any(line._observers for line in core.lines.values())
        assert not board.kernel.stage_callbacks

    def test_without_a_trace_its_package_is_not_even_loaded(self) -> None:
        code = (
            "import sys, cosim.cli\n"
            f"try: cosim.cli.cli(['run', {str(VEXPRESS)!r}, '--timeout', '1us'])\n"
            "except SystemExit: print([name for name in sys.modules if 'vcd' in name or "
            "name.startswith('cosim.trace')])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.stdout == "[]\n"

    def test_after_a_trace_direct_memory_is_used_again(self, tmp_path) -> None:
        board = cosim.load(ARM_MB)
        with open_trace(board, f"bus:{tmp_path / 'bus'}"):
            board.run("1us")
            assert not board.core("arm0").port.read_pages
        board.run("1us")
        assert board.core("arm0").port.read_pages
        assert max(one["time"] for one in lines(tmp_path / "bus")) < 1_000_000


def test_the_times_of_fetches_are_those_of_the_log_of_executed_code(tmp_path) -> None:
    log, bus = tmp_path / "log", tmp_path / "bus"
    command(
        "run", ARM_MB, "--timeout", "20us", "-d", "exec", "-D", log, "--trace", f"bus+fetch:{bus}"
    )
    shape = re.compile(r"\[ *(\d+)\.(\d{3}) ns\] (\w+) +0x(\w{8})")
    executed = [shape.match(line).groups() for line in log.read_text().splitlines()]
    logged = [(int(ns + ps), core, pc) for ns, ps, core, pc in executed]
    fetched = [
        (one["time"], one["initiator"], one["address"][2:])
        for one in lines(bus)
        if one["command"] == "FETCH"
    ]
    assert len(fetched) > 10_000
    assert sorted(logged) == sorted(fetched)
    assert [one["time"] for one in lines(bus)] == sorted(one["time"] for one in lines(bus))


def test_exclusive_accesses_tell_whether_they_succeeded(tmp_path) -> None:
    board = cosim.load(SHARED)
    with open_trace(board, f"bus:{tmp_path / 'bus'}"):
        board.run("20us")
    found = {
        (one["command"], one["exclusive"]) for one in lines(tmp_path / "bus") if "exclusive" in one
    }
    assert {("READ", True), ("WRITE", True), ("WRITE", False)} <= found


class TestPython:
    def test_kinds_together_over_several_runs(self, tmp_path) -> None:
        board = cosim.load(ARM_MB)
        files = [f"vcd:{tmp_path / 'out.vcd'}", f"bus:{tmp_path / 'a'}", f"bus:{tmp_path / 'b'}"]
        with open_trace(board, *files):
            board.run("5us")
            board.run("5us")
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
        times = [one["time"] for one in lines(tmp_path / "a")]
        assert times == sorted(times) and times[-1] > 9_000_000
        waves = Waves(tmp_path / "out.vcd")
        assert waves.end == 10_000_000
        events = sum(len(waves.changes[f"arm_mb.{core}.bus.access"]) for core in board.cores)
        instants = {(one["time"], one["initiator"]) for one in lines(tmp_path / "a")}
        assert events == len(instants)

    def test_one_trace_after_the_other(self, tmp_path) -> None:
        board = cosim.load(ARM_MB)
        ends = []
        for name in ("one", "two"):
            with open_trace(board, f"bus:{tmp_path / name}", f"vcd:{tmp_path / name}.vcd"):
                board.run("1us")
            times = [one["time"] for one in lines(tmp_path / name)]
            ends.append((times[0] // 10**6, times[-1] // 10**6))
            assert Waves(tmp_path / f"{name}.vcd").end == board.time
        assert ends == [(0, 0), (1, 1)]

    def test_two_at_once_are_refused(self, tmp_path) -> None:
        board = cosim.load(ARM_MB)
        with open_trace(board, f"bus:{tmp_path / 'one'}"):
            with pytest.raises(ValueError, match="arm_mb is traced already"):
                open_trace(board, f"bus:{tmp_path / 'two'}")
        assert not (tmp_path / "two").exists()

    def test_a_trace_of_no_run_is_whole(self, tmp_path) -> None:
        open_trace(cosim.load(ARM_MB), f"vcd:{tmp_path / 'x'}", f"bus:{tmp_path / 'y'}").close()
        assert (Waves(tmp_path / "x").end, lines(tmp_path / "y")) == (0, [])
        assert "arm_mb.arm0.irq" in (tmp_path / "x.gtkw").read_text()


class TestCommand:
    @pytest.mark.parametrize(
        ("option", "message"),
        [
            ("vdc:x", "no kind of trace 'vdc', did you mean 'vcd'? (known: vcd, bus, bus+fetch)"),
            ("perfetto:x", "no kind of trace 'perfetto' (known: vcd, bus, bus+fetch)"),
            ("out.vcd", "'out.vcd' is not KIND:FILE (kinds: vcd, bus, bus+fetch)"),
            ("bus:", "'bus:' is not KIND:FILE"),
            ("bus:-", "standard output belongs to the guest; name a file"),
            ("bus:/nowhere/log", "'/nowhere/log': No such file or directory"),
            ("vcd:/nowhere/out", "'/nowhere/out': No such file or directory"),
            ("vcd:/", "'/': Is a directory"),
        ],
    )
    def test_a_wrong_trace_is_named(self, option, message) -> None:
        done = command("run", VEXPRESS, "--trace", option)
        assert (done.returncode, done.stdout) == (2, b"")
        assert message in done.stderr.decode()
        assert b"Traceback" not in done.stderr

    def test_one_file_for_two_traces_is_refused(self, tmp_path) -> None:
        file = tmp_path / "out"
        done = command("run", VEXPRESS, "--trace", f"vcd:{file}", "--trace", f"bus:{file}")
        assert done.returncode == 2
        assert b"two traces cannot both be written to 'out'" in done.stderr
        assert not file.exists()

    @pytest.mark.parametrize(
        ("image", "options", "code"),
        [
            ("vexpress_hello", ["--expect", "=="], 0),
            ("arm_fault_unmapped", [], 3),
            ("arm_spin", ["--timeout", "20us"], 4),
            ("arm_spin", ["--wall-timeout", "0.1"], 5),
        ],
    )
    def test_the_files_are_whole_however_the_run_ends(self, image, options, code, tmp_path):
        set_image = ["--set", f"cores.cpu0.image={IMAGES / image}.elf"]
        traces = ["--trace", f"vcd:{tmp_path / 'x'}", "--trace", f"bus+fetch:{tmp_path / 'y'}"]
        done = command("run", VEXPRESS, *set_image, *options, *traces)
        assert done.returncode == code
        last = lines(tmp_path / "y")[-1]
        assert last["time"] <= Waves(tmp_path / "x").end
        if code == 3:
            assert (last["address"], last["response"]) == ("0x20000004", "ADDRESS_ERROR")

    def test_the_files_are_whole_after_ctrl_c(self, tmp_path) -> None:
        options = ["--set", f"cores.cpu0.image={IMAGES / 'arm_spin.elf'}"]
        options += ["--trace", f"vcd:{tmp_path / 'x'}", "--trace", f"bus+fetch:{tmp_path / 'y'}"]
        process = subprocess.Popen(
            [sys.executable, "-m", "cosim", "run", str(VEXPRESS), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        log = tmp_path / "y"
        while not (log.exists() and log.stat().st_size):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, report = process.communicate(timeout=60)
        assert process.returncode == 130, report
        assert lines(log)[-1]["time"] <= Waves(tmp_path / "x").end

    def test_a_full_disk_is_told(self) -> None:
        done = command("run", VEXPRESS, "--timeout", "1ms", "--trace", "bus:/dev/full")
        assert done.returncode == 2
        assert done.stderr.decode().endswith("No space left on device\n")
        assert b"Traceback" not in done.stderr

    def test_the_checker_sees_what_a_trace_shows_and_finds_nothing(self, tmp_path) -> None:
        trace = ["--trace", f"bus+fetch:{tmp_path / 'bus'}"]
        done = command("run", SHARED, "--timeout", "30us", "--check-tlm", *trace)
        assert done.returncode == 4
        assert b"TLM rule" not in done.stderr

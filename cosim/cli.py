"""The command line: each command is a call on the Python API."""

from __future__ import annotations

import gc
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO, TypeVar

import click

if TYPE_CHECKING:
    from cosim.platform.board import Platform
    from cosim.platform.runner import RunResult
    from cosim.terminal import Terminal
    from cosim.trace.tracing import TraceRequest

Given = TypeVar("Given")
Parsed = TypeVar("Parsed")

EXIT_CODES = """\b
Exit codes:
    0  pass: the guest ended with code 0, or --expect was printed
    1  the guest ended with another code, --fail was printed, all cores sleep for ever, or a
       model of a plugin failed
    2  usage or platform error
    3  unhandled guest fault
    4  simulated-time limit (--timeout)
    5  wall-clock limit (--wall-timeout)
   70  a bug of this program
  130  interrupted
"""

USAGE_ERROR = 2
INTERNAL_ERROR = 70
SHOWN_VIOLATIONS = 20


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cosim-hetero", prog_name="cosim")
def cli() -> None:
    """Simulate a board with processors of different instruction sets."""


@cli.command(epilog=EXIT_CODES)
@click.argument("platform", type=click.Path(path_type=Path))
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help="Override a value of the platform file: cores.mb0.image=fw.elf.",
)
@click.option("--expect", metavar="RE", help="Pass as soon as a console has printed a match.")
@click.option("--fail", metavar="RE", help="Fail as soon as a console has printed a match.")
@click.option("--timeout", metavar="SIMTIME", help="Limit of simulated time: 10ms.")
@click.option(
    "--wall-timeout",
    type=click.FloatRange(min=0),
    metavar="S",
    help="Limit of host time, in seconds.",
)
@click.option("--quantum", metavar="T", help="How far a core may run ahead: 10us; 0 is lock-step.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "reference", "translator", "lockstep"]),
    help="How every core executes: one instruction after the other (reference), as native code "
    "(translator), or both, to compare them (lockstep).",
)
@click.option(
    "--engine-switch",
    "switches",
    multiple=True,
    metavar="CORE=ENGINE@TIME",
    help="Change a core's engine during the run: arm0=reference@5ms.",
)
@click.option(
    "-d", "log", metavar="CATEGORY,...", help="Log to stderr; `-d help` lists the categories."
)
@click.option(
    "-D",
    "log_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the log to FILE instead.",
)
@click.option(
    "--trace",
    "traces",
    multiple=True,
    metavar="KIND:FILE",
    help="Record to FILE: vcd (waveforms, with a GTKWave save file), bus (accesses as JSON lines), "
    "bus+fetch (those of instructions too).",
)
@click.option("--check-tlm", is_flag=True, help="Report broken TLM-2.0 rules, at every socket.")
@click.option(
    "--shuffle",
    type=int,
    metavar="SEED",
    help="Run what is runnable at once in an order drawn with SEED; exposes models that depend "
    "on the order.",
)
@click.option("--stats", is_flag=True, help="Print counters of each core at the end.")
def run(
    platform: Path,
    settings: tuple[str, ...],
    expect: str | None,
    fail: str | None,
    timeout: str | None,
    wall_timeout: float | None,
    quantum: str | None,
    engine: str | None,
    switches: tuple[str, ...],
    log: str | None,
    log_file: Path | None,
    traces: tuple[str, ...],
    check_tlm: bool,
    shuffle: int | None,
    stats: bool,
) -> None:
    """Run the board that the file PLATFORM describes.

    The guests' console is on standard output, everything else on standard error.
    """
    import faulthandler

    from cosim.cpus.engines.stencils.watchers import watchers
    from cosim.kernel.units import parse_time
    from cosim.platform.engine_switch import parse_engine_switch
    from cosim.platform.overrides import parse_setting
    from cosim.terminal import Terminal, raw_terminal

    with suppress(OSError):  # a test's stream has no descriptor
        faulthandler.enable()  # for crashes that are not in native code of a core

    categories = _categories(log)
    _check_pattern("--expect", expect)
    _check_pattern("--fail", fail)
    limit = None if timeout is None else _checked(parse_time, "--timeout", timeout)
    overrides = dict(_checked(parse_setting, "--set", one) for one in settings)
    if quantum is not None:
        _checked(parse_time, "--quantum", quantum)
        overrides["quantum"] = quantum
    if check_tlm:
        overrides["check"] = True
    planned = [_checked(parse_engine_switch, "--engine-switch", one) for one in switches]
    requests = _trace_requests(traces)
    logging = bool(categories) and log_file is None  # standard error scrolls by as it is
    terminal = Terminal()
    watchers[:] = [terminal.building]
    board = _load(platform, overrides, engine, terminal, shuffle)
    for switch in planned:
        _checked(switch.plan, "--engine-switch", board)
    tracing = _tracing(board, requests)
    with _log_stream(log_file) as stream, tracing, raw_terminal(), _models_to_blame(1):
        if categories:
            from cosim.trace.log import Log

            Log(board, categories, stream)
        result = board.run(
            limit,
            expect=expect,
            fail=fail,
            wall_timeout=wall_timeout,
            progress=terminal.progress if terminal.shows_status and not logging else None,
        )
    terminal.finish()
    _report(board, result, stats)
    sys.exit(result.exit_code or _rules_broken(board))


@cli.command()
@click.argument("platform", type=click.Path(path_type=Path))
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help="Override a value of the platform file.",
)
def check(platform: Path, settings: tuple[str, ...]) -> None:
    """Check the file PLATFORM and the images it names, and print the map of each core."""
    from cosim.platform.overrides import parse_setting

    board = _load(platform, dict(_checked(parse_setting, "--set", one) for one in settings))
    for core in board.cores.values():
        click.echo(f"{core.name} ({core.TYPE}), starts at {core.where(core.pc)}")
        for region in core.view.regions:
            click.echo(f"  0x{region.start:08x}..0x{region.end:08x}  {region.name}")


@cli.group(name="list")
def list_() -> None:
    """Print what there is."""


@list_.command()
def cores() -> None:
    """Print the core types that a platform file can name."""
    from cosim.platform.core_reference import core_list
    from cosim.platform.registry import Registry

    click.echo(core_list(Registry()))


@cli.command()
@click.argument("type_name", metavar="TYPE")
def doc(type_name: str) -> None:
    """Print what the core type TYPE implements: keys, instructions, system registers, lines."""
    from cosim.platform.core_reference import core_text
    from cosim.platform.registry import Registry

    registry = Registry()
    core = registry.find("core", type_name)
    if core is None:
        known = ", ".join(registry.names("core"))
        raise click.BadParameter(f"no core type '{type_name}' (known: {known})", param_hint="TYPE")
    click.echo(core_text(core))


@cli.group()
def cache() -> None:
    """What was compiled for cores, kept for the next run.

    It is in ~/.cache/cosim ($XDG_CACHE_HOME/cosim), or where the environment variable COSIM_CACHE
    says; COSIM_CACHE=off: it is not kept.
    """


@cache.command()
def info() -> None:
    """Print where it is, which cores it is for, and its size."""
    import time

    from cosim.cpus.engines.stencils.store import directory, entries

    place = directory()
    if place is None:
        click.echo("compiled code is not kept (COSIM_CACHE=off)")
        return
    found = entries(place)
    size = sum(one.size for one in found) / 1024
    click.echo(f"{place}: {len(found)} file{'' if len(found) == 1 else 's'}, {size:,.0f} KiB")
    for one in found:
        hours = max(0.0, time.time() - one.used) / 3600
        age = f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours"
        click.echo(
            f"  {one.name}  {one.size / 1024:8,.0f} KiB  {one.records:6,} records  "
            f"{age:>8} old  {one.what}"
        )


@cache.command()
def clear() -> None:
    """Remove it."""
    from cosim.cpus.engines.stencils.store import clear as remove
    from cosim.cpus.engines.stencils.store import directory

    place = directory()
    freed = 0 if place is None else remove(place)
    click.echo(f"{freed / 1024:,.0f} KiB removed")


@cli.group()
def export() -> None:
    """Print what other tools can use."""


@export.command()
def schema() -> None:
    """Print the JSON schema of platform files."""
    from cosim.platform.schema import schema_text

    click.echo(schema_text(), nl=False)


@export.command()
def reference() -> None:
    """Print the reference page of platform files, in Markdown."""
    from cosim.platform.reference import reference_text

    click.echo(reference_text(), nl=False)


def main() -> NoReturn:
    """The `cosim` command: never a traceback for what the user did, always one for our bugs."""
    gc.disable()  # until a board is built: nothing of it is garbage
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; there is nobody to tell
        sys.exit(1)
    except OSError as error:  # a full disk, a console's file that cannot be written
        click.echo(f"cosim: {error.filename or 'output'}: {error.strerror}", err=True)
        sys.exit(USAGE_ERROR)
    except Exception as error:  # noqa: BLE001 - the last resort, which shows everything
        import traceback

        from cosim.cpus.engines.difference import EnginesDiffer

        if isinstance(error, EnginesDiffer):  # its text is the report
            click.echo(str(error), err=True)
        else:
            traceback.print_exc()
        click.echo("cosim: this is a bug of cosim, please report it", err=True)
        sys.exit(INTERNAL_ERROR)
    sys.exit(0)


def _load(
    path: Path,
    overrides: dict[str, object],
    engine: str | None = None,
    stdio: Terminal | None = None,
    shuffle: int | None = None,
) -> Platform:
    from cosim.cpus.engines.choice import check_engine, why_no_translator
    from cosim.platform.builder import load
    from cosim.platform.diagnostics import PlatformError

    if engine is not None:
        _checked(check_engine, "--engine", engine)
    try:
        with _models_to_blame(USAGE_ERROR):
            board = load(path, overrides, stdio=stdio, engine=engine, shuffle=shuffle)
    except PlatformError as error:
        click.echo(str(error), err=True)
        sys.exit(USAGE_ERROR)
    for warning in board.warnings:
        click.echo(str(warning), err=True)
    reason = why_no_translator()
    if reason and any(core.runs_slowly for core in board.cores.values()):
        click.echo(f"cosim: the reference interpreter runs: {reason}", err=True)
    if not gc.isenabled():  # this is `main`'s process
        gc.freeze()
        gc.enable()
    return board


@contextmanager
def _models_to_blame(exit_code: int) -> Iterator[None]:
    """Show warnings about models in one line, and what a model raises as the model's; then end."""
    from cosim.kernel.report import KernelWarning
    from cosim.platform.blame import model_traceback

    def one_line(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        line: str | None = None,
    ) -> str:
        return f"cosim: warning: {message}\n"

    with warnings.catch_warnings():
        warnings.simplefilter("always", KernelWarning)
        warnings.formatwarning = one_line
        try:
            yield
        except Exception as error:  # a model may raise anything; what is ours goes on
            shown = model_traceback(error)
            if shown is None:
                raise
            click.echo(shown, err=True)
            click.echo(f"cosim: a model failed; exit code {exit_code}", err=True)
            sys.exit(exit_code)


def _checked(parse: Callable[[Given], Parsed], option: str, text: Given) -> Parsed:
    """`parse(text)`, with its ValueError as a usage error of `option`."""
    try:
        return parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None


def _check_pattern(option: str, pattern: str | None) -> None:
    if pattern is not None:
        try:
            re.compile(pattern)
        except re.error as error:
            raise click.BadParameter(
                f"'{pattern}' is not a regular expression: {error}", param_hint=option
            ) from None


@contextmanager
def _log_stream(path: Path | None) -> Iterator[TextIO]:
    """Where `-d` writes."""
    if path is None:
        yield sys.stderr
        return
    try:
        stream = path.open("w", encoding="utf-8")
    except OSError as error:
        raise click.BadParameter(f"'{path}': {error.strerror}", param_hint="-D") from None
    with stream:
        yield stream


def _categories(text: str | None) -> list[str]:
    """The categories of `-d`, checked; `help` prints them and ends."""
    if text is None:
        return []
    from cosim.trace.log import CATEGORIES, CODE_CATEGORIES, NATIVE_CATEGORIES

    if text == "help":
        for name, meaning in CATEGORIES.items():
            click.echo(f"{name:14} {meaning}")
        sys.exit(0)
    chosen = text.split(",")
    for name in chosen:
        if name not in CATEGORIES:
            known = ", ".join(CATEGORIES)
            raise click.BadParameter(f"no category '{name}' (known: {known})", param_hint="-d")
    observed = [name for name in chosen if name in CODE_CATEGORIES]
    native = [name for name in chosen if name in NATIVE_CATEGORIES]
    if observed and native:
        raise click.BadParameter(
            f"'{observed[0]}' has every instruction interpreted, so '{native[0]}' has nothing",
            param_hint="-d",
        )
    return chosen


def _trace_requests(texts: tuple[str, ...]) -> list[TraceRequest]:
    """What `--trace` asks for, checked."""
    if not texts:
        return []
    from cosim.trace.tracing import check_distinct, parse_trace

    requests = [_checked(parse_trace, "--trace", text) for text in texts]
    try:
        check_distinct(requests)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--trace") from None
    return requests


def _tracing(board: Platform, requests: list[TraceRequest]) -> AbstractContextManager[object]:
    if not requests:
        return nullcontext()
    from cosim.trace.tracing import open_trace

    try:
        return open_trace(board, *requests)
    except OSError as error:
        raise click.BadParameter(
            f"'{error.filename}': {error.strerror}", param_hint="--trace"
        ) from None


def _rules_broken(board: Platform) -> int:
    """Tell what the protocol checker found, if there is one; returns the exit code for it."""
    violations = board.checker.violations if board.checker else []
    for violation in violations[:SHOWN_VIOLATIONS]:
        click.echo(f"cosim: TLM rule {violation}", err=True)
    if len(violations) > SHOWN_VIOLATIONS:
        click.echo(f"cosim: and {len(violations) - SHOWN_VIOLATIONS} more", err=True)
    return 1 if violations else 0


def _report(board: Platform, result: RunResult, stats: bool) -> None:
    if result.report:
        click.echo(result.report, err=True)
    if stats:
        for core in board.cores.values():
            retired, cycles = core.instructions, core.cycle
            state = "asleep" if core.asleep else "halted" if core.halted else "running"
            click.echo(
                f"{core.name}: {retired:,} instructions, {cycles:,} cycles at "
                f"{core.clock.frequency / 1e6:g} MHz, {state} at {core.where(core.pc)}",
                err=True,
            )
    click.echo(f"cosim: {result}", err=True)

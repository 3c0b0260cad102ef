"""Type names: built in, from plugins of the platform file, from installed entry points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from platform_bench import CORES

from cosim.cpus.core import Core
from cosim.peripherals.peripheral import Peripheral
from cosim.platform.registry import PERIPHERALS, Registry

if TYPE_CHECKING:
    from platform_bench import Bench

BLINKER = """\
from __future__ import annotations
from cosim.peripherals.peripheral import Peripheral, PeripheralConfig
from cosim.peripherals.uartlite import UartLite

class BlinkerConfig(PeripheralConfig):
    count: int = 3

class Blinker(Peripheral):
    TYPE = "acme.blinker"
    SIZE = 0x10
    Config = BlinkerConfig

class _Helper:
    pass
"""


@pytest.fixture
def with_plugin(bench: Bench, good: str) -> Callable[[str], str]:
    """The good platform with a plugin of the given text and a device of its type."""

    def build(source: str) -> str:
        (bench.directory / "models.py").write_text(source)
        device = "  led: {type: acme.blinker, at: 0x5000_0000, count: 5}\n"
        return good.replace("cores:", "plugins: [./models.py]\ncores:") + device

    return build


def test_built_in_devices_are_found_by_the_name_they_announce() -> None:
    registry = Registry()
    for name in PERIPHERALS:
        found = registry.find("peripheral", name)
        assert found is not None
        assert issubclass(found, Peripheral)
        assert found.TYPE == name


def test_a_plugin_brings_a_type(bench: Bench, with_plugin: Callable[[str], str]) -> None:
    led = bench.describe(with_plugin(BLINKER)).peripherals["led"]
    assert (led.cls.__name__, led.config.count) == ("Blinker", 5)


def test_a_key_of_a_plugins_type_is_checked(
    bench: Bench, with_plugin: Callable[[str], str]
) -> None:
    (told,) = bench.errors(with_plugin(BLINKER).replace("count: 5", "cont: 5"))
    assert told == "11:46: unknown key 'cont', did you mean 'count'?"


BROKEN = {
    "syntax": ("x = 1\ndef\n", "SyntaxError: invalid syntax (line 2)"),
    "exception": ("\nx = undefined\n", "NameError: name 'undefined' is not defined (line 2)"),
    "import": (
        "import no_such_module_x\n",
        "ModuleNotFoundError: No module named 'no_such_module_x' (line 1)",
    ),
    "exit": ("raise SystemExit(3)\n", "SystemExit: 3 (line 1)"),
    "nothing": ("x = 1\n", "it defines no class with a TYPE"),
    "no base": ("class A:\n    TYPE = 'a.b'\n", "A derives from neither Core nor Peripheral"),
    "size": (BLINKER.replace("0x10", "'big'"), "Blinker.SIZE is not a number of bytes"),
    "config": (
        BLINKER.replace("= BlinkerConfig", "= int"),
        "Blinker.Config does not derive from PeripheralConfig",
    ),
    "type": (BLINKER.replace('"acme.blinker"', "7"), "Blinker.TYPE is not a type name"),
    "taken": (
        BLINKER.replace("acme.blinker", "arm.pl011"),
        "Blinker: there is already a peripheral type 'arm.pl011'",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_plugin_is_told_at_its_place(
    bench: Bench, with_plugin: Callable[[str], str], case: str
) -> None:
    source, reason = BROKEN[case]
    first, *rest = bench.errors(with_plugin(source))
    assert first == f"2:11: cannot use plugin './models.py': {reason}"
    assert all("unknown peripheral type 'acme.blinker'" in one for one in rest)


def test_a_plugin_that_is_no_python_file(bench: Bench, good: str) -> None:
    told = bench.errors(good.replace("cores:", "plugins: [board.yaml, 7]\ncores:"))
    assert told == [
        "2:11: cannot use plugin 'board.yaml': not a Python file (*.py)",
        "2:23: expected text, found 7: quote it",
    ]


def point(name: str, value: str, group: str) -> EntryPoint:
    found = EntryPoint(name, value, group)
    vars(found)["dist"] = SimpleNamespace(name="acme-models")
    return found


class InstalledCore(Core):
    """What an entry point leads to."""

    TYPE = "acme.core"
    ELF_MACHINE = "EM_RISCV"


def scan(group: str) -> Iterator[EntryPoint]:
    if group == "cosim.cores":
        yield point("acme.core", f"{__name__}:InstalledCore", group)
        yield point("acme.broken", "no_such_module_x:Core", group)
        yield point("acme.other", f"{__name__}:SimpleNamespace", group)


def test_an_installed_type_is_found(bench: Bench, but: Callable[[str, str], str]) -> None:
    text = but("xilinx.microblaze", "acme.core")
    board = bench.describe(text, types=lambda: Registry(cores=CORES, scan=scan))
    assert board.cores["mb0"].cls is InstalledCore


def test_entry_points_are_scanned_only_for_unknown_names(bench: Bench) -> None:
    def never(group: str) -> Iterator[EntryPoint]:
        raise AssertionError(group)

    assert bench.describe(types=lambda: Registry(cores=CORES, scan=never))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("acme.broken", "ModuleNotFoundError: No module named 'no_such_module_x'"),
        ("acme.other", f"PluginError: {__name__}:SimpleNamespace is not a core class"),
    ],
)
def test_a_broken_installed_type_is_a_warning_that_names_its_distribution(
    bench: Bench, but: Callable[[str, str], str], name: str, reason: str
) -> None:
    text = but("xilinx.microblaze", name)
    unknown, warning = bench.errors(text, types=lambda: Registry(cores=CORES, scan=scan))
    assert unknown.startswith(f"4:15: unknown core type '{name}'")
    assert warning.endswith(f"core type '{name}' of acme-models is broken: {reason}")


def test_unknown_types_are_compared_with_installed_ones_too(
    bench: Bench, but: Callable[[str, str], str]
) -> None:
    text = but("xilinx.microblaze", "acme.cor")
    (told,) = bench.errors(text, types=lambda: Registry(cores=CORES, scan=scan))
    assert told.endswith("did you mean 'acme.core'?")

"""What was compiled is kept on disk, and never trusted when it is not what we have written."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from cosim.cpus.engines import choice
from cosim.cpus.engines.stencils import compiler, identity, store, watchers
from cosim.cpus.engines.stencils.library import Library
from cosim.cpus.engines.stencils.store import CacheWarning, Store, clear, directory, entries
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import InstructionSet
from tests.cpus.engines.alone import alone
from tests.cpus.toy import OPERANDS, TOY, Board, addi

MADE_FOR = {"core": "toy", "endian": "little"}
PROGRAM = """
    addi r1, r1, 1
    st r1, r2, 0x1000
    ld r3, r2, 0x1000
    bnz r3, -12
"""
RESULT = (2500, 2500)

native = pytest.mark.skipif(bool(choice.why_no_translator()), reason="there is no native code here")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for compiled code, as a process that has just begun finds it."""
    monkeypatch.setenv("COSIM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(choice, "preferred", "translator")
    forget(monkeypatch)
    return tmp_path / "cache"


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process know no more of the store than a new one."""
    alone(monkeypatch)
    monkeypatch.setattr(store, "_stores", {})
    monkeypatch.setattr(store, "_warned", set())


def run() -> tuple[int, int]:
    """Run the toy and keep what it made; its registers."""
    board = Board(a=("100MHz", PROGRAM))
    board.kernel.run(100_000_000)
    store.save_all()
    return board.cores["a"].r[1], board.cores["a"].r[3]


def kept(place: Path, records: dict[str, object]) -> Path:
    """A store with `records` on disk; returns its file."""
    made = Store(place, MADE_FOR)
    for key, record in records.items():
        made.put(key, record)
    made.save()
    return place / made.name


# Warm starts


@native
def test_a_second_run_compiles_nothing(place, monkeypatch) -> None:
    assert run() == RESULT
    forget(monkeypatch)
    monkeypatch.setattr(compiler, "_llvm", lambda: pytest.fail("LLVM is used"))
    assert run() == RESULT


@native
def test_it_is_kept_without_an_end_of_the_run_if_it_is_much(place, monkeypatch) -> None:
    monkeypatch.setattr("cosim.cpus.engines.stencils.kept.BATCH", 1)
    Board(a=("100MHz", PROGRAM)).kernel.run(1_000_000)
    assert len(entries(place)) == 1


@native
def test_cores_that_are_alike_compile_once(place, monkeypatch) -> None:
    compiled = []
    original = Library.make
    monkeypatch.setattr(
        Library, "make", lambda self, keys: compiled.extend(keys) or original(self, keys)
    )
    board = Board(a=("100MHz", PROGRAM), b=("30MHz", PROGRAM))
    board.kernel.run(10_000_000)
    assert len(compiled) == len(set(compiled)) == 4


@native
def test_watchers_hear_of_the_beginning_and_the_end(place, monkeypatch) -> None:
    heard = []
    monkeypatch.setattr(watchers, "watchers", [])
    watchers.watchers.append(lambda *one: heard.append(one))
    monkeypatch.setattr("cosim.cpus.engines.stencils.library.watchers", watchers.watchers)
    run()
    counts = [one[1:] for one in heard]
    assert all(0 <= done <= count for done, count in counts)
    assert sum(done == 0 for done, _ in counts) == sum(done == count for done, count in counts) > 0


@native
@pytest.mark.parametrize("damage", ["half", "bit", "text", "empty"])
def test_a_damaged_file_is_ignored_with_one_line_and_replaced(place, monkeypatch, damage) -> None:
    run()
    (file,) = place.iterdir()
    good = file.read_bytes()
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 4
    file.write_bytes(
        {"half": good[: len(good) // 2], "bit": bytes(flipped), "text": b"x" * 99, "empty": b""}[
            damage
        ]
    )
    forget(monkeypatch)
    with pytest.warns(CacheWarning, match="is ignored") as said:
        assert run() == RESULT
    assert len(said) == 1
    forget(monkeypatch)
    assert run() == RESULT  # and nothing to say


SCRIPT = """
from cosim.cpus.engines import choice
from tests.cpus.engines.test_store import run, RESULT
choice.preferred = "translator"
assert run() == RESULT
"""


@native
def test_processes_find_what_others_have_compiled_whatever_they_hash(place) -> None:
    def process(seed: str, script: str) -> subprocess.Popen:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        root = Path(__file__).parents[3]
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script], cwd=root, env=environment
        )

    two = [process(seed, SCRIPT) for seed in ("1", "2")]
    assert [one.wait() for one in two] == [0, 0]
    assert [one.what.endswith(": blocks") for one in entries(place)].count(True) == 1
    assert not list(place.glob("*.part"))
    no_llvm = "import sys; sys.modules['llvmlite.binding'] = None\n"
    assert process("3", no_llvm + SCRIPT).wait() == 0


# What it depends on


def test_what_is_made_for_something_else_is_in_another_file(place) -> None:
    file = kept(place, {"one": 1})
    other = Store(place, {**MADE_FOR, "endian": "big"})
    assert place / other.name != file
    assert other.get("one") is None


def test_a_file_under_the_name_of_another_is_ignored(place) -> None:
    file = kept(place, {"one": 1})
    other = {**MADE_FOR, "endian": "big"}
    file.rename(place / Store(None, other).name)
    with pytest.warns(CacheWarning, match="for another core or another version"):
        assert Store(place, other).get("one") is None


def test_a_core_is_described_by_its_rows_and_what_they_were_made_with() -> None:
    def described(isa: InstructionSet) -> object:
        return identity.description("toy", "little", isa, {})

    def with_closure(number: int) -> InstructionSet:
        def semantics(m, rd, rn, imm):
            m.set(rd, m.const(number))

        row = Row(
            "x rd, rn, imm", "00000001 dddd nnnn iiiiiiiiiiiiiiii", semantics, "", operands=OPERANDS
        )
        return InstructionSet("x", [row])

    assert described(TOY) == described(InstructionSet("toy", TOY.rows))
    assert described(TOY) != described(InstructionSet("toy", TOY.rows[:-1]))
    assert described(with_closure(1)) == described(with_closure(1))
    assert described(with_closure(1)) != described(with_closure(2))


def test_a_core_without_sources_is_not_kept(monkeypatch) -> None:
    """As of a package in an archive: another version of it would look the same."""
    monkeypatch.setattr(sys.modules["cosim.bus"], "__path__", ["/nowhere"])
    identity._sources_of.cache_clear()
    try:
        assert identity.description("toy", "little", TOY, {}) is None
    finally:
        identity._sources_of.cache_clear()


def test_what_has_no_stable_text_is_not_kept() -> None:
    strange = InstructionSet("x", [])
    strange.anything = memoryview(b"")
    assert identity.description("toy", "little", strange, {}) is None
    with pytest.raises(identity.Unstable):
        identity.text([{1: object()}])
    assert "0x" not in identity.text(addi)
    assert identity.text({"a", "b", "c"}) == identity.text({"c", "b", "a"})


# Files


def test_two_stores_of_one_place_keep_what_both_have_written(place) -> None:
    one, other = Store(place, MADE_FOR), Store(place, MADE_FOR)
    one.put("one", [1, None, "x"])
    other.put("other", {"two": 2})
    one.save()
    other.save()
    again = Store(place, MADE_FOR)
    assert again.get("one") == [1, None, "x"]
    assert again.get("other") == {"two": 2}


def test_only_the_user_can_read_and_write_it(place) -> None:
    file = kept(place, {"one": 1})
    assert place.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_can_write_is_ignored(place) -> None:
    file = kept(place, {"one": 1})
    file.chmod(0o622)
    with pytest.warns(CacheWarning, match="others may write it"):
        assert Store(place, MADE_FOR).get("one") is None


def test_a_directory_that_others_can_write_is_not_used(place) -> None:
    kept(place, {"one": 1})
    place.chmod(0o777)
    with pytest.warns(CacheWarning, match="is not kept: others may write it"):
        assert Store(place, MADE_FOR).get("one") is None


def test_what_belongs_to_another_user_is_not_used(place, monkeypatch) -> None:
    kept(place, {"one": 1})
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.warns(CacheWarning, match="it belongs to another user"):
        assert Store(place, MADE_FOR).get("one") is None


def test_a_link_in_the_place_of_a_file_is_not_followed(place, tmp_path) -> None:
    file = kept(place, {"one": 1})
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.warns(CacheWarning, match="is ignored"):
        assert Store(place, MADE_FOR).get("one") is None


def test_a_place_that_cannot_be_made_costs_one_line(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    made = Store(tmp_path / "file" / "cache", MADE_FOR) if False else Store(None, MADE_FOR)
    made.place = tmp_path / "file" / "cache"
    made.put("one", 1)
    with pytest.warns(CacheWarning, match="compiled code is not kept"):
        made.save()
    made.put("two", 2)
    made.save()
    assert made.get("two") == 2


def test_a_full_disk_costs_one_line_and_no_file(place, monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = kept(place, {"one": 1})
    made = Store(place, MADE_FOR)
    made.put("two", 2)
    monkeypatch.setattr(os, "replace", full)
    with pytest.warns(CacheWarning, match="No space left on device"):
        made.save()
    assert made.get("two") == 2
    assert list(place.iterdir()) == [file]
    assert Store(place, MADE_FOR).get("one") == 1


def test_of_a_file_that_grows_beyond_bounds_what_was_used_last_is_kept(place, monkeypatch) -> None:
    kept(place, {str(number): "x" * 100 for number in range(8)})
    monkeypatch.setattr(store, "GREATEST", 900)
    made = Store(place, MADE_FOR)
    assert made.get("2") and made.get("5")
    made.put("new", "x" * 200)
    made.save()
    left = Store(place, MADE_FOR)
    assert [key for key in [*map(str, range(8)), "new"] if left.get(key)] == ["2", "5", "new"]


def test_files_that_nobody_uses_are_removed(place) -> None:
    old = kept(place, {"one": 1})
    os.utime(old, (0, 0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = Store(place, {**MADE_FOR, "endian": "big"})
        made.put("two", 2)
        made.save()
    assert [path.name for path in place.iterdir()] == [made.name]


# The place


def test_of_many_files_those_that_were_not_used_for_longest_are_removed(place, monkeypatch) -> None:
    """As whoever changes cosim leaves files of every version."""
    sizes = []
    for number in range(8):
        made = Store(place, {**MADE_FOR, "sources": str(number)})
        made.put("one", "x" * 1000)
        made.save()
        file = place / made.name
        sizes.append(file.stat().st_size)
        os.utime(file, (time.time() - 100 + number,) * 2)
    monkeypatch.setattr(store, "ALL", sum(sizes[-3:]))
    made.put("two", 2)
    made.save()
    left = [Store(place, {**MADE_FOR, "sources": str(number)}).get("one") for number in range(8)]
    assert [bool(one) for one in left] == [False] * 6 + [True] * 2


def test_the_place_is_chosen_by_the_environment(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("COSIM_CACHE", str(tmp_path))
    assert directory() == tmp_path
    monkeypatch.setenv("COSIM_CACHE", "off")
    assert directory() is None
    monkeypatch.setenv("COSIM_CACHE", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert directory() == tmp_path / "cosim"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert directory() == tmp_path / "home" / ".cache" / "cosim"


def test_its_entries_say_what_they_are_for_and_can_be_removed(place) -> None:
    kept(place, {"one": 1, "two": 2})
    (place / f"foreign{store.SUFFIX}").write_text("nothing of ours")
    what = {one.what: one.records for one in entries(place)}
    assert what == {"toy, little-endian": 2, "ignored: it is not of this version's format": 0}
    assert clear(place) > 0
    assert list(place.iterdir()) == []

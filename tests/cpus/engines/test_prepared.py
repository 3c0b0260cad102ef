"""Forms that are common come compiled with the package, and are taken where they are right."""

from __future__ import annotations

import runpy
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from cosim.cpus.engines.stencils import host, prepared
from cosim.cpus.engines.stencils.draft import Draft
from cosim.cpus.engines.stencils.host import FEATURES, LEVEL
from cosim.cpus.engines.stencils.prepared import Prepared, content, shared
from cosim.cpus.engines.stencils.workshop import Workshop
from tests.cpus.engines.bench import native

pytestmark = native

ROOT = Path(__file__).parents[3]
ONE, OTHER, IMPOSSIBLE = (Draft(body, "", ("static",)) for body in ("one", "other", "impossible"))


@pytest.fixture
def file(tmp_path, monkeypatch) -> Iterator[Path]:
    """A file with two forms, in place of that of the package."""
    path = tmp_path / "prepared.bin"
    path.write_bytes(content({ONE: "jmp CONT", IMPOSSIBLE: None}))
    monkeypatch.setattr(prepared, "FILE", path)
    shared.cache_clear()
    yield path
    shared.cache_clear()


class TestTheFile:
    def test_has_the_text_of_a_form_or_that_there_can_be_none(self, file) -> None:
        assert tuple(map(shared().find, (ONE, IMPOSSIBLE, OTHER))) == (("jmp CONT",), (None,), None)

    @pytest.mark.parametrize("other", [("two", "", ("static",)), ("one", "", ("slot",))])
    def test_forms_that_differ_in_anything_are_others(self, file, other) -> None:
        assert shared().find(Draft(*other)) is None

    def test_has_the_same_bytes_whatever_the_order(self) -> None:
        assert content({ONE: "a", OTHER: "b"}) == content({OTHER: "b", ONE: "a"})

    def test_finds_each_of_many_and_no_other(self) -> None:
        made = {Draft(f"body {number}", "", ()): str(number) for number in range(500)}
        one = Prepared(content(made))
        assert len(one) == 500
        assert [one.find(draft) for draft in made] == [(text,) for text in made.values()]
        assert not any(one.find(Draft(f"another {number}", "", ())) for number in range(500))

    @pytest.mark.parametrize("length", [0, 1, 10, 100, -1])
    def test_does_not_count_if_it_is_not_whole(self, file, length) -> None:
        assert len(Prepared(file.read_bytes())) == 2
        assert len(Prepared(file.read_bytes()[:length])) == 0

    def test_does_not_count_for_other_sources_than_made_it(self, file, monkeypatch) -> None:
        made = file.read_bytes()
        monkeypatch.setattr(prepared, "description", lambda: bytes(len(made.split(b"\n")[0]) + 1))
        assert len(Prepared(made)) == 0

    def test_need_not_be_there(self, file) -> None:
        file.unlink()
        assert len(shared()) == 0


class TestTheHost:
    @pytest.fixture(autouse=True)
    def anew(self):
        host.level.cache_clear()
        yield
        host.level.cache_clear()

    def pretend(self, monkeypatch, features) -> None:
        monkeypatch.setattr(host, "processor", lambda: {"flags": " ".join(features)})

    def test_has_the_level_with_all_of_its_features(self, monkeypatch) -> None:
        self.pretend(monkeypatch, FEATURES | {"avx512f"})
        assert host.level() == LEVEL

    @pytest.mark.parametrize("missing", ["bmi2", "avx2", "sse4_2"])
    def test_has_it_not_without_one_of_them(self, monkeypatch, missing) -> None:
        self.pretend(monkeypatch, FEATURES - {missing})
        assert host.level() is None

    def test_gets_nothing_that_was_made_for_more(self, file, monkeypatch) -> None:
        self.pretend(monkeypatch, ())
        assert len(shared()) == 0


def test_what_comes_with_the_package_is_not_compiled(file, monkeypatch) -> None:
    shop, told = Workshop(), []
    monkeypatch.setattr(shop.helper, "start", lambda: pytest.fail("a helper is started"))
    texts = shop.make([ONE, IMPOSSIBLE], lambda *counts: told.append(counts))
    assert (texts[ONE], texts[IMPOSSIBLE], told) == ("jmp CONT", None, [])


def test_the_packages_file_is_of_the_present_sources() -> None:
    """Else `make -C firmware prepared` has to make it again."""
    assert len(Prepared(prepared.FILE.read_bytes())) > 5000


@pytest.mark.skipif(host.level() is None, reason=f"the host's processor is not of {LEVEL}")
@pytest.mark.parametrize("image", ["vexpress_hello", "thumb_hello", "petalogix_hello_be"])
def test_it_has_what_is_common_in_a_program(image, monkeypatch) -> None:
    """Else the forms have changed, and it has to be made again.

    Which of several texts a form has may depend on those built before, so a few may be missing.
    """
    monkeypatch.setenv("COSIM_CACHE", "off")
    prepare = runpy.run_path(str(ROOT / "firmware" / "prepare.py"))
    counts = Counter(prepare["drafts_of"](ROOT / "firmware" / "images" / f"{image}.elf"))
    common = [draft for draft, count in counts.items() if count >= prepare["OFTEN"]]
    assert len(common) > 200
    assert sum(shared().find(draft) is None for draft in common) < len(common) // 50

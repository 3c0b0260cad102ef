"""The README and the pages of docs/ do what they say.

A fenced `console` block is a transcript: each line after `$ ` is run from the project's root, and
what follows must be what it prints, standard output first, but for the line that says that native
code is being built, which a first run has; `...` stands for anything. `python`
blocks with `>>>` are doctests, all of a page one session; one without is run.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cosim.cpus.engines.choice import why_no_translator

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.M | re.S)
BLOCKS = [
    pytest.param(*found.groups(), id=f"{page.name}:{text.count(chr(10), 0, found.start()) + 1}")
    for page in PAGES
    for text in [page.read_text()]
    for found in BLOCK.finditer(text)
    if ">>>" not in found.group(2)
]
BUILDING = re.compile(r"^cosim: building native code .*\n", re.M)
SESSIONS = [pytest.param(page, id=page.name) for page in PAGES if ">>>" in page.read_text()]
NATIVE = "translator.md"
"""The page that is about native code."""


@pytest.mark.parametrize(("kind", "text"), BLOCKS)
def test_a_page_does_what_it_says(kind: str, text: str, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(ROOT)
    if kind == "console":
        if "translator" in text or "lockstep" in text:
            skip_without_native_code()
        check_transcript(text, tmp_path)
    else:
        exec(compile(text, "page", "exec"), {})


@pytest.mark.parametrize("page", SESSIONS)
def test_a_session_goes_as_a_page_shows_it(page: Path, monkeypatch) -> None:
    if page.name == NATIVE:
        skip_without_native_code()
    monkeypatch.chdir(ROOT)
    test = doctest.DocTestParser().get_doctest(page.read_text(), {}, page.name, str(page), 0)
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test).failed == 0


def skip_without_native_code() -> None:
    if why_no_translator():
        pytest.skip("there is no native code here")


def check_transcript(text: str, directory: Path) -> None:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for step in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, expected = step.partition("\n")
        if command.startswith("make "):
            continue  # installs; tried in a fresh clone by CI itself
        done = subprocess.run(
            command.replace("$TMP", str(directory)),
            shell=True,
            capture_output=True,
            text=True,
            env=environment,
        )
        printed = done.stdout + BUILDING.sub("", done.stderr)
        same = doctest.OutputChecker().check_output(expected, printed, doctest.ELLIPSIS)
        assert same, f"$ {command}\nprints\n{printed}\ninstead of\n{expected}"


def test_every_page_is_linked_from_the_readme() -> None:
    text = (ROOT / "README.md").read_text()
    assert all(f"docs/{page.name}" in text for page in PAGES[1:])


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_each_row_for_systemc_users_is_part_of_an_example() -> None:
    """Whatever code the right column shows is in an example of the same section."""
    sections = (ROOT / "docs/for_systemc_users.md").read_text().split("\n## ")[1:]
    rows = 0
    for section in sections:
        examples = "".join(found.group(2) for found in BLOCK.finditer(section))
        for row in re.findall(r"^\| (?!SystemC)(.+) \|$", section, re.M):
            rows += 1
            right = re.split(r"(?<!\\) \| ", row)[1]
            for code in re.findall(r"`([^`]+)`", right):
                assert code.replace("\\|", "|") in examples, row
    assert rows > 60

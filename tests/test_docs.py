"""The README and the pages of docs/ do what they say.

A fenced `console` block is a transcript: each line after `$ ` is run from the project's root, and
what follows must be what it prints, standard output first; `...` stands for anything. A `python`
block with `>>>` is a doctest; one without is run.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.M | re.S)
BLOCKS = [
    pytest.param(*found.groups(), id=f"{page.name}:{text.count(chr(10), 0, found.start()) + 1}")
    for page in PAGES
    for text in [page.read_text()]
    for found in BLOCK.finditer(text)
]


@pytest.mark.parametrize(("kind", "text"), BLOCKS)
def test_a_page_does_what_it_says(kind: str, text: str, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(ROOT)
    if kind == "console":
        check_transcript(text, tmp_path)
    elif ">>>" in text:
        test = doctest.DocTestParser().get_doctest(text, {}, "page", None, 0)
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        assert runner.run(test).failed == 0
    else:
        exec(compile(text, "page", "exec"), {})


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
        printed = done.stdout + done.stderr
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

"""What is generated and committed is what the code generates now."""

from __future__ import annotations

from pathlib import Path

from cosim.platform.reference import reference_text
from cosim.platform.schema import schema_text

ROOT = Path(__file__).parents[2]


def test_the_schema_beside_the_platforms_is_current() -> None:
    assert (ROOT / "platforms/schema.json").read_text() == schema_text()


def test_the_reference_page_is_current() -> None:
    assert (ROOT / "docs/platform_file.md").read_text() == reference_text()

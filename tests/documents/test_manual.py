"""docs/documents.md is current: its list of kinds, its names, its limits."""

from __future__ import annotations

from pathlib import Path

from runner.documents import facts, period, pictures, speaking
from runner.documents.typesetting import Limits
from tests.documents.test_producing import DEFINITIONS

PAGE = (Path(__file__).parents[2] / "docs" / "documents.md").read_text(encoding="utf-8")


def test_every_shipped_kind_is_listed_as_it_is() -> None:
    for kind in DEFINITIONS.documents.values():
        title = kind.title.replace(" / ", " · ")
        row = f"| `{kind.id}` | {title} | {kind.record} | {', '.join(kind.formats)} |"
        assert row in PAGE, row


def test_every_name_that_formulas_see_is_told() -> None:
    for name in facts.NAMES | period.NAMES:
        assert f"`{name}" in PAGE, name


def test_limits_are_those_of_the_program() -> None:
    limits = Limits()
    assert f"{limits.seconds} seconds, {limits.megabytes / 1000:g} GB" in PAGE
    assert f"{speaking.LONGEST:,} characters" in PAGE
    assert f"{pictures.LONGEST_SIDE:,} pixels, {pictures.MOST} a document" in PAGE

"""docs/documents.md is current: its list of kinds, its names, its limits."""

from __future__ import annotations

import re
from pathlib import Path

from runner.definitions.files import read_folder
from runner.definitions.release import load_definitions
from runner.documents import facts, period, pictures, speaking
from runner.documents.typesetting import Limits
from tests.documents.test_producing import DEFINITIONS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "documents.md").read_text(encoding="utf-8")


def test_every_shipped_kind_is_listed_as_it_is() -> None:
    for kind in DEFINITIONS.documents.values():
        title = kind.title.replace(" / ", " · ")
        row = f"| `{kind.id}` | {title} | {kind.record} | {', '.join(kind.formats)} |"
        assert row in PAGE, row


def test_every_kind_is_produced_by_a_diagram_or_said_to_be_made_by_people() -> None:
    """What a diagram produces is found where it says the kind: in the input, or in the list that
    a task with several instances takes it from."""
    said = re.search(r"These no diagram produces:(.+?)The month-end package", PAGE, re.DOTALL)
    assert said is not None
    by_people = set(re.findall(r"`(\w+)`", said[1]))
    produced: set[str] = set()
    for process in load_definitions(read_folder(ROOT)).processes.values():
        for element in process.elements.values():
            if element.job_type == "produce_document":
                sources = [m.source for m in element.inputs if m.target == "kind"]
                if element.multi_instance is not None:
                    sources.append(element.multi_instance.input_collection)
                produced |= set(re.findall(r'"(\w+)"', " ".join(sources)))
    kinds = set(DEFINITIONS.documents)
    assert by_people == kinds - produced


def test_every_name_that_formulas_see_is_told() -> None:
    for name in facts.NAMES | period.NAMES:
        assert f"`{name}" in PAGE, name


def test_limits_are_those_of_the_program() -> None:
    limits = Limits()
    assert f"{limits.seconds} seconds, {limits.megabytes / 1000:g} GB" in PAGE
    assert f"{speaking.LONGEST:,} characters" in PAGE
    assert f"{pictures.LONGEST_SIDE:,} pixels, {pictures.MOST} a document" in PAGE

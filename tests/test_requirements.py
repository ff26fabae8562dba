"""Every requirement has a place where it lives and something that shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from runner.definitions.files import read_folder
from runner.definitions.release import load_definitions
from tests.requirements.page import PAGE, Line, lines, page
from tests.requirements.places import ROOT, all_places
from tests.requirements.rows import groups, rows

SOURCE = ROOT.parent / "shared/requirements/complaint_requirements.md"


@pytest.fixture(scope="module")
def every() -> Sequence[Line]:
    return lines()


def test_there_are_472_requirements_in_26_groups() -> None:
    assert len(rows()) == 472
    assert len(groups()) == 26
    assert {row.group for row in rows().values()} == set(groups())


@pytest.mark.skipif(not SOURCE.exists(), reason="the requirements file is not beside the checkout")
def test_the_list_is_that_of_the_source() -> None:
    text = SOURCE.read_text(encoding="utf-8")
    part = text[text.index("## Part 1") : text.index("## Part 2")]
    assert set(re.findall(r"^\| ([A-Z]{2}-\d{2}) \|", part, re.MULTILINE)) == set(rows())


def test_every_requirement_has_a_place(every: Sequence[Line]) -> None:
    missing = [f"{one.row.id} {one.row.wording}" for one in every if not one.places]
    assert not missing, "without a place:\n" + "\n".join(missing)


def test_every_requirement_is_shown(every: Sequence[Line]) -> None:
    missing = [
        f"{one.row.id} {one.row.wording}: {', '.join(p.name for p in one.places)}"
        for one in every
        if not one.scenarios and not one.tests
    ]
    assert not missing, "shown by no scenario and no test:\n" + "\n".join(missing)


def test_every_requirement_serves_a_clause(every: Sequence[Line]) -> None:
    assert not [one.row.id for one in every if not one.clauses]


def test_nothing_names_a_requirement_that_there_is_not() -> None:
    places = all_places(load_definitions(read_folder(ROOT)))
    unknown = {f"{p.requirement} at {p.name}" for p in places if p.requirement not in rows()}
    assert not unknown


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run make requirements"


def test_the_page_has_a_row_for_each(every: Sequence[Line]) -> None:
    text = Path(PAGE).read_text(encoding="utf-8")
    assert all(f"| {one.row.id} | {one.row.wording} |" in text for one in every)

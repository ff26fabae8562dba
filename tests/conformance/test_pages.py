"""The manual of elements is what the texts and cases make of it."""

from __future__ import annotations

import pytest

from tests.conformance.cases import all_cases
from tests.conformance.element_texts import TEXTS
from tests.conformance.pages import PAGES, manual
from tests.conformance.refused import REFUSED


def test_the_pages_are_current() -> None:
    """``python -m tests.conformance.pages`` writes them."""
    made = dict(manual())
    assert {path.name for path in PAGES.iterdir()} == set(made)
    for name, content in made.items():
        assert (PAGES / name).read_text(encoding="utf-8") == content, name


def test_every_kind_of_case_has_its_page() -> None:
    assert {case.element for case in all_cases()} == set(TEXTS)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_run_is_a_finding_in_both_languages(name: str) -> None:
    said = REFUSED[name].finding()
    assert said.zh
    assert said.en
    assert (PAGES.parent / "rules" / f"{said.rule}.md").is_file()

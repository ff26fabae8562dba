"""How a form is arranged on the page: headings in both languages, fields of a row side by side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from runner.definitions.files import read_folder
from runner.definitions.forms import Form
from runner.definitions.release import load_definitions
from runner.web.form_nodes import CellsNode, FieldNode, GroupNode, ListNode, TextNode
from runner.web.form_view import FormContent, FormView, view_form
from runner.web.moments import Moments
from runner.web.shown_values import Labels

DEFINITIONS = load_definitions(read_folder(Path(__file__).parents[2]))
CALENDAR = next(iter(DEFINITIONS.calendars.values()))
MOMENTS = Moments(datetime(2026, 11, 20, 2, tzinfo=UTC), ZoneInfo("Asia/Shanghai"), CALENDAR)
LABELS = Labels(DEFINITIONS.forms, {})
PLAN = DEFINITIONS.forms["action_plan"]
ONE = {"measures": [{"kind": "interim"}]}


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


def shown(form: Form, language: str, errors: dict[str, list[str]] | None = None) -> FormView:
    content = FormContent(ONE, {"policy": {}}, errors or {})
    return view_form(form, content, MOMENTS, language, LABELS)


def measures(view: FormView) -> ListNode:
    nodes = [node for section in view.sections for node in section.nodes]
    return next(n for n in nodes if isinstance(n, ListNode) and n.path == "measures")


@pytest.mark.parametrize(
    ("language", "heading"), [("zh", "整改措施"), ("en", "Action plan (F-36 F-21)")]
)
def test_a_heading_is_one_in_both_languages(language: str, heading: str) -> None:
    first = shown(PLAN, language).sections[0]
    assert isinstance(first, GroupNode)
    text = first.nodes[0]
    assert isinstance(text, TextNode)
    assert "<h" in text.html
    assert heading in text.html
    assert "#" not in text.html


def test_fields_of_one_row_stand_side_by_side_in_a_list_of_cards() -> None:
    listed = measures(shown(PLAN, "en"))
    assert listed.style == "stack"
    beside = [node for node in listed.rows[0].nodes if isinstance(node, CellsNode)]
    labels = [
        [inner.label for _, inner in node.cells if isinstance(inner, FieldNode)] for node in beside
    ]
    assert ["Department", "Person", "By when"] in labels


def test_a_row_with_a_wrong_field_beside_others_is_a_bad_row() -> None:
    wrong = shown(PLAN, "en", {"measures.0.person": ["谁 / Who?"]})
    assert [row.bad for row in measures(wrong).rows] == [True]
    assert [row.bad for row in measures(shown(PLAN, "en")).rows] == [False]

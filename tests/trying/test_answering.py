"""A form is filled in as a page would show it: given, usual, known, facts, a typed sample."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from runner.definitions.forms import Form, load_form
from runner.trying.answering import CannotAnswer, Filling

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CHOICE = [{"label": "甲 / A", "value": "a"}, {"label": "乙 / B", "value": "b"}]


def _form(*components: Mapping[str, Any]) -> Form:
    numbered = [{"id": f"c{n}", **component} for n, component in enumerate(components)]
    found, findings = load_form(
        json.dumps({
            "type": "default", "id": "f", "schemaVersion": 19, "components": numbered,
            "executionPlatform": "Camunda Cloud", "executionPlatformVersion": "8.9.0",
        }).encode(), "forms/f.form",
    )  # fmt: skip
    assert found is not None
    assert not findings
    return found


def _fill(form: Form, given: Mapping[str, Any] | None = None, **more: Any) -> dict[str, object]:
    settings: dict[str, Any] = {"usual": {}, "known": {}, "variables": {}, **more}
    return _filling(form, given or {}, settings).fill()


def _filling(form: Form, given: Mapping[str, Any], settings: Mapping[str, Any]) -> Filling:
    return Filling(form=form, now=NOW, zone=ZoneInfo("Asia/Shanghai"), given=given, **settings)


def _text(key: str, **more: Any) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": "名 / Name", **more}


MUST = {"validate": {"required": True}}


def test_the_first_that_there_is_goes_into_the_field() -> None:
    form = _form(_text("x"))
    every = {"usual": {"x": "usual"}, "known": {"x": "known"}, "facts": {"x": "fact"}}
    assert _fill(form, {"x": "given"}, **every) == {"x": "given"}
    assert _fill(form, None, **every) == {"x": "usual"}
    assert _fill(form, None, **{**every, "usual": {}}) == {"x": "known"}
    assert _fill(form, None, facts={"x": "fact"}) == {"x": "fact"}
    assert _fill(form) == {}


def test_null_leaves_a_field_empty_whatever_is_usual() -> None:
    assert _fill(_form(_text("x")), {"x": None}, usual={"x": "usual"}) == {"x": None}


def test_strict_adds_nothing() -> None:
    form = _form(_text("x"), _text("y"))
    found = _fill(form, {"y": "1"}, usual={"x": "u"}, known={"x": "k"}, strict=True)
    assert found == {"y": "1"}


@pytest.mark.parametrize(
    ("component", "sample"),
    [
        ({"type": "select", "key": "x", "values": CHOICE}, "a"),
        ({"type": "checklist", "key": "x", "values": CHOICE}, ["a"]),
        ({"type": "checkbox", "key": "x", "label": "是 / Yes"}, True),
        (
            {"type": "datetime", "key": "x", "subtype": "date", "dateLabel": "日 / Day"},
            "2026-03-02",
        ),
        (
            {"type": "datetime", "key": "x", "subtype": "date", "disallowPassedDates": True},
            "2026-03-03",
        ),
        ({"type": "textfield", "key": "x", "label": "名称 / Name"}, "名称（样例）"),
    ],
)
def test_a_mandatory_field_gets_a_sample_of_its_type(
    component: dict[str, Any], sample: object
) -> None:
    assert _fill(_form({**component, **MUST})) == {"x": sample}


def test_a_sample_keeps_the_limits_of_its_field() -> None:
    number = {"type": "number", "key": "n", "validate": {"required": True, "min": 5}}
    text = _text("t", validate={"required": True, "minLength": 30})
    mail = _text("m", validate={"required": True, "validationType": "email"})
    found = _fill(_form(number, text, mail))
    assert found["n"] == 5
    assert len(str(found["t"])) >= 30
    assert found["m"] == "customer@example.com"


def test_what_appears_with_an_answer_is_filled_in_too() -> None:
    form = _form(
        {"type": "select", "key": "k", "values": CHOICE, **MUST},
        _text("why", conditional={"hide": '=k != "b"'}, **MUST),
    )
    assert _fill(form) == {"k": "a"}
    assert _fill(form, {"k": "b"}) == {"k": "b", "why": "名（样例）"}


def test_what_is_known_but_not_acceptable_any_more_is_answered_anew() -> None:
    number = {"type": "number", "key": "x", "validate": {"required": True, "max": 5}}
    assert _fill(_form(number), known={"x": 4}) == {"x": 4}
    assert _fill(_form(number), known={"x": 9}) == {"x": 1}


def test_a_usual_answer_that_the_field_does_not_offer_is_left_out() -> None:
    choice = {"type": "select", "key": "x", "values": CHOICE, **MUST}
    assert _fill(_form(choice), usual={"x": "c"}) == {"x": "a"}


def test_a_mandatory_file_is_asked_for() -> None:
    form = _form({"type": "filepicker", "key": "photo", "label": "照片 / Photo", **MUST})
    filling = _filling(form, {}, {"usual": {}, "known": {}, "variables": {}})
    assert filling.fill() == {"photo": []}
    assert filling.wanted == ["photo"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kk": "a"}, "the form has no such field"),
        ({"k": "c"}, "k: "),
        ({"why": "x"}, "the form does not show this field"),
        ({"fixed": "x"}, "it cannot be changed here"),
    ],
)
def test_an_answer_nobody_could_give_is_told(given: dict[str, Any], said: str) -> None:
    form = _form(
        {"type": "select", "key": "k", "values": CHOICE, **MUST},
        _text("why", conditional={"hide": '=k != "b"'}),
        _text("fixed", readonly=True),
    )
    with pytest.raises(CannotAnswer, match=said):
        _fill(form, given)


def test_a_mandatory_choice_without_choices_is_told() -> None:
    choice = {"type": "select", "key": "x", "valuesExpression": "=[]", **MUST}
    with pytest.raises(CannotAnswer, match="nothing to choose from"):
        _fill(_form(choice))

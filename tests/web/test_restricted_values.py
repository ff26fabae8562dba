"""Answers that a form keeps for some groups are named to others and shown to nobody else (LB-06,
LB-07, PN-01)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g

from runner.definitions.files import read_folder
from runner.definitions.release import load_definitions
from runner.engine.access import Person
from runner.reports.narrator import Narrator
from runner.web.moments import Moments
from runner.web.shown_values import Labels, may_read, show

DEFINITIONS = load_definitions(read_folder(Path(__file__).parents[2]))
LABELS = Labels(DEFINITIONS.forms, {})
ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = next(iter(DEFINITIONS.calendars.values()))
MOMENTS = Moments(datetime(2026, 11, 20, 2, tzinfo=UTC), ZONE, CALENDAR)
RESTRICTED = ("process_link", "responsible_person", "penalty_decision", "penalty_reason")


def told(app: Flask, variable: str, *groups: str) -> str:
    with app.test_request_context("/?lang=en"):
        g.person = Person("p", "p", "P", frozenset(groups), "en", "") if groups else None
        return show("张三", LABELS, variable, MOMENTS, "en")


@pytest.mark.parametrize("variable", RESTRICTED)
def test_who_was_responsible_is_not_for_everybody(app: Flask, variable: str) -> None:
    assert told(app, variable, "production") == "restricted"
    assert told(app, variable) == "restricted"


@pytest.mark.parametrize("group", ["quality_manager", "hr", "company_leader", "compliance"])
def test_those_who_judge_and_compliance_read_it(app: Flask, group: str) -> None:
    assert told(app, "responsible_person", group, "production") == "张三"


def test_what_no_form_keeps_back_is_for_all(app: Flask) -> None:
    assert told(app, "occurrence_cause", "production") == "张三"


@pytest.mark.parametrize(("group", "text"), [("production", "restricted"), ("hr", "张三")])
def test_the_history_tells_no_more(app: Flask, group: str, text: str) -> None:
    with app.test_request_context("/?lang=en"):
        g.person = Person("p", "p", "P", frozenset({group}), "en", "")
        narrator = Narrator(
            DEFINITIONS, {}, "en", ZONE, may_read=lambda variable: may_read(LABELS, variable)
        )
        assert narrator.show("张三", "responsible_person") == text
        assert narrator.show(None, "responsible_person") == "—"

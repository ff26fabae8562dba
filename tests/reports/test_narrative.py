"""What the story of a case says of single events."""

from __future__ import annotations

import datetime as dt

import pytest

from runner.definitions.release import load_definitions
from runner.reports.narrative import Narrator
from runner.store.event_log import Recorded
from tests.definitions.dmn.building import definitions, literal, table

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("decision", "text", "detail"),
    [
        ("t", "Decision table “t”", "no rule applied"),
        ("sum", "Decision “sum”", ""),
        ("gone", "Decision table “gone”", "no rule applied"),
    ],
)
def test_only_of_tables_it_is_said_that_no_rule_applied(
    decision: str, text: str, detail: str
) -> None:
    file = definitions(table("", [("1", "1")]), literal("sum", "1 + 1"))
    facts: dict[str, object] = {"decision": decision, "matched_rules": []}
    header = {"facts": facts, "actor": "system", "element": "e", "process": "p"}
    event = Recorded(1, 1, "decision_evaluated", NOW, header, b"")
    known = load_definitions({"processes/t.dmn": file})
    line = Narrator(known, {}, "en", dt.UTC).line(event)
    assert line is not None
    assert (line.text, line.detail) == (text, detail)

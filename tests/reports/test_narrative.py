"""What the story of a case says: a sentence for every event, in either language, without ids."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping

import pytest

from runner.definitions.release import Definitions, load_definitions
from runner.event_base import Event, catalogue
from runner.reports.narrative import ROUTINE, Narrator, is_told
from runner.store.event_log import Recorded
from tests.definitions.diagrams import diagram, flow, line, node
from tests.definitions.dmn.building import definitions, literal, table
from tests.reports.samples import DIGEST, SAMPLES

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
NAMES = {"ann": "安 / Ann", "bob": "波 / Bob"}
ROLES = "groups:\n  - {id: office, name: 办公室 / Office, duties: 受理 / Receives}\n"
SCHEMA = {
    "properties": {
        "ack": {
            "description": "受理 / Acknowledgement",
            "properties": {"first_response_due": {"description": "首次回应 / First response"}},
        }
    }
}
DIAGRAM = diagram(
    node("startEvent", "s")
    + node("userTask", "check_facts", name="核实事实 / Check the facts")
    + node("exclusiveGateway", "gate", name="")
    + node("intermediateCatchEvent", "wait", name="等答复 / Wait for the answer")
    + node("endEvent", "e")
    + line("s", "check_facts", "gate")
    + flow("gate", "wait", name="是 / Yes").replace("gate_to_wait", "yes")
    + flow("wait", "e"),
    process="p",
)


def recorded(event: Event, values: Mapping[str, object] | None = None) -> Recorded:
    facts = dict(event.facts())
    places = {k: facts.pop(k) for k in ("element", "token", "process", "instance") if k in facts}
    shown = dict(event.values()) if values is None else values
    header = {"facts": facts, "actor": "ann", **places}
    return Recorded(1, 1, event.type, NOW, header, b"", shown)


@pytest.fixture(scope="module")
def known() -> Definitions:
    return load_definitions(
        {
            "processes/d.bpmn": DIAGRAM,
            "processes/t.dmn": definitions(table("", [("1", "1")]), literal("sum", "1 + 1")),
            "processes/roles.yaml": ROLES.encode(),
            "processes/policies/policy.schema.json": json.dumps(SCHEMA).encode(),
        }
    )


def narrator(known: Definitions, language: str) -> Narrator:
    return Narrator(known, NAMES, language, dt.UTC, releases={DIGEST: 3, DIGEST[::-1]: 4})


def test_every_event_of_the_catalogue_has_a_sample() -> None:
    assert {event.type for event in SAMPLES} == set(catalogue())


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: event.type)
def test_every_event_has_a_sentence_in_either_language(known: Definitions, event: Event) -> None:
    zh, en = (narrator(known, language).line(recorded(event)) for language in ("zh", "en"))
    told = {"zh": f"{zh.text}|{zh.detail}|{zh.actor}", "en": f"{en.text}|{en.detail}|{en.actor}"}
    for text in told.values():
        assert len(text.split("|")[0]) > 2
        assert not re.search(r"[0-9a-f]{16}|\w_\w|[{}]|None|\bcheck facts\b", text), text
    assert not re.search(r"[A-Za-z]{2,}", told["zh"].replace("KB", "").replace("MB", "")), told[
        "zh"
    ]
    assert not re.search(r"[\u3000-\u9fff]", told["en"]), told["en"]


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: event.type)
def test_the_sentence_stays_when_the_values_are_erased(known: Definitions, event: Event) -> None:
    erased = recorded(event)
    erased = Recorded(1, 1, erased.type, NOW, erased.header, b"", None)
    assert len(narrator(known, "zh").line(erased).text) > 2


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timer_fired", "“Wait for the answer”: the time is up | limit 2026-11-20 09:00; fired "
         "once, 3 missed"),
        ("user_task_completed", "Ann completed “Check the facts”, late | Severity: Serious; "
         "Admissible: yes"),
        ("token_moved", "Ann moved the work: “Check the facts” → “Wait for the answer” | reason: "
         "2026-11-20"),
        ("case_migrated", "Ann moved the case from release 3 to release 4 | reason: 2026-11-20"),
        ("policy_value_decided", "The policy value “Acknowledgement › First response” is as Ann "
         "decided in another case | amount: 2"),
        ("deadline_resumed", "The clock of “Wait for the answer” goes on | it stood still for 3 h "
         "since 2026-11-20 09:00; now due 2026-11-20 12:00, before 2026-11-20 09:00"),
        ("conditions_evaluated", "A gateway: “Yes” was chosen | no entry 'x'; Severity: Serious"),
    ],
)  # fmt: skip
def test_a_sentence_says_who_what_with_which_values_and_why(
    known: Definitions, kind: str, text: str
) -> None:
    event = next(event for event in SAMPLES if event.type == kind)
    line_ = narrator(known, "en").line(recorded(event))
    assert f"{line_.text} | {line_.detail}".replace("Amount", "amount") == text


def test_routine_is_no_line_of_the_story_but_where_it_went_wrong(known: Definitions) -> None:
    told = {event.type for event in SAMPLES if is_told(narrator(known, "en"), recorded(event))}
    assert told == set(catalogue()) - ROUTINE | {"conditions_evaluated"}
    gate = next(event for event in SAMPLES if event.type == "conditions_evaluated")
    assert not is_told(narrator(known, "en"), recorded(gate, {}))


@pytest.mark.parametrize(
    ("decision", "text"),
    [
        ("t", "Decision table “t”: no rule applied"),
        ("sum", "Decision “sum”"),
        ("gone", "Decision table a decision without a name: no rule applied"),
    ],
)
def test_only_of_tables_it_is_said_that_no_rule_applied(
    known: Definitions, decision: str, text: str
) -> None:
    facts: dict[str, object] = {"decision": decision, "matched_rules": []}
    header = {"facts": facts, "actor": "system", "element": "e", "process": "p"}
    event = Recorded(1, 1, "decision_evaluated", NOW, header, b"", {})
    assert narrator(known, "en").line(event).text == text

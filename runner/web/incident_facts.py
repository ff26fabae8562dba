"""What an incident page tells beside the sentence: where it is, what the step saw, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from runner.definitions.findings import half
from runner.engine.access import Person
from runner.engine.site import Site
from runner.reports.incident_words import OTHERWISE, WHAT_TO_DO
from runner.reports.narrative import Narrator
from runner.reports.policy_words import policy_words
from runner.store.case_lists import IncidentLine
from runner.store.case_pages import latest_events
from runner.store.event_log import Recorded
from runner.web.case_reading import CaseReading, narrator_for, read_case

NEAR = 60  # events of these kinds up to the incident among which the step's own are looked for
_TELLING = (
    "conditions_evaluated", "decision_evaluated", "expression_warned", "job_attempt_failed",
    "job_created", "job_error_thrown", "service_performed",
)  # fmt: skip
_SAW = ("reads", "inputs")
_NAME = re.compile(r"[^\W\d]\w*")
LONGEST = 400


@dataclass(frozen=True)
class IncidentFacts:
    """``saw`` is what the step worked with, by label; ``cause`` what went wrong in the words of
    the program or expression; ``instance`` opens the diagram it stands in."""

    process: str
    instance: str
    policy: str
    cause: str
    saw: tuple[tuple[str, str], ...]
    todo: str


def facts_of_incident(
    connection: Connection, site: Site, person: Person, incident: IncidentLine, language: str
) -> IncidentFacts:
    """Everything is read from the case's own events; what was erased is not there."""
    reading = read_case(connection, site, person, incident.case_id)
    raised = _raised(connection, site, reading, incident.id)
    events = _of_step(connection, site, reading, raised) if raised is not None else []
    narrator = narrator_for(connection, site, reading, events, language)
    header = {} if raised is None else raised.header
    policy = incident.policy_path or ""
    return IncidentFacts(
        process=narrator.process(header.get("process")),
        instance=str(header.get("instance") or incident.case_id),
        policy=half(policy_words(reading.definitions, policy), language) if policy else "",
        cause=next((text for text in _causes(narrator, events)), ""),
        saw=tuple(_saw(narrator, reading, events, incident.message)),
        todo=half(WHAT_TO_DO.get(incident.kind, OTHERWISE), language),
    )


def _raised(
    connection: Connection, site: Site, reading: CaseReading, incident_id: str
) -> Recorded | None:
    events = latest_events(connection, site.vault, reading.past, ["incident_raised"], limit=NEAR)
    return next((e for e in events if _fact(e, "incident") == incident_id), None)


def _fact(event: Recorded, name: str) -> object:
    facts = event.header["facts"]
    return facts.get(name) if isinstance(facts, dict) else None


def _of_step(
    connection: Connection, site: Site, reading: CaseReading, raised: Recorded
) -> list[Recorded]:
    """What the same step did before it failed, the latest first."""
    found = latest_events(
        connection, site.vault, reading.past, _TELLING, limit=NEAR, before=raised.number
    )
    return [event for event in found if event.header.get("token") == raised.header.get("token")]


def _causes(narrator: Narrator, events: Sequence[Recorded]) -> Iterator[str]:
    for event in events:
        said = narrator.given(event, "error").values()
        texts = [" ".join(half(str(text), narrator.language).split()) for text in said if text]
        told = narrator.join([narrator.warnings(event), *texts])
        if told:
            yield told[:LONGEST]


def _saw(
    narrator: Narrator, reading: CaseReading, events: Sequence[Recorded], message: str
) -> Iterator[tuple[str, str]]:
    """What was read, else the values the sentence names."""
    seen: dict[str, object] = {}
    for event in events:
        for prefix in _SAW:
            for name, content in narrator.given(event, prefix).items():
                seen.setdefault(name, content)
    if not seen:
        named = dict.fromkeys(_NAME.findall(message))
        seen = {name: reading.variables[name] for name in named if name in reading.variables}
    empty = narrator.say("空", "empty")
    for name, content in seen.items():
        text = empty if content in (None, "", []) else narrator.show(content, name)
        label = narrator.labels.name(name, narrator.language)
        yield label, text if len(text) <= LONGEST else text[:LONGEST] + "…"

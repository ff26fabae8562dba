"""The values of a case: what stands there now, who wrote it, and what stood there before."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from runner.engine.site import Site
from runner.store.case_pages import events_by_number
from runner.store.event_log import Recorded
from runner.web.case_reading import CaseReading, labels_for, values_of
from runner.web.moments import Moments
from runner.web.shown_values import Labels, show

MOST_OLD = 5
FIRST = (
    "product_name", "model", "lot", "phenomenon", "customer_name", "contact", "demands",
    "desired_solution", "severity_level", "urgency_level", "triage", "liability",
    "occurrence_cause", "escape_cause", "recall_status", "solution_kind", "steps",
    "customer_answer", "satisfaction", "conclusion",
)  # fmt: skip


@dataclass(frozen=True)
class Datum:
    """One variable with its history: old values with who changed them, the latest first."""

    name: str
    value: str
    source: str
    old: tuple[tuple[str, str], ...]


def data_history(
    connection: Connection,
    site: Site,
    reading: CaseReading,
    moments: Moments,
    language: str,
    limit: int | None = None,
) -> tuple[list[Datum], int]:
    """The case's values by label, the first ``limit``, and how many there are. Only the events that
    wrote what is shown are read."""
    plain, writes = reading.vocabulary.labels, reading.past.outline.writes
    known = [name for name in (*FIRST, *plain.names) if name in reading.variables]
    names = [
        name
        for name in dict.fromkeys([*known, *reading.variables])
        if not name.startswith(("#", "_"))
        and (reading.variables[name] not in (None, "", []) or len(writes.get(name, ())) > 1)
    ]
    shown = names[:limit]
    numbers = {number for name in shown for number in writes.get(name, ())}
    events = events_by_number(connection, site.vault, reading.row.id, numbers)
    current = [reading.variables[name] for name in shown]
    labels = labels_for(connection, site, reading, [*current, *values_of(events)])
    by_number = {event.number: event for event in events}
    found: list[Datum] = []
    for name in shown:
        wrote = [by_number[n] for n in writes.get(name, ()) if n in by_number]
        text = show(reading.variables[name], labels, name, moments, language)
        old = [
            (before, f"{_who(reading, event, language)} · {moments.at(event.at)}")
            for event in reversed(wrote)
            if (before := _before(event, name, labels, moments, language))
        ]
        if text or old:
            source = _source(reading, wrote[-1], moments, language) if wrote else ""
            label = labels.name(name, language)
            found.append(Datum(label, text, source, tuple(old[:MOST_OLD])))
    return found, len(names)


def _who(reading: CaseReading, event: Recorded, language: str) -> str:
    return reading.who(event.header.get("actor"), language)


def _before(event: Recorded, name: str, labels: Labels, moments: Moments, language: str) -> str:
    return show((event.values or {}).get(f"old.{name}"), labels, name, moments, language)


def _source(reading: CaseReading, event: Recorded, moments: Moments, language: str) -> str:
    """The step that wrote it, else the person."""
    if event.values is None:
        return ""
    step = reading.element_name(event.header.get("process"), event.header.get("element"), language)
    return f"{step or _who(reading, event, language)} · {moments.at(event.at)}"

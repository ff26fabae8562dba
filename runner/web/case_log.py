"""The log of a case as it is kept: every event, what FEEL warned of, and each value's history."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from runner.definitions.findings import half
from runner.definitions.warning_words import warning_words
from runner.reports.label_words import EVENTS
from runner.store.event_log import Recorded
from runner.web.case_reading import CaseReading, labels_of
from runner.web.moments import Moments
from runner.web.shown_values import show

FIRST = (
    "product_name", "model", "lot", "phenomenon", "customer_name", "contact", "demands",
    "desired_solution", "severity_level", "urgency_level", "triage", "liability",
    "occurrence_cause", "escape_cause", "recall_status", "solution_kind", "steps",
    "customer_answer", "satisfaction", "conclusion",
)  # fmt: skip


def warnings_of(event: Recorded, language: str) -> str:
    """What FEEL could not make sense of in this event, and why; "" where there is nothing."""
    told = [
        half(warning_words(value), language)
        for name, value in (event.values or {}).items()
        if name.startswith("warnings.")
        and isinstance(value, Mapping)
        and value.get("kind") != "unknown_name"
    ]
    return ("；" if language.startswith("zh") else "; ").join(dict.fromkeys(told))


@dataclass(frozen=True)
class LogLine:
    """One row of the event log as it is kept."""

    number: int
    at: str
    type: str
    where: str
    who: str
    digest: str
    warned: str


def event_log(reading: CaseReading, moments: Moments, language: str) -> list[LogLine]:
    """Every event, the first one first. ``digest`` begins the hash the next event points to."""
    return [
        LogLine(
            event.number,
            moments.full(event.at),
            half(EVENTS.get(event.type, event.type), language),
            reading.element_name(event.header.get("process"), event.header.get("element"), language)
            if event.header.get("element")
            else "",
            reading.who(event.header.get("actor"), language),
            hashlib.sha256(event.header_bytes).hexdigest()[:16],
            warnings_of(event, language),
        )
        for event in reading.events
    ]


@dataclass(frozen=True)
class Datum:
    """One variable with its history: old values with who changed them, the latest first."""

    name: str
    value: str
    source: str
    old: tuple[tuple[str, str], ...]


def data_history(reading: CaseReading, moments: Moments, language: str) -> list[Datum]:
    """The case's values by label, with what stood there before, who changed it and when."""
    sources: dict[str, str] = {}
    old: dict[str, list[tuple[str, str]]] = {}
    labels = labels_of(reading)
    for event in reading.events:
        if event.type != "variables_written" or event.values is None:
            continue
        step = reading.element_name(
            event.header.get("process"), event.header.get("element"), language
        )
        who = reading.who(event.header.get("actor"), language)
        stamp = f"{step or who} · {moments.at(event.at)}"
        for name, value in event.values.items():
            part, _dot, key = name.partition(".")
            if part == "old" and value is not None:
                text = show(value, labels, key, moments, language)
                if text:
                    old.setdefault(key, []).insert(0, (text, f"{who} · {moments.at(event.at)}"))
            elif part == "new":
                sources[key] = stamp
    found: list[Datum] = []
    known = [name for name in (*FIRST, *labels.names) if name in reading.variables]
    for key in dict.fromkeys([*known, *reading.variables]):
        if key.startswith(("#", "_")):
            continue
        value = reading.variables[key]
        text = show(value, labels, key, moments, language)
        history = tuple(old.get(key, ()))
        if text or history:
            name = labels.name(key, language)
            found.append(Datum(name, text, sources.get(key, ""), history[:5]))
    return found

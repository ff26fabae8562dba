"""What somebody is asked to approve: the submission that four eyes protect, whole and in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from runner.definitions.model import Element
from runner.engine.site import Site
from runner.store.case_pages import events_by_number
from runner.store.event_log import Recorded
from runner.web.case_reading import CaseReading, labels_for, values_of
from runner.web.moments import Moments
from runner.web.shown_values import Labels, show


@dataclass(frozen=True)
class DecidedOn:
    """The latest submission of the element named by ``four_eyes``."""

    step: str
    who: str
    at: str
    rows: tuple[tuple[str, str], ...]


def decided_on(
    connection: Connection,
    site: Site,
    reading: CaseReading,
    element: Element,
    moments: Moments,
    language: str,
) -> DecidedOn | None:
    """None where the element decides on nobody's work, or that work is not there (yet)."""
    name = element.properties.get("four_eyes", "")
    number = reading.past.outline.submitted.get(name)
    if not name or number is None:
        return None
    (event,) = events_by_number(connection, site.vault, reading.row.id, [number])
    labels = labels_for(connection, site, reading, values_of([event]))
    return DecidedOn(
        step=reading.element_name(event.header.get("process"), name, language),
        who=reading.who(event.header.get("actor"), language),
        at=moments.at(event.at),
        rows=_rows(reading, labels, event, moments, language),
    )


def _rows(
    reading: CaseReading, labels: Labels, event: Recorded, moments: Moments, language: str
) -> tuple[tuple[str, str], ...]:
    facts = event.header.get("facts")
    form = reading.definitions.forms.get(
        str(facts.get("form", "")) if isinstance(facts, Mapping) else ""
    )
    if form is None:
        return ()
    rows: list[tuple[str, str]] = []
    for info in form.fields():
        value = (event.values or {}).get(f"submission.{info.key}")
        if info.in_list or info.type == "filepicker":
            continue
        text = show(value, labels, info.key, moments, language)
        if text:
            rows.append((labels.name(info.key, language), text))
    return tuple(rows)

"""The timeline of a case: the story of ``reports.narrative``, the latest lines first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from runner.engine.site import Site
from runner.reports.narrative import STORY, Line, Narrator, is_told
from runner.store.case_pages import ended_tasks, events_by_number, latest_events
from runner.store.event_log import Recorded
from runner.web.case_reading import CaseReading, narrator_for
from runner.web.moments import Moments

STORY_PAGE = 24
MAX_DETAIL = 120
_READS = 5  # a page that is not full after so many reads goes on behind its link
# what is open stands on the page already
_SHOWN_ELSEWHERE = frozenset({"user_task_created", "service_performed"})
KINDS = tuple(sorted(STORY - _SHOWN_ELSEWHERE))
_ICONS = {
    "case": "inbox", "task": "check", "clock": "clock", "decision": "split", "mail": "mail",
    "file": "file", "incident": "alert", "message": "mail", "call": "bolt", "data": "pen",
    "change": "arrow",
}  # fmt: skip
_OTHER_ICONS = {
    "user_task_claimed": "play", "user_task_unclaimed": "people", "user_task_cancelled": "x",
    "case_completed": "check", "case_cancelled": "x", "case_suspended": "pause",
    "case_resumed": "play", "incident_resolved": "check", "deadline_paused": "pause",
}  # fmt: skip
_TONES = {"done": "ok", "late": "late", "warning": "late"}


@dataclass(frozen=True)
class Happening:
    """One line: ``what`` is bold, ``detail`` stands below."""

    at: str
    exact: str
    icon: str
    kind: str
    what: str
    detail: str


@dataclass(frozen=True)
class Story:
    """A page of the timeline. ``earlier`` is the event to go on from, 0 where it has begun."""

    lines: tuple[Happening, ...]
    earlier: int


def read_story(
    connection: Connection,
    site: Site,
    reading: CaseReading,
    moments: Moments,
    language: str,
    before: int = 0,
) -> Story:
    """What people want to know of a case, the latest first, before event ``before``."""
    told: list[Recorded] = []
    goes_on = before
    edge = events_by_number(connection, site.vault, reading.row.id, [before] if before else [])
    for _read in range(_READS):
        events, goes_on = _chunk(connection, site, reading, goes_on)
        told += _without_parts(_unfinished(connection, events), after=[*edge, *told])
        if len(told) > STORY_PAGE or not goes_on:
            break
    narrator = narrator_for(connection, site, reading, told, language)
    told = [event for event in told if is_told(narrator, event)]
    if len(told) > STORY_PAGE:
        told = told[:STORY_PAGE]
        goes_on = told[-1].number
    return Story(tuple(_happening(event, narrator, moments) for event in told), goes_on)


def _chunk(
    connection: Connection, site: Site, reading: CaseReading, before: int
) -> tuple[list[Recorded], int]:
    """The next events of the story, and from where it goes on (0: nowhere)."""
    past = reading.past
    events = latest_events(connection, site.vault, past, KINDS, limit=STORY_PAGE + 1, before=before)
    goes_on = events[-1].number if len(events) > STORY_PAGE else 0
    warned = [
        number
        for number in past.outline.warned
        if (not before or number < before) and (not goes_on or number > goes_on)
    ]
    if warned:
        events += events_by_number(connection, site.vault, reading.row.id, warned)
        events.sort(key=lambda event: event.number, reverse=True)
    return [event for event in events if event.number >= goes_on], goes_on


def _unfinished(connection: Connection, events: Sequence[Recorded]) -> list[Recorded]:
    """Without the claims of tasks that have ended: who submitted them stands there already."""
    claimed = [str(e.header.get("token")) for e in events if e.type == "user_task_claimed"]
    ended = ended_tasks(connection, claimed) if claimed else frozenset()
    return [
        event
        for event in events
        if event.type != "user_task_claimed" or str(event.header.get("token")) not in ended
    ]


def _without_parts(events: Sequence[Recorded], after: Sequence[Recorded]) -> list[Recorded]:
    """Without decisions that only served a later one asked by the same step at the same moment."""
    seen = {_asked(event) for event in after if event.type == "decision_evaluated"}
    kept: list[Recorded] = []
    for event in events:
        if event.type == "decision_evaluated":
            warned = any(name.startswith("warnings.") for name in event.values or ())
            if _asked(event) in seen and not warned:
                continue
            seen.add(_asked(event))
        kept.append(event)
    return kept


def _asked(event: Recorded) -> tuple[object, object, object]:
    header = event.header
    return header.get("token"), header.get("element"), header.get("at")


def _happening(event: Recorded, narrator: Narrator, moments: Moments) -> Happening:
    line: Line = narrator.line(event)
    detail = line.detail
    return Happening(
        at=moments.at(event.at),
        exact=moments.exact(event.at),
        icon=_OTHER_ICONS.get(event.type) or _ICONS[line.kind],
        kind=_TONES.get(line.tone, ""),
        what=line.text,
        detail=detail if len(detail) <= MAX_DETAIL else detail[: MAX_DETAIL - 1] + "…",
    )

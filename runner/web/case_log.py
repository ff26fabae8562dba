"""The log of a case as it is kept: every event in words, page by page, and its values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from runner.definitions.findings import half
from runner.engine.site import Site
from runner.reports.label_words import EVENTS
from runner.reports.narrative import Narrator
from runner.store.case_pages import latest_events
from runner.store.event_log import Recorded
from runner.web.case_reading import CaseReading, narrator_for
from runner.web.moments import Moments

LOG_PAGE = 100
_PLAIN = frozenset({"warnings", "detail"})  # told by the sentence in the reader's language


@dataclass(frozen=True)
class LogLine:
    """One row of the event log as it is kept; ``values`` is all that was entered or worked out."""

    number: int
    at: str
    type: str
    text: str
    detail: str
    tone: str
    values: tuple[tuple[str, str], ...]
    who: str
    digest: str


@dataclass(frozen=True)
class Kind:
    """One type of event that occurs in the case."""

    id: str
    label: str
    count: int
    current: bool


@dataclass(frozen=True)
class LogPage:
    """One page of the log, the latest first. ``earlier`` and ``later`` are event numbers to go on
    from, 0 where there is nothing; ``total`` counts the events of the chosen kind."""

    lines: tuple[LogLine, ...]
    kinds: tuple[Kind, ...]
    kind: str
    total: int
    earlier: int
    later: int


def log_page(
    connection: Connection,
    site: Site,
    reading: CaseReading,
    moments: Moments,
    language: str,
    *,
    kind: str = "",
    before: int = 0,
    after: int = 0,
) -> LogPage:
    """The events before event ``before``, or after event ``after``; the latest where neither is
    given. A ``kind`` that does not occur counts as none."""
    outline = reading.past.outline
    kind = kind if kind in outline.kinds else ""
    kinds = [kind] if kind else []
    events = latest_events(
        connection, site.vault, reading.past, kinds,
        limit=LOG_PAGE + 1, before=before, after=after,
    )  # fmt: skip
    more = len(events) > LOG_PAGE
    if after:  # one more than the page lies beyond its newer end
        events = events[1:] if more else events
        later, earlier = more, True
    else:
        events, earlier, later = events[:LOG_PAGE], more, bool(before)
    narrator = narrator_for(connection, site, reading, events, language)
    shown = bool(events)
    return LogPage(
        lines=tuple(_line(narrator, event, moments, language) for event in events),
        kinds=_kinds(outline.kinds, kind, language),
        kind=kind,
        total=outline.count(kinds),
        earlier=events[-1].number if shown and earlier and events[-1].number > 1 else 0,
        later=events[0].number if shown and later else 0,
    )


def _kinds(found: Mapping[str, Mapping[str, int]], chosen: str, language: str) -> tuple[Kind, ...]:
    kinds = [
        Kind(kind, half(EVENTS.get(kind, kind), language), sum(blocks.values()), kind == chosen)
        for kind, blocks in found.items()
    ]
    return tuple(sorted(kinds, key=lambda kind: kind.label))


def _line(narrator: Narrator, event: Recorded, moments: Moments, language: str) -> LogLine:
    told = narrator.line(event)
    return LogLine(
        number=event.number,
        at=moments.full(event.at),
        type=half(EVENTS.get(event.type, event.type), language),
        text=told.text,
        detail=told.detail,
        tone=told.tone,
        values=tuple(_values(narrator, event)),
        who=told.actor,
        digest=hashlib.sha256(event.header_bytes).hexdigest()[:16],
    )


def _values(narrator: Narrator, event: Recorded) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, content in (event.values or {}).items():
        part, _dot, key = name.partition(".")
        text = narrator.show(content, key)
        if part in _PLAIN or not text:
            continue
        label = narrator.labels.name(key, narrator.language)
        if part == "old":
            label = narrator.say(f"{label}（原值）", f"{label} (before)")
        found.append((label, text))
    return found

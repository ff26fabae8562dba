"""Deadlines of a case that stand still or did: since when, for whom, and what is due now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from runner.clock import from_text
from runner.engine.site import Site
from runner.store.case_lists import CaseLine
from runner.store.case_pages import events_by_number
from runner.store.event_log import Recorded
from runner.store.task_lists import TaskLine
from runner.web.case_reading import CaseReading
from runner.web.language import _
from runner.web.moments import Due, Moments

_REASONS = {"customer": ("等待客户", "waiting for the customer")}


def clock_lines(
    connection: Connection,
    site: Site,
    reading: CaseReading,
    task_id: str,
    moments: Moments,
    language: str,
) -> tuple[str, ...]:
    """One sentence for each deadline of the case that is still to come and stands still, or stood
    still; ``task_id``'s own is told as this task's."""
    clocks = reading.past.outline.clocks
    events = events_by_number(connection, site.vault, reading.row.id, clocks.values())
    return tuple(
        _line(
            reading, event, own=event.header.get("token") == task_id,
            moments=moments, language=language,
        )
        for event in events
    )  # fmt: skip


def paused_due(due_at: datetime | None, paused_at: datetime, moments: Moments) -> Due:
    """A due date whose clock stands still."""
    since = _("Clock stopped %(when)s", when=moments.at(paused_at))
    return Due("hold", since, _("was due %(when)s", when=moments.at(due_at)))


def task_due(line: TaskLine, moments: Moments) -> Due:
    """The deadline of an open task."""
    if line.paused_at is not None:
        return paused_due(line.paused_due_at, line.paused_at, moments)
    return moments.due(line.due_at, line.follow_up_at)


def case_due(line: CaseLine, moments: Moments) -> Due | None:
    """The due date of the whole case, None while it has none."""
    if line.due_paused_at is not None:
        return paused_due(line.due_at, line.due_paused_at, moments)
    return None if line.due_at is None else moments.due(line.due_at)


def _line(
    reading: CaseReading, event: Recorded, *, own: bool, moments: Moments, language: str
) -> str:
    facts = event.header["facts"]
    assert isinstance(facts, Mapping)
    zh = language.startswith("zh")
    name = reading.element_name(event.header.get("process"), event.header.get("element"), language)
    what = ("本任务" if zh else "this task") if own else name
    reason = _REASONS.get(str(facts["reason"]), (str(facts["reason"]),) * 2)[0 if zh else 1]
    due = moments.at(from_text(str(facts["due_at"])))
    if event.type == "deadline_paused":
        since = moments.at(event.at)
        if zh:
            return f"{what}：期限自 {since} 起暂停（{reason}），原期限 {due}"
        return f"{what}: the clock is paused since {since} ({reason}); it was due {due}"
    since, new = (moments.at(from_text(str(facts[key]))) for key in ("paused_at", "new_due_at"))
    if zh:
        return f"{what}：期限自 {since} 起暂停过（{reason}），新期限 {new}（原 {due}）"
    return f"{what}: the clock was paused from {since} ({reason}); new due {new}, before {due}"

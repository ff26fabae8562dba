"""Deadlines of a case that stand still or did: since when, for whom, and what is due now."""

from __future__ import annotations

from collections.abc import Mapping

from runner.clock import from_text
from runner.store.event_log import Recorded
from runner.web.case_reading import CaseReading
from runner.web.moments import Moments

_REASONS = {"customer": ("等待客户", "waiting for the customer")}
_OVER = {"timer_fired", "timer_cancelled", "user_task_completed", "user_task_cancelled"}
_CLOCKS = {"deadline_paused", "deadline_resumed"}


def clock_lines(
    reading: CaseReading, task_id: str, moments: Moments, language: str
) -> tuple[str, ...]:
    """One sentence for each deadline of the case that is still to come and stands still, or stood
    still; ``task_id``'s own is told as this task's."""
    last: dict[str, Recorded] = {}
    for event in reading.events:
        token = str(event.header.get("token", ""))
        if event.type in _CLOCKS:
            last[token] = event
        elif event.type in _OVER:
            last.pop(token, None)
    return tuple(
        _line(reading, event, own=token == task_id, moments=moments, language=language)
        for token, event in last.items()
    )


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

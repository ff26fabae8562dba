"""Keeps ``complaints`` current: what lists and searches show of a case, from its variables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from runner.feel import Expression, FeelError, compile_expression
from runner.store.complaints import fitting, update_complaint

if TYPE_CHECKING:
    from runner.engine.case_change import CaseChange

_TITLE_LENGTH = 80
NOTHING_TOLD = "投诉 / Complaint"
_DUE = compile_expression("due at(get value(policy.resolution.due, triage.due_class), clock)")
_RESPONSE_DUE = compile_expression("due at(policy.ack.first_response_due, clock)")


def refresh(change: CaseChange) -> None:
    """Writes the projected columns that differ from what is stored."""
    case = change.case
    scope = case.scopes.get(case.id)
    moved = case.instances.added or case.instances.ended
    if scope is None or not (scope.dirty or moved or "state" not in case.projection):
        return
    if case.execution is None:
        return
    current = fitting(projected(change, scope.values, completed=case.execution.completed))
    changed = {name: value for name, value in current.items() if case.projection.get(name) != value}
    if changed:
        update_complaint(change.connection, case.id, changed)
        case.projection.update(changed)


def follow_clocks(change: CaseChange, given_back: Mapping[datetime, datetime]) -> None:
    """The whole case's due date goes with the deadlines that fall on it: it says since when they
    stand still, and moves with them. ``given_back``: new due times by old ones."""
    case = change.case
    due = case.projection.get("due_at")
    due = given_back.get(due, due) if isinstance(due, datetime) else due
    since = min((p.paused_at for p in case.pauses.open.values() if p.due_at == due), default=None)
    current = {"due_at": due, "due_paused_at": since}
    changed = {name: value for name, value in current.items() if case.projection.get(name) != value}
    if changed:
        update_complaint(change.connection, case.id, changed)
        case.projection.update(changed)


def projected(
    change: CaseChange, values: Mapping[str, object], *, completed: bool
) -> dict[str, object]:
    """The projected columns of a case by name."""
    case = change.case
    triage = values.get("triage")
    triage = triage if isinstance(triage, Mapping) else {}
    closed_at = _time(values.get("closed_at"))
    state = "active"
    if completed:
        state = "cancelled" if change.command == "cancel_case" else "closed"
        closed_at = closed_at or change.at
    elif closed_at is not None:
        state = "closed"
    by_policy = _due_at(change) if triage else None
    moved = by_policy is not None and by_policy == case.projection.get("due_by_policy")
    return {
        "complaint_number": _text(values.get("complaint_number")),
        "channel": _text(values.get("channel")),
        "title": _title(values) or case.projection.get("title") or NOTHING_TOLD,
        "customer_name": _text(values.get("customer_name")),
        "product": _text(values.get("product_name")),
        "severity": _text(triage.get("severity")) or _text(values.get("severity_level")),
        "owner_group": _group(triage.get("responsible_group")),
        "phase": _phase(change),
        "received_at": _time(values.get("received_at"))
        or case.projection.get("received_at", change.at),
        "due_at": case.projection.get("due_at") if moved else by_policy,
        "due_by_policy": by_policy,
        "closed_at": closed_at,
        "state": state,
        "customer_id": _text(values.get("customer_id")),
        **_counted(change, values, closed_at if state == "closed" else None),
    }


def _counted(
    change: CaseChange, values: Mapping[str, object], closed_at: datetime | None
) -> dict[str, object]:
    """What indicators count. Resolved: the customer's matter is settled (``handled_at``), or the
    case is closed without; a cancelled case never is (KP-02)."""
    received = _time(values.get("received_at")) or change.case.projection.get("received_at")
    here = received.astimezone(change.site.zone) if isinstance(received, datetime) else None
    reasons = values.get("ledger_reasons")
    return {
        "previous_complaint": _text(values.get("previous_complaint")),
        "received_on": None if here is None else here.date().isoformat(),
        "responded_at": _time(values.get("first_response_at")),
        "response_due_at": change.case.projection.get("response_due_at")
        or _instant(change, _RESPONSE_DUE),
        "resolved_at": _time(values.get("handled_at")) or closed_at,
        "satisfaction": _text(values.get("satisfaction")),
        "cause_category": _text(values.get("cause_category")),
        "region": _text(values.get("region")),
        "request_kind": _text(values.get("request_kind")),
        "public_ledger": bool(reasons) if isinstance(reasons, list) else None,
    }


def _phase(change: CaseChange) -> str | None:
    """The process id of the phase the case is in: the last call of the root that still runs, but
    for what runs beside the phases (process property ``phase`` = ``beside``)."""
    case, processes = change.case, change.definitions.processes
    calls = [
        i
        for i in case.instances.open.values()
        if i.parent_id == case.id and processes[i.process_id].properties.get("phase") != "beside"
    ]
    if calls:
        return max(calls, key=lambda instance: instance.started_at).process_id
    known = case.projection.get("phase")
    return known if isinstance(known, str) else None


def _title(values: Mapping[str, object]) -> str:
    told = _text(values.get("case_title"))
    if told:
        return told[:_TITLE_LENGTH]
    product = _text(values.get("product_name"))
    what = _text(values.get("phenomenon")) or _text(values.get("subject"))
    title = " · ".join(" ".join(part.split()) for part in (product, what) if part)
    if len(title) > _TITLE_LENGTH:
        title = title[: _TITLE_LENGTH - 1].rstrip() + "…"
    return title


def _due_at(change: CaseChange) -> datetime | None:
    return _instant(change, _DUE)


def _instant(change: CaseChange, expression: Expression) -> datetime | None:
    try:
        found = expression.evaluate(
            change.visible_from(change.case.id, change.case.id),
            now=change.at,
            calendar=change.calendar,
        )
    except FeelError:
        return None  # the policy does not say, or not yet
    return _time(found.value)


def _group(value: object) -> str | None:
    """A group, or the first of several."""
    return _text(value[0]) if isinstance(value, list) and value else _text(value)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _time(value: object) -> datetime | None:
    return value if isinstance(value, datetime) and value.tzinfo is not None else None

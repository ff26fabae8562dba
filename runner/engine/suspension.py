"""A person stops a case, and lets it go on: nothing is lost in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from runner.clock import to_text
from runner.encoding import dumps, loads
from runner.engine.access import Person, require_group
from runner.engine.case_change import CaseChange
from runner.engine.instances import end_if_completed, require_reason
from runner.engine.message_delivery import deliver_kept
from runner.engine.messages import deliver_held
from runner.engine.site import Site
from runner.engine.suspended import suspended_words, suspension_reason
from runner.engine.transaction import change_case
from runner.errors import InvalidState
from runner.events_changes import CaseResumed, CaseSuspended
from runner.store.cases import find_case
from runner.store.people import display_name
from runner.store.suspensions import (
    NewDue,
    Suspension,
    delete_suspension,
    drop_held_messages,
    find_suspension,
    insert_suspension,
    messages_held,
    move_task_dues,
    move_timers,
)

MAY_SUSPEND = ("process_owner", "complaint_management", "administrator")
RAN, GIVEN_BACK = "ran", "given_back"


@dataclass(frozen=True, slots=True)
class SuspensionShown:
    """Who suspended a case, when and why, for pages."""

    who: str
    at: datetime
    reason: str


def suspend_case(site: Site, *, actor: Person, case_id: str, reason: str) -> None:
    """From now on no task of the case is taken or completed, no job begins, no timer fires, and
    messages wait. A job that runs already may report what it did. ``reason`` is required."""
    require_reason(reason)
    with change_case(site, actor=actor, case=case_id, command="suspend_case") as change:
        require_group(actor, *MAY_SUSPEND)
        case = change.case
        if case.execution is None or case.execution.completed:
            raise InvalidState(
                "应暂停一起进行中的投诉，但它已经结束。 / "
                "Expected to suspend a running case, but it has ended."
            )
        written = {"text": reason.strip()}
        sealed = site.vault.encrypt(change.connection, case.row.subject_id, dumps(written))
        change.record(CaseSuspended(instance=case_id, reason=written))
        insert_suspension(change.connection, Suspension(case_id, sealed, actor.id, change.at))
        case.row = replace(case.row, suspended=True)


def resume_case(site: Site, *, actor: Person, case_id: str, reason: str, give_back: bool) -> None:
    """The case goes on: what fell due fires once, messages that waited are delivered in order.

    ``give_back`` moves every running timer and due time by the time the case stood still, counted
    by the clock; otherwise they ran on. Which, and every moved deadline, is recorded.
    """
    require_reason(reason)
    with change_case(site, actor=actor, case=case_id, command="resume_case") as change:
        require_group(actor, *MAY_SUSPEND)
        found = find_suspension(change.connection, case_id)
        if found is None:
            raise InvalidState(
                "应恢复一起暂停的投诉，但它没有暂停。 / "
                "Expected to resume a suspended case, but it is not suspended."
            )
        stood = max(change.at - found.suspended_at, timedelta(0))
        moved = _give_back(change, stood) if give_back else []
        change.record(
            CaseResumed(
                instance=case_id,
                deadlines=GIVEN_BACK if give_back else RAN,
                seconds=str(int(stood.total_seconds())),
                moved=tuple(moved),
                reason={"text": reason.strip()},
            )
        )
        delete_suspension(change.connection, case_id)
        change.case.row = replace(change.case.row, suspended=False)
        change.case.awaiting.extend(change.case.subscriptions.open)
        deliver_kept(change)  # what was kept came before what was held
        _deliver(change)
        end_if_completed(change)


def suspension_of(site: Site, connection: Connection, case_id: str) -> SuspensionShown | None:
    """Who suspended the case and why; None while it goes on."""
    found, row = find_suspension(connection, case_id), find_case(connection, case_id)
    if found is None or row is None:
        return None
    return SuspensionShown(
        who=display_name(connection, found.suspended_by) or found.suspended_by,
        at=found.suspended_at,
        reason=suspension_reason(site, connection, row.subject_id, found.reason),
    )


def _give_back(change: CaseChange, stood: timedelta) -> list[Mapping[str, str]]:
    """Moves what still runs, and says what was moved from when to when."""
    case = change.case
    moved: list[Mapping[str, str]] = []
    timers: list[NewDue] = []
    for timer in list(case.timers.open.values()):
        if timer.token_id in case.pauses.open:
            continue  # its clock stands still anyway
        due = timer.due_at + stood
        timers.append(NewDue(timer.id, due))
        case.timers.replace(replace(timer, due_at=due))
        moved.append(_moved("timer", timer.id, timer.due_at, due))
    tasks: list[NewDue] = []
    for task in list(case.tasks.open.values()):
        if task.due_at is None and task.follow_up_at is None:
            continue
        later = replace(
            task,
            due_at=None if task.due_at is None else task.due_at + stood,
            follow_up_at=None if task.follow_up_at is None else task.follow_up_at + stood,
        )
        tasks.append(NewDue(task.id, later.due_at, later.follow_up_at))
        case.tasks.replace(later)
        if task.due_at is not None and later.due_at is not None:
            moved.append(_moved("task", task.id, task.due_at, later.due_at))
    move_timers(change.connection, timers)
    move_task_dues(change.connection, tasks)
    return moved


def _moved(kind: str, key: str, before: datetime, after: datetime) -> Mapping[str, str]:
    return {"kind": kind, "id": key, "before": to_text(before), "after": to_text(after)}


def _deliver(change: CaseChange) -> None:
    held = messages_held(change.connection, change.case.id)
    if not held:
        return
    drop_held_messages(change.connection, change.case.id)
    for message in held:
        values = loads(
            change.site.vault.decrypt(
                change.connection, change.case.row.subject_id, message.payload
            )
        )
        if isinstance(values, Mapping):
            deliver_held(change, message.name, message.correlation_key, values)


__all__ = [
    "MAY_SUSPEND",
    "SuspensionShown",
    "resume_case",
    "suspend_case",
    "suspended_words",
    "suspension_of",
]

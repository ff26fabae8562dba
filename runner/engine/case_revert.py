"""A migrated case put back exactly where it was, inside the transaction of a command."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from runner.clock import to_text
from runner.engine.case_change import CaseChange
from runner.engine.case_migration import moved_fact, pin_to, set_due, withdraw
from runner.engine.case_snapshot import Snapshot
from runner.engine.spiff.execution import Execution
from runner.engine.spiff.host import Token
from runner.errors import InvalidState
from runner.events import (
    ElementActivated,
    IncidentRaised,
    MessageAwaited,
    TimerArmed,
    TimerCancelled,
)
from runner.events_changes import MigrationReverted
from runner.reports.label_words import MESSAGES
from runner.store.event_log import Recorded, read_chain
from runner.store.people import display_name
from runner.store.repinning import (
    ScopePins,
    repin_calls,
    repin_rows,
    repin_scopes,
    repin_tasks,
)

HARMLESS = frozenset({"command_refused", "case_suspended"})
"""Events after a migration that do not stand in the way of its revert."""


def revert(
    change: CaseChange, before: Snapshot, *, event_number: int, plan: str, batch: str, reason: str
) -> None:
    """Raises ``InvalidState`` saying what happened in the case since its migration, by whom and
    when. Ids of tokens, tasks and jobs are those from before; a timer or subscription that the
    migration withdrew gets a new row, due when the old one was."""
    _check_untouched(change, event_number)
    now = change.case.execution
    assert now is not None
    procedure = change.site.procedure(change.connection, before.release)
    there = Execution.look(procedure, before.state)
    old = {position.token_id: position for position in there.positions()}
    here = {position.token_id: position for position in now.positions()}
    withdraw(change, [now.token(key) for key in here if key not in old])
    change.record(
        MigrationReverted(
            instance=change.case.id,
            before=change.case.row.release_digest,
            after=before.release,
            plan=plan,
            batch=batch,
            migration=str(event_number),
            policy_before=change.case.row.policy_digest,
            policy_after=before.policy_digest,
            positions=tuple(
                moved_fact(position, here) for key, position in old.items() if key in here
            ),
            reason={"text": reason},
        )
    )
    pin_to(change, before.release, before.policy_digest, there)
    for key in old:
        if key not in here:
            _watch_again(change, there.token(key))
    _repoint(change, before)
    _restore_timers(change, before, there)
    _restore_subscriptions(change, before, there)
    _restore_incidents(change, before, there)


def _check_untouched(change: CaseChange, event_number: int) -> None:
    later = read_chain(change.connection, change.case.id, change.site.vault, after=event_number)
    found = next((event for event in later if event.type not in HARMLESS), None)
    if found is None:
        return
    zh, _, en = MESSAGES.get(found.type, found.type).partition(" / ")
    who, when = _who(change, found), change.site.local_time(found.at)
    raise InvalidState(
        f"迁移之后本案有了变化（{when}，{who}：{zh}），不能撤回。 / "
        f"The case moved on since its migration ({when}, {who}: {en or zh}), "
        "so it cannot be put back."
    )


def _who(change: CaseChange, event: Recorded) -> str:
    actor = str(event.header.get("actor"))
    return display_name(change.connection, actor) or actor


def _watch_again(change: CaseChange, token: Token) -> None:
    change.record(
        ElementActivated(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            loop=None if token.loop is None else str(token.loop),
            attached_to=token.attached_to,
        )
    )


def _repoint(change: CaseChange, before: Snapshot) -> None:
    case, connection = change.case, change.connection
    execution = case.execution
    assert execution is not None
    repin_tasks(connection, before.tasks.values())
    for task in list(case.tasks.open.values()):
        pins = before.tasks[task.id]
        case.tasks.replace(
            replace(task, element_id=pins.element_id, name=pins.name, form_id=pins.form_id)
        )
        token = execution.token(task.id)
        set_due(change, token.element, before.dues[task.id], token.instance_id)
    repin_rows(connection, "jobs", list(before.jobs.items()))
    for job in list(case.jobs.open.values()):
        case.jobs.replace(replace(job, element_id=before.jobs[job.id]))
    repin_calls(connection, before.calls.items())
    for instance in list(case.instances.open.values()):
        case.instances.replace(replace(instance, call_element_id=before.calls[instance.id]))
    scopes: list[ScopePins] = []
    for scope in list(case.scopes.all()):
        pin = before.scopes.get(scope.id)
        if pin is None:
            case.scopes.close(scope.id)
        elif (pin.element_id, pin.kind) != (scope.element_id, scope.kind):
            scope.element_id, scope.kind = pin.element_id, pin.kind
            scopes.append(pin)
    repin_scopes(connection, scopes)


def _restore_timers(change: CaseChange, before: Snapshot, execution: Execution) -> None:
    rows = change.case.timers
    calendar = change.calendar
    kept = {timer.id for timer in rows.open.values()}
    for timer in list(rows.open.values()):
        if timer.id not in before.timers:  # computed anew by the migration
            rows.end(timer.token_id, "cancelled")
            token = execution.token(timer.token_id)
            change.record(TimerCancelled(**_place(token), timer=timer.id))
        else:
            rows.replace(before.timers[timer.id])
    stays = [(t.id, t.element_id) for t in before.timers.values() if t.id in kept]
    repin_rows(change.connection, "timers", stays)
    for timer in before.timers.values():
        if timer.id in kept:
            continue
        again = replace(timer, id=uuid4().hex)
        rows.add(again)
        change.record(
            TimerArmed(
                **_place(execution.token(timer.token_id)),
                timer=again.id,
                due_at=to_text(again.due_at),
                calendar=None if calendar is None else calendar.reference,
                repeats=again.repeats,
            )
        )


def _restore_subscriptions(change: CaseChange, before: Snapshot, execution: Execution) -> None:
    rows = change.case.subscriptions
    kept = {row.id for row in rows.open.values()}
    for row in list(rows.open.values()):
        if row.id in before.subscriptions:
            rows.replace(before.subscriptions[row.id])
        else:
            rows.end(row.token_id, "cancelled")
    stays = [(s.id, s.element_id) for s in before.subscriptions.values() if s.id in kept]
    repin_rows(change.connection, "message_subscriptions", stays)
    for row in before.subscriptions.values():
        if row.id not in kept:
            rows.add(replace(row, id=uuid4().hex))
            place = _place(execution.token(row.token_id))
            change.record(MessageAwaited(**place, message=row.name))


def _restore_incidents(change: CaseChange, before: Snapshot, execution: Execution) -> None:
    rows = change.case.incidents
    kept = {row.id for row in rows.open.values()}
    for row in list(rows.open.values()):
        if row.id in before.incidents:
            rows.replace(before.incidents[row.id])
        else:
            rows.end(row.token_id, "cancelled")
    stays = [(i.id, i.element_id) for i in before.incidents.values() if i.id in kept]
    repin_rows(change.connection, "incidents", stays)
    for row in before.incidents.values():
        if row.id not in kept:
            again = replace(row, id=uuid4().hex)
            rows.add(again)
            change.record(
                IncidentRaised(
                    **_place(execution.token(row.token_id)),
                    incident=again.id,
                    kind=again.kind,
                    policy_path=again.policy_path,
                    detail={"message": again.message},
                )
            )


def _place(token: Token) -> dict[str, str]:
    return {
        "element": token.element.id,
        "token": token.id,
        "process": token.element.process_id,
        "instance": token.instance_id,
    }

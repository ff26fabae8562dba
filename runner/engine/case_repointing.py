"""The rows of a case that name an element of its release, made to name another's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from runner.clock import to_text
from runner.engine.case_change import CaseChange
from runner.engine.case_snapshot import (
    Snapshot,
    call_pins,
    job_pins,
    scope_pins,
    task_pins,
)
from runner.engine.open_rows import OpenRows
from runner.engine.pictures import place_of
from runner.engine.scopes import LOCAL, PASSING
from runner.engine.spiff.execution import Execution
from runner.engine.spiff.host import Token
from runner.engine.spiff.migrating import Translated
from runner.events import (
    Event,
    IncidentRaised,
    MessageAwaited,
    SignalAwaited,
    TimerArmed,
    TimerCancelled,
)
from runner.store.incidents import Incident
from runner.store.repinning import (
    CallPins,
    JobPins,
    ScopePins,
    TaskPins,
    repin_calls,
    repin_jobs,
    repin_rows,
    repin_scopes,
    repin_tasks,
    signals_awaited,
)
from runner.store.signals import SignalSubscription
from runner.store.subscriptions import Subscription
from runner.store.suspensions import NewDue, move_timers
from runner.store.timers import Timer

CONTAINERS = frozenset({"callActivity", "subProcess"})


@dataclass(frozen=True)
class Pins:
    """What every row of a case is to say."""

    tasks: Mapping[str, TaskPins]
    jobs: Mapping[str, JobPins]
    calls: Mapping[str, CallPins]
    scopes: Mapping[str, ScopePins]


def pins_on(change: CaseChange, translated: Translated, there: Execution) -> Pins:
    """What the rows say on the other release, where ``there`` are the tokens."""
    case, targets = change.case, translated.targets
    tasks: dict[str, TaskPins] = {}
    for task in case.tasks.open.values():
        element, token = targets[task.id], there.token(task.id)
        tasks[task.id] = TaskPins(
            task.id,
            element.process_id,
            element.id,
            task.id if task.scope_id == task.id else token.scope_id,
            " ".join(element.name.split()) or element.id,
            element.form_id,
        )
    jobs: dict[str, JobPins] = {}
    for job in case.jobs.open.values():
        within = there.token(job.token_id).scope_id
        within = job.scope_id if job.scope_id == job.token_id else within
        jobs[job.id] = JobPins(job.id, targets[job.token_id].id, within)
    calls: dict[str, CallPins] = {}
    for instance in case.instances.open.values():
        called_by = targets.get(instance.id)
        if called_by is None:
            calls[instance.id] = CallPins(instance.id, there.process_id, None)
        else:
            process = called_by.called_process or instance.process_id
            calls[instance.id] = CallPins(instance.id, process, called_by.id)
    scopes: dict[str, ScopePins] = {}
    for scope in case.scopes.all():
        at = targets.get(scope.id)
        if at is None:
            continue
        kind = scope.kind
        if kind == PASSING and at.outputs and at.kind not in CONTAINERS:
            kind = LOCAL  # results stay with the element until its outputs are mapped
        token = there.token(scope.id)
        scopes[scope.id] = ScopePins(scope.id, at.id, kind, token.scope_id, scope.instance_id)
    return Pins(tasks, jobs, calls, scopes)


def repoint(change: CaseChange, pins: Pins) -> None:
    """Writes what differs. The rows of ``pins`` that are not open any more are left out."""
    case, connection = change.case, change.connection
    tasks = [p for t in case.tasks.open.values() if (p := pins.tasks[t.id]) != task_pins(t)]
    for task in tasks:
        row = case.tasks.open[task.id]
        case.tasks.replace(
            replace(
                row,
                process_id=task.process_id,
                element_id=task.element_id,
                scope_id=task.scope_id,
                name=task.name,
                form_id=task.form_id,
            )
        )
    repin_tasks(connection, tasks)
    jobs = [q for j in case.jobs.open.values() if (q := pins.jobs[j.id]) != job_pins(j)]
    for job in jobs:
        held = case.jobs.open[job.id]
        case.jobs.replace(replace(held, element_id=job.element_id, scope_id=job.scope_id))
    repin_jobs(connection, jobs)
    calls = [r for i in case.instances.open.values() if (r := pins.calls[i.id]) != call_pins(i)]
    for call in calls:
        instance = case.instances.open[call.id]
        case.instances.replace(
            replace(instance, process_id=call.process_id, call_element_id=call.call_element_id)
        )
    repin_calls(connection, calls)
    if calls:
        case.projection.pop("state", None)  # lists name the process a case is in: look again
    stored: list[ScopePins] = []
    for scope in case.scopes.all():
        pin = pins.scopes.get(scope.id)
        if pin is None or pin == scope_pins(scope):
            continue
        scope.element_id, scope.kind, scope.parent_id = pin.element_id, pin.kind, pin.parent_id
        if scope.stored:
            stored.append(pin)
    repin_scopes(connection, stored)


def waiting_rows(change: CaseChange) -> dict[str, OpenRows[Any]]:
    """The rows that a token may have besides its task or job. Those of signals are read here."""
    signals: OpenRows[SignalSubscription] = OpenRows(lambda row: row.token_id)
    signals.load(signals_awaited(change.connection, change.case.id))
    case = change.case
    return {
        "timers": case.timers,
        "message_subscriptions": case.subscriptions,
        "signal_subscriptions": signals,
        "incidents": case.incidents,
    }


def repoint_waiting(change: CaseChange, translated: Translated) -> None:
    """Timers, awaited messages and signals, and incidents name the counterpart of their element."""
    for noun, rows in waiting_rows(change).items():
        changed: list[tuple[str, str]] = []
        for row in list(rows.open.values()):
            element = translated.targets.get(row.token_id)
            if element is not None and element.id != row.element_id:
                changed.append((row.id, element.id))
                rows.replace(replace(row, element_id=element.id))
        repin_rows(change.connection, noun, changed)


def restore_waiting(change: CaseChange, before: Snapshot, there: Execution) -> None:
    """The same rows as before: those that are gone get a new id, those that are new are ended."""
    rows = waiting_rows(change)
    kept = {timer.id: timer for timer in change.case.timers.open.values()}
    moved = [
        NewDue(timer.id, timer.due_at)
        for timer in before.timers.values()
        if timer.id in kept and kept[timer.id].due_at != timer.due_at
    ]
    move_timers(change.connection, moved)
    _restore(change, "timers", rows["timers"], before.timers, there)
    _restore(
        change, "message_subscriptions", rows["message_subscriptions"], before.subscriptions, there
    )
    signals = rows["signal_subscriptions"]
    _restore(change, "signal_subscriptions", signals, before.signals, there)
    for row, _, _ in signals.ended:
        change.signals.withdraw(row.token_id)
    for row in signals.added:
        change.signals.open(row)
    _restore(change, "incidents", rows["incidents"], before.incidents, there)


def _restore(
    change: CaseChange,
    noun: str,
    rows: OpenRows[Any],
    before: Mapping[str, Any],
    there: Execution,
) -> None:
    kept = {row.id for row in rows.open.values()}
    for row in list(rows.open.values()):
        if row.id in before:
            rows.replace(before[row.id])
            continue
        rows.end(row.token_id, "cancelled")
        if noun == "timers":
            token = there.token(row.token_id)
            change.record(TimerCancelled(**place_of(token), timer=row.id))
    stays = [(row.id, row.element_id) for row in before.values() if row.id in kept]
    repin_rows(change.connection, noun, stays)
    for row in before.values():
        if row.id not in kept:
            again = replace(row, id=uuid4().hex)
            rows.add(again)
            change.record(_AGAIN[noun](change, there.token(row.token_id), again))


def _armed(change: CaseChange, token: Token, timer: Timer) -> Event:
    calendar = change.calendar
    return TimerArmed(
        **place_of(token),
        timer=timer.id,
        due_at=to_text(timer.due_at),
        calendar=None if calendar is None else calendar.reference,
        repeats=timer.repeats,
    )


def _awaited(change: CaseChange, token: Token, row: Subscription) -> Event:
    return MessageAwaited(**place_of(token), message=row.name)


def _signal(change: CaseChange, token: Token, row: SignalSubscription) -> Event:
    return SignalAwaited(**place_of(token), signal=row.name)


def _raised(change: CaseChange, token: Token, row: Incident) -> Event:
    return IncidentRaised(
        **place_of(token),
        incident=row.id,
        kind=row.kind,
        policy_path=row.policy_path,
        detail={"message": row.message},
    )


_AGAIN: Mapping[str, Callable[[CaseChange, Token, Any], Event]] = {
    "timers": _armed,
    "message_subscriptions": _awaited,
    "signal_subscriptions": _signal,
    "incidents": _raised,
}

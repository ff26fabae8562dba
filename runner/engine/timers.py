"""Commands on timers: which are due, and firing one."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from runner.clock import to_text
from runner.engine.access import SYSTEM
from runner.engine.case_change import CaseChange
from runner.engine.elements.host import moving
from runner.engine.elements.timers import missed_cycles
from runner.engine.halting import halt
from runner.engine.instances import end_if_completed
from runner.engine.site import Site
from runner.engine.spiff.host import Token
from runner.engine.transaction import change_case
from runner.errors import Endless, NotFound
from runner.events import TimerFired
from runner.store.timers import Timer, case_of_timer, due_timer_ids, next_due_at
from runner.store.user_tasks import escalate_user_tasks


def due_timers(site: Site, now: datetime, limit: int = 100) -> list[str]:
    """The ids of timers due at ``now``, longest due first. One SQL statement."""
    with site.database.read() as connection:
        return due_timer_ids(connection, now, limit)


def next_timer_at(site: Site) -> datetime | None:
    """When the next armed timer is due."""
    with site.database.read() as connection:
        return next_due_at(connection)


def fire_timer(site: Site, *, timer_id: str) -> bool:
    """Fires a timer that is due. False, and nothing changed, when it is not armed any more or not
    yet due: a second delivery is harmless. Cycles that were missed are skipped, not made up for.

    Where the diagram goes round without end behind it, the timer stays armed and an incident waits
    for a person."""
    try:
        with _change(site, timer_id) as change:
            return _fire(change, timer_id)
    except NotFound:
        return False
    except Endless as endless:
        return halt_timer(site, timer_id, endless)


def halt_timer(site: Site, timer_id: str, why: Exception) -> bool:
    """A due timer that cannot be fired waits for a person. False where it is not due any more."""
    try:
        with _change(site, timer_id) as change:
            timer = _due(change, timer_id)
            if timer is None or timer.token_id in change.case.incidents.open:
                return False
            assert change.case.execution is not None
            halt(change, change.case.execution.token(timer.token_id), why)
            return True
    except NotFound:
        return False


def _change(site: Site, timer_id: str) -> AbstractContextManager[CaseChange]:
    return change_case(
        site,
        actor=SYSTEM,
        case=lambda connection: case_of_timer(connection, timer_id),
        command="fire_timer",
    )


def _due(change: CaseChange, timer_id: str) -> Timer | None:
    timer = next((t for t in change.case.timers.open.values() if t.id == timer_id), None)
    if timer is None or timer.due_at > change.at or timer.token_id in change.case.pauses.open:
        return None
    return timer


def _fire(change: CaseChange, timer_id: str) -> bool:
    timer = _due(change, timer_id)
    if timer is None:
        return False
    assert change.case.execution is not None
    token = change.case.execution.token(timer.token_id)
    change.case.timers.end(timer.token_id, "fired")
    change.case.incidents.end(timer.token_id, "cancelled")
    change.record(
        TimerFired(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            timer=timer.id,
            due_at=to_text(timer.due_at),
            missed=str(missed_cycles(timer, change.at, change.site.zone)),
        )
    )
    if token.watches:
        if not token.element.interrupting:
            _escalate(change, token)
        moving(change, fired=(timer, token)).fire(token.id)
    else:
        moving(change).complete(token.id)
    end_if_completed(change)
    return True


def _escalate(change: CaseChange, boundary: Token) -> None:
    """The task the boundary event watches stays open and is marked as escalated; of a
    multi-instance activity every open task is."""
    late = [
        task.id
        for task in change.case.tasks.open.values()
        if task.element_id == boundary.element.attached_to
        and boundary.attached_to in (task.id, task.scope_id)
        and task.escalated_at is None
    ]
    escalate_user_tasks(change.connection, late, change.at)
    for task_id in late:
        task = change.case.tasks.open[task_id]
        change.case.tasks.replace(replace(task, escalated_at=change.at))

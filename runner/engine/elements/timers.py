"""Timers are armed and withdrawn; a null date arms nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from uuid import uuid4

from runner.clock import to_text
from runner.definitions.model import Element
from runner.engine.case_change import CaseChange
from runner.engine.due_times import Due, NoTime, first_due, missed_firings, next_due
from runner.engine.elements.expressions import deadline, wrong_value
from runner.engine.pausing import require_decided
from runner.engine.spiff.host import Token
from runner.events import TimerArmed, TimerCancelled, TimerNotArmed
from runner.feel import Unset, UnsetValue
from runner.store.timers import Timer


def enter(change: CaseChange, token: Token) -> bool:
    """A timer catch event: rests until it is due. With a null date there is nothing to wait for,
    except behind an event-based gateway, where another event decides."""
    if arm(change, token):
        return False
    process = change.definitions.processes[token.element.process_id]
    for flow in token.element.incoming:
        gateway = process.elements[process.flows[flow].source]
        if gateway.kind == "eventBasedGateway":
            others = [process.elements[process.flows[out].target] for out in gateway.outgoing]
            _require_another(change, token, others)
            return False
    return True


def _require_another(change: CaseChange, token: Token, events: Sequence[Element]) -> None:
    """Raises ``Failure`` at the last of a gateway's events where all are times and none is set."""
    names = {event.id for event in events}
    armed = any(timer.element_id in names for timer in change.case.timers.open.values())
    if all(e.event.kind == "timer" for e in events) and events[-1] is token.element and not armed:
        zh, en = "时间：这里等的时间一个也没有", "a time: none of those waited for here is set"
        raise wrong_value(token, token.element.event.timer, None, zh, en)


def arm(change: CaseChange, token: Token, fired: Timer | None = None) -> bool:
    """Computes the due time once and keeps it. ``fired`` is the timer whose cycle goes on here.

    False when the date is null, or when the cycle has no firing left.
    """
    element = token.element
    require_decided(change, element)
    if fired is not None:
        timer = _next_of(change, token, fired)
        if timer is None:
            return False
    else:
        timer = _first(change, token)
        if timer is None:
            change.record(
                TimerNotArmed(
                    element=element.id,
                    token=token.id,
                    process=element.process_id,
                    instance=token.instance_id,
                )
            )
            return False
    change.case.timers.add(timer)
    calendar = change.calendar
    change.record(
        TimerArmed(
            element=element.id,
            token=token.id,
            process=element.process_id,
            instance=token.instance_id,
            timer=timer.id,
            due_at=to_text(timer.due_at),
            calendar=None if calendar is None else calendar.reference,
            repeats=timer.repeats,
        )
    )
    return True


def withdraw(change: CaseChange, token: Token) -> None:
    timer = change.case.timers.end(token.id, "cancelled")
    if timer is not None:
        change.record(
            TimerCancelled(
                element=token.element.id,
                token=token.id,
                process=token.element.process_id,
                instance=token.instance_id,
                timer=timer.id,
            )
        )


def missed_cycles(timer: Timer, now: datetime, zone: tzinfo) -> int:
    """How many firings after this one are already over at ``now``: they are skipped, not fired.
    Days and months are counted in ``zone``."""
    return missed_firings(timer.due_at, timer.repeats, now, zone)


def _next_of(change: CaseChange, token: Token, fired: Timer) -> Timer | None:
    due = next_due(fired.due_at, fired.repeats, change.at, change.site.zone)
    return None if due is None else _timer(change, token, due)


def _first(change: CaseChange, token: Token) -> Timer | None:
    event = token.element.event
    value = deadline(change, token, event.timer)
    if isinstance(value, Unset):
        raise UnsetValue(value.path)
    if value is None:
        return None
    try:
        due = first_due(event.timer_kind, value, change.at, change.site.zone)
    except (NoTime, OverflowError) as error:
        zh, en = "可用的时间", "a usable time"
        raise wrong_value(token, event.timer, value, zh, en) from error
    return _timer(change, token, due)


def _timer(change: CaseChange, token: Token, due: Due) -> Timer:
    return Timer(
        id=uuid4().hex,
        root_id=change.case.id,
        token_id=token.id,
        element_id=token.element.id,
        due_at=due.at,
        repeats=due.repeats,
    )

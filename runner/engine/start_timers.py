"""Timer start events of processes: armed when a release becomes effective, fired once.

A start event with the property ``for_each`` (FEEL giving a list) has one timer for each item, which
its expression reads under the name that the property ``item`` gives; the case it begins has it as a
variable. An item whose time is not decided leaves the others alone.

Another release's timers take their place, so that at any time only the effective release begins
cases by itself. A firing, the case it begins and the next firing of its cycle are one transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection

from runner.clock import to_text
from runner.definitions.model import Element, is_expression
from runner.definitions.release import Definitions
from runner.encoding import NotStorable, dumps, loads
from runner.engine import refused_starts
from runner.engine.access import SYSTEM
from runner.engine.case_change import CaseChange
from runner.engine.due_times import Due, NoTime, first_due, missed_firings, next_due
from runner.engine.instances import start_complaint
from runner.engine.site import Site
from runner.engine.transaction import ChainChange, change_chain
from runner.errors import Refusal
from runner.events import StartTimerArmed, StartTimerNotArmed, TimerFired
from runner.feel import FeelError, Unset, compile_expression
from runner.store.releases import hold_effective
from runner.store.start_timers import (
    StartTimer,
    cancel_start_timers,
    due_start_timers,
    fire_start_timer_row,
    has_fired,
    insert_start_timer,
)

CHANNEL = "timer"
FOR_EACH, ITEM = "for_each", "item"
NAMED = 60  # a longer text is no id


class _Gone(Exception):
    """The timer was fired or replaced before."""


def arm_start_timers(change: ChainChange, digest: str) -> None:
    """The release becomes effective in this transaction: its timers replace those of the release
    before. A date that has begun its case in an earlier release does not begin another."""
    cancel_start_timers(change.connection, change.at)
    definitions = change.site.definitions(change.connection, digest)
    for element in timer_starts_of(definitions):
        try:
            items = list(_items(change.site, definitions, element, change.at))
        except (NoTime, FeelError, NotStorable) as error:
            change.record(StartTimerNotArmed(**_place(element), reason=_reason(error)))
            continue
        for item in items:
            _arm(change, digest, definitions, element, item)


def disarm(site: Site) -> None:
    """No case begins by itself any more until ``arm_again`` or another release."""
    with change_chain(site, refused_starts.CHAIN, actor=SYSTEM) as change:
        change.lock()
        cancel_start_timers(change.connection, change.at)


def arm_again(site: Site) -> None:
    """The effective release's timers count from now, as if it became effective."""
    with change_chain(site, refused_starts.CHAIN, actor=SYSTEM) as change:
        change.lock()
        arm_start_timers(change, site.effective_release(change.connection).digest)


def fire_due_start_timers(site: Site, limit: int = 20) -> int:
    """Begins the cases that are due. How many it began; another worker may have begun others.
    Raises an ``ExceptionGroup`` after the last where some could not be begun."""
    fired = 0
    failures: list[Exception] = []
    for timer in starts_due(site, limit):
        try:
            fired += fire_start_timer(site, timer)
        except Exception as error:  # the others begin all the same
            failures.append(error)
    if failures:
        raise ExceptionGroup("some cases could not be begun by their timers", failures)
    return fired


def starts_due(site: Site, limit: int) -> list[StartTimer]:
    """The timers whose time has come, longest due first. One SQL statement."""
    with site.database.read() as connection:
        return due_start_timers(connection, site.clock.now(), limit)


def fire_start_timer(site: Site, timer: StartTimer) -> bool:
    """Begins the timer's case and arms the next firing of its cycle; firings missed meanwhile are
    skipped and counted. Where no case can begin, that is told once and left to a person. False, and
    nothing changed, where it is not armed any more or not yet due."""
    if timer.due_at > site.clock.now():
        return False
    try:
        return _begin(site, timer)
    except Refusal as why:
        return refuse_start_timer(site, timer, why)


def refuse_start_timer(site: Site, timer: StartTimer, why: Exception) -> bool:
    """No case began: a person decides about this firing, and a cycle goes on with the next. False
    where it is not armed any more."""
    with change_chain(site, refused_starts.CHAIN, actor=SYSTEM) as change:
        change.lock()  # as who makes another release effective
        if not hold_effective(change.connection, timer.release_digest):
            return False
        noted = refused_starts.note_refused(change, "timer", timer.id, timer.element_id, why)
        if noted:
            _arm_next(site, change.connection, timer, change.at)
        return noted


def _begin(site: Site, timer: StartTimer) -> bool:
    begun: list[str] = []

    def within(change: CaseChange) -> None:
        if not hold_effective(change.connection, timer.release_digest):
            raise _Gone  # another release took its place meanwhile
        missed = missed_firings(timer.due_at, timer.repeats, change.at, site.zone)
        if not fire_start_timer_row(
            change.connection, timer.id, root_id=change.case.id, missed=missed, at=change.at
        ):
            raise _Gone
        _arm_next(site, change.connection, timer, change.at)
        change.record(
            TimerFired(
                element=timer.element_id,
                process=timer.process_id,
                instance=change.case.id,
                timer=timer.id,
                due_at=to_text(timer.due_at),
                missed=str(missed),
            )
        )
        begun.append(change.case.id)

    try:
        start_complaint(
            site,
            actor=SYSTEM,
            variables=_variables(site, timer),
            channel=CHANNEL,
            start_element=timer.element_id,
            process_id=timer.process_id,
            idempotency_key=hashlib.sha256(f"start timer {timer.id}".encode()).hexdigest(),
            within=within,
        )
    except _Gone:
        return False
    return bool(begun)


def _arm_next(site: Site, connection: Connection, timer: StartTimer, at: datetime) -> None:
    following = next_due(timer.due_at, timer.repeats, at, site.zone)
    if following is not None:
        row = replace(timer, id=uuid4().hex, due_at=following.at, repeats=following.repeats)
        insert_start_timer(connection, row)


def timer_starts_of(definitions: Definitions) -> list[Element]:
    """The timer start events of processes, in the order of the files."""
    return [
        element
        for process in definitions.processes.values()
        if process.executable
        for element in process.elements.values()
        if element.kind == "startEvent"
        and element.event.kind == "timer"
        and element.parent == process.id
    ]


def _arm(
    change: ChainChange, digest: str, definitions: Definitions, element: Element, item: str | None
) -> None:
    place = _place(element)
    given = {} if item is None else {element.properties.get(ITEM, ""): loads(item.encode())}
    named = next(iter(given.values()), None)
    name = named if isinstance(named, str) and len(named) <= NAMED else None
    try:
        due = _first(change.site, definitions, element, change.at, given)
    except (NoTime, OverflowError, FeelError) as error:
        change.record(StartTimerNotArmed(**place, reason=_reason(error), item=name))
        return
    if due is None:
        change.record(StartTimerNotArmed(**place, reason="null", item=name))
        return
    once = element.event.timer_kind == "date"
    if once and has_fired(change.connection, element.process_id, element.id, due.at, item):
        change.record(StartTimerNotArmed(**place, reason="fired_before", item=name))
        return
    timer = StartTimer(
        uuid4().hex, digest, element.process_id, element.id, due.at, due.repeats, item
    )
    insert_start_timer(change.connection, timer)
    change.record(
        StartTimerArmed(
            **place,
            timer=timer.id,
            due_at=to_text(timer.due_at),
            repeats=timer.repeats,
            item=name,
        )
    )


def _place(element: Element) -> dict[str, str]:
    return {"element": element.id, "process": element.process_id}


def _reason(error: Exception) -> str:
    return "expression_failed" if isinstance(error, FeelError) else "unusable"


def _items(
    site: Site, definitions: Definitions, element: Element, now: datetime
) -> Iterator[str | None]:
    """The items the element has a timer each for, in their written form; None where it has one
    timer for itself."""
    text = element.properties.get(FOR_EACH, "")
    if not is_expression(text):
        yield None
        return
    found = _evaluate(site, definitions, text, now, {})
    if isinstance(found, Unset):
        raise NoTime(found.path)
    for item in found if isinstance(found, list | tuple) else ():
        yield dumps(item).decode()


def _variables(site: Site, timer: StartTimer) -> Mapping[str, object]:
    if timer.item is None:
        return {}
    with site.database.read() as connection:
        definitions = site.definitions(connection, timer.release_digest)
    element = definitions.processes[timer.process_id].elements[timer.element_id]
    return {element.properties[ITEM]: loads(timer.item.encode())}


def _first(
    site: Site,
    definitions: Definitions,
    element: Element,
    now: datetime,
    given: Mapping[str, object],
) -> Due | None:
    text = element.event.timer
    value: object = text
    if is_expression(text):
        value = _evaluate(site, definitions, text, now, given)
    if isinstance(value, Unset):
        raise NoTime(value.path)
    return None if value is None else first_due(element.event.timer_kind, value, now, site.zone)


def _evaluate(
    site: Site, definitions: Definitions, text: str, now: datetime, given: Mapping[str, object]
) -> object:
    policy = definitions.policy(site.default_policy) if _has_policy(site, definitions) else {}
    names: Mapping[str, object] = {**given, "policy": policy, "clock": {"now": now}}
    calendars = list(definitions.calendars.values())
    return (
        compile_expression(text[1:])
        .evaluate(names, now=now, calendar=calendars[0] if len(calendars) == 1 else None)
        .value
    )


def _has_policy(site: Site, definitions: Definitions) -> bool:
    return site.default_policy in definitions.policies

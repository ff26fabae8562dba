"""Kept messages: brought to cases that wait or to be begun, removed when their time is over.

What the worker does about them; ``message_delivery`` gives them to a case in whose command it began
to wait.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from sqlalchemy.exc import IntegrityError

from runner.engine.access import SYSTEM
from runner.engine.case_change import CaseChange
from runner.engine.instances import end_if_completed
from runner.engine.message_delivery import payload_of
from runner.engine.message_starts import (
    begin_by_message,
    note_begun,
    processes_by_message,
    start_for,
)
from runner.engine.refused_starts import refuse_start
from runner.engine.site import Site
from runner.engine.transaction import change_case, change_chain
from runner.errors import Refusal
from runner.events import MessageExpired
from runner.store.kept_messages import (
    KeptMessage,
    any_kept,
    cases_that_await_kept,
    expired_messages,
    oldest_kept,
    oldest_of_each,
    running_start,
    take_message,
)

EXPIRED_AT_ONCE = 100
_log = logging.getLogger(__name__)


class _Taken(Exception):
    """Another worker took the message."""


def tend_kept_messages(site: Site) -> int:
    """What the worker does for kept messages. How much that was. One SQL statement where there are
    none."""
    with site.database.read() as connection:
        if not any_kept(connection):
            return 0
    removed = remove_expired_messages(site)
    return removed + deliver_kept_messages(site)


def deliver_kept_messages(site: Site, limit: int = 20) -> int:
    """Does what ``kept_work`` finds. How many cases that moved. Raises an ``ExceptionGroup`` after
    the last where some could not be moved."""
    moved = 0
    failures: list[Exception] = []
    for _key, work, _hand_over in kept_work(site, limit):
        try:
            moved += work()
        except Exception as error:  # the others are brought all the same
            failures.append(error)
    if failures:
        raise ExceptionGroup("some kept messages could not be delivered", failures)
    return moved


def kept_work(
    site: Site, limit: int
) -> list[tuple[str, Callable[[], bool], Callable[[Exception], bool]]]:
    """Bringing kept messages to each case that waits for some, and beginning each case whose
    predecessor with the same key has ended: what to call it, how to do it, and what to do where it
    fails again and again."""
    now = site.clock.now()
    with site.database.read() as connection:
        if not any_kept(connection):
            return []
        waiting = cases_that_await_kept(connection, now, limit)
        starts = processes_by_message(site, connection)
        first = oldest_of_each(connection, starts, now, limit) if starts else []
    return [
        *((case, partial(_deliver_to, site, case), lambda _: False) for case in waiting),
        *((kept.id, partial(_begin, site, kept), partial(_refuse, site, kept)) for kept in first),
    ]


def _deliver_to(site: Site, case_id: str) -> bool:
    with change_case(site, actor=SYSTEM, case=case_id, command="deliver_message") as change:
        change.case.awaiting.extend(change.case.subscriptions.open)
        end_if_completed(change)
        return change.touched


def remove_expired_messages(site: Site) -> int:
    """Removes kept messages whose time is over, each with an event. How many there were."""
    with site.database.read() as connection:
        if not expired_messages(connection, site.clock.now(), 1):
            return 0
    with change_chain(site, "messages", actor=SYSTEM) as change:
        removed = 0
        for kept in expired_messages(change.connection, change.at, EXPIRED_AT_ONCE):
            if take_message(change.connection, kept.id):
                site.vault.erase(change.connection, kept.id, site.clock)
                change.record(MessageExpired(message=kept.name, kept=kept.id))
                removed += 1
    return removed


def start_earlier(site: Site, name: str, key: str) -> bool:
    """Begins the case of a message that was kept before one that comes now. False where none was,
    or it cannot begin one: then it is in nobody's way."""
    with site.database.read() as connection:
        kept = oldest_kept(connection, name, key, site.clock.now())
    try:
        return kept is not None and kept.refusal is None and _start_kept(site, kept)
    except Refusal as refusal:
        _log.warning("the kept message %s begins no case: %s", name, refusal.message)
        return False


def _begin(site: Site, kept: KeptMessage) -> bool:
    """As ``_start_kept``; where no case can begin, that is told once and left to a person."""
    try:
        return _start_kept(site, kept)
    except Refusal as why:
        return _refuse(site, kept, why)


def _refuse(site: Site, kept: KeptMessage, why: Exception) -> bool:
    with site.database.read() as connection:
        start = start_for(site, connection, kept.name)
    return start is not None and refuse_start(site, "message", kept.id, start.id, why)


def _start_kept(site: Site, kept: KeptMessage) -> bool:
    """Begins the case a kept message waits for. False where one with its key runs still, or another
    worker begins it."""
    begun: list[str] = []
    with site.database.read() as connection:
        start = start_for(site, connection, kept.name)
        if start is None or (
            kept.correlation_key
            and running_start(connection, start.process_id, kept.correlation_key) is not None
        ):
            return False
        values = payload_of(site, connection, kept)

    def within(change: CaseChange) -> None:
        if not take_message(change.connection, kept.id):
            raise _Taken
        site.vault.erase(change.connection, kept.id, site.clock)
        note_begun(change, start, kept.correlation_key, kept.id)
        begun.append(change.case.id)

    try:
        begin_by_message(site, SYSTEM, start, values, f"kept message {kept.id}", within)
    except (_Taken, IntegrityError):  # another worker began it
        return False
    return bool(begun)

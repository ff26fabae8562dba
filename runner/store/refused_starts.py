"""Cases that a signal, message, timer or mail should have begun and could not: rows a person
decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, delete, literal, null, select, update

from runner.store.signal_tables import signal_deliveries
from runner.store.work_tables import kept_messages, received_mails, start_timers

DUE = {"signal": "waiting", "timer": "armed", "mail": "waiting"}
GIVEN_UP = {"signal": "discarded", "timer": "cancelled", "mail": "discarded"}
TRIED_FOR = timedelta(days=1)
_TABLES: dict[str, Table] = {
    "signal": signal_deliveries,
    "timer": start_timers,
    "mail": received_mails,
}


@dataclass(frozen=True, slots=True)
class RefusedStart:
    """``source`` is ``signal``, ``message``, ``timer`` or ``mail``; ``at`` is when it should have
    begun; ``message`` is ``中文 / English``. ``subject_id`` holds the key of what a signal or
    message brings."""

    id: str
    source: str
    element_id: str
    name: str
    message: str
    at: datetime
    subject_id: str | None


_SIGNALS = select(
    signal_deliveries.c.id,
    literal("signal"),
    signal_deliveries.c.start_element,
    signal_deliveries.c.name,
    signal_deliveries.c.refusal,
    signal_deliveries.c.thrown_at,
    signal_deliveries.c.subject_id,
).where(signal_deliveries.c.state == "refused")
_MESSAGES = select(
    kept_messages.c.id,
    literal("message"),
    kept_messages.c.start_element,
    kept_messages.c.name,
    kept_messages.c.refusal,
    kept_messages.c.published_at,
    kept_messages.c.id,
).where(kept_messages.c.refusal.is_not(None))
_TIMERS = select(
    start_timers.c.id,
    literal("timer"),
    start_timers.c.element_id,
    literal(""),
    start_timers.c.refusal,
    start_timers.c.due_at,
    null(),
).where(start_timers.c.state == "refused")
_MAILS = select(
    received_mails.c.id,
    literal("mail"),
    received_mails.c.start_element,
    literal(""),
    received_mails.c.refusal,
    received_mails.c.received_at,
    null(),
).where(received_mails.c.state == "refused")


def refused_starts(connection: Connection, limit: int) -> list[RefusedStart]:
    """Those that wait for a person: signals, messages, timers, mails, each in their order."""
    found = [
        *connection.execute(_SIGNALS.order_by(signal_deliveries.c.number).limit(limit)),
        *connection.execute(_MESSAGES.order_by(kept_messages.c.number).limit(limit)),
        *connection.execute(_TIMERS.order_by(start_timers.c.due_at).limit(limit)),
        *connection.execute(_MAILS.order_by(received_mails.c.received_at).limit(limit)),
    ]
    return [RefusedStart(*row) for row in found[:limit]]


def find_refused_start(connection: Connection, start_id: str) -> RefusedStart | None:
    for query, table in (
        (_SIGNALS, signal_deliveries),
        (_MESSAGES, kept_messages),
        (_TIMERS, start_timers),
        (_MAILS, received_mails),
    ):
        row = connection.execute(query.where(table.c.id == start_id)).one_or_none()
        if row is not None:
            return RefusedStart(*row)
    return None


def refuse_start(
    connection: Connection, source: str, start_id: str, element_id: str, message: str
) -> bool:
    """Guarded: False where it is not due any more."""
    if source == "message":
        mark = {"refusal": message, "start_element": element_id}
        return _mark(connection, start_id, kept_messages.c.refusal.is_(None), mark)
    return _change(connection, source, start_id, DUE[source], "refused", refusal=message)


def try_start_again(
    connection: Connection, source: str, start_id: str, release: str, at: datetime
) -> bool:
    """It is due again, as a start of the effective release. A cycle goes on by a row of its own, so
    this one does not repeat. A message is kept for a day at least."""
    if source == "message":
        refused = kept_messages.c.refusal.is_not(None)
        soon = at + TRIED_FOR
        _mark(connection, start_id, refused & (kept_messages.c.expires_at < soon),
              {"expires_at": soon})  # fmt: skip
        return _mark(connection, start_id, refused, {"refusal": None, "start_element": None})
    more = {"repeats": None, "release_digest": release} if source == "timer" else {}
    return _change(connection, source, start_id, "refused", DUE[source], refusal=None, **more)


def give_up_start(connection: Connection, source: str, start_id: str, at: datetime) -> bool:
    if source == "message":
        mine = (kept_messages.c.id == start_id) & kept_messages.c.refusal.is_not(None)
        return connection.execute(delete(kept_messages).where(mine)).rowcount == 1
    more = {"data": None} if source == "signal" else {}
    to = GIVEN_UP[source]
    return _change(connection, source, start_id, "refused", to, ended_at=at, **more)


def _mark(
    connection: Connection,
    message_id: str,
    state: ColumnElement[bool],
    values: Mapping[str, object],
) -> bool:
    mine = (kept_messages.c.id == message_id) & state
    return connection.execute(update(kept_messages).where(mine).values(**values)).rowcount == 1


def _change(
    connection: Connection, source: str, start_id: str, before: str, to: str, **values: object
) -> bool:
    table = _TABLES[source]
    changed = connection.execute(
        update(table)
        .where(table.c.id == start_id, table.c.state == before)
        .values(state=to, **values)
    )
    return changed.rowcount == 1

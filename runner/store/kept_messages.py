"""Messages kept until somebody awaits them, and which case a message began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from runner.store.suspensions import goes_on
from runner.store.tables import message_subscriptions, process_instances, work_tables

_kept = work_tables.kept_messages
_starts = work_tables.message_starts


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """One message that waits. ``id`` is also the subject whose key seals ``payload``; ``number``
    is its place in the order of arrival, 0 until it is stored. One with a ``refusal`` began no case
    at ``start_element``: a person decides about it, and its time does not run out; who awaits it
    within its time still gets it."""

    number: int
    id: str
    name: str
    correlation_key: str
    payload: bytes
    sent_by: str
    published_at: datetime
    expires_at: datetime
    start_element: str | None = None
    refusal: str | None = None


_COLUMNS = tuple(_kept.c)
_OLDEST = (
    select(*_COLUMNS)
    .where(
        _kept.c.name == bindparam("message"),
        _kept.c.correlation_key == bindparam("correlation"),
        _kept.c.expires_at > bindparam("now"),
    )
    .order_by(_kept.c.number)
    .limit(1)
)
_open = message_subscriptions
_AWAITED = (
    # asked of each kept message, of which there are few, never of each subscription
    select(_kept.c.name, _kept.c.correlation_key)
    .where(
        _kept.c.expires_at > bindparam("now"),
        exists().where(
            _open.c.name == _kept.c.name,
            _open.c.correlation_key == _kept.c.correlation_key,
            _open.c.state == "open",
            goes_on(_open.c.root_id),
        ),
    )
    .order_by(_kept.c.number)
    .limit(bindparam("most"))
)
_WAITING = select(_open.c.root_id).where(
    _open.c.name == bindparam("message"),
    _open.c.correlation_key == bindparam("correlation"),
    _open.c.state == "open",
    goes_on(_open.c.root_id),
)
_ANY = select(_kept.c.number).limit(1)


def oldest_kept(
    connection: Connection, name: str, correlation_key: str, now: datetime
) -> KeptMessage | None:
    """The kept message with this name and key that came first."""
    wanted = {"message": name, "correlation": correlation_key, "now": now}
    row = connection.execute(_OLDEST, wanted).one_or_none()
    return None if row is None else KeptMessage(*row)


def any_kept(connection: Connection) -> bool:
    """Whether any message is kept; the idle poll's one statement."""
    return connection.execute(_ANY).first() is not None


def cases_that_await_kept(connection: Connection, now: datetime, limit: int) -> list[str]:
    """Cases that await a message which is kept."""
    found: dict[str, None] = {}
    for name, key in connection.execute(_AWAITED, {"now": now, "most": limit}).all():
        waiting = connection.execute(_WAITING, {"message": name, "correlation": key})
        found.update(dict.fromkeys(waiting.scalars()))
    return list(found)


def oldest_of_each(
    connection: Connection, processes: Mapping[str, str], now: datetime, limit: int
) -> list[KeptMessage]:
    """Of kept messages with these names the first of each name and key, in the order they came; of
    those alone for whose key the name's process runs no case. Those a person decides about are
    left out, and in nobody's way."""
    earlier = _kept.alias()

    def runs(process_id: str) -> ColumnElement[bool]:
        return exists().where(
            _starts.c.process_id == process_id,
            _starts.c.correlation_key == _kept.c.correlation_key,
            process_instances.c.id == _starts.c.root_id,
            process_instances.c.state == "active",
        )

    query = (
        select(*_COLUMNS)
        .where(
            or_(*((_kept.c.name == name) & ~runs(at) for name, at in processes.items())),
            _kept.c.expires_at > now,
            _kept.c.refusal.is_(None),
            ~exists().where(
                earlier.c.name == _kept.c.name,
                earlier.c.correlation_key == _kept.c.correlation_key,
                earlier.c.number < _kept.c.number,
                earlier.c.refusal.is_(None),
                earlier.c.expires_at > now,
            ),
        )
        .order_by(_kept.c.number)
        .limit(limit)
    )
    return [KeptMessage(*row) for row in connection.execute(query)]


def expired_messages(connection: Connection, now: datetime, limit: int) -> Sequence[KeptMessage]:
    over = (_kept.c.expires_at <= now) & _kept.c.refusal.is_(None)
    query = select(*_COLUMNS).where(over).order_by(_kept.c.number).limit(limit)
    return [KeptMessage(*row) for row in connection.execute(query)]


def keep_message(connection: Connection, message: KeptMessage) -> None:
    connection.execute(
        insert(_kept).values(
            id=message.id,
            name=message.name,
            correlation_key=message.correlation_key,
            payload=message.payload,
            sent_by=message.sent_by,
            published_at=message.published_at,
            expires_at=message.expires_at,
        )
    )


def take_message(connection: Connection, message_id: str) -> bool:
    """Removes a kept message. False when somebody else took it first."""
    return connection.execute(delete(_kept).where(_kept.c.id == message_id)).rowcount == 1


def running_start(connection: Connection, process_id: str, correlation_key: str) -> str | None:
    """The case that the process began for a message with this key, while it runs."""
    found: str | None = connection.execute(
        select(_starts.c.root_id)
        .join(process_instances, process_instances.c.id == _starts.c.root_id)
        .where(
            _starts.c.process_id == process_id,
            _starts.c.correlation_key == correlation_key,
            process_instances.c.state == "active",
        )
    ).scalar_one_or_none()
    return found


def note_start(connection: Connection, process_id: str, correlation_key: str, root_id: str) -> None:
    """The process began this case for the key. Raises ``IntegrityError`` where another process of
    ours began one at this moment. The case before it must have ended."""
    mine = (_starts.c.process_id == process_id) & (_starts.c.correlation_key == correlation_key)
    ended = _starts.c.root_id.in_(
        select(process_instances.c.id).where(process_instances.c.state != "active")
    )
    changed = connection.execute(update(_starts).where(mine, ended).values(root_id=root_id))
    if changed.rowcount == 0:
        connection.execute(
            insert(_starts).values(
                process_id=process_id, correlation_key=correlation_key, root_id=root_id
            )
        )

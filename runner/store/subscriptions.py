"""Message subscriptions: which messages a case can receive now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from runner.store.guarded import write_guarded
from runner.store.tables import message_subscriptions as subscriptions
from runner.store.work_tables import message_starts


@dataclass(frozen=True, slots=True)
class Subscription:
    """One open subscription of one token."""

    id: str
    root_id: str
    token_id: str
    element_id: str
    name: str
    correlation_key: str


_COLUMNS = (
    subscriptions.c.id,
    subscriptions.c.root_id,
    subscriptions.c.token_id,
    subscriptions.c.element_id,
    subscriptions.c.name,
    subscriptions.c.correlation_key,
)
_OF_CASE = select(*_COLUMNS).where(
    subscriptions.c.root_id == bindparam("root"), subscriptions.c.state == "open"
)
_MATCHING = (
    select(*_COLUMNS)
    .where(
        subscriptions.c.name == bindparam("message"),
        subscriptions.c.correlation_key == bindparam("correlation"),
        subscriptions.c.state == "open",
    )
    .order_by(subscriptions.c.id)
)
_END = (
    update(subscriptions)
    .where(subscriptions.c.id == bindparam("key"), subscriptions.c.state == "open")
    .values(state=bindparam("to"))
)


def open_subscriptions(connection: Connection, root_id: str) -> list[Subscription]:
    return [Subscription(*row) for row in connection.execute(_OF_CASE, {"root": root_id})]


def matching_subscriptions(
    connection: Connection, name: str, correlation_key: str
) -> list[Subscription]:
    """Open subscriptions that a message with this name and key would reach."""
    wanted = {"message": name, "correlation": correlation_key}
    return [Subscription(*row) for row in connection.execute(_MATCHING, wanted)]


def insert_subscriptions(connection: Connection, opened: Sequence[Subscription]) -> None:
    if opened:
        rows = [{**asdict(item), "state": "open"} for item in opened]
        connection.execute(insert(subscriptions), rows)


def blank_correlation_keys(connection: Connection, root_id: str) -> None:
    """Takes out the keys of a case that has ended: they may name a person."""
    connection.execute(
        update(subscriptions).where(subscriptions.c.root_id == root_id).values(correlation_key="—")
    )
    connection.execute(delete(message_starts).where(message_starts.c.root_id == root_id))


def end_subscriptions(connection: Connection, ended: Iterable[tuple[str, str]]) -> None:
    """Each ``(id, correlated or cancelled)``. Guarded: every one must be open."""
    rows = [{"key": key, "to": state} for key, state in ended]
    write_guarded(connection, _END, rows, "message_subscriptions")

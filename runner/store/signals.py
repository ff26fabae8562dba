"""Signals: elements that wait for one, and deliveries on their way to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    insert,
    or_,
    select,
    update,
)

from runner.store.guarded import write_guarded
from runner.store.halted import not_halted
from runner.store.signal_tables import signal_deliveries as deliveries
from runner.store.signal_tables import signal_subscriptions as subscriptions
from runner.store.suspensions import goes_on
from runner.store.tables import cases


@dataclass(frozen=True, slots=True)
class SignalSubscription:
    """One token that waits for a signal."""

    id: str
    root_id: str
    token_id: str
    element_id: str
    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whom a signal would reach, and how to seal what it brings."""

    root_id: str
    origin: str
    subject_id: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A signal on its way to one element of a case, or to start a case."""

    id: str
    name: str
    root_id: str | None
    origin: str | None
    start_element: str | None
    policy_id: str
    simulated: bool
    subject_id: str
    data: bytes | None
    thrown_at: datetime


_COLUMNS = [
    subscriptions.c[name] for name in ("id", "root_id", "token_id", "element_id", "name", "origin")
]
_NAMES = tuple(Delivery.__dataclass_fields__)
_WAITING = (
    select(subscriptions.c.root_id, subscriptions.c.origin, cases.c.subject_id)
    .join(cases, cases.c.id == subscriptions.c.root_id)
    .where(subscriptions.c.name == bindparam("signal"), subscriptions.c.state == "open")
    .order_by(subscriptions.c.id)
)
_OF_ORIGIN = select(*_COLUMNS).where(
    subscriptions.c.root_id == bindparam("root"),
    subscriptions.c.origin == bindparam("given"),
    subscriptions.c.state == "open",
)
_END = (
    update(subscriptions)
    .where(subscriptions.c.token_id == bindparam("token"), subscriptions.c.state == "open")
    .values(state=bindparam("to"))
)


def _comes(at: Any, waits: Any) -> ColumnElement[bool]:
    """The condition that what a signal is for does not wait for a person; both are tables."""
    held = select(1).where(
        waits.c.origin == at.c.origin,
        waits.c.state == "open",
        ~not_halted(waits.c.root_id, waits.c.token_id),
    )
    free: ColumnElement[bool] = ~held.correlate(at).exists()
    return free


_earlier, _theirs = deliveries.alias("earlier"), subscriptions.alias("theirs")
_DUE = (
    select(deliveries.c.id, deliveries.c.root_id)
    .where(
        deliveries.c.state == "waiting",
        or_(
            deliveries.c.root_id.is_(None),
            and_(
                goes_on(deliveries.c.root_id),
                _comes(deliveries, subscriptions),
                ~select(1)
                .where(
                    _earlier.c.root_id == deliveries.c.root_id,
                    _earlier.c.state == "waiting",
                    _earlier.c.number < deliveries.c.number,
                    _comes(_earlier, _theirs),
                )
                .correlate(deliveries)
                .exists(),
            ),
        ),
    )
    .order_by(deliveries.c.number)
    .limit(bindparam("most"))
)
_FIND = select(*(deliveries.c[name] for name in _NAMES)).where(
    deliveries.c.id == bindparam("key"), deliveries.c.state == "waiting"
)
_DELIVERED = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("key"), deliveries.c.state == "waiting")
    .values(state=bindparam("to"), ended_at=bindparam("at"), data=None)
)


def insert_signal_subscriptions(
    connection: Connection, opened: Sequence[SignalSubscription]
) -> None:
    if opened:
        rows = [{**asdict(item), "state": "open"} for item in opened]
        connection.execute(insert(subscriptions), rows)


def end_signal_subscriptions(connection: Connection, ended: Iterable[tuple[str, str]]) -> None:
    """Each ``(token id, received or cancelled)``; a token that waits for none is left alone."""
    for token, state in ended:
        connection.execute(_END, {"token": token, "to": state})


def waiting_for_signal(connection: Connection, name: str, *, simulated_only: bool) -> list[Waiting]:
    """Every open subscription to the signal; of simulated cases alone where that is asked."""
    query = _WAITING.where(cases.c.simulated) if simulated_only else _WAITING
    return [Waiting(*row) for row in connection.execute(query, {"signal": name})]


def subscription_of(connection: Connection, root_id: str, origin: str) -> SignalSubscription | None:
    """The open subscription that has, or takes the place of the one with, this origin."""
    row = connection.execute(_OF_ORIGIN, {"root": root_id, "given": origin}).one_or_none()
    return None if row is None else SignalSubscription(*row)


def insert_deliveries(connection: Connection, sent: Sequence[Delivery]) -> None:
    if sent:
        rows = [{**asdict(item), "state": "waiting"} for item in sent]
        connection.execute(insert(deliveries), rows)


def due_deliveries(connection: Connection, limit: int) -> list[tuple[str, str | None]]:
    """Ids of what is on its way, with their cases; oldest first, suspended cases left out. Of each
    case only the first: what was thrown later comes when that has come, whoever delivers it."""
    return [(row[0], row[1]) for row in connection.execute(_DUE, {"most": limit})]


def find_delivery(connection: Connection, delivery_id: str) -> Delivery | None:
    """What is still on its way."""
    row = connection.execute(_FIND, {"key": delivery_id}).one_or_none()
    return None if row is None else Delivery(*row)


def end_delivery(connection: Connection, delivery_id: str, state: str, at: datetime) -> None:
    """``delivered``, or ``discarded`` where nobody waits any more. Guarded: it must be on its
    way."""
    rows = [{"key": delivery_id, "to": state, "at": at}]
    write_guarded(connection, _DELIVERED, rows, "signal_deliveries")

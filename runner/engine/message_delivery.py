"""A message reaches the element that waits for it, now or when it begins to wait.

A kept message is delivered in the transaction in which a fitting subscription opens, first come
first served, and is gone with it: once, whatever fails. Where two commands of two processes miss
each other, ``kept_messages.deliver_kept_messages`` brings them together a moment later.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from runner.encoding import NotStorable, loads
from runner.engine.case_change import CaseChange
from runner.engine.elements import mappings
from runner.engine.elements.host import moving
from runner.engine.elements.incidents import raise_incident
from runner.engine.site import Site
from runner.engine.spiff.host import Token
from runner.errors import Failure
from runner.events import MessageReceived
from runner.feel import FeelError
from runner.store.kept_messages import KeptMessage, oldest_kept, take_message
from runner.store.subscriptions import Subscription


def waiting_for(change: CaseChange, name: str, key: str) -> Subscription | None:
    """The case's subscription that takes such a message."""
    waiting = change.case.subscriptions.open.values()
    return next((s for s in waiting if s.name == name and s.correlation_key == key), None)


def deliver(
    change: CaseChange,
    subscription: Subscription,
    values: Mapping[str, object],
    kept: str | None = None,
) -> None:
    """The message is received: its values go where the element's output mappings say, and its token
    goes on. ``kept`` is the id it was kept under. Raises ``Failure``, before anything changed."""
    assert change.case.execution is not None
    token = change.case.execution.token(subscription.token_id)
    if mappings.has_scope(token) and change.case.scopes.get(token.id) is None:
        mappings.open_scope(change, token)
    change.case.subscriptions.end(token.id, "correlated")
    change.record(_received(token, subscription, values, kept, correlated=True))
    mappings.take_result(change, token, values)
    execution = moving(change)
    if token.element.kind == "boundaryEvent":
        execution.fire(token.id)
    else:
        execution.complete(token.id)


def _received(
    token: Token,
    subscription: Subscription,
    values: Mapping[str, object],
    kept: str | None,
    *,
    correlated: bool,
) -> MessageReceived:
    return MessageReceived(
        element=token.element.id,
        token=token.id,
        process=token.element.process_id,
        instance=token.instance_id,
        message=subscription.name,
        correlated=correlated,
        kept=kept,
        payload=values,
    )


def deliver_kept(change: CaseChange) -> None:
    """Gives kept messages to what began to wait for them in this command, also to what waits only
    because of them. A suspended case takes none; nor does one that has ended."""
    awaiting = change.case.awaiting
    if change.case.row.suspended:
        awaiting.clear()
    while awaiting:
        subscription = change.case.subscriptions.open.get(awaiting.pop(0))
        if subscription is None:
            continue
        name, key = subscription.name, subscription.correlation_key
        message = oldest_kept(change.connection, name, key, change.at)
        if message is not None:
            _deliver_one(change, subscription, message)


def _deliver_one(change: CaseChange, subscription: Subscription, message: KeptMessage) -> None:
    values = payload_of(change.site, change.connection, message)
    if not take_message(change.connection, message.id):  # another case was faster
        change.case.awaiting.insert(0, subscription.token_id)
        return
    change.site.vault.erase(change.connection, message.id, change.site.clock)
    assert change.case.execution is not None
    token = change.case.execution.token(subscription.token_id)
    try:
        deliver(change, subscription, values, message.id)
    except (Failure, FeelError, NotStorable) as error:
        # whoever's command this is has nothing to do with it: the element says what is wrong
        _could_not(change, token, subscription, values, message.id, str(error))


def _could_not(
    change: CaseChange,
    token: Token,
    subscription: Subscription,
    values: Mapping[str, object],
    kept: str,
    reason: str,
) -> None:
    change.record(_received(token, subscription, values, kept, correlated=False))
    change.case.subscriptions.end(token.id, "cancelled")
    raise_incident(change, token, Failure("expression_failed", token.element.id, reason))


def payload_of(site: Site, connection: Connection, message: KeptMessage) -> dict[str, object]:
    """The values a kept message brings."""
    opened = loads(site.vault.decrypt(connection, message.id, message.payload))
    return opened if isinstance(opened, dict) else {}

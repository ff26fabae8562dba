"""Messages from outside reach the case that waits for them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from runner.encoding import dumps
from runner.engine.access import Person
from runner.engine.case_change import CaseChange
from runner.engine.elements import mappings
from runner.engine.elements.host import moving
from runner.engine.instances import end_if_completed
from runner.engine.site import Site
from runner.engine.suspended import hold
from runner.engine.transaction import change_case
from runner.engine.variables import READ_ONLY
from runner.errors import AlreadyExists, InvalidInput, NotFound
from runner.events import MessageReceived
from runner.feel import to_feel
from runner.store.command_keys import CommandKey, find_command, insert_command
from runner.store.complaints import case_by_number
from runner.store.subscriptions import Subscription, matching_subscriptions

_LOOKS = 10  # a case that stops waiting between look and lock is met at most so often


@dataclass(frozen=True, slots=True)
class Correlated:
    """Where a message went. ``element_id`` is empty when the case only noted what it said."""

    case_id: str
    element_id: str


def correlate_message(
    site: Site,
    *,
    actor: Person,
    name: str,
    correlation_key: str,
    payload: Mapping[str, object],
    idempotency_key: str,
) -> Correlated:
    """Delivers a message to the one element that waits for it under this key.

    ``payload`` are FEEL values; they go where the element's output mappings say. Where nothing
    waits yet, but ``correlation_key`` is the acceptance number of a running case whose diagrams
    know the message, the payload becomes variables of that case, so that the phase that asks later
    finds them. Raises ``NotFound`` when there is no such case, ``InvalidInput`` for names nobody
    may write, ``AlreadyExists`` when the key was used for something else; the same call again, also
    at the same moment in another process, gives the first result.
    """
    _check_names(payload)
    values = {key: to_feel(value) for key, value in payload.items()}
    digest = hashlib.sha256(
        dumps({"name": name, "key": correlation_key, "payload": values})
    ).hexdigest()
    message = _Message(name, correlation_key, values, idempotency_key, digest)
    for _attempt in range(_LOOKS):
        with site.database.read() as connection:
            known = find_command(connection, idempotency_key)
            case_id = _case_for(connection, name, correlation_key)
        if known is not None:
            return _again(known, digest)
        if case_id is None:
            break
        try:
            return _correlate(site, actor, case_id, message)
        except _WrongCase:
            continue
        except IntegrityError:  # somebody with the same key was faster, in another process
            with site.database.read() as connection:
                known = find_command(connection, idempotency_key)
            if known is None:
                raise
            return _again(known, digest)
    raise _nobody(name)


@dataclass(frozen=True, slots=True)
class _Message:
    name: str
    correlation_key: str
    values: Mapping[str, object]
    idempotency_key: str
    digest: str


class _WrongCase(Exception):
    """Until its lock was held, the case found is no longer the one that waits."""


def _check_names(payload: Mapping[str, object]) -> None:
    wrong = {name for name in payload if name in READ_ONLY or name.startswith("#")}
    if wrong:
        names = ", ".join(sorted(wrong))
        raise InvalidInput(
            f"消息不能写入：{names}。 / A message cannot write: {names}.",
            {name: ["只读。 / Read-only."] for name in sorted(wrong)},
        )


def _case_for(connection: Connection, name: str, correlation_key: str) -> str | None:
    """The case that waits for the message, else the one with this acceptance number."""
    waiting = matching_subscriptions(connection, name, correlation_key)
    return waiting[0].root_id if waiting else case_by_number(connection, correlation_key)


def _correlate(site: Site, actor: Person, case_id: str, message: _Message) -> Correlated:
    with change_case(site, actor=actor, case=case_id, command="correlate_message") as change:
        known = find_command(change.connection, message.idempotency_key)
        if known is not None:
            return _again(known, message.digest)
        subscription = _waiting(change, message.name, message.correlation_key)
        result = Correlated(change.case.id, subscription.element_id if subscription else "")
        if change.case.row.suspended:
            hold(change, message.name, message.correlation_key, message.values)
        elif subscription is None:
            right = _case_for(change.connection, message.name, message.correlation_key)
            if right != change.case.id:
                raise _WrongCase
            _keep(change, message.name, message.values)
        else:
            _deliver(change, subscription, message.values)
        insert_command(
            change.connection,
            CommandKey(
                message.idempotency_key,
                "correlate_message",
                message.digest,
                json.dumps({"case_id": result.case_id, "element_id": result.element_id}),
            ),
            change.at,
        )
        end_if_completed(change)
    return result


def deliver_held(change: CaseChange, name: str, key: str, values: Mapping[str, object]) -> None:
    """Delivers a message that came while the case was suspended. What nothing takes any more stays
    in the log alone."""
    subscription = _waiting(change, name, key)
    if subscription is not None:
        _deliver(change, subscription, values)
        return
    with suppress(NotFound):
        _keep(change, name, values)


def _waiting(change: CaseChange, name: str, key: str) -> Subscription | None:
    waiting = change.case.subscriptions.open.values()
    return next((s for s in waiting if s.name == name and s.correlation_key == key), None)


def _keep(change: CaseChange, name: str, values: Mapping[str, object]) -> None:
    """The payload as variables of the case. Raises ``NotFound`` where its diagrams do not know the
    message, or it has ended."""
    execution = change.case.execution
    known = any(
        element.event.message_name == name
        for process in change.definitions.processes.values()
        for element in process.elements.values()
    )
    if not known or execution is None or execution.completed:
        raise _nobody(name)
    change.record(
        MessageReceived(
            process=execution.process_id,
            instance=change.case.id,
            message=name,
            correlated=False,
            payload=values,
        )
    )
    change.record_written(change.case.scopes.declare(change.case.id, values), None)


def _deliver(change: CaseChange, subscription: Subscription, values: Mapping[str, object]) -> None:
    assert change.case.execution is not None
    token = change.case.execution.token(subscription.token_id)
    change.case.subscriptions.end(token.id, "correlated")
    change.record(
        MessageReceived(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            message=subscription.name,
            correlated=True,
            payload=values,
        )
    )
    if mappings.has_scope(token) and change.case.scopes.get(token.id) is None:
        mappings.open_scope(change, token)
    mappings.take_result(change, token, values)
    execution = moving(change)
    if token.element.kind == "boundaryEvent":
        execution.fire(token.id)
    else:
        execution.complete(token.id)


def _again(known: CommandKey, digest: str) -> Correlated:
    if known.command != "correlate_message" or known.input_digest != digest:
        raise AlreadyExists(
            "这个消息编号已用于另一份内容。 / This message key was used for other content."
        )
    result = json.loads(known.result)
    return Correlated(result["case_id"], result["element_id"])


def _nobody(name: str) -> NotFound:
    return NotFound(f"没有投诉在等待消息“{name}”。 / No case is waiting for the message '{name}'.")

"""Messages from outside reach the case that waits for them, start one, or are kept for a while.

First come, first served: a message that is kept is never overtaken by a later one of the same name
and key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from runner.clock import to_text
from runner.definitions.model import Element
from runner.encoding import NotStorable, dumps, writable
from runner.engine.access import Person
from runner.engine.case_change import CaseChange
from runner.engine.elements.messages import LONGEST
from runner.engine.instances import end_if_completed
from runner.engine.kept_messages import start_earlier
from runner.engine.message_delivery import deliver, deliver_kept, waiting_for
from runner.engine.message_starts import (
    begin_by_message,
    note_begun,
    start_for,
)
from runner.engine.site import Site
from runner.engine.suspended import hold
from runner.engine.transaction import change_case, change_chain
from runner.engine.variables import READ_ONLY
from runner.errors import AlreadyExists, InvalidInput, NotFound
from runner.events import MessageKept, MessageReceived
from runner.feel import to_feel
from runner.store.command_keys import CommandKey, find_command, insert_command
from runner.store.complaints import case_by_number
from runner.store.kept_messages import (
    KeptMessage,
    keep_message,
    oldest_kept,
    running_start,
)
from runner.store.subscriptions import matching_subscriptions

_LOOKS = 10  # a case that stops waiting between look and lock is met at most so often


LONGEST_LIFE = timedelta(days=3_660)


@dataclass(frozen=True, slots=True)
class Correlated:
    """Where a message went. ``element_id`` is empty when the case only noted what it said; a case
    that the message ``started`` has its start event there. One that is ``kept`` has no case yet.
    ``repeated`` tells that this call did nothing: the result is that of the first.
    """

    case_id: str
    element_id: str
    kept: bool = False
    started: bool = False
    repeated: bool = field(default=False, compare=False)


def correlate_message(
    site: Site,
    *,
    actor: Person,
    name: str,
    correlation_key: str,
    payload: Mapping[str, object],
    idempotency_key: str,
    time_to_live: timedelta = timedelta(),
) -> Correlated:
    """Delivers a message to the one element that waits for it under this key.

    ``payload`` are FEEL values; they go where the element's output mappings say. Where nothing
    waits, a message start event of the effective release begins a case, unless one that it began
    for the same (not empty) key still runs. Else, with a ``time_to_live``, the message is kept so
    long: for the first element that begins to wait for it, or until that case has ended. Without
    one, where ``correlation_key`` is the acceptance number of a running case whose diagrams know
    the message, the payload becomes variables of that case, so that the phase that asks later finds
    them. Raises ``NotFound`` when there is no such case, ``InvalidInput`` for names nobody may
    write and a time out of range, ``AlreadyExists`` when the key was used for something else; the
    same call again, also at the same moment in another process, gives the first result.
    """
    _check_names(payload)
    _check_sizes(name, correlation_key, time_to_live)
    values = {key: to_feel(value) for key, value in payload.items()}
    try:
        written = dumps({"name": name, "key": correlation_key, "payload": values})
    except NotStorable as error:
        raise InvalidInput(f"无法保存：{error} / Cannot be kept: {error}") from error
    digest = hashlib.sha256(written).hexdigest()
    message = _Message(name, correlation_key, values, idempotency_key, digest)
    for _attempt in range(_LOOKS):
        with site.database.read() as connection:
            known = find_command(connection, idempotency_key)
            case_id = _case_waiting(connection, name, correlation_key)
            start = None if case_id is not None else start_for(site, connection, name)
            if case_id is None and start is not None and correlation_key:
                running = running_start(connection, start.process_id, correlation_key)
                start = None if running is not None else start
            if case_id is None and start is None and not time_to_live:
                case_id = case_by_number(connection, correlation_key)
        if known is not None:
            return _again(known, digest)
        try:
            if case_id is not None:
                found = _correlate(site, actor, case_id, message)
                if found is not None:
                    return found
                continue
            if start is not None:
                if start_earlier(site, name, correlation_key):
                    continue
                return _start(site, actor, start, message)
            if time_to_live:
                return _keep_for_later(site, actor, message, time_to_live)
            break
        except _WrongCase:
            continue
        except IntegrityError:  # somebody with the same key was faster, in another process
            with site.database.read() as connection:
                known = find_command(connection, idempotency_key)
            if known is None and start is None:
                raise
            if known is not None:
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


def _check_sizes(name: str, key: str, time_to_live: timedelta) -> None:
    if not name or max(len(name), len(key)) > LONGEST or not writable(name + key):
        raise InvalidInput(
            f"消息名称应为 1 到 {LONGEST} 个字，关联键最多 {LONGEST} 个字。 / "
            f"A message's name has 1 to {LONGEST} characters, its key at most {LONGEST}.",
            {"name": ["不能用。 / Cannot be used."]},
        )
    if not timedelta() <= time_to_live <= LONGEST_LIFE:
        raise InvalidInput(
            f"保留时间应为 0 到 {LONGEST_LIFE.days} 天，得到的是 {time_to_live}。 / "
            f"The time to live should be 0 to {LONGEST_LIFE.days} days, found {time_to_live}.",
            {"time_to_live": ["超出范围。 / Out of range."]},
        )


def _case_waiting(connection: Connection, name: str, correlation_key: str) -> str | None:
    waiting = matching_subscriptions(connection, name, correlation_key)
    return waiting[0].root_id if waiting else None


def _case_for(connection: Connection, name: str, correlation_key: str) -> str | None:
    """The case that waits for the message, else the one with this acceptance number."""
    waiting = _case_waiting(connection, name, correlation_key)
    return waiting or case_by_number(connection, correlation_key)


def _correlate(site: Site, actor: Person, case_id: str, message: _Message) -> Correlated | None:
    """None: the case waits no more, because it got a message that was kept before this one."""
    name, key = message.name, message.correlation_key
    with change_case(site, actor=actor, case=case_id, command="correlate_message") as change:
        known = find_command(change.connection, message.idempotency_key)
        if known is not None:
            return _again(known, message.digest)
        if oldest_kept(change.connection, name, key, change.at):
            change.case.awaiting.extend(change.case.subscriptions.open)
            deliver_kept(change)  # what came before goes before
            if change.touched and waiting_for(change, name, key) is None:
                end_if_completed(change)
                return None
        subscription = waiting_for(change, name, key)
        result = Correlated(change.case.id, subscription.element_id if subscription else "")
        if subscription is None:
            if _case_for(change.connection, name, key) != change.case.id:
                raise _WrongCase
            _require_known(change, name)
        if change.case.row.suspended:
            hold(change, name, key, message.values)
        elif subscription is None:
            _keep(change, name, message.values)
        else:
            deliver(change, subscription, message.values)
        _note(change.connection, message, result, change.at)
        end_if_completed(change)
    return result


def _start(site: Site, actor: Person, start: Element, message: _Message) -> Correlated:
    """Begins a case at a message start event. Raises ``IntegrityError`` where another process
    begins one for the same key at this moment."""

    def within(change: CaseChange) -> None:
        note_begun(change, start, message.correlation_key)
        result = Correlated(change.case.id, start.id, started=True)
        _note(change.connection, message, result, change.at)

    case_id = begin_by_message(
        site, actor, start, message.values, f"message {message.idempotency_key}", within
    )
    return Correlated(case_id, start.id, started=True)


def _keep_for_later(
    site: Site, actor: Person, message: _Message, time_to_live: timedelta
) -> Correlated:
    result = Correlated("", "", kept=True)
    with change_chain(site, "messages", actor=actor) as change:
        known = find_command(change.connection, message.idempotency_key)
        if known is not None:
            return _again(known, message.digest)
        if _case_waiting(change.connection, message.name, message.correlation_key) is not None:
            raise _WrongCase
        message_id = uuid4().hex
        site.vault.create(change.connection, message_id, site.clock)
        sealed = site.vault.encrypt(change.connection, message_id, dumps(message.values))
        until = change.at + time_to_live
        kept = KeptMessage(
            0, message_id, message.name, message.correlation_key, sealed, actor.id,
            change.at, until,
        )  # fmt: skip
        keep_message(change.connection, kept)
        change.record(MessageKept(message=kept.name, kept=kept.id, expires_at=to_text(until)))
        _note(change.connection, message, result, change.at)
    return result


def _note(connection: Connection, message: _Message, result: Correlated, at: datetime) -> None:
    insert_command(
        connection,
        CommandKey(
            message.idempotency_key,
            "correlate_message",
            message.digest,
            json.dumps(asdict(result)),
        ),
        at,
    )


def deliver_held(change: CaseChange, name: str, key: str, values: Mapping[str, object]) -> None:
    """Delivers a message that came while the case was suspended. What nothing takes any more stays
    in the log alone."""
    subscription = waiting_for(change, name, key)
    if subscription is not None:
        deliver(change, subscription, values)
        return
    with suppress(NotFound):
        _require_known(change, name)
        _keep(change, name, values)


def _require_known(change: CaseChange, name: str) -> None:
    """Raises ``NotFound`` where the case's diagrams do not know the message, or it has ended."""
    execution = change.case.execution
    known = any(
        element.event.message_name == name
        for process in change.definitions.processes.values()
        for element in process.elements.values()
    )
    if not known or execution is None or execution.completed:
        raise _nobody(name)


def _keep(change: CaseChange, name: str, values: Mapping[str, object]) -> None:
    """The payload becomes variables of the case."""
    assert change.case.execution is not None
    change.record(
        MessageReceived(
            process=change.case.execution.process_id,
            instance=change.case.id,
            message=name,
            correlated=False,
            payload=values,
        )
    )
    change.record_written(change.case.scopes.declare(change.case.id, values), None)


def _again(known: CommandKey, digest: str) -> Correlated:
    if known.command != "correlate_message" or known.input_digest != digest:
        raise AlreadyExists(
            "这个消息编号已用于另一份内容。 / This message key was used for other content."
        )
    return replace(Correlated(**json.loads(known.result)), repeated=True)


def _nobody(name: str) -> NotFound:
    return NotFound(f"没有投诉在等待消息“{name}”。 / No case is waiting for the message '{name}'.")

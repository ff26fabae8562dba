"""What programs outside send: messages and signals, each by a token that names it.

The same commands as inside; here only who may send, and what makes a second call a repetition.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

from runner.encoding import NotStorable, dumps, encode
from runner.engine.messages import Correlated, correlate_message
from runner.engine.signals import Thrown, throw_signal
from runner.engine.site import Site
from runner.engine.worker_tokens import ExternalWorker
from runner.errors import InvalidInput, NotAllowed
from runner.feel import to_feel

LONGEST_ID = 200


def publish_message(
    site: Site,
    *,
    sender: ExternalWorker,
    name: str,
    correlation_key: str,
    variables: Mapping[str, object],
    message_id: str = "",
    time_to_live: timedelta = timedelta(),
) -> Correlated:
    """``correlate_message`` for a program outside.

    A second call of the same sender with the same name, correlation key and ``message_id`` (not
    empty) does nothing and gives the first result, for ever. Raises ``NotAllowed`` for a message
    the token does not name, ``AlreadyExists`` where the repetition says something else, and what
    ``correlate_message`` raises.
    """
    if name not in sender.messages:
        raise _not_named(sender, "消息", "message", name)
    _check_text("correlationKey", correlation_key)
    _check_text("messageId", message_id, LONGEST_ID)
    return correlate_message(
        site,
        actor=sender.actor,
        name=name,
        correlation_key=correlation_key,
        payload=_storable(variables),
        idempotency_key=_key("message", sender, name, correlation_key, message_id),
        time_to_live=time_to_live,
    )


def publish_signal(
    site: Site,
    *,
    sender: ExternalWorker,
    name: str,
    variables: Mapping[str, object],
    signal_id: str = "",
) -> Thrown:
    """``throw_signal`` for a program outside; ``signal_id`` is to it what ``message_id`` is to a
    message. Raises ``NotAllowed`` for a signal the token does not name, ``AlreadyExists``, and what
    ``throw_signal`` raises."""
    if name not in sender.signals:
        raise _not_named(sender, "信号", "signal", name)
    _check_text("signalId", signal_id, LONGEST_ID)
    return throw_signal(
        site,
        actor=sender.actor,
        name=name,
        variables=_storable(variables),
        idempotency_key=_key("signal", sender, name, "", signal_id),
    )


def _key(kind: str, sender: ExternalWorker, name: str, key: str, given: str) -> str:
    """What makes two calls the same; without an id of the sender every call is another."""
    if not given:
        return uuid4().hex
    return hashlib.sha256(dumps([kind, sender.name, name, key, given])).hexdigest()


def _storable(variables: Mapping[str, object]) -> dict[str, object]:
    """FEEL values a case can keep. Raises ``InvalidInput`` by name."""
    found: dict[str, object] = {}
    errors: dict[str, list[str]] = {}
    for name, value in variables.items():
        try:
            found[name] = to_feel(value)
            encode({name: found[name]})
        except (NotStorable, TypeError) as error:
            errors[name] = [f"无法保存：{error} / Cannot be kept: {error}"]
    if errors:
        names = ", ".join(errors)
        raise InvalidInput(
            f"这些变量不能写入：{names}。 / These variables cannot be written: {names}.", errors
        )
    return found


def _check_text(place: str, text: str, longest: int | None = None) -> None:
    """Refuses what no column of a database can hold, before a statement fails on it."""
    if not text.isprintable() or (longest is not None and len(text) > longest):
        most = "" if longest is None else str(longest)
        message = (
            f"“{place}”应为最多 {most} 个可见字符。 / "
            f"'{place}' should have at most {most} characters, all of them printable."
            if most
            else f"“{place}”只能有可见字符。 / '{place}' may have printable characters only."
        )
        raise InvalidInput(message, {place: [message]})


def _not_named(sender: ExternalWorker, zh: str, en: str, name: str) -> NotAllowed:
    shown = " ".join(name.split())[:80] or "—"
    return NotAllowed(
        f"令牌“{sender.name}”不能发送{zh}“{shown}”。 / "
        f"The token '{sender.name}' may not send the {en} '{shown}'.",
        reason=en,
    )

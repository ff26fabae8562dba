"""Subscriptions of elements that wait for a message."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from runner.engine.case_change import CaseChange
from runner.engine.elements.expressions import evaluate, wrong_value
from runner.engine.pausing import require_decided
from runner.engine.spiff.host import Token
from runner.errors import Failure
from runner.events import MessageAwaited
from runner.feel import Unset, UnsetValue
from runner.store.subscriptions import Subscription

LONGEST = 200


def enter(change: CaseChange, token: Token) -> bool:
    subscribe(change, token)
    return False


def subscribe(change: CaseChange, token: Token) -> None:
    """From now on the case can receive this message, under the key it has at this moment."""
    event = token.element.event
    require_decided(change, token.element)
    variables = change.variables(token)
    name = evaluate(change, token, event.message_name, variables)
    key = evaluate(change, token, event.correlation_key, variables)
    if isinstance(key, Unset):
        raise UnsetValue(key.path)
    if isinstance(key, Decimal):
        key = format(key, "f")
    if not isinstance(name, str) or not name:
        raise wrong_value(token, event.message_name, name, "消息的名称", "a message's name")
    if not isinstance(key, str) or not key:
        raise wrong_value(
            token,
            event.correlation_key,
            key,
            f"消息“{name}”的关联键（文本或数字）",
            f"the correlation key of the message '{name}', a text or a number",
        )
    if len(name) > LONGEST or len(key) > LONGEST:
        raise Failure(
            "expression_failed",
            token.element.id,
            f"消息名称与关联键最多 {LONGEST} 个字，“{event.correlation_key}”有 {len(key)} 个。 / "
            f"A message's name and key have at most {LONGEST} characters; "
            f"'{event.correlation_key}' gives {len(key)}.",
        )
    change.case.subscriptions.end(token.id, "cancelled")
    change.case.subscriptions.add(
        Subscription(
            id=uuid4().hex,
            root_id=change.case.id,
            token_id=token.id,
            element_id=token.element.id,
            name=name,
            correlation_key=key,
        )
    )
    change.case.awaiting.append(token.id)
    change.record(
        MessageAwaited(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            message=name,
        )
    )

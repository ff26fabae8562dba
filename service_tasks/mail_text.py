"""Writing to customers and colleagues from the release's templates: shared by the mail handlers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from service_tasks.contract import (
    Call,
    Delivery,
    Impossible,
    Mailer,
    Message,
    Retry,
    Texts,
)

# Whether a contact looks like a mail address; the mail server has the last word.
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


def ports(call: Call) -> tuple[Mailer, Texts]:
    """Both ports of an external handler that writes mail."""
    if call.mailer is None or call.texts is None:
        raise Impossible("没有可用的发信方式。 / There is no way to send a message.")
    return call.mailer, call.texts


def to_customer(call: Call, template: str, contact: str, **extra: object) -> Delivery:
    """Sends ``template`` to ``contact``. A contact that is no mail address cannot be mailed: the
    message then waits in the outbox, where a person sees it and calls, writes or visits."""
    mailer, texts = ports(call)
    subject, body = texts.render(template, call.language, {**call.inputs, **extra})
    message = Message(call.idempotency_key, contact, subject, body)
    if _ADDRESS.fullmatch(contact):
        return mailer.deliver(message)
    detail = "不是邮箱地址，改用电话或信函告知。 / Not a mail address: tell by phone or letter."
    return Delivery(message, "not_sent", detail)


def to_groups(
    call: Call, template: str, groups: Sequence[str], extra: Mapping[str, object]
) -> list[Delivery]:
    """Sends ``template`` in Chinese to every address of ``groups``, one message each. Raises
    ``Retry`` or ``Impossible`` where nobody could be reached."""
    _, texts = ports(call)
    subject, body = texts.render(template, "zh", {**call.inputs, **extra})
    messages = [
        Message(f"{call.idempotency_key}:{to}", to, subject, body) for to in texts.addresses(groups)
    ]
    return to_each(call, messages, subject, body, groups)


def to_each(
    call: Call, messages: Sequence[Message], subject: str, body: str, groups: Sequence[str]
) -> list[Delivery]:
    """Hands ``messages`` over as ``to_groups`` does; without any, one waits in the outbox that says
    whom nobody could reach."""
    mailer, _ = ports(call)
    if messages:
        return _to_each(mailer, messages)
    detail = "这些组里没有人留有邮箱。 / Nobody in these groups has a mail address."
    message = Message(call.idempotency_key, ", ".join(groups), subject, body)
    return [Delivery(message, "not_sent", detail)]


def _to_each(mailer: Mailer, messages: Sequence[Message]) -> list[Delivery]:
    """Hands over what can be. An address that cannot be reached keeps nobody else from being told:
    its message waits in the outbox. Nothing is tried again once one message has left, since
    everybody reached would be written to a second time.

    Raises what the mail server said where it took none.
    """
    deliveries: list[Delivery] = []
    failures: list[Retry | Impossible] = []
    for message in messages:
        try:
            deliveries.append(mailer.deliver(message))
        except (Retry, Impossible) as refused:
            failures.append(refused)
            deliveries.append(Delivery(message, "not_sent", str(refused)))
    if len(failures) == len(messages):
        raise next((f for f in failures if isinstance(f, Retry)), failures[0])
    return deliveries


def text_input(call: Call, name: str, default: str | None = None) -> str:
    """A text input. Raises ``Impossible`` naming it when it is missing and has no default."""
    value = call.inputs.get(name)
    if isinstance(value, str) and value.strip():
        return value
    if default is None:
        raise Impossible(
            f"缺少输入“{name}”。请在流程图的该元素上补上。 / "
            f"The input '{name}' is missing. Add it to the element in the diagram."
        )
    return default


def group_input(call: Call, name: str = "groups") -> list[str]:
    """A list of group ids; one id alone counts as a list. Raises ``Impossible`` when empty."""
    value = call.inputs.get(name)
    groups = [value] if isinstance(value, str) else value
    if not isinstance(groups, list) or not groups or not all(isinstance(g, str) for g in groups):
        raise Impossible(
            f"输入“{name}”应为组的清单。 / The input '{name}' should be a list of groups."
        )
    return groups

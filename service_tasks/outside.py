"""Asking systems outside the product: shared by the handlers that post or look up."""

from __future__ import annotations

from collections.abc import Mapping

from service_tasks.contract import Call, Connections, Delivery, Impossible, Value
from service_tasks.mail_text import group_input, text_input, to_groups


def connected(call: Call, name: str) -> Connections | None:
    """The site's connections where ``name`` is one of them, else None."""
    if call.connections is None or not call.connections.has(name):
        return None
    return call.connections


def posted(
    call: Call, name: str, content: Mapping[str, Value], template: str
) -> tuple[str, str, list[Delivery]]:
    """Sends ``content`` to the connection ``name``, once per job however often it is called.

    Gives (state, reference, mails): ``posted`` with the other side's ``reference``, or, where this
    site has no such connection, ``by_hand`` with mails that ask the ``groups`` to do it."""
    system = connected(call, name)
    if system is None:
        asked = text_input(call, "template", template)
        return "by_hand", "", to_groups(call, asked, group_input(call), content)
    answer = system.post(name, content, call.idempotency_key)
    return "posted", _reference(answer), []


def _reference(answer: Mapping[str, Value]) -> str:
    found = answer.get("reference")
    if found is None:
        return ""
    if not isinstance(found, str) or len(found) > 200:
        raise Impossible(
            "对方系统回答的 reference 应为不超过 200 字的文字。 / "
            "The 'reference' the other system answered should be a text of at most 200 characters."
        )
    return found

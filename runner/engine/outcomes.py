"""Whether what a handler returned is what it declared: wrong kinds are told by name, not kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from runner.encoding import NotStorable, encode
from runner.feel import kind, to_feel
from service_tasks.contract import Attachment, Delivery, Handler, Message, Outcome, Parameter

_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "text": str,
    "number": Decimal,
    "boolean": bool,
    "list": list,
    "context": Mapping,
    "date_time": datetime,
    "any": object,
}
_LONGEST = 40


def problem_with(handler: Handler, outcome: object) -> str | None:
    """A sentence ``中文 / English`` naming the output, what was found and what was expected; None
    where all is well. Texts are told by their length only: they may be personal."""
    if not isinstance(outcome, Outcome):
        return _told(handler, "", "Outcome", type(outcome).__name__)
    if not isinstance(outcome.variables, Mapping):
        return _told(handler, "variables", "Mapping", type(outcome.variables).__name__)
    for name, value in outcome.variables.items():
        if not isinstance(name, str) or not name:
            return _told(handler, repr(name)[:_LONGEST], "text", type(name).__name__)
        try:
            encode(to_feel(value), name)
        except (NotStorable, TypeError, ValueError, RecursionError):
            return _told(handler, name, _declared(handler, name), type(value).__name__)
    for parameter in handler.outputs:
        found = _wrong_kind(parameter, outcome.variables)
        if found is not None:
            return _told(handler, parameter.name, parameter.kind, found)
    for place, items, wanted in (
        ("attachments", outcome.attachments, Attachment),
        ("deliveries", outcome.deliveries, Delivery),
    ):
        if not isinstance(items, list | tuple):
            return _told(handler, place, f"list[{wanted.__name__}]", type(items).__name__)
        for item in items:
            if not isinstance(item, wanted):
                return _told(handler, place, wanted.__name__, type(item).__name__)
    for file in outcome.attachments:
        if not (isinstance(file.name, str) and isinstance(file.data, bytes)):
            return _told(handler, "attachments", "name: str, data: bytes", "…")
    for delivery in outcome.deliveries:
        if not isinstance(delivery.message, Message):
            return _told(handler, "deliveries", "Message", type(delivery.message).__name__)
    return None


def _wrong_kind(parameter: Parameter, variables: Mapping[str, object]) -> str | None:
    value = to_feel(variables.get(parameter.name))
    if value is None:
        return "null" if parameter.required else None
    wanted = _KINDS[parameter.kind]
    if isinstance(value, wanted) and not (wanted is Decimal and isinstance(value, bool)):
        return None
    if isinstance(value, str):
        return f"text ({len(value)})"
    shown = f" {value}" if isinstance(value, Decimal | bool) else ""
    return f"{kind(value)}{shown[:_LONGEST]}"


def _declared(handler: Handler, name: str) -> str:
    return next((p.kind for p in handler.outputs if p.name == name), "any")


def _told(handler: Handler, output: str, expected: str, found: str) -> str:
    return (
        f"自动步骤“{handler.job_type}”的结果“{output}”应为 {expected}，得到的是 {found}。 / "
        f"The result '{output}' of the automatic step '{handler.job_type}' should be {expected}, "
        f"found {found}."
    )

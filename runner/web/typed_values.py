"""A value typed by a person with the type they chose, as a FEEL value and back."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation

from runner.errors import InvalidInput
from runner.feel import FeelError, compile_expression

TYPES = {
    "text": "文字 / Text",
    "number": "数字 / Number",
    "yes_no": "是或否 / Yes or no",
    "date": "日期 / Date",
    "date_time": "日期和时间 / Date and time",
    "nothing": "空 / Nothing",
    "feel": "FEEL 表达式 / FEEL",
}


def read_typed(kind: str, text: str, now: datetime, zone: tzinfo) -> object:
    """The value. Raises ``InvalidInput`` naming what was typed and what was expected."""
    try:
        if kind == "text":
            return text
        if kind == "number":
            return Decimal(text.strip().replace(" ", ""))
        if kind == "yes_no":
            return {"yes": True, "no": False}[text.strip()]
        if kind == "date":
            return date.fromisoformat(text.strip())
        if kind == "date_time":
            found = datetime.fromisoformat(text.strip())
            return found if found.tzinfo is not None else found.replace(tzinfo=zone)
        if kind == "nothing":
            return None
        if kind == "feel":
            return compile_expression(text.strip().removeprefix("=")).evaluate({}, now=now).value
    except (InvalidOperation, ValueError, KeyError, FeelError) as error:
        zh, _, en = TYPES[kind].partition(" / ")
        message = (
            f"“{text}”不是{zh}。{_EXAMPLES[kind][0]} / '{text}' is no {en.lower()}. "
            f"{_EXAMPLES[kind][1]}"
        )
        raise InvalidInput(message, {"value": [message]}) from error
    raise InvalidInput("请选择类型。 / Choose a type.", {"kind": ["请选择。 / Choose."]})


def typed_as(value: object, zone: tzinfo) -> tuple[str, str]:
    """(type, text) of a value for the form; what only FEEL can write is empty FEEL."""
    if isinstance(value, bool):
        return "yes_no", "yes" if value else "no"
    if isinstance(value, str):
        return "text", value
    if isinstance(value, Decimal):
        return "number", format(value, "f")
    if isinstance(value, datetime):
        local = value.astimezone(zone) if value.tzinfo is not None else value
        return "date_time", local.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return "date", value.isoformat()
    return ("nothing", "") if value is None else ("feel", "")


_EXAMPLES = {
    "number": ("例如 12.5。", "For instance 12.5."),
    "yes_no": ("写 yes 或 no。", "Write yes or no."),
    "date": ("例如 2026-11-20。", "For instance 2026-11-20."),
    "date_time": ("例如 2026-11-20T14:00。", "For instance 2026-11-20T14:00."),
    "feel": ("例如 [1, 2]。", "For instance [1, 2]."),
}

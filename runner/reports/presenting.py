"""Values and instants as a person reads them, in the reader's language and the site's time zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from runner.definitions.findings import half
from runner.definitions.forms import FieldInfo
from runner.feel import Months


def is_chinese(language: str) -> bool:
    return language.lower().startswith("zh")


def instant(moment: datetime, zone: tzinfo) -> str:
    """``2026-11-20 08:36``: short, sortable, the same in both languages."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def value(content: object, language: str, zone: tzinfo, field: FieldInfo | None = None) -> str:
    """One value as text. Choices show their labels where ``field`` knows them."""
    if content is None or content == "" or content == []:
        return "—"
    if isinstance(content, bool):
        words = ("是", "否") if is_chinese(language) else ("yes", "no")
        return words[0] if content else words[1]
    if isinstance(content, str):
        return _choice(content, language, field)
    if isinstance(content, Decimal):
        return _number(content)
    if isinstance(content, datetime):
        return instant(content, zone)
    if isinstance(content, date | time):
        return content.isoformat()
    if isinstance(content, timedelta):
        return duration(content, language)
    if isinstance(content, Months):
        return f"{content.months} 个月" if is_chinese(language) else f"{content.months} months"
    if isinstance(content, Mapping):
        parts = (f"{key}: {value(item, language, zone)}" for key, item in content.items())
        return ("；" if is_chinese(language) else "; ").join(parts)
    if isinstance(content, Sequence):
        texts = [value(item, language, zone, field) for item in content]
        return ("、" if is_chinese(language) else ", ").join(texts)
    return str(content)


def duration(span: timedelta, language: str) -> str:
    """Two falling units: ``2 天 3 小时``, ``3 h 20 min``. Negative spans lose their sign."""
    minutes = abs(span) // timedelta(minutes=1)
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    units = ("天", "小时", "分") if is_chinese(language) else ("d", "h", "min")
    amounts = (days, hours, minutes)
    shown = [f"{amount} {unit}" for amount, unit in zip(amounts, units, strict=True) if amount]
    return " ".join(shown[:2]) or f"0 {units[2]}"


def _choice(text: str, language: str, field: FieldInfo | None) -> str:
    for option in field.options if field else ():
        if option.value == text:
            return half(option.label, language)
    return text


def _number(number: Decimal) -> str:
    text = format(number, ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text

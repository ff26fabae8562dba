"""Values and instants as a person reads them, in the reader's language and the site's time zone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from runner.definitions.findings import half
from runner.definitions.forms import FieldInfo
from runner.feel import Months
from runner.reports.labels import Labels

_CHINESE = re.compile(r"[\u3400-\u9fff]")


def is_chinese(language: str) -> bool:
    return language.lower().startswith("zh")


def instant(moment: datetime, zone: tzinfo) -> str:
    """``2026-11-20 08:36``: short, sortable, the same in both languages."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def value(
    content: object,
    language: str,
    zone: tzinfo,
    field: FieldInfo | None = None,
    labels: Labels | None = None,
    variable: str = "",
) -> str:
    """One value as text. Choices show the label that ``field`` or ``labels`` know; with ``labels``
    ids of files and people, and the parts of contexts, have their names too."""
    chinese = is_chinese(language)
    if content is None or content == "" or content == []:
        return "—"
    if isinstance(content, bool):
        words = ("是", "否") if chinese else ("yes", "no")
        return words[0] if content else words[1]
    if isinstance(content, str):
        text = _choice(content, language, field)
        if labels is None or text != content:
            return text
        return own_half(labels.option(variable, content, language), language)
    if isinstance(content, Decimal):
        return _number(content)
    if isinstance(content, datetime):
        return instant(content, zone)
    if isinstance(content, date | time):
        return content.isoformat()
    if isinstance(content, timedelta):
        return duration(content, language)
    if isinstance(content, Months):
        return f"{content.months} 个月" if chinese else f"{content.months} months"
    if isinstance(content, Mapping):
        colon = "：" if chinese and labels else ": "
        parts = []
        for key, item in content.items():
            name = labels.inner_name(variable, key, language) if labels else key
            shown = value(item, language, zone, None, labels, f"{variable}.{key}")
            parts.append(f"{name}{colon}{shown}")
        return ("；" if chinese else "; ").join(parts)
    if isinstance(content, Sequence):
        texts = [value(item, language, zone, field, labels, variable) for item in content]
        if labels and any(isinstance(item, Mapping) for item in content):
            return "\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))
        return ("、" if chinese else ", ").join(texts)
    return str(content)


def own_half(text: str, language: str) -> str:
    """The reader's half of a text that a table wrote bilingual; what people typed stays whole."""
    zh, en = half(text, "zh"), half(text, "en")
    if zh != en and _CHINESE.search(zh) and not _CHINESE.search(en):
        return zh if is_chinese(language) else en
    return text


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

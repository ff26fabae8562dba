"""FEEL values as text a person reads, with the labels their form gave them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from runner.definitions.forms import Form
from runner.engine.access import may_see_document
from runner.feel import Months, Unset
from runner.reports.labels import Labels
from runner.reports.presenting import own_half
from runner.web.language import _
from runner.web.moments import Moments, Span
from runner.web.visit import current_person

__all__ = ["Labels", "show", "show_number"]


def show(value: object, labels: Labels, variable: str, moments: Moments, language: str) -> str:
    """One line (or several, for lists of contexts) of plain text; empty for null. What the form
    keeps for some groups is only named to others."""
    if value is None:
        return ""
    if not may_read(labels, variable):
        return _("restricted")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return own_half(labels.option(variable, value, language), language)
    if isinstance(value, Decimal | int):
        return show_number(value)
    if isinstance(value, datetime):
        return moments.full(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        return moments.lasting(Span(value, timedelta(days=1)))
    if isinstance(value, Months):
        return _("%(count)s months", count=value.months)
    if isinstance(value, Unset):
        return _("not decided")
    if isinstance(value, list | tuple):
        parts = [show(item, labels, variable, moments, language) for item in value]
        several = any(isinstance(item, Mapping) for item in value)
        if several:
            return "\n".join(f"{n}. {part}" for n, part in enumerate(parts, 1) if part)
        return ("、" if language.startswith("zh") else ", ").join(part for part in parts if part)
    if isinstance(value, Mapping):
        return _context(value, labels, variable, moments, language)
    return str(value)


def may_read(labels: Labels, variable: str) -> bool:
    """Whether the person of this request may read the variable's value."""
    seen_by = labels.seen_by(variable)
    return not seen_by or _is_for_reader(seen_by)


def _is_for_reader(seen_by: str) -> bool:
    person = current_person()
    return person is not None and may_see_document(person, seen_by)


def readable(form: Form, answers: Mapping[str, object]) -> dict[str, object]:
    """What the person of this request may read of answers known before: without the variables that
    hold an answer for other groups."""
    kept_back = {
        info.key.partition(".")[0]
        for info in form.fields()
        if info.seen_by and not _is_for_reader(info.seen_by)
    }
    return {name: value for name, value in answers.items() if name not in kept_back}


def _context(
    value: Mapping[str, object], labels: Labels, variable: str, moments: Moments, language: str
) -> str:
    colon, stop = ("：", "；") if language.startswith("zh") else (": ", "; ")
    gap = "" if language.startswith("zh") else " "
    shown: list[str] = []
    for key, item in value.items():
        text = show(item, labels, f"{variable}.{key}", moments, language)
        if text:
            name = labels.inner_name(variable, key, language)
            shown.append(f"{name}{gap if name[-1:] in '？?' else colon}{text.rstrip('。；;')}")
    return stop.join(shown)


def show_number(value: Decimal | int) -> str:
    """Digits with thousands separators and no needless zeros."""
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text

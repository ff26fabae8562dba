"""A setting of an element gets what it needs: a condition true or false, a list a list.

Another value stops the case with an incident, or does nothing. Conditions of flows and of
multi-instance activities need true or false; input collections need a list; due dates, follow-up
dates and timers need a date, a date and time, a duration, or a text in ISO form; candidate groups
and users need a text or a list of texts; priorities a number; decision and process ids a text.

Wrong: the condition `=cost`, where `cost` is a number field; the due date `=cost` or `tomorrow`;
the input collection `=count(items)`.

Right: `=cost > 1000`; `=due at(policy.triage.due, clock)`; `=items`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from runner.definitions.check.problem_words import in_chinese
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.check.texts import Text
from runner.definitions.findings import Finding
from runner.definitions.model import is_expression
from runner.feel import Expression, parse_temporal
from runner.feel.analysis.inference import infer
from runner.feel.analysis.static_types import Type


@dataclass(frozen=True)
class _Need:
    """``zh`` and ``en`` say what is needed, ``kinds`` are the FEEL types of it."""

    zh: str
    en: str
    kinds: frozenset[str]


_MOMENT = _Need(
    "日期或日期时间", "a date, or a date and time", frozenset({"date", "date and time", "string"})
)
_LENGTHS = frozenset({"days and time duration", "years and months duration", "string"})
_DURATION = _Need("时长", "a duration", _LENGTHS)
_TEXTS = _Need("文字或文字的列表", "a text or a list of texts", frozenset({"string", "list"}))
_TEXT = _Need("文字", "a text", frozenset({"string"}))
_NEEDS = {
    "condition": _Need("“是”或“否”", "true or false", frozenset({"boolean"})),
    "list": _Need("列表", "a list", frozenset({"list"})),
    "due_date": _MOMENT,
    "follow_up_date": _MOMENT,
    "date": _MOMENT,
    "duration": _DURATION,
    "cycle": _Need("重复的文字，例如 R/P1D", "a cycle such as R/P1D", frozenset({"string"})),
    "candidate_groups": _TEXTS,
    "candidate_users": _TEXTS,
    "assignee": _TEXT,
    "priority": _Need("数字", "a number", frozenset({"number", "string"})),
    "called_decision": _TEXT,
    "called_process": _TEXT,
}  # fmt: skip
_DATES = frozenset({"due_date", "follow_up_date"})


def check(subject: Subject) -> Iterator[Finding]:
    for text in subject.texts:
        need = _NEEDS.get(text.setting)
        if need is None:
            continue
        if not is_expression(text.value):
            if text.setting in _DATES and not isinstance(parse_temporal(text.value), date):
                yield _wrong(text, need, f"“{text.value}”", f'"{text.value}"')
            continue
        compiled = text.compiled()
        if not isinstance(compiled, Expression):
            continue
        seen = subject.variables.at(text.process, text.element, after=text.after)
        found = infer(compiled, seen).type
        if found.kinds and not found.kinds & need.kinds:
            yield _wrong(text, need, in_chinese(str(found)), str(found))
        elif need is _MOMENT and _no_dates(found):
            shown = ", ".join(f'"{value}"' for value in sorted(map(str, found.values or ()))[:3])
            yield _wrong(text, need, shown, shown)


def _no_dates(found: Type) -> bool:
    """Whether it is one of a few texts, none of which is a date."""
    if not found.is_only("string") or not found.values:
        return False
    return not any(isinstance(parse_temporal(str(value)), date) for value in found.values)


def _wrong(text: Text, need: _Need, zh: str, en: str) -> Finding:
    return text.finding(
        RULE.id, "error",
        f"这里需要{need.zh}，给出的却是{zh}。",
        f"this needs {need.en}, but it gives {en}.",
    )  # fmt: skip


RULE = Rule("setting_type", "设置的值类型不符 / A setting of another type than needed", check)

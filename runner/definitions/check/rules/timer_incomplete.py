"""A timer says when: a FEEL expression, or a date, duration or cycle in ISO form.

Durations run from when the element becomes active. A cycle may be a cron pattern of six fields too,
second first (`0 0 8 * * MON-FRI`), or `@hourly` and the like, read on the clock of the site; it may
fire once a minute at most. A working-time deadline is a date made by an expression.

Wrong: `2 days`, `0 8 * * *`.

Right: `=due at(policy.triage.due, clock)` as a date; `PT2H` as a duration; `R/P1D` or
`0 0 8 * * *` as a cycle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from runner.calendars.cron import CronError, read_cron
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import is_expression
from runner.definitions.wording import about

_DURATION = r"P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?"
FORMS = {
    "date": re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})"),
    "duration": re.compile(_DURATION),
    "cycle": re.compile(rf"R\d*/{_DURATION}"),
}


def check(subject: Subject) -> Iterator[Finding]:
    for process, element in subject.elements():
        event = element.event
        if event.kind != "timer":
            continue
        if not event.timer_kind or not event.timer:
            yield about(
                element, process.file, RULE.id, "error",
                "没有写时间。请填写日期、时长或周期。",
                "says no time. Enter a date, a duration or a cycle.",
            )  # fmt: skip
        elif event.timer_kind == "cycle" and _as_cron(event.timer):
            try:
                read_cron(event.timer)
            except CronError as error:
                yield about(
                    element, process.file, RULE.id, "error",
                    f"的周期“{event.timer}”{error.zh}。",
                    f'repeats by "{event.timer}", which {error.en}.',
                )  # fmt: skip
        elif not is_expression(event.timer) and not FORMS[event.timer_kind].fullmatch(event.timer):
            yield about(
                element, process.file, RULE.id, "error",
                f"的时间“{event.timer}”读不懂。请写表达式（以 = 开头），或 ISO 写法，例如 PT2H。",
                f'has the time "{event.timer}", which cannot be read. Write an expression '
                "(beginning with =) or an ISO form such as PT2H.",
            )  # fmt: skip


def _as_cron(text: str) -> bool:
    """Whether it is meant as a cron pattern."""
    return not is_expression(text) and (text.strip().startswith("@") or len(text.split()) > 3)


RULE = Rule("timer_incomplete", "定时器的时间 / The time of a timer", check)

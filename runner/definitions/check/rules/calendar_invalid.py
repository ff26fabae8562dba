"""A working calendar follows `calendar.schema.json`, and every policy knows which one it counts by.

A policy that leaves `calendar` unset counts by the only calendar of the release. Where there are
several, a company's policy must name one, or its limits could be counted by any.

Wrong: `time_zone: Peking`; a policy with `calendar: us` where there is only `cn`.

Right: `time_zone: Asia/Shanghai`; `calendar: cn`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.policies import Policy
from runner.feel.spelling import closest


def check(subject: Subject) -> Iterator[Finding]:
    known = sorted(subject.definitions.calendars)
    if not subject.whole or not known:
        return
    for policy in subject.definitions.policies.values():
        if policy.calendar is not None and policy.calendar not in known:
            yield _unknown(policy, policy.calendar, known)
        elif policy.calendar is None and len(known) > 1 and len(policy.lineage) > 1:
            yield _unsaid(policy, known)


def _unknown(policy: Policy, name: str, known: list[str]) -> Finding:
    close = closest(name, known)
    zh = f"是不是“{close}”？" if close else f"现有：{'、'.join(known)}。"
    en = f'Did you mean "{close}"?' if close else f"There are: {', '.join(known)}."
    return _finding(
        policy,
        f"制度写的工作日历“{name}”不存在。{zh}",
        f'The policy counts by the calendar "{name}", which does not exist. {en}',
    )


def _unsaid(policy: Policy, known: list[str]) -> Finding:
    return _finding(
        policy,
        f"有几个工作日历（{'、'.join(known)}），制度没有写按哪一个算。请写 calendar。",
        f"There are several calendars ({', '.join(known)}) and the policy does not say by which "
        "one it counts. Write calendar.",
    )


def _finding(policy: Policy, zh: str, en: str) -> Finding:
    return Finding(
        file=policy.file, rule=RULE.id, severity="error", zh=zh, en=en, element_id="calendar"
    )


RULE = Rule("calendar_invalid", "工作日历写错了 / A calendar with a mistake", check)

"""A policy's time value counts from a moment that cases really have.

`from` names a variable that ends in `_at`, without that ending; `now` is when the step begins.

Wrong: `{amount: 24, unit: hour, from: reception}`.

Right: `{amount: 24, unit: hour, from: received}`: some form or task writes `received_at`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.feel.spelling import closest


def check(subject: Subject) -> Iterator[Finding]:
    if not subject.whole or not subject.definitions.processes:
        return
    known = {"now"} | {n[:-3] for n in subject.names.everywhere if n.endswith("_at")}
    for policy in subject.definitions.policies.values():
        for path, start in policy.clocks:
            if start in known or subject.lost.may_write(f"{start}_at"):
                continue
            close = closest(start, known)
            zh = f"是不是“{close}”？" if close else f"可用：{'、'.join(sorted(known))}。"
            en = f'Did you mean "{close}"?' if close else f"There are: {', '.join(sorted(known))}."
            yield Finding(
                file=policy.file,
                rule=RULE.id,
                severity="error",
                zh=f"“{path}”从“{start}”起算，但没有哪一步写入 {start}_at。{zh}",
                en=f'"{path}" counts from "{start}", but nothing writes {start}_at. {en}',
                element_id=path,
            )


RULE = Rule("unknown_clock", "没有的起算时间 / A moment no case has", check)

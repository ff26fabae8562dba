"""A policy value that the procedure reads but nobody has decided.

The first case that needs it stops and asks the owner. Base policies leave open what their source
leaves open; only policies that no other extends are looked at, as cases start with those. One
finding for each policy names what it leaves open.

Wrong: `follow_up: {due: unset}` in your company's policy.

Right: `follow_up: {due: {amount: 7, unit: day, from: handled, certainty: owner}}`, or `none`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.policies import Policy

SHOWN = 10


def check(subject: Subject) -> Iterator[Finding]:
    policies = subject.definitions.policies
    read = {path for formula in subject.formulas for path in formula.policy_paths()}
    for policy in policies.values():
        if policy.extended:
            continue
        undecided = [path for path in policy.unset if _is_read(path, read)]
        if undecided:
            yield _finding(policy, undecided)


def _is_read(path: str, read: Iterable[str]) -> bool:
    return any(
        path == p or path.startswith((f"{p}.", f"{p}[")) or p.startswith(f"{path}.") for p in read
    )


def _finding(policy: Policy, paths: list[str]) -> Finding:
    more = len(paths) - SHOWN
    zh = "、".join(f"“{path}”" for path in paths[:SHOWN])
    en = ", ".join(f'"{path}"' for path in paths[:SHOWN])
    if more > 0:
        zh, en = f"{zh}等 {len(paths)} 项", f"{en} and {more} more"
    verb, it = ("is", "it") if len(paths) == 1 else ("are", "one of them")
    them = "它" if len(paths) == 1 else "其中一项"
    return Finding(
        file=policy.file,
        rule=RULE.id,
        severity="warning",
        zh=f"{zh}还没有决定。第一个用到{them}的案件会停下来问您；没有期限请写 none。",
        en=f"{en} {verb} not decided yet. The first case that needs {it} stops and asks you; "
        "write none where there is no limit.",
        element_id=paths[0],
    )


RULE = Rule("unset_policy_value", "尚未决定的值 / A value not decided yet", check)

"""A policy value that the procedure reads but nobody has decided.

The first case that needs it stops and asks the owner. Base policies leave open what their source
leaves open; only policies that no other extends are looked at, as cases start with those.

Wrong: `follow_up: {due: unset}` in your company's policy.

Right: `follow_up: {due: {amount: 7, unit: day, from: handled, certainty: owner}}`, or `none`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding


def check(subject: Subject) -> Iterator[Finding]:
    policies = subject.definitions.policies
    bases = {base for policy in policies.values() for base in policy.lineage[1:]}
    read = {path for formula in subject.formulas for path in formula.policy_paths()}
    for policy in policies.values():
        if policy.id in bases:
            continue
        for path in policy.unset:
            if not any(
                path == p or path.startswith((f"{p}.", f"{p}[")) or p.startswith(f"{path}.")
                for p in read
            ):
                continue
            yield Finding(
                file=policy.file,
                rule=RULE.id,
                severity="warning",
                zh=f"“{path}”还没有决定。第一个用到它的案件会停下来问您；没有期限请写 none。",
                en=f'"{path}" is not decided yet. The first case that needs it stops and asks you; '
                "write none where there is no limit.",
                element_id=path,
            )  # fmt: skip


RULE = Rule("unset_policy_value", "尚未决定的值 / A value not decided yet", check)

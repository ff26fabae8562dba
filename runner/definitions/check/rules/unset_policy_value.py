"""A policy value that its owner must decide.

The first case that needs it stops and asks the owner. A policy that extends another is a company's
own: what the procedure reads and it leaves open is a warning, unless a further policy builds on it.
A policy that extends none states what its source states and leaves the rest to the companies: what
is left to decide is information, one finding for each policy, with the number of keys and those
that the procedure reads first. The page "Set-up" explains every key and proposes a value.

Wrong: `follow_up: {due: unset}` in your company's policy.

Right: `follow_up: {due: {amount: 7, unit: day, from: handled, certainty: owner}}`, or `none`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.deciding import open_keys
from runner.definitions.findings import Finding
from runner.definitions.policies import Policy

SHOWN = 10


def check(subject: Subject) -> Iterator[Finding]:
    read = read_paths(subject)
    for policy in subject.definitions.policies.values():
        if len(policy.lineage) == 1:
            if policy.unset:
                yield _to_decide(policy, read)
        elif not policy.extended:
            undecided = [path for path in policy.unset if is_read(path, read)]
            if undecided:
                yield _finding(policy, undecided)


def read_paths(subject: Subject) -> frozenset[str]:
    """What any expression of the procedure reads of the policy."""
    return frozenset(path for formula in subject.formulas for path in formula.policy_paths())


def is_read(path: str, read: Iterable[str]) -> bool:
    """Whether one of the read paths is, holds or lies in this one."""
    return any(
        path == p or path.startswith((f"{p}.", f"{p}[")) or p.startswith(f"{path}.") for p in read
    )


def _to_decide(policy: Policy, read: frozenset[str]) -> Finding:
    keys = open_keys(policy)
    keys.sort(key=lambda key: not is_read(key, read))  # stable: those read, in file order, first
    zh, en = _list(keys)
    are, them = ("is", "it") if len(keys) == 1 else ("are", "them")
    return Finding(
        file=policy.file,
        rule=RULE.id,
        severity="info",
        zh=f"须由公司决定：{zh}，共 {len(keys)} 项来源没有写明。"
        "用 extends 写自己的制度来决定；“设置”页逐项说明。",
        en=f"The owner must decide: {en}; {len(keys)} {are} not stated by the source. Decide "
        f'{them} in a policy of your own that extends this one; the page "Set-up" explains each.',
        element_id=keys[0],
    )


def _finding(policy: Policy, paths: list[str]) -> Finding:
    zh, en = _list(paths)
    verb, it = ("is", "it") if len(paths) == 1 else ("are", "one of them")
    them = "它" if len(paths) == 1 else "其中一项"
    return Finding(
        file=policy.file,
        rule=RULE.id,
        severity="warning",
        zh=f"须由您决定：{zh}还没有决定。第一个用到{them}的案件会停下来问您；没有期限请写 none。",
        en=f"The owner must decide: {en} {verb} not decided yet. The first case that needs {it} "
        "stops and asks you; write none where there is no limit.",
        element_id=paths[0],
    )


def _list(paths: list[str]) -> tuple[str, str]:
    more = len(paths) - SHOWN
    zh = "、".join(f"“{path}”" for path in paths[:SHOWN])
    en = ", ".join(f'"{path}"' for path in paths[:SHOWN])
    return (f"{zh}等 {len(paths)} 项", f"{en} and {more} more") if more > 0 else (zh, en)


RULE = Rule("unset_policy_value", "尚未决定的值 / A value not decided yet", check)

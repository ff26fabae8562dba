"""A candidate group must be one of `roles.yaml`.

Checked: fixed candidate groups of user tasks, and every list of groups in the policies.

Wrong: candidate groups `quality-dept`, while the group's id is `quality`.

Right: candidate groups `quality`, or better `=policy.roles.examiner`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import is_expression
from runner.definitions.roles import ROLES
from runner.definitions.wording import about
from runner.feel import FeelError, FeelSyntaxError, compile_expression
from runner.feel.spelling import closest


def check(subject: Subject) -> Iterator[Finding]:
    if not subject.whole:
        return
    known = subject.definitions.groups
    if not known:
        yield from _without_groups(subject)
        return
    for process, element in subject.elements():
        for group in _fixed(element.candidate_groups or ""):
            if group not in known:
                zh, en = _advice(group, known)
                yield about(
                    element, process.file, RULE.id, "error",
                    f"的候选组“{group}”不在 roles.yaml 里。{zh}",
                    f'has the candidate group "{group}", which is not in roles.yaml. {en}',
                )  # fmt: skip
    for policy in subject.definitions.policies.values():
        for path, group in policy.groups:
            if group not in known:
                zh, en = _advice(group, known)
                yield Finding(
                    file=policy.file,
                    rule=RULE.id,
                    severity="error",
                    zh=f"“{path}”里的小组“{group}”不在 roles.yaml 里。{zh}",
                    en=f'"{path}" names the group "{group}", which is not in roles.yaml. {en}',
                    element_id=path,
                )


def _without_groups(subject: Subject) -> Iterator[Finding]:
    if ROLES in subject.definitions.files or not subject.definitions.processes:
        return  # the file has findings of its own, or nobody needs it
    yield Finding(
        file=ROLES,
        rule=RULE.id,
        severity="error",
        zh="没有这个文件，所以一个小组也没有登记。请放入 roles.yaml。",
        en="This file is not there, so no group is registered. Put a roles.yaml here.",
    )


def _fixed(text: str) -> list[str]:
    """The groups that are certain without a case: a plain list, or an expression of constants."""
    if not is_expression(text):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        expression = compile_expression(text[1:])
        if expression.names or expression.possible_names or expression.functions:
            return []
        value = expression.evaluate({}, now=datetime.now(UTC)).value
    except (FeelSyntaxError, FeelError):
        return []
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str)]


def _advice(group: str, known: Iterable[str]) -> tuple[str, str]:
    close = closest(group, known)
    if close:
        return f"是不是“{close}”？", f'Did you mean "{close}"?'
    return "请先在 roles.yaml 里登记这个小组。", "Enter the group in roles.yaml first."


RULE = Rule("unknown_group", "没有登记的小组 / A group nobody registered", check)

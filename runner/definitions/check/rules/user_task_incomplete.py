"""A user task has a form to fill in, and candidate groups or users who may do it.

Candidate users are user names; better name a group, whose members change without the diagram.

Wrong: a user task without candidates or assignee: nobody would ever see it.

Right: form id `assessment`, candidate groups `=policy.roles.assessor`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.wording import about


def check(subject: Subject) -> Iterator[Finding]:
    for process, element in subject.elements():
        if element.kind != "userTask":
            continue
        if element.form_id is None:
            yield about(
                element, process.file, RULE.id, "error",
                "没有表单，打开后没有可填的内容。请在属性面板里填写表单编号。",
                "has no form, so there is nothing to fill in. Enter a form id in the properties "
                "panel.",
            )  # fmt: skip
        if not (element.candidate_groups or element.candidate_users or element.assignee):
            yield about(
                element, process.file, RULE.id, "error",
                "没有候选组，谁也看不到这项任务。请填写候选组，例如 =policy.roles.window。",
                "has no candidate groups, so nobody would ever see it. Enter candidate groups, for "
                "instance =policy.roles.window.",
            )  # fmt: skip


RULE = Rule(
    "user_task_incomplete", "用户任务的表单与候选组 / Form and groups of a user task", check
)
